//! From what sentences, lists and tables say to statements of launches and conversions.

use super::clause::StartKind;
use super::columns::{self, Column};
use super::entries::{self, Entries, Entry};
use super::specification::Specification;
use crate::finding::{Finding, FindingCode};
use crate::ingest::announcement::timestamps::{self, PrintedTimes};
use crate::ingest::announcement::{Document, contract};
use crate::ingest::draft::{DraftClaim, DraftStatement};
use crate::ingest::families::FamilyStatements;
use crate::statement::{Program, Subject, symbol};
use crate::text::Span;
use crate::time::{TimeSpan, Timestamp, ValidTime};

/// A column of a table, and whose it is.
#[derive(Clone, Debug)]
struct Owner {
    entry: usize,
    name: String,
    program: Option<Program>,
    column: Column,
}

/// States the launches and conversions of a document.
pub fn read(document: &Document, entries: &Entries, tables: &[Specification], read: &mut FamilyStatements) {
    let text = document.text.as_str();
    let mut named = entries.named.clone();
    let words: Vec<&str> = named.iter().map(|entry| entry.name.of(text)).collect();
    let (mut owners, mut foreign) = (Vec::new(), Vec::new());
    for table in tables {
        let glued = columns::glued(table, text);
        match columns::assign(&glued, &words) {
            Some(found) => owners.extend(owners_of(table, &found)),
            None => foreign.push(table),
        }
    }
    let mut reader = StartReader { document, read, stated: Vec::new() };
    // Columns without a list are contracts of the introduction.
    let introduction = entries.introductions.iter().find(|introduction| !introduction.is_delivery);
    foreign.retain(|table| {
        let program = table.program.unwrap_or(Program::Usdm);
        let glued = columns::glued(table, text);
        let count = table.times.len();
        let names = introduction
            .filter(|_| words.is_empty())
            .and_then(|introduction| Some((columns::split(&glued, count, program)?, introduction)));
        let Some((names, introduction)) = names else { return true };
        for (index, name) in names.into_iter().enumerate() {
            let entry = Entry {
                kind: StartKind::Launch,
                span: table.span,
                name: table.names,
                is_unsure: false,
                program: introduction.program,
                time: Ok(introduction.time),
                leverage: Ok(None),
                rollout: Ok(TimeSpan::minutes(0)),
            };
            let column = columns::column(table, index, count);
            owners.push(Owner { entry: named.len(), name, program: table.program, column });
            named.push(entry);
        }
        false
    });
    for (index, entry) in named.iter().enumerate() {
        let mut own = owners.iter().filter(|owner| owner.entry == index);
        reader.entry(entry, own.next(), tables, &foreign);
    }
    for table in foreign {
        if named.is_empty() {
            let name = table.names.of(text).trim();
            let message = format!("no sentence says what happens to {name}, of which this is the table");
            reader.unread(table.span, name, message);
        }
    }
    reader.state();
}

fn owners_of(table: &Specification, found: &[(usize, String)]) -> Vec<Owner> {
    let owner = |(index, (entry, name)): (usize, &(usize, String))| Owner {
        entry: *entry,
        name: name.clone(),
        program: table.program,
        column: columns::column(table, index, found.len()),
    };
    found.iter().enumerate().map(owner).collect()
}

struct StartReader<'a> {
    document: &'a Document,
    read: &'a mut FamilyStatements,
    stated: Vec<DraftStatement>,
}

