//! Hand-made tables with one thing wrong each: what is found, and what is read anyway.

use tierbook::ingest::DraftClaim;
use tierbook::rule::Reading;

use crate::tests::common::glued::{TIER_COLUMNS, TIER_ROWS, glued, tier_table};

const HEADING: &str = "2026-05-08 06:30 (UTC): ABCUSDT (USDⓈ-M Perpetual Contract)";

/// An announcement of one table under one heading.
fn announcement(heading: &str, table: &str) -> String {
    format!(
        "# Tiers change\n\nLeverage tiers change.\n\n{heading}\n\n{table}\n\nThe exchange\n\n2026-05-05\n"
    )
}

/// The codes for rows of one table that has both sides.
fn found(rows: &str) -> Vec<&'static str> {
    crate::tests::common::codes(&crate::tests::common::text_draft(&announcement(HEADING, &tier_table(rows))))
}

/// The two sides of the first subject, the new one first.
fn sides(text: &str) -> Vec<String> {
    crate::tests::common::text_draft(text)
        .statements
        .iter()
        .map(|s| crate::tests::common::show(&s.claim))
        .collect()
}

#[test]
fn a_valid_table_has_no_finding() {
    assert_eq!(found(TIER_ROWS), [""; 0]);
}

#[test]
fn each_thing_wrong_has_its_code() {
    for (from, to, codes) in [
        ("1x | 5,000 <", "1x | 4,999 <", vec!["overlap"]),
        ("1x | 5,000 <", "1x | 5,001 <", vec!["gap"]),
        ("1x | 5,000 <", "1x | 50,00 <", vec!["number_form"]),
        ("1x | 5,000 <", "1x | 5000 <", vec![]),
        ("≤ 10,000", "≤ 5,000", vec!["floor_not_below_cap", "zero_width_tier"]),
        ("≤ 10,000", "≤ 4,000", vec!["cap_order", "floor_not_below_cap"]),
        ("10,000 | 50.00%", "10,000 | 9.00%", vec!["rate_order", "unusual_rate"]),
        ("1x | 5,000", "3x | 5,000", vec!["leverage_gap", "leverage_gap", "rate_above_margin"]),
        ("1x | 5,000", "5x | 5,000", vec!["leverage_gap", "leverage_order", "rate_above_margin"]),
        ("≤ 7,500 | 10.00%", "≤ 7,500 | 10.0%", vec!["rate_scale"]),
        ("≤ 7,500 | 10.00%", "≤ 7,500 | 10%", vec![]),
        ("1x | 5,000", "01x | 5,000", vec!["number_form"]),
        ("≤ 7,500 | 10.00%", "≤ 7,500 10.00%", vec![]),
        ("≤ 7,500 | 10.00%", "<= 7,500 | 10.00 %", vec![]),
        ("2 - 5x | 0 <", "2 – 5x  0  <", vec![]),
        ("0 < Position", "0<Notional Value", vec![]),
    ] {
        assert!(TIER_ROWS.contains(from), "{from}");
        let mut got = found(&TIER_ROWS.replace(from, to));
        got.retain(|code| *code != "number_form" || codes.contains(code));
        got.sort_unstable();
        assert_eq!(got, codes, "{to}");
    }
}

#[test]
fn a_side_whose_caps_fall_is_not_stored_and_the_other_is() {
    let draft = crate::tests::common::text_draft(&announcement(
        HEADING,
        &tier_table(&TIER_ROWS.replace("≤ 10,000", "≤ 4,000")),
    ));
    assert!(draft.has_unread() && !draft.is_refused());
    assert!(matches!(draft.statements[..], [ref only] if matches!(only.claim, DraftClaim::Previous { .. })));
}

#[test]
fn a_broken_floor_is_kept_as_printed_and_repaired_in_the_reading() {
    let text = announcement(HEADING, &tier_table(&TIER_ROWS.replace("1x | 5,000 <", "1x | 700 <")));
    let draft = crate::tests::common::text_draft(&text);
    let DraftClaim::Change { rule, .. } = &draft.statements[0].claim else { panic!("a change") };
    assert_eq!(rule.printed()[1].floor.text(), "700");
    assert_eq!((rule.tiers()[1].floor, rule.tiers()[1].reading), (5000.into(), Reading::Repaired));
}

#[test]
fn text_that_looks_like_a_table_is_never_ignored() {
    for junk in
        ["9", "5x", "7,500 < Position", "LTC85%80%", "more 12,0005", "\n\n0 < Position ≤ 5", "\n7,500\n"]
    {
        let table = tier_table(TIER_ROWS) + junk;
        let codes =
            crate::tests::common::codes(&crate::tests::common::text_draft(&announcement(HEADING, &table)));
        assert!(codes.contains(&"unread_text") || codes.contains(&"unread_side"), "{junk}: {codes:?}");
    }
    for bad in [
        TIER_ROWS.replace("10.00% | 2", "10.00 | 2"),
        TIER_ROWS.replace("5x | 0", "5 | 0"),
        TIER_ROWS.replace("≤ 7,500", "= 7,500"),
    ] {
        assert!(found(&bad).contains(&"unread_side"), "{bad}");
    }
    let header_only = crate::tests::common::text_draft(&announcement(
        HEADING,
        &format!("{}\n\n{}", glued(TIER_COLUMNS), tier_table(TIER_ROWS)),
    ));
    assert!(crate::tests::common::codes(&header_only).is_empty(), "a header printed twice is one header");
}

