//! Rows of flat collateral ratios: a name and one or two percentages, glued together or not.
//!
//! Where a name may end in digits (`C9840%30%`) each way to split it is kept until the whole document is
//! known. The evidence, strongest first: the name is printed elsewhere; the ratio does not leap away from the
//! other one of the row; the ratio is the longest that does not exceed 100.

use std::collections::BTreeSet;

use super::number;
use crate::decimal::Decimal;
use crate::ingest::scan;
use crate::rule::Rate;
use crate::text::Span;

/// The largest change of a ratio that is believed where digits could also belong to the name; the largest
/// real one is 40 points.
const LARGEST_STEP: Decimal = Decimal::from_parts(50, 0, 0, false, 2);

/// A printed ratio with its bytes.
pub type PrintedRatio = (Rate, Span);

/// One row.
#[derive(Clone, Debug)]
pub struct FlatRow {
    /// All of its bytes.
    pub span: Span,
    /// The ways to split name and left ratio, the longest ratio first; one where nothing is glued.
    pub ways: Vec<(Span, Option<PrintedRatio>)>,
    /// The right ratio; `None` where there is a mark, or nothing.
    pub right: Option<PrintedRatio>,
    /// Whether a side is absent without a mark.
    pub unmarked: bool,
    /// Whether the `NA` at the end of the name may be a mark, and the one after the row the start of the next
    /// name: `ABCNA5%NAXYZ10%20%`.
    pub shifted: bool,
}

/// The row at `at`, with `sides` ratios. A name of digits only (`4`) is believed where it is glued to the row
/// before, or separated from its ratio; otherwise the digits are a ratio too many.
pub fn row_at(text: &str, at: usize, sides: usize) -> Option<FlatRow> {
    let run = scan::name_run(text, at)?;
    let glued = text[..at].ends_with(|c: char| !scan::is_blank(c) && c != '|');
    if !glued && scan::number(text, at).is_some_and(|number| scan::percent(text, number.end).is_some()) {
        return None;
    }
    let (ways, end) = first_cells(text, run)?;
    let row = FlatRow { span: Span::new(at, end), ways, right: None, unmarked: false, shifted: false };
    if sides == 1 {
        return Some(row);
    }
    let next = scan::skip_separators(text, end);
    if let Some((ratio, end)) = ratio_at(text, next) {
        return Some(FlatRow { span: Span::new(at, end), right: Some(ratio), ..row });
    }
    if row.ways.iter().all(|(_, ratio)| ratio.is_none()) {
        return None;
    }
    if let Some(mark) = scan::mark(text, next) {
        return Some(FlatRow { span: Span::new(at, mark.end), ..row });
    }
    if let Some(glued) = ["N/A", "NA"].into_iter().find(|mark| text[next..].starts_with(mark)) {
        let may_end_in_mark = |name: &str| name.len() > 2 && name.ends_with("NA");
        let shifted = glued == "NA" && row.ways.iter().any(|(name, _)| may_end_in_mark(name.of(text)));
        return Some(FlatRow { span: Span::new(at, next + glued.len()), shifted, ..row });
    }
    // Without a mark on the right, `NA` at the end of the name is one for the left cell.
    let left_mark = row.ways.first().and_then(|(name, ratio)| {
        let name = name.of(text).strip_suffix("NA").filter(|name| !name.is_empty())?;
        Some((Span::of_part(text, name), ratio.clone()?))
    });
    match left_mark {
        Some((name, ratio)) => Some(FlatRow { ways: vec![(name, None)], right: Some(ratio), ..row }),
        None => Some(FlatRow { unmarked: true, ..row }),
    }
}

/// Whether a row that needs no evidence from elsewhere is at `at`.
pub fn is_sure_row(text: &str, at: usize, sides: usize) -> bool {
    row_at(text, at, sides).is_some_and(|row| {
        let has_letter = |name: &Span| name.of(text).contains(char::is_alphabetic);
        !row.unmarked && row.ways.iter().all(|(name, _)| has_letter(name))
    })
}

type Ways = Vec<(Span, Option<PrintedRatio>)>;

/// The name and the left cell, in every way to split them, and where the cell ends.
fn first_cells(text: &str, run: Span) -> Option<(Ways, usize)> {
    let word = run.of(text);
    let slash = text.get(run.end..)?.starts_with("/A") && word.len() > 1 && word.ends_with('N');
    if slash {
        return Some((vec![(Span::new(run.start, run.end - 1), None)], run.end + 2));
    }
    let digits = word.bytes().rev().take_while(u8::is_ascii_digit).count();
    let number = scan::number(text, run.end - digits).filter(|_| digits > 0);
    if let Some((number, end)) = number.and_then(|span| Some((span, scan::percent(text, span.end)?))) {
        let first = (run.start + 1).max(number.start);
        let mut ways: Ways = (first..number.end)
            .filter(|cut| text.is_char_boundary(*cut) && *cut < run.end)
            .filter_map(|cut| {
                let span = Span::new(cut, number.end);
                let rate = number::percent(span.of(text), true)?.rate()?;
                Some((Span::new(run.start, cut), Some((rate, span))))
            })
            .collect();
        let is_zero =
            |ratio: &Option<PrintedRatio>| ratio.as_ref().is_some_and(|(rate, _)| rate.fraction().is_zero());
        if ways.iter().any(|(_, ratio)| !is_zero(ratio)) {
            ways.retain(|(_, ratio)| !is_zero(ratio));
        }
        return (!ways.is_empty()).then_some((ways, end));
    }
    let apart = scan::skip_separators(text, run.end);
    if let Some(mark) = scan::mark(text, apart) {
        return Some((vec![(run, None)], mark.end));
    }
    let (ratio, end) = ratio_at(text, apart).filter(|_| apart > run.end)?;
    Some((vec![(run, Some(ratio))], end))
}

