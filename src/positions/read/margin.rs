//! The margin mode of a position, and its isolated wallet.

use super::fields::Fields;
use super::notes::Inferred;
use super::roles::Role;
use crate::decimal::Decimal;
use crate::positions::account::MarginMode;

/// The margin mode, and of an isolated position the wallet.
pub fn margin(row: &mut Fields, inferred: &mut Inferred) -> (Option<MarginMode>, Option<Decimal>) {
    let mode = stated_mode(row);
    let margin = row.number(Role::IsolatedMargin);
    let is_some = |number: Option<Decimal>| number.is_some_and(|it| !it.is_zero());
    if mode == Some(MarginMode::Cross) {
        if is_some(margin) {
            let what = "the position is cross, but has an isolated margin";
            row.wrong(Role::IsolatedMargin, what, "write 0 or nothing, or correct the margin mode");
        }
        return (mode, None);
    }
    let is_of_exchange = row.shape.is_of_exchange();
    // With the profit in it, it is no wallet, but tells that there is one.
    let with_profit = if is_of_exchange { row.number_of("isolated_margin") } else { None };
    let is_isolated = mode.is_some() || is_some(margin) || is_some(with_profit);
    inferred.margin_with_profit = is_isolated && margin.is_none() && with_profit.is_some();
    inferred.margin_mode =
        mode.is_none() && (is_isolated || margin.or(with_profit).is_some() && is_of_exchange);
    match is_isolated {
        true => (Some(MarginMode::Isolated), margin),
        // The exchange has a wallet of 0 for each cross position, and for no isolated one.
        false if inferred.margin_mode => (Some(MarginMode::Cross), None),
        false => (None, margin),
    }
}

/// The mode that the row states, in words or by a flag.
fn stated_mode(row: &mut Fields) -> Option<MarginMode> {
    let by_word = match row.word(Role::MarginMode).as_deref() {
        None => None,
        Some("isolated") => Some(MarginMode::Isolated),
        Some("cross" | "crossed") => Some(MarginMode::Cross),
        Some(_) => {
            row.no_such_word(Role::MarginMode, "no margin mode", "write isolated or cross");
            None
        }
    };
    let by_flag = match row.word(Role::IsIsolated).as_deref() {
        None => None,
        Some("true" | "1") => Some(MarginMode::Isolated),
        Some("false" | "0") => Some(MarginMode::Cross),
        Some(_) => {
            row.no_such_word(Role::IsIsolated, "neither true nor false", "write true or false");
            None
        }
    };
    if by_word.is_some() && by_flag.is_some() && by_word != by_flag {
        let what = format!("it contradicts the column `{}`", row.shape.column(Role::MarginMode));
        row.wrong(Role::IsIsolated, &what, "correct the one that is wrong");
    }
    by_word.or(by_flag)
}
