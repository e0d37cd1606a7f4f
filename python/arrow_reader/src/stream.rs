//! The C stream interface of Arrow, read.
//!
//! What it relies on is the contract of the interface (<https://arrow.apache.org/docs/format/CStreamInterface.html>): there is
//! a struct of that kind behind a pointer, whose callbacks may be called until it is released. What the struct describes is
//! not trusted: every array is validated before anything reads it.
#![expect(unsafe_code, reason = "the structs of the interface are pointers")]

use std::ffi::{CStr, c_int};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;
use std::slice;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi_and_data_type};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{ArrayRef, make_array};
use arrow_buffer::bit_chunk_iterator::UnalignedBitChunk;
use arrow_data::layout;
use arrow_schema::{ArrowError, DataType, Field};
use tierbook::Error;

use crate::checks::{MOST_BYTES, check, check_schema, inner, width_of_offsets};
use crate::not_columns;

/// What was read from another library: columns of one type, piece after piece.
pub struct Pieces {
    /// The type, and what it is called.
    pub field: Field,
    /// The pieces, in order.
    pub arrays: Vec<ArrayRef>,
}

/// A stream that was taken from its place.
pub struct Stream(FFI_ArrowArrayStream);

// SAFETY: the interface asks of a producer that its callbacks may be called from any thread, one at a time.
unsafe impl Send for Stream {}

impl Stream {
    /// Takes the stream out of its place, which is empty from then on.
    ///
    /// # Safety
    /// The pointer is to a stream, or to one that was released.
    pub unsafe fn take(place: NonNull<FFI_ArrowArrayStream>) -> Stream {
        // SAFETY: the caller says so; reading it moves the stream out.
        Stream(unsafe { FFI_ArrowArrayStream::from_raw(place.as_ptr()) })
    }

    /// Reads all of it.
    ///
    /// # Errors
    /// The producer fails, or gives arrays that are not what they are said to be.
    pub fn read(mut self) -> Result<Pieces, Error> {
        // A stream that was released has its other callbacks still, which must not be called.
        let (Some(_), Some(get_schema), Some(get_next)) =
            (self.0.release(), self.0.get_schema(), self.0.get_next())
        else {
            return Err(read_before());
        };
        let mut schema = FFI_ArrowSchema::empty();
        // SAFETY: the stream is not released, and `schema` may be overwritten.
        let code = unsafe { get_schema(&raw mut self.0, &raw mut schema) };
        self.check(code)?;
        let field = read_field(&schema)?;
        let mut arrays = Vec::new();
        loop {
            let mut array = FFI_ArrowArray::empty();
            // SAFETY: as above.
            let code = unsafe { get_next(&raw mut self.0, &raw mut array) };
            self.check(code)?;
            if array.is_released() {
                return Ok(Pieces { field, arrays });
            }
            arrays.push(read_array(array, &field)?);
        }
    }

    fn check(&mut self, code: c_int) -> Result<(), Error> {
        if code == 0 {
            return Ok(());
        }
        // SAFETY: the stream is not released; the text is the producer's, and good until the next call.
        let why = unsafe {
            self.0
                .get_last_error()
                .map(|get_last_error| get_last_error(&raw mut self.0))
                .filter(|text| !text.is_null())
                .map(|text| CStr::from_ptr(text).to_string_lossy().into_owned())
        };
        Err(not_columns(format!(
            "reading the table failed: {}",
            why.unwrap_or_else(|| format!("code {code}"))
        )))
    }
}

/// Reads one array, which is taken out of its place.
///
/// # Errors
/// As those of [`Stream::read`].
///
/// # Safety
/// The pointers are to structs of these kinds, or to ones that were released.
pub unsafe fn read_pair(
    schema: NonNull<FFI_ArrowSchema>,
    array: NonNull<FFI_ArrowArray>,
) -> Result<Pieces, Error> {
    // SAFETY: the caller says so; reading the array moves it out.
    let (schema, array) = unsafe { (schema.as_ref(), FFI_ArrowArray::from_raw(array.as_ptr())) };
    if array.is_released() {
        return Err(read_before());
    }
    let field = read_field(schema)?;
    let arrays = vec![read_array(array, &field)?];
    Ok(Pieces { field, arrays })
}

fn read_before() -> Error {
    not_columns("the table was read before").hint("a stream can be read once; make a new one")
}

/// An array, validated.
fn read_array(array: FFI_ArrowArray, field: &Field) -> Result<ArrayRef, Error> {
    let read = || {
        check(&array, field.data_type())?;
        check_memory(&array, field.data_type())?;
        // SAFETY: the struct comes from a producer; its counts were checked, what it describes is validated next.
        let data = unsafe { from_ffi_and_data_type(array, field.data_type().clone()) }?;
        data.validate_full()?;
        Ok(make_array(data))
    };
    refused(read, "a column is not what it is said to be")
}

/// Checks what arrow believes of an array that was checked: the count of its nulls, and the sizes of its buffers where
/// these are in the buffers.
#[expect(clippy::cast_ptr_alignment, reason = "the alignment was checked")]
fn check_memory(array: &FFI_ArrowArray, kind: &DataType) -> Result<(), ArrowError> {
    let refuse = |what: &str| Err(ArrowError::CDataInterface(format!("{what} of type {kind}")));
    let (wanted, rows) = (layout(kind), array.offset() + array.len());
    let has_bitmap = wanted.can_contain_null_mask && !array.buffer(0).is_null();
    if has_bitmap && array.null_count() == 0 && !array.is_empty() {
        // SAFETY: a bitmap has a bit for each row.
        let bitmap = unsafe { slice::from_raw_parts(array.buffer(0), rows.div_ceil(8)) };
        if UnalignedBitChunk::new(bitmap, array.offset(), array.len()).count_ones() < array.len() {
            return refuse("nulls in a column without nulls");
        }
    }
    let size = match width_of_offsets(kind).filter(|_| rows > 0) {
        // SAFETY: there are offsets, one more than rows, and they are aligned.
        Some(4) => Some(i64::from(unsafe { *array.buffer(1).cast::<i32>().add(rows) })),
        // SAFETY: as above.
        Some(_) => Some(unsafe { *array.buffer(1).cast::<i64>().add(rows) }),
        None => None,
    };
    let before = wanted.buffers.len() + 2;
    let sizes = match array.num_buffers().checked_sub(before).filter(|count| wanted.variadic && *count > 0) {
        // SAFETY: the last buffer has the lengths of those between the views and itself, and is aligned.
        Some(count) => unsafe {
            slice::from_raw_parts(array.buffer(before + count - 1).cast::<i64>(), count)
        },
        None => &[],
    };
    if sizes.iter().chain(&size).any(|size| !(0..=MOST_BYTES).contains(size)) {
        return refuse("no possible size of a buffer in a column");
    }
    inner(array, kind).into_iter().try_for_each(|(array, kind)| check_memory(array, kind))
}

/// The type of an array.
fn read_field(schema: &FFI_ArrowSchema) -> Result<Field, Error> {
    let read = || {
        check_schema(schema)?;
        Field::try_from(schema)
    };
    refused(read, "the types of the columns cannot be read")
}

/// What is read; an error where it is refused. Some of what a struct may get wrong is an assertion of arrow's.
fn refused<T>(read: impl FnOnce() -> Result<T, ArrowError>, what: &str) -> Result<T, Error> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(error)) => Err(not_columns(format!("{what}: {error}"))),
        Err(_) => Err(not_columns(what)),
    }
}
