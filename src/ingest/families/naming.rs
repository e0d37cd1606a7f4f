//! The sentences of a document that name contracts, for those that refer to them: `the aforementioned contracts`.

use std::cell::OnceCell;

use super::text;
use crate::ingest::announcement::contract;
use crate::ingest::announcement::document::Document;
use crate::ingest::scan;
use crate::statement::Subject;
use crate::text::Span;

/// The sentences that name contracts. They are looked for when they are first asked for, once for all sentences
/// that refer to others.
pub struct Naming<'a> {
    document: &'a Document,
    /// The lines of the document without its title.
    lines: &'a [Span],
    found: OnceCell<Vec<Span>>,
    /// The numbers of the lines that are the names of sections.
    sections: OnceCell<Vec<usize>>,
}

impl<'a> Naming<'a> {
    /// Those of a document with lines.
    pub fn new(document: &'a Document, lines: &'a [Span]) -> Naming<'a> {
        Naming { document, lines, found: OnceCell::new(), sections: OnceCell::new() }
    }

    /// The last sentence before a place that names contracts.
    pub fn before(&self, place: usize) -> Option<Span> {
        let found = self.found();
        let count = found.partition_point(|sentence| sentence.end <= place);
        found[..count].last().copied()
    }

    /// The first sentence that names contracts after a place in a line, in the same section.
    pub fn after(&self, line: usize, place: usize) -> Option<Span> {
        let text = self.document.text.as_str();
        let sections = self.sections.get_or_init(|| {
            let all = self.lines.iter().enumerate();
            all.filter(|(_, line)| is_section(text, **line)).map(|(number, _)| number).collect()
        });
        let next = sections.get(sections.partition_point(|section| *section <= line));
        let end = next.map_or(text.len(), |section| self.lines[*section].start);
        let found = self.found();
        let mut after = found[found.partition_point(|sentence| sentence.start < place)..].iter();
        after.find(|sentence| self.is_of_a_line(**sentence)).copied().filter(|sentence| sentence.start < end)
    }

    /// The contracts that a sentence names.
    pub fn contracts(&self, sentence: Span) -> impl Iterator<Item = Subject> + use<'a> {
        let document = self.document;
        let words = contract::contract_words(&document.text, sentence).into_iter();
        words.filter_map(move |word| Some(text::named_contract(document, word, None)?.subject))
    }

    fn found(&self) -> &[Span] {
        self.found.get_or_init(|| {
            let text = self.document.text.as_str();
            let first = self.lines.first().map_or(text.len(), |line| line.start);
            let mut sentences = text::sentences(text, Span::new(first, text.len()));
            sentences.retain(|sentence| self.contracts(*sentence).next().is_some());
            sentences
        })
    }

    /// Whether a sentence is in one of the lines, and not in the title.
    fn is_of_a_line(&self, sentence: Span) -> bool {
        let line = self.lines.partition_point(|line| line.end <= sentence.start);
        self.lines.get(line).is_some_and(|line| sentence.is_within(*line))
    }
}

/// Whether a line is the name of a section: a few words and no sign of a sentence.
fn is_section(text: &str, line: Span) -> bool {
    let words = line.of(text);
    words.split(scan::is_blank).count() <= 5 && !words.contains(['.', ':', ',']) && !words.contains('(')
}
