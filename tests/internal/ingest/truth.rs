//! The readings of the nineteen shared announcements against the tables that the exchange itself showed: how
//! many are equal, and of each of the others, why not.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;

use tierbook::decimal::Decimal;
use tierbook::finding::Severity;
use tierbook::ingest::{Draft, DraftClaim};
use tierbook::rule::{Rule, RuleKind};
use tierbook::time::Timestamp;

/// A tier: cap, rate, highest leverage.
type Tiers = Vec<(Decimal, Decimal, u32)>;

/// A table that the exchange showed: its last observation before shows another one.
struct Shown {
    not_before: Timestamp,
    observed_at: Timestamp,
    tiers: Tiers,
}

/// A tier table that an announcement prints for a contract.
struct Printed {
    file: String,
    symbol: String,
    is_new: bool,
    effective_at: Timestamp,
    tiers: Tiers,
    /// The warnings of the reader about the contract.
    warnings: usize,
}

/// The exchange's tables of each symbol, in the order of their first observations.
fn exchange_tables(shared: &std::path::Path) -> HashMap<String, Vec<Shown>> {
    let text =
        std::fs::read_to_string(shared.join("exchange/binance-usdm-tables.jsonl")).expect("the tables");
    let mut tables: HashMap<String, Vec<Shown>> = HashMap::new();
    for line in text.lines() {
        let value: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let field = |value: &serde_json::Value, name: &str| value[name].as_str().unwrap_or("").to_string();
        let timestamp = |name| {
            Timestamp::parse_rfc3339(&field(&value, name)).unwrap_or(Timestamp::from_micros(0).expect("zero"))
        };
        let tiers = value["tiers"].as_array().expect("tiers").iter().map(|tier| {
            let number = |name| tierbook::decimal::parse(&field(tier, name)).expect("a number").normalize();
            (number("cap"), number("mmr"), field(tier, "max_leverage").parse().expect("a leverage"))
        });
        let (not_before, observed_at) = (timestamp("not_before"), timestamp("observed_at"));
        let shown = Shown { not_before, observed_at, tiers: tiers.collect() };
        tables.entry(field(&value, "symbol")).or_default().push(shown);
    }
    tables.values_mut().for_each(|rows| rows.sort_by_key(|row| row.observed_at));
    tables
}

fn tiers_of(rule: &Rule) -> Tiers {
    let tiers = rule.tiers().iter();
    tiers
        .map(|t| {
            (t.cap.expect("a cap").normalize(), t.rate.normalize(), t.max_leverage().expect("a leverage"))
        })
        .collect()
}

fn printed(file: &str, draft: &Draft) -> Vec<Printed> {
    let mut all = Vec::new();
    for statement in &draft.statements {
        let (is_new, effective_at, rule) = match &statement.claim {
            DraftClaim::Change { effective_at, rule, .. } => (true, effective_at.0, rule),
            DraftClaim::Previous { effective_at, rule } => (false, effective_at.0, rule),
            _ => continue,
        };
        if rule.kind() != RuleKind::Contract {
            continue;
        }
        let symbol = statement.subject.name().to_string();
        let warns = |finding: &&tierbook::finding::Finding| {
            finding.code.severity() == Severity::Warning && finding.subjects.contains(&symbol)
        };
        let warnings = draft.findings.iter().filter(warns).count();
        let (file, tiers) = (file.to_string(), tiers_of(rule));
        all.push(Printed { file, symbol, is_new, effective_at, tiers, warnings });
    }
    all
}

/// The exchange's table to compare with: of a new one the first observation after its time, of a previous one
/// the last observation before. A table is in the file once, when it was first seen, and in force until the
/// next.
fn compared<'a>(printed: &Printed, rows: &'a [Shown]) -> Option<&'a Shown> {
    let at = printed.effective_at;
    if !printed.is_new {
        return rows.iter().rev().find(|row| row.observed_at < at);
    }
    let changed = rows.iter().find(|row| row.observed_at > at);
    let standing = rows.iter().rev().find(|row| row.observed_at <= at);
    changed.filter(|row| row.not_before <= at).or(standing).or(changed)
}

