//! The sixteen shared snapshots of the exchange's own tables: each contract is read, and as it was.

use std::collections::HashMap;
use std::path::Path;

use serde_json::Value;
use tierbook::decimal::{self, Decimal};
use tierbook::ingest::{self, Draft, Input};
use tierbook::statement::Program;
use tierbook::time::Timestamp;

/// The snapshots: file name, bytes, draft.
fn snapshots(shared: &Path) -> Vec<(String, Vec<u8>, Draft)> {
    let folder = std::fs::read_dir(shared.join("exchange/snapshots")).expect("the snapshots");
    let mut names: Vec<_> = folder.map(|entry| entry.expect("an entry").path()).collect();
    names.sort();
    let read = |path: &std::path::PathBuf| {
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(path).unwrap();
        let draft = ingest::read(&Input { file: &file, bytes: &bytes, published_at: None, complete: None });
        (file, bytes, draft.expect("a readable snapshot"))
    };
    names.iter().map(read).collect()
}

#[test]
fn every_contract_of_every_snapshot_is_read_and_only_true_things_are_found() {
    let Some(shared) = crate::tests::common::shared() else { return };
    let all = snapshots(&shared);
    assert_eq!(all.len(), 16);
    let mut empty_tiers = Vec::new();
    for (file, bytes, draft) in &all {
        let keys = serde_json::from_slice::<HashMap<String, serde::de::IgnoredAny>>(bytes).unwrap();
        assert_eq!(draft.statements.len(), keys.len(), "{file}");
        assert!(
            draft.statements.iter().all(|statement| statement.subject.program() == Program::Usdm),
            "{file}"
        );
        assert_eq!(draft.complete_snapshots.len(), 1, "{file}");
        for finding in &draft.findings {
            assert!(
                ["floor_not_below_cap", "zero_width_tier"].contains(&finding.code.as_str()),
                "{file}: {finding:?}"
            );
            let row: Value = serde_json::from_str(finding.span.of(&draft.text)).unwrap();
            assert_eq!(row["maxNotional"], row["minNotional"], "{file}");
            empty_tiers.push((file, finding.span));
        }
    }
    empty_tiers.dedup();
    assert_eq!(empty_tiers.len(), 7, "{empty_tiers:?}");
}

/// A tier: floor, cap (`None` for no limit), rate, highest leverage, amount.
type Tier = (Decimal, Option<Decimal>, Decimal, u32, Decimal);

/// The tables of each symbol with the time at which each was first seen, in order.
fn first_seen(shared: &Path) -> HashMap<String, Vec<(Timestamp, Vec<Tier>)>> {
    let lines = std::fs::read_to_string(shared.join("exchange/binance-usdm-tables.jsonl")).unwrap();
    let mut tables: HashMap<String, Vec<(Timestamp, Vec<Tier>)>> = HashMap::new();
    for line in lines.lines() {
        let table: Value = serde_json::from_str(line).unwrap();
        let text = |tier: &Value, key: &str| decimal::parse(tier[key].as_str().unwrap()).unwrap();
        let limit = |cap: Decimal| (cap < Decimal::from(99_999_999_999_i64)).then_some(cap);
        let tiers = table["tiers"].as_array().unwrap().iter().map(|tier| {
            let leverage: u32 = tier["max_leverage"].as_str().unwrap().parse().unwrap();
            (text(tier, "floor"), limit(text(tier, "cap")), text(tier, "mmr"), leverage, text(tier, "cum"))
        });
        let observed_at = Timestamp::parse_rfc3339(table["observed_at"].as_str().unwrap()).unwrap();
        let symbol = table["symbol"].as_str().unwrap().to_string();
        tables.entry(symbol).or_default().push((observed_at, tiers.collect()));
    }
    tables.values_mut().for_each(|tables| tables.sort_by_key(|(at, _)| *at));
    tables
}

#[test]
fn the_figures_are_those_that_were_seen_last_by_then() {
    let Some(shared) = crate::tests::common::shared() else { return };
    let tables = first_seen(&shared);
    let (mut of_that_time, mut earlier, mut other) = (0, 0, Vec::new());
    for (file, _, draft) in snapshots(&shared) {
        let at = draft.publication.expect("a stamp").0.0;
        for statement in &draft.statements {
            let table = statement.claim.rule().expect("tiers");
            let read = table.tiers().iter();
            let read: Vec<Tier> = read
                .map(|t| (t.floor, t.cap, t.rate, t.max_leverage().expect("a leverage"), t.amount))
                .collect();
            let name = statement.subject.name();
            match tables.get(name).and_then(|tables| tables.iter().rfind(|(seen, _)| *seen <= at)) {
                Some((seen, tiers)) if *tiers == read && *seen == at => of_that_time += 1,
                Some((_, tiers)) if *tiers == read => earlier += 1,
                _ => other.push(format!("{file} {name}")),
            }
        }
    }
    eprintln!("{of_that_time} equal a table first seen then, {earlier} an earlier one, others: {other:?}");
    assert_eq!((of_that_time, earlier, other.len()), (488, 7349, 0));
}

#[test]
fn every_symbol_of_the_tables_reads_as_the_same_name_in_both_spellings() {
    let Some(shared) = crate::tests::common::shared() else { return };
    let tables = std::fs::read_to_string(shared.join("exchange/binance-usdm-tables.jsonl")).unwrap();
    for line in tables.lines() {
        let table: Value = serde_json::from_str(line).unwrap();
        let (native, ccxt) = (table["symbol"].as_str().unwrap(), table["ccxt_symbol"].as_str().unwrap());
        let read = tierbook::statement::symbol::read;
        assert_eq!(read(native).map(|symbol| symbol.name).as_deref(), Some(native));
        assert_eq!(read(native), read(ccxt), "{native} {ccxt}");
    }
}

#[test]
fn samples_of_documentations_are_refused_and_say_why() {
    let Some(shared) = crate::tests::common::shared() else { return };
    let mut count = 0;
    for entry in std::fs::read_dir(shared.join("exchange/samples")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let bare: String =
            text.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect();
        let input = Input { file: "sample.json", bytes: bare.as_bytes(), published_at: None, complete: None };
        let error = ingest::read(&input).expect_err(&bare);
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let cross_margin = name.contains("crossMargin") || name.contains("liability");
        assert_eq!(
            error.code().as_str(),
            if cross_margin { "unsupported_form" } else { "not_json" },
            "{name}"
        );
        assert!(cross_margin || error.hints()[0].contains("samples"), "{name}: {error:?}");
        count += 1;
    }
    assert_eq!(count, 9);
}
