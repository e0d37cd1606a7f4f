//! What a reader of Markdown does not see: comments over several lines, and elements of HTML that are hidden or
//! left out as in pages. A block of code is shown as it is, so that nothing in it hides anything.

use std::borrow::Cow;

use super::elements;
use super::left_out::{LeftOut, Place, Unseen};
use super::style::{self, Sheets};
use super::tokens::{self, Tag, Token};
use crate::text::Span;

/// A text without what is not seen.
#[derive(Default, Debug)]
pub struct Seen {
    /// The text, with blanks in the place of each byte that is not seen. Lines stay lines.
    pub text: String,
    /// The places of these blanks, none of them over the end of a line.
    pub blanks: Vec<Span>,
    /// Whether a comment or an element has no end.
    pub is_cut: bool,
    /// What is hidden without certainty.
    pub unseen: Unseen,
}

impl Seen {
    /// What is seen of a text; `None` where that is all of it.
    pub fn of(text: &str) -> Option<Seen> {
        if !text.match_indices('<').any(|(at, _)| begins(&text[at + 1..])) {
            return None;
        }
        let shown = blanked(text, &code(text));
        let mut reader = HiddenReader {
            text: &shown,
            sheets: Sheets::of(&shown, Span::new(0, shown.len())),
            open: None,
            hidden: Vec::new(),
            is_cut: false,
            unseen: Unseen::default(),
        };
        tokens::each(&shown, Span::new(0, shown.len()), |token| {
            reader.take(&token);
            true
        });
        if let Some(left_out) = reader.open.take() {
            reader.hidden.push(Span::new(left_out.span.start, text.len()));
            reader.is_cut = true;
        }
        let blanks: Vec<Span> = reader.hidden.iter().flat_map(|span| lines(text, *span)).collect();
        let HiddenReader { is_cut, unseen, .. } = reader;
        let is_all = blanks.is_empty() && unseen.doubtful.is_none() && unseen.perhaps.is_none();
        (!is_all).then(|| Seen { text: blanked(text, &blanks).into_owned(), blanks, is_cut, unseen })
    }

    /// The end of the blanks that start at `at`.
    pub fn blanks_at(&self, at: usize) -> Option<usize> {
        self.blanks.binary_search_by_key(&at, |span| span.start).ok().map(|found| self.blanks[found].end)
    }
}

/// Whether what comes after a `<` is a comment or a tag.
fn begins(after: &str) -> bool {
    let name = tokens::name_at(after.as_bytes());
    after.starts_with("!--") || (!name.is_empty() && elements::is_element(&name.to_ascii_lowercase()))
}

/// How far a text was read.
struct HiddenReader<'a> {
    text: &'a str,
    sheets: Sheets,
    open: Option<LeftOut>,
    hidden: Vec<Span>,
    is_cut: bool,
    unseen: Unseen,
}

