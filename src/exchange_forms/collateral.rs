//! Assets in the reply of portfolio margin pro.

use super::exchange::object;
use super::python;
use crate::decimal::{Decimal, canonical};
use crate::rule::{Rule, Tier};
use crate::statement::Subject;

/// An asset in the reply of portfolio margin pro, with the marker.
pub fn collateral(asset: &Subject, rule: &Rule, marker: &str) -> String {
    let tier = |tier: &Tier, cap: Decimal| {
        let number = |value: Decimal| python::text(&four_decimals(value));
        let fields = [
            ("tierFloor", number(tier.floor)),
            ("tierCap", number(cap)),
            ("collateralRate", number(tier.rate)),
            // What is added here is subtracted from a margin.
            ("cum", number(-tier.amount)),
        ];
        object(&fields, "")
    };
    let caps = rule.printed().iter().map(|row| row.cap.value());
    let tiers: Vec<String> = rule.tiers().iter().zip(caps).map(|(row, cap)| tier(row, cap)).collect();
    let name = python::text(asset.name());
    format!("{{\"asset\":{name},\"collateralInfo\":[{}],\"tierbook\":{marker}}}", tiers.join(","))
}

/// A number with at least four decimals, as the exchange writes those of collateral.
fn four_decimals(value: Decimal) -> String {
    let text = canonical(value);
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let zeros = "0".repeat(4_usize.saturating_sub(decimals));
    if decimals == 0 { format!("{text}.{zeros}") } else { text + &zeros }
}
