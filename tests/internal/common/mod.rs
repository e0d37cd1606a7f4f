//! What several tests need: the folder of shared texts, and short ways to read and to look at drafts.
#![allow(dead_code, clippy::expect_used, clippy::panic)]

pub mod answers;
pub mod dice;
pub mod fault_tally;
pub mod glued;
pub mod loss;
pub mod misprint;
pub mod model;
pub mod printed_forms;
pub mod random_announcements;
pub mod shared_folder;
pub mod tables;

pub use shared_folder::shared;

use tierbook::finding::Severity;
use tierbook::ingest::{self, Draft, DraftClaim, Input};
use tierbook::rule::{PrintedTier, Rule, RuleKind};

/// The announcements of the shared folder: file name and bytes, in order.
pub fn announcements(shared: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    texts_in(&shared.join("announcements"))
}

/// The texts of a folder with their names, in order.
pub fn texts_in(folder: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder)
        .expect("the folder of announcements")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "txt"))
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read(&path).expect("a readable file"))
        })
        .collect();
    files.sort();
    files
}

/// Reads bytes that are expected to be an announcement.
pub fn draft(file: &str, bytes: &[u8]) -> Draft {
    ingest::read(&Input { file, bytes, published_at: None, complete: None })
        .unwrap_or_else(|error| panic!("{file}: {error:?}"))
}

/// Reads a text without any name or option.
pub fn text_draft(text: &str) -> Draft {
    draft("text.txt", text.as_bytes())
}

/// The names of the codes found, in order.
pub fn codes(draft: &Draft) -> Vec<&'static str> {
    draft.findings.iter().map(|finding| finding.code.as_str()).collect()
}

/// The errors, in words.
pub fn errors(draft: &Draft) -> Vec<String> {
    let errors = draft.findings.iter().filter(|finding| finding.code.severity() == Severity::Error);
    errors.map(|finding| format!("{}: {}", finding.code.as_str(), finding.message)).collect()
}

/// A claim in one line: what it is, from when, and every printed text of its rule.
pub fn show(claim: &DraftClaim) -> String {
    match claim {
        DraftClaim::Change { effective_at, rollout, rule } => {
            format!("change at {effective_at} within {rollout}: {}", show_rule(rule))
        }
        DraftClaim::Previous { effective_at, rule } => format!("before {effective_at}: {}", show_rule(rule)),
        DraftClaim::Observation { seen_at, rule } => {
            let seen_at = seen_at.map_or("publication".to_string(), |at| at.to_string());
            format!("seen at {seen_at}: {}", rule.as_deref().map_or("no rule".to_string(), show_rule))
        }
        DraftClaim::End { effective_at } => format!("ends at {effective_at}"),
        DraftClaim::Launch { effective_at, max_leverage } => {
            format!("launched at {effective_at} up to {max_leverage:?}")
        }
        DraftClaim::Conversion { effective_at, rollout } => {
            format!("converted at {effective_at} within {rollout}")
        }
        DraftClaim::Postponed { from, to } => format!("postponed from {from:?} to {to:?}"),
    }
}

/// Every printed text of a rule beside its value.
pub fn show_rule(rule: &Rule) -> String {
    let row = |row: &PrintedTier| {
        let (floor, cap, rate) = (&row.floor, &row.cap, row.rate.text());
        let leverage = row.leverage.as_ref().map_or(String::new(), |leverage| format!("{} ", leverage.text));
        format!("{leverage}{}={} {}={} {rate}", floor.text(), floor.value(), cap.text(), cap.value())
    };
    let rows: Vec<String> = rule.printed().iter().map(row).collect();
    match rule.kind() {
        RuleKind::Flat => {
            let rate = &rule.printed()[0].rate;
            format!("{}={}", rate.text(), rate.fraction())
        }
        RuleKind::Class => format!("class {:?}", rule.rank()),
        RuleKind::Contract => format!("{} {}", rule.unit(), rows.join("; ")),
        RuleKind::Collateral => format!("{} rank {:?} {}", rule.unit(), rule.rank(), rows.join("; ")),
    }
}

/// Every statement in a line of its own: subject, claim, times, values and printed texts.
pub fn statement_lines(draft: &Draft) -> Vec<String> {
    let mut lines: Vec<String> =
        draft.statements.iter().map(|s| format!("{} {}", s.subject, show(&s.claim))).collect();
    lines.sort();
    lines
}

/// How many cases a property is tried with: `usual`, or the count in `PROPTEST_CASES`.
pub fn cases(usual: u32) -> u32 {
    std::env::var("PROPTEST_CASES").map_or(usual, |count| count.parse().expect("a number"))
}
