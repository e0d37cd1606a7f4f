//! Launches, conversions and quarterly lists: what the shared texts state, and what variations of them do.

mod forms;
mod mutations;
mod stated;

use std::collections::BTreeMap;

use tierbook::ingest::{self, Draft, DraftClaim, DraftStatement, Input};
use tierbook::statement::Subject;

use crate::tests::common::{codes, draft, errors};

/// The families whose texts state starts.
const FAMILIES: [&str; 6] = [
    "premarket_launch",
    "perpetual_launch",
    "alpha_launch",
    "product_addition",
    "premarket_conversion",
    "quarterly_listing",
];

/// The other families that this page reads nothing from.
const OTHERS: [&str; 5] =
    ["negative", "margin_removal", "margin_addition", "loan_collateral", "other_contract_rules"];

/// File name, family and bytes of the shared texts of the other families, in order.
fn shared_texts() -> Option<Vec<(String, String, Vec<u8>)>> {
    let folder = crate::tests::common::shared()?.join("announcements-more");
    let index = std::fs::read_to_string(folder.join("index.csv")).ok()?;
    let texts = index.lines().skip(1).map(|line| {
        let cells: Vec<&str> = line.splitn(5, ',').collect();
        let bytes = std::fs::read(folder.join(cells[0])).expect("a readable file");
        (cells[0].to_string(), cells[3].to_string(), bytes)
    });
    Some(texts.collect())
}

/// Reads a document; `None` where nothing in it is a rule.
fn read(file: &str, bytes: &[u8]) -> Option<Draft> {
    ingest::read(&Input { file, bytes, published_at: None, complete: None }).ok()
}

/// A statement as the table of expected ones has it; empty for one that is no start.
fn start(statement: &DraftStatement) -> Option<String> {
    let (what, at, figure) = match &statement.claim {
        DraftClaim::Launch { effective_at, max_leverage } => {
            ("launch", effective_at, max_leverage.map_or("-".to_string(), |max| max.to_string()))
        }
        DraftClaim::Conversion { effective_at, rollout } => {
            ("conversion", effective_at, (rollout.micros() / 60_000_000).to_string())
        }
        DraftClaim::Change { effective_at, rule, .. } => (
            "change",
            effective_at,
            rule.tiers()
                .iter()
                .filter_map(|tier| tier.leverage.as_ref())
                .map(|leverage| leverage.max)
                .max()?
                .to_string(),
        ),
        _ => return None,
    };
    let at = at.to_string().replace(":00Z", "Z");
    Some(format!("{} {what} {at} {figure}", named(&statement.subject)))
}

fn named(subject: &Subject) -> String {
    format!("{}:{}", subject.program().name(), subject.name())
}

fn starts(draft: &Draft) -> Vec<String> {
    draft.statements.iter().filter_map(start).collect()
}

#[test]
fn the_shared_texts_state_exactly_the_starts_that_a_person_reads_in_them() {
    let Some(texts) = shared_texts() else { return };
    let mut expected: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for line in stated::STATED.lines().filter(|line| !line.is_empty()) {
        let (stamp, rest) = line.split_once(' ').expect("a stamp");
        expected.entry(stamp).or_default().push(rest.to_string());
    }
    let mut read_count = 0;
    for (file, family, bytes) in texts.iter().filter(|(_, family, _)| FAMILIES.contains(&family.as_str())) {
        let stamp = &file["binance-".len()..file.len() - ".txt".len()];
        let mut wanted = expected.remove(stamp).unwrap_or_default();
        let draft = read(file, bytes);
        let mut found = draft.as_ref().map(starts).unwrap_or_default();
        wanted.sort();
        found.sort();
        assert_eq!(found, wanted, "{file} ({family})");
        if let Some(draft) = draft {
            assert_eq!(errors(&draft), [""; 0], "{file} ({family})");
            assert_eq!(draft.statements.len(), found.len(), "{file} states nothing else");
        }
        read_count += found.len();
    }
    assert!(expected.is_empty(), "{expected:?}");
    assert_eq!(read_count, 114);
}

#[test]
fn the_five_tiers_of_a_pre_market_contract_are_a_change_at_its_launch() {
    let Some(texts) = shared_texts() else { return };
    let tiers = [
        ("5000", "0.1", 5),
        ("10000", "0.125", 4),
        ("30000", "0.167", 3),
        ("80000", "0.25", 2),
        ("200000", "0.5", 1),
    ];
    for (file, _, bytes) in texts.iter().filter(|(_, family, _)| family == "premarket_launch") {
        let draft = draft(file, bytes);
        let rule = draft.statements.iter().find_map(|statement| statement.claim.rule()).expect("tiers");
        let found: Vec<(String, String, u32)> = rule
            .tiers()
            .iter()
            .map(|tier| {
                let cap = tier.cap.as_ref().map_or(String::new(), |cap| cap.normalize().to_string());
                (
                    cap,
                    tier.rate.normalize().to_string(),
                    tier.leverage.as_ref().map_or(0, |leverage| leverage.max),
                )
            })
            .collect();
        let wanted: Vec<(String, String, u32)> =
            tiers.iter().map(|(cap, rate, max)| (cap.to_string(), rate.to_string(), *max)).collect();
        assert_eq!(found, wanted, "{file}");
        assert_eq!(codes(&draft), ["rounded_rate"], "{file}");
    }
}

#[test]
fn texts_of_other_families_start_nothing() {
    let Some(texts) = shared_texts() else { return };
    for (file, family, bytes) in texts.iter().filter(|(_, family, _)| !FAMILIES.contains(&family.as_str())) {
        let draft = read(file, bytes);
        let started = draft.iter().flat_map(|draft| &draft.statements).filter(|statement| {
            matches!(statement.claim, DraftClaim::Launch { .. } | DraftClaim::Conversion { .. })
        });
        assert_eq!(started.count(), 0, "{file} ({family})");
        if OTHERS.contains(&family.as_str()) {
            assert!(draft.is_none_or(|draft| draft.statements.is_empty()), "{file} ({family})");
        }
    }
}
