//! The initial margin of a notional: what the leverage leaves to be paid.

use crate::decimal::{self, Decimal};
use crate::query::rows::Warning;
use crate::rule::Tier;

/// The decimals that a quotient without end is rounded up at: as many as the exchange's own amounts have.
const DECIMALS: u32 = 8;

/// The initial margin of a notional in its tier, and whether it is exact; `None` where the tier does not allow
/// the leverage, or the figure has more than 28 digits. Without a leverage the highest of the tier counts.
pub(super) fn initial_margin(
    tier: &Tier,
    notional: Decimal,
    leverage: Option<u32>,
) -> Option<(Decimal, bool)> {
    let highest = tier.max_leverage()?;
    let leverage = leverage.unwrap_or(highest);
    if leverage > highest {
        return None;
    }
    decimal::divide_up(notional, leverage, DECIMALS)
}

/// Why the tier does not allow a leverage; `None` where it does.
pub(super) fn not_allowed(tier: &Tier, notional: Decimal, unit: &str, leverage: u32) -> Option<String> {
    if leverage == 0 {
        return Some("a leverage is at least 1x".to_string());
    }
    let highest = tier.max_leverage().filter(|highest| leverage > *highest)?;
    let (notional, number) = (decimal::canonical(notional), tier.number);
    Some(format!("{notional} {unit} is in tier {number}, which allows at most {highest}x: not {leverage}x"))
}

/// The warning of a figure that is not exact.
pub(super) fn rounded_up(tier: &Tier, notional: Decimal, leverage: Option<u32>) -> Option<Warning> {
    let (_, is_exact) = initial_margin(tier, notional, leverage)?;
    let leverage = leverage.or(tier.max_leverage())?;
    let message = format!(
        "{} ÷ {leverage} does not end; it is rounded up at the 8th decimal",
        decimal::canonical(notional)
    );
    (!is_exact).then_some(Warning { code: "rounded_up", message })
}
