//! The lines between the tables, with the times in them.

use super::timestamps::PrintedTimes;
use crate::ingest::scan;
use crate::text::Span;

/// A line between the tables.
#[derive(Clone, Debug)]
pub struct TextLine {
    /// Its bytes, without blanks at the ends.
    pub span: Span,
    /// The times in it.
    pub times: PrintedTimes,
}

impl TextLine {
    /// The line at a span.
    pub fn at(text: &str, span: Span) -> TextLine {
        TextLine { span, times: PrintedTimes::read(text, span) }
    }
}

/// The lines of a span, without blanks at their ends; empty ones left out.
pub fn lines(text: &str, span: Span) -> impl Iterator<Item = Span> {
    let lines = span.of(text).split('\n').map(|line| line.trim_matches(scan::is_blank));
    lines.filter(|line| !line.is_empty()).map(|line| Span::of_part(text, line))
}

/// The lines between the tables.
pub fn lines_between(text: &str, start: usize, tables: &[Span]) -> Vec<Span> {
    let starts = std::iter::once(start).chain(tables.iter().map(|table| table.end));
    let ends = tables.iter().map(|table| table.start).chain([text.len()]);
    starts.zip(ends).flat_map(|(start, end)| lines(text, Span::new(start, end))).collect()
}
