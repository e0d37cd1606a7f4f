//! From bytes to a document: text, front matter, title, publication, and whether the end is there.

use super::cells::{TableCell, TierCell};
use super::tables::{PrintedTable, TableBody};
use super::timestamps::{self, PrintedTimes};
use crate::error::{Error, ErrorCode};
use crate::finding::{Finding, FindingCode};
use crate::ingest::draft::Input;
use crate::ingest::form;
use crate::ingest::scan;
use crate::limits;
use crate::statement::{Origin, Precision, Source, Subject};
use crate::text::{Span, line_number};
use crate::time::{DAY, PublishedTime, Timestamp};

/// A document before its tables are read.
#[derive(Debug)]
pub struct Document {
    /// The whole text.
    pub text: String,
    /// Where the announcement starts, after the front matter.
    pub body: usize,
    /// The title, or an empty text.
    pub title: String,
    /// The exchange, in lower case.
    pub venue: String,
    /// What the front matter or the head of a page gives as publication.
    pub published_at: Option<(PublishedTime, Precision)>,
    /// Where its end must show: see [`End`].
    pub end: End,
}

/// How the end of a document shows that nothing was cut off.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// By the tags of a whole page.
    Tags,
    /// By its closing date, whether it opens with a greeting or only a title.
    Email,
    /// By the closing date of an announcement, or the end of the last table of a fragment: its opening shows
    /// which it is.
    Open,
}

/// Reads the front matter.
///
/// # Errors
/// The text is too large, or a line of the front matter has an unknown key or a bad value.
pub fn open(text: &str) -> Result<Document, Error> {
    if text.len() > limits::ANNOUNCEMENT_BYTES {
        let (bytes, most) = (text.len(), limits::ANNOUNCEMENT_BYTES);
        let message = format!("the document has {bytes} bytes; at most {most} are read as an announcement");
        return Err(Error::new(ErrorCode::DocumentTooLarge, message).hint(NOT_SO_LARGE));
    }
    let mut document = Document {
        text: text.to_string(),
        body: 0,
        title: String::new(),
        venue: VENUE.to_string(),
        published_at: None,
        end: End::Open,
    };
    read_front_matter(text, &mut document)?;
    if document.title.is_empty() {
        let first = scan::skip(&document.text, document.body, scan::is_blank);
        let line = document.text[first..].lines().next().unwrap_or("");
        document.title = line.strip_prefix('#').unwrap_or("").trim_start_matches('#').trim().to_string();
    }
    Ok(document)
}

/// The hint where a document is too large for an announcement.
pub const NOT_SO_LARGE: &str = "check that it is one announcement; split it if it is a collection of them";

/// The exchange of documents that name none.
pub const VENUE: &str = "binance";

/// Reads a first block between lines of `---`, if there is one.
fn read_front_matter(text: &str, document: &mut Document) -> Result<(), Error> {
    let start = scan::skip(text, 0, |c| c == '\u{feff}');
    let mut at = start;
    let mut lines = text[start..].split_inclusive('\n');
    if lines.next().map(|line| (at += line.len(), line.trim_end()).1) != Some("---") {
        return Ok(());
    }
    for (place, line) in (line_number(text, at)..).zip(lines) {
        at += line.len();
        let line = line.trim();
        if line == "---" {
            document.body = at;
            return Ok(());
        }
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (key, value) = line.split_once(':').map_or((line, ""), |(key, value)| (key.trim(), value.trim()));
        set(document, key, value, place)?;
    }
    Err(Error::new(ErrorCode::FrontMatterOpen, "the front matter that opens with `---` never closes")
        .hint("close it with a line `---` before the announcement"))
}

fn set(document: &mut Document, key: &str, value: &str, line: usize) -> Result<(), Error> {
    match key {
        "published_at" => match timestamps::read_timestamp(value) {
            Ok(timestamp) => document.published_at = Some((PublishedTime(timestamp), Precision::Exact)),
            Err(mut error) => {
                error.code = ErrorCode::FrontMatterValue;
                error.message = format!("line {line}: published_at: {}", error.message);
                return Err(error);
            }
        },
        "title" => document.title = value.to_string(),
        "venue" if Subject::new(value, crate::statement::Program::Usdm, "X").is_some() => {
            document.venue = value.to_lowercase();
        }
        "venue" => {
            let message = format!("line {line}: `{value}` cannot be the name of a venue");
            return Err(Error::new(ErrorCode::FrontMatterValue, message).hint("write one word, like binance"));
        }
        "note" | "source" => {}
        _ => {
            let message = format!("line {line}: the front matter has an unknown key `{key}`");
            let keys = ["published_at", "title", "venue", "note", "source"];
            let near = crate::text::nearest(key, keys).map(|near| format!("did you mean `{near}`?"));
            return Err(Error::new(ErrorCode::FrontMatterKey, message)
                .hint(near.unwrap_or_else(|| format!("known keys: {}", keys.join(", ")))));
        }
    }
    Ok(())
}

