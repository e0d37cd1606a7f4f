//! Random tables that keep the laws read back as what they are, in every layout; random bytes never panic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use proptest::prelude::*;
use tierbook::ingest::{self, DraftClaim, Input};
use tierbook::rule::Rule;

/// A tier: leverages, cap, and the rate as printed.
type Tier = (u32, u32, u64, &'static str);

const LADDER: [(u32, &str); 12] = [
    (125, "0.40"),
    (100, "0.50"),
    (75, "1.00"),
    (50, "1.50"),
    (25, "2.00"),
    (20, "2.50"),
    (15, "3.33"),
    (10, "5.00"),
    (5, "10.00"),
    (4, "12.50"),
    (3, "16.67"),
    (2, "25.00"),
];

/// A side that keeps every law: steps of the ladder, and 1x as the last.
fn side() -> impl Strategy<Value = Vec<Tier>> {
    (prop::collection::vec(any::<bool>(), 12), prop::collection::vec(1u64..40, 13)).prop_map(
        |(kept, steps)| {
            let mut tops: Vec<(u32, &str)> =
                LADDER.iter().zip(kept).filter(|(_, kept)| *kept).map(|(top, _)| *top).collect();
            tops.push((1, "50.00"));
            let mut cap = 0;
            let unit = if steps[0] % 2 == 0 { 5_000 } else { 500 };
            (0..tops.len())
                .map(|i| {
                    cap += steps[i] * unit * (i as u64 + 1);
                    (tops.get(i + 1).map_or(1, |next| next.0 + 1), tops[i].0, cap, tops[i].1)
                })
                .collect()
        },
    )
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group).into_owned());
    groups.collect::<Vec<_>>().join(",")
}

/// Leverage, range and rate of a row; the floor is the cap before.
fn cells(side: &[Tier], row: usize) -> Vec<String> {
    let (min, max, cap, rate) = side[row];
    let floor = if row == 0 { 0 } else { side[row - 1].2 };
    let leverage = if min == max { format!(" {max}x") } else { format!("{min} - {max}x") };
    vec![leverage, format!("{} < Position ≤ {}", grouped(floor), grouped(cap)), format!("{rate}%")]
}

/// The rows of two sides beside each other: equal leverages share a row, a mark stands for what is absent.
fn rows(previous: &[Tier], new: &[Tier], mark: &str, every_row_marked: bool) -> Vec<Vec<String>> {
    let (mut p, mut n) = (0, 0);
    let mut rows = Vec::new();
    let mut marked = [false; 2];
    while p < previous.len() || n < new.len() {
        let top = |side: &[Tier], at: usize| side.get(at).map_or(0, |tier: &Tier| tier.1);
        let apart = |side: &[Tier], at: usize, other: u32| side.get(at).is_some_and(|tier| tier.0 > other);
        let show = [!apart(new, n, top(previous, p)), !apart(previous, p, top(new, n))];
        let mut row = Vec::new();
        for (index, (side, at)) in [(previous, &mut p), (new, &mut n)].into_iter().enumerate() {
            if show[index] && *at < side.len() {
                row.extend(cells(side, *at));
                *at += 1;
                marked[index] = false;
            } else if !marked[index] || every_row_marked {
                row.push(mark.to_string());
                marked[index] = true;
            }
        }
        rows.push(row);
    }
    rows
}

const HEADER: [&str; 8] = [
    "Previous Leverage and Margin Tiers",
    "New Leverage and Margin Tiers",
    "Leverage Before Change",
    "Position Before Change (Notional Value in USDT)",
    "Maintenance Margin Rate Before Change",
    "Leverage After Change",
    "Position After Change (Notional Value in USDT)",
    "Maintenance Margin Rate After Change",
];

/// The table as one glued line, a line for each cell, tabs, or pipes.
fn lay_out(rows: &[Vec<String>], layout: usize) -> String {
    let header: Vec<String> = HEADER.iter().map(|cell| cell.to_string()).collect();
    let all = std::iter::once(&header).chain(rows);
    match layout {
        0 => all.map(|row| row.concat()).collect(),
        1 => all.map(|row| row.join("\n") + "\n").collect(),
        2 => all.map(|row| row.join("\t") + "\n").collect(),
        3 => all.map(|row| format!("| {} |\n", row.join(" | "))).collect(),
        _ => all.map(|row| row.join("\n\n") + "\n\n").collect(),
    }
}

fn names() -> impl Strategy<Value = Vec<String>> {
    let stem = prop_oneof![
        "[A-Z]{1,8}",
        "[1-9]0{1,4}[A-Z]{2,5}",
        "[A-Z]{2,6}[0-9]{1,3}",
        "[我踏马来了币安人生]{2,5}",
        "[0-9]"
    ];
    prop::collection::btree_set(stem.prop_map(|stem| stem + "USDT"), 1..6)
        .prop_map(|names| names.into_iter().collect())
}

