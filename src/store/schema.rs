//! The types of the disk format; `convert` turns them into the types of the program and back.
//!
//! Disk types are types of their own: the program may change its types freely, these only under a new name.
//! The same types are written as JSON in the journal and as bincode in the index; bincode stores no field
//! names, so a field may never be left out, added or moved. The journal's names for fields are older than
//! those of the program.

pub(super) mod compact;
pub(super) mod rules;
pub(super) mod scalars;

use serde::{Deserialize, Serialize};

use rules::RuleV1;
use scalars::{HashV1, SpanV1, TimestampV1};

/// The first transaction of every journal, number 0: it states the format of the file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct HeaderV1 {
    pub tx: u64,
    pub format: String,
    pub created_at: TimestampV1,
}

/// One transaction: a document and everything read in it. Complete in itself.
///
/// It is in the journal only, as JSON, where fields have names: a list that was added later is left out where
/// it is empty, so that older lines keep their bytes. A program that does not know a field refuses the line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TransactionV1 {
    pub tx: u64,
    pub recorded_at: TimestampV1,
    pub source: SourceV1,
    /// Each rule that a statement names, once, in the order of first use.
    pub rules: Vec<NamedRuleV1>,
    pub statements: Vec<StatementV1>,
    #[serde(rename = "listings", default, skip_serializing_if = "Vec::is_empty")]
    pub complete_snapshots: Vec<CompleteSnapshotV1>,
    /// A list of its own, and not fields of the list before: an older program must refuse the line.
    #[serde(rename = "listings_by_currency", default, skip_serializing_if = "Vec::is_empty")]
    pub currency_snapshots: Vec<CurrencySnapshotV1>,
    #[serde(rename = "withdrawals")]
    pub retractions: Vec<RetractionV1>,
    pub findings: Vec<FindingV1>,
    /// Whether `source.sha256` is the hash of `text`; not where bytes that are not text were replaced.
    pub text_is_document: bool,
    /// Where the publication time comes from; journals of before December 2026 do not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_by: Option<String>,
    pub text: String,
    /// Whether the text was lost, and nothing else: the frame states it, not the header.
    #[serde(skip)]
    pub is_text_lost: bool,
}

/// A source; its id is the first twelve digits of the hash.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct SourceV1 {
    pub id: String,
    pub sha256: HashV1,
    pub file: String,
    pub title: String,
    pub published_at: TimestampV1,
    pub precision: PrecisionV1,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PrecisionV1 {
    #[serde(rename = "instant")]
    Exact,
    Day,
    Recorded,
}

/// A rule and its id, the SHA-256 of its record in the index.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct NamedRuleV1 {
    pub id: HashV1,
    pub rule: RuleV1,
}

/// What is stated about a subject; a rule in it has the form `R`, which is another one in frames.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct StatementV1<R = PlacedRuleV1> {
    pub subject: String,
    pub claim: ClaimV1<R>,
    pub span: SpanV1,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ClaimV1<R = PlacedRuleV1> {
    Change {
        effective_at: TimestampV1,
        rollout_micros: i64,
        rule: R,
    },
    #[serde(rename = "sighting")]
    Observation {
        seen_at: TimestampV1,
        rule: Option<R>,
    },
    End {
        effective_at: TimestampV1,
    },
    Launch {
        effective_at: TimestampV1,
        max_leverage: Option<u32>,
    },
    Conversion {
        effective_at: TimestampV1,
        rollout_micros: i64,
    },
    Postponed {
        from: TimestampV1,
        to: Option<TimestampV1>,
    },
}

impl<R> ClaimV1<R> {
    /// The same claim with its rule in another form.
    pub fn with_rule<S, E>(&self, form: impl FnOnce(&R) -> Result<S, E>) -> Result<ClaimV1<S>, E> {
        Ok(match self {
            ClaimV1::Change { effective_at, rollout_micros, rule } => {
                let (effective_at, rollout_micros) = (*effective_at, *rollout_micros);
                ClaimV1::Change { effective_at, rollout_micros, rule: form(rule)? }
            }
            ClaimV1::Observation { seen_at, rule } => {
                ClaimV1::Observation { seen_at: *seen_at, rule: rule.as_ref().map(form).transpose()? }
            }
            ClaimV1::End { effective_at } => ClaimV1::End { effective_at: *effective_at },
            ClaimV1::Launch { effective_at, max_leverage } => {
                ClaimV1::Launch { effective_at: *effective_at, max_leverage: *max_leverage }
            }
            ClaimV1::Conversion { effective_at, rollout_micros } => {
                ClaimV1::Conversion { effective_at: *effective_at, rollout_micros: *rollout_micros }
            }
            ClaimV1::Postponed { from, to } => ClaimV1::Postponed { from: *from, to: *to },
        })
    }
}

/// A rule by its id, and the places of the cells of its rows in the document.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct PlacedRuleV1 {
    pub id: HashV1,
    pub cells: Vec<Vec<SpanV1>>,
}

/// A complete snapshot of some subjects of a program: of all that are settled in these currencies (`None` for
/// all), but perhaps not of those in `except`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CurrencySnapshotV1 {
    pub venue: String,
    pub program: String,
    pub currencies: Option<Vec<String>>,
    pub except: Vec<String>,
    pub seen_at: TimestampV1,
}

/// A complete snapshot of all subjects of a program.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct CompleteSnapshotV1 {
    pub venue: String,
    pub program: String,
    pub seen_at: TimestampV1,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct RetractionV1 {
    pub source: String,
    pub ordinal: Option<u32>,
    pub kind: RetractionKindV1,
    pub reason: String,
}

/// How something is retracted. Numbers are those of transactions.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RetractionKindV1 {
    Retract,
    Revise,
    Supersede(String),
    Unload(Option<u64>),
    Correct(Option<u64>),
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct FindingV1 {
    pub code: String,
    pub message: String,
    pub span: SpanV1,
    pub subjects: Vec<String>,
}

/// What the index is up to: the last transaction, and the place of its line in the journal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct HeadV1 {
    pub tx: u64,
    /// `None` at transaction 0, which records nothing.
    pub recorded_at: Option<TimestampV1>,
    pub line: LineV1,
}

/// The place of the line of a transaction in the journal, in bytes, and its links of the chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct LineV1 {
    /// The hash of the transaction before it.
    pub previous: HashV1,
    pub hash: HashV1,
    /// Of the first byte.
    pub offset: u64,
    /// After the line break.
    pub end: u64,
}

/// A transaction in the index; its document is read from the journal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct RecordedTransactionV1 {
    pub tx: u64,
    pub recorded_at: TimestampV1,
    pub source: String,
    pub line: LineV1,
}

/// A source in the index.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct RecordedSourceV2 {
    pub tx: u64,
    pub recorded_at: TimestampV1,
    pub source: SourceV1,
    pub published_by: Option<String>,
    /// Whether it shows what was in force and announces nothing.
    pub observes: bool,
}

/// A retraction in the index; `by` is the id of the source that retracts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct RecordedRetractionV1 {
    pub recorded_at: TimestampV1,
    pub published_at: TimestampV1,
    pub by: String,
    pub retraction: RetractionV1,
}

/// A complete snapshot in the index.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct RecordedCompleteSnapshotV2 {
    pub tx: u64,
    pub recorded_at: TimestampV1,
    pub published_at: TimestampV1,
    pub source: String,
    pub snapshot: CurrencySnapshotV1,
}
