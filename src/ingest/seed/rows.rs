//! The rows of a table: numbers read, a floor that is not given taken from the cap before it.

use toml::Spanned;

use super::document::{CollateralRow, TierRow, span_of};
use super::figures::{self, Cell};
use super::problems::{Checked, both};
use crate::decimal::{self, Decimal};
use crate::rule::{Leverage, Number, PrintedTier, Rate};
use crate::text::Span;

/// A row of either kind of table.
#[derive(Clone, Debug)]
pub struct Row {
    pub printed: PrintedTier,
    /// The bytes of all of it, from brace to brace.
    pub span: Span,
    /// What its misprints are read as: `1,00,000 is read as 100000`.
    pub misprints: Vec<String>,
}

/// A row of `tiers`; `before` is the row before it.
pub fn tier(text: &str, row: &Spanned<TierRow>, before: Option<&Row>) -> Checked<Row> {
    let (span, row) = (span_of(row), row.get_ref());
    let floor =
        row.floor.as_ref().map(|floor| figures::bound(text, "floor", floor, row.floor_value.as_ref()));
    let cap = figures::bound(text, "cap", &row.cap, row.cap_value.as_ref());
    let rate = figures::rate(text, "mmr", &row.mmr, row.mmr_value.as_ref());
    let cells = both(floor.transpose(), both(cap, rate));
    let (leverage, (floor, (cap, rate))) = both(figures::leverage(text, row, span), cells)?;
    let floor = floor.unwrap_or_else(|| floor_after(before, span));
    Ok(printed(Some(leverage), floor, cap, rate, span))
}

/// A row of `collateral`; `before` is the row before it.
pub fn collateral(text: &str, row: &Spanned<CollateralRow>, before: Option<&Row>) -> Checked<Row> {
    let (span, row) = (span_of(row), row.get_ref());
    let floor =
        row.floor.as_ref().map(|floor| figures::bound(text, "floor", floor, row.floor_value.as_ref()));
    let cap = figures::bound(text, "cap", &row.cap, row.cap_value.as_ref());
    let rate = figures::rate(text, "ratio", &row.ratio, row.ratio_value.as_ref());
    let (floor, (cap, rate)) = both(floor.transpose(), both(cap, rate))?;
    let floor = floor.unwrap_or_else(|| floor_after(before, span));
    Ok(printed(None, floor, cap, rate, span))
}

/// The cap of the row before, or 0, with the whole row as its place.
fn floor_after(before: Option<&Row>, row: Span) -> Cell<Number> {
    let zero = || Number::with_text("0", Decimal::ZERO);
    let value = before.map_or_else(zero, |before| before.printed.cap.clone());
    Cell { value, span: row, is_misprint: false }
}

fn printed(
    leverage: Option<Cell<Leverage>>,
    floor: Cell<Number>,
    cap: Cell<Number>,
    rate: Cell<Rate>,
    span: Span,
) -> Row {
    let read_as = |print: &str, value| format!("{print} is read as {}", decimal::canonical(value));
    let bounds = [&floor, &cap].into_iter().filter(|cell| cell.is_misprint);
    let mut misprints: Vec<String> =
        bounds.map(|cell| read_as(cell.value.text(), cell.value.value())).collect();
    if rate.is_misprint {
        misprints.push(read_as(rate.value.text(), rate.value.fraction()));
    }
    let cells = leverage.iter().map(|leverage| leverage.span).chain([floor.span, cap.span, rate.span]);
    let cells = cells.collect();
    let leverage = leverage.map(|leverage| leverage.value);
    let printed = PrintedTier { leverage, floor: floor.value, cap: cap.value, rate: rate.value, cells };
    Row { printed, span, misprints }
}