impl HiddenReader<'_> {
    fn take(&mut self, token: &Token) {
        if let Some(left_out) = &mut self.open {
            self.unseen.note(self.text, left_out, token);
            let (start, place) = (left_out.span.start, left_out.place_of(token));
            let (Token::Open(Tag { span, .. }) | Token::Close(_, span)) = token else { return };
            let end = match place {
                Place::Inside => return,
                Place::End => span.end,
                Place::After => span.start,
                Place::Doubtful => {
                    self.unseen.doubtful.get_or_insert((left_out.name.clone(), *span));
                    span.start
                }
            };
            self.hidden.push(Span::new(start, end));
            self.open = None;
            if place == Place::End {
                return;
            }
        }
        match token {
            Token::Open(tag) => self.open(tag),
            Token::Comment(span) if span.of(self.text).starts_with("<!--") => self.comment(*span),
            _ => {}
        }
    }

    fn open(&mut self, tag: &Tag) {
        let is_sizeless = tag.attribute("style").and_then(style::is_sizeless) == Some(true);
        let is_sizeless = is_sizeless && !elements::is_void(&tag.name);
        let left_out = LeftOut::begun_by(tag, &self.sheets);
        self.open = left_out.or_else(|| is_sizeless.then(|| LeftOut::of(tag)));
        if self.open.is_none() && self.sheets.hiding(tag).is_some() {
            self.unseen.perhaps.get_or_insert(tag.span);
        }
    }

    /// A comment that starts within a paragraph ends with it, or is none.
    fn comment(&mut self, span: Span) {
        let before = &self.text[..span.start];
        let line = &before[before.rfind('\n').map_or(0, |end| end + 1)..];
        let starts_block = line.chars().all(|c| c.is_whitespace() || c == '>');
        let words = span.of(self.text);
        let is_ended = words.ends_with("-->") || words.ends_with("--!>");
        let has_blank_line = words.lines().skip(1).any(|line| line.trim().is_empty());
        if !starts_block && (!is_ended || has_blank_line) {
            let start = Span::new(span.start, span.start + "<!--".len());
            self.unseen.doubtful.get_or_insert(("!--".to_string(), start));
        } else {
            self.hidden.push(span);
            self.is_cut |= !is_ended;
        }
    }
}

/// The parts of a span that are on one line each.
fn lines(text: &str, span: Span) -> Vec<Span> {
    let pieces = span.of(text).split('\n').map(|piece| Span::of_part(text, piece));
    pieces.filter(|piece| !piece.is_empty()).collect()
}

/// The same text with a blank in the place of each byte of these parts.
fn blanked<'a>(text: &'a str, parts: &[Span]) -> Cow<'a, str> {
    if parts.is_empty() {
        return Cow::Borrowed(text);
    }
    let (mut blanked, mut at) = (String::with_capacity(text.len()), 0);
    for part in parts {
        blanked += &text[at..part.start];
        blanked.extend(std::iter::repeat_n(' ', part.end - part.start));
        at = part.end;
    }
    blanked += &text[at..];
    Cow::Owned(blanked)
}

/// A block that is not read as Markdown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    None,
    /// Code between two lines of so many of these signs; quoted or not, indented by so much.
    Fence {
        sign: char,
        length: usize,
        is_quoted: bool,
        indent: usize,
    },
    /// HTML up to a blank line.
    Html,
    /// HTML up to a line with this.
    HtmlUpTo(&'static str),
}

/// The places of code, line by line. Where it is not certain whether a place is code, it is none.
fn code(text: &str) -> Vec<Span> {
    let (mut places, mut block) = (Vec::new(), Block::None);
    for line in text.split_inclusive('\n') {
        let line = line.trim_end_matches('\n');
        let body = line.trim_start_matches([' ', '\t', '>']).trim_end();
        let (prefix, _) = line.split_at(line.len() - line.trim_start_matches([' ', '\t', '>']).len());
        let (is_quoted, indent) = (prefix.contains('>'), prefix.len());
        if let Block::Fence { is_quoted: was_quoted, indent: was, .. } = block
            && !body.is_empty()
            && (was_quoted != is_quoted || (was > 0 && indent < was))
        {
            block = Block::None;
        }
        match block {
            Block::Fence { sign, length, .. } => {
                places.extend(lines(text, Span::of_part(text, line)));
                let signs = body.chars().take_while(|c| *c == sign).count();
                if signs >= length && body.len() == signs {
                    block = Block::None;
                }
            }
            Block::HtmlUpTo(end) => {
                if body.to_ascii_lowercase().contains(end) {
                    block = Block::None;
                }
            }
            Block::Html if body.is_empty() => block = Block::None,
            Block::Html => {}
            Block::None => match begun(body, is_quoted, indent) {
                Block::None => places.extend(inline_code(text, Span::of_part(text, line))),
                begun => block = begun,
            },
        }
    }
    places
}

