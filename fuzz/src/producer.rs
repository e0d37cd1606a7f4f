//! A producer of Arrow's C stream, whose structs are made of bytes.
#![expect(unsafe_code, reason = "a producer gives pointers")]

use std::any::Any;
use std::cell::Cell;
use std::ffi::{c_char, c_int};
use std::ptr::NonNull;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;

use super::structs::{Array, Maker, Schema};

#[repr(C)]
struct Stream {
    get_schema: Option<unsafe extern "C" fn(*mut Stream, *mut Schema) -> c_int>,
    get_next: Option<unsafe extern "C" fn(*mut Stream, *mut Array) -> c_int>,
    get_last_error: Option<unsafe extern "C" fn(*mut Stream) -> *const c_char>,
    release: Option<unsafe extern "C" fn(*mut Stream)>,
    private_data: *mut Producer,
}

unsafe extern "C" fn release_stream(it: *mut Stream) {
    // SAFETY: as above.
    unsafe { (*it).release = None };
    // SAFETY: as above.
    unsafe { &*(*it).private_data }.open.update(|open| open - 1);
}

unsafe extern "C" fn get_schema(it: *mut Stream, out: *mut Schema) -> c_int {
    // SAFETY: the consumer gives the stream, and a place for the struct.
    unsafe {
        let producer = &*(*it).private_data;
        if producer.schema_code == 0 {
            out.write(producer.schema);
            producer.open.update(|open| open + i64::from(producer.schema.release.is_some()));
        }
        producer.schema_code
    }
}

unsafe extern "C" fn get_next(it: *mut Stream, out: *mut Array) -> c_int {
    // SAFETY: as above.
    unsafe {
        let producer = &*(*it).private_data;
        let next = producer.next.replace(producer.next.get() + 1);
        let Some((code, array)) = producer.arrays.get(next) else {
            (*out).release = None;
            return 0;
        };
        if *code == 0 {
            out.write(*array);
            producer.open.update(|open| open + i64::from(array.release.is_some()));
        }
        *code
    }
}

unsafe extern "C" fn get_last_error(it: *mut Stream) -> *const c_char {
    // SAFETY: as above.
    unsafe { (*(*it).private_data).error }
}

/// A producer of a stream, and all memory to which its structs point.
pub struct Producer {
    schema: Schema,
    schema_code: c_int,
    arrays: Vec<(c_int, Array)>,
    next: Cell<usize>,
    error: *const c_char,
    /// The structs that were given and are not released.
    open: Box<Cell<i64>>,
    _memory: Vec<Box<dyn Any>>,
}

impl Producer {
    /// What the bytes say.
    pub fn of(bytes: &[u8]) -> Box<Producer> {
        let open = Box::new(Cell::new(0));
        let mut made = Maker::of(bytes, &raw const *open);
        let kind = made.kind(0);
        let schema = made.schema(&kind);
        let schema_code = c_int::from(made.byte() == 255) * 5;
        let count = made.byte() % 4;
        let arrays = (0..count).map(|_| (c_int::from(made.byte() == 255) * -5, made.array(&kind))).collect();
        let error = made.text(&[b"no more", b"\xff", b"a\nb"]);
        let memory = made.memory;
        Box::new(Producer { schema, schema_code, arrays, next: Cell::new(0), error, open, _memory: memory })
    }

    /// Gives the stream to `read`; then all of what it was given is released.
    pub fn give<T>(&mut self, read: impl FnOnce(NonNull<FFI_ArrowArrayStream>) -> T) -> T {
        self.next.set(0);
        self.open.set(1);
        let mut stream = Stream {
            get_schema: Some(get_schema),
            get_next: Some(get_next),
            get_last_error: (!self.error.is_null()).then_some(get_last_error as _),
            release: Some(release_stream),
            private_data: &raw mut *self,
        };
        let read = read(NonNull::from(&mut stream).cast());
        assert_eq!(self.open.get(), 0, "structs that were not released, or twice");
        read
    }

    /// Gives the type and the first array to `read`, which takes the array only.
    pub fn give_pair<T>(
        &mut self,
        read: impl FnOnce(NonNull<FFI_ArrowSchema>, NonNull<FFI_ArrowArray>) -> T,
    ) -> Option<T> {
        let (_, mut array) = *self.arrays.first()?;
        let mut schema = self.schema;
        self.open.set(i64::from(array.release.is_some()));
        let read = read(NonNull::from(&mut schema).cast(), NonNull::from(&mut array).cast());
        assert_eq!(self.open.get(), 0, "an array that was not released, or twice");
        Some(read)
    }
}
