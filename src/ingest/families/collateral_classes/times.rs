//! From when the lists of assets are in force: each has a time of its own above it, which must be among those of the
//! introduction.

use std::collections::BTreeSet;

use crate::finding::{Finding, FindingCode};
use crate::ingest::announcement::document::Document;
use crate::ingest::announcement::rollout::{Rollout, rollout as rollout_of};
use crate::ingest::announcement::sentences;
use crate::ingest::announcement::suspicious_times;
use crate::ingest::announcement::timestamps::PrintedTimes;
use crate::ingest::families::text;
use crate::text::Span;
use crate::time::{TimeSpan, ValidTime};

/// How long the adjustments take, by the first sentence that states it; no time where none does.
///
/// # Errors
/// The sentence is not understood: as a finding.
pub fn rollout(document: &Document) -> Result<TimeSpan, Finding> {
    let words = document.text.as_str();
    let lines = text::body_lines(document);
    let mut sentences = lines.iter().flat_map(|line| sentences::split_sentences(words, *line));
    let stated = sentences.find_map(|span| Some((span, rollout_of(&span.of(words).to_lowercase())?)));
    match stated {
        None => Ok(TimeSpan::ZERO),
        Some((_, Rollout::Takes(time))) => Ok(time),
        Some((span, Rollout::NotUnderstood)) => {
            let message =
                format!("how long the change takes is not understood: `{}`", text::quoted(words, span));
            Err(Finding::new(FindingCode::UnreadRollout, span, message))
        }
    }
}

/// A list with its time.
struct TimedList {
    span: Span,
    at: ValidTime,
    names: Vec<String>,
}

/// The times of the lists of a document, read one after the other.
pub struct ListTimes<'a> {
    document: &'a Document,
    lines: Vec<Span>,
    /// Where the list before ends.
    above: usize,
    lists: Vec<TimedList>,
    /// The lines that give a list its time.
    leads: BTreeSet<Span>,
}

impl<'a> ListTimes<'a> {
    /// The times of a document.
    pub fn new(document: &'a Document) -> ListTimes<'a> {
        let lines = text::body_lines(document);
        ListTimes { document, lines, above: document.body, lists: Vec::new(), leads: BTreeSet::new() }
    }

    /// The time of the list of some assets from `start` to `end`: that of the nearest sentence above it, and below the
    /// list before it, that states any.
    ///
    /// # Errors
    /// There is none, or more than one: as a finding.
    pub fn of(&mut self, start: usize, end: usize, names: Vec<String>) -> Result<ValidTime, Finding> {
        let words = self.document.text.as_str();
        let above = std::mem::replace(&mut self.above, end);
        let near = self.lines.iter().filter(|line| line.start >= above && line.start < start);
        let near = near.map(|line| Span::new(line.start, line.end.min(start)));
        let mut sentences: Vec<Span> =
            near.flat_map(|line| sentences::split_sentences(words, line)).collect();
        sentences.reverse();
        let timed = sentences.into_iter().find(|sentence| !PrintedTimes::read(words, *sentence).is_empty());
        let span = Span::new(start, end);
        let Some(sentence) = timed else {
            let message = "no time is stated for this list; it is not stored";
            return Err(Finding { subjects: names, ..Finding::new(FindingCode::UnreadRatio, span, message) });
        };
        self.leads.insert(sentence);
        match text::only_time(words, sentence) {
            Ok(at) => {
                self.lists.push(TimedList { span: sentence.join(span), at, names });
                Ok(at)
            }
            Err(finding) => {
                let message = format!("{}; the list below it is not stored", finding.message);
                Err(Finding { code: FindingCode::UnreadRatio, message, subjects: names, ..finding })
            }
        }
    }

    /// The findings about the times of all lists: those that the introduction does not name, and announced lists that
    /// are not found.
    pub fn check(&self) -> Vec<Finding> {
        let words = self.document.text.as_str();
        let mut findings = self.unlisted();
        let first = self.lists.first().map_or(words.len(), |list| list.span.start);
        let intro: Vec<_> = self
            .lines
            .iter()
            .filter(|line| line.start < first)
            .flat_map(|line| PrintedTimes::read(words, Span::new(line.start, line.end.min(first))).timestamps)
            .collect();
        let named: BTreeSet<ValidTime> =
            intro.iter().filter_map(|printed| text::time_of(printed).ok()).collect();
        let stated: BTreeSet<ValidTime> = self.lists.iter().map(|list| list.at).collect();
        let ends = |times: &BTreeSet<ValidTime>| (times.first().copied(), times.last().copied());
        // A single list of several that are announced may be right: the others are not in this text.
        let is_part = self.lists.len() == 1 && stated.is_subset(&named);
        let fits = named.is_empty() || stated.is_empty() || is_part || ends(&named) == ends(&stated);
        if !fits {
            let wrong = |list: &&TimedList| !named.contains(&list.at);
            let all_named = self.lists.iter().all(|list| named.contains(&list.at));
            for list in self.lists.iter().filter(|list| all_named || wrong(list)) {
                let message = format!(
                    "the list says {}, but the introduction names other times; the list counts",
                    list.at
                );
                let finding = Finding::new(FindingCode::PlacesDiffer, list.span, message);
                findings.push(Finding { subjects: list.names.clone(), ..finding });
            }
        }
        findings.extend(self.suspicious());
        findings
    }

    /// The sentences that announce a list for a time, and that none follows.
    fn unlisted(&self) -> Vec<Finding> {
        let words = self.document.text.as_str();
        let announces = |line: &&Span| {
            let lower = line.of(words).to_lowercase();
            lower.ends_with([':', '：'])
                && lower.contains("asset")
                && !PrintedTimes::read(words, **line).is_empty()
        };
        let is_lead = |line: &Span| self.leads.iter().any(|lead| lead.is_within(*line));
        let lost = self.lines.iter().filter(announces).filter(|line| !is_lead(line));
        let message = "no list of assets that can be read follows this line";
        lost.map(|line| Finding::new(FindingCode::UnreadText, *line, message)).collect()
    }

    /// The findings about times on which a list rests.
    fn suspicious(&self) -> Vec<Finding> {
        let words = self.document.text.as_str();
        let found = suspicious_times::in_lines(words, &self.lines);
        let names = || self.lists.iter().flat_map(|list| list.names.iter().cloned()).collect();
        found
            .into_iter()
            .filter(|finding| {
                finding.code == FindingCode::UnusualRollout
                    || self.leads.iter().any(|lead| finding.span.is_within(*lead))
            })
            .map(|finding| Finding { subjects: names(), ..finding })
            .collect()
    }
}