/// A percentage.
fn ratio_at(text: &str, at: usize) -> Option<(PrintedRatio, usize)> {
    let span = scan::number(text, at)?;
    let end = scan::percent(text, span.end)?;
    Some(((number::percent(span.of(text), true)?.rate()?, span), end))
}

/// Whether a ratio changes by more than any real one did.
pub fn leaps(before: &Rate, after: &Rate) -> bool {
    (before.fraction() - after.fraction()).abs() > LARGEST_STEP
}

/// The most likely way to split a row, and whether a doubt remains.
pub fn choose(row: &FlatRow, text: &str, known: &BTreeSet<&str>) -> (usize, bool) {
    let printed: Vec<usize> =
        (0..row.ways.len()).filter(|&way| known.contains(row.ways[way].0.of(text))).collect();
    if let [way] = printed[..] {
        return (way, false);
    }
    let distance = |way: usize| -> Decimal {
        match (&row.ways[way].1, &row.right) {
            (Some((left, _)), Some((right, _))) => (left.fraction() - right.fraction()).abs(),
            _ => Decimal::ZERO,
        }
    };
    let nearest = (0..row.ways.len()).min_by_key(|&way| (distance(way), way)).unwrap_or(0);
    let leap = distance(0) > LARGEST_STEP;
    if leap { (nearest, nearest != 0) } else { (0, printed.len() > 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, known: &[&str]) -> (String, String, String, bool) {
        let row = row_at(text, 0, 2).expect(text);
        let (way, doubt) = choose(&row, text, &known.iter().copied().collect());
        let show = |ratio: &Option<PrintedRatio>| {
            ratio.as_ref().map_or("none".into(), |(rate, _)| rate.text().to_string())
        };
        (row.ways[way].0.of(text).to_string(), show(&row.ways[way].1), show(&row.right), doubt)
    }

    #[test]
    fn names_with_digits_at_their_edges_are_split_from_their_ratio() {
        for (text, name, left, right) in [
            ("LTC85%80%", "LTC", "85", "80"),
            ("C9840%30%", "C98", "40", "30"),
            ("1INCH45%35%", "1INCH", "45", "35"),
            ("1000SATS50%35%", "1000SATS", "50", "35"),
            ("A2Z10%30%", "A2Z", "10", "30"),
            ("U100%95%", "U", "100", "95"),
            ("4 30%20%", "4", "30", "20"),
            ("币安人生37.5%20%", "币安人生", "37.5", "20"),
            ("C98 | 40% | 30%", "C98", "40", "30"),
        ] {
            assert_eq!(read(text, &[]), (name.into(), left.into(), right.into(), false), "{text}");
        }
    }

    #[test]
    fn a_name_of_digits_only_must_be_glued_to_the_row_before_or_separated_from_its_ratio() {
        assert!(row_at("430%20%", 0, 2).is_none());
        assert!(row_at("A30%20%\n430%20%", 8, 2).is_none());
        let row = row_at("A30%20%430%20%", 7, 2).expect("a row");
        assert_eq!(choose(&row, "A30%20%430%20%", &BTreeSet::new()), (0, false));
        assert_eq!(row.ways.len(), 1, "a ratio of 0 % is read only where nothing else can be");
    }

    #[test]
    fn a_name_printed_elsewhere_decides_and_otherwise_the_nearer_ratio_with_a_doubt() {
        assert_eq!(read("C985%10%", &["C98"]), ("C98".into(), "5".into(), "10".into(), false));
        assert_eq!(read("C985%10%", &[]), ("C98".into(), "5".into(), "10".into(), true));
    }

    #[test]
    fn a_mark_on_either_side_leaves_that_side_out() {
        for (text, left, right) in [
            ("ABCNA20%", "none", "20"),
            ("ABCN/A20%", "none", "20"),
            ("ABC---20%", "none", "20"),
            ("ABC20%NA", "20", "none"),
        ] {
            assert_eq!(read(text, &[]), ("ABC".into(), left.into(), right.into(), false), "{text}");
        }
        assert_eq!(read("LUNA20%10%", &[]).0, "LUNA");
    }
}
