//! From HTML to a view: a line for each heading, paragraph and item, a line for each row of a table.

use super::grid::Grid;
use super::left_out::{LeftOut, Place, Unseen};
use super::sheet::Sheet;
use super::sizes::Sizes;
use super::style::{Hiding, Sheets};
use super::tokens::{self, Tag, Token};
use super::{Mark, View, elements, rows};
use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::text::Span;

/// What was read of HTML.
#[derive(Debug)]
pub struct Page {
    /// Its text.
    pub view: View,
    /// The title in its head.
    pub title: String,
    /// The publication times in its head, as written there.
    pub published: Vec<String>,
    /// Whether it has the end tag of a whole page.
    pub is_whole: bool,
    /// Whether it ends within something that must have an end.
    pub is_cut: bool,
    /// What of it is hidden without certainty.
    pub unseen: Unseen,
    /// Whether it asks for a password.
    pub asks_password: bool,
    /// How many of its tables have rows with content, and how many have only a header or nothing.
    pub filled_tables: usize,
    /// See `filled_tables`.
    pub empty_tables: usize,
}

/// A table that is not ended yet.
#[derive(Default)]
struct OpenTable {
    grid: Grid,
    cell: Option<OpenCell>,
    /// Whether its start tag is missing, so that it ends where no row can follow.
    is_bare: bool,
}

/// A cell that is not ended yet.
struct OpenCell {
    sheet: Sheet,
    rows: usize,
    columns: usize,
}

/// An element whose text will be marked at its end.
struct OpenMark {
    name: String,
    mark: Mark,
    start: usize,
    tables: usize,
}

/// Most elements to mark that are open at a time.
const MARKED: usize = 32;

/// The hint where a page is too large.
const ONE_ARTICLE: &str = "save the page of one announcement, or copy its text into a .txt file";

/// How far the reading of HTML has come.
#[derive(Default)]
struct HtmlReader<'a> {
    source: &'a str,
    sheet: Sheet,
    tables: Vec<OpenTable>,
    /// How many tables are open that are nested too deep to be followed.
    deeper: usize,
    /// Tags so far.
    tags: usize,
    marked: Vec<OpenMark>,
    sheets: Sheets,
    /// The element whose text is left out.
    left_out: Option<LeftOut>,
    sizes: Sizes,
    unseen: Unseen,
    /// How many elements are open in which line breaks count.
    keeps_lines: usize,
    /// Whether words of a cell or of the title were left out, because it is too long.
    is_full: bool,
    in_title: bool,
    title: Option<Sheet>,
    published: Vec<String>,
    is_whole: bool,
    is_open: bool,
    is_cut: bool,
    asks_password: bool,
    filled_tables: usize,
    empty_tables: usize,
}

/// Reads a part of a source as HTML.
///
/// # Errors
/// `document_too_large`: the page has too many tags, or its text is too long.
pub fn read_html(source: &str, part: Span) -> Result<Page, Error> {
    let mut reader = HtmlReader { source, sheets: Sheets::of(source, part), ..HtmlReader::default() };
    tokens::each(source, part, |token| {
        reader.take(token);
        reader.tags <= limits::PAGE_TAGS && !reader.is_full && !reader.sheet.view().is_full()
    });
    if reader.tags > limits::PAGE_TAGS {
        let message =
            format!("the page has more than {} tags, which is the most that is read", limits::PAGE_TAGS);
        return Err(Error::new(ErrorCode::DocumentTooLarge, message).hint(ONE_ARTICLE));
    }
    reader.is_cut |= reader.left_out.is_some() || reader.sizes.are_zero();
    reader.is_cut |= reader.tables.iter().any(|table| !table.is_bare);
    while !reader.tables.is_empty() {
        reader.end_table();
    }
    let view = reader.sheet.into_view();
    if reader.is_full || view.is_full() {
        let message = format!(
            "the text of the page is longer than {} bytes, which is the most that is read",
            limits::ANNOUNCEMENT_BYTES
        );
        return Err(Error::new(ErrorCode::DocumentTooLarge, message).hint(ONE_ARTICLE));
    }
    Ok(Page {
        view,
        title: reader.title.map_or(String::new(), |title| title.view().text().replace('\n', " ")),
        published: reader.published,
        is_whole: reader.is_whole,
        is_cut: reader.is_cut || (reader.is_open && !reader.is_whole),
        unseen: reader.unseen,
        asks_password: reader.asks_password,
        filled_tables: reader.filled_tables,
        empty_tables: reader.empty_tables,
    })
}

