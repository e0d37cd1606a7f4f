//! Hand-made tables with one thing wrong each: what is found, and what is read all the same.

use tierbook::ingest::DraftClaim;
use tierbook::rule::Reading;

const HEADING: &str = "2026-05-08 06:30 (UTC): ABCUSDT (USDⓈ-M Perpetual Contract)";
const BOTH: &str = "Previous TiersNew TiersLeverage Before ChangePosition Before Change (Notional Value in \
    USDT)Maintenance Margin Rate Before ChangeLeverage After ChangePosition After Change (Notional Value in \
    USDT)Maintenance Margin Rate After Change";
const LAWFUL: &str = "2 - 5x0 < Position ≤ 7,50010.00%2 - 5x0 < Position ≤ 5,00010.00% 1x7,500 < Position ≤ \
    15,00050.00% 1x5,000 < Position ≤ 10,00050.00%";

/// An announcement of one table under one heading.
fn letter(heading: &str, table: &str) -> String {
    format!(
        "# Tiers change\n\nLeverage tiers change.\n\n{heading}\n\n{table}\n\nThe exchange\n\n2026-05-05\n"
    )
}

/// The codes for rows of one table that has both sides.
fn found(rows: &str) -> Vec<&'static str> {
    crate::common::codes(&crate::common::text_draft(&letter(HEADING, &format!("{BOTH}{rows}"))))
}

/// What the two sides of the first subject say, the new one first.
fn sides(text: &str) -> Vec<String> {
    crate::common::text_draft(text).statements.iter().map(|s| crate::common::show(&s.claim)).collect()
}

#[test]
fn a_lawful_table_has_no_finding() {
    assert_eq!(found(LAWFUL), [""; 0]);
}

#[test]
fn each_thing_wrong_has_its_code() {
    for (from, to, codes) in [
        (" 1x5,000 <", " 1x4,999 <", vec!["overlap"]),
        (" 1x5,000 <", " 1x5,001 <", vec!["gap"]),
        (" 1x5,000 <", " 1x50,00 <", vec!["number_form"]),
        (" 1x5,000 <", " 1x5000 <", vec!["number_form"]),
        ("≤ 10,000", "≤ 5,000", vec!["floor_not_below_cap", "zero_width_tier"]),
        ("≤ 10,000", "≤ 4,000", vec!["cap_order", "floor_not_below_cap"]),
        ("10,00050.00%", "10,0009.00%", vec!["rate_order", "unusual_rate"]),
        (" 1x5,000", " 3x5,000", vec!["leverage_gap", "leverage_gap", "rate_above_margin"]),
        (" 1x5,000", " 5x5,000", vec!["leverage_gap", "leverage_order", "rate_above_margin"]),
        ("≤ 7,50010.00%", "≤ 7,50010.0%", vec!["rate_scale"]),
        (" 1x5,000", " 01x5,000", vec!["number_form"]),
        ("≤ 7,50010.00%", "≤ 7,500 10.00%", vec![]),
        ("≤ 7,50010.00%", "<= 7,50010.00 %", vec![]),
        ("2 - 5x0 <", "2 – 5x  0  <", vec![]),
        ("0 < Position", "0<Notional Value", vec![]),
    ] {
        assert!(LAWFUL.contains(from), "{from}");
        let mut got = found(&LAWFUL.replace(from, to));
        got.retain(|code| *code != "number_form" || codes.contains(code));
        got.sort_unstable();
        assert_eq!(got, codes, "{to}");
    }
}

#[test]
fn a_table_whose_caps_fall_is_refused_and_its_other_side_kept() {
    let draft = crate::common::text_draft(&letter(
        HEADING,
        &format!("{BOTH}{}", LAWFUL.replace("≤ 10,000", "≤ 4,000")),
    ));
    assert!(draft.has_unread());
    assert!(matches!(draft.statements[..], [ref only] if matches!(only.claim, DraftClaim::Previous { .. })));
}

#[test]
fn a_broken_floor_is_kept_as_printed_and_repaired_in_the_reading() {
    let text = letter(HEADING, &format!("{BOTH}{}", LAWFUL.replace(" 1x5,000 <", " 1x700 <")));
    let draft = crate::common::text_draft(&text);
    let DraftClaim::Change { rule, .. } = &draft.statements[0].claim else { panic!("a change") };
    assert_eq!(rule.printed()[1].floor.text(), "700");
    assert_eq!((rule.tiers()[1].floor, rule.tiers()[1].reading), (5000.into(), Reading::Repaired));
}

