//! The table of a contract's specification: a row for each field, with the values of all contracts side by
//! side, glued together or not.

use crate::ingest::announcement::contract;
use crate::ingest::announcement::timestamps::{PrintedTimes, PrintedTimestamp};
use crate::ingest::scan;
use crate::limits;
use crate::statement::Program;
use crate::text::Span;

/// The fields that state the instant; which of them is printed does not tell a launch from a conversion.
const TIME_FIELDS: &[&str] =
    &["Launch Time", "Listing Time", "Conversion Time", "Convert Time", "Trading Start Time"];

/// The fields that state the highest leverage.
const LEVERAGE_FIELDS: &[&str] = &["Maximum Leverage", "Max Leverage", "Max. Leverage"];

/// The field that names what the contracts are about.
const ASSETS_FIELD: &str = "Underlying Asset";

/// Most bytes between the kind of contract and the field of the time.
const NAMES_BYTES: usize = 2_000;

/// Most bytes of the kind of contract: `USDⓈ-M Perpetual Contract`.
const KIND_BYTES: usize = 60;

/// Most fields of a time that are looked at; most are those of sentences and of other tables.
const MOST_FIELDS: usize = 1_000;

/// Most values of a field.
const MOST_VALUES: usize = 100;

/// A table of specifications.
#[derive(Clone, Debug)]
pub struct Specification {
    /// All of its bytes.
    pub span: Span,
    /// The program, where its kind of contract tells it.
    pub program: Option<Program>,
    /// The words that name its contracts, perhaps glued together.
    pub names: Span,
    /// Whether the time is one after which the contracts start: `After 2025-09-26 08:00 (UTC)`.
    pub after: bool,
    /// Where the values of its underlying assets start, if it has that field.
    pub assets: Option<usize>,
    /// The times, from left to right.
    pub times: Vec<PrintedTimestamp>,
    /// The highest leverages, from left to right; none where two fields of the table differ.
    pub leverages: Vec<u32>,
}

/// The tables of specifications in a text; with the first place that is not looked at where there are too many.
pub fn find(text: &str, body: usize) -> (Vec<Specification>, Option<Span>) {
    let mut fields: Vec<(usize, &str)> = TIME_FIELDS
        .iter()
        .flat_map(|field| text[body..].match_indices(field).map(|(at, field)| (body + at, field)))
        .collect();
    fields.sort_unstable();
    let mut too_many = fields.get(MOST_FIELDS).map(|(at, field)| Span::new(*at, at + field.len()));
    fields.truncate(MOST_FIELDS);
    let mut heads: Vec<(Head, usize)> =
        fields.iter().filter_map(|(at, field)| Some((head(text, body, *at)?, at + field.len()))).collect();
    if let Some((head, _)) = heads.get(limits::SMALL_TABLES) {
        too_many = Some(head.names);
        heads.truncate(limits::SMALL_TABLES);
    }
    let limit = |index: usize| heads.get(index + 1).map_or(text.len(), |(next, _)| next.start);
    let tables = heads.iter().enumerate();
    (tables.map(|(index, (head, at))| specification(text, head, *at, limit(index))).collect(), too_many)
}

/// What is before the field of the time.
struct Head {
    start: usize,
    program: Option<Program>,
    names: Span,
}

/// The kind of contract and the names that end at `end`.
fn head(text: &str, body: usize, end: usize) -> Option<Head> {
    let from = text.ceil_char_boundary(body.max(end.saturating_sub(NAMES_BYTES)));
    let kind_end = from + text[from..end].rfind("Contract")? + "Contract".len();
    let plural = ["(s)", "s"].iter().find(|plural| text[kind_end..end].starts_with(**plural));
    let names_start = kind_end + plural.map_or(0, |plural| plural.len());
    let separator = |c: char| scan::is_blank(c) || matches!(c, '|' | ':' | '*');
    let names = Span::new(names_start, end).trim(text, separator);
    let fit = |c: char| c.is_alphanumeric() || c == '_' || separator(c);
    if names.is_empty() || !names.of(text).chars().all(fit) {
        return None;
    }
    let near = text.ceil_char_boundary(from.max(kind_end.saturating_sub(KIND_BYTES)));
    let line = near + text[near..kind_end].rfind('\n').map_or(0, |at| at + 1);
    let (start, program) = contract::contract_kind(text, Span::new(line, kind_end))?;
    Some(Head { start, program, names })
}

