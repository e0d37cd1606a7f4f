//! Cross margin: the class of an asset, and the collateral ratios of the classes by amount.
//!
//! A list of assets is a change at the time above it; the tiers of the classes are those in force at the
//! publication. Assets and numbers are glued together; what can be split in several good ways is doubtful, and what
//! cannot be split is not stored, without costing its neighbours.

mod digits;
mod graph;
mod headers;
mod lists;
mod splits;
mod tiers;
mod times;
mod words;

use super::FamilyStatements;
use super::text;
use crate::finding::{Finding, FindingCode};
use crate::ingest::announcement::document::Document;
use crate::ingest::announcement::{lines, unread};
use crate::ingest::draft::{DraftClaim, DraftStatement};
use crate::limits;
use crate::rule::{PlacedRule, Rule};
use crate::statement::{Program, Subject};
use crate::text::Span;
use headers::{ClassHeader, HeaderKind};
use lists::ClassRow;
use std::collections::{BTreeMap, BTreeSet};
use tiers::ClassTiers;
use times::ListTimes;

/// Most edges in the graphs of all lists of a text: room for five times as many assets as the longest real text lists. A
/// list for which there is no room left is not split.
const MOST_EDGES: usize = 100_000;

/// Reads classes of assets and tiers of classes.
pub fn read(document: &Document) -> FamilyStatements {
    if !is_about_classes(document) {
        return FamilyStatements::default();
    }
    let text = document.text.as_str();
    let headers = headers::find(text, document.body);
    if headers.is_empty() {
        return FamilyStatements::default();
    }
    let mut reader = ClassReader { document, read: FamilyStatements::default() };
    let lists = headers.iter().filter(|header| matches!(header.kind, HeaderKind::Assets(_))).count();
    // The names of each list are looked for in the whole text.
    if headers.len() > limits::SMALL_TABLES || lists * text.len() > limits::ANNOUNCEMENT_BYTES {
        let place = headers.last().map_or(Span::new(document.body, document.body), |last| last.span);
        let message = "the text has too many lists and tables of classes; none of them is read";
        reader.read.findings.push(Finding::new(FindingCode::UnreadText, place, message));
        return reader.read;
    }
    reader.asset_lists(&headers);
    reader.tiers(&headers);
    reader.rest();
    reader.read
}

/// Whether a document is about the collateral ratios of cross margin.
fn is_about_classes(document: &Document) -> bool {
    let about = |words: &str| {
        let lower = words.to_lowercase();
        lower.contains("cross margin") && lower.contains("collateral ratio") && !lower.contains("portfolio")
    };
    let text = document.text.as_str();
    let all = text::body_lines(document);
    let mut sentences = all.iter().flat_map(|line| text::sentences(text, *line));
    about(&document.title) || sentences.any(|sentence| about(sentence.of(text)))
}

/// What the statements of one document are made from.
struct ClassReader<'a> {
    document: &'a Document,
    read: FamilyStatements,
}

