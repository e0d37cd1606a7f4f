//! From Markdown to a view: tables with their columns, text without its signs. A text that has none of them
//! is read unchanged.

use super::grid::Grid;
use super::left_out::Unseen;
use super::seen::Seen;
use super::{View, elements, html, rows, tokens};
use crate::error::{Error, ErrorCode};
use crate::ingest::scan;
use crate::limits;
use crate::text::Span;

/// What was read of Markdown.
pub struct Page {
    /// Its text.
    pub view: View,
    /// Whether it ends within HTML that is not closed.
    pub is_cut: bool,
    /// What of it is hidden without certainty.
    pub unseen: Unseen,
}

/// What was read of a text; `None` where the text is its own view.
///
/// # Errors
/// `document_too_large`: a table of HTML in it has too many tags, or the view is too long: absent cells get marks, and
/// cells that span rows are written again.
pub fn view(text: &str) -> Result<Option<Page>, Error> {
    if text.len() > limits::ANNOUNCEMENT_BYTES {
        return Ok(None);
    }
    let seen = Seen::of(text);
    let (has_hidden, seen) = (seen.is_some(), seen.unwrap_or_default());
    let text = if has_hidden { &seen.text } else { text };
    let has_tables = text.split('\n').any(is_rule);
    let mut reader = MarkdownReader {
        text,
        seen: &seen,
        view: View::default(),
        has_tables,
        has_markup: has_tables || has_hidden,
        is_cut: seen.is_cut,
        unseen: seen.unseen.clone(),
    };
    let mut at = front_matter(text);
    reader.view.push(text, Span::new(0, at));
    while at < text.len() {
        at = reader.line(at)?;
    }
    if reader.view.is_full() {
        let most = limits::ANNOUNCEMENT_BYTES;
        let message = format!("the document has more than {most} bytes when its tables are written out");
        return Err(Error::new(ErrorCode::DocumentTooLarge, message)
            .hint("split it: a table of an announcement has a few thousand bytes"));
    }
    let MarkdownReader { view, has_markup, is_cut, unseen, .. } = reader;
    Ok(has_markup.then_some(Page { view, is_cut, unseen }))
}

/// The end of a first block between lines of `---`, which is left as it is.
fn front_matter(text: &str) -> usize {
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        at += line.len();
        match (number, line.trim_start_matches('\u{feff}').trim() == "---") {
            (0, false) => return 0,
            (1.., true) => return at,
            _ => {}
        }
    }
    0
}

/// Whether a line separates the header of a table from its rows: dashes between bars, colons at their ends.
fn is_rule(line: &str) -> bool {
    let line = line.trim_matches(scan::is_blank);
    let cell = |cell: &str| {
        let cell = cell.trim_matches(scan::is_blank);
        let dashes = cell.strip_prefix(':').unwrap_or(cell);
        let dashes = dashes.strip_suffix(':').unwrap_or(dashes);
        !dashes.is_empty() && dashes.bytes().all(|b| b == b'-')
    };
    line.contains('|') && line.contains('-') && inner(line).split('|').all(cell)
}

/// A row of a table without the bars at its ends.
fn inner(line: &str) -> &str {
    let line = line.strip_prefix('|').unwrap_or(line);
    if line.ends_with("\\|") { line } else { line.strip_suffix('|').unwrap_or(line) }
}

/// Whether a row has more cells than a table has columns whose place is kept.
fn is_too_wide(line: &str) -> bool {
    let inside = inner(line.trim_matches(scan::is_blank)).as_bytes();
    let is_bar = |at: &usize| inside[*at] == b'|' && (*at == 0 || inside[at - 1] != b'\\');
    (0..inside.len()).filter(is_bar).nth(limits::PAGE_COLUMNS - 1).is_some()
}

/// Whether there are letters or digits on both sides of a part.
fn is_inside_word(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start].chars().next_back();
    let after = scan::char_at(text, end);
    before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric)
}

/// Longest tag or target of a link that is looked for, in bytes.
const TAG_BYTES: usize = 500;

