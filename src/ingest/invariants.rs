//! The invariants of a table, checked on what was printed: each violation is a finding with its figures.

use crate::decimal::Decimal;
use crate::finding::{Finding, FindingCode};
use crate::ingest::usual;
use crate::rule::{Leverage, Number, PrintedTier, Rate};
use crate::text::Span;

/// One row of a side, of either kind of table.
#[derive(Clone, Copy, Debug)]
pub struct TierRow<'a> {
    /// The leverages; `None` in a collateral table.
    pub leverage: Option<&'a Leverage>,
    /// The lower bound.
    pub floor: &'a Number,
    /// The upper bound.
    pub cap: &'a Number,
    /// The rate or ratio.
    pub rate: &'a Rate,
    /// The bytes of the row.
    pub span: Span,
}

impl TierRow<'_> {
    /// A printed row, at a place.
    pub fn of(printed: &PrintedTier, span: Span) -> TierRow<'_> {
        let PrintedTier { leverage, floor, cap, rate, .. } = printed;
        TierRow { leverage: leverage.as_ref(), floor, cap, rate, span }
    }
}

/// The findings about one side of a table, which `side` names in their messages: the invariants of its
/// bounds, and what is unusual about its rates and its end.
pub fn check(rows: &[TierRow], side: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let mut add = |code, message| findings.push(finding(code, row, side, index, message));
        bounds(rows, index, &mut add);
        let unusual = || match row.leverage {
            Some(leverage) => usual::rate(leverage.max, row.rate),
            None => usual::ratio(row.rate),
        };
        if let Some(message) = too_high(row) {
            add(FindingCode::RateAboveMargin, message);
        } else if let Some(message) = unusual() {
            add(FindingCode::UnusualRate, message);
        }
        if let Some(message) = row.leverage.and_then(usual::leverage) {
            add(FindingCode::UnusualLeverage, message);
        }
        if let Some(message) = row.leverage.and_then(|leverage| usual::rounded(leverage.max, row.rate)) {
            add(FindingCode::RoundedRate, message);
        }
    }
    findings.extend(rows.last().and_then(|last| open_end(last, rows.len(), side)));
    findings
}

/// The findings about a table of the exchange's own, which `name` names: the invariants of its bounds only,
/// for its figures are what others are measured by.
pub fn check_bounds(rows: &[TierRow], name: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        bounds(rows, index, &mut |code, message| findings.push(finding(code, row, name, index, message)));
    }
    findings
}

fn finding(code: FindingCode, row: &TierRow, side: &str, index: usize, message: String) -> Finding {
    Finding::new(code, row.span, format!("{side}, tier {}: {message}", index + 1))
}

/// Whether the first floor is 0, each other the cap before, and bounds, rates and leverages run the right
/// way.
fn bounds(rows: &[TierRow], index: usize, add: &mut impl FnMut(FindingCode, String)) {
    let row = &rows[index];
    let (floor, cap) = (row.floor.text(), row.cap.text());
    if row.floor.value() >= row.cap.value() {
        add(FindingCode::FloorNotBelowCap, format!("floor {floor} is not below cap {cap}"));
    }
    match index.checked_sub(1).map(|before| &rows[before]) {
        None if row.floor.value() > Decimal::ZERO => {
            add(FindingCode::Gap, format!("the first floor is {floor}, not 0"));
        }
        None => {}
        Some(before) => neighbours(before, row, add),
    }
}

/// Where a table ends otherwise than all others: above 1x, or below the open end of collateral.
fn open_end(last: &TierRow, number: usize, side: &str) -> Option<Finding> {
    let (code, message) = match last.leverage {
        Some(leverage) if leverage.min == Some(1) => return None,
        Some(leverage) => {
            (FindingCode::LeverageGap, format!("the last tier ends at {}, not at 1x", leverage.text))
        }
        None if last.cap.value() == usual::OPEN_END => return None,
        None => (FindingCode::OpenEnd, format!("the last tier ends at {}", last.cap.text())),
    };
    Some(Finding::new(code, last.span, format!("{side}, tier {number}: {message}")))
}

