//! The cells of a table in row order, as they are scanned and as the search assigns them to the sides.

use super::split::{DigitSplit, TierTexts};
use crate::rule::Leverage;
use crate::text::Span;

/// A cell in row order.
#[derive(Clone, Debug)]
pub enum TableCell<'a> {
    /// A mark for an absent cell.
    Mark,
    /// The cells of one tier.
    Tier(TierCell<'a>),
    /// The cells of a tier that cannot be read.
    Hole(Span),
}

impl<'a> TableCell<'a> {
    /// The cells of a tier, unless it is a mark.
    pub fn tier(&self) -> Option<&TierCell<'a>> {
        match self {
            TableCell::Tier(cell) => Some(cell),
            TableCell::Mark | TableCell::Hole(_) => None,
        }
    }
}

/// The cells of one tier, with every way to split its digits.
#[derive(Clone, Debug)]
pub struct TierCell<'a> {
    /// All of its bytes.
    pub span: Span,
    /// The leverages; `None` in a collateral table.
    pub leverage: Option<Leverage>,
    /// The ways to split its digits, at least one.
    pub splits: Vec<DigitSplit<'a>>,
    /// What its bounds and its rate are printed as; `None` in a collateral table.
    pub texts: Option<TierTexts<'a>>,
}

/// What the search needs to know about a table besides its cells.
#[derive(Clone, Copy, Debug)]
pub struct TableLayout {
    /// Whether there are two sides.
    pub two_sides: bool,
    /// Whether the first row of each side carries a rank; `None` in tables without ranks.
    pub rank_in_rows: Option<bool>,
}
