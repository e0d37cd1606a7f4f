//! From tables to statements: whose table it is, from when it holds, and what it says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::contract;
use super::flat::{self, FlatRow};
use super::header::Side;
use super::heading::Place;
use super::marks;
use super::prose::Topic;
use super::reader::Reader;
use super::rules;
use super::tables::{Block, Body, Table};
use super::when;
use crate::finding::{Code, Finding};
use crate::ingest::draft::{DraftClaim, DraftStatement};
use crate::limits;
use crate::rule::{FlatRatio, Rule};
use crate::statement::{Program, Subject};
use crate::text::Span;
use crate::time::{Instant, Length, ValidTime};

impl Reader<'_> {
    /// Reads one table; `above` is where the tier table before it ends, or the start of the announcement.
    pub fn read(&mut self, table: &Table, above: usize) {
        match &table.body {
            Body::Tiers(items) => {
                let heading = match when::heading_of(self, table.span, above) {
                    Ok(heading) => heading,
                    Err(finding) => return self.findings.push(finding),
                };
                let program = heading.program.unwrap_or_else(|| program_of(table));
                let subjects = self.subjects(&heading.names, program);
                let names = names(&subjects);
                let rules = rules::tier_tables(items, table, self, &names);
                match when::effective(self, table.span, Topic::Contracts, &heading.instants) {
                    Ok((at, rollout)) => self.add(&subjects, rules, at, rollout, table.span),
                    Err(finding) => self.findings.push(Finding { subjects: names, ..finding }),
                }
            }
            Body::Flat(rows) => match when::effective(self, table.span, Topic::Assets, &[]) {
                Ok((at, rollout)) => {
                    rules::one_sided(table, table.span, self);
                    let first = self.statements.len();
                    rows.iter().for_each(|row| self.flat_row(row, table, at, rollout));
                    self.same_rows(first);
                }
                Err(finding) => self.findings.push(finding),
            },
            Body::Collateral(blocks) => match when::effective(self, table.span, Topic::Assets, &[]) {
                Ok((at, rollout)) => blocks.iter().for_each(|block| self.block(block, table, at, rollout)),
                Err(finding) => self.findings.push(finding),
            },
        }
    }

    fn block(&mut self, block: &Block, table: &Table, at: Instant, rollout: Length) {
        let (name_end, rules) = rules::collateral_tables(block, table, self);
        let mut spans = block.names.clone();
        if let Some(last) = spans.last_mut() {
            let lent = name_end > last.end || rules.iter().any(|(_, rule)| has_long_rank(rule));
            last.end = name_end;
            let name = last.of(&self.document.text);
            if lent && !self.known.contains(name) {
                self.error(Code::DigitsInName, *last, digits_in_name(name));
            }
        }
        let subjects = self.subjects(&spans, Program::PmPro);
        let names = names(&subjects);
        self.findings
            .iter_mut()
            .filter(|f| {
                f.subjects.is_empty() && f.span.start >= block.span.start && f.span.end <= block.span.end
            })
            .for_each(|finding| finding.subjects = names.clone());
        self.add(&subjects, rules, at, rollout, table.span);
    }

    fn flat_row(&mut self, row: &FlatRow, table: &Table, at: Instant, rollout: Length) {
        let text = self.document.text.as_str();
        let (way, doubt) = flat::choose(row, text, &self.known);
        let (name, left) = &row.ways[way];
        let subjects = self.subjects(&[*name], Program::Pm);
        let names = names(&subjects);
        let mut note = |code, message: String| {
            self.findings.push(Finding { code, message, span: row.span, subjects: names.clone() });
        };
        if doubt {
            let ways: Vec<String> = row
                .ways
                .iter()
                .map(|(name, ratio)| {
                    let ratio = ratio.as_ref().map_or("NA", |(rate, _)| rate.text());
                    format!("{} {ratio} %", name.of(text))
                })
                .collect();
            note(Code::AmbiguousSplit, format!("{} can be {}", row.span.of(text), ways.join(" or ")));
        }
        if row.shifted {
            let message = "may lack its left ratio, and what stands behind it be the start of the next name";
            note(Code::AmbiguousSplit, format!("`{}` {message}", row.span.of(text)));
        }
        let ratios = [left, &row.right];
        let glued = left.as_ref().is_some_and(|(_, ratio)| ratio.start == name.end);
        if glued && name.of(text).ends_with(|c: char| c.is_ascii_digit()) {
            note(Code::DigitsInName, digits_in_name(name.of(text)));
        }
        if let (Some((before, _)), Some((after, _))) = (left, &row.right)
            && flat::leaps(before, after)
        {
            let message = format!("{} goes from {} % to {} %", name.of(text), before.text(), after.text());
            note(Code::RatioLeap, message);
        }
        for (ratio, _) in ratios.into_iter().flatten().filter(|(ratio, _)| ratio.fraction().is_zero()) {
            note(Code::UnusualRate, format!("{}: ratio {} %", name.of(text), ratio.text()));
        }
        if row.unmarked {
            note(
                Code::UnreadText,
                format!("`{}` has one ratio, and no mark for the other", row.span.of(text)),
            );
            return;
        }
        if table.header.sides.len() == 2 && ratios.iter().any(|ratio| ratio.is_none()) {
            note(Code::SideMissing, format!("{} has only one ratio", name.of(text)));
        }
        let rules = table.header.sides.iter().zip(ratios).filter_map(|(side, ratio)| {
            let (ratio, span) = ratio.clone()?;
            Some((*side, Arc::new(Rule::Flat(FlatRatio { ratio, span }))))
        });
        let rules = rules.collect();
        self.add(&subjects, rules, at, rollout, row.span);
    }

    /// Reports the assets that have more than one row among the statements from `first` on, which are those of a table.
    fn same_rows(&mut self, first: usize) {
        let mut rows = BTreeMap::new();
        for statement in &self.statements[first..] {
            let name = statement.subject.name();
            if rows.insert(name, statement.span).is_some_and(|row| row != statement.span) {
                let message = format!("{name} has two rows in one table");
                let finding = Finding::new(Code::DuplicateSubject, statement.span, message);
                self.findings.push(Finding { subjects: vec![name.to_string()], ..finding });
            }
        }
    }

    /// The subjects of a list, each once.
    fn subjects(&mut self, names: &[Span], program: Program) -> Vec<Subject> {
        let text = self.document.text.as_str();
        let mut seen = BTreeSet::new();
        let mut subjects = Vec::new();
        for span in names.iter().take(limits::TABLE_SUBJECTS) {
            let name = span.of(text);
            if !program.holds_contracts() && !fits_asset(name) {
                self.error(
                    Code::UnreadText,
                    *span,
                    format!("`{name}` is neither a column nor the name of an asset"),
                );
                continue;
            }
            if !fits_program(name, program) {
                let message = format!("{name} cannot be a contract of the program {}", program.name());
                self.error(Code::NoSubject, *span, message);
                continue;
            }
            if program.holds_contracts() && !contract::is_usual(name, program) {
                let message = format!("{name} is named as no contract of the program {} is", program.name());
                let finding = Finding::new(Code::UnusualName, *span, message);
                self.findings.push(Finding { subjects: vec![name.to_string()], ..finding });
            }
            match Subject::new(&self.document.venue, program, name) {
                Some(subject) if seen.insert(name) => subjects.push(subject),
                Some(_) => {
                    let message = format!("{name} is named twice in one list");
                    let finding = Finding::new(Code::DuplicateSubject, *span, message);
                    self.findings.push(Finding { subjects: vec![name.to_string()], ..finding });
                }
                None => {
                    self.error(Code::NoSubject, *span, format!("`{name}` cannot be the name of a subject"))
                }
            }
        }
        if names.len() > limits::TABLE_SUBJECTS {
            let message = format!("{} names in one list; at most {}", names.len(), limits::TABLE_SUBJECTS);
            self.error(Code::NoSubject, names[limits::TABLE_SUBJECTS], message);
        }
        subjects
    }

    /// Adds what both sides say about each subject: the change, then the sighting of what was before.
    fn add(
        &mut self,
        subjects: &[Subject],
        rules: Vec<(Side, Arc<Rule>)>,
        at: Instant,
        rollout: Length,
        span: Span,
    ) {
        let effective_at = ValidTime(at);
        let changes = rules.iter().filter(|(side, _)| *side == Side::New);
        let sightings = rules.iter().filter(|(side, _)| *side == Side::Previous);
        let claims: Vec<DraftClaim> = changes
            .map(|(_, rule)| DraftClaim::Change { effective_at, rollout, rule: rule.clone() })
            .chain(sightings.map(|(_, rule)| DraftClaim::Previous { effective_at, rule: rule.clone() }))
            .collect();
        for subject in subjects {
            self.statements.extend(claims.iter().map(|claim| DraftStatement {
                subject: subject.clone(),
                claim: claim.clone(),
                span,
            }));
        }
    }
}

