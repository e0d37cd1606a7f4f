//! Decimals and times between Python and the library: exact, or refused.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyString};
use tierbook::{At, Decimal, Error, ErrorCode, Timestamp};

use crate::errors::{Result, raise, wrong_argument};

/// What is taken from Python's library once.
struct Classes {
    decimal: Py<PyAny>,
    datetime: Py<PyAny>,
    date: Py<PyAny>,
    timedelta: Py<PyAny>,
    /// 1970 as a `datetime` in UTC.
    epoch: Py<PyAny>,
}

static CLASSES: PyOnceLock<Classes> = PyOnceLock::new();

fn classes(py: Python<'_>) -> Result<&'static Classes> {
    CLASSES.get_or_try_init(py, || {
        let module = py.import("datetime")?;
        let (datetime, date) = (module.getattr("datetime")?, module.getattr("date")?);
        let in_utc = PyDict::new(py);
        in_utc.set_item("tzinfo", module.getattr("timezone")?.getattr("utc")?)?;
        let epoch = datetime.call((1970, 1, 1), Some(&in_utc))?.unbind();
        let decimal = py.import("decimal")?.getattr("Decimal")?.unbind();
        let timedelta = module.getattr("timedelta")?.unbind();
        Ok(Classes { decimal, datetime: datetime.unbind(), date: date.unbind(), timedelta, epoch })
    })
}

/// A number as Python's `Decimal`.
pub fn to_decimal(py: Python<'_>, value: Decimal) -> Result<Bound<'_, PyAny>> {
    classes(py)?.decimal.bind(py).call1((value.normalize().to_string(),))
}

/// Microseconds since 1970 as an aware `datetime`.
pub fn to_datetime(py: Python<'_>, micros: i64) -> Result<Bound<'_, PyAny>> {
    let classes = classes(py)?;
    let since = classes.timedelta.bind(py).call1((0, 0, micros))?;
    classes.epoch.bind(py).add(since)
}

/// A number of Python: `Decimal`, whole numbers and text exactly, a float as the shortest decimal that means it.
///
/// # Errors
/// It is none, or has more digits than can be exact.
pub fn decimal(value: &Bound<'_, PyAny>, name: &str) -> Result<Decimal> {
    let py = value.py();
    let text = if value.is_instance_of::<PyBool>() {
        None
    } else if value.is_instance_of::<PyInt>() || value.is_instance(classes(py)?.decimal.bind(py))? {
        Some(value.str()?)
    } else if let Ok(text) = value.cast::<PyString>() {
        return amount(text.to_str()?).map_err(|error| raise(py, &error));
    } else if value.is_instance_of::<PyFloat>() {
        Some(PyFloat::new(py, value.extract()?).repr()?)
    } else {
        number_of_another_library(value)?
    };
    let Some(text) = text else {
        let message = format!("`{name}` is {}, not a number", described(value));
        return Err(wrong_argument(py, &message, "give a Decimal, an int, a str or a finite float"));
    };
    let text = text.to_str()?;
    amount(text).map_err(|error| raise(py, &error))
}

/// The text of a number of numpy and the like; `None` where it is none.
fn number_of_another_library<'py>(value: &Bound<'py, PyAny>) -> Result<Option<Bound<'py, PyString>>> {
    let is_truth = value.get_type().name()?.to_str()?.starts_with("bool");
    let is_number = value.hasattr("__index__")? || value.hasattr("__float__")?;
    let is_array = value.hasattr("__len__")?
        || value.getattr_opt("shape")?.is_some_and(|shape| !shape.is_empty().unwrap_or(true));
    if is_number && !is_truth && !is_array { value.str().map(Some) } else { Ok(None) }
}

/// A text as a number, as the language reads it.
pub fn amount(text: &str) -> std::result::Result<Decimal, Error> {
    Decimal::from_scientific(text.trim()).or_else(|_| text.trim().parse()).map_err(|_| {
        Error::new(ErrorCode::NotANumber, format!("`{text}` is not a number that can be read exactly"))
    })
}

/// What a wrong argument is, in a few words.
fn described(value: &Bound<'_, PyAny>) -> String {
    let kind = value.get_type().name().map_or_else(|_| "an object".to_string(), |name| name.to_string());
    let shown = value.repr().map_or_else(|_| String::new(), |repr| repr.to_string());
    let short: String = shown.chars().take(60).collect();
    format!("`{short}` ({kind})")
}

/// A time of Python: an aware `datetime` (also of pandas), a `date` (its first moment in UTC), or text.
///
/// # Errors
/// It is none, or has no zone.
pub fn time(value: &Bound<'_, PyAny>, name: &str) -> Result<Timestamp> {
    let py = value.py();
    let classes = classes(py)?;
    if let Ok(text) = value.cast::<PyString>() {
        return Timestamp::read(text.to_str()?, Timestamp::now()).map_err(|error| raise(py, &error));
    }
    let micros = if value.is_instance(classes.datetime.bind(py))? {
        if value.call_method0("utcoffset")?.is_none() {
            let message = format!("`{name}` is {}, which has no zone", described(value));
            let hint = "say which zone it is in: datetime(2026, 2, 6, 7, tzinfo=timezone.utc)";
            return Err(wrong_argument(py, &message, hint));
        }
        micros_since(&value.sub(&classes.epoch)?)?
    } else if value.is_instance(classes.date.bind(py))? {
        let epoch = classes.epoch.bind(py).call_method0("date")?;
        micros_since(&value.sub(epoch)?)?
    } else {
        let message = format!("`{name}` is {}, not a time", described(value));
        let hint = match value.get_type().name()?.to_str()? {
            "datetime64" => "numpy has no zones; give the text: '2026-02-06T07:00Z'",
            _ => "give an aware datetime, a date, or a text such as '2026-02-06T07:00Z'",
        };
        return Err(wrong_argument(py, &message, hint));
    };
    Timestamp::from_micros(micros).ok_or_else(|| {
        wrong_argument(py, &format!("`{name}` is outside the years 1 to 9999"), "give another time")
    })
}

fn micros_since(delta: &Bound<'_, PyAny>) -> Result<i64> {
    let part = |name: &str| delta.getattr(name)?.extract::<i64>();
    Ok((part("days")? * 86_400 + part("seconds")?) * 1_000_000 + part("microseconds")?)
}

/// A basis. What is left out is now, everything published, everything recorded.
pub fn basis(
    as_of: Option<&Bound<'_, PyAny>>,
    known_at: Option<&Bound<'_, PyAny>>,
    recorded_by: Option<&Bound<'_, PyAny>>,
) -> Result<At> {
    let mut at = At::valid(as_of.map_or_else(|| Ok(Timestamp::now()), |value| time(value, "as_of"))?);
    if let Some(value) = known_at {
        at = at.known_at(time(value, "known_at")?);
    }
    if let Some(value) = recorded_by {
        at = at.recorded_by(time(value, "recorded_by")?);
    }
    Ok(at)
}
