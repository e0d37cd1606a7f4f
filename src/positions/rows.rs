//! The row of a position: what it states, its figures, and what should be known of it.

use super::account::{MarginMode, Position};
use super::verdict::of_position;
use crate::decimal;
use crate::query::rows::{Figures, PositionRow, Status, Warning};
use crate::statement::{At, Subject, TxId};
use crate::time::ValidTime;

/// The figures of a position at the basis, and after each change of its contract.
pub struct Course {
    /// At the basis.
    pub now: Figures,
    /// After each change, in order.
    pub changes: Vec<(ValidTime, Figures)>,
    /// Whether the last of them is not the last change that is announced.
    pub has_more: bool,
}

impl Course {
    /// A row for each change, or one without a change.
    pub fn rows(mut self, plain: impl FnOnce(Figures) -> PositionRow) -> Vec<PositionRow> {
        if self.has_more {
            let last = self.changes.last_mut().map_or(&mut self.now, |(_, figures)| figures);
            last.warnings.push(more_changes());
        }
        let plain = plain(self.now);
        if self.changes.is_empty() {
            return vec![with_verdicts(plain)];
        }
        let last = self.changes.pop();
        let changed = |plain: PositionRow, (time, figures)| {
            with_verdicts(PositionRow { change_at: Some(time), then: Some(figures), ..plain })
        };
        let mut rows: Vec<PositionRow> =
            self.changes.into_iter().map(|change| changed(plain.clone(), change)).collect();
        rows.extend(last.map(|change| changed(plain, change)));
        rows
    }
}

fn more_changes() -> Warning {
    let message = "later changes are announced that are not in the answer: ask again as of this one";
    Warning { code: "more_changes", message: message.to_string() }
}

/// A position at a basis, without a change and without verdicts.
pub fn plain(
    (number, position): (usize, &Position),
    subject: Option<&Subject>,
    now: Figures,
    (basis, tx): (At, TxId),
) -> PositionRow {
    PositionRow {
        position: number,
        symbol: position.symbol.clone(),
        subject: subject.cloned(),
        side: position.side,
        quantity: position.quantity,
        entry_price: position.entry_price,
        mark_price: position.mark_price,
        leverage: position.leverage,
        margin_mode: position.mode().map(MarginMode::name),
        basis,
        tx,
        now,
        change_at: None,
        then: None,
        maintenance_change: None,
        is_affected: false,
        verdicts: Vec::new(),
    }
}

/// The figures of a position whose name has no contract.
pub fn unknown(why: &str) -> Figures {
    Figures::none(Status::UnknownSubject, Some(why.to_string()), String::new())
}

/// A row with what its figures amount to.
pub fn with_verdicts(mut row: PositionRow) -> PositionRow {
    let after = row.then.as_ref().and_then(|then| then.maintenance_margin);
    let change = after.zip(row.now.maintenance_margin).and_then(|(then, now)| decimal::subtract(then, now));
    row.maintenance_change = change;
    (row.is_affected, row.verdicts) = of_position(&row);
    row
}

/// Whether a position has the same figures by two tables, wherever they are from.
pub fn has_same_numbers(one: &Figures, other: &Figures) -> bool {
    let numbers = |it: &Figures| {
        let margins = (it.maintenance_margin, it.initial_margin, it.liquidation_price, it.margin_ratio);
        let bounds = (it.limit, it.room, it.max_position, it.max_leverage);
        (it.status, it.tier, it.mmr, margins, bounds)
    };
    numbers(one) == numbers(other)
}
