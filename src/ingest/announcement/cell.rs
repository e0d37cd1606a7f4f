//! The cells of a table in row order, as they are scanned and as the search shares them.

use super::split::Split;
use crate::rule::Leverage;
use crate::text::Span;

/// A cell in row order.
#[derive(Clone, Debug)]
pub enum Item<'a> {
    /// A mark for an absent cell.
    Mark,
    /// The cells of one tier.
    Cell(Cell<'a>),
}

/// The cells of one tier, with every way to part its digits.
#[derive(Clone, Debug)]
pub struct Cell<'a> {
    /// All of its bytes.
    pub span: Span,
    /// The leverages; `None` in a collateral table.
    pub leverage: Option<Leverage>,
    /// The ways to part its digits, at least one.
    pub splits: Vec<Split<'a>>,
}

/// What the search must know about a table besides its cells.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Whether there are two sides.
    pub two_sides: bool,
    /// Whether the first row of each side carries a rank; `None` in tables without ranks.
    pub rank_in_rows: Option<bool>,
}
