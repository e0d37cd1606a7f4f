//! A sheet: a view in the making, on which blanks run together and lines break where elements end.

use super::tokens;
use super::{Mark, View};
use crate::ingest::scan;
use crate::text::Span;

/// A view to which words are added line by line.
#[derive(Clone, Default, Debug)]
pub struct Sheet {
    view: View,
    gap: Gap,
}

/// What is between the last word and the next.
#[derive(Clone, Copy, Default, Debug)]
enum Gap {
    #[default]
    Nothing,
    /// A blank, and its place in the source.
    Blank(Span),
    /// The end of a line.
    Line,
}

impl Sheet {
    /// The view, without blanks after its last word.
    pub fn into_view(self) -> View {
        self.view
    }

    /// What was made so far.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// Where the next word will be, or slightly before it.
    pub fn end(&self) -> usize {
        self.view.text().len()
    }

    /// Ends the line.
    pub fn end_line(&mut self) {
        self.gap = Gap::Line;
    }

    /// Adds a blank whose source is `span`.
    pub fn blank(&mut self, span: Span) {
        if matches!(self.gap, Gap::Nothing) {
            self.gap = Gap::Blank(span);
        }
    }

    /// Marks what was added from `start` on.
    pub fn mark(&mut self, mark: Mark, start: usize) {
        self.view.mark(mark, Span::new(start, self.end()));
    }

    /// Adds the text of HTML at `span`: entities decoded, blanks run together; line breaks count where
    /// `keeps_lines`. Gives what was made so far.
    pub fn add(&mut self, source: &str, span: Span, keeps_lines: bool) -> &View {
        let text = span.of(source);
        let mut from = 0;
        let mut at = 0;
        while let Some(c) = scan::char_at(text, at).filter(|_| !self.view.is_full()) {
            let next = at + c.len_utf8();
            let here = Span::new(span.start + at, span.start + next);
            let entity = if c == '&' { tokens::entity(&text[at..]) } else { None };
            if entity.is_none() && !scan::is_blank(c) && !is_nothing(c) {
                at = next;
                continue;
            }
            self.word(source, Span::new(span.start + from, here.start));
            match entity {
                Some((words, length)) => {
                    self.decoded(source, &words, Span::new(here.start, here.start + length));
                    at += length;
                }
                None => {
                    match c {
                        '\n' if keeps_lines => self.end_line(),
                        c if is_nothing(c) => {}
                        _ => self.blank(here),
                    }
                    at = next;
                }
            }
            from = at;
        }
        self.word(source, Span::new(span.start + from, span.end));
        &self.view
    }

    /// Adds words without blanks, as they are.
    fn word(&mut self, source: &str, span: Span) {
        if !span.is_empty() {
            self.close_gap(source);
            self.view.push(source, span);
        }
    }

    /// Adds the character of an entity.
    fn decoded(&mut self, source: &str, words: &str, span: Span) {
        if words.chars().all(|c| scan::is_blank(c) || is_nothing(c)) {
            if !words.chars().all(is_nothing) {
                self.blank(span);
            }
        } else {
            self.close_gap(source);
            self.view.push_as(words, span);
        }
    }

    /// Adds the blank or line break between the last word and the next.
    fn close_gap(&mut self, source: &str) {
        let at_start = self.view.text().is_empty() || self.view.text().ends_with('\n');
        match std::mem::take(&mut self.gap) {
            _ if at_start => {}
            Gap::Nothing => {}
            Gap::Blank(span) if span.of(source) == " " => self.view.push(source, span),
            Gap::Blank(span) => self.view.push_as(" ", span),
            Gap::Line => self.view.push_as("\n", Span::new(self.view.last(), self.view.last())),
        }
    }

    /// Adds a view of lines, on lines of its own.
    pub fn add_lines(&mut self, source: &str, lines: &View) {
        if !lines.text().is_empty() {
            self.end_line();
            self.close_gap(source);
            self.view.append_all(lines);
            self.end_line();
        }
    }
}

/// Whether a character only marks where a line may break or how letters join.
fn is_nothing(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}