/// Why a table does not equal the exchange's: the first of these that is so.
fn reason(printed: &Printed, rows: &[Shown], all: &[Printed]) -> String {
    let at = printed.effective_at;
    let week = 7 * 24 * 3_600_000_000;
    let near = |a: Timestamp, b: Timestamp| (a.micros() - b.micros()).abs() <= week;
    let Some(shown) = compared(printed, rows) else {
        return "the exchange's file has no sighting of the contract then".to_string();
    };
    let before = rows.iter().rev().find(|row| row.observed_at <= at);
    let another = all.iter().find(|other| {
        other.symbol == printed.symbol
            && other.is_new
            && other.effective_at != at
            && near(other.effective_at, at)
    });
    let differing = differing_figures(&printed.tiers, &shown.tiers);
    let elsewhere = rows.iter().find(|row| row.tiers == printed.tiers);
    if let Some(other) = another {
        format!("another change that week: {} of {}", other.effective_at, &other.file[..8])
    } else if printed.warnings > 0 && differing <= 2 {
        format!("misprint: {differing} figures differ, and the reader warns of the table")
    } else if let Some(row) = elsewhere.filter(|row| row.observed_at > at) {
        format!("carried out later or by steps: the exchange showed it first at {}", row.observed_at)
    } else if let Some(row) = elsewhere {
        format!("another change that week: the exchange had shown it from {} on", row.observed_at)
    } else if printed.is_new && before.is_some_and(|before| before.tiers == shown.tiers) {
        format!("not carried out: the exchange kept the table of {}", shown.observed_at)
    } else if !printed.is_new && differing <= 2 {
        format!("misprint: {differing} figures differ from {}", shown.observed_at)
    } else if printed.is_new && differing <= 3 {
        format!("not carried out as printed: {differing} figures differ from {}", shown.observed_at)
    } else {
        format!("another change that week: {differing} figures differ from {}", shown.observed_at)
    }
}

/// How many caps, rates and leverages of either table the other lacks.
fn differing_figures(one: &Tiers, other: &Tiers) -> usize {
    let lacks = |one: &Tiers, other: &Tiers| {
        let caps = one.iter().filter(|t| !other.iter().any(|o| o.0 == t.0)).count();
        let rates = one.iter().filter(|t| !other.iter().any(|o| o.1 == t.1)).count();
        let leverages = one.iter().filter(|t| !other.iter().any(|o| o.2 == t.2)).count();
        caps + rates + leverages
    };
    lacks(one, other).max(lacks(other, one))
}

#[test]
fn the_tables_equal_those_that_the_exchange_showed_and_the_rest_have_their_reasons() {
    let Some(shared) = crate::tests::common::shared() else { return };
    let tables = exchange_tables(&shared);
    let announcements = crate::tests::common::announcements(&shared);
    let all: Vec<Printed> = announcements
        .iter()
        .flat_map(|(file, bytes)| printed(file, &crate::tests::common::draft(file, bytes)))
        .collect();
    let (mut equal, mut reasons) = ([0, 0], BTreeMap::<String, usize>::new());
    let mut lines = String::new();
    for printed in &all {
        let rows = tables.get(&printed.symbol).map_or(&[][..], Vec::as_slice);
        if compared(printed, rows).is_some_and(|shown| shown.tiers == printed.tiers) {
            equal[usize::from(printed.is_new)] += 1;
            continue;
        }
        let (side, why) = (if printed.is_new { "new" } else { "previous" }, reason(printed, rows, &all));
        *reasons.entry(format!("{side}: {}", why.split(':').next().unwrap())).or_default() += 1;
        let (file, symbol) = (&printed.file[..15], &printed.symbol);
        lines += &format!("  {file} {symbol} {side} at {}: {why}\n", printed.effective_at);
    }
    let [previous, new] = equal;
    let count = all.iter().filter(|printed| printed.is_new).count();
    let summary: String = reasons.iter().map(|(why, count)| format!("  {count:3} {why}\n")).collect();
    let report = format!(
        "{new} new and {previous} previous of {count} equal the exchange's; of the others\n{summary}{lines}"
    );
    // Not `eprintln!`, which passing tests swallow.
    writeln!(std::io::stderr(), "{report}").expect("standard error");
    assert!(new >= 150 && previous >= 151, "{new} new, {previous} previous of {count}");
}
