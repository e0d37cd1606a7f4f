//! Tables: rows in the order of their numbers, checked against the laws, with the amounts that are printed.

use super::cells::{CELLS, COLLATERAL, Cell, Cells, NATIVE, SITE, Spelling, UNIFIED};
use super::forms::Form;
use super::json::{Field, Figure, Value};
use super::reader::{Reader, Unread, about, twice};
use crate::decimal::{self, Decimal};
use crate::finding::{Finding, FindingCode};
use crate::ingest::invariants;
use crate::limits;
use crate::rule::{Number, PrintedTier, Rule, Unreadable};
use crate::text::Span;

/// One row of a table of leverage tiers.
#[derive(Debug)]
pub struct Row<'a> {
    /// What is printed.
    pub printed: PrintedTier,
    /// Whether the bounds count the coin; `None` where no key tells.
    pub in_coin: Option<bool>,
    /// What a tool's row says of its contract: `symbol` and `currency`.
    pub said: Vec<Field<'a>>,
    number: Option<u32>,
    amount: Option<Figure<'a>>,
    span: Span,
}

/// Reads a row of leverage tiers; `label` names the contract in findings, and the tier is counted from 1.
///
/// # Errors
/// A cell is absent, stands twice or is not what it should be.
pub fn row<'a>(
    value: Value<'a>,
    form: Form,
    label: &str,
    tier: usize,
    reader: &mut Reader,
) -> Result<Row<'a>, Unread> {
    let span = value.span();
    let fields =
        value.fields().ok_or_else(|| Unread::new(span, format!("{} is no object", value.named())))?;
    let spelling: &Spelling = match form {
        Form::Site => &SITE,
        Form::Unified => &UNIFIED,
        _ => &NATIVE,
    };
    let mut cells = Cells::read(&fields, spelling, reader)?;
    let mut in_coin = if form == Form::Unified { None } else { cells.counts_coin() };
    if let Some(native) = native(&fields, form, reader)? {
        in_coin = native.counts_coin();
        for message in differences(&cells, &native) {
            let finding =
                Finding::new(FindingCode::UnifiedDiffers, span, format!("{label}, tier {tier}: {message}"));
            reader.findings.push(about(label, finding));
        }
        cells = native.or(cells);
    }
    let (leverage, leverage_cell) = cells.leverage(span, spelling)?;
    let (floor, floor_cell) = cells.bound(Cell::Floor, span, spelling)?;
    let (cap, cap_cell) = cells.bound(Cell::Cap, span, spelling)?;
    let (rate, rate_cell) = cells.rate(span, spelling, false)?;
    let places = vec![leverage_cell, floor_cell, cap_cell, rate_cell];
    let printed = PrintedTier { leverage: Some(leverage), floor, cap, rate, cells: places };
    let (number, amount) = (cells.number()?, cells.amount());
    let said =
        fields.into_iter().filter(|field| ["symbol", "currency"].contains(&field.key.as_ref())).collect();
    Ok(Row { printed, in_coin, said, number, amount, span })
}

/// The exchange's own cells beside those of a tool, in `info`.
fn native<'a>(fields: &[Field<'a>], form: Form, reader: &mut Reader) -> Result<Option<Cells<'a>>, Unread> {
    let mut infos =
        fields.iter().filter(|field| form == Form::Unified && field.key == "info" && !field.value.is_null());
    let Some(info) = infos.next() else { return Ok(None) };
    if let Some(second) = infos.next() {
        return Err(twice(second, "info"));
    }
    let span = info.value.span();
    let own =
        info.value.fields().ok_or_else(|| Unread::new(span, format!("`info` is {}", info.value.named())))?;
    if own.is_empty() {
        return Ok(None);
    }
    if !own.iter().any(|field| NATIVE.knows(&field.key)) {
        return Err(Unread::new(
            span,
            "`info` has no key of the exchange's; the table is another exchange's",
        ));
    }
    Cells::read(&own, &NATIVE, reader).map(Some)
}

/// Where a tool's figures differ from the exchange's own; two caps that both stand for no limit do not.
fn differences(unified: &Cells, native: &Cells) -> Vec<String> {
    let open = |figure: &Figure| Number::with_text("", figure.value).cap().is_none();
    let differ = |cell: Cell| {
        let ((key, theirs), (native_key, own)) = (unified.get(cell)?, native.get(cell)?);
        let same = theirs.value == own.value || (cell == Cell::Cap && open(theirs) && open(own));
        let message = || format!("`{key}` is {}, but `{native_key}` in `info` is {}", theirs.text, own.text);
        (!same).then(message)
    };
    CELLS.into_iter().filter_map(differ).collect()
}