/// The end of a tag of HTML that starts at `at`, on the same line.
fn tag_end(text: &str, at: usize) -> Option<usize> {
    let after = text.as_bytes().get(at + 1..)?;
    let name = tokens::name_at(after.strip_prefix(b"/").unwrap_or(after)).to_ascii_lowercase();
    if !elements::is_element(&name) {
        return None;
    }
    let end = after.iter().take(TAG_BYTES).position(|b| matches!(b, b'>' | b'\n'))?;
    (after[end] == b'>').then_some(at + end + 2)
}

/// How far the reading of a text has come.
struct MarkdownReader<'a> {
    text: &'a str,
    /// Where the text has blanks in the place of what is hidden.
    seen: &'a Seen,
    view: View,
    /// Whether the text has tables with bars, so that a line of dashes is a rule.
    has_tables: bool,
    /// Whether anything so far means more than its characters.
    has_markup: bool,
    is_cut: bool,
    unseen: Unseen,
}

impl MarkdownReader<'_> {
    /// Reads what starts at `at`, a line or a table, and returns the offset after it.
    fn line(&mut self, at: usize) -> Result<usize, Error> {
        let mut line = self.line_at(at);
        let after = (line.end + 1).min(self.text.len());
        let words = line.of(self.text);
        if words.contains('|') && is_rule(self.line_at(after).of(self.text)) && !is_too_wide(words) {
            return Ok(self.table(line));
        }
        while let Some(start) = html_table(self.text, line) {
            let end = html_table_end(self.text, start);
            self.inline(Span::new(line.start, start), false);
            let page = html::read_html(self.text, Span::new(start, end))?;
            self.is_cut |= page.is_cut;
            self.unseen.doubtful = self.unseen.doubtful.take().or(page.unseen.doubtful);
            self.has_markup = true;
            self.add("\n", start);
            self.view.append_all(&page.view);
            self.add("\n", end);
            if end > line.end {
                return Ok(end);
            }
            line.start = end;
        }
        let dashes = line.of(self.text).trim_matches(scan::is_blank);
        let is_line = self.has_tables && dashes.len() >= 3 && dashes.bytes().all(|b| b == b'-');
        if !is_line {
            self.inline(line, false);
        }
        self.view.push(self.text, Span::new(line.end, after));
        Ok(after)
    }

    /// The line that starts at `at`, without its end.
    fn line_at(&self, at: usize) -> Span {
        let rest = &self.text[at..];
        Span::new(at, at + rest.find('\n').unwrap_or(rest.len()))
    }

    /// Adds text that is not in the source, at `at`.
    fn add(&mut self, words: &str, at: usize) {
        self.view.push_as(words, Span::new(at, at));
    }

    /// Reads the table with that header, and returns the offset after it.
    fn table(&mut self, header: Span) -> usize {
        let mut grid = Grid::default();
        self.row(header, &mut grid);
        let mut at = self.line_at(header.end + 1).end;
        for _ in 0..limits::DOCUMENT_ROWS {
            let line = self.line_at((at + 1).min(self.text.len()));
            if !line.of(self.text).contains('|') || is_too_wide(line.of(self.text)) {
                break;
            }
            self.row(line, &mut grid);
            at = line.end;
        }
        self.view.append_all(&rows::lines(&grid));
        at
    }

    /// Adds the cells of a row to a table.
    fn row(&mut self, line: Span, grid: &mut Grid) {
        let line = trim(self.text, line);
        let inside = inner(line.of(self.text));
        let mut start = line.start + usize::from(line.of(self.text).starts_with('|'));
        let end = start + inside.len();
        let bytes = self.text.as_bytes();
        let bars = (start..end).filter(|at| bytes[*at] == b'|' && bytes[at - 1] != b'\\').collect::<Vec<_>>();
        for bar in bars.into_iter().chain([end]) {
            let outer = std::mem::take(&mut self.view);
            self.inline(trim(self.text, Span::new(start, bar)), true);
            let cell = std::mem::replace(&mut self.view, outer);
            let mut trimmed = View::default();
            trimmed.append(&cell, trim(cell.text(), Span::new(0, cell.text().len())));
            grid.add(trimmed, 1, 1);
            start = bar + 1;
        }
        grid.end_row();
    }

    /// Adds text without the signs of Markdown.
    fn inline(&mut self, span: Span, in_cell: bool) {
        let link = span.of(self.text).rfind("](").map_or(span.start, |offset| span.start + offset);
        let quoted = scan::skip(self.text, span.start, |c| c == '>').min(span.end);
        let (mut from, mut at) = (quoted, quoted);
        while at < span.end {
            match self.sign(at, span.end, link, in_cell) {
                Some((words, length)) => {
                    self.has_markup = true;
                    self.view.push(self.text, Span::new(from, at));
                    self.view.push_as(&words, Span::new(at, at + length));
                    at += length;
                    from = at;
                }
                None => at += 1,
            }
        }
        self.view.push(self.text, Span::new(from, span.end));
    }

    /// The text for the sign of Markdown at `at`, and the number of bytes of the sign; `None` where there is
    /// none.
    fn sign(&self, at: usize, end: usize, last_link: usize, in_cell: bool) -> Option<(String, usize)> {
        let bytes = self.text.as_bytes();
        let nothing = |length| Some((String::new(), length));
        match bytes[at] {
            b'\\' if at + 1 < end && bytes[at + 1].is_ascii_punctuation() => {
                let escaped = if in_cell && bytes[at + 1] == b'|' { ' ' } else { char::from(bytes[at + 1]) };
                Some((escaped.to_string(), 2))
            }
            b' ' => nothing(self.seen.blanks_at(at)?.min(end) - at),
            b'*' | b'`' => nothing(1),
            b'~' => nothing(struck(&self.text[at..end])?),
            b'_' if at == 0 || bytes[at - 1] != b'_' => {
                let run = scan::skip(self.text, at, |c| c == '_').min(end);
                if is_inside_word(self.text, at, run) { None } else { nothing(run - at) }
            }
            b'[' if at < last_link => nothing(1),
            b']' if at <= last_link && bytes.get(at + 1) == Some(&b'(') => {
                let target = bytes[at..end].iter().take(TAG_BYTES).position(|b| *b == b')');
                target.and_then(|length| nothing(length + 1))
            }
            b'&' => {
                let (words, length) = tokens::entity(&self.text[at..end])?;
                let blank = words.chars().all(scan::is_blank);
                Some((if blank { " ".to_string() } else { words }, length))
            }
            b'<' if self.text[at..end].starts_with("<!--") => {
                let length = self.text[at..end].find("-->").map_or(end - at, |offset| offset + 3);
                nothing(length)
            }
            b'<' => {
                let after = tag_end(self.text, at).filter(|after| *after <= end)?;
                let name = bytes[at + 1..].strip_prefix(b"/").unwrap_or(&bytes[at + 1..]);
                let ends_line = elements::is_block(&tokens::name_at(name).to_ascii_lowercase());
                Some((if ends_line { "\n" } else { "" }.to_string(), after - at))
            }
            _ => None,
        }
    }
}

