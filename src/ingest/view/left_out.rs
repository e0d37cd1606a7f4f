//! Elements whose text is left out, because it is not part of an announcement or hidden, and where each of them
//! ends. Where only the rules of browsers for tags that are missing could tell the end, it is in doubt.

use super::elements;
use super::style::{self, Hiding, Sheets};
use super::tokens::{Tag, Token};
use crate::finding::{Finding, FindingCode};
use crate::text::Span;

/// An element whose text is left out.
#[derive(Debug)]
pub struct LeftOut {
    /// Its name.
    pub name: String,
    /// The place of its start tag.
    pub span: Span,
    /// Whether a style sheet hides it.
    pub by_sheet: bool,
    /// How many of its name are open.
    open: usize,
    /// What is open in it, where a tag of its name does not end it.
    inside: Vec<String>,
}

/// Where a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// In the element.
    Inside,
    /// It is the end tag of the element.
    End,
    /// After the element, which has no end tag.
    After,
    /// In it or after it.
    Doubtful,
}

impl LeftOut {
    /// The element that a start tag begins, if its text is left out.
    pub fn begun_by(tag: &Tag, sheets: &Sheets) -> Option<LeftOut> {
        let by_sheet = sheets.hiding(tag) == Some(Hiding::Surely);
        let is_out = elements::is_outside_article(&tag.name)
            || (!elements::is_void(&tag.name) && (is_hidden(tag) || by_sheet));
        is_out.then(|| LeftOut {
            by_sheet: by_sheet && !elements::is_outside_article(&tag.name),
            ..LeftOut::of(tag)
        })
    }

    /// The element that a start tag begins.
    pub fn of(tag: &Tag) -> LeftOut {
        LeftOut { name: tag.name.clone(), span: tag.span, by_sheet: false, open: 1, inside: Vec::new() }
    }

    /// Where the next token is.
    pub fn place_of(&mut self, token: &Token) -> Place {
        match token {
            Token::Open(tag) => self.open(&tag.name),
            // What comes after the end of a page belongs to it.
            Token::Close(..) if matches!(self.name.as_str(), "body" | "html") => Place::Inside,
            Token::Close(name, _) => self.close(name),
            _ => Place::Inside,
        }
    }

    fn open(&mut self, name: &str) -> Place {
        let needs_end = elements::needs_end(&self.name);
        if self.inside.is_empty() {
            if needs_end && name == self.name {
                self.open += 1;
                return Place::Inside;
            }
            match elements::may_end(&self.name, name) {
                // A part of a table ends where the next one starts, whatever is open in it.
                true if elements::is_part_of_table(&self.name) => return Place::After,
                true => return Place::Doubtful,
                false => {}
            }
        }
        let is_nested = name == self.name || (elements::is_block(name) && elements::needs_end(name));
        if elements::is_scope(name) || (!needs_end && is_nested) {
            self.inside.push(name.to_string());
        }
        Place::Inside
    }

    fn close(&mut self, name: &str) -> Place {
        let needs_end = elements::needs_end(&self.name);
        if self.inside.last().is_some_and(|last| last == name) {
            self.inside.pop();
            return Place::Inside;
        }
        match self.inside.is_empty() {
            true if name == self.name => {
                self.open -= 1;
                if self.open == 0 { Place::End } else { Place::Inside }
            }
            true if elements::is_part_of_table(&self.name) && elements::holds(name, &self.name) => {
                Place::After
            }
            _ if needs_end => Place::Inside,
            _ if name == self.name || (elements::is_block(name) && elements::needs_end(name)) => {
                Place::Doubtful
            }
            _ => Place::Inside,
        }
    }
}

/// Whether an element is not shown, or struck out, by its own tag.
fn is_hidden(tag: &Tag) -> bool {
    elements::is_struck(&tag.name)
        || tag.attribute("hidden").is_some()
        || (tag.name == "dialog" && tag.attribute("open").is_none())
        || tag.attribute("style").is_some_and(style::hides)
}

/// What of a source is hidden in a way that its reader should know of.
#[derive(Clone, Default, Debug)]
pub struct Unseen {
    /// The name of a hidden element, and the tag from which on it is not certain whether it is still open.
    pub doubtful: Option<(String, Span)>,
    /// The start tag of an element with digits that a style sheet hides; they are left out.
    pub surely: Option<Span>,
    /// The start tag of an element that a style sheet hides under a condition; it is read.
    pub perhaps: Option<Span>,
}

impl Unseen {
    /// Notes digits of an element that is left out.
    pub fn note(&mut self, source: &str, left_out: &LeftOut, token: &Token) {
        if let (true, Token::Text(span)) = (left_out.by_sheet && self.surely.is_none(), token)
            && span.of(source).bytes().any(|byte| byte.is_ascii_digit())
        {
            self.surely = Some(left_out.span);
        }
    }

    /// The findings of a document with it.
    pub fn findings(self) -> impl Iterator<Item = Finding> {
        let doubtful = self.doubtful.map(|(name, span)| {
            let message =
                format!("a hidden `<{name}>` has no end tag before this place, so that it may go on here");
            Finding::new(FindingCode::UnreadText, span, message)
        });
        let surely = self.surely.map(|span| {
            let message = "a style sheet of the page hides figures from here on; they are not read";
            Finding::new(FindingCode::HiddenText, span, message)
        });
        let perhaps = self.perhaps.map(|span| {
            let message = "a style sheet of the page may hide this element, which is read";
            Finding::new(FindingCode::HiddenText, span, message)
        });
        doubtful.into_iter().chain(surely).chain(perhaps)
    }
}
