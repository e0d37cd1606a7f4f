//! The form of a seed as serde structs, and the step from text to them. `docs/seeds.md` explains the fields.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use serde::Deserialize;
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Value};

use super::problems::quoted;
use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::text::{Span, line_number, nearest};

/// The whole document.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedFile {
    pub source: Option<Spanned<SourceTable>>,
    #[serde(default)]
    pub change: Vec<Spanned<StatementTable>>,
    #[serde(default)]
    pub observation: Vec<Spanned<StatementTable>>,
    /// What `observation` was called until December 2026.
    #[serde(default)]
    pub sighting: Vec<Spanned<StatementTable>>,
    #[serde(default)]
    pub end: Vec<Spanned<StatementTable>>,
    #[serde(default)]
    pub launch: Vec<Spanned<StatementTable>>,
    #[serde(default)]
    pub conversion: Vec<Spanned<StatementTable>>,
    #[serde(default)]
    pub postponed: Vec<Spanned<StatementTable>>,
    #[serde(default)]
    pub listing: Vec<Spanned<CompleteSnapshotTable>>,
    #[serde(default)]
    pub retract: Vec<Spanned<RetractionTable>>,
    #[serde(default)]
    pub revise: Vec<Spanned<RetractionTable>>,
    #[serde(default)]
    pub postpone: Vec<Spanned<PostponementTable>>,
    #[serde(default)]
    pub finding: Vec<Spanned<FindingTable>>,
}

/// `[source]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "[source] once, in single brackets")]
pub struct SourceTable {
    pub title: Option<String>,
    pub published_at: Option<Spanned<Value>>,
    pub venue: Option<Spanned<String>>,
    #[serde(rename = "note")]
    _note: Option<String>,
    pub sha256: Option<Spanned<String>>,
    pub file: Option<Spanned<String>>,
    pub precision: Option<Spanned<String>>,
    /// Where the publication time of the document of an export comes from.
    pub published_by: Option<Spanned<String>>,
}

/// `[[change]]`, `[[observation]]` or another statement; not each of them takes every field.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct StatementTable {
    pub subject: Option<Spanned<String>>,
    pub subjects: Option<Spanned<Vec<Spanned<String>>>>,
    pub program: Option<Spanned<String>>,
    pub effective_at: Option<Spanned<Value>>,
    pub rollout: Option<Spanned<String>>,
    pub seen_at: Option<Spanned<Value>>,
    pub absent: Option<Spanned<bool>>,
    pub tiers: Option<Spanned<Vec<Spanned<TierRow>>>>,
    pub ratio: Option<Spanned<Value>>,
    pub ratio_value: Option<Spanned<Value>>,
    pub collateral: Option<Spanned<Vec<Spanned<CollateralRow>>>>,
    pub rank: Option<Spanned<u32>>,
    pub class: Option<Spanned<NonZeroU32>>,
    pub unit: Option<Spanned<String>>,
    pub max_leverage: Option<Spanned<NonZeroU32>>,
    pub from: Option<Spanned<Value>>,
    pub to: Option<Spanned<Value>>,
    pub statement: Option<Spanned<NonZeroU32>>,
    pub statements: Option<Spanned<Vec<Spanned<NonZeroU32>>>>,
}

/// A row of `tiers`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a tier between braces")]
pub struct TierRow {
    pub leverage: Option<Spanned<Value>>,
    pub min_leverage: Option<Spanned<NonZeroU32>>,
    pub max_leverage: Option<Spanned<NonZeroU32>>,
    pub floor: Option<Spanned<Value>>,
    pub floor_value: Option<Spanned<Value>>,
    pub cap: Spanned<Value>,
    pub cap_value: Option<Spanned<Value>>,
    pub mmr: Spanned<Value>,
    pub mmr_value: Option<Spanned<Value>>,
}

/// A row of `collateral`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a tier between braces")]
pub struct CollateralRow {
    pub floor: Option<Spanned<Value>>,
    pub floor_value: Option<Spanned<Value>>,
    pub cap: Spanned<Value>,
    pub cap_value: Option<Spanned<Value>>,
    pub ratio: Spanned<Value>,
    pub ratio_value: Option<Spanned<Value>>,
}

/// `[[listing]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct CompleteSnapshotTable {
    pub of: Spanned<String>,
    pub currencies: Option<Vec<String>>,
    pub except: Option<Vec<String>>,
    pub seen_at: Option<Spanned<Value>>,
}

/// `[[retract]]` or `[[revise]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct RetractionTable {
    pub source: Spanned<String>,
    pub statement: Option<Spanned<NonZeroU32>>,
    pub statements: Option<Spanned<Vec<Spanned<NonZeroU32>>>>,
    pub reason: Spanned<String>,
    /// The newer edition, where it is not the source that contains the entry.
    pub by: Option<Spanned<String>>,
}

/// `[[postpone]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct PostponementTable {
    pub source: Spanned<String>,
    pub statement: Option<Spanned<NonZeroU32>>,
    pub statements: Option<Spanned<Vec<Spanned<NonZeroU32>>>>,
    pub effective_at: Spanned<Value>,
    pub rollout: Option<Spanned<String>>,
    pub reason: Spanned<String>,
}

/// `[[finding]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct FindingTable {
    pub code: Spanned<String>,
    pub message: String,
    pub subjects: Option<Vec<String>>,
    pub statement: Option<Spanned<NonZeroU32>>,
    pub statements: Option<Spanned<Vec<Spanned<NonZeroU32>>>>,
    pub row: Option<Spanned<NonZeroU32>>,
    pub rows: Option<Spanned<Vec<Spanned<NonZeroU32>>>>,
}

