//! Views: the plain text that the reader of announcements reads in place of a page or of Markdown, and where
//! each piece of it is in the source.

pub mod elements;
pub mod grid;
pub mod html;
pub mod left_out;
pub mod markdown;
pub mod rows;
pub mod seen;
pub mod sheet;
mod sizes;
pub mod style;
pub mod tokens;

use crate::limits;
use crate::text::Span;

/// A plain text made from a source, with the place of every byte in that source.
#[derive(Clone, Default, Debug)]
pub struct View {
    text: String,
    pieces: Vec<Piece>,
    marks: Vec<(Mark, Span)>,
    full: bool,
}

/// A piece of a view, up to where the next one starts.
#[derive(Clone, Copy, Debug)]
struct Piece {
    /// Where it starts in the view.
    at: usize,
    /// What it was made from.
    source: Span,
    /// Whether it has the same bytes as its source; else each byte has the whole source as its place.
    same: bool,
}

/// What the source states of a part of the view besides its words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Mark {
    /// A heading of the first level.
    Title,
    /// A time, with its machine-readable form, if that is given.
    Time(String),
    /// A link.
    Link,
    /// The article, or the main part, of a page.
    Article,
}

impl View {
    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether words were left out because the text would have exceeded [`limits::ANNOUNCEMENT_BYTES`].
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// What the source states of parts of the text, in the order in which they end.
    pub fn marks(&self) -> &[(Mark, Span)] {
        &self.marks
    }

    /// Adds the words of `source` at `span` as they are.
    pub fn push(&mut self, source: &str, span: Span) {
        self.add(span.of(source), span, true);
    }

    /// Adds words in place of the source at `span`; an empty span for words that are not in the source.
    pub fn push_as(&mut self, words: &str, span: Span) {
        self.add(words, span, false);
    }

    /// Adds a part of the text of another view of the same source.
    pub fn append(&mut self, other: &View, part: Span) {
        let first = other.pieces.partition_point(|piece| piece.at <= part.start).saturating_sub(1);
        for (index, piece) in other.pieces.iter().enumerate().skip(first) {
            let end = other.pieces.get(index + 1).map_or(other.text.len(), |next| next.at).min(part.end);
            let start = piece.at.max(part.start);
            if start >= end {
                break;
            }
            let words = Span::new(start, end).of(&other.text);
            let source = match piece.same {
                true => Span::new(piece.source.start + start - piece.at, piece.source.start + end - piece.at),
                false => piece.source,
            };
            self.add(words, source, piece.same);
        }
        self.full |= other.full;
    }

    /// Adds all of another view of the same source, with its marks.
    pub fn append_all(&mut self, other: &View) {
        let shift = self.text.len();
        let marks = other.marks.iter();
        self.marks.extend(
            marks.map(|(mark, span)| (mark.clone(), Span::new(span.start + shift, span.end + shift))),
        );
        self.append(other, Span::new(0, other.text.len()));
    }

    /// Marks a part of the text.
    pub fn mark(&mut self, mark: Mark, span: Span) {
        self.marks.push((mark, span));
    }

    /// The place of a part of the text in the source.
    pub fn source(&self, span: Span) -> Span {
        let first = self.place(span.start);
        if span.is_empty() {
            Span::new(first.start, first.start)
        } else {
            first.join(self.place(span.end - 1))
        }
    }

    /// Where the last byte ends in the source.
    pub fn last(&self) -> usize {
        self.pieces.last().map_or(0, |piece| piece.source.end)
    }

    /// The place of the byte at `at` in the source.
    fn place(&self, at: usize) -> Span {
        let index = self.pieces.partition_point(|piece| piece.at <= at);
        match index.checked_sub(1).map(|index| self.pieces[index]) {
            Some(piece) if piece.same => {
                let start = (piece.source.start + at - piece.at).min(piece.source.end);
                Span::new(start, (start + 1).min(piece.source.end))
            }
            Some(piece) => piece.source,
            None => Span::new(0, 0),
        }
    }

    /// Adds words, if there is room.
    fn add(&mut self, words: &str, source: Span, same: bool) {
        self.full |= self.text.len() + words.len() > limits::ANNOUNCEMENT_BYTES;
        if self.full || words.is_empty() {
            return;
        }
        match self.pieces.last_mut().filter(|last| same && last.same && last.source.end == source.start) {
            Some(last) => last.source.end = source.end,
            None => self.pieces.push(Piece { at: self.text.len(), source, same }),
        }
        self.text.push_str(words);
    }
}
