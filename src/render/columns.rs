//! Records in columns that fit the width of a terminal.

use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle, Table, TableStyle,
    Width,
};

use textwrap::core::display_width;

use crate::render::card;
use crate::render::style::OutputStyle;

/// A column: figures are aligned to the right, names and times to the left, and only words may wrap.
#[derive(Clone, Copy, Debug)]
pub enum Column<'a> {
    /// Names, times: never broken.
    Name(&'a str),
    /// Numbers: never broken, to the right.
    Figure(&'a str),
    /// Sentences: wrapped where a terminal is too narrow.
    Words(&'a str),
}

use Column::{Figure, Name, Words};

impl Column<'_> {
    fn name(&self) -> &str {
        match self {
            Name(name) | Figure(name) | Words(name) => name,
        }
    }
}

/// A line below the header and nothing else: dense enough for twelve tiers, and plain enough for a pipe.
const STYLE: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::new(' ', ' ', ' '))
    .header_separator(LineStyle::new(' ', '─', '─', ' '))
    .content_lines(ContentLineStyle::new(' ', ' ', ' '));

/// Words are not wrapped to fewer columns than this; a terminal that is narrower still breaks the lines
/// itself.
const NARROWEST: u16 = 24;

/// How close the columns of a table are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spacing {
    /// Three blanks between columns, a header in one line.
    Wide,
    /// Two blanks, and a header that is wider than its figures in several lines.
    Close,
}

/// A table that fits the width of a terminal: with columns close to each other where they must be, else without
/// some of them, which are named below it. In a pipe nothing is wrapped, and nothing left out.
pub fn drawn(columns: &[Column], records: Vec<Vec<String>>, style: OutputStyle) -> String {
    let Some(width) = style.width else { return arranged(columns, &records, style, Spacing::Wide) };
    let fits = |table: &String| table.lines().all(|line| display_width(line) <= width);
    let tables = [Spacing::Wide, Spacing::Close].into_iter();
    let mut tables = tables.map(|spacing| arranged(columns, &records, style, spacing));
    let all = tables.find(fits).or_else(|| narrowed(columns, &records, style, width));
    all.unwrap_or_else(|| listed(columns, &records, width))
}

/// The table without the columns that matter least, as few as possible, and a line that names them; `None`
/// where not even two columns fit.
fn narrowed(columns: &[Column], records: &[Vec<String>], style: OutputStyle, width: usize) -> Option<String> {
    // Names matter less than words, these less than figures; how certain an answer is goes last.
    let rank = |place: usize| match columns[place] {
        Name(_) => 0,
        Words("certainty") => 3,
        Words(_) => 1,
        Figure(_) => 2,
    };
    let mut order: Vec<usize> = (1..columns.len()).rev().collect();
    order.sort_by_key(|place| rank(*place));
    for count in 1..order.len() {
        let is_kept = |place: &usize| !order[..count].contains(place);
        let kept: Vec<usize> = (0..columns.len()).filter(is_kept).collect();
        let few: Vec<Column> = kept.iter().map(|place| columns[*place]).collect();
        let cells =
            |record: &Vec<String>| kept.iter().filter_map(|place| record.get(*place).cloned()).collect();
        let few_records: Vec<Vec<String>> = records.iter().map(cells).collect();
        let table = arranged(&few, &few_records, style, Spacing::Close);
        if table.lines().all(|line| display_width(line) <= width) {
            let names: Vec<&str> = (1..columns.len())
                .filter(|place| !is_kept(place))
                .map(|place| columns[place].name())
                .collect();
            let note = format!("{}; a wider terminal or --format json shows it", names.join(", "));
            return Some(table + &card::detail("left out", &note, style));
        }
    }
    None
}

fn arranged(columns: &[Column], records: &[Vec<String>], style: OutputStyle, spacing: Spacing) -> String {
    let close = spacing == Spacing::Close;
    let header = columns.iter().enumerate().map(|(place, column)| match column {
        Figure(name) if close => {
            let cells = records.iter().filter_map(|record| record.get(place));
            let widest = cells.map(|cell| display_width(cell)).max().unwrap_or(0);
            textwrap::wrap(name, card::wrapping(widest, "", "").break_words(false)).join("\n")
        }
        _ => column.name().to_string(),
    });
    let mut table = Table::new();
    table.load_style(STYLE).set_header(header.collect::<Vec<_>>()).add_rows(records.iter().cloned());
    match style.width {
        Some(width) => {
            table
                .set_content_arrangement(ContentArrangement::Dynamic)
                .set_width(width.min(u16::MAX.into()) as u16);
        }
        None => {
            table.set_content_arrangement(ContentArrangement::Disabled);
        }
    }
    for (place, column) in columns.iter().enumerate() {
        let Some(drawn) = table.column_mut(place) else { continue };
        if matches!(column, Figure(_)) {
            drawn.set_cell_alignment(CellAlignment::Right);
        }
        if close {
            drawn.set_padding((u16::from(place == 0), 1));
        }
        drawn.set_constraint(match column {
            Words(_) if style.width.is_some() => ColumnConstraint::LowerBoundary(Width::Fixed(NARROWEST)),
            Words(_) => continue,
            Name(_) | Figure(_) => ColumnConstraint::ContentWidth,
        });
    }
    table.trim_fmt() + "\n"
}

/// Records as labelled figures, as many in a line as fit; a new record starts further left.
fn listed(columns: &[Column], records: &[Vec<String>], width: usize) -> String {
    let mut text = String::new();
    for record in records {
        let mut line = String::from(" ");
        for (column, cell) in columns.iter().zip(record).filter(|(_, cell)| !cell.is_empty()) {
            let pair = format!("{}: {cell}", column.name());
            if !line.trim().is_empty() && display_width(&line) + 2 + display_width(&pair) > width {
                text += &format!("{line}\n");
                line = String::from("   ");
            }
            let indent = format!("{line}{}", if line.trim().is_empty() { " " } else { "  " });
            line = textwrap::fill(&pair, card::wrapping(width, &indent, "      "));
            if line.contains('\n') {
                text += &format!("{line}\n");
                line = String::from("   ");
            }
        }
        if line.trim().is_empty() {
            continue;
        }
        text += &format!("{line}\n");
    }
    text
}
