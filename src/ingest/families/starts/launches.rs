//! From what sentences, lists and tables say to statements of launches and conversions, each once.

use super::claims::StartReader;
use super::clause::StartKind;
use super::columns::{self, Owner};
use super::entries::{Entries, Entry, Introduction};
use super::specification::Specification;
use crate::ingest::announcement::document::Document;
use crate::ingest::draft::{DraftClaim, DraftStatement};
use crate::ingest::families::FamilyStatements;
use crate::ingest::families::text::Titled;
use crate::statement::{Program, Subject};
use crate::time::TimeSpan;
use std::collections::{BTreeMap, HashMap};
use std::mem::Discriminant;

/// States the launches and conversions of a document.
pub fn read(document: &Document, entries: &Entries, tables: &[Specification], read: &mut FamilyStatements) {
    let text = document.text.as_str();
    let mut named = entries.named.clone();
    let mut words: Vec<&str> = named.iter().map(|entry| entry.name.of(text)).collect();
    words.sort_unstable();
    words.dedup();
    let introduction = entries.introductions.iter().find(|introduction| !introduction.is_delivery);
    let (mut owners, mut foreign) = (Vec::new(), Vec::new());
    for table in tables {
        let glued = columns::glued(table, text);
        let introduced =
            || introduction.filter(|_| words.is_empty()).and_then(|it| introduced(table, &glued, it));
        if let Some(names) = columns::assign(&glued, &words) {
            owners.extend(owners_of(table, names));
        } else if let Some((names, entry)) = introduced() {
            owners.extend(owners_of(table, names));
            named.push(entry);
        } else {
            foreign.push((table, glued));
        }
    }
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, owner) in owners.iter().enumerate() {
        by_name.entry(owner.name.as_str()).or_default().push(place);
    }
    let titled = Titled::of(&document.title);
    let mut reader =
        StartReader { document, titled: &titled, tables, foreign: &foreign, read, stated: Vec::new() };
    for entry in &named {
        // The names of an introduction are those of its whole table.
        let mut own: Vec<usize> = if entry.is_table {
            (0..owners.len()).collect()
        } else {
            let candidates = columns::candidates(entry.name.of(text));
            candidates.iter().filter_map(|name| by_name.get(name.as_str())).flatten().copied().collect()
        };
        own.sort_unstable();
        if own.is_empty() {
            reader.entry(entry, None);
        }
        own.into_iter().for_each(|owner| reader.entry(entry, Some(&owners[owner])));
    }
    if named.is_empty() {
        for (table, _) in &foreign {
            let name = table.names.of(text).trim();
            let message = format!("no sentence says what happens to {name}, of which this is the table");
            reader.unread(table.span, name, message);
        }
    }
    let stated = std::mem::take(&mut reader.stated);
    state(stated, reader);
}

/// The contracts of a table whose introduction names none, and what it says of all of them.
fn introduced(
    table: &Specification,
    glued: &str,
    introduction: &Introduction,
) -> Option<(Vec<String>, Entry)> {
    let program = table.program.or(introduction.program).unwrap_or(Program::Usdm);
    let names = columns::split(glued, table.times.len(), program)?;
    let entry = Entry {
        kind: StartKind::Launch,
        span: table.span,
        name: table.names,
        is_unsure: false,
        is_table: true,
        program: Some(program),
        time: Ok(introduction.time),
        leverage: Ok(None),
        rollout: Ok(TimeSpan::minutes(0)),
    };
    Some((names, entry))
}

fn owners_of(table: &Specification, names: Vec<String>) -> Vec<Owner> {
    let count = names.len();
    let owner = |(index, name)| {
        let column = columns::column(table, index, count);
        Owner { name, program: table.program, column }
    };
    names.into_iter().enumerate().map(owner).collect()
}

/// Takes over the statements: each once, and none about a contract for which two differ.
fn state(stated: Vec<DraftStatement>, mut reader: StartReader) {
    let mut claims: HashMap<_, (usize, Option<usize>)> = HashMap::new();
    for (index, statement) in stated.iter().enumerate() {
        let (first, other) = claims.entry(key(statement)).or_insert((index, None));
        if stated[*first].claim != statement.claim {
            other.get_or_insert(index);
        }
    }
    for (index, statement) in stated.iter().enumerate() {
        let Some((first, other)) = claims.get(&key(statement)) else { continue };
        let other = if stated[*first].claim == statement.claim { *other } else { Some(*first) };
        if let Some(other) = other.map(|other| &stated[other]) {
            let name = statement.subject.name();
            let message = format!("{name} is named twice, with different times or leverages");
            reader.unread(statement.span.join(other.span), name, message);
        } else if index == *first {
            reader.read.statements.push(statement.clone());
        }
    }
}

/// The contract of a statement, and what it does.
fn key(statement: &DraftStatement) -> (&Subject, Discriminant<DraftClaim>) {
    (&statement.subject, std::mem::discriminant(&statement.claim))
}
