//! What is looked at in a Parquet file before its reader follows it.
//!
//! The reader builds the types of the schema by recursion: some thousand groups in one another end the process. So the
//! schema is read here first, without recursion, and the reader gets no other. It believes the length of a list that it skips:
//! so the whole directory is walked first.

use std::io;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use parquet::arrow::ARROW_SCHEMA_META_KEY;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::errors::{ParquetError, Result};
use parquet::file::FOOTER_SIZE;
use parquet::file::metadata::{FileMetaData, FooterTail, ParquetMetaDataReader};
use parquet::file::reader::ChunkReader;
use parquet::schema::types::SchemaDescPtr;

use super::arrow_checks::check_schema_message;
use super::parquet_footer::{CHILDREN, ELEMENT, check_footer};
use super::thrift::{Thrift, damaged};
use crate::limits;

/// The directory of a file and its columns.
///
/// # Errors
/// It is no Parquet file, or has more in its schema than the limits give.
pub fn open(file: &impl ChunkReader) -> Result<ArrowReaderMetadata> {
    let options = ArrowReaderOptions::new().with_parquet_schema(schema(file)?);
    let reader = ParquetMetaDataReader::new().with_metadata_options(Some(options.metadata_options().clone()));
    let metadata = reader.parse_and_finish(file)?;
    check_types(metadata.file_metadata())?;
    ArrowReaderMetadata::try_new(Arc::new(metadata), options)
}

fn refused(what: String) -> ParquetError {
    ParquetError::General(what)
}

/// The schema of a file, decoded from its own bytes alone.
fn schema(file: &impl ChunkReader) -> Result<SchemaDescPtr> {
    let bytes = file.len();
    let start = bytes.checked_sub(FOOTER_SIZE as u64);
    let end = file.get_bytes(start.ok_or_else(|| refused("it is too short".to_string()))?, FOOTER_SIZE)?;
    let length = FooterTail::try_from(end.as_ref())?.metadata_length();
    if length > limits::PARQUET_FOOTER_BYTES {
        let most = limits::PARQUET_FOOTER_BYTES;
        return Err(refused(format!("its directory has more than {most} bytes; write fewer row groups")));
    }
    let start = start.and_then(|start| start.checked_sub(length as u64));
    let start = start.ok_or_else(|| refused("it has no whole directory".to_string()))?;
    let footer = file.get_bytes(start, length)?;
    let list = list_of_schema(&footer).map_err(|error| refused(format!("its schema is damaged: {error}")))?;
    check_footer(&footer).map_err(|error| refused(format!("its directory is damaged: {error}")))?;
    // A directory of a file with this schema, no rows and no row groups.
    let mut footer = vec![0x15, 2, 0x19];
    footer.extend_from_slice(list);
    footer.extend([0x16, 0, 0x19, 0x0c, 0]);
    Ok(ParquetMetaDataReader::decode_metadata(&footer)?.file_metadata().schema_descr_ptr())
}

/// The bytes of the list of elements of the schema.
fn list_of_schema(footer: &[u8]) -> io::Result<&[u8]> {
    let mut thrift = Thrift::new(footer);
    // Only the version is before it.
    match (thrift.field(0)?, thrift.number()?, thrift.field(1)?) {
        (Some((1, 5)), _, Some((2, 9))) => {}
        _ => return Err(damaged("it is not at the start")),
    }
    let start = thrift.taken;
    let count = thrift.structures()?;
    if count > limits::COLUMN_TYPES as u64 {
        return Err(damaged(&format!("it has more than {} elements", limits::COLUMN_TYPES)));
    }
    // How many elements are to come in each group that is open.
    let mut open: Vec<i32> = Vec::new();
    for _ in 0..count {
        let mut children = 0;
        thrift.structure(ELEMENT, 0, &mut |within, id, number| {
            if (within, id) == (0, CHILDREN) {
                children = number;
            }
        })?;
        while open.last().is_some_and(|rest| *rest <= 0) {
            open.pop();
        }
        if let Some(rest) = open.last_mut() {
            *rest -= 1;
        }
        if children > 0 {
            open.push(children);
        }
        if open.len() > limits::COLUMN_LEVELS {
            return Err(damaged(&format!("it is nested more than {} levels deep", limits::COLUMN_LEVELS)));
        }
    }
    let (start, end) = (start as usize, thrift.taken as usize);
    footer.get(start..end).ok_or_else(|| damaged("it ends within the file"))
}

/// Checks the types of Arrow that a file has beside those of Parquet.
fn check_types(file: &FileMetaData) -> Result<()> {
    let texts = file.key_value_metadata().into_iter().flatten();
    for types in texts.filter(|text| text.key == ARROW_SCHEMA_META_KEY).filter_map(|text| text.value.as_ref())
    {
        // What is no such text is refused by the reader.
        let Ok(bytes) = BASE64_STANDARD.decode(types) else { continue };
        let message = if bytes.starts_with(&[0xff; 4]) { bytes.get(8..).unwrap_or_default() } else { &bytes };
        check_schema_message(message)
            .map_err(|error| refused(format!("its types of Arrow are damaged: {error}")))?;
    }
    Ok(())
}