impl StartReader<'_> {
    /// What one entry and its column state.
    fn entry(
        &mut self,
        entry: &Entry,
        own: Option<&Owner>,
        tables: &[Specification],
        foreign: &[&Specification],
    ) {
        let text = self.document.text.as_str();
        let word = entry.name.of(text);
        let name = own.map_or(word, |own| own.name.as_str());
        if own.is_none() && !entries::is_contract(word) {
            let message = format!("{word} is no contract, and no table names that of {word}");
            return self.unread(entry.span, word, message);
        }
        if own.is_none() && !tables.is_empty() && !self.is_confirmed(word, foreign) {
            let printed: Vec<&str> = tables.iter().map(|table| table.names.of(text)).collect();
            let message =
                format!("the sentence or list names {word}, but the table names {}", printed.join(", "));
            return self.unread(entry.span, word, message);
        }
        if own.is_none() && (entry.is_unsure || self.title_differs(word)) {
            let message = format!("{word} is named here, but another contract beside it or in the title");
            return self.unread(entry.span, word, message);
        }
        let program = entry.program.or(own.and_then(|own| own.program)).unwrap_or(program_of(name));
        let Some(subject) = self.subject(name, program) else {
            let message =
                format!("{name} cannot be the name of a contract of the program {}", program.name());
            return self.unread(entry.span, name, message);
        };
        let column = own.map(|own| &own.column);
        let time = self.decide(entry, name, "time", entry.time.clone(), column.map(|column| column.time));
        let Some(time) = time else {
            let reason = entry.time.clone().err().unwrap_or_else(|| "none is printed".to_string());
            return self.unread(entry.span, name, format!("when {name} starts is not clear: {reason}"));
        };
        if own.is_some_and(|own| own.column.after) {
            let message = format!("{name} starts some time after {time}, not at that time");
            self.doubt(FindingCode::OpenStart, entry.span, name, message);
        }
        if own.is_none() {
            self.check_title(entry, name, time);
        }
        let effective_at = ValidTime(time);
        let claim = match (entry.kind, &entry.rollout) {
            (StartKind::Conversion, Err(reason)) => {
                return self.unread(entry.span, name, format!("the conversion of {name}: {reason}"));
            }
            (StartKind::Conversion, Ok(rollout)) => {
                if *rollout == TimeSpan::minutes(0) {
                    let message = format!("how long the conversion of {name} takes is not stated");
                    self.doubt(FindingCode::UnusualRollout, entry.span, name, message);
                }
                DraftClaim::Conversion { effective_at, rollout: *rollout }
            }
            (StartKind::Launch, _) => {
                let printed = column.map(|column| column.leverage);
                let said = entry.leverage.clone().map(|said| said.map(Leverage));
                let max = self.decide(entry, name, "leverage", said, printed.map(|max| max.map(Leverage)));
                DraftClaim::Launch { effective_at, max_leverage: max.map(|max| max.0) }
            }
        };
        self.stated.push(DraftStatement { subject, claim, span: entry.span });
    }

    /// Whether the title names contracts, but not this one.
    fn title_differs(&self, name: &str) -> bool {
        let title = self.document.title.as_str();
        let words = contract::contract_words(title, Span::new(0, title.len()));
        !words.is_empty() && words.iter().all(|word| word.of(title) != name)
    }

    /// Compares the time of a contract that no table confirms with the days that the title names.
    fn check_title(&mut self, entry: &Entry, name: &str, time: Timestamp) {
        let title = self.document.title.as_str();
        let days = PrintedTimes::read(title, Span::new(0, title.len())).halves;
        if !days.is_empty() && !days.iter().any(|day| timestamps::is_day_of(day.of(title), time)) {
            let message = format!("{name} starts at {time}, but the title names another day");
            self.doubt(FindingCode::DateMismatch, entry.span, name, message);
        }
    }

    fn subject(&self, name: &str, program: Program) -> Option<Subject> {
        let symbol = symbol::read_on(program, name).filter(|_| contract::is_usual(name, program))?;
        Subject::new(&self.document.venue, program, &symbol.name)
    }

    /// Whether a table that cannot be split into the names of the list contains this one.
    fn is_confirmed(&self, name: &str, foreign: &[&Specification]) -> bool {
        foreign.iter().any(|table| columns::glued(table, &self.document.text).contains(name))
    }

    /// What counts of what the sentence and the table say: the sentence. With a finding where they differ, or
    /// one of them is not clear.
    fn decide<T: Copy + PartialEq + std::fmt::Display>(
        &mut self,
        entry: &Entry,
        name: &str,
        what: &str,
        said: Result<Option<T>, String>,
        printed: Option<Option<T>>,
    ) -> Option<T> {
        let message = match (&said, printed) {
            (Ok(Some(said)), Some(Some(printed))) if *said != printed => {
                format!(
                    "the {what} of {name} is {said} in the sentence or list, which counts, and {printed} in the table"
                )
            }
            (Ok(Some(said)), Some(None)) if entry.kind == StartKind::Launch => {
                format!("the {what} of {name} is {said} in the sentence or list, and not clear in the table")
            }
            (Err(reason), Some(Some(printed))) => {
                format!(
                    "the {what} of {name} is {printed} in the table, and not clear in the sentence or list: {reason}"
                )
            }
            (Err(reason), _) if what == "leverage" => format!("the {what} of {name} is not clear: {reason}"),
            _ => return said.ok().flatten().or(printed.flatten()),
        };
        self.doubt(FindingCode::PlacesDiffer, entry.span, name, message);
        said.ok().flatten().or(printed.flatten())
    }

    fn unread(&mut self, span: Span, name: &str, message: String) {
        self.doubt(FindingCode::UnreadStart, span, name, message);
    }

    fn doubt(&mut self, code: FindingCode, span: Span, name: &str, message: String) {
        let finding = Finding::new(code, span, message);
        self.read.findings.push(Finding { subjects: vec![name.to_string()], ..finding });
    }

    /// Takes over the statements: each once, and none about a contract for which two differ.
    fn state(mut self) {
        let stated = std::mem::take(&mut self.stated);
        for (index, statement) in stated.iter().enumerate() {
            let same = |other: &&DraftStatement| {
                other.subject == statement.subject && kind(&other.claim) == kind(&statement.claim)
            };
            if let Some(other) = stated.iter().filter(same).find(|other| other.claim != statement.claim) {
                let name = statement.subject.name();
                let message = format!("{name} is named twice, with different times or leverages");
                self.unread(statement.span.join(other.span), name, message);
            } else if !stated[..index].iter().any(|other| same(&other)) {
                self.read.statements.push(statement.clone());
            }
        }
    }
}

fn kind(claim: &DraftClaim) -> std::mem::Discriminant<DraftClaim> {
    std::mem::discriminant(claim)
}

/// The program that the currency of a name shows.
fn program_of(name: &str) -> Program {
    if contract::is_usual(name, Program::Coinm) { Program::Coinm } else { Program::Usdm }
}

/// A leverage in a message.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Leverage(u32);

impl std::fmt::Display for Leverage {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "{}x", self.0)
    }
}
