//! The forms in which one and the same document can be printed: glued text, separated text, Markdown, pages
//! of HTML.
#![allow(dead_code)]

use super::dice::Dice;
use super::tables::{Head, Kind, Row, Table};

/// A document: lines of text and tables. The first line is its title.
#[derive(Clone)]
pub struct Document {
    pub title: String,
    pub pieces: Vec<Piece>,
}

/// A line of text or a table.
#[derive(Clone)]
pub enum Piece {
    Line(String),
    Table(Table),
}

/// How absent cells are marked in text.
#[derive(Clone, Copy, Debug)]
pub struct Marks {
    pub word: &'static str,
    /// Whether every row of several that follow each other has a mark, or only the first.
    pub every_row: bool,
    /// Whether there is any mark at all.
    pub any: bool,
}

impl Marks {
    /// Marks as the family prints them.
    pub fn any(dice: &mut Dice) -> Marks {
        Marks { word: dice.pick(&["NA", "N/A", "---"]), every_row: dice.below(2) == 0, any: true }
    }
}

/// The cells of a table in the order of text, row by row, with marks.
pub fn cells(table: &Table, marks: Marks) -> Vec<Vec<String>> {
    let header = table.header.iter().map(|row| row.iter().map(|head| head.0.clone()).collect());
    let mut marked = [false; 2];
    let rows = table.rows.iter().map(|row| {
        if row.names.is_some() {
            marked = [false; 2];
        }
        let mut cells: Vec<String> = row.names.iter().cloned().collect();
        for (side, marked) in row.sides.iter().zip(&mut marked) {
            match side {
                Some(side) => cells.extend(side.iter().cloned()),
                None if marks.any && (marks.every_row || !*marked) => cells.push(marks.word.to_string()),
                None => {}
            }
            *marked = side.is_none();
        }
        cells
    });
    header.chain(rows.collect::<Vec<_>>()).collect()
}

impl Document {
    /// The document as text: what is between the cells of a row, and between rows.
    pub fn text(&self, marks: Marks, cell: &str, row: &str) -> String {
        let mut text = format!("# {}\n\n", self.title);
        for piece in &self.pieces {
            match piece {
                Piece::Line(line) => text += line,
                Piece::Table(table) => {
                    let rows: Vec<String> =
                        cells(table, marks).iter().map(|cells| cells.join(cell)).collect();
                    text += &rows.join(row);
                }
            }
            text += "\n\n";
        }
        text
    }

    /// The document as Markdown.
    pub fn markdown(&self, dice: &mut Dice) -> String {
        let mut text = format!("# {}\n\n", escaped(&self.title));
        let (dash, bar) = (dice.pick(&["---", ":---:", ":--"]), dice.below(2) == 0);
        for piece in &self.pieces {
            match piece {
                Piece::Line(line) => text += &markdown_line(line, dice),
                Piece::Table(table) => text += &markdown_table(table, dash, bar, dice),
            }
            text += "\n\n";
        }
        text
    }

    /// The document as a page of HTML: the whole page of a site, or only the article.
    pub fn html(&self, dice: &mut Dice) -> String {
        let style = Html::any(dice);
        let mut article = format!("<h1>{}</h1>\n", style.text(&self.title));
        for piece in &self.pieces {
            article += &match piece {
                Piece::Line(line) if dice.once_in(5) => format!("<div>{}<br></div>\n", style.text(line)),
                Piece::Line(line) => format!("<p>{}</p>\n", style.text(line)),
                Piece::Table(table) => style.table(table, dice),
            };
        }
        if dice.below(2) == 0 {
            return article;
        }
        let title = style.text(&self.title);
        format!(
            "<!DOCTYPE html>\n<html><head><title>{title} | Support</title><script>{{\"a\": \"<td>5x</td>\"}}</script></head>\n\
             <body><nav><a href='/'>BTCUSDT 1,000.5%2%</a></nav><main>{article}<ul><li><a href='/b'>Tiers of OTHERUSDT \
             2026-01-01 06:00 (UTC)</a></li></ul></main><footer>5x0 < Position ≤ 5</footer></body></html>\n"
        )
    }
}

