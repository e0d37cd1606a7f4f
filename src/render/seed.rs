//! A source as a seed: its statements and findings in the TOML of `docs/seeds.md`, so that it can be loaded
//! elsewhere.
//!
//! Statements that are the same for several subjects are one entry; their numbers keep the order of the
//! source. Findings are placed so that they concern the same rows again when the seed is read.

mod entries;
mod figures;
mod layout;
mod losses;
mod places;
mod toml_text;

pub use losses::seed_of_losses;

use std::collections::BTreeSet;

use crate::statement::{Batch, CompleteSnapshot, Origin, Precision, Retraction, RetractionKind, Source};
use entries::Entry;
use layout::Layout;
use places::Placed;
use toml_text::{joined, one_or_list, quoted};

/// The seed that replaces a source: loaded, it gives the same answers. `batch.text` is not in it.
pub fn seed(batch: &Batch) -> String {
    let layout = Layout::of(batch);
    let entries = entries::entries(&batch.statements, &layout);
    let mut text = head(&batch.source);
    for entry in &entries {
        text += &entry_text(entry, batch);
    }
    batch.complete_snapshots.iter().for_each(|snapshot| text += &snapshot_text(snapshot));
    batch.retractions.iter().for_each(|retraction| text += &retraction_text(retraction));
    for placed in places::placed(batch, &layout, &entries) {
        text += &finding_text(&placed, batch);
    }
    text
}

fn head(source: &Source) -> String {
    let mut text =
        "# Written by `tierbook export`: what was read in the document with this SHA-256, whose text is not \
                    here.\n# `tierbook load` takes it in place of the document.\n[source]\n"
            .to_string();
    if !source.title.is_empty() {
        text += &format!("title = {}\n", quoted(&source.title));
    }
    let precision = match source.precision {
        Precision::Exact => "",
        Precision::Day => "  # known to the day",
        Precision::Recorded => "  # not known: when it was recorded",
    };
    text += &format!("published_at = \"{}\"{precision}\n", source.published_at);
    text += &format!("precision = \"{}\"\n", source.precision.name());
    if source.origin != Origin::NotStored {
        text += &format!("published_by = \"{}\"\n", source.origin.name());
    }
    text += &format!("file = {}\nsha256 = \"{}\"\n", quoted(&source.file), source.sha256);
    text
}

fn entry_text(entry: &Entry, batch: &Batch) -> String {
    let subjects: Vec<String> =
        entry.statements.iter().map(|&index| quoted(&batch.statements[index].subject.to_string())).collect();
    let numbers: Vec<String> = entry.statements.iter().map(|index| (index + 1).to_string()).collect();
    let (subjects, numbers) = (one_or_list("subject", &subjects), one_or_list("statement", &numbers));
    let (header, body) = (entry.header, &entry.body);
    format!("\n[[{header}]]\n{subjects}{numbers}{body}")
}

fn snapshot_text(snapshot: &CompleteSnapshot) -> String {
    let of = quoted(&format!("{}:{}", snapshot.venue, snapshot.program.name()));
    let list = |key: &str, words: &BTreeSet<String>| {
        let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
        format!("{key} = [{}]\n", words.join(", "))
    };
    let currencies = snapshot.currencies.as_ref().map_or(String::new(), |all| list("currencies", all));
    let except = if snapshot.except.is_empty() { String::new() } else { list("except", &snapshot.except) };
    format!("\n[[listing]]\nof = {of}\n{currencies}{except}seen_at = \"{}\"\n", snapshot.seen_at)
}

fn retraction_text(retraction: &Retraction) -> String {
    let (header, by) = match &retraction.kind {
        RetractionKind::Retract => ("retract", String::new()),
        RetractionKind::Revise => ("revise", String::new()),
        RetractionKind::Supersede(by) => ("revise", format!("by = \"{by}\"\n")),
        // They are about what was recorded here; an export has what counts now.
        RetractionKind::Unload(_) | RetractionKind::Correct(_) => return String::new(),
    };
    let statement = retraction.ordinal.map_or(String::new(), |ordinal| format!("statement = {ordinal}\n"));
    let (source, reason) = (&retraction.source, quoted(&retraction.reason));
    format!("\n[[{header}]]\nsource = \"{source}\"\n{by}{statement}reason = {reason}\n")
}

/// A finding; it names its subjects where they are not those of the entry that it is about.
fn finding_text(placed: &Placed, batch: &Batch) -> String {
    let finding = placed.finding;
    let mut text = format!(
        "\n[[finding]]\ncode = \"{}\"\nmessage = {}\n",
        finding.code.as_str(),
        quoted(&finding.message)
    );
    let names = placed.entry.iter().flat_map(|entry| &entry.statements);
    let names = names.map(|index| batch.statements[*index].subject.name());
    if !names.eq(finding.subjects.iter().map(String::as_str)) {
        let subjects: Vec<String> = finding.subjects.iter().map(|subject| quoted(subject)).collect();
        text += &format!("subjects = {}\n", joined(&subjects));
    }
    let numbers: Vec<String> = placed.statements.iter().map(u32::to_string).collect();
    let mut rows: Vec<String> =
        placed.rows.into_iter().flat_map(|(first, last)| [first.to_string(), last.to_string()]).collect();
    rows.dedup();
    text + &one_or_list("statement", &numbers) + &one_or_list("row", &rows)
}
