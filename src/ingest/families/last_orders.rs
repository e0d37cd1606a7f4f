//! The last time for new orders in contracts that end: shortly before the end, and never the end itself.

use std::collections::BTreeMap;

use super::text;
use crate::finding::{Finding, FindingCode};
use crate::ingest::announcement::contract;
use crate::ingest::announcement::document::Document;
use crate::ingest::announcement::timestamps::PrintedTimes;
use crate::statement::Subject;
use crate::text::Span;
use crate::time::{DAY, TimeSpan, ValidTime};

/// The usual times between the last orders and the end.
const USUAL: [TimeSpan; 2] = [TimeSpan::minutes(30), TimeSpan::minutes(60)];

/// From when no orders may be opened, as one document says it.
pub struct LastOrders {
    /// For contracts that are not named: every time that is stated.
    unnamed: Vec<(ValidTime, Span)>,
    /// The sentences and the items of lists that state it.
    pub places: Vec<Span>,
    /// For each contract that is named.
    named: BTreeMap<String, (ValidTime, Span)>,
}

impl LastOrders {
    /// Reads the sentences and lists about it.
    pub fn read(document: &Document, lines: &[Span]) -> LastOrders {
        let text = document.text.as_str();
        let mut last_orders = LastOrders { unnamed: Vec::new(), places: Vec::new(), named: BTreeMap::new() };
        // Where the lines end that are items of a list; each is one of the first list only.
        let mut listed = 0;
        for (place, line) in lines.iter().enumerate() {
            let found = text::sentences(text, *line).into_iter();
            for sentence in found.filter(|sentence| is_about_orders(sentence.of(text))) {
                last_orders.add(text, sentence);
                if sentence.of(text).trim_end().ends_with([':', '：']) && listed <= place {
                    let below = lines[place + 1..].iter();
                    listed = place + 1;
                    for line in
                        below.take_while(|line| !PrintedTimes::read(text, **line).timestamps.is_empty())
                    {
                        last_orders.add(text, *line);
                        listed += 1;
                    }
                }
            }
        }
        last_orders
    }

    fn add(&mut self, text: &str, part: Span) {
        self.places.push(part);
        let items = text::timed_items(text, part);
        for item in &items {
            let Ok(at) = text::time_of(&item.printed) else { continue };
            let end = text::contract_list_end(text, item.rest).unwrap_or(item.span.end);
            for word in contract::contract_words(text, Span::new(item.rest.start, end)) {
                self.named.entry(word.of(text).to_string()).or_insert((at, item.printed.span));
            }
        }
        if items.is_empty() {
            let times = PrintedTimes::read(text, part).timestamps;
            let readable =
                times.iter().filter_map(|printed| Some((text::time_of(printed).ok()?, printed.span)));
            self.unnamed.extend(readable);
        }
    }

    /// The last time for orders in a subject, and the bytes that state it.
    fn of(&self, name: &str) -> Option<(ValidTime, Span)> {
        self.named.get(name).copied().or(self.unnamed.first().copied())
    }

    /// How long before its end a subject takes no more orders.
    pub fn time_before(&self, subject: &Subject, end: ValidTime) -> Option<TimeSpan> {
        self.of(subject.name()).map(|(at, _)| end.0.since(at.0))
    }

    /// Why a subject cannot end at a time (`no_timestamp`), or why its name or the time may be misprinted
    /// (`contract_not_named`, `instant_form`).
    pub fn contradiction(&self, subject: &Subject, end: ValidTime) -> Option<Finding> {
        let name = subject.name();
        let is_named = self.named.is_empty() || self.named.contains_key(name);
        if !is_named && subject.program().has_contracts() {
            let message = format!("{name} is not named where the last time for new orders is stated");
            return Some(Finding::new(FindingCode::ContractNotNamed, Span::new(0, 0), message));
        }
        let (at, span) = self.of(name)?;
        let after = |time: TimeSpan| at.0.plus(time) < end.0;
        let (code, message) = if at >= end || after(DAY) {
            let message = format!(
                "{name} cannot end at {end} where new orders are accepted until {at}; one time is misprinted"
            );
            (FindingCode::NoTimestamp, message)
        } else if !USUAL.contains(&end.0.since(at.0)) {
            let message = format!("{name} ends at {end}, an unusual time after the last orders at {at}");
            (FindingCode::TimestampForm, message)
        } else {
            return None;
        };
        Some(Finding::new(code, span, message))
    }
}

/// Whether a sentence says from when no orders or positions may be opened.
fn is_about_orders(sentence: &str) -> bool {
    let lower = sentence.to_lowercase();
    let opens = lower.contains("open ") || lower.contains("place ");
    let denied =
        lower.contains("not allowed") || lower.contains("not be allowed") || lower.contains("unable to");
    denied && opens && (lower.contains("position") || lower.contains("order"))
}