impl HtmlReader<'_> {
    fn take(&mut self, token: Token) {
        self.tags += usize::from(matches!(token, Token::Open(_) | Token::Close(..)));
        if self.is_left_out(&token) {
            self.is_cut |= token == Token::Cut;
            return;
        }
        match token {
            Token::Text(span) => self.text(span),
            Token::Open(tag) => self.open(&tag),
            Token::Close(name, _) => {
                self.sizes.close(&name, self.tables.len());
                self.close(&name);
            }
            Token::Comment(_) => {}
            Token::Cut => self.is_cut = true,
        }
    }

    /// Whether a token belongs to an element whose text is left out.
    fn is_left_out(&mut self, token: &Token) -> bool {
        let Some(left_out) = &mut self.left_out else { return false };
        self.unseen.note(self.source, left_out, token);
        let place = left_out.place_of(token);
        if let (Place::Doubtful, Token::Open(Tag { span, .. }) | Token::Close(_, span)) = (place, token) {
            self.unseen.doubtful.get_or_insert((left_out.name.clone(), *span));
        }
        if place != Place::Inside {
            self.left_out = None;
        }
        matches!(place, Place::Inside | Place::End)
    }

    fn text(&mut self, span: Span) {
        if self.sizes.are_zero() {
            return;
        }
        let (source, keeps_lines) = (self.source, self.keeps_lines > 0);
        let is_full = match self.title.as_mut().filter(|_| self.in_title) {
            Some(title) => title.add(source, span, false).is_full(),
            None => self.sheet().add(source, span, keeps_lines).is_full(),
        };
        self.is_full |= is_full;
    }

    /// The innermost cell, or the page.
    fn sheet(&mut self) -> &mut Sheet {
        let cell = self.tables.iter_mut().rev().find_map(|table| table.cell.as_mut());
        cell.map_or(&mut self.sheet, |cell| &mut cell.sheet)
    }

    fn open(&mut self, tag: &Tag) {
        let name = tag.name.as_str();
        if let Some(left_out) = LeftOut::begun_by(tag, &self.sheets) {
            if !elements::needs_end(name) && !matches!(name, "body" | "html") {
                // It ends what is open before it, as if it were shown.
                self.close(name);
            }
            self.left_out = Some(left_out);
            return;
        }
        if self.sheets.hiding(tag) == Some(Hiding::Perhaps) {
            self.unseen.perhaps.get_or_insert(tag.span);
        }
        self.sizes.open(tag, self.tables.len());
        self.open_part_of_table(tag);
        if elements::is_block(name) {
            self.sheet().end_line();
        }
        match name {
            "title" if self.title.is_none() => {
                self.title = Some(Sheet::default());
                self.in_title = true;
            }
            "meta" => self.published.extend(publication(tag)),
            "html" | "body" => self.is_open = true,
            "input" => self.asks_password |= tag.attribute("type").is_some_and(|kind| kind == "password"),
            "pre" | "textarea" => self.keeps_lines += 1,
            "h1" => self.begin_mark(name, Mark::Title),
            "a" => self.begin_mark(name, Mark::Link),
            "article" | "main" => self.begin_mark(name, Mark::Article),
            "time" => {
                let timestamp = tag.attribute("datetime").unwrap_or("").to_string();
                self.begin_mark(name, Mark::Time(timestamp));
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "title" => self.in_title = false,
            "html" | "body" => self.is_whole = true,
            "pre" | "textarea" => self.keeps_lines = self.keeps_lines.saturating_sub(1),
            "h1" | "a" | "article" | "main" | "time" => self.end_mark(name),
            "table" => self.end_table(),
            "td" | "th" if self.deeper == 0 => self.end_cell(),
            "tr" if self.deeper == 0 => self.end_row(),
            "thead" | "tbody" | "tfoot" if self.deeper == 0 => self.end_group(),
            _ => {}
        }
        if elements::is_block(name) {
            self.sheet().end_line();
        }
    }

    fn begin_mark(&mut self, name: &str, mark: Mark) {
        let (start, tables) = (self.sheet().end(), self.tables.len());
        if self.marked.len() < MARKED {
            self.marked.push(OpenMark { name: name.to_string(), mark, start, tables });
        }
    }

    fn end_mark(&mut self, name: &str) {
        let Some(index) = self.marked.iter().rposition(|marked| marked.name == name) else { return };
        let marked = self.marked.remove(index);
        if marked.tables == self.tables.len() {
            self.sheet().mark(marked.mark, marked.start);
        }
    }
}

