//! What rows of `explain` contain: the statements that were considered, and the one that answers.

use serde::Serialize;

use crate::finding::Finding;
use crate::statement::{Recorded, Sha256, StatementId, TxId};
use crate::text::Span;

/// A statement considered for an answer.
///
/// ```
/// use tierbook::Row;
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let rows = rules.query("explain mmr of ACTUSDT at 60000 as of 2026-02-07")?;
/// let Some(Row::Explanation(row)) = rows.first() else { panic!() };
/// let outcomes: Vec<&str> = row.candidates.iter().map(|candidate| candidate.outcome).collect();
/// assert_eq!(outcomes, ["replaced", "answers"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Candidate {
    /// The statement as recorded.
    #[serde(flatten)]
    pub recorded: Recorded,
    /// A stable word for its outcome.
    #[serde(rename = "fate")]
    pub outcome: &'static str,
    /// The same in a sentence.
    pub because: String,
}

/// The statement that answers, in the words of its source.
///
/// ```
/// use tierbook::Row;
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let rows = rules.query("explain mmr of ACTUSDT at 60000 as of 2026-02-07")?;
/// let Some(Row::Explanation(row)) = rows.first() else { panic!() };
/// let winner = row.winner.as_ref().unwrap();
/// assert_eq!(winner.row_words, ["5x10,000 < Position ≤ 60,00010.00%"]);
/// assert_eq!(winner.hash, rules.head().hash);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Winner {
    /// Its name.
    pub statement: StatementId,
    /// The transaction that recorded it, and its hash in the journal.
    pub tx: TxId,
    /// The hash of that transaction.
    pub hash: Sha256,
    /// The bytes quoted.
    pub span: Span,
    /// The text of the document in that span.
    pub words: String,
    /// The text of the rows that answer, where single rows do.
    pub row_words: Vec<String>,
    /// The findings about the subject in that source.
    pub findings: Vec<Finding>,
}