/// The publication: the user's, else the front matter's, else the stamp of the file name, else the closing
/// date. With a finding where none is known, or the closing date contradicts the one that is.
pub fn publication(
    document: &Document,
    input: &Input,
) -> (Option<(PublishedTime, Precision)>, Origin, Option<Finding>) {
    let closing = closing_date(document);
    let exactly = |timestamp| (PublishedTime(timestamp), Precision::Exact);
    let stamp = form::stamp(input.file).map(exactly);
    let (given_time, origin) = match (input.published_at, document.published_at, stamp) {
        (Some(given), ..) => (Some(exactly(given)), Origin::Option),
        (None, Some(stated), _) => (Some(stated), Origin::Text),
        (None, None, Some(stamp)) => (Some(stamp), Origin::FileName),
        (None, None, None) => (None, Origin::Text),
    };
    if let (Some((published_at, precision)), Some((day, span))) = (given_time, closing)
        && let given = Source::stated_from(published_at, precision)
        && (given < day.minus(DAY) || given >= day.plus(DAY).plus(DAY))
    {
        let printed = span.of(&document.text);
        let message = format!("the text closes with {printed}, but was published at {given}");
        return (given_time, origin, Some(Finding::new(FindingCode::DateMismatch, span, message)));
    }
    let known = given_time.or(closing.map(|(day, _)| (PublishedTime::of_day(day), Precision::Day)));
    let unknown = || {
        let message = "neither the file nor its name states when it was published";
        Finding::new(FindingCode::NoPublication, Span::new(document.body, document.body), message)
    };
    (known, origin, known.is_none().then(unknown))
}

/// The last line that is nothing but a full date, where nothing follows it, or where it is signed: some
/// announcements end in a legal notice.
fn closing_date(document: &Document) -> Option<(Timestamp, Span)> {
    let text = document.text.as_str();
    let lines = text.get(document.body..)?.lines().rev().map(|line| line.trim_matches(scan::is_blank));
    let mut lines = lines.filter(|line| !line.is_empty()).peekable();
    let mut is_last = true;
    while let Some(line) = lines.next() {
        let full =
            line.len() == 10 && timestamps::date_end(line, 0) == Some(10) && line.as_bytes()[4] == b'-';
        let signed = lines.peek().is_some_and(|above| above.ends_with("Team") || above.starts_with("Thank"));
        if full && (is_last || signed) {
            return Some((timestamps::read_timestamp(line).ok()?, Span::of_part(text, line)));
        }
        is_last = false;
    }
    None
}

/// Whether the text stops before its end: an announcement without its closing date, or a table that is cut.
pub fn truncated(document: &Document, tables: &[PrintedTable]) -> Option<Finding> {
    let text = document.text.as_str();
    let end = text.trim_end_matches(scan::is_blank).len();
    let last = Span::new(text[..end].rfind('\n').map_or(0, |at| at + 1), end);
    let cut = |message: String| Some(Finding::new(FindingCode::Truncated, last, message));
    let closing = closing_date(document);
    if document.end == End::Tags {
        return None;
    }
    if document.end != End::Email && !is_whole_announcement(&text[document.body..]) {
        let at_end = tables.last().filter(|table| table.span.end == end);
        return at_end.and_then(|table| open_end(table, text)).and_then(|why| cut(why.to_string()));
    }
    let Some((day, span)) = closing else {
        return cut("the announcement does not close with a line with its date".to_string());
    };
    let above = text[..span.start].trim_end_matches(scan::is_blank).len();
    let under_table = tables.iter().any(|table| table.span.end == above);
    let not_before_all = || {
        let times = PrintedTimes::read(text, Span::new(document.body, span.start));
        times.timestamps.iter().any(|printed| printed.timestamp.as_ref().is_ok_and(|at| *at < day.plus(DAY)))
    };
    if text[..above].ends_with([':', '：']) || (under_table && not_before_all()) {
        return cut(format!("the date {} at the end may be the start of a heading", span.of(text)));
    }
    None
}

/// The finding that a document of `length` bytes ends inside a part of HTML that has an end of its own.
pub fn cut(length: usize) -> Finding {
    let message = "the document ends within a table, a tag or another part of HTML that is not closed";
    Finding::new(FindingCode::Truncated, Span::new(length, length), message)
}

/// Whether the text opens as an announcement does: with a title or a greeting.
fn is_whole_announcement(body: &str) -> bool {
    let opening = body.trim_start_matches(scan::is_blank);
    opening.starts_with('#') || greets(opening)
}

/// Whether one of the first lines is a greeting.
fn greets(opening: &str) -> bool {
    let greeting = |line: &str| ["Fellow ", "Dear "].iter().any(|word| line.trim_start().starts_with(word));
    opening.lines().take(12).any(greeting)
}

/// Whether a document is an announcement of which more is there than its title and its greeting.
pub fn reaches_its_body(document: &Document) -> bool {
    let opening = document.text[document.body..].trim_start_matches(scan::is_blank);
    let lines = opening.lines().filter(|line| !line.trim_matches(scan::is_blank).is_empty());
    let after = lines.skip_while(|line| !greets(line)).nth(1);
    after.is_some() || (opening.starts_with('#') && closing_date(document).is_some())
}

/// Why rows may be missing in a table that ends the document.
fn open_end(table: &PrintedTable, text: &str) -> Option<&'static str> {
    match &table.body {
        TableBody::Tiers(items) => {
            let lowest = |cell: &TierCell| cell.leverage.as_ref().is_some_and(|l| l.min == Some(1));
            let lowest = items.iter().filter_map(TableCell::tier).filter(|cell| lowest(cell));
            let ends_in_hole = matches!(items.last(), Some(TableCell::Hole(_)));
            (ends_in_hole || lowest.count() < table.header.sides.len())
                .then_some("the table ends the text, and not every side of it goes down to 1x")
        }
        TableBody::Collateral(blocks) => {
            let open = blocks.last().map_or(0, |block| block.span.of(text).matches("99,999,999,999").count());
            let items = blocks.last().map_or(&[][..], |block| &block.items);
            let ends_in_hole = matches!(items.last(), Some(TableCell::Hole(_)));
            (ends_in_hole || open < table.header.sides.len())
                .then_some("the table ends the text, and not every side has an open end")
        }
        TableBody::Flat(rows, holes) => {
            let cut = rows.last().is_some_and(|row| row.unmarked)
                || holes.last().is_some_and(|hole| hole.end == table.span.end);
            cut.then_some("the table ends the text within a row")
        }
    }
}
