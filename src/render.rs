//! Answers and errors as text, as the command prints them: tables, JSON, CSV, SVG; and rows as columns of Arrow.
//!
//! Only this module knows percent signs, separators, colours and columns.
//!
//! ```
//! use tierbook::render::{self, Format, OutputStyle};
//! # let folder = tempfile::tempdir()?;
//! # let database = tierbook::Database::create(folder.path())?;
//! # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
//! # let rules = database.snapshot()?;
//! let rows = rules.query("mmr of ACTUSDT at 60000 as of 2026-02-06T08:00Z")?;
//! let text = render::rows(&rows, Format::Table, OutputStyle::PLAIN);
//! assert!(text.starts_with("mmr of binance:usdm:ACTUSDT at 60,000: 10 %\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub(crate) mod style;
pub(crate) mod figures;
pub(crate) mod card;
pub(crate) mod columns;
pub(crate) mod table;
pub(crate) mod explanation;
pub mod over_time;
pub(crate) mod plane;
pub(crate) mod positions;
pub(crate) mod chart;
pub(crate) mod comparison;
pub(crate) mod reconciliation;
pub mod editions;
pub(crate) mod json;
mod flat;
pub(crate) mod csv;
#[cfg(feature = "columnar")]
mod field_types;
#[cfg(feature = "columnar")]
mod record_batch;
pub mod audit;
pub mod aliases;
pub mod wrap;
pub mod diagnostic;
pub(crate) mod seed;
pub(crate) mod writer;

#[cfg(feature = "columnar")]
pub use record_batch::record_batch;
pub use seed::seed_of_losses;
pub use style::{Format, OutputStyle};
pub use writer::AnswerWriter;

use crate::query::rows::Row;

/// The rows of an answer as text that ends in a newline.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::render::{self, Format, OutputStyle};
/// let rows = rules.query("limit of ACTUSDT as of 2026-02-07")?;
/// let text = render::rows(&rows, Format::Table, OutputStyle::PLAIN);
/// assert!(text.starts_with("limit of binance:usdm:ACTUSDT: 800,000 USDT"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn rows(rows: &[Row], format: Format, style: OutputStyle) -> String {
    let mut answer = AnswerWriter::of_one(format, style);
    match format {
        // What waits for all rows has them.
        Format::Table => for_people(rows, style),
        Format::Svg => chart::svg(rows),
        _ => {
            let records: String = rows.iter().map(|row| answer.record(row)).collect();
            records + answer.end()
        }
    }
}

fn for_people(rows: &[Row], style: OutputStyle) -> String {
    match rows {
        [] => String::new(),
        [Row::Measure(row)] => card::measure(row, style),
        [Row::Explanation(row)] => explanation::text(row, &for_people(&row.rows, style), style),
        [Row::Reconciled(_), ..] => reconciliation::text(rows, style),
        rows => {
            let blocks = rows.chunk_by(same_block).map(|rows| block(rows, style));
            blocks.collect::<Vec<_>>().join("\n")
        }
    }
}

/// Neighbouring rows that stand in one table.
fn block(rows: &[Row], style: OutputStyle) -> String {
    match rows {
        [Row::Explanation(_)] => for_people(rows, style),
        [Row::Diff(row)] => comparison::text(row, style),
        [Row::Segment(_) | Row::Timeline(_) | Row::TierPeriod(_), ..] => chart::text(rows, style),
        [Row::Plane(first), ..] => {
            let at = first.at.map(figures::asked).unwrap_or_default();
            let title = format!("plane of {} of {}{at}", first.measure.words(), first.subject);
            format!("{}{}", card::heading(&title, style), plane::picture(rows, style))
        }
        [Row::Version(_) | Row::Step(_) | Row::Change(_) | Row::Report(_) | Row::Affected(_), ..] => {
            over_time::block(rows, style)
        }
        [Row::Position(_) | Row::Account(_) | Row::Size(_), ..] => positions::block(rows, style),
        rows => table::block(rows, style),
    }
}

/// Whether two neighbouring rows stand in one table: they are of one kind, and tiers of one subject.
fn same_block(a: &Row, b: &Row) -> bool {
    match (a, b) {
        (Row::Tier(a), Row::Tier(b)) => a.context.subject == b.context.subject,
        (Row::Measure(a), Row::Measure(b)) => a.measure == b.measure,
        (Row::Size(a), Row::Size(b)) => a.position == b.position,
        (Row::Version(a), Row::Version(b)) => a.subject == b.subject,
        (Row::Step(a), Row::Step(b)) => (&a.subject, a.at) == (&b.subject, b.at),
        (Row::Plane(a), Row::Plane(b)) => (&a.subject, a.at) == (&b.subject, b.at),
        (Row::Explanation(_), Row::Explanation(_)) | (Row::Diff(_), Row::Diff(_)) => false,
        _ => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}
