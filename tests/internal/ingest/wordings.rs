//! Wordings around a table that no shared text has: each gives its contracts, time and roll-out, or is
//! refused.

use tierbook::ingest::DraftClaim;

use crate::tests::common::glued::{FLAT_COLUMNS, PRO_COLUMNS, TIER_COLUMNS, TIER_ROWS, glued, tier_table};

const AT: &str = "2026-05-08T06:30:00Z";

/// An announcement with an introduction, a heading, the table, and words after it.
fn announcement(introduction: &str, heading: &str, after: &str) -> String {
    let table = tier_table(TIER_ROWS);
    format!(
        "# Tiers\n\nDear all,\n\n{introduction}\n\n{heading}\n\n{table}{after}\n\nThank you.\n\n2026-05-05\n"
    )
}

/// The contracts that change, with time and roll-out in one text.
fn changes(text: &str) -> (Vec<String>, String) {
    let draft = crate::tests::common::text_draft(text);
    assert_eq!(crate::tests::common::codes(&draft), [""; 0], "{text}");
    let changes = draft.statements.iter().filter_map(|statement| match &statement.claim {
        DraftClaim::Change { effective_at, rollout, .. } => {
            Some((statement.subject.name().to_string(), format!("{effective_at} {rollout}")))
        }
        _ => None,
    });
    let (names, mut times): (Vec<String>, Vec<String>) = changes.unzip();
    times.dedup();
    (names, times.join(", "))
}

#[test]
fn a_heading_is_read_in_every_order_of_its_parts() {
    for (heading, names) in [
        ("06:30 (UTC) on 2026-05-08: HUSDT (USDⓈ-M Perpetual Contract)", vec!["HUSDT"]),
        ("2026-05-08 at 06:30 UTC: HUSDT", vec!["HUSDT"]),
        ("1) HUSDT (USDⓈ-M Perpetual Contract) 2026-05-08 06:30 (UTC)", vec!["HUSDT"]),
        ("2026-05-08 06:30（UTC）：HUSDT（USDⓈ-M Perpetual Contract）", vec!["HUSDT"]),
        ("2026-05-08 06:30 (UTC): USDⓈ-M HUSDT and JUSDT Perpetual Contracts", vec!["HUSDT", "JUSDT"]),
        ("2026-05-08 06:30 (UTC): HUSDT; JUSDT (USD-M)", vec!["HUSDT", "JUSDT"]),
        ("2026-05-08 06:30 (UTC): HUSDT / BTCUSDC (USD-M)", vec!["HUSDT", "BTCUSDC"]),
        ("2026-05-08 06:30 (UTC): BTCUSDT_260327 (USDⓈ-M Delivery Contract)", vec!["BTCUSDT_260327"]),
    ] {
        let text = announcement("Margin tiers change.", heading, "");
        assert_eq!(
            changes(&text),
            (names.iter().map(std::string::ToString::to_string).collect(), format!("{AT} 0 s"))
        );
    }
}

#[test]
fn an_introduction_states_the_time_and_the_roll_out() {
    for (words, rollout) in [
        ("at 06:30 (UTC) on 2026-05-08. It completes within an hour.", "1 h"),
        ("on 2026-05-08, 06:30 (UTC). It is completed within approximately half an hour.", "30 min"),
        ("on 2026-05-08, at 2026-05-08 06:30 (UTC). The update takes up to 4 hours.", "4 h"),
    ] {
        let text = announcement(
            &format!("The tiers of the HUSDT USDⓈ-M Perpetual Contract change {words}"),
            "Tables:",
            "",
        );
        assert_eq!(changes(&text), (vec!["HUSDT".to_string()], format!("{AT} {rollout}")));
    }
}

