//! The tiers of one asset under portfolio margin pro, from 0 to an open end: `AAA01,200,00099.9%… > 2,000,000-0%`.

use crate::finding::{Finding, FindingCode};
use crate::ingest::announcement::split::{DigitSplit, collateral_splits};
use crate::ingest::families::text;
use crate::ingest::scan;
use crate::rule::{Number, PrintedTier, Rate, Rule};
use crate::text::Span;

/// The words of the header, in order.
const HEADER: [&str; 5] = ["Asset", "Floor", "Cap", "Collateral", "Ratio"];

/// A table of tiers.
#[derive(Clone, PartialEq, Debug)]
pub struct AssetTiers {
    /// All of its bytes.
    pub span: Span,
    /// The name of the asset.
    pub name: Span,
    /// Its ratios, or why they are not read.
    pub rule: Result<Rule, Finding>,
}

/// The tables of a text from `from` on.
pub fn find(words: &str, from: usize) -> Vec<AssetTiers> {
    let mut found = Vec::new();
    let mut at = from;
    while let Some(start) = words[at..].find(HEADER[0]).map(|place| at + place) {
        at = start + HEADER[0].len();
        if let Some(table) = header_end(words, start).and_then(|end| table_at(words, start, end)) {
            at = table.span.end;
            found.push(table);
        }
    }
    found
}

/// The end of a header that starts at `start`.
fn header_end(words: &str, start: usize) -> Option<usize> {
    HEADER.iter().try_fold(start, |at, word| {
        let at = scan::skip_separators(words, at);
        let plural = usize::from(words.get(at + word.len()..).is_some_and(|rest| rest.starts_with('s')));
        words.get(at..)?.starts_with(word).then_some(at + word.len() + plural)
    })
}

/// The table whose header ends at `from`: a name, and rows up to where no percent sign follows.
fn table_at(words: &str, start: usize, from: usize) -> Option<AssetTiers> {
    let first = scan::skip_separators(words, from);
    let run = scan::name_run(words, first)?;
    let letters = run.of(words).trim_end_matches(|c: char| c.is_ascii_digit());
    let name = Span::new(first, first + letters.len());
    let is_apart = scan::skip_separators(words, run.end) > run.end;
    let name = if is_apart { run } else { name };
    if !name.of(words).chars().all(|c| c.is_ascii_digit() || (c.is_alphabetic() && !c.is_lowercase())) {
        return None;
    }
    let is_cell =
        |c: char| c.is_ascii_digit() || ",.%|>＞≥∞".contains(c) || scan::is_dash(c) || scan::is_blank(c);
    let whole = scan::skip(words, name.end, is_cell);
    let end = words[name.end..whole].rfind('%').map(|at| name.end + at + 1)?;
    let body = Span::new(name.end, end);
    let rule = rule(words, body).map_err(|place| {
        let message = format!(
            "{}: `{}` does not follow the row before it; the table is not stored",
            name.of(words),
            text::quoted(words, place)
        );
        let finding = Finding::new(FindingCode::UnreadRatio, place, message);
        Finding { subjects: vec![name.of(words).to_string()], ..finding }
    });
    Some(AssetTiers { span: Span::new(start, end), name, rule })
}

/// The rule of the rows of a table.
///
/// # Errors
/// The first row that does not fit.
fn rule(words: &str, body: Span) -> Result<Rule, Span> {
    let mut rows: Vec<PrintedTier> = Vec::new();
    let mut at = body.start;
    for part in body.of(words).split_inclusive('%') {
        let span = Span::new(at, at + part.len()).trim(words, |c| scan::is_blank(c) || c == '|');
        at += part.len();
        if !span.is_empty() {
            let row = open_row(words, span).or_else(|| closed_row(words, span, rows.last())).ok_or(span)?;
            let fits = match rows.last() {
                None => row.floor.value().is_zero(),
                Some(before) => {
                    before.cap.cap() == Some(row.floor.value())
                        && row.rate.fraction() < before.rate.fraction()
                }
            };
            rows.push(if fits { row } else { return Err(span) });
        }
    }
    let is_open = rows.last().is_some_and(|last| last.cap.cap().is_none() || last.rate.fraction().is_zero());
    if !is_open {
        return Err(body);
    }
    Rule::collateral("USD", None, rows).map_err(|_| body)
}

/// A last row without a limit: `> 2,000,000-0%`.
fn open_row(words: &str, span: Span) -> Option<PrintedTier> {
    let sign = span.of(words).starts_with(['>', '＞', '≥']).then_some(())?;
    let floor = scan::number(words, scan::skip(words, span.start, |c| ">＞≥ ".contains(c)))?;
    let mark = scan::skip_separators(words, floor.end);
    let mark_end = scan::skip(words, mark, |c| scan::is_dash(c) || c == '∞');
    let rate = scan::number(words, scan::skip_separators(words, mark_end))?;
    let ((), end) = (sign, scan::percent(words, rate.end)?);
    let cap = Span::new(mark, mark_end);
    (end == span.end && !cap.is_empty()).then_some(())?;
    Some(PrintedTier {
        leverage: None,
        floor: Number::read(floor.of(words))?,
        cap: Number::no_limit(cap.of(words)),
        rate: Rate::from_percent(rate.of(words))?,
        cells: vec![floor, cap, Span::new(rate.start, end)],
    })
}

/// A row with floor, cap and ratio, glued together or not.
fn closed_row(words: &str, span: Span, before: Option<&PrintedTier>) -> Option<PrintedTier> {
    let mut runs = Vec::new();
    let mut at = span.start;
    while let Some(run) = scan::number(words, at) {
        runs.push(run.of(words));
        at = scan::skip_separators(words, run.end);
    }
    if scan::percent(words, at) != Some(span.end) {
        return None;
    }
    let floor = before.map_or(Some(crate::decimal::Decimal::ZERO), |before| before.cap.cap())?;
    let fits = |row: &&DigitSplit| {
        row.rank.is_none()
            && row.floor.value == floor
            && !row.floor.suspicious
            && !row.cap.suspicious
            && row.cap.value > floor
    };
    let splits = collateral_splits(&runs, false);
    let ways: Vec<&DigitSplit> = splits.iter().filter(fits).collect();
    let [row] = ways[..] else { return None };
    let [floor, cap, rate] = [row.floor.text, row.cap.text, row.rate.text].map(|it| Span::of_part(words, it));
    Some(PrintedTier {
        leverage: None,
        floor: Number::with_text(row.floor.text, row.floor.value),
        cap: Number::with_text(row.cap.text, row.cap.value),
        rate: row.rate.rate()?,
        cells: vec![floor, cap, Span::new(rate.start, span.end)],
    })
}
