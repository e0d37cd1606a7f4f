//! What one contract does at its start, by what the sentence or list and the table say of it.

use super::clause::StartKind;
use super::columns::Owner;
use super::entries::{self, Entry};
use super::specification::Specification;
use crate::finding::{Finding, FindingCode};
use crate::ingest::announcement::contract;
use crate::ingest::announcement::document::Document;
use crate::ingest::draft::{DraftClaim, DraftStatement};
use crate::ingest::families::FamilyStatements;
use crate::ingest::families::text::Titled;
use crate::statement::{Program, Subject, symbol};
use crate::text::Span;
use crate::time::{TimeSpan, Timestamp, ValidTime};

/// Reads what a document says of the contracts that start.
pub struct StartReader<'a> {
    /// The document.
    pub document: &'a Document,
    /// Its tables of specifications.
    pub tables: &'a [Specification],
    /// What its title names.
    pub titled: &'a Titled<'a>,
    /// Those whose names are not all known, with their names without what separates them.
    pub foreign: &'a [(&'a Specification, String)],
    /// What was found so far.
    pub read: &'a mut FamilyStatements,
    /// What is stated, perhaps more than once.
    pub stated: Vec<DraftStatement>,
}

impl StartReader<'_> {
    /// What one entry and its column state.
    pub fn entry(&mut self, entry: &Entry, own: Option<&Owner>) {
        let word = entry.name.of(&self.document.text);
        let name = own.map_or(word, |own| own.name.as_str());
        if let Some(message) = self.mismatch(entry, own) {
            return self.unread(entry.span, word, message);
        }
        let program = entry.program.or(own.and_then(|own| own.program)).unwrap_or(program_of(name));
        let Some(subject) = self.subject(name, program) else {
            let message =
                format!("{name} cannot be the name of a contract of the program {}", program.name());
            return self.unread(entry.span, name, message);
        };
        let printed = own.and_then(|own| own.column.time);
        let Some(time) = self.decide(entry, name, "time", entry.time.clone(), printed, own.is_some()) else {
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
        if let Some(claim) = self.claim(entry, own, name, ValidTime(time)) {
            self.stated.push(DraftStatement { subject, claim, span: entry.span });
        }
    }

    fn claim(
        &mut self,
        entry: &Entry,
        own: Option<&Owner>,
        name: &str,
        effective_at: ValidTime,
    ) -> Option<DraftClaim> {
        if entry.kind == StartKind::Launch {
            let printed = own.and_then(|own| own.column.leverage).map(Leverage);
            let stated = entry.leverage.clone().map(|stated| stated.map(Leverage));
            let max = self.decide(entry, name, "leverage", stated, printed, own.is_some());
            return Some(DraftClaim::Launch { effective_at, max_leverage: max.map(|max| max.0) });
        }
        match &entry.rollout {
            Err(reason) => {
                self.unread(entry.span, name, format!("the conversion of {name}: {reason}"));
                None
            }
            Ok(rollout) => {
                if *rollout == TimeSpan::minutes(0) {
                    let message = format!("how long the conversion of {name} takes is not stated");
                    self.doubt(FindingCode::UnusualRollout, entry.span, name, message);
                }
                Some(DraftClaim::Conversion { effective_at, rollout: *rollout })
            }
        }
    }

    /// Why it is not clear which contract an entry without a column is about.
    fn mismatch(&self, entry: &Entry, own: Option<&Owner>) -> Option<String> {
        let text = self.document.text.as_str();
        let word = entry.name.of(text);
        let confirmed = || self.foreign.iter().any(|(_, glued)| glued.contains(word));
        if own.is_some() {
            None
        } else if !entries::is_contract(word) {
            Some(format!("{word} is no contract, and no table names that of {word}"))
        } else if !self.tables.is_empty() && !confirmed() {
            let printed: Vec<&str> = self.tables.iter().map(|table| table.names.of(text)).collect();
            Some(format!("the sentence or list names {word}, but the table names {}", printed.join(", ")))
        } else if entry.is_unsure || self.title_differs(word) {
            Some(format!("{word} is named here, but another contract beside it or in the title"))
        } else {
            None
        }
    }

    /// Whether the title names contracts, but not this one.
    fn title_differs(&self, name: &str) -> bool {
        self.titled.lacks(name)
    }

    /// Compares the time of a contract that no table confirms with the days that the title names.
    fn check_title(&mut self, entry: &Entry, name: &str, time: Timestamp) {
        if self.titled.lacks_day_of(time) {
            let message = format!("{name} starts at {time}, but the title names another day");
            self.doubt(FindingCode::DateMismatch, entry.span, name, message);
        }
    }

    fn subject(&self, name: &str, program: Program) -> Option<Subject> {
        let symbol = symbol::read_on(program, name).filter(|_| contract::is_usual(name, program))?;
        Subject::new(&self.document.venue, program, &symbol.name)
    }

    /// What counts of what the sentence and the table say: the sentence. With a finding where they differ, or
    /// one of them is not clear.
    fn decide<T: Copy + PartialEq + std::fmt::Display>(
        &mut self,
        entry: &Entry,
        name: &str,
        what: &str,
        stated: Result<Option<T>, String>,
        printed: Option<T>,
        has_column: bool,
    ) -> Option<T> {
        let message = match (&stated, printed) {
            (Ok(Some(stated)), Some(printed)) if *stated != printed => {
                format!(
                    "the {what} of {name} is {stated} in the sentence or list, which counts, and {printed} in the table"
                )
            }
            (Ok(Some(stated)), None) if has_column && entry.kind == StartKind::Launch => {
                format!(
                    "the {what} of {name} is {stated} in the sentence or list, and not clear in the table"
                )
            }
            (Err(reason), Some(printed)) => {
                format!(
                    "the {what} of {name} is {printed} in the table, and not clear in the sentence or list: {reason}"
                )
            }
            (Err(reason), _) if what == "leverage" => format!("the {what} of {name} is not clear: {reason}"),
            _ => return stated.ok().flatten().or(printed),
        };
        self.doubt(FindingCode::PlacesDiffer, entry.span, name, message);
        stated.ok().flatten().or(printed)
    }

    /// Reports what is not stored.
    pub fn unread(&mut self, span: Span, name: &str, message: String) {
        self.doubt(FindingCode::UnreadStart, span, name, message);
    }

    fn doubt(&mut self, code: FindingCode, span: Span, name: &str, message: String) {
        let finding = Finding::new(code, span, message);
        self.read.findings.push(Finding { subjects: vec![name.to_string()], ..finding });
    }
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
