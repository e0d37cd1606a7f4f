//! What is looked at in an array of another library before anything follows its pointers.

use arrow_array::ffi::FFI_ArrowArray;
use arrow_data::layout;
use arrow_schema::{ArrowError, DataType};

/// More rows than any memory holds: a length above it is a negative one, or garbage.
const MOST_ROWS: usize = 1 << 40;

/// Checks the counts of an array and the pointers that must be there. How much memory is behind a pointer it does not
/// say, so that this cannot be checked.
///
/// # Errors
/// One of them cannot be right for the type.
pub fn check(array: &FFI_ArrowArray, kind: &DataType) -> Result<(), ArrowError> {
    let refuse = |what: &str| Err(ArrowError::CDataInterface(format!("{what} of type {kind}")));
    if array.len() > MOST_ROWS || array.offset() > MOST_ROWS {
        return refuse("no possible number of rows in a column");
    }
    let wanted = layout(kind);
    let buffers = wanted.buffers.len() + usize::from(wanted.can_contain_null_mask);
    let is_right = match wanted.variadic {
        true => (buffers + 1..1 << 20).contains(&array.num_buffers()),
        false => array.num_buffers() == buffers,
    };
    if !is_right {
        return refuse("a wrong number of buffers in a column");
    }
    let is_empty = array.len() + array.offset() == 0;
    let is_missing = |index: usize| array.buffer(index).is_null();
    let has_offsets =
        matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Binary | DataType::LargeBinary);
    if has_offsets && !is_empty && is_missing(1) {
        return refuse("no offsets in a column");
    }
    if wanted.variadic && array.num_buffers() > buffers + 1 && is_missing(array.num_buffers() - 1) {
        return refuse("no lengths of buffers in a column");
    }
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
