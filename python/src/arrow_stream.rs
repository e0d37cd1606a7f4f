//! The capsules of Arrow's C interfaces: tables of other libraries in, tables of this one out.
//!
//! A capsule of that name has a pointer to a struct of that kind, by the contract of the interface
//! (<https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html>); `tierbook_arrow_reader` reads it.
#![expect(unsafe_code, reason = "the structs of the interface are pointers")]

use std::ffi::CStr;
use std::ptr::NonNull;

use arrow_array::RecordBatchReader;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyCapsuleMethods};
use tierbook_arrow_reader::{Pieces, Stream, not_columns, read_pair};

use crate::errors::{Result, raise};

const STREAM: &CStr = c"arrow_array_stream";
const SCHEMA: &CStr = c"arrow_schema";
const ARRAY: &CStr = c"arrow_array";

/// A stream of batches as a capsule. It is released once, by whoever takes it or with the capsule.
///
/// # Errors
/// There is no memory for the capsule.
pub fn export(py: Python<'_>, batches: Box<dyn RecordBatchReader + Send>) -> Result<Bound<'_, PyCapsule>> {
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(batches), STREAM)
}

/// Reads the stream in a capsule, which is empty from then on; without the interpreter's lock.
///
/// # Errors
/// The capsule has another name, the producer fails, or gives arrays that are not what they are said to be.
pub fn read_stream(capsule: &Bound<'_, PyCapsule>) -> Result<Pieces> {
    let pointer = pointer(capsule, STREAM)?;
    // SAFETY: a capsule of this name has a pointer to a stream.
    let stream = unsafe { Stream::take(pointer) };
    let py = capsule.py();
    py.detach(|| stream.read()).map_err(|error| raise(py, &error))
}

/// Reads the one array of a pair of capsules.
///
/// # Errors
/// As those of [`read_stream`].
pub fn read_array(schema: &Bound<'_, PyCapsule>, array: &Bound<'_, PyCapsule>) -> Result<Pieces> {
    let pair = (pointer(schema, SCHEMA)?, pointer(array, ARRAY)?);
    // SAFETY: capsules of these names have pointers to these structs.
    let read = unsafe { read_pair(pair.0, pair.1) };
    read.map_err(|error| raise(array.py(), &error))
}

/// The pointer in a capsule of that name.
fn pointer<T>(capsule: &Bound<'_, PyCapsule>, name: &CStr) -> Result<NonNull<T>> {
    capsule.pointer_checked(Some(name)).map(NonNull::cast).map_err(|_| {
        let name = name.to_string_lossy();
        raise(capsule.py(), &not_columns(format!("the capsule of the table is none of the kind `{name}`")))
    })
}