fn neighbours(before: &TierRow, row: &TierRow, add: &mut impl FnMut(FindingCode, String)) {
    let (floor, cap, cap_before) = (row.floor.text(), row.cap.text(), before.cap.text());
    if row.floor.value() > before.cap.value() {
        add(FindingCode::Gap, format!("floor {floor} is above the cap before it, {cap_before}"));
    } else if row.floor.value() < before.cap.value() {
        add(FindingCode::Overlap, format!("floor {floor} is below the cap before it, {cap_before}"));
    }
    if row.cap.value() == before.cap.value() {
        add(FindingCode::ZeroWidthTier, format!("cap {cap} is that of the tier before"));
    }
    let (rate, rate_before) = (row.rate.fraction(), before.rate.fraction());
    let wrong_way = if row.leverage.is_some() { rate < rate_before } else { rate >= rate_before };
    if wrong_way {
        add(FindingCode::RateOrder, format!("rate {} % follows {} %", row.rate.text(), before.rate.text()));
    }
    if let (Some(above), Some(leverage)) = (before.leverage, row.leverage) {
        if leverage.max >= above.max {
            add(FindingCode::LeverageOrder, format!("leverage {} follows {}", leverage.text, above.text));
        } else if above.min.is_some_and(|min| min != leverage.max + 1) {
            add(FindingCode::LeverageGap, format!("leverage {} follows {}", leverage.text, above.text));
        }
    }
}

/// Why a maintenance margin rate violates that it is below the initial margin, one over the leverage.
fn too_high(row: &TierRow) -> Option<String> {
    let leverage = row.leverage?.max;
    let margin = row.rate.fraction().checked_mul(Decimal::from(leverage))?;
    (margin >= Decimal::ONE).then(|| format!("rate {} % is not below 1/{leverage}", row.rate.text()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(rows: &[(u32, u32, &str, &str, &str)]) -> Vec<&'static str> {
        let owned: Vec<(Leverage, Number, Number, Rate)> = rows
            .iter()
            .map(|(min, max, floor, cap, rate)| {
                let leverage = Leverage { min: Some(*min), max: *max, text: format!("{min} - {max}x") };
                let number = |text| Number::read(text).expect("a number");
                (leverage, number(floor), number(cap), Rate::from_percent(rate).expect("a rate"))
            })
            .collect();
        let rows: Vec<TierRow> = owned
            .iter()
            .map(|(leverage, floor, cap, rate)| TierRow {
                leverage: Some(leverage),
                floor,
                cap,
                rate,
                span: Span::new(0, 0),
            })
            .collect();
        check(&rows, "New").iter().map(|finding| finding.code.as_str()).collect()
    }

    #[test]
    fn a_valid_table_has_no_finding() {
        assert!(codes(&[(2, 10, "0", "500", "5.00"), (1, 1, "500", "900", "50.00")]).is_empty());
    }

    #[test]
    fn each_invariant_is_checked_on_both_sides_of_its_boundary() {
        for (floor, cap, found) in [
            ("500", "900", vec![]),
            ("499", "900", vec!["overlap"]),
            ("501", "900", vec!["gap"]),
            ("500", "501", vec![]),
            ("500", "500", vec!["floor_not_below_cap", "zero_width_tier"]),
        ] {
            assert_eq!(
                codes(&[(2, 10, "0", "500", "5.00"), (1, 1, floor, cap, "50.00")]),
                found,
                "{floor} {cap}"
            );
        }
        for (min, max, found) in [
            (2, 9, vec![]),
            (2, 8, vec!["leverage_gap"]),
            (2, 10, vec!["leverage_gap"]),
            (2, 20, vec!["leverage_order"]),
        ] {
            let table = [
                (10, 20, "0", "500", "2.50"),
                (min, max, "500", "900", "3.00"),
                (1, 1, "900", "950", "50.00"),
            ];
            assert_eq!(codes(&table), found, "{max}");
        }
        for (rate, found) in [("5.00", vec!["unusual_rate"]), ("4.99", vec!["rate_order", "unusual_rate"])] {
            assert_eq!(codes(&[(2, 10, "0", "500", "5.00"), (1, 1, "500", "900", rate)]), found, "{rate}");
        }
        for (rate, found) in [
            ("16.67", vec![]),
            ("16.670", vec![]),
            ("16.70", vec!["rounded_rate"]),
            ("16.71", vec!["unusual_rate"]),
        ] {
            assert_eq!(codes(&[(1, 3, "0", "500", rate)]), found, "{rate}");
        }
    }

    #[test]
    fn a_rate_is_below_one_over_its_leverage_and_one_that_the_exchange_uses_for_it() {
        for (max, rate, found) in [
            (5, "10.00", vec![]),
            (5, "11.00", vec!["unusual_rate"]),
            (5, "19.99", vec!["unusual_rate"]),
            (5, "20.00", vec!["rate_above_margin"]),
            (7, "14.28", vec![]),
            (7, "14.29", vec!["rate_above_margin"]),
        ] {
            assert_eq!(codes(&[(1, max, "0", "500", rate)]), found, "{max} {rate}");
        }
    }
}
