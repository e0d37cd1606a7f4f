//! The rows of `explain`, as typed data: an answer with every statement that was considered for it.

use serde::Serialize;

use crate::finding::Finding;
use crate::query::rows::Row;
use crate::statement::{Recorded, Sha256, StatementId, TxId};
use crate::text::Span;

/// Why an answer is what it is.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::Row;
/// let rows = rules.query("explain mmr of ACTUSDT at 60000 as of 2026-02-07")?;
/// let Some(Row::Explanation(row)) = rows.first() else { panic!() };
/// assert_eq!((row.rows.len(), row.candidates.len()), (1, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Explanation {
    /// The question, printed with everything resolved.
    pub question: String,
    /// `before` or `after`, for a side of a difference.
    #[serde(skip)]
    pub side: Option<&'static str>,
    /// The answer, a row for each notional or tier.
    #[serde(rename = "answer")]
    pub rows: Vec<Row>,
    /// Every stored statement about the subject, and its outcome.
    pub candidates: Vec<Candidate>,
    /// The place of the winner in the journal and its exact words; `None` where no statement answers.
    pub winner: Option<Winner>,
}

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
