//! The outcome of loading or checking a file, in words and as JSON.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tierbook::render::{OutputStyle, diagnostic, editions, seed_of_losses};
use tierbook::text::terminal::one_line;
use tierbook::text::{counted, line_numbers};
use tierbook::{
    DocumentSummary, Edition, FileOutcome, FileReport, Finding, FolderFiles, Precision, Severity,
};

/// How many of the skipped entries of a folder are named.
const SKIPPED_NAMED: usize = 3;

/// How many contracts that are left out are named.
const LEFT_OUT_NAMED: usize = 10;

/// One line about what was left out of a folder; `None` where nothing was.
pub fn skipped(folder: &Path, found: &FolderFiles) -> Option<String> {
    let name = |path: &PathBuf| {
        let end = if path.is_dir() { "/" } else { "" };
        format!("{}{end}", path.strip_prefix(folder).unwrap_or(path).display())
    };
    let hint = if found.has_subfolders { " (--recursive reads subfolders)" } else { "" };
    skipped_of(folder, found.skipped.iter().map(name), hint)
}

/// One line about what was left out of an archive; `None` where nothing was.
pub fn skipped_members(archive: &Path, skipped: &[String]) -> Option<String> {
    skipped_of(archive, skipped.iter().cloned(), "")
}

fn skipped_of(whole: &Path, names: impl ExactSizeIterator<Item = String>, hint: &str) -> Option<String> {
    let count = names.len();
    let named: Vec<String> = names.take(SKIPPED_NAMED).collect();
    let more = match count.saturating_sub(SKIPPED_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let (whole, names) = (one_line(&whole.display().to_string()), one_line(&named.join(", ")));
    (count > 0).then(|| format!("{whole}: {count} skipped: {names}{more}{hint}\n"))
}

/// One line about the files without a margin rule, by what they are about (empty where that is not known); no line
/// where there are none.
pub fn without_rule(counts: &BTreeMap<&str, u64>) -> String {
    let known: Vec<String> = counts
        .iter()
        .filter(|(words, _)| !words.is_empty())
        .map(|(words, count)| format!("{words} ({count})"))
        .collect();
    let topics = if known.is_empty() { String::new() } else { format!(": {}", known.join(", ")) };
    match counts.values().sum() {
        0 => String::new(),
        count => format!("{} without any margin rule, not recorded{topics}\n", counted(count, "file")),
    }
}

/// How much is shown of the findings of a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// How many there are.
    Counts,
    /// Each warning, once.
    Warnings,
    /// All of them.
    All,
}

/// The outcome in words.
pub fn in_words(report: &FileReport, style: OutputStyle, detail: Detail) -> String {
    let path = one_line(&report.path.display().to_string());
    match &report.outcome {
        FileOutcome::Loaded(summary, tx) => {
            let editions = all_editions(summary, None, style);
            let how = if summary.corrects { "corrects the publication of" } else { "loaded as" };
            let findings = findings(summary, detail);
            let losses = losses(summary, &report.path, detail) + &left_out(summary);
            let counts = counts(summary);
            format!("{path}: {how} {} in tx {tx}, {counts}\n{findings}{losses}{editions}", summary.source)
        }
        FileOutcome::AlreadyLoaded(source, tx) => format!("{path}: already loaded as {source} in tx {tx}\n"),
        FileOutcome::Readable(summary) => {
            let editions = all_editions(summary, Some(&report.path), style);
            let losses = losses(summary, &report.path, Detail::All) + &left_out(summary);
            let findings = findings(summary, detail);
            format!("{path}: readable, {}\n{findings}{losses}{editions}", counts(summary))
        }
        FileOutcome::NoRule(_, topic) => {
            let about = topic.map_or(String::new(), |topic| format!(": {}", topic.words()));
            format!("{path}: no margin rule in it{about}\n")
        }
        FileOutcome::Refused(summary, error) => {
            let error = diagnostic::error(error, None, style);
            let detail = if detail == Detail::All { detail } else { Detail::Counts };
            format!("{path}: refused, nothing is recorded\n{}{error}", findings(summary, detail))
        }
        FileOutcome::Unreadable(error) => {
            format!("{path}: not loaded\n{}", diagnostic::error(error, None, style))
        }
    }
}

/// What is not stored of a document whose other contracts are, and what to do; empty where all is.
fn left_out(summary: &DocumentSummary) -> String {
    let names = &summary.left_out;
    if names.is_empty() {
        return String::new();
    }
    let named: Vec<&str> = names.iter().take(LEFT_OUT_NAMED).map(String::as_str).collect();
    let more = match names.len().saturating_sub(LEFT_OUT_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "not stored: {}{more}; the others are, and the file proves of none of these that it has ended\n\
         help: correct the file and load it again, or state the rule in a TOML file (docs/seeds.md)\n",
        named.join(", ")
    )
}

