//! Answers and mistakes as text: the only place that knows percent signs, separators, colours and columns.

pub mod card;
pub mod csv;
pub mod diagnostic;
pub mod explanation;
pub mod figures;
pub mod machine;
pub mod table;

use crate::query::rows::Row;

/// The form of an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// For people: a card for one row, a table for several.
    Table,
    /// One JSON array.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated values under a header.
    Csv,
}

/// What the place of output can show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Surface {
    /// Whether colours are wanted.
    pub colour: bool,
    /// The width in columns; `None` where lines may be of any length.
    pub width: Option<usize>,
}

impl Surface {
    /// Plain text of any width, as for a pipe.
    pub const PLAIN: Surface = Surface { colour: false, width: None };
}

/// The rows of an answer as text that ends in a newline.
pub fn rows(rows: &[Row], format: Format, surface: Surface) -> String {
    match format {
        Format::Table => for_people(rows, surface),
        Format::Json => machine::array(rows),
        Format::Jsonl => machine::lines(rows),
        Format::Csv => csv::records(rows),
    }
}

fn for_people(rows: &[Row], surface: Surface) -> String {
    match rows {
        [] => "nothing is held that fits; `subjects` and `sources` list what is held\n".to_string(),
        [Row::Measure(row)] => card::measure(row, surface),
        rows => {
            rows.chunk_by(same_block).map(|block| table::block(block, surface)).collect::<Vec<_>>().join("\n")
        }
    }
}

/// Whether two neighbouring rows stand in one table: they are of one kind, and tiers of one subject.
fn same_block(a: &Row, b: &Row) -> bool {
    match (a, b) {
        (Row::Tier(a), Row::Tier(b)) => a.context.subject == b.context.subject,
        (Row::Measure(a), Row::Measure(b)) => a.measure == b.measure,
        (Row::Explanation(_), Row::Explanation(_)) => false,
        _ => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}
