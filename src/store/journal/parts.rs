//! The parts of a frame: what the lines of JSON in it are. They are frozen as the types in `schema` are.
//!
//! The first line is the [`LinkV2`], the second a header. The header, and each line after it that states
//! something, is a leaf of the Merkle tree whose root is in the chain; `docs/store.md` has the rules.

use serde::{Deserialize, Serialize};

use crate::store::schema::rules::RuleV1;
use crate::store::schema::scalars::{HashV1, SpanV1, TimestampV1};
use crate::store::schema::{
    CompleteSnapshotV1, CurrencySnapshotV1, FindingV1, RetractionV1, SourceV1, StatementV1,
};

/// The format that the first header states.
pub(super) const FORMAT: &str = "tierbook journal 2";

/// The kind of every transaction that is not lost.
pub(super) const DOCUMENT: &str = "document";

/// The first line of a frame: its place in the chain, and where to find what it refers to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LinkV2 {
    pub hash: HashV1,
    pub root: HashV1,
    /// The transactions whose fragments and tables this one may refer to.
    pub bases: Vec<BaseV2>,
}

/// A transaction that others may refer to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct BaseV2 {
    pub tx: u64,
    /// Where its frame begins in the file.
    pub offset: u64,
    /// The last transaction before this one that referred to it.
    pub used: u64,
    /// How many bytes of documents referred to it then.
    pub bytes: u64,
}

/// The kind of a transaction, read before all the rest of the header.
#[derive(Deserialize)]
pub(super) struct KindV2 {
    pub kind: String,
}

/// The second line of the frame of a document.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeaderV2 {
    pub tx: u64,
    pub kind: String,
    pub recorded_at: TimestampV1,
    pub source: SourceV1,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_by: Option<String>,
    pub text_is_document: bool,
    /// Whether it shows what was in force and announces nothing.
    pub observes: bool,
    /// How many statements it has: they are the leaves after the header.
    pub statements: usize,
    /// How many leaves there are.
    pub leaves: usize,
    /// Of the document's text; that of the source where the text is the document.
    pub text_sha256: HashV1,
}

/// Every other line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PartV2 {
    /// The hashes of the chain before a migration, in transaction 0; a leaf.
    Former(FormerV2),
    /// A table as printed. Statements refer to it by the SHA-256 of its JSON.
    Table(RuleV1),
    /// A table of another transaction: the base, and the place among its tables.
    TableOf(usize, usize),
    /// A fragment of a document, and what it states.
    Fragment(FragmentV2),
    /// The document.
    Document(Vec<PieceV2>),
    /// In its place: it is lost, and nothing else of the transaction is.
    LostDocument {},
    /// So many fragments of the document, in its order, are each an observation; a leaf for each.
    Sightings {
        count: usize,
        seen_at: TimestampV1,
    },
    /// A statement; a leaf.
    Statement(StatementV1<PlacedTableV2>),
    /// Leaves too.
    Listing(CompleteSnapshotV1),
    ListingByCurrency(CurrencySnapshotV1),
    Withdrawal(RetractionV1),
    Finding(FindingV1),
}

/// The chain of the format before.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::store) struct FormerV2 {
    pub format: String,
    /// Of each transaction, from 0 on.
    pub hashes: Vec<HashV1>,
}

/// A table by its hash, and the places of its cells, row by row, counted from the start of its statement.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlacedTableV2 {
    pub table: HashV1,
    pub cells: Vec<Vec<(i64, i64)>>,
}

/// A fragment of a document that states the rule of a subject.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FragmentV2 {
    pub subject: String,
    pub rule: PlacedTableV2,
    pub text: String,
}

/// A piece of a document: text, or a run of fragments of one base (or of this transaction, whose number is the
/// one after the last base) with the same text between them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum PieceV2 {
    Text(String),
    Run(RunV2),
}

/// Base, first fragment, number of fragments, text between two.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct RunV2(pub usize, pub usize, pub usize, pub String);

impl PlacedTableV2 {
    /// The places of the cells of a statement with this span.
    ///
    /// # Errors
    /// A cell is before the start of the document.
    pub fn placed(&self, span: SpanV1) -> Result<Vec<Vec<SpanV1>>, String> {
        let place = |at: i64| span.0.checked_add_signed(at).ok_or("a cell is outside the document");
        let cell = |cell: &(i64, i64)| Ok(SpanV1(place(cell.0)?, place(cell.1)?));
        self.cells.iter().map(|row| row.iter().map(cell).collect()).collect()
    }

    /// Cells of a statement with this span, counted from its start.
    pub fn relative(
        cells: &[Vec<SpanV1>],
        span: SpanV1,
    ) -> impl Iterator<Item = impl Iterator<Item = (i64, i64)>> {
        let place = move |at: u64| (at as i64).wrapping_sub(span.0 as i64);
        cells.iter().map(move |row| row.iter().map(move |cell| (place(cell.0), place(cell.1))))
    }

    /// Whether the cells are these, of a statement with this span.
    pub fn is_at(&self, cells: &[Vec<SpanV1>], span: SpanV1) -> bool {
        self.cells.len() == cells.len()
            && self
                .cells
                .iter()
                .zip(Self::relative(cells, span))
                .all(|(row, other)| row.iter().copied().eq(other))
    }
}
