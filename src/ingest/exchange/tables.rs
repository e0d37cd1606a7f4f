//! Tables: rows in the order of their numbers, checked against the invariants, with the amounts that are
//! printed.

use super::cells::{CELLS, COLLATERAL, CellName, NATIVE, RowCells, SITE, UNIFIED};
use super::forms::ExchangeForm;
use super::reader::{ExchangeReader, Unread, about, duplicate_key, fields_of};
use crate::decimal::{self, Decimal};
use crate::finding::{Finding, FindingCode};
use crate::ingest::invariants;
use crate::json::{JsonField, JsonNumber, JsonValue};
use crate::limits;
use crate::rule::{Number, PrintedTier, Rule, Unreadable};
use crate::text::Span;

/// One row of a table.
#[derive(Debug)]
pub struct BracketRow<'a> {
    /// What is printed.
    pub printed: PrintedTier,
    /// Whether the bounds count the coin; `None` where no key shows it.
    pub in_coin: Option<bool>,
    /// What a tool's row states of its contract: `symbol` and `currency`.
    pub name_fields: Vec<JsonField<'a>>,
    number: Option<u32>,
    amount: Option<JsonNumber<'a>>,
    is_percent: bool,
    span: Span,
}

/// Reads the rows of a table; `label` names the contract or asset in findings.
///
/// # Errors
/// A cell is absent, occurs twice or is not what it should be.
pub fn bracket_rows<'a>(
    values: &[JsonValue<'a>],
    form: ExchangeForm,
    label: &str,
    reader: &mut ExchangeReader,
) -> Result<Vec<BracketRow<'a>>, Unread> {
    let row = |(index, value): (usize, &JsonValue<'a>)| {
        bracket_row(*value, form, label, index + 1, reader).map_err(|unread| unread.in_tier(index + 1))
    };
    values.iter().enumerate().map(row).collect()
}

/// Reads one row; the tier is counted from 1.
fn bracket_row<'a>(
    value: JsonValue<'a>,
    form: ExchangeForm,
    label: &str,
    tier: usize,
    reader: &mut ExchangeReader,
) -> Result<BracketRow<'a>, Unread> {
    let span = value.span();
    let fields = fields_of(value)?;
    let spelling = match form {
        ExchangeForm::Site => &SITE,
        ExchangeForm::Unified => &UNIFIED,
        ExchangeForm::Tiered | ExchangeForm::Flat => &COLLATERAL,
        ExchangeForm::Brackets => &NATIVE,
    };
    let mut cells = RowCells::of_fields(&fields, span, spelling, reader)?;
    let mut in_coin = if form == ExchangeForm::Unified { None } else { cells.counts_coin() };
    if let Some(native) = native(&fields, form, reader)? {
        in_coin = native.counts_coin();
        for message in differences(&cells, &native) {
            let message = format!("{label}, tier {tier}: {message}");
            reader.findings.push(about(label, Finding::new(FindingCode::UnifiedDiffers, span, message)));
        }
        cells = cells.replaced_by(native);
    }
    let is_collateral = form == ExchangeForm::Tiered;
    let leverage = if is_collateral { None } else { Some(cells.leverage()?) };
    let (floor, floor_cell) = cells.bound(CellName::Floor)?;
    // The exchange prints a cap in every tier; tools print none where there is no limit.
    let (cap, cap_cell) = cells.cap(form == ExchangeForm::Unified)?;
    let (rate, rate_cell) = cells.rate(is_collateral)?;
    let (leverage, leverage_cell) = leverage.unzip();
    let places = leverage_cell.into_iter().chain([floor_cell, cap_cell, rate_cell]).collect();
    let printed = PrintedTier { leverage, floor, cap, rate, cells: places };
    let (number, amount, is_percent) = (cells.number()?, cells.amount(), cells.is_percent());
    let is_name = |field: &JsonField| ["symbol", "currency"].contains(&field.key.as_ref());
    let name_fields = fields.into_iter().filter(is_name).collect();
    Ok(BracketRow { printed, in_coin, name_fields, number, amount, is_percent, span })
}