/// The table of a contract in `unit`, from its rows.
///
/// # Errors
/// It has no safe reading.
pub fn tiers(
    rows: Vec<Row>,
    unit: &str,
    label: &str,
    span: Span,
    reader: &mut Reader,
) -> Result<Rule, Unread> {
    let rows = in_order(rows, label, span, reader);
    closed(rows.iter().map(|row| &row.printed.cap), span)?;
    let printed = rows.iter().map(|row| row.printed.clone()).collect();
    let table = Rule::contract(unit, printed).map_err(|why| unreadable(why, span))?;
    let checked = rows.iter().map(|row| invariants::TierRow::of(&row.printed, row.span));
    let mut findings = invariants::check_bounds(&checked.collect::<Vec<_>>(), label);
    let computed = table.tiers().iter().map(|tier| tier.amount);
    findings.extend(amounts(rows.iter().map(|row| row.amount.as_ref()).zip(computed), label));
    reader.findings.extend(findings.into_iter().map(|finding| about(label, finding)));
    Ok(table)
}

/// The rows in the order of their printed numbers, which are 1, 2, 3 and so on; as printed where rows have none.
fn in_order<'a>(mut rows: Vec<Row<'a>>, label: &str, span: Span, reader: &mut Reader) -> Vec<Row<'a>> {
    let numbers: Vec<u32> = rows.iter().filter_map(|row| row.number).collect();
    if numbers.is_empty() {
        return rows;
    }
    if numbers.len() == rows.len() {
        rows.sort_by_key(|row| row.number);
    }
    if !rows.iter().map(|row| row.number).eq((1..=rows.len() as u32).map(Some)) {
        let shown: Vec<String> = numbers.iter().take(limits::TABLE_TIERS).map(u32::to_string).collect();
        let message = format!("{label}: the tiers are numbered {}", shown.join(", "));
        reader.findings.push(about(label, Finding::new(FindingCode::TierNumbers, span, message)));
    }
    rows
}

/// The table of an asset, from its rows.
///
/// # Errors
/// It has no safe reading.
pub fn collateral(rows: &[Value], label: &str, span: Span, reader: &mut Reader) -> Result<Rule, Unread> {
    let mut read = Vec::new();
    for (index, value) in rows.iter().enumerate() {
        read.push(collateral_row(*value, reader).map_err(|unread| unread.in_tier(index + 1))?);
    }
    closed(read.iter().map(|(row, _)| &row.cap), span)?;
    let printed = read.iter().map(|(row, _)| row.clone()).collect();
    let table = Rule::collateral("USD", None, printed).map_err(|why| unreadable(why, span))?;
    let checked = read.iter().zip(rows).map(|((row, _), value)| invariants::TierRow::of(row, value.span()));
    let mut findings = invariants::check_bounds(&checked.collect::<Vec<_>>(), label);
    // The exchange adds it: value = amount · ratio + cum.
    let computed = table.tiers().iter().map(|tier| -tier.amount);
    findings.extend(amounts(read.iter().map(|(_, amount)| amount.as_ref()).zip(computed), label));
    reader.findings.extend(findings.into_iter().map(|finding| about(label, finding)));
    Ok(table)
}

fn collateral_row<'a>(
    value: Value<'a>,
    reader: &mut Reader,
) -> Result<(PrintedTier, Option<Figure<'a>>), Unread> {
    let span = value.span();
    let fields =
        value.fields().ok_or_else(|| Unread::new(span, format!("{} is no object", value.named())))?;
    let cells = Cells::read(&fields, &COLLATERAL, reader)?;
    let (floor, floor_cell) = cells.bound(Cell::Floor, span, &COLLATERAL)?;
    let (cap, cap_cell) = cells.bound(Cell::Cap, span, &COLLATERAL)?;
    let (rate, rate_cell) = cells.rate(span, &COLLATERAL, true)?;
    let row = PrintedTier { leverage: None, floor, cap, rate, cells: vec![floor_cell, cap_cell, rate_cell] };
    Ok((row, cells.amount()))
}

/// The findings about printed amounts that are not those computed.
fn amounts<'a, 'b: 'a>(
    pairs: impl Iterator<Item = (Option<&'a Figure<'b>>, Decimal)>,
    label: &str,
) -> Vec<Finding> {
    let differ = |(index, (printed, computed)): (usize, (Option<&'a Figure<'b>>, Decimal))| {
        let printed = printed.filter(|printed| printed.value != computed)?;
        let computed = decimal::canonical(computed);
        let message = format!(
            "{label}, tier {}: amount {} is printed, {computed} is computed",
            index + 1,
            printed.text
        );
        Some(Finding::new(FindingCode::AmountDiffers, printed.span, message))
    };
    pairs.enumerate().filter_map(differ).collect()
}

/// Checks that only the last tier has no limit: nothing can follow it.
fn closed<'a>(caps: impl ExactSizeIterator<Item = &'a Number>, span: Span) -> Result<(), Unread> {
    let last = caps.len().saturating_sub(1);
    match caps.take(last).position(|cap| cap.cap().is_none()) {
        None => Ok(()),
        Some(index) => {
            let why = "it has no limit, but another tier follows";
            Err(Unread::new(span, why).coded(FindingCode::CapOrder).in_tier(index + 1))
        }
    }
}

fn unreadable(why: Unreadable, span: Span) -> Unread {
    let unread = Unread::new(span, why.to_string());
    match why {
        Unreadable::Empty | Unreadable::TooLong => unread,
        Unreadable::CapFalls(_) | Unreadable::TooLarge(_) => unread.coded(FindingCode::CapOrder),
    }
}