impl ClassReader<'_> {
    /// Reads the lists of assets, each with the time above it.
    fn asset_lists(&mut self, headers: &[ClassHeader]) {
        let text = self.document.text.as_str();
        let rollout = times::rollout(self.document);
        let mut times = ListTimes::new(self.document);
        let mut room = MOST_EDGES;
        for (index, header) in headers.iter().enumerate() {
            let HeaderKind::Assets(columns) = &header.kind else { continue };
            let limit = headers.get(index + 1).map_or(text.len(), |next| next.span.start);
            let body = lists::body(text, header.span.end, limit);
            let whole = Span::new(header.span.start, body.end);
            self.read.accounted.push(whole);
            let list = lists::read(text, body, columns, &mut room);
            let names = list.rows.iter().map(|row| row.name.of(text).to_string()).collect();
            let time = times.of(header.span.start, whole.end, names);
            self.read.findings.extend(list.unread.iter().map(|place| unread_asset(text, *place)));
            match (time, &rollout) {
                (Ok(at), Ok(rollout)) => {
                    for row in &list.rows {
                        self.asset(row, at, *rollout);
                    }
                }
                (Err(finding), _) => self.read.findings.push(finding),
                (_, Err(finding)) => self.read.findings.push(finding.clone()),
            }
        }
        self.read.findings.extend(times.check());
        self.repeated_assets();
    }

    /// Adds what a row states of its asset.
    fn asset(&mut self, row: &ClassRow, at: crate::time::ValidTime, rollout: crate::time::TimeSpan) {
        let text = self.document.text.as_str();
        let name = row.name.of(text);
        let Some(subject) = Subject::new(&self.document.venue, Program::Cross, name) else {
            self.read.findings.push(unread_asset(text, row.name));
            return;
        };
        for (code, message) in &row.doubts {
            let finding = Finding::new(*code, row.span, message);
            self.read.findings.push(Finding { subjects: vec![name.to_string()], ..finding });
        }
        let rule = |class: u32| PlacedRule::from(Rule::class(class));
        let new = row.new.map(|class| DraftClaim::Change { effective_at: at, rollout, rule: rule(class) });
        let old = row.old.map(|class| DraftClaim::Previous { effective_at: at, rule: rule(class) });
        for claim in new.into_iter().chain(old) {
            self.read.statements.push(DraftStatement { subject: subject.clone(), claim, span: row.span });
        }
    }

    /// Reports the assets that are twice in a list.
    fn repeated_assets(&mut self) {
        let mut seen = BTreeSet::new();
        let mut findings = Vec::new();
        for statement in &self.read.statements {
            let DraftClaim::Change { effective_at, .. } = &statement.claim else { continue };
            let name = statement.subject.name();
            if !seen.insert((name, *effective_at)) {
                let message = format!("{name} is named twice for {effective_at}");
                let finding = Finding::new(FindingCode::DuplicateSubject, statement.span, message);
                findings.push(Finding { subjects: vec![name.to_string()], ..finding });
            }
        }
        self.read.findings.extend(findings);
    }

    /// Reads the tables of tiers.
    fn tiers(&mut self, headers: &[ClassHeader]) {
        let text = self.document.text.as_str();
        let named = tiers::named_classes(self.document);
        let mut all = Vec::new();
        for header in headers {
            let unit = match &header.kind {
                HeaderKind::Assets(_) => continue,
                HeaderKind::Tiers(unit) => {
                    Some(unit.as_str()).filter(|_| !headers::is_for_one_use(text, header.span.start))
                }
                HeaderKind::Other => None,
            };
            let body = tiers::body(text, header.span.end);
            self.read.accounted.push(header.span.join(body));
            let rows = body.of(text).matches(['%', '％']).count();
            if rows > limits::DOCUMENT_ROWS {
                let message =
                    format!("{rows} rows in a table of classes; at most {} are read", limits::DOCUMENT_ROWS);
                let place = header.span.join(body);
                self.read.findings.push(Finding::new(FindingCode::UnreadText, place, message));
                continue;
            }
            let Some(unit) = unit.filter(|_| !tiers::has_two_ratios(text, body)) else {
                let message = "a table of classes whose columns are not one ratio for each tier is not read";
                let place = header.span.join(body);
                self.read.findings.push(Finding::new(FindingCode::UnreadRatio, place, message));
                continue;
            };
            let (classes, findings) = tiers::read(text, body, unit, named.as_deref());
            self.read.findings.extend(findings);
            all.extend(classes);
        }
        // The first of each class, and whether another one differs from it.
        let mut known: BTreeMap<u32, (&ClassTiers, bool)> = BTreeMap::new();
        for class in &all {
            let (first, differs) = known.entry(class.number).or_insert((class, false));
            *differs |= !first.rule.same(&class.rule);
        }
        for class in &all {
            let Some(subject) = Subject::class(&self.document.venue, class.number) else { continue };
            let Some((first, differs)) = known.get(&class.number) else { continue };
            if *differs {
                let message =
                    format!("two tables state different ratios of class {}; none is stored", class.number);
                let finding = Finding::new(FindingCode::UnreadRatio, class.span, message);
                self.read.findings.push(Finding { subjects: vec![subject.name().to_string()], ..finding });
            } else if std::ptr::eq(*first, class) {
                let claim = DraftClaim::Observation {
                    seen_at: None,
                    rule: Some(PlacedRule::from(class.rule.clone())),
                };
                self.read.statements.push(DraftStatement { subject, claim, span: class.span });
            }
        }
    }

    /// Reports what looks like a table and is none of those that were read.
    fn rest(&mut self) {
        let text = self.document.text.as_str();
        self.read.accounted.sort_unstable();
        let others = lines::lines_between(text, self.document.body, &self.read.accounted);
        self.read.findings.extend(unread::check(text, &others, &[], &[]));
    }
}

fn unread_asset(text: &str, place: Span) -> Finding {
    let message = format!(
        "`{}` cannot be split into assets and classes; what it states is not stored",
        text::quoted(text, place)
    );
    Finding::new(FindingCode::UnreadRatio, place, message)
}