/// The tables.
impl HtmlReader<'_> {
    fn open_part_of_table(&mut self, tag: &Tag) {
        match tag.name.as_str() {
            "table" => self.open_table(false),
            "td" | "th" if self.deeper == 0 => self.open_cell(tag),
            "tr" if self.deeper == 0 => {
                self.need_table();
                self.end_cell();
                if let Some(table) = self.tables.last_mut() {
                    table.grid.begin_row();
                }
            }
            "thead" | "tbody" | "tfoot" if self.deeper == 0 => {
                self.need_table();
                self.end_group();
            }
            name if elements::is_block(name)
                && self.tables.last().is_some_and(|table| table.is_bare && table.cell.is_none()) =>
            {
                self.end_table();
            }
            _ => {}
        }
    }

    fn need_table(&mut self) {
        if self.tables.is_empty() {
            self.open_table(true);
        }
    }

    fn open_table(&mut self, is_bare: bool) {
        if self.tables.last().is_some_and(|table| table.cell.is_none()) {
            self.end_table();
        }
        if self.tables.len() == limits::PAGE_TABLES {
            self.deeper += 1;
        } else {
            self.tables.push(OpenTable { is_bare, ..OpenTable::default() });
        }
    }

    fn open_cell(&mut self, tag: &Tag) {
        self.need_table();
        self.end_cell();
        let count = |name| tag.attribute(name).and_then(digits);
        // A span of 0 rows reaches down to the end of the table.
        let rows = count("rowspan").map_or(1, |rows| if rows == 0 { usize::MAX } else { rows });
        let cell = OpenCell { sheet: Sheet::default(), rows, columns: count("colspan").unwrap_or(1) };
        if let Some(table) = self.tables.last_mut() {
            table.cell = Some(cell);
        }
    }

    fn end_cell(&mut self) {
        if let Some(table) = self.tables.last_mut()
            && let Some(cell) = table.cell.take()
        {
            table.grid.add(cell.sheet.into_view(), cell.rows, cell.columns);
        }
    }

    fn end_row(&mut self) {
        self.end_cell();
        if let Some(table) = self.tables.last_mut() {
            table.grid.end_row();
        }
    }

    fn end_group(&mut self) {
        self.end_cell();
        if let Some(table) = self.tables.last_mut() {
            table.grid.end_group();
        }
    }

    /// Ends the innermost table and writes it at its place.
    fn end_table(&mut self) {
        if self.deeper > 0 {
            self.deeper -= 1;
            return;
        }
        self.end_group();
        if let Some(table) = self.tables.pop() {
            match table.grid.is_empty() {
                true => self.empty_tables += 1,
                false => self.filled_tables += 1,
            }
            let (source, lines) = (self.source, rows::lines(&table.grid));
            self.sheet().add_lines(source, &lines);
        }
    }
}

/// The first digits of an attribute, as browsers read a span.
fn digits(value: &str) -> Option<usize> {
    let value = value.trim();
    let end = value.bytes().take(6).take_while(u8::is_ascii_digit).count();
    value[..end].parse().ok()
}

/// The publication time that an element of the head gives.
fn publication(tag: &Tag) -> Option<String> {
    let named = ["property", "name", "itemprop"].iter().filter_map(|name| tag.attribute(name));
    let mut names = named.map(str::to_ascii_lowercase);
    let states = names.any(|name| matches!(name.as_str(), "article:published_time" | "datepublished"));
    tag.attribute("content").filter(|_| states).map(str::to_string)
}