#[test]
fn a_heading_whose_table_is_lost_is_reported() {
    let text = announcement(
        &format!("2026-05-08 06:30 (UTC): LOSTUSDT (USD-M)\n\n{HEADING}"),
        &tier_table(TIER_ROWS),
    );
    let draft = crate::tests::common::text_draft(&text);
    assert_eq!(crate::tests::common::codes(&draft), ["unread_text"]);
    assert!(draft.findings[0].message.contains("LOSTUSDT"));
}

#[test]
fn a_header_decides_which_side_is_first_and_whether_there_are_two() {
    let both = sides(&announcement(HEADING, &tier_table(TIER_ROWS)));
    assert!(both[0].contains("5,000=5000 10.00") && both[1].contains("7,500=7500 10.00"), "{both:?}");
    let swapped =
        |text: &str, one: &str, other: &str| text.replace(one, "#").replace(other, one).replace('#', other);
    let turned = swapped(&swapped(&glued(TIER_COLUMNS), "Previous", "New"), "Before", "After");
    let turned = sides(&announcement(HEADING, &(turned + &glued(TIER_ROWS))));
    assert!(turned[0].contains("7,500=7500 10.00") && turned[1].contains("5,000=5000 10.00"), "{turned:?}");
    let one = glued(
        "New Tiers | Leverage | Position (Notional Value in USDT) | Maintenance Margin Rate
         2 - 5x | 0 < Position ≤ 7,500 | 10.00%
         1x | 7,500 < Position ≤ 15,000 | 50.00%",
    );
    let draft = crate::tests::common::text_draft(&announcement(HEADING, &one));
    assert_eq!((crate::tests::common::codes(&draft), draft.statements.len()), (vec!["side_missing"], 1));
}

#[test]
fn small_caps_glued_to_their_rates_are_split_by_the_next_floor() {
    let table = glued(
        "Previous Tiers | New Tiers
         Leverage | Position Before (BTC) | Margin Rate | Leverage | Position After (BTC) | Margin Rate
         2 - 5x | 0 < Position ≤ 15 | 25.00% | 2 - 5x | 0 < Position ≤ 152 | 5.00%
         1x | 15 < Position ≤ 20 | 50.00% | 1x | 152 < Position ≤ 200 | 50.00%",
    );
    let text = announcement("2026-05-08 06:30 (UTC): BTCUSD (COIN-M Perpetual Contract)", &table);
    let both = sides(&text);
    assert!(both[0].contains("152=152 5.00") && both[1].contains("15=15 25.00"), "{both:?}");
    assert_eq!(
        crate::tests::common::text_draft(&text).statements[0].subject.to_string(),
        "binance:coinm:BTCUSD"
    );
}

#[test]
fn cells_that_fill_one_side_without_a_mark_for_the_other_are_stored_on_neither() {
    let rows = "1x | 0 < Position ≤ 5,000 | 50.00%";
    assert_eq!(found(rows), ["unread_side"]);
    let draft = crate::tests::common::text_draft(&announcement(HEADING, &tier_table(rows)));
    assert!(draft.statements.is_empty() && draft.is_refused());
}

#[test]
fn timestamps_must_be_there_once_and_with_a_zone() {
    for (heading, code) in [
        ("ABCUSDT (USDⓈ-M Perpetual Contract)", "no_instant"),
        ("2026-05-08 06:30: ABCUSDT (USDⓈ-M Perpetual Contract)", "no_instant"),
        (
            "Leverage changes at 2026-05-08 06:30 (UTC) and 2026-05-09 06:30 (UTC).\n\nABCUSDT (USDⓈ-M)",
            "several_instants",
        ),
        ("Collateral ratios change at 2026-05-08 06:30 (UTC).\n\nABCUSDT (USDⓈ-M)", "no_instant"),
        ("The contracts of this page", "no_subject"),
    ] {
        let draft = crate::tests::common::text_draft(&announcement(heading, &tier_table(TIER_ROWS)));
        assert_eq!(crate::tests::common::codes(&draft), [code], "{heading}");
        assert!(draft.has_unread() && draft.statements.is_empty(), "{heading}");
    }
    for (heading, at) in [
        ("Leverage changes at 2026-5-8 06:30 (UTC+8).\n\nABCUSDT (USDⓈ-M)", "2026-05-07T22:30:00Z"),
        ("2026-05-08 06:30 (UTC)\n\nABCUSDT (USDⓈ-M)", "2026-05-08T06:30:00Z"),
        (
            "Leverage of ABCUSDT USDT-M Perpetual Contracts changes at 2026-05-08T06:30Z.",
            "2026-05-08T06:30:00Z",
        ),
    ] {
        let shown = sides(&announcement(heading, &tier_table(TIER_ROWS)));
        assert!(
            shown.first().is_some_and(|first| first.starts_with(&format!("change at {at}"))),
            "{heading}: {shown:?}"
        );
    }
}

#[test]
fn a_name_twice_in_a_list_is_one_subject_and_two_tables_at_one_time_are_both_kept() {
    let twice = crate::tests::common::text_draft(&announcement(
        "2026-05-08 06:30 (UTC): A1USDT, A1USDT and BUSDT (USD-M)",
        &tier_table(TIER_ROWS),
    ));
    assert_eq!((crate::tests::common::codes(&twice), twice.statements.len()), (vec!["duplicate_subject"], 4));
    let other = TIER_ROWS.replace("10,000", "12,000");
    let both = format!("{}\n\n{HEADING}\n\n{}", tier_table(TIER_ROWS), tier_table(&other));
    let draft = crate::tests::common::text_draft(&announcement(HEADING, &both));
    assert_eq!((crate::tests::common::codes(&draft), draft.statements.len()), (vec!["same_instant"], 4));
}
