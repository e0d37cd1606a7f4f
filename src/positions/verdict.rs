//! What should be known of a position after a change, in words that claim no more than the source.

use crate::decimal::{self, Decimal};
use crate::liquidation::Side;
use crate::query::rows::{AccountRow, Figures, PositionRow, PositionVerdict, Status};
use crate::time::ValidTime;

/// The codes, the most urgent first.
const CODES: [&str; 12] = [
    "below_maintenance",
    "contract_ends",
    "over_limit",
    "leverage_not_allowed",
    "no_rule",
    "size_unknown",
    "liquidation_nearer",
    "margin_rises",
    "leverage_falls",
    "liquidation_farther",
    "margin_falls",
    "leverage_rises",
];

/// How urgent a row is: 0 is most.
pub fn urgency(row: &PositionRow) -> usize {
    let of = |verdict: &PositionVerdict| CODES.iter().position(|code| *code == verdict.code);
    let least = row.verdicts.iter().filter_map(of).min().unwrap_or(CODES.len());
    if row.is_affected { least } else { CODES.len() + least }
}

/// Whether a change affects a position, and what should be known.
pub fn of_position(row: &PositionRow) -> (bool, Vec<PositionVerdict>) {
    let mut verdicts = Vec::new();
    let Some(then) = &row.then else {
        standing(row, &row.now, "the table in force", "", &mut verdicts);
        return (false, verdicts);
    };
    let from = row.change_at.map_or(String::new(), |at| format!(", from {}", moment(at)));
    standing(row, then, "the new table", &from, &mut verdicts);
    if lacks_size(then) {
        let message = format!(
            "its table changes; without a size (notional, or quantity with mark_price) what that does is not known{from}"
        );
        say(&mut verdicts, "size_unknown", message);
    }
    let (now, unit) = (&row.now, &then.unit);
    if let (Some(before), Some(after), Some(change)) =
        (now.maintenance_margin, then.maintenance_margin, row.maintenance_change.filter(|it| !it.is_zero()))
    {
        let (code, word) =
            if change > Decimal::ZERO { ("margin_rises", "rises") } else { ("margin_falls", "falls") };
        let (by, before, after) = (amount(change.abs()), amount(before), amount(after));
        say(
            &mut verdicts,
            code,
            format!("the maintenance margin {word} by {by} {unit}: {before} → {after}{from}"),
        );
    }
    if let (Some(before), Some(after)) = (now.liquidation_price, then.liquidation_price)
        && before != after
    {
        let is_nearer = (after > before) == (row.side == Side::Long);
        let (code, word) = if is_nearer {
            ("liquidation_nearer", "nearer")
        } else {
            ("liquidation_farther", "farther away")
        };
        let (before, after) = (amount(before), amount(after));
        say(&mut verdicts, code, format!("the liquidation price moves {word}: {before} → {after}{from}"));
    }
    if let (Some(before), Some(after)) = (now.max_leverage, then.max_leverage)
        && before != after
        && row.leverage.is_none_or(|leverage| leverage <= after)
    {
        let code = if after < before { "leverage_falls" } else { "leverage_rises" };
        say(&mut verdicts, code, format!("this size allows {after}x and not {before}x{from}"));
    }
    verdicts.sort_by_key(|verdict| CODES.iter().position(|code| *code == verdict.code));
    (is_affected(row, then), verdicts)
}

/// Whether a table is there, but no size to look up in it.
fn lacks_size(figures: &Figures) -> bool {
    figures.status == Status::Value && figures.notional.is_none()
}

/// A change affects a position if a figure of it is another one; the highest leverage alone only where the leverage that is
/// set is not known, or is above it. One without a size counts as affected, because it may be.
fn is_affected(row: &PositionRow, then: &Figures) -> bool {
    let own = |it: &Figures| (it.status, it.maintenance_margin, it.liquidation_price, it.margin_ratio);
    let allowed =
        |it: &Figures| it.max_leverage.is_some_and(|highest| row.leverage.is_some_and(|it| it <= highest));
    let leverage = match row.leverage {
        None => row.now.max_leverage != then.max_leverage,
        Some(_) => allowed(&row.now) != allowed(then),
    };
    own(&row.now) != own(then) || leverage || lacks_size(then)
}

