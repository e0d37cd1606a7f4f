//! What the rows of answers are made of: status, basis, source, certainty, tiers, warnings.

use crate::decimal::Decimal;
use crate::rule::Reading;
use crate::statement::{Basis, RecordedSource, Subject, TxId};
use crate::text::Span;
use crate::time::ValidTime;

/// What became of the question.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// It is answered; the value is absent only where there is no limit.
    Value,
    /// The notional or leverage is over what the rule allows.
    AboveLimit,
    /// The last statement says that there is no rule.
    Ended,
    /// No statement reaches the instant, or none that can be read as published.
    Unknown,
    /// A statement reaches it, but was not public or not recorded at the basis.
    NotKnownThen,
}

impl Status {
    /// The name in machine answers.
    pub fn name(self) -> &'static str {
        match self {
            Status::Value => "value",
            Status::AboveLimit => "above_limit",
            Status::Ended => "ended",
            Status::Unknown => "unknown",
            Status::NotKnownThen => "not_known_then",
        }
    }
}

/// What stands beside every answer about a rule: the question as resolved, and where the rule comes from.
#[derive(Clone, PartialEq, Debug)]
pub struct Context {
    /// The subject.
    pub subject: Subject,
    /// The three instants as resolved.
    pub basis: Basis,
    /// The newest transaction when the question was answered.
    pub tx: TxId,
    /// Since when the rule is known to be in force.
    pub in_force_since: Option<ValidTime>,
    /// When an observation last showed it.
    pub last_confirmed_at: Option<ValidTime>,
    /// When the next visible change comes.
    pub next_change_at: Option<ValidTime>,
    /// Where the rule comes from.
    pub source: Option<SourceRef>,
}

/// The source of an answer and the place in it.
#[derive(Clone, PartialEq, Debug)]
pub struct SourceRef {
    /// The source as recorded.
    pub recorded: RecordedSource,
    /// The bytes of the table in its document.
    pub span: Span,
    /// The bytes of the row that answers; `None` for an answer about the whole table.
    pub row_span: Option<Span>,
    /// The bytes of the cells of that row, by their names; empty where no tier answers.
    pub cells: Vec<(&'static str, Span)>,
}

/// How certain an answer is, with the same measure under the other rule.
#[derive(Clone, PartialEq, Debug)]
pub enum CertaintyRow {
    /// Nothing visible speaks against it.
    Settled,
    /// A roll-out is going on.
    RollingOut {
        /// When its window closes.
        until: ValidTime,
        /// The measure under the rule before.
        other: Option<Decimal>,
    },
    /// The rule changed unseen.
    UnseenChange {
        /// After this instant …
        after: ValidTime,
        /// … and not later than this one.
        by: ValidTime,
        /// The measure under the rule seen.
        other: Option<Decimal>,
    },
}

impl CertaintyRow {
    /// The name in machine answers.
    pub fn kind(&self) -> &'static str {
        match self {
            CertaintyRow::Settled => "settled",
            CertaintyRow::RollingOut { .. } => "rolling_out",
            CertaintyRow::UnseenChange { .. } => "unseen_change",
        }
    }
}

/// Something that the reader of an answer should know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Warning {
    /// A stable name, in snake case.
    pub code: &'static str,
    /// One sentence without a full stop.
    pub message: String,
}

/// A tier as it answers.
#[derive(Clone, PartialEq, Debug)]
pub struct TierView {
    /// Counted from 1.
    pub number: u32,
    /// The lower bound, not inside.
    pub floor: Decimal,
    /// The upper bound, inside; `None` for no limit.
    pub cap: Option<Decimal>,
    /// The maintenance margin rate or collateral ratio, as a fraction.
    pub rate: Decimal,
    /// What belongs to the kind of table.
    pub kind: TierKind,
    /// Whether the bounds are the printed ones.
    pub reading: Reading,
    /// The bytes of its cells in the source, by the names that they have in answers.
    pub cells: Vec<(&'static str, Span)>,
    /// The bytes of the row in its source.
    pub span: Span,
}

/// What a tier of each kind of table has besides bounds and a rate.
#[derive(Clone, PartialEq, Debug)]
pub enum TierKind {
    /// A tier of a contract.
    Contract {
        /// The lowest leverage.
        min_leverage: u32,
        /// The highest leverage.
        max_leverage: u32,
        /// In quote units; `None` where the printed table does not give it.
        maintenance_amount: Option<Decimal>,
    },
    /// A tier of a collateral table.
    Collateral {
        /// The number of the shared schedule.
        rank: Option<u32>,
    },
}
