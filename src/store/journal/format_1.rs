//! Format 1: a transaction is one line, `{"hash":"<64 digits>","transaction":<JSON>}`, whose hash is the SHA-256
//! of the 64 digits of the hash before it and the bytes of the JSON.

use serde::Deserialize;

use super::form::NO_HASH;
use super::lost::LostV1;
use crate::statement::Sha256;
use crate::store::schema::scalars::TimestampV1;
use crate::store::schema::{HeaderV1, TransactionV1};

/// The format that the first line states.
pub(super) const FORMAT: &str = "tierbook journal 1";

pub(super) const BEFORE_HASH: &[u8] = b"{\"hash\":\"";
pub(super) const BEFORE_JSON: &[u8] = b"\",\"transaction\":";
const AFTER_JSON: &[u8] = b"}\n";

/// How the JSON of every transaction begins.
pub(super) const JSON_START: &[u8] = b"{\"tx\":";

/// Bytes of a line before its JSON.
pub(super) const ENVELOPE_BYTES: u64 = 89;

/// Bytes of the JSON that have the number of the transaction.
pub(super) const NUMBER_BYTES: u64 = 32;

/// The hash and the bytes of the first line.
///
/// # Errors
/// It cannot be written as JSON.
pub(super) fn first(created_at: TimestampV1) -> Result<(Sha256, Vec<u8>), String> {
    let header = HeaderV1 { tx: 0, format: FORMAT.to_string(), created_at };
    let json = serde_json::to_vec(&header).map_err(|error| error.to_string())?;
    Ok(line_of(NO_HASH, &json))
}

/// The hash and the bytes of a line.
pub(super) fn line_of(previous: Sha256, json: &[u8]) -> (Sha256, Vec<u8>) {
    let hash = Sha256::of(&[previous.to_string().as_bytes(), json]);
    let line = [BEFORE_HASH, hash.to_string().as_bytes(), BEFORE_JSON, json, AFTER_JSON].concat();
    (hash, line)
}

/// Checks a line without its line break against the chain: gives its hash, and its JSON.
///
/// # Errors
/// It is not the line of transaction `tx` after `previous`, in words.
pub(super) fn check(tx: u64, previous: Sha256, whole: &[u8]) -> Result<(Sha256, &[u8]), &'static str> {
    let parts = || -> Option<(&[u8], &[u8])> {
        let rest = whole.strip_prefix(BEFORE_HASH)?;
        let (digits, rest) = rest.split_at_checked(64)?;
        Some((digits, rest.strip_prefix(BEFORE_JSON)?.strip_suffix(b"}")?))
    };
    let (digits, json) = parts().ok_or("the line does not have the form of a transaction")?;
    let hash = Sha256::of(&[previous.to_string().as_bytes(), json]);
    let hash = match hash.to_string().as_bytes() == digits {
        true => hash,
        false => lost_hash(digits, json).ok_or("the content does not match its hash")?,
    };
    if !json.starts_with(format!("{{\"tx\":{tx},").as_bytes()) {
        return Err("it has the number of another transaction");
    }
    Ok((hash, json))
}

/// The hash of a lost transaction, of which this is the tombstone.
fn lost_hash(digits: &[u8], json: &[u8]) -> Option<Sha256> {
    let hash = Sha256::parse(std::str::from_utf8(digits).ok()?)?;
    LostV1::of_checked_json(json, hash).map(|_| hash)
}

/// The line of a lost transaction.
///
/// # Errors
/// It cannot be written as JSON.
pub(super) fn lost_line(lost: &LostV1, hash: Sha256) -> Result<Vec<u8>, String> {
    let json = lost.checked_json(hash)?;
    Ok([BEFORE_HASH, hash.to_string().as_bytes(), BEFORE_JSON, &json, AFTER_JSON].concat())
}

/// The number that the JSON of a transaction begins with.
pub(super) fn stated_tx(json: &[u8]) -> Option<u64> {
    let digits = json.strip_prefix(JSON_START)?.split(|byte| *byte == b',').next()?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The hash in what is before the JSON of a line.
pub(super) fn stated_hash(envelope: &[u8]) -> Option<Sha256> {
    let start = envelope.len().checked_sub(BEFORE_JSON.len() + 64)?;
    Sha256::parse(std::str::from_utf8(envelope.get(start..start + 64)?).ok()?)
}

/// Reads the transaction of a line that has its hash: what cannot be read is of another version.
///
/// # Errors
/// What this program does not know, in words: the kind where it has one, else the field.
pub(super) fn transaction(json: &[u8]) -> Result<TransactionV1, String> {
    #[derive(Deserialize)]
    struct Kind {
        kind: String,
    }
    serde_json::from_slice(json).map_err(|error| match serde_json::from_slice::<Kind>(json) {
        Ok(Kind { kind }) => format!("`{kind}`"),
        Err(_) => error.to_string(),
    })
}
