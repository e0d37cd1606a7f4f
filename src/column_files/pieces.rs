//! Parts cut into pieces whose rows have a bounded length as text.
//!
//! A dictionary, a view or a run has the text of many rows once: what it takes when it is written is not what it takes
//! in the file.

use std::collections::VecDeque;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int16Type, Int32Type, Int64Type};
use arrow_array::{Array, OffsetSizeTrait, RecordBatch, RunArray, StructArray};
use arrow_schema::DataType;

use super::{Part, Places, ROWS_OF_COLUMNS};
use crate::error::{Error, ErrorCode, Result};
use crate::limits;

/// What a value of few bytes has as text, and what is around it.
const SHORT: u64 = 8;

/// How many bytes the values of a column have, one for each row.
enum Sizes {
    /// All the same.
    Same(u64),
    Each(Vec<u64>),
}

impl Sizes {
    fn longest(&self) -> u64 {
        match self {
            Sizes::Same(size) => *size,
            Sizes::Each(sizes) => sizes.iter().copied().max().unwrap_or(0),
        }
    }

    /// Of lists whose values these are, which are in these ranges.
    fn of_lists(self, ranges: impl Iterator<Item = (usize, usize)>) -> Sizes {
        let sums = match self {
            Sizes::Same(size) => {
                let size = size.saturating_add(1);
                return Sizes::Each(
                    ranges.map(|(start, end)| size.saturating_mul((end - start) as u64)).collect(),
                );
            }
            Sizes::Each(sizes) => {
                let mut sum = 0_u64;
                let after = sizes.iter().map(|size| {
                    sum = sum.saturating_add(*size).saturating_add(1);
                    sum
                });
                [0].into_iter().chain(after).collect::<Vec<_>>()
            }
        };
        let sum = |at: usize| sums.get(at).copied().unwrap_or_default();
        Sizes::Each(ranges.map(|(start, end)| sum(end).saturating_sub(sum(start))).collect())
    }
}

/// The sizes of the values of a column as text.
fn sizes(array: &dyn Array) -> Sizes {
    let each = |lengths: &mut dyn Iterator<Item = usize>| Sizes::Each(lengths.map(|it| it as u64).collect());
    let of_views = |views: &[u128]| Sizes::Each(views.iter().map(|view| u64::from(*view as u32)).collect());
    match array.data_type() {
        DataType::Utf8 => each(&mut array.as_string::<i32>().offsets().lengths()),
        DataType::LargeUtf8 => each(&mut array.as_string::<i64>().offsets().lengths()),
        DataType::Binary => each(&mut array.as_binary::<i32>().offsets().lengths()),
        DataType::LargeBinary => each(&mut array.as_binary::<i64>().offsets().lengths()),
        DataType::Utf8View => of_views(array.as_string_view().views()),
        DataType::BinaryView => of_views(array.as_binary_view().views()),
        DataType::FixedSizeBinary(length) => Sizes::Same(length.unsigned_abs().into()),
        DataType::Dictionary(..) => of_dictionary(array),
        DataType::RunEndEncoded(..) => {
            let values = array
                .as_run_opt::<Int32Type>()
                .map(RunArray::values)
                .or_else(|| array.as_run_opt::<Int16Type>().map(RunArray::values))
                .or_else(|| array.as_run_opt::<Int64Type>().map(RunArray::values));
            Sizes::Same(values.map_or(0, |values| sizes(values).longest()))
        }
        DataType::List(_) => of_list::<i32>(array),
        DataType::LargeList(_) => of_list::<i64>(array),
        DataType::ListView(_) => of_list_view::<i32>(array),
        DataType::LargeListView(_) => of_list_view::<i64>(array),
        DataType::FixedSizeList(..) => {
            let list = array.as_fixed_size_list();
            let length = list.value_length().unsigned_abs() as usize;
            match sizes(list.values()) {
                Sizes::Same(size) => Sizes::Same(size.saturating_add(1).saturating_mul(length as u64)),
                each @ Sizes::Each(_) => {
                    each.of_lists((0..list.len()).map(|row| (row * length, (row + 1) * length)))
                }
            }
        }
        DataType::Map(..) => {
            let map = array.as_map();
            let ends = map.offsets().windows(2).map(|ends| (ends[0] as usize, ends[1] as usize));
            of_struct(map.entries()).of_lists(ends)
        }
        DataType::Struct(_) => of_struct(array.as_struct()),
        DataType::Union(fields, _) => {
            let union = array.as_union();
            Sizes::Same(fields.iter().map(|(id, _)| sizes(union.child(id)).longest()).max().unwrap_or(0))
        }
        _ => Sizes::Same(SHORT),
    }
}

