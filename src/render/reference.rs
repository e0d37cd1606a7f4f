//! A page of the documentation as text for a terminal: wrapped, its tables aligned, its examples without their outputs.

use textwrap::Options;
use textwrap::core::display_width;

use crate::render::style::OutputStyle;

/// The width where the surface has none, and the widest there is: lines that one reads with ease.
const COLUMNS: usize = 100;

/// The narrowest that a column of a table is made.
const CELL: usize = 8;

/// A page of Markdown as text. Outputs of examples, which no one wants to page through, are left out.
pub fn text(page: &str, style: OutputStyle) -> String {
    let width = style.width.map_or(COLUMNS, |width| width.min(COLUMNS));
    let mut text = String::new();
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(kind) = line.strip_prefix("```") {
            for line in lines.by_ref().take_while(|line| *line != "```") {
                match (kind, line.starts_with("$ ")) {
                    // A command is copied, so it stays on its line.
                    ("console", true) => text += &format!("    {line}\n"),
                    ("console", false) => {}
                    _ => text += &wrapped(&format!("    {line}"), width, "        "),
                }
            }
        } else if line.starts_with('|') {
            let mut rows = vec![cells(line)];
            while let Some(row) = lines.next_if(|line| line.starts_with('|')) {
                rows.push(cells(row));
            }
            text += &table(&rows, width);
        } else if let Some(title) = line.strip_prefix("# ").or_else(|| line.strip_prefix("## ")) {
            text += &format!("{}\n", bare(title).to_uppercase());
        } else if let Some(title) = line.strip_prefix("### ") {
            text += &format!("{}\n", bare(title));
        } else {
            let mut words = line.to_string();
            while let Some(line) = lines.next_if(|line| !line.is_empty() && !opens(line) && !words.is_empty())
            {
                words += " ";
                words += line.trim_start();
            }
            text += &paragraph(&words, width);
        }
    }
    text
}

/// Whether a line starts something new.
fn opens(line: &str) -> bool {
    line.starts_with(['|', '#']) || line.starts_with("```") || mark(line) > 0
}

/// The width of the mark of a list in front of a line: `* `, `1. `.
fn mark(line: &str) -> usize {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    match (digits, line.get(digits..digits + 2)) {
        (0, Some("* ")) => 2,
        (1.., Some(". ")) => digits + 2,
        _ => 0,
    }
}

fn paragraph(line: &str, width: usize) -> String {
    let behind = " ".repeat(mark(line));
    wrapped(&bare(line), width, &behind)
}

fn wrapped(text: &str, width: usize, behind: &str) -> String {
    let options = Options::new(width).subsequent_indent(behind).break_words(false);
    textwrap::wrap(text, options).iter().map(|line| format!("{line}\n")).collect()
}

/// The cells of a row.
fn cells(row: &str) -> Vec<String> {
    let inner = row.trim().trim_start_matches('|').trim_end_matches('|').replace("\\|", "\u{0}");
    inner.split('|').map(|cell| bare(cell.trim()).replace('\u{0}', "|")).collect()
}

/// Rows with their columns below one another, each cell wrapped in its place.
fn table(rows: &[Vec<String>], width: usize) -> String {
    let rows: Vec<&Vec<String>> =
        rows.iter().filter(|row| !row.iter().all(|cell| cell.chars().all(|c| c == '-'))).collect();
    let columns = rows.iter().map(|row| row.len()).max().unwrap_or_default();
    let widest = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| display_width(cell)).max().unwrap_or_default()
    };
    let mut widths: Vec<usize> = (0..columns).map(widest).collect();
    // The widest gives way until all fit.
    while widths.iter().sum::<usize>() + 2 * columns > width {
        match widths.iter_mut().max() {
            Some(widest) if *widest > CELL => *widest -= 1,
            _ => break,
        }
    }
    rows.iter().map(|row| folded(row, &widths)).collect()
}

/// A row with each cell wrapped to the width of its column.
fn folded(row: &[String], widths: &[usize]) -> String {
    let cells: Vec<Vec<_>> =
        row.iter().zip(widths).map(|(cell, width)| textwrap::wrap(cell, *width)).collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or_default();
    let line = |at: usize| {
        let part = |(cell, width): (&Vec<std::borrow::Cow<str>>, &usize)| {
            let words = cell.get(at).map_or("", |words| words.as_ref());
            format!("  {words}{}", " ".repeat(width.saturating_sub(display_width(words))))
        };
        let line: String = cells.iter().zip(widths).map(part).collect();
        format!("{}\n", line.trim_end())
    };
    (0..height).map(line).collect()
}

/// Text without the marks of Markdown that say nothing on a terminal: links and stresses.
fn bare(text: &str) -> String {
    let mut bare = String::new();
    let mut rest = text;
    while let Some((before, words, behind)) = link(rest) {
        bare += before;
        bare += words;
        rest = behind;
    }
    (bare + rest).replace("**", "")
}

/// The first link: what stands before it, its words, and what stands behind.
fn link(text: &str) -> Option<(&str, &str, &str)> {
    let middle = text.find("](")?;
    let (start, end) = (text[..middle].rfind('[')?, middle + text[middle..].find(')')?);
    Some((&text[..start], &text[start + 1..middle], &text[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_wrapped_and_aligned_and_shows_examples_without_outputs() {
        let page = "# The page\n\nWords with a [link](#there) that go on\nin a **second** line.\n\n* one\n  more\n* two\n\n\
                    | a | b |\n|---|---|\n| long cell | `x\\|y` |\n\n```console\n$ tierbook query sources\noutput\n```\n";
        let plain = "THE PAGE\n\nWords with a link that go on in a second line.\n\n* one more\n* two\n\n\
                     \x20 a          b\n  long cell  `x|y`\n\n    $ tierbook query sources\n";
        assert_eq!(text(page, OutputStyle::PLAIN), plain);
        let narrow = text(page, OutputStyle { colour: false, width: Some(40) });
        assert!(narrow.lines().all(|line| display_width(line) <= 40), "{narrow}");
    }
}