/// The block that a line begins.
fn begun(body: &str, is_quoted: bool, indent: usize) -> Block {
    for sign in ['`', '~'] {
        let length = body.chars().take_while(|c| *c == sign).count();
        if length >= 3 && (sign == '~' || !body[length..].contains('`')) {
            return Block::Fence { sign, length, is_quoted, indent };
        }
    }
    let Some(tag) = body.strip_prefix('<') else { return Block::None };
    let name = tokens::name_at(tag.strip_prefix('/').unwrap_or(tag).as_bytes()).to_ascii_lowercase();
    let end = match name.as_str() {
        _ if tag.starts_with("!--") => Some("-->"),
        "pre" => Some("</pre"),
        "script" => Some("</script"),
        "style" => Some("</style"),
        "textarea" => Some("</textarea"),
        _ => None,
    };
    match end {
        Some(end) if body.to_ascii_lowercase().contains(end) => Block::None,
        Some(end) => Block::HtmlUpTo(end),
        None if elements::is_element(&name) => Block::Html,
        None => Block::None,
    }
}

/// The places of code within a line: between two runs of equally many signs.
fn inline_code(text: &str, line: Span) -> Vec<Span> {
    let words = line.of(text);
    if words.trim_start_matches([' ', '\t', '>']).starts_with('<') {
        return Vec::new();
    }
    let mut runs: Vec<Span> = Vec::new();
    for (at, _) in words.match_indices('`') {
        match runs.last_mut().filter(|run| run.end == line.start + at) {
            Some(run) => run.end += 1,
            None => runs.push(Span::new(line.start + at, line.start + at + 1)),
        }
    }
    let (mut places, mut runs) = (Vec::new(), runs.into_iter().peekable());
    while let Some(first) = runs.next() {
        let length = first.end - first.start;
        let is_match = |run: &Span| run.end - run.start == length;
        if let Some(last) = runs.next_if(is_match) {
            places.push(Span::new(first.start, last.end));
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn seen(text: &str) -> String {
        let seen = Seen::of(text);
        let shown = seen.map_or(text.to_string(), |seen| {
            assert_eq!(seen.text.len(), text.len());
            format!("{}{}", seen.text, if seen.is_cut { "cut" } else { "" })
        });
        shown.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn comments_and_hidden_elements_are_not_seen_over_any_lines() {
        for (text, shown) in [
            ("a <!-- b --> c", "a c"),
            ("a\n<!--\n\nb\n\n-->\nc", "a c"),
            ("a\n<!-- b\n\n", "a cut"),
            ("a <!-- b\n\nc", "a <!-- b c"),
            ("<!-->a", "a"),
            ("a\n<div style='display:none'>\n\nb <div>\n</div> c\n</div>\nd", "a d"),
            ("a <del>b</del> <s>c</s> d <span style='font-size:0'>e</span>", "a d"),
            ("a\n<p hidden>b</p> c", "a c"),
            ("a\n<div hidden>b", "a cut"),
            ("a 0 <Position b", "a 0 <Position b"),
            ("a <b>b</b>", "a <b>b</b>"),
        ] {
            assert_eq!(seen(text), shown, "{text}");
        }
    }

    #[test]
    fn code_is_seen_and_hides_nothing_and_what_only_looks_like_code_does() {
        for text in [
            "```\n<!--\n```\nb\n```\n-->\n```",
            "~~~ x\n<div hidden>\n~~~\nb",
            "`<div hidden>` b `</div>`",
            "> ```\n> <!-- a -->\n> ```",
        ] {
            let shown = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(seen(text), shown, "{text}");
        }
        for (text, shown) in [
            ("<div>\n```\n<p hidden>b</p>\n```\n", "<div> ``` ```"),
            ("> ```\n<div hidden>\nb\n</div>", "> ```"),
            ("<pre>\n\n```\n<div hidden>b</div>\n```\n</pre>", "<pre> ``` ``` </pre>"),
        ] {
            assert_eq!(seen(text), shown, "{text}");
        }
    }
}
