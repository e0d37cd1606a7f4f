//! The families of announcements beside those with tables of tiers or ratios.

mod damage;
mod ends;
mod no_rule;
mod wordings;

use std::fs;
use std::path::Path;

use tierbook::ingest::{self, Draft, DraftClaim, Input};

/// The families that the shared texts are sorted into, with their files, in order.
fn texts(shared: &Path, families: &[&str]) -> Vec<(String, String)> {
    let folder = shared.join("announcements-more");
    let index = fs::read_to_string(folder.join("index.csv")).expect("an index");
    let rows = index.lines().skip(1).map(|row| row.split(',').collect::<Vec<_>>());
    let chosen = rows.filter(|cells| families.contains(&cells[3])).map(|cells| cells[0].to_string());
    chosen
        .map(|file| (fs::read_to_string(folder.join(&file)).expect("a text"), file))
        .map(|(text, file)| (file, text))
        .collect()
}

/// Reads a text; `None` where it is refused, as a whole or for an error in it.
fn accepted(file: &str, text: &str) -> Option<Draft> {
    let read = ingest::read(&Input { file, bytes: text.as_bytes(), published_at: None, complete: None });
    read.ok().filter(|draft| !draft.has_unread())
}

/// Every statement in a line: the subject without its venue, and what is stated.
fn stated(draft: &Draft) -> Vec<String> {
    let minutes = |at: &tierbook::ValidTime| at.to_string().replace(":00Z", "Z");
    let line = |statement: &ingest::DraftStatement| {
        let subject = statement.subject.to_string().replacen("binance:", "", 1);
        match &statement.claim {
            DraftClaim::End { effective_at } => format!("{subject} ends {}", minutes(effective_at)),
            DraftClaim::Postponed { from, to } => {
                let from = from.as_ref().map_or("?".to_string(), minutes);
                let to = to.as_ref().map_or("further notice".to_string(), minutes);
                format!("{subject} put off from {from} to {to}")
            }
            other => format!("{subject} {other:?}"),
        }
    };
    let mut lines: Vec<String> = draft.statements.iter().map(line).collect();
    lines.sort();
    lines
}