fn of_dictionary(array: &dyn Array) -> Sizes {
    let Some(dictionary) = array.as_any_dictionary_opt() else { return Sizes::Same(SHORT) };
    match sizes(dictionary.values()) {
        Sizes::Each(values) if !values.is_empty() => {
            let of_key = |key: usize| values.get(key).copied().unwrap_or_default();
            Sizes::Each(dictionary.normalized_keys().into_iter().map(of_key).collect())
        }
        same => Sizes::Same(same.longest()),
    }
}

fn of_list<O: OffsetSizeTrait>(array: &dyn Array) -> Sizes {
    let list = array.as_list::<O>();
    let ends = list.offsets().windows(2).map(|ends| (ends[0].as_usize(), ends[1].as_usize()));
    sizes(list.values()).of_lists(ends)
}

fn of_list_view<O: OffsetSizeTrait>(array: &dyn Array) -> Sizes {
    let list = array.as_list_view::<O>();
    let starts = list.offsets().iter().zip(list.sizes().iter());
    let ends = starts.map(|(start, size)| (start.as_usize(), start.as_usize() + size.as_usize()));
    sizes(list.values()).of_lists(ends)
}

fn of_struct(array: &StructArray) -> Sizes {
    let (same, each) = rows(array.columns().iter().map(AsRef::as_ref), array.len());
    if each.is_empty() { Sizes::Same(same) } else { Sizes::Each(each.iter().map(|it| it + same).collect()) }
}

/// What all rows of these columns have in common, and each more; nothing of the second where it is the same for all.
fn rows<'a>(columns: impl Iterator<Item = &'a dyn Array>, rows: usize) -> (u64, Vec<u64>) {
    let (mut same, mut each) = (0_u64, Vec::new());
    for column in columns {
        match sizes(column) {
            Sizes::Same(size) => same = same.saturating_add(size),
            Sizes::Each(sizes) => {
                same = same.saturating_add(1);
                each.resize(rows, 0_u64);
                each.iter_mut().zip(sizes).for_each(|(all, size)| *all = all.saturating_add(size));
            }
        }
    }
    (same.min(u64::MAX / 4), each.into_iter().map(|it| it.min(u64::MAX / 4)).collect())
}

/// The pieces of parts, in order, none with more than [`ROWS_OF_COLUMNS`] rows or [`limits::COLUMN_PART_BYTES`].
pub struct Pieces<I> {
    parts: I,
    /// What is left of a part, from this row on, and the numbers of rows of its next pieces.
    rest: Option<(Part, usize)>,
    next: VecDeque<usize>,
}

impl<I: Iterator<Item = Result<Part>>> Pieces<I> {
    /// Cuts these parts.
    pub fn of(parts: I) -> Pieces<I> {
        Pieces { parts, rest: None, next: VecDeque::new() }
    }
}

impl<I: Iterator<Item = Result<Part>>> Iterator for Pieces<I> {
    type Item = Result<Part>;

    fn next(&mut self) -> Option<Result<Part>> {
        loop {
            let Some((part, start)) = self.rest.take() else {
                match self.parts.next()? {
                    Ok(part) => self.rest = Some((part, 0)),
                    Err(error) => return Some(Err(error)),
                }
                continue;
            };
            let left = part.batch.num_rows() - start;
            if left == 0 {
                continue;
            }
            if self.next.is_empty() {
                let block = part.batch.slice(start, left.min(ROWS_OF_COLUMNS));
                match cuts(&block, &part.places, start) {
                    Ok(cuts) => self.next = cuts,
                    Err(error) => return Some(Err(error)),
                }
            }
            let rows = self.next.pop_front().unwrap_or(left);
            if (start, rows) == (0, left) {
                return Some(Ok(part));
            }
            let piece =
                Part { batch: part.batch.slice(start, rows), places: part.places.of(start, rows), ..part };
            self.rest = Some((part, start + rows));
            return Some(Ok(piece));
        }
    }
}

