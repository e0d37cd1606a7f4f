//! What is looked at in the structs of another library before anything follows their pointers.
//!
//! A struct says how many rows, buffers and children there are, but not how much memory is behind a pointer. So a pointer
//! to memory that is not there, or a plausible number that is larger than the memory, is noticed by nobody: such a struct
//! may end the process, as in every reader of this interface. All else that it may get wrong is refused, here or by
//! arrow's own validation; `python/tests/arrow_lies.py` lists the cases.

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema};
use arrow_data::layout;
use arrow_schema::{
    ArrowError, DECIMAL32_MAX_PRECISION, DECIMAL64_MAX_PRECISION, DECIMAL128_MAX_PRECISION,
    DECIMAL256_MAX_PRECISION, DataType,
};

/// More rows than any memory holds: a length above it is a negative one, or garbage.
const MOST_ROWS: usize = 1 << 40;
/// More bytes than a process can have.
pub const MOST_BYTES: i64 = 1 << 47;
/// The deepest nesting of types, which keeps the recursion over them from filling the stack.
const DEEPEST: usize = 64;
/// The most types in a table, together with those in them.
const MOST_TYPES: usize = 1 << 20;

/// Checks that types can be read: that there are not too many in each other.
///
/// # Errors
/// They are nested without end, too many, or released.
pub fn check_schema(schema: &FFI_ArrowSchema) -> Result<(), ArrowError> {
    check_types(schema, DEEPEST, &mut { MOST_TYPES })
}

fn check_types(schema: &FFI_ArrowSchema, depth: usize, left: &mut usize) -> Result<(), ArrowError> {
    let refuse = |what: &str| Err(ArrowError::CDataInterface(what.to_string()));
    if schema.release().is_none() {
        return refuse("a type that was released");
    }
    let children = schema.children();
    // Counted before any of them is looked at.
    let count = children.size_hint().0.saturating_add(usize::from(schema.dictionary().is_some()));
    if count > *left || (count > 0 && depth == 0) {
        return refuse("no possible number of types in a type");
    }
    *left -= count;
    children.chain(schema.dictionary()).try_for_each(|child| check_types(child, depth - 1, left))
}

/// Checks the counts of an array and the pointers that must be there.
///
/// # Errors
/// One of them cannot be right for the type.
pub fn check(array: &FFI_ArrowArray, kind: &DataType) -> Result<(), ArrowError> {
    let refuse = |what: &str| Err(ArrowError::CDataInterface(format!("{what} of type {kind}")));
    if array.is_released() {
        return refuse("a released column");
    }
    if array.len() > MOST_ROWS || array.offset() > MOST_ROWS {
        return refuse("no possible number of rows in a column");
    }
    if has_impossible_digits(kind) {
        return refuse("no possible number of digits in a column");
    }
    if matches!(kind, DataType::Dictionary(key, _) if !key.is_dictionary_key_type()) {
        return refuse("no whole numbers as the indexes of a dictionary");
    }
    check_buffers(array, kind)?;
    let children = children(kind);
    if array.num_children() != children.len() {
        return refuse("a wrong number of children in a column");
    }
    for (index, child) in children.into_iter().enumerate() {
        check(array.child(index), child)?;
    }
    match (array.dictionary(), kind) {
        (Some(values), DataType::Dictionary(_, kind)) => check(values, kind),
        (None, DataType::Dictionary(..)) | (Some(_), _) => {
            refuse("a dictionary missing or too many in a column")
        }
        (None, _) => Ok(()),
    }
}

fn check_buffers(array: &FFI_ArrowArray, kind: &DataType) -> Result<(), ArrowError> {
    let refuse = |what: &str| Err(ArrowError::CDataInterface(format!("{what} of type {kind}")));
    let wanted = layout(kind);
    let buffers = wanted.buffers.len() + usize::from(wanted.can_contain_null_mask);
    let is_right = if wanted.variadic {
        (buffers + 1..1 << 20).contains(&array.num_buffers())
    } else {
        array.num_buffers() == buffers
    };
    if !is_right {
        return refuse("a wrong number of buffers in a column");
    }
    let is_missing = |index: usize| array.buffer(index).is_null();
    // A count below zero says that nobody counted.
    let has_nulls = array.null_count_opt().is_some_and(|count| count > 0);
    if wanted.can_contain_null_mask && has_nulls && is_missing(0) {
        return refuse("nulls that nothing marks in a column");
    }
    let is_empty = array.len() + array.offset() == 0;
    let is_useless =
        |index: usize, width: usize| is_missing(index) || array.buffer(index).align_offset(width) != 0;
    if width_of_offsets(kind).is_some_and(|width| !is_empty && is_useless(1, width)) {
        return refuse("no offsets, or misaligned ones, in a column");
    }
    let last = array.num_buffers().wrapping_sub(1);
    if wanted.variadic && last > buffers && is_useless(last, 8) {
        return refuse("no lengths of buffers, or misaligned ones, in a column");
    }
    Ok(())
}

fn has_impossible_digits(kind: &DataType) -> bool {
    let (digits, most) = match *kind {
        DataType::Decimal32(digits, _) => (digits, DECIMAL32_MAX_PRECISION),
        DataType::Decimal64(digits, _) => (digits, DECIMAL64_MAX_PRECISION),
        DataType::Decimal128(digits, _) => (digits, DECIMAL128_MAX_PRECISION),
        DataType::Decimal256(digits, _) => (digits, DECIMAL256_MAX_PRECISION),
        _ => return false,
    };
    !(1..=most).contains(&digits)
}

/// The bytes of an offset of a type whose last offset says how long its buffer is.
pub fn width_of_offsets(kind: &DataType) -> Option<usize> {
    match kind {
        DataType::Utf8 | DataType::Binary => Some(4),
        DataType::LargeUtf8 | DataType::LargeBinary => Some(8),
        _ => None,
    }
}

/// The arrays in an array that was checked, each with its type: its children, or its dictionary.
pub fn inner<'a>(array: &'a FFI_ArrowArray, kind: &'a DataType) -> Vec<(&'a FFI_ArrowArray, &'a DataType)> {
    match (array.dictionary(), kind) {
        (Some(values), DataType::Dictionary(_, kind)) => vec![(values, kind)],
        _ => children(kind).into_iter().enumerate().map(|(index, kind)| (array.child(index), kind)).collect(),
    }
}

/// The types of the children of a type.
fn children(kind: &DataType) -> Vec<&DataType> {
    match kind {
        DataType::List(field)
        | DataType::FixedSizeList(field, _)
        | DataType::LargeList(field)
        | DataType::ListView(field)
        | DataType::LargeListView(field)
        | DataType::Map(field, _) => vec![field.data_type()],
        DataType::Struct(fields) => fields.iter().map(|field| field.data_type()).collect(),
        DataType::Union(fields, _) => fields.iter().map(|(_, field)| field.data_type()).collect(),
        DataType::RunEndEncoded(ends, values) => vec![ends.data_type(), values.data_type()],
        _ => Vec::new(),
    }
}
