//! One broken cell costs its side of its contracts, and nothing else: what is read, what is not, and what is
//! said of it.

use tierbook::ingest::{Draft, DraftClaim};
use tierbook::render::seed_of_losses;

use crate::tests::common::glued::{FLAT_COLUMNS, PRO_COLUMNS, glued, tier_table};

/// A table that violates no invariant, with both sides of one row in a line.
const ROWS: &str = "
    6 - 10x | 0 < Position ≤ 5,000 | 5.00% | 6 - 10x | 0 < Position ≤ 10,000 | 5.00%
    5x | 5,000 < Position ≤ 60,000 | 10.00% | 5x | 10,000 < Position ≤ 80,000 | 10.00%
    2 - 4x | 60,000 < Position ≤ 400,000 | 12.50% | 2 - 4x | 80,000 < Position ≤ 600,000 | 12.50%
    1x | 400,000 < Position ≤ 900,000 | 50.00% | 1x | 600,000 < Position ≤ 800,000 | 50.00%
";

fn announcement(rows: &str) -> String {
    format!(
        "# Tiers change\n\nLeverage tiers change.\n\n2026-05-08 06:30 (UTC): ABCUSDT, DEFUSDT (USDⓈ-M Perpetual Contract)\n\n{}\n\n\
         2026-05-08 06:30 (UTC): GHIUSDT (USDⓈ-M Perpetual Contract)\n\n{}\n\nThe exchange\n\n2026-05-05\n",
        tier_table(rows),
        tier_table(ROWS)
    )
}

fn read(from: &str, to: &str) -> Draft {
    assert!(ROWS.contains(from), "{from}");
    crate::tests::common::text_draft(&announcement(&ROWS.replacen(from, to, 1)))
}

/// The sides that are stored: `ABCUSDT new`.
fn stored(draft: &Draft) -> Vec<String> {
    let side =
        |claim: &DraftClaim| if matches!(claim, DraftClaim::Change { .. }) { "new" } else { "previous" };
    draft.statements.iter().map(|s| format!("{} {}", s.subject.name(), side(&s.claim))).collect()
}

fn messages(draft: &Draft) -> String {
    let lines = draft.findings.iter().map(|it| format!("{}: {}\n", it.code.as_str(), it.message));
    lines.collect()
}

#[test]
fn a_cell_that_cannot_be_read_costs_its_side_of_the_contracts_of_its_table() {
    for (from, to) in [
        ("80,000 | 10.00%", "8O,000 | 10.00%"),
        ("80,000 | 10.00%", "80,000 | 10.00"),
        ("80,000 | 10.00%", "80,000 | 10.00 "),
        ("5x | 10,000 <", "5 | 10,000 <"),
        ("10,000 < Position", "10,000 Position"),
        ("10,000 < Position ≤", "10,000 < Position"),
        ("≤ 800,000 | 50.00%", "≤ 8OO,000 | 50.00%"),
        ("≤ 800,000 | 50.00%", "≤ 800,000 | 50.00"),
        ("6 - 10x | 0 < Position ≤ 10,000", "6 - 1Ox | 0 < Position ≤ 10,000"),
    ] {
        let draft = read(from, to);
        assert!(draft.has_unread() && !draft.is_refused(), "{to}: {}", messages(&draft));
        let stored = stored(&draft);
        assert!(!stored.contains(&"ABCUSDT new".to_string()), "{to}: {stored:?} {}", messages(&draft));
        assert!(
            stored.ends_with(&["GHIUSDT new".to_string(), "GHIUSDT previous".to_string()]),
            "{to}: {stored:?}"
        );
        let lost = draft.findings.iter().find(|it| it.code.is_loss()).expect("a loss");
        assert_eq!(lost.subjects, ["ABCUSDT", "DEFUSDT"], "{to}");
        assert!(lost.message.contains("side is not stored"), "{}", lost.message);
    }
    assert_eq!(
        stored(&read("80,000 | 10.00%", "8O,000 | 10.00%")),
        ["ABCUSDT previous", "DEFUSDT previous", "GHIUSDT new", "GHIUSDT previous"]
    );
}

#[test]
fn the_loss_is_a_seed_to_complete() {
    let draft = read("80,000 | 10.00%", "8O,000 | 10.00%");
    let seed = seed_of_losses(&draft.losses, "Tiers change", None);
    let wanted = "subjects = [\"binance:usdm:ABCUSDT\", \"binance:usdm:DEFUSDT\"]\neffective_at = \"2026-05-08T06:30:00Z\"\ntiers = [\n  \
                  { leverage = \"6 - 10x\", floor = \"0\", cap = \"10,000\", mmr = \"5.00%\" },\n  \
                  { leverage = \"?\", floor = \"?\", cap = \"?\", mmr = \"?\" },\n";
    assert!(seed.contains(wanted), "{seed}");
    let complete = seed.replace(
        "leverage = \"?\", floor = \"?\", cap = \"?\", mmr = \"?\"",
        "leverage = \"5x\", cap = \"80,000\", mmr = \"10%\"",
    );
    let completed = crate::tests::common::draft("lost.toml", complete.as_bytes());
    assert_eq!((completed.statements.len(), completed.has_unread()), (2, false), "{complete}");
}