fn counts(summary: &DocumentSummary) -> String {
    let from = match summary.origin.words() {
        "" => String::new(),
        words => format!(" ({words})"),
    };
    let published = match summary.publication {
        Some((at, Precision::Day)) => format!("only the day of publication is known, counts from {at}{from}"),
        Some((at, _)) => format!("published {at}{from}"),
        None => "publication time unknown".to_string(),
    };
    let count = |severity: Severity| {
        summary.findings.iter().filter(|finding| finding.code.severity() == severity).count()
    };
    let (warnings, notes) = (count(Severity::Warning), count(Severity::Note));
    let (statements, unread) = (several(summary.statements, "statement"), count(Severity::Error));
    let (warnings, notes) = (several(warnings, "warning"), several(notes, "note"));
    format!("{published}: {statements}, {unread} unread, {warnings}, {notes}")
}

/// `1 statement`, `2 statements`.
fn several(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// How a document differs from the sources that it revises, or may be a newer edition of, each with what to
/// do. `file` is its path where it is not recorded.
fn all_editions(summary: &DocumentSummary, file: Option<&Path>, style: OutputStyle) -> String {
    let in_words = |edition: &Edition| edition_in_words(edition, &summary.source.to_string(), file, style);
    summary.editions.iter().map(in_words).collect()
}

fn edition_in_words(edition: &Edition, source: &str, file: Option<&Path>, style: OutputStyle) -> String {
    let Edition { older, is_revised, differences } = edition;
    let count = |how: &str| differences.iter().filter(|edited| edited.how() == how).count();
    let counts =
        format!("{} changed, {} added, {} removed", count("changed"), count("added"), count("removed"));
    let relation = if *is_revised { "revises" } else { "may be a newer edition of" };
    let newer = file.map_or(source.to_string(), |file| one_line(&file.display().to_string()));
    let hint = match (is_revised, file) {
        (true, _) => String::new(),
        (false, Some(_)) => format!("help: if it is one: tierbook supersede {} --by {newer}\n", older.id),
        (false, None) => format!(
            "help: if this one is newer: tierbook supersede {older} --by {newer}\n\
             help: if the stored one is newer: tierbook supersede {newer} --by {older}\n\
             help: if it was loaded by mistake: tierbook unload {newer} --reason \"a mistake\"\n",
            older = older.id
        ),
    };
    let table = match differences.as_slice() {
        [] => String::new(),
        differences => editions::text(differences, style),
    };
    format!("{relation} {} {}: {counts}\n{table}{hint}", older.id, one_line(&older.file))
}

/// How to store what is not: as a seed to complete, or where to find it.
fn losses(summary: &DocumentSummary, path: &Path, detail: Detail) -> String {
    let is_lost = summary.findings.iter().any(|finding| finding.code.is_loss());
    if !is_lost || !summary.left_out.is_empty() {
        return String::new();
    }
    if summary.losses.is_empty() {
        return "help: write what is not stored as a seed and load it: docs/seeds.md shows how\n".to_string();
    }
    if detail != Detail::All {
        let check = match path.exists() {
            true => format!("`tierbook check {}`", path.display()),
            false => "`tierbook check` instead of `load`".to_string(),
        };
        return format!("help: {check} shows how to store what is not stored\n");
    }
    let published_at = summary.publication.map(|(at, _)| at);
    let seed = seed_of_losses(&summary.losses, &summary.title, published_at);
    format!("help: to store what is not stored, replace each `?` in this seed and load it:\n{seed}")
}

fn findings(summary: &DocumentSummary, detail: Detail) -> String {
    let is_shown = |finding: &&Finding| match detail {
        Detail::Counts => finding.code.is_loss(),
        Detail::Warnings => finding.code.severity() != Severity::Note,
        Detail::All => true,
    };
    let shown: Vec<&Finding> = summary.findings.iter().filter(is_shown).collect();
    // A long text without any need not be searched for its lines.
    let line_of = line_numbers(if shown.is_empty() { "" } else { &summary.text });
    let line = |finding: &Finding| {
        let severity = finding.code.severity().name();
        let place = line_of(finding.span.start);
        let about = match finding.subjects.join(", ") {
            names if names.is_empty() || finding.message.contains(&names) => String::new(),
            names => format!("{names}: "),
        };
        format!("  line {place}: {severity}: {about}{} ({})\n", finding.message, finding.code.as_str())
    };
    // What concerns several tables is found for each of them.
    let mut lines: Vec<String> = Vec::new();
    for line in shown.into_iter().map(line) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.concat()
}