/// Text with the signs of Markdown escaped, as converters do.
fn escaped(text: &str) -> String {
    text.replace('_', "\\_").replace('*', "\\*").replace('|', "\\|")
}

fn markdown_line(line: &str, dice: &mut Dice) -> String {
    match (line.strip_prefix('•'), dice.below(3)) {
        (Some(item), 0) => format!("* {}", escaped(item.trim())),
        (Some(item), _) => format!("- **{}**", escaped(item.trim())),
        (None, 1) if line.contains("USDT") && line.len() < 80 => format!("## {}", escaped(line)),
        (None, 2) if !line.is_empty() && line.len() != 10 => format!("**{}**", escaped(line.trim())),
        _ => escaped(line),
    }
}

/// The width of a table: a column of names, where it has one, and the columns of both sides.
fn width(table: &Table) -> usize {
    usize::from(table.kind != Kind::Tiers) + 2 * table.columns
}

fn markdown_table(table: &Table, dash: &str, bar: bool, dice: &mut Dice) -> String {
    // A bar at the end of a row bounds it, so a row with an empty cell there needs bars.
    let line = |cells: Vec<String>| match bar || cells[0].is_empty() || cells[cells.len() - 1].is_empty() {
        true => format!("| {} |", cells.join(" | ")),
        false => cells.join(" | "),
    };
    let absent = dice.pick(&["---", "NA", "", "N/A"]);
    let bold = dice.once_in(2);
    let mut lines = Vec::new();
    let mut hanging = 0;
    for row in &table.header {
        let mut cells = vec![String::new(); hanging];
        hanging = 0;
        for Head(text, columns, rows) in row {
            let text = text.replace(" (", "<br>(");
            cells.push(if bold { format!("**{text}**") } else { text });
            cells.extend(vec![String::new(); columns - 1]);
            hanging += usize::from(*rows > 1);
        }
        lines.push(line(cells));
    }
    lines.insert(1, line(vec![dash.to_string(); width(table)]));
    for row in &table.rows {
        let mut cells: Vec<String> = Vec::new();
        if table.kind != Kind::Tiers {
            cells.push(escaped(row.names.as_deref().unwrap_or("")));
        }
        for side in &row.sides {
            match side {
                Some(side) => {
                    cells.extend(vec![String::new(); table.columns - side.len()]);
                    cells.extend(
                        side.iter().map(|cell| cell.trim().replace('<', "&lt;").replace('≤', "&le;")),
                    );
                }
                None => cells.extend(vec![absent.to_string(); table.columns]),
            }
        }
        lines.push(line(cells));
    }
    lines.join("\n")
}

/// How HTML is written.
struct Html {
    ends: bool,
    entities: bool,
    inner: &'static str,
    absent: Absent,
    nested: bool,
    groups: bool,
}

/// How an absent side is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Absent {
    /// One mark over all of its columns.
    Wide,
    /// One mark over all of its columns and all rows without it.
    Tall,
    /// A mark in each column.
    Each,
    /// Empty cells.
    Empty,
    /// One empty cell over all columns.
    EmptyWide,
    /// The cells above span the row.
    Above,
}

impl Html {
    fn any(dice: &mut Dice) -> Html {
        use Absent::*;
        Html {
            ends: dice.below(3) < 2,
            entities: dice.below(2) == 0,
            inner: dice.pick(&["", "<p>", "<span style=\"color: red\">", "<div>", "<b>"]),
            absent: dice.pick(&[Wide, Tall, Each, Empty, EmptyWide, Above]),
            nested: dice.once_in(4),
            groups: dice.below(2) == 0,
        }
    }

    fn text(&self, text: &str) -> String {
        let text = text.replace('&', "&amp;").replace('<', if self.entities { "&lt;" } else { "<" });
        if self.entities {
            text.replace('≤', "&le;").replace(" (UTC)", "&nbsp;(UTC)").replace('–', "&ndash;")
        } else {
            text
        }
    }