#[test]
fn a_broken_number_is_read_where_exactly_one_of_its_candidates_fits() {
    for (from, to, value, why) in [
        ("≤ 80,000", "≤ 80,00", "80,000", "the floor after it"),
        ("≤ 80,000", "≤ 8,0000", "80,000", "the floor after it"),
        ("≤ 80,000", "≤ 80,0000", "80,000", "the floor after it"),
        ("≤ 80,000", "≤ 80,,000", "80,000", "the floor after it"),
        ("80,000 <", "80,00 <", "80,000", "the cap before it"),
        ("≤ 800,000", "≤ 800,00", "800,000", "the only usual cap"),
        ("≤ 800,000", "≤ 800.000", "800,000", "the only usual cap"),
    ] {
        let draft = read(from, to);
        assert_eq!(draft.statements.len(), 6, "{to}: {}", messages(&draft));
        let broken: Vec<_> = draft.findings.iter().filter(|it| it.code.as_str() == "number_form").collect();
        let [finding] = broken[..] else { panic!("{to}: {}", messages(&draft)) };
        assert!(finding.message.contains(&format!("is taken as {value}, {why}")), "{}", finding.message);
        assert_eq!(finding.subjects, ["ABCUSDT", "DEFUSDT"]);
        let right = crate::tests::common::text_draft(&announcement(ROWS));
        let values = |draft: &Draft| -> Vec<_> {
            draft.statements.iter().map(|s| s.claim.rule().expect("a rule").tiers().to_vec()).collect()
        };
        assert_eq!(values(&draft), values(&right), "{to}");
    }
}

#[test]
fn a_broken_number_that_nothing_decides_is_not_stored_and_its_candidates_are_named() {
    let rows = ROWS.replace("600,000 < Position ≤ 800,000", "600,000 < Position ≤ 8,00,000");
    let draft = crate::tests::common::text_draft(&announcement(&rows));
    assert_eq!(stored(&draft)[..2], ["ABCUSDT previous", "DEFUSDT previous"]);
    assert!(messages(&draft).contains("cap `8,00,000` can be 800,000 or 8,000,000"), "{}", messages(&draft));
    let seed = seed_of_losses(&draft.losses, "", None);
    assert!(seed.contains("floor = \"600,000\", cap = \"?\""), "{seed}");
    let beside = rows.replace("400,000 < Position ≤ 900,000", "400,000 < Position ≤ 800,000");
    let draft = crate::tests::common::text_draft(&announcement(&beside));
    assert_eq!(draft.statements.len(), 6);
    let words = "cap `8,00,000` is taken as 800,000, the other side of the table; it could also be 8,000,000";
    assert!(messages(&draft).contains(words), "{}", messages(&draft));
}

#[test]
fn a_broken_row_of_flat_ratios_costs_its_asset() {
    let flat =
        glued(&format!("{FLAT_COLUMNS}LTC | 85% | 80%\nADA | 8O% | 75%\nETH | 95% | 90%\nXRP | 70 | 65%"));
    let text = format!(
        "# Ratios\n\nCollateral ratios of these assets change on 2026-05-08 06:00 (UTC):\n\n{flat}\n\nThe exchange\n\n2026-05-05\n"
    );
    let draft = crate::tests::common::text_draft(&text);
    assert!(draft.has_unread() && !draft.is_refused(), "{}", messages(&draft));
    assert_eq!(
        stored(&draft),
        ["LTC new", "LTC previous", "ETH new", "ETH previous"],
        "{}",
        messages(&draft)
    );
    assert!(messages(&draft).contains("ADA") && messages(&draft).contains("XRP"), "{}", messages(&draft));
}

#[test]
fn a_broken_cell_of_tiered_collateral_costs_its_side_of_its_block() {
    let pro = glued(&format!(
        "{PRO_COLUMNS}
         FET,LINK | 7 | 0 | 800,000 | 100% | 8 | 0 | 200,000 | 100%
         800,000 | 99,999,999,999 | 50% | 2OO,000 | 99,999,999,999 | 20%
         SOL | 7 | 0 | 800,000 | 100% | 8 | 0 | 200,000 | 100%
         800,000 | 99,999,999,999 | 50% | 200,000 | 99,999,999,999 | 20%"
    ));
    let text = format!(
        "# Ratios\n\nCollateral ratios of these assets change on 2026-05-08 06:00 (UTC):\n\n{pro}\n\nThe exchange\n\n2026-05-05\n"
    );
    let draft = crate::tests::common::text_draft(&text);
    assert!(draft.has_unread() && !draft.is_refused(), "{}", messages(&draft));
    assert_eq!(
        stored(&draft),
        ["FET previous", "LINK previous", "SOL new", "SOL previous"],
        "{}",
        messages(&draft)
    );
}
