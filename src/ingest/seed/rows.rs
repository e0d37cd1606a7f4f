//! The rows of a table: figures read, a floor that is not stated taken from the cap before it.

use super::errors::ErrorList;
use super::fields::{Fields, Value};
use super::figures::{self, Cell};
use crate::rule::{Leverage, Number, PrintedTier, Rate};
use crate::text::Span;

/// A row of either kind of table.
#[derive(Clone, Debug)]
pub struct Row {
    /// `None` in a collateral table.
    pub leverage: Option<Cell<Leverage>>,
    /// The lower bound.
    pub floor: Cell<Number>,
    /// The upper bound.
    pub cap: Cell<Number>,
    /// The maintenance margin rate or collateral ratio.
    pub rate: Cell<Rate>,
    /// The bytes of all of it, from brace to brace.
    pub span: Span,
}

impl Row {
    /// As printed.
    pub fn printed(&self) -> PrintedTier {
        let leverage = self.leverage.as_ref();
        PrintedTier {
            leverage: leverage.map(|leverage| leverage.value.clone()),
            floor: self.floor.value.clone(),
            cap: self.cap.value.clone(),
            rate: self.rate.value.clone(),
            cells: leverage
                .map(|leverage| leverage.span)
                .into_iter()
                .chain([self.floor.span, self.cap.span, self.rate.span])
                .collect(),
        }
    }
}

/// The rows of a list of tiers, of a contract or of collateral; `None` where one of them has an error, which is noted.
pub fn rows(list: &Value, of_contract: bool, errors: &mut ErrorList) -> Option<Vec<Row>> {
    let hint = if of_contract {
        "write [ { leverage = \"6 - 10x\", floor = \"0\", cap = \"10,000\", mmr = \"5%\" }, … ]"
    } else {
        "write [ { floor = \"0\", cap = \"200,000\", ratio = \"100%\" }, … ]"
    };
    let items = list.list(hint, errors)?;
    let mut rows: Vec<Row> = Vec::with_capacity(items.len());
    let mut whole = true;
    for (index, item) in items.iter().enumerate() {
        let row = item
            .table(format!("tier {}", index + 1), errors)
            .and_then(|fields| row(&fields, rows.last().filter(|_| whole), of_contract, errors));
        whole &= row.is_some();
        rows.extend(row);
    }
    whole.then_some(rows)
}

fn row(fields: &Fields, before: Option<&Row>, of_contract: bool, errors: &mut ErrorList) -> Option<Row> {
    let (rate_key, rate_value) = if of_contract { ("mmr", "mmr_value") } else { ("ratio", "ratio_value") };
    let mut known = vec!["floor", "cap", rate_key, "floor_value", "cap_value", rate_value];
    if of_contract {
        known.extend(["leverage", "min_leverage", "max_leverage"]);
    }
    fields.only(&known, errors);
    // Each is read before any is missed, so that all their errors are noted.
    let leverage = if of_contract { figures::leverage(fields, errors).map(Some) } else { Some(None) };
    let floor = match fields.get("floor") {
        Some(_) => figures::bound(fields, "floor", "floor_value", errors),
        None => Some(unstated_floor(before, fields.header)),
    };
    let cap = figures::bound(fields, "cap", "cap_value", errors);
    let rate = figures::rate(fields, rate_key, rate_value, errors);
    Some(Row { leverage: leverage?, floor: floor?, cap: cap?, rate: rate?, span: fields.header })
}

/// The cap before, or 0; it stands nowhere, so its place is the row.
fn unstated_floor(before: Option<&Row>, row: Span) -> Cell<Number> {
    let value =
        before.map_or_else(|| Number::with_text("0", Default::default()), |row| row.cap.value.clone());
    Cell { value, span: row, odd: false }
}