    fn cell(&self, tag: &str, text: &str, columns: usize, rows: usize) -> String {
        let count =
            |name: &str, count: usize| if count > 1 { format!(" {name}=\"{count}\"") } else { String::new() };
        let end = self
            .inner
            .split([' ', '>'])
            .next()
            .map(|name| format!("{}>", name.replace('<', "</")))
            .filter(|_| self.inner.len() > 1);
        let end = end.unwrap_or_default();
        let close = if self.ends { format!("</{tag}>") } else { String::new() };
        let (columns, rows) = (count("colspan", columns), count("rowspan", rows));
        format!("<{tag}{columns}{rows}>{}{}{end}{close}", self.inner, self.text(text))
    }

    fn table(&self, table: &Table, dice: &mut Dice) -> String {
        let row_end = if self.ends { "</tr>\n" } else { "\n" };
        let mut html = String::from(if self.groups { "<table border=1><thead>" } else { "<table>" });
        for row in &table.header {
            let cells = row.iter().map(|Head(text, columns, rows)| {
                let text = if dice.once_in(3) { text.replace(" (", "<br>(") } else { text.clone() };
                self.cell("th", &text, *columns, *rows).replace("&lt;br>", "<br>")
            });
            html += &format!("<tr>{}{row_end}", cells.collect::<String>());
        }
        html += if self.groups { "</thead><tbody>" } else { "" };
        let mark = dice.pick(&["NA", "N/A", "---", "—"]);
        for (at, row) in table.rows.iter().enumerate() {
            html += "<tr>";
            if table.kind != Kind::Tiers {
                html += &self.names(table, at);
            }
            for side in 0..2 {
                html += &self.side(table, at, side, mark, row);
            }
            html += row_end;
        }
        html += if self.groups { "</tbody></table>\n" } else { "</table>\n" };
        if self.nested { format!("<table><tr><td>{html}</td></tr></table>\n") } else { html }
    }

    /// The names of a block, over all of its rows or above empty cells.
    fn names(&self, table: &Table, at: usize) -> String {
        let rows = 1 + table.rows[at + 1..].iter().take_while(|row| row.names.is_none()).count();
        let spans = self.absent == Absent::Tall || self.absent == Absent::Above;
        match &table.rows[at].names {
            Some(names) if spans => {
                self.cell("td", &names.replace(", ", "<br>"), 1, rows).replace("&lt;br>", "<br>")
            }
            Some(names) => self.cell("td", names, 1, 1),
            None if spans => String::new(),
            None => self.cell("td", "", 1, 1),
        }
    }

    fn side(&self, table: &Table, at: usize, side: usize, mark: &str, row: &Row) -> String {
        let in_block = |row: &&Row| row.names.is_none();
        let below = table.rows[at + 1..]
            .iter()
            .take_while(in_block)
            .take_while(|row| row.sides[side].is_none())
            .count();
        let Some(cells) = &row.sides[side] else { return self.absent(table, at, side, mark, below) };
        // Above a row without this side its cells may span that row.
        let rows = if self.absent == Absent::Above && table.kind != Kind::Flat { 1 + below } else { 1 };
        let rank = if cells.len() < table.columns { self.cell("td", "", 1, rows) } else { String::new() };
        rank + &cells.iter().map(|cell| self.cell("td", cell, 1, rows)).collect::<String>()
    }

    fn absent(&self, table: &Table, at: usize, side: usize, mark: &str, below: usize) -> String {
        let first = table.rows[at].names.is_some() || at == 0 || table.rows[at - 1].sides[side].is_some();
        match self.absent {
            Absent::Wide => self.cell("td", mark, table.columns, 1),
            Absent::Tall if first => self.cell("td", mark, table.columns, 1 + below),
            Absent::Tall => String::new(),
            Absent::Each => self.cell("td", mark, 1, 1).repeat(table.columns),
            Absent::Empty => self.cell("td", "", 1, 1).repeat(table.columns),
            Absent::EmptyWide => self.cell("td", "", table.columns, 1),
            Absent::Above if table.kind == Kind::Flat || self.nothing_above(table, at, side) => {
                self.cell("td", mark, table.columns, 1)
            }
            Absent::Above => String::new(),
        }
    }

    /// Whether no cell of the side is above a row in its block.
    fn nothing_above(&self, table: &Table, at: usize, side: usize) -> bool {
        let start = (0..=at).rev().find(|row| table.rows[*row].names.is_some()).unwrap_or(0);
        table.rows[start..at].iter().all(|row| row.sides[side].is_none())
    }
}
