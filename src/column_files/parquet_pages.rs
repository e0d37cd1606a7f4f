//! How many rows of a Parquet file may be read at once, by what its pages state of themselves.
//!
//! The reader unpacks a page whole, and makes a text of its own of each value, however often a dictionary has it: so it is
//! asked for as few rows as have their texts in [`limits::COLUMN_PART_BYTES`].

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::Arc;

use parquet::basic::Type;
use parquet::column::page::{Page, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::serialized_reader::SerializedPageReader;

use super::thrift::{Fields, Known, Thrift, damaged};
use crate::limits;

/// A file that the reader and the look at its pages share.
pub struct Shared<R>(pub Arc<R>);

impl<R: ChunkReader> Length for Shared<R> {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl<R: ChunkReader> ChunkReader for Shared<R> {
    type T = R::T;

    fn get_read(&self, start: u64) -> Result<R::T> {
        self.0.get_read(start)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<bytes::Bytes> {
        self.0.get_bytes(start, length)
    }
}

const PAGE: Fields = &[
    (1, Known::Number),
    (2, Known::Number),
    (3, Known::Number),
    (4, Known::Number),
    (5, Known::Struct(&[(1, Known::Number), (2, Known::Number), (3, Known::Number), (4, Known::Number)])),
    (6, Known::Struct(&[])),
    (7, Known::Struct(&[(1, Known::Number), (2, Known::Number), (3, Known::Flag)])),
    (
        8,
        Known::Struct(&[
            (1, Known::Number),
            (2, Known::Number),
            (3, Known::Number),
            (4, Known::Number),
            (5, Known::Number),
            (6, Known::Number),
            (7, Known::Flag),
        ]),
    ),
];

const INDEX_PAGE: i32 = 1;
const DICTIONARY_PAGE: i32 = 2;
const DATA_PAGE_2: i32 = 3;

/// Encodings of texts by a dictionary, and by what they share with the text before.
const DICTIONARIES: [i32; 2] = [2, 8];
const DELTA_BYTE_ARRAY: i32 = 7;

/// What a page states.
#[derive(Default)]
struct Header {
    kind: i32,
    unpacked: i32,
    packed: i32,
    values: i32,
    encoding: i32,
}

impl Header {
    fn read(from: impl Read) -> io::Result<(Header, u64)> {
        let (mut header, mut thrift) = (Header::default(), Thrift::new(from));
        // Values and encoding of both kinds of pages of data: a header may have those of a kind that it is not.
        let mut of_data = [(0, 0); 2];
        thrift.structure(PAGE, 0, &mut |within, id, number| match (within, id) {
            (0, 1) => header.kind = number,
            (0, 2) => header.unpacked = number,
            (0, 3) => header.packed = number,
            (5, 1) => of_data[0].0 = number,
            (5, 2) => of_data[0].1 = number,
            (8, 1) => of_data[1].0 = number,
            (8, 4) => of_data[1].1 = number,
            _ => {}
        })?;
        (header.values, header.encoding) = of_data[usize::from(header.kind == DATA_PAGE_2)];
        match header.unpacked.min(header.packed).min(header.values) {
            0.. => Ok((header, thrift.taken)),
            _ => Err(damaged("a page has a negative size")),
        }
    }

    /// How much memory it takes.
    fn bytes(&self) -> u64 {
        self.unpacked.max(self.packed).unsigned_abs().into()
    }
}

/// A column in all row groups.
#[derive(Default)]
struct Column {
    /// Most bytes of one of its values, but for texts that are written out.
    value: u64,
    /// Pages in a row that have texts: their rows and bytes.
    window: VecDeque<(u64, u64)>,
    rows: u64,
    bytes: u64,
    /// The fewest rows in a row whose texts have too many bytes.
    fewest: Option<u64>,
}

impl Column {
    /// Adds what has texts of so many bytes in its rows; `most` is too many.
    fn add(&mut self, rows: u64, bytes: u64, most: u64) {
        if rows == 0 {
            return;
        }
        self.window.push_back((rows, bytes));
        (self.rows, self.bytes) = (self.rows + rows, self.bytes + bytes);
        while self.bytes > most {
            self.fewest = self.fewest.into_iter().chain([self.rows]).min();
            let Some((rows, bytes)) = self.window.pop_front() else { return };
            (self.rows, self.bytes) = (self.rows - rows, self.bytes - bytes);
        }
    }
}

/// What the pages of a column of a row group are.
#[derive(Default)]
struct Pages {
    dictionary: u64,
    largest: u64,
    largest_delta: u64,
    values: u64,
    /// Values and bytes of each page whose values are written out.
    plain: Vec<(u64, u64)>,
}

/// How many rows of a file may be read at once, `most` at most.
///
/// # Errors
/// A page or a row is too large, or is none that can be; or the file cannot be read.
pub fn rows_at_once<R: ChunkReader + 'static>(
    file: &Shared<R>,
    metadata: &ParquetMetaData,
    most: usize,
) -> Result<usize> {
    let count = metadata.file_metadata().schema_descr().num_columns();
    let mut columns: Vec<Column> = (0..count).map(|_| Column::default()).collect();
    let of_one = (limits::COLUMN_PART_BYTES / count.max(1) as u64).max(LEAST_OF_A_COLUMN);
    let mut packed = 0_u64;
    for group in metadata.row_groups() {
        let mut in_memory = 0;
        for (column, chunk) in columns.iter_mut().zip(group.columns()) {
            packed = packed.saturating_add(chunk.compressed_size().try_into().unwrap_or(u64::MAX));
            if packed > file.len() {
                return Err(refused("its columns overlap, or are outside of it"));
            }
            let pages = pages(file, chunk).map_err(|error| refused(&error.to_string()))?;
            in_memory += pages.dictionary + pages.largest;
            if in_memory > limits::COLUMN_BATCH_BYTES {
                let most = limits::COLUMN_BATCH_BYTES;
                return Err(refused(&format!(
                    "its pages unpack to more than {most} bytes; write smaller ones"
                )));
            }
            let value = match chunk.column_type() {
                Type::BYTE_ARRAY => longest(file, chunk, &pages)?.max(pages.largest_delta),
                Type::FIXED_LEN_BYTE_ARRAY => u64::from(chunk.column_descr().type_length().unsigned_abs()),
                Type::INT96 => 12,
                _ => 8,
            };
            if chunk.column_descr().max_rep_level() > 0 {
                // All values of the row group may be in one row of it.
                let plain: u64 = pages.plain.iter().map(|(_, bytes)| bytes).sum();
                let bytes = pages.values.saturating_mul(value).saturating_add(plain);
                if bytes > limits::COLUMN_BATCH_BYTES {
                    let what = format!(
                        "the lists of a row group have more than {} bytes",
                        limits::COLUMN_BATCH_BYTES
                    );
                    return Err(refused(&format!("{what}; write row groups of fewer rows")));
                }
                column.add(group.num_rows().max(1).unsigned_abs(), bytes, of_one);
            } else {
                column.value = column.value.max(value);
                pages.plain.iter().for_each(|(values, bytes)| column.add(*values, *bytes, of_one));
            }
        }
    }
    let row: u64 = columns.iter().map(|column| column.value).sum();
    if row > limits::COLUMN_PART_BYTES {
        return Err(refused(&format!("a row may have more than {} bytes", limits::COLUMN_PART_BYTES)));
    }
    let fewest = columns.iter().filter_map(|column| column.fewest).min().unwrap_or(u64::MAX);
    let rows = (limits::COLUMN_PART_BYTES / row.max(1)).min(fewest).max(1);
    Ok(usize::try_from(rows).map_or(most, |rows| rows.min(most)))
}

/// However many columns there are, so many bytes of one are read at once.
const LEAST_OF_A_COLUMN: u64 = 64 * 1024;

fn refused(what: &str) -> ParquetError {
    ParquetError::General(what.to_string())
}

/// Looks at the pages of a column of a row group.
fn pages<R: ChunkReader>(file: &Shared<R>, chunk: &ColumnChunkMetaData) -> io::Result<Pages> {
    let mut pages = Pages::default();
    let (mut at, mut left) = chunk.byte_range();
    while left > 0 {
        let (header, length) = Header::read(file.get_read(at).map_err(io::Error::other)?.take(left))?;
        let whole = length + u64::from(header.packed.unsigned_abs());
        let (Some(next), Some(rest)) = (at.checked_add(whole), left.checked_sub(whole)) else {
            return Err(damaged("a page is outside of its column"));
        };
        (at, left) = (next, rest);
        match header.kind {
            INDEX_PAGE => continue,
            DICTIONARY_PAGE if pages.dictionary == 0 && pages.largest == 0 => {
                pages.dictionary = header.bytes().max(1);
                continue;
            }
            DICTIONARY_PAGE => return Err(damaged("a dictionary is not before all that need it")),
            _ => {}
        }
        pages.largest = pages.largest.max(header.bytes()).max(1);
        let values = u64::from(header.values.unsigned_abs());
        pages.values += values;
        if header.encoding == DELTA_BYTE_ARRAY {
            pages.largest_delta = pages.largest_delta.max(header.bytes());
        } else if !DICTIONARIES.contains(&header.encoding) && chunk.column_type() == Type::BYTE_ARRAY {
            pages.plain.push((values, header.bytes()));
        }
    }
    Ok(pages)
}

/// The length of the longest text in the dictionary of a column of a row group.
fn longest<R: ChunkReader + 'static>(
    file: &Shared<R>,
    chunk: &ColumnChunkMetaData,
    pages: &Pages,
) -> Result<u64> {
    if pages.dictionary == 0 {
        return Ok(0);
    }
    let shared = Arc::new(Shared(file.0.clone()));
    let mut longest = 0;
    if let Some(Page::DictionaryPage { buf, .. }) =
        SerializedPageReader::new(shared, chunk, 0, None)?.get_next_page()?
    {
        let mut rest = buf.as_ref();
        while let Some((length, texts)) = rest.split_first_chunk() {
            let length = u32::from_le_bytes(*length);
            longest = longest.max(length);
            rest = texts.get(length as usize..).unwrap_or_default();
        }
    }
    Ok(longest.into())
}

#[cfg(test)]
mod tests {
    use parquet::basic::Compression;
    use parquet::file::metadata::{FileMetaData, RowGroupMetaData};
    use parquet::schema::parser::parse_message_type;
    use parquet::schema::types::SchemaDescriptor;

    use super::*;

    /// A number as Thrift has it.
    fn number(number: u64) -> Vec<u8> {
        let (mut left, mut bytes) = (2 * number, Vec::new());
        while left > 0x7f {
            bytes.push(left as u8 | 0x80);
            left >>= 7;
        }
        bytes.push(left as u8);
        bytes
    }

    /// A page of data with nothing in it, that states so many bytes, values and this encoding.
    fn page(bytes: u64, values: u64, encoding: u64) -> Vec<u8> {
        let of_data =
            [&[0x2c, 0x15][..], &number(values), &[0x15], &number(encoding), &[0x15, 6, 0x15, 6, 0]];
        [&[0x15, 0, 0x15][..], &number(bytes), &[0x15, 0], &of_data.concat(), &[0]].concat()
    }

    /// How many rows may be read at once of a file whose columns have these pages in their only row group.
    fn rows(
        kind: &str,
        columns: &[Vec<u8>],
        stated: impl Fn(usize) -> i64,
    ) -> std::result::Result<usize, String> {
        let fields: Vec<String> = (0..columns.len()).map(|place| format!("{kind} c{place};")).collect();
        let schema = parse_message_type(&format!("message m {{ {} }}", fields.join(" "))).unwrap();
        let schema = Arc::new(SchemaDescriptor::new(Arc::new(schema)));
        let (mut bytes, mut chunks) = (Vec::new(), Vec::new());
        for (place, pages) in columns.iter().enumerate() {
            let chunk = ColumnChunkMetaData::builder(schema.column(place))
                .set_compression(Compression::UNCOMPRESSED)
                .set_data_page_offset(bytes.len() as i64)
                .set_total_compressed_size(stated(pages.len()));
            chunks.push(chunk.build().unwrap());
            bytes.extend_from_slice(pages);
        }
        let group = RowGroupMetaData::builder(schema.clone()).set_num_rows(1).set_column_metadata(chunks);
        let file = FileMetaData::new(1, 1, None, None, schema, None);
        let metadata = ParquetMetaData::new(file, vec![group.build().unwrap()]);
        let file = Shared(Arc::new(bytes::Bytes::from(bytes)));
        rows_at_once(&file, &metadata, 1 << 17).map_err(|error| error.to_string())
    }

    fn of_pages(kind: &str, columns: &[Vec<u8>]) -> std::result::Result<usize, String> {
        rows(kind, columns, |length| length as i64)
    }

    #[test]
    fn pages_of_the_most_bytes_are_read_and_one_byte_more_is_refused() {
        let most = limits::COLUMN_BATCH_BYTES;
        let number = |bytes: u64| page(bytes, 10, 0);
        assert_eq!(of_pages("optional int32", &[number(most)]), Ok(1 << 17));
        assert_eq!(of_pages("optional int32", &[number(most / 2), number(most / 2)]), Ok(1 << 17));
        let over = [number(most / 2), [number(5), number(most / 2 + 1)].concat()];
        for columns in [&over[..], &[number(most + 1)]] {
            let refused = of_pages("optional int32", columns).unwrap_err();
            assert!(refused.contains("its pages unpack to more than 1073741824 bytes"), "{refused}");
        }
    }

    #[test]
    fn a_row_of_the_most_bytes_is_read_alone_and_one_byte_more_is_refused() {
        let most = limits::COLUMN_PART_BYTES;
        let wide =
            |bytes: u64| of_pages(&format!("optional fixed_len_byte_array({bytes})"), &[page(5, 10, 0)]);
        assert_eq!(wide(16), Ok(1 << 17));
        assert_eq!(wide(most / 2), Ok(2));
        assert_eq!(wide(most), Ok(1));
        assert!(wide(most + 1).unwrap_err().contains("a row may have more than"));
        // A text may have all of the text before it, and so all of the page.
        let delta = |bytes: u64| of_pages("optional binary", &[page(bytes, 10, 7)]);
        assert_eq!(delta(most / 4), Ok(4));
        assert!(delta(most + 1).unwrap_err().contains("a row may have more than"));
    }

    #[test]
    fn rows_of_long_texts_are_read_some_at_a_time() {
        // Usual pages: 20,000 texts, a megabyte.
        assert_eq!(of_pages("optional binary", &[page(1 << 20, 20_000, 0).repeat(50)]), Ok(1 << 17));
        assert_eq!(of_pages("optional binary", &[page(100 << 20, 122_880, 0).repeat(3)]), Ok(122_880));
        // Each text a megabyte: with the 33rd they are too long.
        assert_eq!(of_pages("optional binary", &[page(1 << 20, 1, 0).repeat(50)]), Ok(33));
        let lists = |bytes: u64| of_pages("repeated binary", &[page(bytes, 1_000, 0)]);
        assert_eq!(lists(1 << 20), Ok(1 << 17));
        assert_eq!(lists(limits::COLUMN_BATCH_BYTES), Ok(1));
        let values = |count: u64| of_pages("repeated int64", &[page(5, count, 0)]);
        assert!(values(limits::COLUMN_BATCH_BYTES / 8).is_ok());
        assert!(values(limits::COLUMN_BATCH_BYTES / 8 + 1).unwrap_err().contains("the lists of a row group"));
    }

    #[test]
    fn columns_that_overlap_and_pages_outside_of_them_are_refused() {
        let pages = [page(5, 1, 0), page(5, 1, 0)];
        // Each states to be all of the file.
        let refused = rows("optional int32", &pages, |length| 2 * length as i64).unwrap_err();
        assert!(refused.contains("its columns overlap, or are outside of it"), "{refused}");
        let refused = rows("optional int32", &pages, |length| length as i64 - 1).unwrap_err();
        assert!(!refused.is_empty());
        // It states to have a byte more than there is.
        let mut outside = page(5, 1, 0);
        outside[5] = 2;
        let refused = of_pages("optional int32", &[outside]).unwrap_err();
        assert!(refused.contains("a page is outside of its column"), "{refused}");
    }
}
