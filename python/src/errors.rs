//! Errors of the library as exceptions; `tierbook/exceptions.py` chooses the class.

use std::io;

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyList, PyTuple};
use tierbook::{Error, ErrorKind};

/// The result of everything that Python calls.
pub type Result<T> = PyResult<T>;

/// What turns an error into an exception.
static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// The exception of an error in a query, the text in which its span is a place.
pub fn raised(py: Python<'_>, error: &Error, query: &str) -> PyErr {
    made(py, error, Some(query)).unwrap_or_else(|error| error)
}

/// The exception of an error without a query: what is wrong in a question is an argument then.
pub fn raise(py: Python<'_>, error: &Error) -> PyErr {
    made(py, error, None).unwrap_or_else(|error| error)
}

/// The exception of an argument that has another type or value than is wanted.
pub fn wrong_argument(py: Python<'_>, message: &str, hint: &str) -> PyErr {
    let made = || -> PyResult<PyErr> {
        let class = py.import("tierbook.exceptions")?.getattr("ArgumentError")?;
        Ok(PyErr::from_value(class.call1((message, "wrong_argument", PyList::new(py, [hint])?))?))
    };
    made().unwrap_or_else(|error| error)
}

fn made(py: Python<'_>, error: &Error, query: Option<&str>) -> PyResult<PyErr> {
    let make = MAKE
        .get_or_try_init(py, || PyResult::Ok(py.import("tierbook.exceptions")?.getattr("_of")?.unbind()))?;
    // Python counts characters where the library counts bytes.
    let characters =
        |query: &str, bytes: usize| query.get(..bytes).map_or(bytes, |text| text.chars().count());
    let span = match (error.span(), query) {
        (Some(span), Some(query)) => {
            PyTuple::new(py, [characters(query, span.start), characters(query, span.end)])?.into_any()
        }
        _ => py.None().into_bound(py),
    };
    let what = (kind(error, query.is_some()), error.code().as_str(), error.message());
    let place = (span, error.label(), query.unwrap_or_default());
    Ok(PyErr::from_value(make.bind(py).call1((what, error.hints().to_vec(), place))?))
}

fn kind(error: &Error, is_of_query: bool) -> &'static str {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<io::Error>());
    match error.kind() {
        ErrorKind::Io | ErrorKind::Input if cause.is_some_and(|it| it.kind() == io::ErrorKind::NotFound) => {
            "not_found"
        }
        ErrorKind::Query if is_of_query => "query",
        ErrorKind::Query => "argument",
        ErrorKind::UnknownSubject => "unknown_subject",
        ErrorKind::Input => "input",
        ErrorKind::Damaged => "damaged",
        ErrorKind::Locked => "locked",
        ErrorKind::NotFound => "not_found",
        ErrorKind::NoAnswer => "no_answer",
        // `Io`, and what later versions of the library add.
        _ => "io",
    }
}