fn list(names: &[String], style: usize) -> String {
    let (last, first) = names.split_last().expect("a name");
    match (first.is_empty(), style) {
        (true, _) => last.clone(),
        (_, 0) => format!("{} and {last}", first.join(", ")),
        (_, 1) => format!("{}, and {last}", first.join(",")),
        _ => format!("{} & {last}", first.join(" , ")),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_lawful_tier_table_reads_back_in_every_layout(
        previous in side(), new in side(), names in names(), style in 0usize..3, layout in 0usize..5,
        mark in prop_oneof![Just("NA"), Just("N/A"), Just("---")], every_row_marked in any::<bool>(),
    ) {
        let table = lay_out(&rows(&previous, &new, mark, every_row_marked), layout);
        let heading = format!("• 2026-05-08 06:30 (UTC):  {} (USDⓈ-M Perpetual Contracts)", list(&names, style));
        let text = format!("# Tiers change\n\nDear all,\n\n{heading}\n\n{table}\n\nThe team\n\n2026-05-05\n");
        let draft = common::text_draft(&text);
        prop_assert_eq!(common::errors(&draft), Vec::<String>::new());
        prop_assert_eq!(draft.statements.len(), 2 * names.len(), "{}", text);
        for statement in &draft.statements {
            let (side, rule) = match &statement.claim {
                DraftClaim::Change { rule, .. } => (&new, rule),
                DraftClaim::Previous { rule, .. } => (&previous, rule),
                _ => continue,
            };
            let Rule::Tiers(read) = rule.as_ref() else { panic!("tiers") };
            let read: Vec<(u32, u32, String, &str)> = read.printed().iter()
                .map(|row| (row.leverage.min.unwrap_or(0), row.leverage.max, row.cap.text().to_string(), row.mmr.text()))
                .collect();
            let meant: Vec<(u32, u32, String, &str)> = side.iter()
                .map(|(min, max, cap, rate)| (*min, *max, grouped(*cap), *rate)).collect();
            prop_assert_eq!(read, meant, "{}\n{:?}", text, draft.findings);
        }
        let doubts: Vec<_> = common::codes(&draft).into_iter().filter(|code| code.starts_with("ambiguous")).collect();
        prop_assert_eq!(doubts, Vec::<&str>::new(), "{}", text);
    }

    #[test]
    fn flat_rows_read_back_glued_and_parted(
        rows in prop::collection::btree_map("[A-Z]{1,7}|[1-9]0{0,3}[A-Z]{3,5}|A[0-9]Z", (5u32..13, 1u32..13), 1..12),
        glue in prop_oneof![Just(""), Just("\t"), Just("\n"), Just(" | ")],
    ) {
        let rows: Vec<_> = rows.into_iter().filter(|(name, _)| !name.ends_with("NA")).collect();
        prop_assume!(!rows.is_empty());
        let cells = rows.iter().flat_map(|(name, (a, b))| [name.clone(), format!("{}%", a * 5), format!("{}%", b * 5)]);
        let table = ["Assets", "Collateral Ratio (Before)", "Collateral Ratio (After)"].map(String::from);
        let table: Vec<String> = table.into_iter().chain(cells).collect();
        let text = format!("The assets change on 2026-05-08 06:00 (UTC):\n\n{}\n", table.join(glue));
        let draft = common::text_draft(&text);
        prop_assert_eq!(common::errors(&draft), Vec::<String>::new(), "{}", text);
        let read: Vec<String> = draft.statements.iter()
            .map(|s| format!("{} {}", s.subject.name(), common::show(&s.claim).rsplit(": ").next().unwrap_or("")))
            .collect();
        let percent = |fives: &u32| format!("{}={}", fives * 5, tierbook::decimal::canonical(tierbook::decimal::Decimal::new(i64::from(*fives) * 5, 2)));
        let meant: Vec<String> = rows.iter()
            .flat_map(|(name, (a, b))| [format!("{name} {}", percent(b)), format!("{name} {}", percent(a))]).collect();
        prop_assert_eq!(read, meant, "{}", text);
    }

    #[test]
    fn random_bytes_and_mutated_texts_never_panic(
        noise in prop::collection::vec(any::<u8>(), 0..300),
        soup in "[0-9,.%x<≤ \\-NA/()|\n:A-Za-zⓈ我]{0,300}",
        cuts in prop::collection::vec((0usize..3000, 0usize..3000), 0..6),
    ) {
        let table = lay_out(&[cells(&[(2, 5, 700, "5.00"), (1, 1, 900, "50.00")], 0), cells(&[(1, 1, 900, "50.00")], 0)], 0);
        let mut text: Vec<char> = format!(
            "# T\n\n2026-05-08 06:30 (UTC): ABCUSDT (USDⓈ-M)\n\n{table}\n\nAssets collateral ratio (before) (after)\
             LTC85%80%C9840%30%\n\nAsset Before After Rank Floor(USD) Cap(USD) Collateral Ratio\
             FET,C9870800,000100%80200,000100%---800,00099,999,999,99910%\n{soup}\n2026-05-05").chars().collect();
        for (a, b) in cuts {
            let length = text.len();
            text.swap(a % length, b % length);
        }
        let text: String = text.into_iter().collect();
        for bytes in [&noise[..], text.as_bytes(), soup.as_bytes(), &[text.as_bytes(), &noise[..]].concat()] {
            if let Ok(draft) = ingest::read(&Input { file: "f-20260505T000000Z", bytes, published_at: None, complete: None }) {
                for finding in &draft.findings {
                    prop_assert!(draft.text.get(finding.span.range()).is_some());
                }
            }
        }
    }
}
