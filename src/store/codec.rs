//! The one home of bincode: a record as bytes, with its schema before it.
//!
//! A record is one schema byte and one bincode value, and nothing after it. Every type that is stored is
//! frozen by a test of its bytes; a type that has to change gets a new name and a new schema byte.

use bincode::config::{self, Configuration, Limit, LittleEndian, Varint};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::limits;

/// The schema of all `…V1` types.
const SCHEMA: u8 = 1;

/// bincode counts a number as up to sixteen bytes also where it is written as one: else a record within the limit that
/// has many numbers could be written, and not read.
const BYTES_OF_ONE: usize = 16;

type Config = Configuration<LittleEndian, Varint, Limit<{ BYTES_OF_ONE * limits::RECORD_BYTES }>>;

/// The bytes of a record.
///
/// # Errors
/// The record is longer than [`limits::RECORD_BYTES`].
pub(super) fn encode<T: Serialize>(record: &T) -> Result<Vec<u8>, String> {
    let mut bytes = vec![SCHEMA];
    bincode::serde::encode_into_std_write(record, &mut bytes, bounded())
        .map_err(|error| error.to_string())?;
    if bytes.len() > limits::RECORD_BYTES {
        return Err(over_limit(bytes.len()));
    }
    Ok(bytes)
}

/// The record that the bytes contain.
///
/// # Errors
/// Another schema, bytes that are not such a record, more than [`limits::RECORD_BYTES`], and bytes left over, in words.
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    if bytes.len() > limits::RECORD_BYTES {
        return Err(over_limit(bytes.len()));
    }
    let Some((&schema, payload)) = bytes.split_first() else {
        return Err("the record is empty".to_string());
    };
    if schema != SCHEMA {
        return Err(format!("the record has schema {schema}, this program knows {SCHEMA}"));
    }
    let (record, consumed) =
        bincode::serde::decode_from_slice(payload, bounded()).map_err(|error| error.to_string())?;
    if consumed != payload.len() {
        return Err(format!("{} bytes follow the record", payload.len() - consumed));
    }
    Ok(record)
}

fn over_limit(bytes: usize) -> String {
    format!("a record of {bytes} bytes is over the limit of {}", limits::RECORD_BYTES)
}

/// Without a limit a damaged length could ask for more memory than there is.
fn bounded() -> Config {
    config::standard().with_limit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_very_bytes_of_a_record_are_read_back() {
        let bytes = encode(&("ACTUSDT".to_string(), 7u64)).unwrap();
        assert_eq!(decode::<(String, u64)>(&bytes).unwrap(), ("ACTUSDT".to_string(), 7));
        let longer = [bytes.as_slice(), &[0]].concat();
        let other_schema = [&[2], &bytes[1..]].concat();
        for bad in [&longer, &other_schema, &bytes[..bytes.len() - 1].to_vec(), &vec![]] {
            assert!(decode::<(String, u64)>(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_extreme_length_needs_no_memory() {
        let hostile = [&[SCHEMA, 253][..], &[255; 8]].concat();
        assert!(decode::<Vec<u64>>(&hostile).is_err());
    }

    #[test]
    fn a_record_of_the_most_bytes_is_written_and_read_and_one_more_is_not() {
        // Before the text are the schema and its length.
        let most = "x".repeat(limits::RECORD_BYTES - 6);
        let bytes = encode(&most).unwrap();
        assert_eq!(bytes.len(), limits::RECORD_BYTES);
        assert_eq!(decode::<String>(&bytes).unwrap(), most);
        let over =
            format!("a record of {} bytes is over the limit of {}", bytes.len() + 1, limits::RECORD_BYTES);
        assert_eq!(encode(&format!("{most}x")).unwrap_err(), over);
        assert_eq!(decode::<String>(&[bytes, vec![0]].concat()).unwrap_err(), over);
    }

    #[test]
    fn what_is_written_is_read_also_where_it_has_many_numbers() {
        // As decimals are written: bincode counts 17 bytes for two.
        let many = vec![(1_u8, 1_i128); limits::RECORD_BYTES / 8];
        let bytes = encode(&many).unwrap();
        assert!(bytes.len() < limits::RECORD_BYTES / 3, "{}", bytes.len());
        assert!(decode::<Vec<(u8, i128)>>(&bytes).unwrap() == many);
    }
}