/// The length of the words between two `~~`, with these signs, at the start of a text: they are struck out.
fn struck(text: &str) -> Option<usize> {
    let words = text.strip_prefix("~~").filter(|words| !words.starts_with([' ', '~']))?;
    let end =
        words.find("~~").filter(|end| !words[..*end].ends_with(' ') && !words[end + 2..].starts_with('~'))?;
    Some("~~".len() + end + "~~".len())
}

/// Where a table of HTML starts on a line.
fn html_table(text: &str, line: Span) -> Option<usize> {
    let mut signs = line.of(text).match_indices('<').map(|(offset, _)| line.start + offset);
    signs.find(|at| tokens::name_at(&text.as_bytes()[at + 1..]).eq_ignore_ascii_case("table"))
}

/// The offset after the table of HTML that starts at `start`; tables in it are part of it.
fn html_table_end(text: &str, start: usize) -> usize {
    let mut open = 0;
    for (offset, _) in text[start..].match_indices('<') {
        let at = start + offset + 1;
        let name = text[at..].strip_prefix('/').unwrap_or(&text[at..]);
        if !tokens::name_at(name.as_bytes()).eq_ignore_ascii_case("table") {
            continue;
        }
        open = if text[at..].starts_with('/') { open - 1 } else { open + 1 };
        if open == 0 {
            return text[at..].find('>').map_or(text.len(), |length| at + length + 1);
        }
    }
    text.len()
}

fn trim(text: &str, span: Span) -> Span {
    let words = span.of(text);
    let start = span.start + words.len() - words.trim_start_matches(scan::is_blank).len();
    Span::new(start.min(span.end), span.start + words.trim_end_matches(scan::is_blank).len())
}