/// What a table alone says of a position.
fn standing(
    row: &PositionRow,
    figures: &Figures,
    table: &str,
    from: &str,
    verdicts: &mut Vec<PositionVerdict>,
) {
    match figures.status {
        Status::Value | Status::NoLimit => {}
        Status::AboveLimit => say(verdicts, "over_limit", over_limit(figures, table, from)),
        Status::Ended => {
            let message = figures.message.clone().unwrap_or_else(|| "the contract has ended".to_string());
            say(verdicts, "contract_ends", format!("{message}{from}"));
        }
        _ => say(
            verdicts,
            "no_rule",
            figures.message.clone().unwrap_or_else(|| "no rule is known".to_string()),
        ),
    }
    if let (Some(leverage), Some(highest)) = (row.leverage, figures.max_leverage)
        && leverage > highest
    {
        let message = format!("{leverage}x is above the {highest}x that {table} allows at this size{from}");
        say(verdicts, "leverage_not_allowed", message);
    }
    if figures.margin_ratio.is_some_and(|ratio| ratio >= Decimal::ONE)
        || figures.absent.iter().any(|it| it.measure == "margin_ratio" && it.status == "no_limit")
    {
        let message =
            format!("at the mark price the margin balance does not exceed the maintenance margin{from}");
        say(verdicts, "below_maintenance", message);
    }
}

fn over_limit(figures: &Figures, table: &str, from: &str) -> String {
    let excess = figures.limit.zip(figures.notional).and_then(|(limit, size)| decimal::subtract(size, limit));
    let kind = if table == "the new table" { "the new limit" } else { "the limit" };
    match (excess, figures.limit) {
        (Some(excess), Some(limit)) => {
            format!("{} over {kind} of {} {}{from}", amount(excess), amount(limit), figures.unit)
        }
        _ => format!("the size is over {kind}{from}"),
    }
}

/// Whether a change affects an account, and what should be known.
pub fn of_account(row: &AccountRow) -> (bool, Vec<PositionVerdict>) {
    let mut verdicts = Vec::new();
    let figures = row.then.as_ref().unwrap_or(&row.now);
    let from = row.change_at.map_or(String::new(), |at| format!(", from {}", moment(at)));
    let is_below = figures.margin_ratio.is_some_and(|ratio| ratio >= Decimal::ONE)
        || figures.uni_mmr.is_some_and(|ratio| ratio <= Decimal::ONE);
    if is_below {
        let message =
            format!("at the mark prices the margin balance does not exceed the maintenance margin{from}");
        say(&mut verdicts, "below_maintenance", message);
    }
    let Some(then) = &row.then else { return (false, verdicts) };
    let change = then
        .maintenance_margin
        .zip(row.now.maintenance_margin)
        .and_then(|(then, now)| decimal::subtract(then, now))
        .filter(|change| !change.is_zero());
    if let (Some(change), Some(after)) = (change, then.maintenance_margin) {
        let (code, word) =
            if change > Decimal::ZERO { ("margin_rises", "rises") } else { ("margin_falls", "falls") };
        let (by, unit) = (amount(change.abs()), &row.unit);
        say(
            &mut verdicts,
            code,
            format!("the maintenance margin of the account {word} by {by} {unit} to {}{from}", amount(after)),
        );
    }
    (true, verdicts)
}

fn say(verdicts: &mut Vec<PositionVerdict>, code: &'static str, message: String) {
    verdicts.push(PositionVerdict { code, message });
}

fn amount(value: Decimal) -> String {
    decimal::grouped(value)
}

/// A time as the announcements write it: `2026-02-06 06:30Z`.
fn moment(at: ValidTime) -> String {
    at.to_string().replace('T', " ").replace(":00Z", "Z")
}
