//! The nineteen shared announcements: what they hold, and how their tables compare with the exchange's own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::HashMap;

use tierbook::decimal::Decimal;
use tierbook::ingest::{Draft, DraftClaim};
use tierbook::rule::{Rule, TierTable};
use tierbook::statement::Program;
use tierbook::time::Instant;

/// Tier tables, contracts, flat rows, PM Pro blocks (each asset list counts once a table) of each text.
const COUNTS: [(&str, usize, usize, usize, usize); 19] = [
    ("20250804", 0, 0, 12, 0),
    ("20250811", 0, 0, 12, 0),
    ("20250817", 2, 2, 14, 0),
    ("20250901", 2, 2, 16, 1),
    ("20250907", 5, 17, 10, 2),
    ("20250913", 4, 9, 0, 0),
    ("20250923", 4, 4, 0, 0),
    ("20250928", 4, 12, 8, 2),
    // The page counts 20 names; one is printed twice in a list and gives one statement.
    ("20251005", 3, 19, 6, 0),
    ("20251015", 2, 2, 0, 0),
    ("20251025", 4, 16, 14, 1),
    ("20251125", 4, 27, 0, 0),
    ("20251209", 6, 32, 2, 0),
    ("20260120", 0, 0, 15, 1),
    ("20260203", 10, 10, 22, 1),
    ("20260224", 8, 14, 20, 1),
    ("20260317T063012", 6, 13, 3, 1),
    ("20260317T063746", 6, 13, 3, 1),
    ("20260420", 1, 4, 0, 0),
];

/// Counted as the page of variations counts: tier tables, contracts, flat rows, tables of PM Pro.
fn counted(draft: &Draft) -> (usize, usize, usize, usize) {
    let changes = || draft.statements.iter().filter(|s| matches!(s.claim, DraftClaim::Change { .. }));
    let spans = |wanted: &dyn Fn(Program) -> bool| {
        let mut spans: Vec<_> = changes().filter(|s| wanted(s.subject.program())).map(|s| s.span).collect();
        spans.dedup();
        spans.len()
    };
    let contracts = changes().filter(|s| s.subject.program().holds_contracts()).count();
    let flat = changes().filter(|s| s.subject.program() == Program::Pm).count();
    (spans(&Program::holds_contracts), contracts, flat, spans(&|program| program == Program::PmPro))
}

#[test]
fn all_nineteen_texts_are_read_whole_and_hold_what_the_page_of_variations_counts() {
    let Some(shared) = common::shared() else { return };
    let announcements = common::announcements(&shared);
    assert_eq!(announcements.len(), COUNTS.len());
    for ((file, bytes), (stamp, tables, contracts, flat, pro)) in announcements.iter().zip(COUNTS) {
        let draft = common::draft(file, bytes);
        assert!(file.contains(stamp), "{file}");
        assert_eq!(common::errors(&draft), [""; 0], "{file}");
        assert_eq!(counted(&draft), (tables, contracts, flat, pro), "{file}");
        let doubts: Vec<_> =
            common::codes(&draft).into_iter().filter(|c| c.starts_with("ambiguous")).collect();
        assert_eq!(doubts, [""; 0], "{file}");
        let previous =
            draft.statements.iter().filter(|s| matches!(s.claim, DraftClaim::Previous { .. })).count();
        assert_eq!(previous * 2, draft.statements.len(), "{file}: each change has its previous side");
    }
}

/// A tier as the exchange shows it: cap, rate, highest leverage.
type Tiers = Vec<(Decimal, Decimal, u32)>;

/// The exchange's tables of each symbol: when each was first seen, and the sighting before.
fn exchange_tables(shared: &std::path::Path) -> HashMap<String, Vec<(Instant, Instant, Tiers)>> {
    let text =
        std::fs::read_to_string(shared.join("exchange/binance-usdm-tables.jsonl")).expect("the tables");
    let mut tables: HashMap<String, Vec<(Instant, Instant, Tiers)>> = HashMap::new();
    for line in text.lines() {
        let value: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let field = |value: &serde_json::Value, name: &str| value[name].as_str().unwrap_or("").to_string();
        let instant = |name| {
            Instant::parse_rfc3339(&field(&value, name)).unwrap_or(Instant::from_micros(0).expect("zero"))
        };
        let tiers = value["tiers"].as_array().expect("tiers").iter().map(|tier| {
            let number = |name| tierbook::decimal::parse(&field(tier, name)).expect("a number").normalize();
            (number("cap"), number("mmr"), field(tier, "max_leverage").parse().expect("a leverage"))
        });
        let row = (instant("not_before"), instant("observed_at"), tiers.collect());
        tables.entry(field(&value, "symbol")).or_default().push(row);
    }
    tables.values_mut().for_each(|rows| rows.sort_by_key(|row| row.1));
    tables
}

fn tiers_of(table: &TierTable) -> Tiers {
    let tiers = table.tiers().iter();
    tiers.map(|t| (t.cap.expect("a cap").normalize(), t.mmr.normalize(), t.max_leverage)).collect()
}

#[test]
fn the_tables_equal_those_that_the_exchange_showed_as_often_as_known() {
    let Some(shared) = common::shared() else { return };
    let tables = exchange_tables(&shared);
    let (mut new_equal, mut previous_equal, mut all) = (0, 0, 0);
    for (file, bytes) in common::announcements(&shared) {
        for statement in common::draft(&file, &bytes).statements {
            let held = tables.get(statement.subject.name());
            let (at, rule, new) = match &statement.claim {
                DraftClaim::Change { effective_at, rule, .. } => (effective_at.0, rule, true),
                DraftClaim::Previous { effective_at, rule } => (effective_at.0, rule, false),
                _ => continue,
            };
            let Rule::Tiers(table) = rule.as_ref() else { continue };
            all += usize::from(new);
            // A table is in the file once, when first seen: the one in force at a sighting is the last seen by then.
            let seen = held.and_then(|rows| {
                if new {
                    let changed = rows.iter().find(|row| row.1 > at);
                    let standing = rows.iter().rev().find(|row| row.1 <= at);
                    changed.filter(|row| row.0 <= at).or(standing).or(changed)
                } else {
                    rows.iter().rev().find(|row| row.1 < at)
                }
            });
            let equal = seen.is_some_and(|row| row.2 == tiers_of(table));
            new_equal += usize::from(equal && new);
            previous_equal += usize::from(equal && !new);
        }
    }
    eprintln!("{new_equal} new and {previous_equal} previous of {all} equal the exchange's");
    assert!(new_equal >= 150 && previous_equal >= 151, "{new_equal} new, {previous_equal} previous of {all}");
}