/// Whether the first digit of a rank could be the last one of a name before it: `USD11` is USD 11 or USD1 1.
fn has_long_rank(rule: &Rule) -> bool {
    matches!(rule, Rule::Collateral(table) if table.rank().is_some_and(|rank| rank > 10))
}

fn digits_in_name(name: &str) -> String {
    format!(
        "{name} is glued to the digits behind it, and printed nowhere else; it may have more or fewer of them"
    )
}

fn names(subjects: &[Subject]) -> Vec<String> {
    subjects.iter().map(|subject| subject.name().to_string()).collect()
}

/// Whether a word can name an asset: small letters only as a short prefix (`stETH`), else it is a piece of a
/// column name.
fn fits_asset(name: &str) -> bool {
    let behind_prefix = name.char_indices().find(|(at, c)| !c.is_ascii_lowercase() || *at >= 3);
    behind_prefix.is_some_and(|(at, _)| !name[at..].contains(|c: char| c.is_ascii_lowercase()))
}

/// Whether the currency in the name of a contract fits its program.
fn fits_program(name: &str, program: Program) -> bool {
    match program {
        Program::Usdm => !name.ends_with("USD_PERP"),
        Program::Coinm => !["USDT", "USDC"].iter().any(|currency| name.ends_with(currency)),
        _ => true,
    }
}

