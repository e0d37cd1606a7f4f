//! Tombstones: what takes the place of a transaction that nobody can read any more.
//!
//! It has the number and the hash of the lost one, so that the chain goes on. Its own content is in no hash of the
//! chain: in format 1 it has a checksum, in format 2 the frame has one.

use serde::{Deserialize, Serialize};

use crate::statement::{Origin, Sha256, SourceId};
use crate::store::schema::scalars::{HashV1, TimestampV1};
use crate::store::schema::{PrecisionV1, SourceV1, TransactionV1};

/// The kind of a lost transaction.
pub(super) const LOST: &str = "lost";

/// Between the JSON that has a checksum and the checksum, in format 1.
const CHECK: &[u8] = b",\"check\":\"";

/// A lost transaction: the second line of its frame, and the JSON of its line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::store) struct LostV1 {
    pub tx: u64,
    pub kind: String,
    /// When it was recorded; else the earliest time when it can have been.
    pub recorded_at: TimestampV1,
    /// Whether that is the time when it was recorded.
    pub is_time_known: bool,
    /// The source, where something beside the journal has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceV1>,
    /// What stated its hash.
    pub hash_from: HashFrom,
    /// Whether the next transaction, or its own root, showed that the hash is right.
    pub is_confirmed: bool,
    pub salvaged_at: TimestampV1,
}

/// What stated the hash of a lost transaction: the surest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::store) enum HashFrom {
    Option,
    Index,
    Image,
    Head,
    Backup,
    Journal,
}

impl HashFrom {
    /// Its name, as it is stored.
    pub fn name(self) -> &'static str {
        match self {
            HashFrom::Option => "option",
            HashFrom::Index => "index",
            HashFrom::Image => "image",
            HashFrom::Head => "head",
            HashFrom::Backup => "backup",
            HashFrom::Journal => "journal",
        }
    }
}

impl LostV1 {
    /// The kind of every one.
    pub const KIND: &str = LOST;

    /// The transaction as everything that reads the journal sees it: an empty one of a source that is no document, so that
    /// the document which was lost with it counts as not recorded.
    pub fn transaction(&self, hash: Sha256) -> TransactionV1 {
        let sha256 = Sha256::of(&[b"tierbook: a lost transaction ", &hash.0]);
        // The name of the file is no name of this source: the document may be loaded again.
        let title = match &self.source {
            Some(source) if source.file.is_empty() => format!("lost: {}", source.id),
            Some(source) => format!("lost: {} ({})", source.file, source.id),
            None => "lost: nothing is known of it".to_string(),
        };
        TransactionV1 {
            tx: self.tx,
            recorded_at: self.recorded_at,
            source: SourceV1 {
                id: SourceId::of(&sha256).to_string(),
                sha256: HashV1(sha256),
                file: String::new(),
                title,
                published_at: self.recorded_at,
                precision: PrecisionV1::Recorded,
            },
            rules: Vec::new(),
            statements: Vec::new(),
            complete_snapshots: Vec::new(),
            currency_snapshots: Vec::new(),
            retractions: Vec::new(),
            findings: Vec::new(),
            text_is_document: false,
            published_by: Some(Origin::Lost.name().to_string()),
            text: String::new(),
            is_text_lost: false,
        }
    }

    /// Its JSON for format 1, with the checksum of the hash and of the JSON before it.
    ///
    /// # Errors
    /// It cannot be written as JSON.
    pub(super) fn checked_json(&self, hash: Sha256) -> Result<Vec<u8>, String> {
        let json = serde_json::to_vec(self).map_err(|error| error.to_string())?;
        let start = json.strip_suffix(b"}").unwrap_or(&json);
        let check = checksum(hash, start);
        Ok([start, CHECK, check.to_string().as_bytes(), b"\"}"].concat())
    }

    /// Reads what [`LostV1::checked_json`] wrote for this hash; `None` where it is another transaction, or damaged.
    pub(super) fn of_checked_json(json: &[u8], hash: Sha256) -> Option<LostV1> {
        let rest = json.strip_suffix(b"\"}")?;
        let (start, check) = rest.split_at_checked(rest.len().checked_sub(64)?)?;
        let start = start.strip_suffix(CHECK)?;
        if checksum(hash, start).to_string().as_bytes() != check {
            return None;
        }
        let lost: LostV1 = serde_json::from_slice(&[start, b"}"].concat()).ok()?;
        (lost.kind == LOST).then_some(lost)
    }
}

fn checksum(hash: Sha256, json: &[u8]) -> Sha256 {
    Sha256::of(&[hash.to_string().as_bytes(), json])
}
