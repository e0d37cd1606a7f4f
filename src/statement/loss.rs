//! What a document states but is not stored, because a cell of it cannot be read: what can be read of it, for
//! the person who completes it.

use crate::rule::RuleKind;
use crate::statement::subject::Subject;
use crate::text::Span;
use crate::time::{TimeSpan, ValidTime};

/// One side of a table that is not stored, for the contracts or assets of the table.
///
/// ```
/// use tierbook::{FileOutcome, LoadOptions, check};
/// let report = check("seed/binance-2026-02-03.txt", &LoadOptions::default());
/// let FileOutcome::Readable(document) = report.outcome else { panic!() };
/// assert!(document.losses.is_empty());
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Loss {
    /// What it is about.
    pub subjects: Vec<Subject>,
    /// Whether it is the new side, which is in force from `effective_at` on, or the one before.
    pub is_change: bool,
    /// When the change starts.
    pub effective_at: ValidTime,
    /// How long its roll-out may take.
    pub rollout: TimeSpan,
    /// The kind of its rule.
    pub kind: RuleKind,
    /// The number of the schedule, where one is printed.
    pub rank: Option<u32>,
    /// Its rows as printed, in order.
    pub rows: Vec<LostRow>,
    /// The bytes that cannot be read.
    pub span: Span,
}

/// A row of a side that is not stored, as printed. What cannot be read is `?`.
///
/// ```
/// let row = tierbook::LostRow::default();
/// assert!(row.leverage.is_none() && row.cap.is_empty());
/// ```
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct LostRow {
    /// The leverages of a tier of a contract.
    pub leverage: Option<String>,
    /// The lower bound.
    pub floor: String,
    /// The upper bound.
    pub cap: String,
    /// The rate or ratio, in percent.
    pub rate: String,
}
