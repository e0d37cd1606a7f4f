//! Markdown: its signs mean nothing to the tables, and every place is that of the text.

const HEADER: &str = "| Previous Tiers | | | New Tiers | | |\n|:---|---|:---:|---|---|---:|\n| **Leverage** Before Change | \
    Position Before Change<br>(Notional Value in USDT) | Maintenance Margin Rate Before Change | Leverage After Change | \
    Position After Change<br/>(Notional Value in USDT) | Maintenance Margin Rate After Change |\n";

const ROWS: &str = "| --- | --- | --- | 6 - 10x | 0 &lt; Position &le; 5,000 | 5.00% |\n| 2 - 5x | 0 < __Position__ ≤ 7,500 | \
    10.00% | 2 - 5x | 5,000 &lt; Position&nbsp;≤ 6,000 | **10.00%** |\n| 1x | 7,500 <Position ≤ 15,000 | 50.00% | 1x | 6,000 < \
    Position ≤ 10,000 | 50.00% |\n";

const SAID: [&str; 2] = [
    "binance:usdm:BTCUSDT_260327 before 2026-05-08T06:30:00Z: USDT 2 - 5x 0=0 7,500=7500 10.00; 1x 7,500=7500 \
     15,000=15000 50.00",
    "binance:usdm:BTCUSDT_260327 change at 2026-05-08T06:30:00Z within 1 h: USDT 6 - 10x 0=0 5,000=5000 5.00; 2 - 5x \
     5,000=5000 6,000=6000 10.00; 1x 6,000=6000 10,000=10000 50.00",
];

fn announcement(heading: &str, table: &str) -> String {
    format!(
        "---\nnote: *kept* as it is\n---\n# Tiers **change**\n\nDear all,\n\nThe [leverage](https://example.com/a_(b)) of \
         contracts changes within *one hour*.\n\n---\n\n## {heading}\n\n{table}\n***\n\nThank you.\n\n2026-05-05\n"
    )
}

#[test]
fn a_table_of_markdown_is_read_with_its_signs_and_its_marks() {
    let heading = "2026\\-05\\-08 06:30 \\(UTC\\): [BTCUSDT\\_260327](https://example.com) \\(**USDⓈ-M** Delivery Contract\\)";
    let pipes = format!("{HEADER}{ROWS}");
    let bare: String = pipes.lines().map(|line| line.trim_matches(['|', ' ']).to_string() + "\n").collect();
    for (heading, table) in [
        (heading, pipes.clone()),
        ("2026-05-08 06:30 (UTC): `BTCUSDT_260327` (USDⓈ-M Delivery Contract)", pipes.clone()),
        (heading, pipes.replace("| --- | --- | --- | 6", "| | | | 6")),
        (heading, pipes.replace("| --- | --- | --- | 6", "| N/A | &nbsp; | \\- | 6")),
        (heading, bare.replace("Previous Tiers | | | New Tiers | |", "Previous Tiers | | | New Tiers | | ")),
        (heading, pipes.replace('\n', "\r\n")),
    ] {
        let text = announcement(heading, &table);
        let draft = crate::tests::common::text_draft(&text);
        assert_eq!(crate::tests::common::codes(&draft), [""; 0], "{text}\n{:?}", draft.findings);
        assert_eq!(crate::tests::common::statement_lines(&draft), SAID, "{text}");
        assert_eq!((draft.title.as_str(), draft.text.as_str()), ("Tiers change", text.as_str()));
    }
}

#[test]
fn every_place_is_that_of_the_markdown() {
    let text =
        announcement("2026-05-08 06:30 (UTC): **BTCUSDT\\_260327** (USDⓈ-M)", &format!("{HEADER}{ROWS}"));
    let draft = crate::tests::common::text_draft(&text);
    let quoted: Vec<&str> = draft
        .statements
        .iter()
        .flat_map(|statement| statement.claim.rule().unwrap().printed())
        .flat_map(|row| row.cells.iter().map(|cell| cell.of(&text)))
        .collect();
    assert_eq!(quoted[..8], ["6 - 10x", "0", "5,000", "5.00%", "2 - 5x", "5,000", "6,000", "10.00%"]);
    assert!(draft.statements[0].span.of(&text).starts_with("Previous Tiers | "));
}

#[test]
fn a_table_of_html_in_markdown_is_read_and_must_end() {
    let row = |cells: [&str; 6]| format!("<tr><td>{}</td></tr>\n\n", cells.join("</td><td>"));
    let head = row([
        "Leverage Before Change",
        "Position Before Change (USDT)",
        "Maintenance Margin Rate Before Change",
        "Leverage After Change",
        "Position After Change (USDT)",
        "Maintenance Margin Rate After Change",
    ]);
    let rows = [
        row(["", "", "", "6 - 10x", "0 &lt; Position ≤ 5,000", "5.00%"]),
        row(["2 - 5x", "0 <Position ≤ 7,500", "10.00%", "2 - 5x", "5,000 &lt; Position ≤ 6,000", "10.00%"]),
        row(["1x", "7,500 &lt; Position ≤ 15,000", "50.00%", "1x", "6,000 &lt; Position ≤ 10,000", "50.00%"]),
    ]
    .concat();
    let text = announcement(
        "2026-05-08 06:30 (UTC): BTCUSDT_260327 (USDⓈ-M)",
        &format!("<table class=\"a\">\n{head}{rows}</table>"),
    );
    let draft = crate::tests::common::text_draft(&text);
    assert_eq!(
        (crate::tests::common::codes(&draft), crate::tests::common::statement_lines(&draft)),
        (vec![], SAID.map(str::to_string).to_vec())
    );
    let cut = crate::tests::common::text_draft(&text.replace("</table>", ""));
    assert!(crate::tests::common::codes(&cut).contains(&"truncated"));
}

#[test]
fn a_plain_text_is_read_as_it_stands() {
    let glued = "The assets & ratios change on 2026-05-08 06:00 (UTC):\n\nAssets | Collateral Ratio (Before) | Collateral Ratio (After)\n\
        LTC | 85% | ---\n---\n";
    let draft = crate::tests::common::text_draft(glued);
    assert_eq!(draft.statements.len(), 1, "{:?}", draft.findings);
    assert_eq!(draft.text, glued);
}