fn specification(text: &str, head: &Head, field_end: usize, limit: usize) -> Specification {
    let mut at = skip_to_value(text, field_end);
    let after = text[at..].get(..5).is_some_and(|word| word.eq_ignore_ascii_case("after"));
    if after {
        at = skip_to_value(text, at + 5);
    }
    let mut times = Vec::new();
    while let Some(printed) = PrintedTimes::at(text, at).filter(|_| times.len() < MOST_VALUES) {
        at = skip_to_value(text, printed.span.end);
        times.push(printed);
    }
    let limit = limit.max(at);
    let mut fields = LEVERAGE_FIELDS
        .iter()
        .flat_map(|field| text[at..limit].match_indices(field).map(|(start, field)| at + start + field.len()))
        .map(|start| leverages(text, start))
        .filter(|(leverages, _)| !leverages.is_empty())
        .collect::<Vec<_>>();
    let end = fields.iter().map(|(_, end)| *end).max().unwrap_or(at);
    fields.dedup_by(|one, other| one.0 == other.0);
    let leverages = if let [(only, _)] = &mut fields[..] { std::mem::take(only) } else { Vec::new() };
    let assets = text[at..limit].find(ASSETS_FIELD).map(|start| at + start + ASSETS_FIELD.len());
    let assets = assets.map(|at| skip_to_value(text, at));
    let span = Span::new(head.start, end_of_rows(text, end, limit));
    Specification { span, program: head.program, names: head.names, after, assets, times, leverages }
}

/// The leverages from `at` on, and where they end.
fn leverages(text: &str, at: usize) -> (Vec<u32>, usize) {
    let (mut found, mut end) = (Vec::new(), at);
    let next = |end: usize| {
        let at = skip_to_value(text, end);
        let words = text[at..].get(..6).filter(|words| words.eq_ignore_ascii_case("up to "));
        scan::leverage(text, at + words.map_or(0, str::len))
    };
    while let Some((leverage, span)) = next(end).filter(|_| found.len() < MOST_VALUES) {
        if leverage.min != Some(leverage.max) {
            return (Vec::new(), at);
        }
        found.push(leverage.max);
        end = span.end;
    }
    // A value that lost its sign makes it unknown which column the others are of.
    let is_cut = text[skip_to_value(text, end)..].starts_with(|c: char| c.is_ascii_digit());
    if is_cut { (Vec::new(), at) } else { (found, end) }
}

fn skip_to_value(text: &str, at: usize) -> usize {
    scan::skip(text, at, |c| scan::is_blank(c) || matches!(c, '|' | ':'))
}

/// The end of the line at `at`, and of the lines of cells right below it.
fn end_of_rows(text: &str, at: usize, limit: usize) -> usize {
    let line_end = |at: usize| text[at..limit].find('\n').map_or(limit, |end| at + end);
    let mut end = line_end(at.min(limit));
    while end < limit {
        let next = line_end(end + 1);
        if !text[end + 1..next].contains(['\t', '|']) {
            break;
        }
        end = next;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (&str, usize, Vec<u32>) {
        let (found, _) = find(text, 0);
        let [only] = &found[..] else { panic!("{found:?}") };
        (only.names.of(text), only.times.len(), only.leverages.clone())
    }

    #[test]
    fn values_are_read_glued_together_and_as_cells() {
        let glued = "USDⓈ-M Perpetual ContractAUSDTBUSDTLaunch Time2025-08-07 16:30 (UTC)2025-08-07 16:45 \
                     (UTC)Contract Address0x100xab99xProject InfoTrade at 100x.Maximum Leverage50x20xTrading Hours24/7";
        assert_eq!(read(glued), ("AUSDTBUSDT", 2, vec![50, 20]));
        let cells = "USDⓈ-M Perpetual Contract\tAUSDT\tBUSDT\nLaunch Time\t2025-08-07 16:30 (UTC)\t2025-08-07 16:45 \
                     (UTC)\nMaximum Leverage\t50x\t20x\nTrading Hours\t24/7\t24/7\n";
        assert_eq!(read(cells), ("AUSDT\tBUSDT", 2, vec![50, 20]));
        assert!(find(cells, 0).0[0].span.of(cells).ends_with("24/7\t24/7"));
    }

    #[test]
    fn a_field_name_in_a_sentence_is_no_table() {
        let text = "See the Perpetual Contract. The Launch Time is 2025-08-07 16:30 (UTC).";
        assert!(find(text, 0).0.is_empty());
    }

    #[test]
    fn a_field_printed_twice_is_read_without_fault() {
        let text = "USDⓈ-M Perpetual Contract AUSDT Launch Time Launch Time 2025-08-07 16:30 (UTC) Maximum Leverage 50x";
        assert_eq!(find(text, 0).0.len(), 2);
    }

    #[test]
    fn two_fields_of_leverage_that_differ_state_none() {
        let text = "USDⓈ-M Perpetual ContractAUSDTLaunch Time2025-08-07 16:30 (UTC)Maximum Leverage50xMax Leverage20x";
        assert_eq!(read(text).2, Vec::<u32>::new());
    }
}