/// A table of the document with its place.
pub struct Entry<T> {
    /// The name between the brackets.
    pub name: &'static str,
    /// The bytes of its header; of all of it, where it is written between braces.
    pub header: Span,
    /// From its header to the end of its last value.
    pub span: Span,
    pub table: T,
}

/// The span of each entry, from its header to its last value, by the first byte of its header.
pub struct EntrySpans(BTreeMap<usize, Span>);

impl EntrySpans {
    /// Whether the document has no entry.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Lists of tables, each with its name, as one list in the order of the document.
    pub fn entries<T>(
        &self,
        lists: impl IntoIterator<Item = (&'static str, Vec<Spanned<T>>)>,
    ) -> Vec<Entry<T>> {
        let entry = |name, table: Spanned<T>| {
            let header = span_of(&table);
            let span = self.0.get(&header.start).copied().unwrap_or(header);
            Entry { name, header, span, table: table.into_inner() }
        };
        let named = |(name, tables): (_, Vec<_>)| tables.into_iter().map(move |table| entry(name, table));
        let mut entries: Vec<Entry<T>> = lists.into_iter().flat_map(named).collect();
        entries.sort_by_key(|entry| entry.header.start);
        entries
    }
}

/// The hint where the whole form is in question.
pub const FORM: &str =
    "docs/seeds.md shows the form: [source], then [[change]], [[observation]], [[end]] and others";

/// The place of a value.
pub fn span_of<T>(spanned: &Spanned<T>) -> Span {
    Span::new(spanned.span().start, spanned.span().end)
}

/// The tables of a text.
///
/// # Errors
/// It is too large, empty, not TOML, or not of the form of a seed; only the first such error is reported.
pub fn parse(text: &str) -> Result<(SeedFile, EntrySpans), Error> {
    if text.len() > limits::SEED_BYTES {
        let message = format!("the seed has {} bytes; at most {} are read", text.len(), limits::SEED_BYTES);
        return Err(Error::new(ErrorCode::DocumentTooLarge, message).hint("split it into several files"));
    }
    let tables = DeTable::parse(text).map_err(|error| not_toml(text, error))?;
    if tables.get_ref().is_empty() {
        return Err(Error::new(ErrorCode::SeedEmpty, "the seed is empty").hint(FORM));
    }
    if let Some(at) = list_for_table(tables.get_ref()) {
        let message = format!("line {}: a list is written where a table belongs", line_number(text, at));
        return Err(Error::new(ErrorCode::SeedType, message).hint(
            "write [source] once, in single brackets; write entries and tiers as tables with named fields",
        ));
    }
    let spans = entry_spans(tables.get_ref());
    let file = SeedFile::deserialize(toml::Deserializer::from(tables));
    Ok((file.map_err(|error| not_a_seed(text, &error))?, spans))
}

/// The first list where the form has a table; serde would take its items for the fields in their order.
fn list_for_table(tables: &DeTable) -> Option<usize> {
    let source = tables.get("source").filter(|source| source.get_ref().is_array());
    let in_entries = items(tables).filter_map(|item| item.get_ref().as_table()).flat_map(items);
    let mut in_lists = items(tables).chain(in_entries).filter(|item| item.get_ref().is_array());
    source.or_else(|| in_lists.next()).map(|list| list.span().start)
}

/// The items of all lists of a table.
fn items<'t, 'a>(table: &'t DeTable<'a>) -> impl Iterator<Item = &'t Spanned<DeValue<'a>>> {
    table.values().filter_map(|value| value.get_ref().as_array()).flatten()
}

fn entry_spans(tables: &DeTable) -> EntrySpans {
    let span = |item: &Spanned<DeValue>| {
        let header = span_of(item);
        let values = item.get_ref().as_table()?.values();
        Some((header.start, values.map(span_of).fold(header, Span::join)))
    };
    EntrySpans(items(tables).filter_map(span).collect())
}

fn not_toml(text: &str, error: toml::de::Error) -> Error {
    let at = error.span().map_or(0, |span| span.start).min(text.len());
    let before = text.get(..at).unwrap_or("");
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    let message = format!("line {}, column {column}: {}", line_number(text, at), error.message());
    Error::new(ErrorCode::SeedSyntax, message)
        .hint("write numbers, names and times in quotes, and separate the items of a list by commas")
        .hint(FORM)
        .because(error)
}

/// The error of serde with its line; for an unknown field with the nearest of those that serde lists.
fn not_a_seed(text: &str, error: &toml::de::Error) -> Error {
    let at = error.span().map_or(0, |span| span.start).min(text.len());
    let (line, message) = (line_number(text, at), error.message());
    let mut names = message.split('`').skip(1).step_by(2);
    if message.starts_with("unknown field") {
        let name = names.next().unwrap_or("");
        let known: Vec<&str> = names.collect();
        let hint = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known here: {}", known.join(", ")),
        };
        return Error::new(ErrorCode::SeedField, format!("line {line}: unknown field {}", quoted(name)))
            .hint(hint);
    }
    let code = if message.starts_with("missing") { ErrorCode::SeedMissing } else { ErrorCode::SeedType };
    let hint = match message.rsplit_once("expected ") {
        Some((_, "a string")) => "write text in quotes",
        Some((_, "a sequence")) => "write [[…]] with double brackets for an entry, [ … ] for a list",
        _ => "docs/seeds.md lists the fields of each table and shows how to write them",
    };
    let message = message
        .replace("type: map", "type: table")
        .replace("a sequence", "a list")
        .replace("a nonzero u32", "a whole number from 1 on")
        .replace("expected u32", "expected a whole number");
    let written = quoted(text.lines().nth(line - 1).unwrap_or("").trim());
    Error::new(code, format!("line {line}: {message}: {written}")).hint(hint)
}
