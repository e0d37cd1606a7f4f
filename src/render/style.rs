//! The forms of answers, and what the place of output can show.

/// The form of an answer.
///
/// ```
/// use tierbook::render::{self, Format, OutputStyle};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let rows = rules.query("limit of ACTUSDT as of 2026-02-07")?;
/// let text = render::rows(&rows, Format::Jsonl, OutputStyle::PLAIN);
/// assert_eq!(serde_json::from_str::<serde_json::Value>(&text)?["status"], "value");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
    /// A drawing as an SVG document, for statements that draw.
    Svg,
}

/// What the place of output can show.
///
/// ```
/// use tierbook::render::OutputStyle;
/// let narrow = OutputStyle { width: Some(80), ..OutputStyle::PLAIN };
/// assert!(!narrow.colour);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OutputStyle {
    /// Whether colours are wanted.
    pub colour: bool,
    /// The width in columns; `None` where lines may be of any length.
    pub width: Option<usize>,
}

impl OutputStyle {
    /// Plain text of any width, as for a pipe.
    pub const PLAIN: OutputStyle = OutputStyle { colour: false, width: None };
}