/// The exchange's own cells beside those of a tool, in `info`.
fn native<'a>(
    fields: &[JsonField<'a>],
    form: ExchangeForm,
    reader: &mut ExchangeReader,
) -> Result<Option<RowCells<'a>>, Unread> {
    let is_info = |field: &&JsonField| form == ExchangeForm::Unified && field.key == "info";
    let mut infos = fields.iter().filter(is_info).filter(|field| !field.value.is_null());
    let Some(info) = infos.next() else { return Ok(None) };
    if reader.market.is_foreign() {
        // It is a reply of that exchange in its own form, of which the tool read what is beside it.
        return Ok(None);
    }
    if let Some(second) = infos.next() {
        return Err(duplicate_key(second, "info"));
    }
    let span = info.value.span();
    let own =
        info.value.fields().ok_or_else(|| Unread::new(span, format!("`info` is {}", info.value.named())))?;
    if own.is_empty() {
        return Ok(None);
    }
    if !own.iter().any(|field| NATIVE.knows(&field.key)) {
        let why =
            "`info` has no key of the exchange's; the table is another exchange's, which `--venue` names";
        return Err(Unread::new(span, why));
    }
    RowCells::of_fields(&own, span, &NATIVE, reader).map(Some)
}

/// Where a tool's figures differ from the exchange's own; two caps that both mean "no limit" do not.
fn differences(unified: &RowCells, native: &RowCells) -> Vec<String> {
    let open = |figure: &JsonNumber| Number::with_text("", figure.value).cap().is_none();
    let differ = |cell: CellName| {
        let ((key, theirs), (native_key, own)) = (unified.get(cell)?, native.get(cell)?);
        let same = theirs.value == own.value || (cell == CellName::Cap && open(theirs) && open(own));
        let message = || format!("`{key}` is {}, but `{native_key}` in `info` is {}", theirs.text, own.text);
        (!same).then(message)
    };
    CELLS.into_iter().filter_map(differ).collect()
}

/// The table of a contract in `unit`, or of an asset where there is none, from its rows.
///
/// # Errors
/// It has no safe reading.
pub fn rule(
    rows: Vec<BracketRow>,
    unit: Option<&str>,
    label: &str,
    span: Span,
    reader: &mut ExchangeReader,
) -> Result<Rule, Unread> {
    let rows = in_order(rows, label, span, reader);
    if rows.iter().any(|row| row.is_percent != rows[0].is_percent) {
        let why = "the rates of some tiers have a percent sign, and those of others have none";
        return Err(Unread::new(span, why).with_code(FindingCode::NotARate));
    }
    closed(rows.iter().map(|row| &row.printed.cap), span)?;
    let printed = rows.iter().map(|row| row.printed.clone()).collect();
    let table = match unit {
        Some(unit) => Rule::contract(unit, printed),
        None => Rule::collateral("USD", None, printed),
    };
    let table = table.map_err(|why| unreadable(why, span))?;
    let checked = rows.iter().map(|row| invariants::TierRow::of(&row.printed, row.span));
    let mut findings = invariants::check_bounds(&checked.collect::<Vec<_>>(), label);
    // The exchange adds the amount of collateral, value = notional · ratio + cum, and subtracts that of a
    // margin.
    let computed = table.tiers().iter().map(|tier| if unit.is_some() { tier.amount } else { -tier.amount });
    findings.extend(amounts(rows.iter().map(|row| row.amount.as_ref()).zip(computed), label));
    reader.findings.extend(findings.into_iter().map(|finding| about(label, finding)));
    Ok(table)
}

/// The rows in the order of their printed numbers, which are 1, 2, 3 and so on; as printed where rows have
/// none.
fn in_order<'a>(
    mut rows: Vec<BracketRow<'a>>,
    label: &str,
    span: Span,
    reader: &mut ExchangeReader,
) -> Vec<BracketRow<'a>> {
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

/// The findings about printed amounts that are not those computed.
fn amounts<'a, 'b: 'a>(
    pairs: impl Iterator<Item = (Option<&'a JsonNumber<'b>>, Decimal)>,
    label: &str,
) -> Vec<Finding> {
    let differ = |(index, (printed, computed)): (usize, (Option<&'a JsonNumber<'b>>, Decimal))| {
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
            Err(Unread::new(span, why).with_code(FindingCode::CapOrder).in_tier(index + 1))
        }
    }
}

fn unreadable(why: Unreadable, span: Span) -> Unread {
    let unread = Unread::new(span, why.to_string());
    match why {
        Unreadable::Empty | Unreadable::TooLong => unread,
        Unreadable::CapFalls(_) | Unreadable::TooLarge(_) => unread.with_code(FindingCode::CapOrder),
    }
}
