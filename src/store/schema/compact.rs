//! The types of the image and of the writer's record store: statements that share their tables and their source.

use serde::{Deserialize, Serialize};

use super::rules::RuleV1;
use super::scalars::{HashV1, SpanV1, TimestampV1};
use super::{CurrencySnapshotV1, FindingV1, HeadV1, LineV1, RecordedSourceV2, RetractionV1};

/// A rule with the places of its cells, row by row, counted from its first cell.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(in crate::store) struct TableV1 {
    pub rule: RuleV1,
    pub cells: Vec<Vec<SpanV1>>,
}

/// A table by its number, and the place of its first cell in the document.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(in crate::store) struct PlacedTableV1 {
    pub table: u32,
    pub offset: u64,
}

/// A statement without its subject; its source by its place among the sources.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(in crate::store) struct CompactStatementV1 {
    pub source: u32,
    pub ordinal: u32,
    pub claim: CompactClaimV1,
    pub start: u64,
    pub length: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(in crate::store) enum CompactClaimV1 {
    Change { effective_at: TimestampV1, rollout_micros: i64, table: PlacedTableV1 },
    Observation { seen_at: TimestampV1, table: Option<PlacedTableV1> },
    End { effective_at: TimestampV1 },
    Launch { effective_at: TimestampV1, max_leverage: Option<u32> },
    Conversion { effective_at: TimestampV1, rollout_micros: i64 },
    Postponed { from: TimestampV1, to: Option<TimestampV1> },
}

/// A transaction in the writer's record store, without its document.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(in crate::store) struct BlockV1 {
    pub line: LineV1,
    pub source: RecordedSourceV2,
    /// The tables that the statements name by their place in this list, by the hashes of their records.
    pub tables: Vec<HashV1>,
    /// A subject, and a statement about it.
    pub statements: Vec<(String, CompactStatementV1)>,
    pub complete_snapshots: Vec<CurrencySnapshotV1>,
    pub retractions: Vec<RetractionV1>,
    pub findings: Vec<FindingV1>,
}

/// The recordings of a source in the image: the first digits of its id as a number, and the places of the recordings
/// among the sources, in order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(in crate::store) struct RecordingsV1 {
    pub id: u64,
    pub places: Vec<u32>,
}

/// The header of the image.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(in crate::store) struct ImageHeaderV1 {
    /// Raised whenever the same journal may give another image.
    pub rules_version: u32,
    /// The last transaction in it.
    pub head: HeadV1,
    /// The SHA-256 of the last bytes of the journal up to the end of that transaction.
    pub journal_end: HashV1,
    /// Where each section is, in the order of `Section`.
    pub sections: Vec<SectionV1>,
}

/// A section: entries of 16 bytes, which tell where each record is, its length and its checksum.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(in crate::store) struct SectionV1 {
    /// Of the first entry, in bytes of the file.
    pub offset: u64,
    pub count: u32,
}

/// The curves of one program: when each but the first began to count, and their points.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(in crate::store) struct ProgramCurvesV1 {
    pub from: Vec<TimestampV1>,
    pub curves: Vec<Option<Vec<(f64, f64)>>>,
}

/// What was observed of one program, with each subject and table once.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(in crate::store) struct ObservedProgramV1 {
    /// A subject and its currency, by the first bytes of their hashes.
    pub subjects: Vec<(u64, u64)>,
    pub tables: Vec<u64>,
    pub observations: Vec<ObservationV1>,
}

/// One observation; its source by its place among the sources.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(in crate::store) struct ObservationV1 {
    pub source: u32,
    pub is_complete: bool,
    pub currencies: Vec<u64>,
    pub except: Vec<u64>,
    pub seen: Vec<SeenV1>,
}

/// What was seen at one time: a subject, and its table counted from 1 (0: none).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(in crate::store) struct SeenV1 {
    pub seen_at: TimestampV1,
    pub tables: Vec<(u32, u32)>,
}
