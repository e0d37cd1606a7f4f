//! Cells of a table that cannot be read: where such a hole ends, so that what follows it is read.

use super::timestamps;
use crate::ingest::scan;
use crate::text::Span;

/// Longest hole between two cells, in bytes; a row with both sides has about 120.
const HOLE_BYTES: usize = 240;

/// Most letters in a hole: those of the words in two rows, fewer than any heading or sentence has.
const HOLE_LETTERS: usize = 40;

/// The hole after a cell that ends at `end`: up to the next place where `starts` says that a cell starts, else
/// the lines that are cells. `None` where the table ends there.
pub fn hole(text: &str, end: usize, starts: impl Fn(usize) -> bool) -> Option<Span> {
    let at = scan::skip_separators(text, end);
    let window = text.get(at..text.floor_char_boundary(at + HOLE_BYTES))?;
    let next = window.char_indices().map(|(offset, _)| at + offset).skip(1);
    let found = next
        .filter(|&place| follows_a_cell(&text[..place], at) && starts(place))
        .find(|&place| is_of_cells(&text[at..place]));
    let hole_end = found.or_else(|| lines_end(text, end, at))?;
    let length = text[at..hole_end].trim_end_matches(|c| scan::is_blank(c) || c == '|').len();
    Some(Span::new(at, at + length))
}

/// Whether a cell may start after `before`: a percent sign, a mark or a separator of cells ends the one before
/// it, or a blank after a digit, where the percent sign is lost. What is skipped starts at `from`.
fn follows_a_cell(before: &str, from: usize) -> bool {
    let cells = before.trim_end_matches(|c| scan::is_blank(c) || c == '|');
    let separated = before[cells.len().max(from)..].contains(['\n', '\t', '|']);
    let after_digit = cells.len() < before.len() && cells.ends_with(|c: char| c.is_ascii_digit());
    separated
        || after_digit
        || cells.ends_with(['%', '％'])
        || ["NA", "N/A", "---"].iter().any(|mark| cells.ends_with(mark))
}

/// Whether a text can be cells: it has digits, and no sign or sentence of a heading.
fn is_of_cells(words: &str) -> bool {
    words.contains(|c: char| c.is_ascii_digit())
        && !words.contains(['(', ')', ':', '：', '•', '#'])
        && words.chars().filter(|c| c.is_alphabetic()).count() <= HOLE_LETTERS
}

/// The end of the lines after a table that are cells, where there are any.
fn lines_end(text: &str, end: usize, at: usize) -> Option<usize> {
    let mut last = None;
    let mut start = at;
    while let Some(rest) = text.get(start..).filter(|rest| !rest.is_empty()) {
        let line = Span::new(start, start + rest.find('\n').unwrap_or(rest.len()));
        if !is_line_of_cells(text, line) {
            break;
        }
        last = Some(line.end);
        start = scan::skip_separators(text, line.end);
    }
    last.filter(|last| *last > end)
}

/// Whether a line is cells: it starts with a digit, a dash or a sign of a range and has a sign that only
/// tables have.
fn is_line_of_cells(text: &str, line: Span) -> bool {
    let words = line.of(text);
    let starts = words.starts_with(|c: char| c.is_ascii_digit() || scan::is_dash(c) || "<≤%,.".contains(c));
    // A comma in a number: one between names is in a numbered heading, `2. AUSDT, BUSDT`.
    let groups = words
        .as_bytes()
        .windows(3)
        .any(|it| it[1] == b',' && it[0].is_ascii_digit() && it[2].is_ascii_digit());
    let signs = groups || words.contains(['%', '％', '≤', '<']) || words.contains("x0");
    starts && signs && is_of_cells(words) && timestamps::date_end(text, line.start).is_none()
}