#[test]
fn what_is_half_understood_is_refused() {
    let whole = "Margin tiers of contracts change at 2026-05-08 06:30 (UTC).";
    let list = "Margin tiers of AUSDT and BUSDT USD-M Perpetual Contracts change at 2026-05-08 06:30 (UTC).";
    for (introduction, heading, after, code) in [
        // No table is left for a contract.
        (whole, "• AUSDT\n\n• BUSDT", "", "unread_text"),
        (whole, "AUSDT", "\n\n2026-05-09 06:30 (UTC): BUSDT as above.", "unread_text"),
        (whole, "AUSDT", "\n\n2026-05-09 06:30 (UTC): AUSDT goes back.", "unread_text"),
        // Words that are no heading name a contract right above the table.
        (list, "For BUSDT only:", "", "no_subject"),
        (whole, "AUSDT (USD-M)\n\nFor BUSDT, where it is high:", "", "no_subject"),
        (whole, "AUSDT (USD-M Perpetual), BTCUSD (COIN-M Perpetual)", "", "no_subject"),
        // A line that ends in a timestamp has lost its table, and a timestamp a digit.
        (whole, "AUSDT", "\n\nAssets change on 2026-05-08 06:00 (UTC):", "unread_text"),
        (whole, "2026-05-08 06:3 (UTC): AUSDT", "", "no_subject"),
        // Half of a timestamp is as near as the timestamp, and contradicts it.
        (whole, "2026-05-09: AUSDT (USD-M)", "", "no_instant"),
        (whole, "07:30 (UTC): AUSDT (USD-M)", "", "no_instant"),
        ("Tiers of contracts change on 2026-05-07 and 2026-05-08 06:30 (UTC).", "AUSDT", "", "no_instant"),
        // A roll-out in other words, and a contract of another program.
        (&format!("{whole} It completes within a few hours."), "AUSDT", "", "unread_rollout"),
        (&format!("{whole} It is completedwithin 30 minutes."), "AUSDT", "", "unread_rollout"),
        // Timestamps that lost a sign.
        (whole, "2026-05-0806:30 (UTC): AUSDT (USD-M)", "", "no_instant"),
        (whole, "2026-05-08 0730 (UTC): AUSDT (USD-M)", "", "no_instant"),
        (whole, "BTCUSD_PERP", "", "no_subject"),
        (whole, "AUSDT (COIN-M Perpetual Contract)", "", "no_subject"),
    ] {
        let draft = crate::tests::common::text_draft(&announcement(introduction, heading, after));
        let errors = crate::tests::common::errors(&draft);
        assert!(errors.iter().any(|error| error.starts_with(code)), "{heading}{after}: {errors:?}");
    }
}

#[test]
fn a_contract_without_a_table_a_far_time_and_a_leap_of_a_ratio_are_warnings() {
    let plain = "2026-05-08 06:30 (UTC): AUSDT";
    let table = glued(&format!("{FLAT_COLUMNS} LTC | 10% | 80%"));
    let flat = &format!("Assets change on 2026-05-08 06:00 (UTC):\n\n{table}");
    for (text, code) in [
        (announcement("Tiers change.", plain, " (and BUSDT too)"), "unread_contract"),
        (announcement("Tiers change.", "2062-05-08 06:30 (UTC): AUSDT", ""), "date_mismatch"),
        (announcement(flat, plain, ""), "ratio_leap"),
        (announcement(&flat.replace("10%80%", "30%3%"), plain, ""), "unusual_rate"),
        (
            announcement(&format!("{flat}LTC70%80%").replace("10%80%", "70%80%"), plain, ""),
            "duplicate_subject",
        ),
        (announcement("Tiers change.", "2026-05-08 06:30 (UTC): AUSDTBUSDT", ""), "unusual_name"),
        (announcement("Tiers change.", "2026-05-08 06:03 (UTC): AUSDT", ""), "instant_form"),
        (announcement("Tiers change within 3 minutes.", plain, ""), "unusual_rollout"),
        (announcement("Tiers change within 5 hours.", plain, ""), "unusual_rollout"),
    ] {
        let draft = crate::tests::common::text_draft(&text);
        assert_eq!(
            (crate::tests::common::codes(&draft), crate::tests::common::errors(&draft).len()),
            (vec![code], 0),
            "{text}"
        );
    }
}

#[test]
fn a_table_with_one_column_only_and_no_mark_is_refused() {
    let row = glued("1x | 0 < Position ≤ 5,000 | 50.00%");
    let columns = glued(TIER_COLUMNS);
    let text = format!("2026-05-08 06:30 (UTC): AUSDT\n\n{columns}{row}\n\nEnd of page.\n");
    let errors = crate::tests::common::errors(&crate::tests::common::text_draft(&text));
    assert!(errors.iter().any(|error| error.contains("no mark shows")), "{errors:?}");
    let marked = format!("2026-05-08 06:30 (UTC): AUSDT\n\n{columns}NA{row}\n\nEnd of page.\n");
    assert_eq!(crate::tests::common::errors(&crate::tests::common::text_draft(&marked)), [""; 0]);
}

#[test]
fn hostile_texts_are_refused_or_read_without_much_work() {
    let [tiers, pro, flat] = [TIER_COLUMNS, PRO_COLUMNS, FLAT_COLUMNS].map(glued);
    let digits = format!("A{}100%", "1".repeat(60));
    for (head, unit) in [
        (pro.as_str(), "FET,STRK70800,000100%80200,000100%"),
        (&pro, digits.as_str()),
        (&pro, "A,"),
        (&tiers, " 5x0 < Position ≤ 7,50010.00%"),
        (&tiers, "NA"),
        (&flat, "C9840%30%"),
        ("", "1,"),
        ("", "%"),
        ("", "5x"),
        ("", "((Before) "),
        ("", "1\n"),
        ("", "AUSDT\n"),
        ("", "06:30 on "),
        ("---\n", "note: x\n"),
    ] {
        let text = format!("{head}{}", unit.repeat(40_000 / unit.len()));
        let read = tierbook::ingest::read(&tierbook::ingest::Input {
            file: "hostile.txt",
            bytes: text.as_bytes(),
            published_at: None,
            complete: None,
        });
        assert!(read.map_or(true, |draft| draft.has_unread()), "{unit}");
    }
}