#[test]
fn text_that_looks_like_a_table_is_never_passed_over() {
    for junk in
        ["9", "5x", "7,500 < Position", "LTC85%80%", "more 12,0005", "\n\n0 < Position ≤ 5", "\n7,500\n"]
    {
        let codes = found(&format!("{LAWFUL}{junk}"));
        assert!(codes.contains(&"unread_text"), "{junk}: {codes:?}");
    }
    for bad in [
        LAWFUL.replace("10.00%2", "10.002"),
        LAWFUL.replace("5x0", "50"),
        LAWFUL.replace("≤ 7,500", "= 7,500"),
    ] {
        assert!(found(&bad).contains(&"unread_text"), "{bad}");
    }
    let header_only = crate::common::text_draft(&letter(HEADING, &format!("{BOTH}\n\n{BOTH}{LAWFUL}")));
    assert!(crate::common::codes(&header_only).is_empty(), "a header printed twice is one header");
}

#[test]
fn a_heading_whose_table_is_lost_is_reported() {
    let text =
        letter(&format!("2026-05-08 06:30 (UTC): LOSTUSDT (USD-M)\n\n{HEADING}"), &format!("{BOTH}{LAWFUL}"));
    let draft = crate::common::text_draft(&text);
    assert_eq!(crate::common::codes(&draft), ["unread_text"]);
    assert!(draft.findings[0].message.contains("LOSTUSDT"));
}

#[test]
fn a_header_decides_which_side_stands_first_and_whether_there_are_two() {
    let both = sides(&letter(HEADING, &format!("{BOTH}{LAWFUL}")));
    assert!(both[0].contains("5,000=5000 10.00") && both[1].contains("7,500=7500 10.00"), "{both:?}");
    let turned = BOTH
        .replace("Previous", "P")
        .replace("New", "Previous")
        .replace("PTiers", "NewTiers")
        .replace("P Tiers", "New Tiers")
        .replace("Before", "B")
        .replace("After", "Before")
        .replace("B Change", "After Change");
    let turned = sides(&letter(HEADING, &format!("{turned}{LAWFUL}")));
    assert!(turned[0].contains("7,500=7500 10.00") && turned[1].contains("5,000=5000 10.00"), "{turned:?}");
    let one = "New TiersLeveragePosition (Notional Value in USDT)Maintenance Margin Rate";
    let row = "2 - 5x0 < Position ≤ 7,50010.00%1x7,500 < Position ≤ 15,00050.00%";
    let draft = crate::common::text_draft(&letter(HEADING, &format!("{one}{row}")));
    assert_eq!((crate::common::codes(&draft), draft.statements.len()), (vec!["side_missing"], 1));
}

#[test]
fn small_caps_glued_to_their_rates_are_parted_by_the_next_floor() {
    let header = "Previous TiersNew TiersLeverage Position Before (BTC) Margin Rate Leverage Position After (BTC) Margin Rate";
    let rows = "2 - 5x0 < Position ≤ 1525.00%2 - 5x0 < Position ≤ 1525.00%1x15 < Position ≤ 2050.00%1x152 < Position ≤ 20050.00%";
    let text =
        letter("2026-05-08 06:30 (UTC): BTCUSD (COIN-M Perpetual Contract)", &format!("{header}{rows}"));
    let both = sides(&text);
    assert!(both[0].contains("152=152 5.00") && both[1].contains("15=15 25.00"), "{both:?}");
    assert_eq!(crate::common::text_draft(&text).statements[0].subject.to_string(), "binance:coinm:BTCUSD");
}

#[test]
fn a_cell_that_fits_either_side_is_ambiguous_and_one_without_a_mark_is_noted() {
    let one_cell = "1x0 < Position ≤ 5,00050.00%";
    let codes = found(one_cell);
    assert!(codes.contains(&"ambiguous_side") && codes.contains(&"unmarked_cell"), "{codes:?}");
}

#[test]
fn instants_must_be_there_once_and_with_a_zone() {
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
        let draft = crate::common::text_draft(&letter(heading, &format!("{BOTH}{LAWFUL}")));
        assert_eq!(crate::common::codes(&draft), [code], "{heading}");
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
        let said = sides(&letter(heading, &format!("{BOTH}{LAWFUL}")));
        assert!(
            said.first().is_some_and(|said| said.starts_with(&format!("change at {at}"))),
            "{heading}: {said:?}"
        );
    }
}

#[test]
fn a_name_twice_in_a_list_is_one_subject_and_two_tables_at_one_instant_are_both_kept() {
    let twice = crate::common::text_draft(&letter(
        "2026-05-08 06:30 (UTC): A1USDT, A1USDT and BUSDT (USD-M)",
        &format!("{BOTH}{LAWFUL}"),
    ));
    assert_eq!((crate::common::codes(&twice), twice.statements.len()), (vec!["duplicate_subject"], 4));
    let other = LAWFUL.replace("10,000", "12,000");
    let both = format!("{BOTH}{LAWFUL}\n\n{HEADING}\n\n{BOTH}{other}");
    let draft = crate::common::text_draft(&letter(HEADING, &both));
    assert_eq!((crate::common::codes(&draft), draft.statements.len()), (vec!["same_instant"], 4));
}
