//! The last time for new orders in contracts that end: shortly before the end, and never the end itself.

use super::text;
use crate::finding::{Finding, FindingCode};
use crate::ingest::announcement::timestamps::PrintedTimes;
use crate::ingest::announcement::{Document, contract};
use crate::statement::Subject;
use crate::text::Span;
use crate::time::{DAY, TimeSpan, ValidTime};

/// The longest usual time between the last orders and the end; it is 30 minutes or an hour.
const USUAL: TimeSpan = TimeSpan::minutes(2 * 60);

/// From when no orders may be opened, as one document says it.
pub struct LastOrders {
    /// For contracts that are not named: every time that is stated.
    unnamed: Vec<(ValidTime, Span)>,
    /// For each contract that is named.
    named: Vec<(String, ValidTime, Span)>,
}

impl LastOrders {
    /// Reads the sentences and lists about it.
    pub fn read(document: &Document, lines: &[Span]) -> LastOrders {
        let text = document.text.as_str();
        let mut last_orders = LastOrders { unnamed: Vec::new(), named: Vec::new() };
        for (place, line) in lines.iter().enumerate() {
            let found = text::sentences(text, *line).into_iter();
            for sentence in found.filter(|sentence| is_about_orders(sentence.of(text))) {
                let below = lines[place + 1..].iter().copied();
                let timed = below.take_while(|line| !PrintedTimes::read(text, *line).timestamps.is_empty());
                let has_list = sentence.of(text).trim_end().ends_with([':', '：']);
                let parts: Vec<Span> = if has_list { timed.collect() } else { Vec::new() };
                for part in [sentence].into_iter().chain(parts) {
                    last_orders.add(text, part);
                }
            }
        }
        last_orders
    }

    fn add(&mut self, text: &str, part: Span) {
        let items = text::timed_items(text, part);
        for item in &items {
            let Ok(at) = text::time_of(&item.printed) else { continue };
            let end = text::contract_list_end(text, item.rest).unwrap_or(item.span.end);
            for word in contract::contract_words(text, Span::new(item.rest.start, end)) {
                self.named.push((word.of(text).to_string(), at, item.printed.span));
            }
        }
        if items.is_empty() {
            let times = PrintedTimes::read(text, part).timestamps;
            let readable =
                times.iter().filter_map(|printed| Some((text::time_of(printed).ok()?, printed.span)));
            self.unnamed.extend(readable);
        }
    }

    /// Why a subject cannot end at a time (`no_timestamp`), or why its name or the time may be misprinted
    /// (`contract_not_named`, `instant_form`).
    pub fn contradiction(&self, subject: &Subject, end: ValidTime) -> Option<Finding> {
        let name = subject.name();
        let own = self.named.iter().find(|(named, ..)| named == name).map(|(_, at, span)| (*at, *span));
        if own.is_none() && !self.named.is_empty() && subject.program().has_contracts() {
            let message = format!("{name} is not named where the last time for new orders is stated");
            return Some(Finding::new(FindingCode::ContractNotNamed, Span::new(0, 0), message));
        }
        let (at, span) = own.or(self.unnamed.first().copied())?;
        let after = |time: TimeSpan| at.0.plus(time) < end.0;
        let (code, message) = if at >= end || after(DAY) {
            let message = format!(
                "{name} cannot end at {end} where new orders are accepted until {at}; one time is misprinted"
            );
            (FindingCode::NoTimestamp, message)
        } else if after(USUAL) {
            let message = format!("{name} ends at {end}, unusually long after the last orders at {at}");
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