/// The program that the unit of a tier table tells: bounds in a dollar coin are USDⓈ-M, in another COIN-M.
fn program_of(table: &Table) -> Program {
    match table.header.unit.as_deref() {
        Some(unit) if !unit.contains("USD") && unit != "DAI" => Program::Coinm,
        _ => Program::Usdm,
    }
}

/// Names that stand clear of digits: in headings (without their currency), in lists, in rows that can be parted
/// in one way only.
pub fn known_names<'a>(text: &'a str, tables: &[Table], headings: &[Place]) -> BTreeSet<&'a str> {
    let mut known = BTreeSet::new();
    for name in headings.iter().flat_map(|place| &place.heading.names) {
        let name = name.of(text);
        known.extend(["USDT", "USDC", "USD"].iter().filter_map(|currency| name.strip_suffix(currency)));
    }
    for table in tables {
        match &table.body {
            Body::Tiers(_) => {}
            Body::Flat(rows) => {
                let sure = rows.iter().filter(|row| row.ways.len() == 1);
                known.extend(sure.map(|row| row.ways[0].0.of(text)));
            }
            Body::Collateral(blocks) => {
                let all = blocks.iter().flat_map(|block| {
                    let sure =
                        |(place, name): &(usize, &Span)| *place > 0 || !marks::may_hold_mark(name.of(text));
                    block.names.iter().enumerate().filter(sure).map(|(_, name)| name).rev().skip(1)
                });
                known.extend(all.map(|name| name.of(text)));
            }
        }
    }
    known
}
