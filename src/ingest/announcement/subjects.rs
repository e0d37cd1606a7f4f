//! From the printed names of a table to subjects.

use std::collections::BTreeSet;

use super::context::AnnouncementReader;
use super::contract;
use super::heading::Heading;
use super::marks;
use super::tables::{PrintedTable, TableBody};
use crate::finding::{Finding, FindingCode};
use crate::limits;
use crate::statement::{Program, Subject};
use crate::text::Span;

impl AnnouncementReader<'_> {
    /// The subjects of a list, each once.
    pub fn subjects(&mut self, names: &[Span], program: Program) -> Vec<Subject> {
        let mut subjects = Vec::new();
        let mut seen = BTreeSet::new();
        for span in names.iter().take(limits::TABLE_SUBJECTS) {
            let Some(subject) = self.subject(*span, program) else { continue };
            let name = subject.name().to_string();
            if seen.insert(name.clone()) {
                subjects.push(subject);
            } else {
                let message = format!("{name} is named twice in one list");
                let finding = Finding::new(FindingCode::DuplicateSubject, *span, message);
                self.findings.push(Finding { subjects: vec![name], ..finding });
            }
        }
        if names.len() > limits::TABLE_SUBJECTS {
            let message = format!("{} names in one list; at most {}", names.len(), limits::TABLE_SUBJECTS);
            self.error(FindingCode::NoSubject, names[limits::TABLE_SUBJECTS], message);
        }
        subjects
    }

    /// The subject that a printed name means, if it can be the name of one.
    fn subject(&mut self, span: Span, program: Program) -> Option<Subject> {
        let name = span.of(&self.document.text);
        if !program.has_contracts() && !fits_asset(name) {
            let message = format!("`{name}` is neither a column nor the name of an asset");
            self.error(FindingCode::UnreadText, span, message);
            return None;
        }
        if !fits_program(name, program) {
            let message = format!("{name} cannot be a contract of the program {}", program.name());
            self.error(FindingCode::NoSubject, span, message);
            return None;
        }
        if program.has_contracts() && !contract::is_usual(name, program) {
            let message =
                format!("{name} is an unusual name for a contract of the program {}", program.name());
            let finding = Finding::new(FindingCode::UnusualName, span, message);
            self.findings.push(Finding { subjects: vec![name.to_string()], ..finding });
        }
        let subject = Subject::new(&self.document.venue, program, name);
        if subject.is_none() {
            self.error(FindingCode::NoSubject, span, Subject::unfit(name));
        }
        subject
    }
}

/// The names of subjects.
pub fn names(subjects: &[Subject]) -> Vec<String> {
    subjects.iter().map(|subject| subject.name().to_string()).collect()
}

/// Whether a word can name an asset: small letters only as a short prefix (`stETH`), else it is a piece of a
/// column name.
fn fits_asset(name: &str) -> bool {
    let after_prefix = name.char_indices().find(|(at, c)| !c.is_ascii_lowercase() || *at >= 3);
    after_prefix.is_some_and(|(at, _)| !name[at..].contains(|c: char| c.is_ascii_lowercase()))
}

/// Whether the currency in the name of a contract fits its program.
fn fits_program(name: &str, program: Program) -> bool {
    match program {
        Program::Usdm => !name.ends_with("USD_PERP"),
        Program::Coinm => !["USDT", "USDC"].iter().any(|currency| name.ends_with(currency)),
        _ => true,
    }
}

/// The program that the unit of a tier table shows: bounds in a dollar coin are USDⓈ-M, in another COIN-M.
pub fn program_of(table: &PrintedTable) -> Program {
    match table.header.unit.as_deref() {
        Some(unit) if !unit.contains("USD") && unit != "DAI" => Program::Coinm,
        _ => Program::Usdm,
    }
}

/// Names without digits glued to them: in headings (without their currency), in lists, in rows that can be
/// split in one way only.
pub fn known_names<'a>(text: &'a str, tables: &[PrintedTable], headings: &[Heading]) -> BTreeSet<&'a str> {
    let mut known = BTreeSet::new();
    for name in headings.iter().flat_map(|heading| &heading.names) {
        let name = name.of(text);
        known.extend(["USDT", "USDC", "USD"].iter().filter_map(|currency| name.strip_suffix(currency)));
    }
    for table in tables {
        match &table.body {
            TableBody::Tiers(_) => {}
            TableBody::Flat(rows, _) => {
                let sure = rows.iter().filter(|row| row.ways.len() == 1);
                known.extend(sure.map(|row| row.ways[0].0.of(text)));
            }
            TableBody::Collateral(blocks) => {
                let all = blocks.iter().flat_map(|block| {
                    let sure = |(place, name): &(usize, &Span)| {
                        *place > 0 || !marks::may_start_with_mark(name.of(text))
                    };
                    block.names.iter().enumerate().filter(sure).map(|(_, name)| name).rev().skip(1)
                });
                known.extend(all.map(|name| name.of(text)));
            }
        }
    }
    known
}