/// How many rows each piece of a batch has, which begins at this row of a part.
fn cuts(batch: &RecordBatch, places: &Places, start: usize) -> Result<VecDeque<usize>> {
    let (same, each) = rows(batch.columns().iter().map(AsRef::as_ref), batch.num_rows());
    let fields = batch.schema_ref().fields();
    let names: u64 = fields.iter().map(|field| field.name().len() as u64).sum();
    let (mut cuts, mut rows, mut bytes) = (VecDeque::new(), 0, 0);
    for row in 0..batch.num_rows() {
        let more = same + names + each.get(row).copied().unwrap_or_default();
        if more > limits::COLUMN_PART_BYTES {
            let most = limits::COLUMN_PART_BYTES;
            let message = format!("{} has more than {most} bytes", places.words(start + row));
            return Err(
                Error::new(ErrorCode::NotColumns, message).hint("leave out the column that is so long")
            );
        }
        if bytes + more > limits::COLUMN_PART_BYTES {
            cuts.push_back(rows);
            (rows, bytes) = (0, 0);
        }
        (rows, bytes) = (rows + 1, bytes + more);
    }
    cuts.push_back(rows);
    Ok(cuts)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::builder::{ListBuilder, StringViewBuilder};
    use arrow_array::{ArrayRef, DictionaryArray, Int32Array, NullArray, StringArray};

    use super::*;

    fn pieces(columns: Vec<(&str, ArrayRef)>) -> Vec<Result<Part>> {
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        Pieces::of([Ok(Part { batch, places: Places::Rows(1), bytes: 0 })].into_iter()).collect()
    }

    /// How many rows each piece has of a column that is called `n`.
    fn cut(column: ArrayRef) -> Vec<usize> {
        pieces(vec![("n", column)]).into_iter().map(|part| part.unwrap().batch.num_rows()).collect()
    }

    #[test]
    fn a_row_of_the_most_bytes_is_a_piece_and_one_byte_more_is_refused() {
        // A byte for the name of the column, and one for the end of the text.
        let most = limits::COLUMN_PART_BYTES as usize - 2;
        let texts =
            |length: usize| Arc::new(StringArray::from(vec!["", &"x".repeat(length), ""])) as ArrayRef;
        assert_eq!(cut(texts(most - 4)), [3]);
        assert_eq!(cut(texts(most - 3)), [2, 1]);
        assert_eq!(cut(texts(most)), [1, 1, 1]);
        let last = pieces(vec![("n", texts(most + 1))]).pop().unwrap();
        assert!(last.unwrap_err().message().starts_with("row 2 has more than"));
    }

    #[test]
    fn what_has_a_text_once_for_many_rows_counts_it_in_each() {
        let (text, rows) = ("x".repeat(1_000_000), 100);
        let values = Arc::new(StringArray::from(vec![text.as_str()]));
        let keys = Int32Array::from(vec![0; rows]);
        let dictionary = Arc::new(DictionaryArray::new(keys, values.clone())) as ArrayRef;
        let runs = Arc::new(RunArray::<Int32Type>::try_new(&Int32Array::from(vec![100]), &*values).unwrap());
        let mut views = StringViewBuilder::new().with_deduplicate_strings();
        (0..rows).for_each(|_| views.append_value(&text));
        let mut lists = ListBuilder::new(StringViewBuilder::new().with_deduplicate_strings());
        (0..rows).for_each(|_| lists.append_value([Some(&text)]));
        for column in [dictionary, runs, Arc::new(views.finish()), Arc::new(lists.finish())] {
            assert_eq!(cut(column), [33, 33, 33, 1]);
        }
    }

    #[test]
    fn short_rows_are_cut_by_their_number_and_the_names_of_columns_count() {
        let rows = 2 * ROWS_OF_COLUMNS + 5;
        assert_eq!(cut(Arc::new(NullArray::new(rows))), [ROWS_OF_COLUMNS, ROWS_OF_COLUMNS, 5]);
        let name = "n".repeat(1 << 20);
        let named = pieces(vec![(&name, Arc::new(NullArray::new(40)) as ArrayRef)]);
        assert_eq!(named.len(), 2);
        let second = named.into_iter().nth(1).unwrap().unwrap();
        assert_eq!((second.places, second.batch.num_rows()), (Places::Rows(32), 9));
    }
}
