//! The tiers of the classes: `60 - 800,000100.00%` is class 6 from 0 to 800,000 at 100 %. A class number is
//! before each floor 0. A class with a hole is not read; the others are.

use std::collections::BTreeMap;

use crate::finding::{Finding, FindingCode};
use crate::ingest::announcement::document::Document;
use crate::ingest::announcement::number::BoundReading;
use crate::ingest::announcement::split::{DigitSplit, collateral_splits};
use crate::ingest::announcement::timestamps;
use crate::ingest::families::text;
use crate::ingest::{scan, usual};
use crate::rule::{Number, PrintedTier, Rule};
use crate::statement::subject::CLASS;
use crate::text::Span;

/// The highest number of a class.
const HIGHEST_CLASS: u32 = 10;

/// Most classes that a sentence names whose tables are looked for.
const MOST_NAMED: usize = 100;

/// The tiers of a class.
#[derive(Clone, PartialEq, Debug)]
pub struct ClassTiers {
    /// Its number.
    pub number: u32,
    /// Its rows.
    pub span: Span,
    /// Its collateral ratios.
    pub rule: Rule,
}

/// The cells of a table after its header at `from`: digits, percent signs and what separates them.
pub fn body(text: &str, from: usize) -> Span {
    let is_cell =
        |c: char| c.is_ascii_digit() || ",.%％|>≥".contains(c) || scan::is_dash(c) || scan::is_blank(c);
    let mut end = scan::skip(text, from, is_cell);
    // A letter between cells is a misprint; it costs its class only.
    while let Some(after) = scan::char_at(text, end).map(|c| end + c.len_utf8()) {
        let next = scan::char_at(text, after);
        let in_cell = text[..end].ends_with(|c: char| c.is_ascii_digit() || c == ',')
            && next.is_some_and(|c| c.is_ascii_digit() || c == ',');
        if !in_cell {
            break;
        }
        end = scan::skip(text, after, is_cell);
    }
    let whole = Span::new(from, end);
    let last = whole
        .of(text)
        .rfind(['%', '％'])
        .map_or(from, |at| scan::skip(text, from + at, |c| "%％".contains(c)));
    let rest = Span::new(last, whole.end).trim(text, scan::is_blank);
    let is_row = rest.of(text).contains(|c: char| c.is_ascii_digit())
        && timestamps::date_end(text, rest.start).is_none();
    if is_row { Span::new(from, rest.end) } else { Span::new(from, last) }
}

/// Whether a second ratio is beside the first in any row.
pub fn has_two_ratios(text: &str, body: Span) -> bool {
    let cells = body.of(text).split_inclusive(['%', '％']);
    cells.skip(1).any(|cell| cell.ends_with(['%', '％']) && !cell.contains(scan::is_dash))
}

/// The classes whose ratios a sentence says are set out: `assets no. 6, 7 and 8 are set out below`.
pub fn named_classes(document: &Document) -> Option<Vec<u32>> {
    let words = document.text.as_str();
    let lines = text::body_lines(document);
    // `no.6` looks like the end of a sentence, and may be one where a blank follows.
    let line = lines.iter().map(|line| line.of(words)).find(|line| {
        let lower = line.to_lowercase();
        lower.contains("collateral ratio") && (lower.contains("set out") || lower.contains("as follows"))
    })?;
    let lower = line.to_lowercase();
    let end = lower.find("set out").or_else(|| lower.find("as follows"))?;
    let start = ["no.", "no ", "nos.", "numbers ", "class ", "classes ", "rank ", "ranks "]
        .iter()
        .filter_map(|word| lower[..end].rfind(word).map(|at| at + word.len()))
        .max()?;
    let numbers = lower[start..end].split(|c: char| !c.is_ascii_digit()).filter(|word| !word.is_empty());
    let numbers = numbers.take(MOST_NAMED);
    numbers.map(|word| word.parse().ok()).collect::<Option<Vec<u32>>>().filter(|list| !list.is_empty())
}

/// A class that is read row by row.
struct OpenClass<'a> {
    number: u32,
    span: Span,
    rows: Vec<DigitSplit<'a>>,
    fault: Option<Finding>,
}

/// The classes of a table, in a currency, and what was found. `named` are those that the text names.
pub fn read(text: &str, body: Span, unit: &str, named: Option<&[u32]>) -> (Vec<ClassTiers>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut open: Vec<OpenClass> = Vec::new();
    let rows: Vec<(Span, Option<RowCells>)> = rows(text, body);
    for (index, (span, cells)) in rows.iter().enumerate() {
        let next = rows.get(index + 1).and_then(|(_, cells)| cells.as_ref());
        let Some(cells) = cells else {
            lose(text, &mut open, *span, &mut findings);
            continue;
        };
        let before = open.last().and_then(|class| class.rows.last()).map(|row| row.cap.value);
        let continues = open.last().is_some_and(|class| class.fault.is_none())
            && cells.splits.iter().any(|row| row.rank.is_none() && Some(row.floor.value) == before);
        if let Some(number) = cells.class().filter(|_| !continues) {
            open.push(OpenClass { number, span: *span, rows: Vec::new(), fault: None });
        }
        let Some(class) = open.last_mut() else {
            lose(text, &mut open, *span, &mut findings);
            continue;
        };
        class.span.end = span.end;
        match cells.row(class.rows.last(), next) {
            Some(row) => class.rows.push(row),
            None => lose(text, &mut open, *span, &mut findings),
        }
    }
    let stated = |number: u32| named.is_none_or(|named| named.contains(&number));
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    open.iter().for_each(|class| *counts.entry(class.number).or_default() += 1);
    let mut classes = Vec::new();
    for class in &open {
        let twice = counts.get(&class.number).is_some_and(|count| *count > 1);
        let fault = if twice {
            Some(format!("class {} is there twice", class.number))
        } else if stated(class.number) {
            None
        } else {
            Some(format!("the text does not name class {} as one whose ratios it sets out", class.number))
        };
        let fault = fault.map(|why| Finding::new(FindingCode::UnreadRatio, class.span, why));
        if let Some(fault) = class.fault.clone().or(fault) {
            findings.push(lost(class.number, fault));
            continue;
        }
        match rule(text, class, unit) {
            Ok(rule) => {
                findings.extend(unusual(class, &rule));
                classes.push(ClassTiers { number: class.number, span: class.span, rule });
            }
            Err(fault) => findings.push(lost(class.number, fault)),
        }
    }
    let missing = named.unwrap_or_default().iter().filter(|number| !counts.contains_key(number));
    findings.extend(missing.map(|number| {
        let message =
            format!("the text says that it sets out the ratios of class {number}, but no row of it is found");
        named_finding(*number, Finding::new(FindingCode::UnreadRatio, body, message))
    }));
    (classes, findings)
}

/// Marks the class that a row belongs to as one that cannot be read; without any, the row is reported.
fn lose(text: &str, open: &mut [OpenClass], span: Span, findings: &mut Vec<Finding>) {
    let message = format!("`{}` does not follow the row before it", text::quoted(text, span));
    let finding = Finding::new(FindingCode::UnreadRatio, span, message);
    match open.last_mut() {
        Some(class) => class.fault = class.fault.take().or(Some(finding)),
        None => findings.push(finding),
    }
}

fn lost(number: u32, fault: Finding) -> Finding {
    let message = format!("class {number} is not stored: {}", fault.message);
    named_finding(number, Finding { message, ..fault })
}

fn named_finding(number: u32, finding: Finding) -> Finding {
    Finding { subjects: vec![format!("{CLASS}{number}")], ..finding }
}

/// The cells of a row, with every way to split its digits that fits them.
struct RowCells<'a> {
    splits: Vec<DigitSplit<'a>>,
}

impl<'a> RowCells<'a> {
    /// The number of the class that starts with this row: that before a floor 0.
    fn class(&self) -> Option<u32> {
        let starts = |row: &&DigitSplit| row.floor.value.is_zero();
        self.splits.iter().filter(starts).find_map(|row| row.rank).filter(|rank| *rank <= HIGHEST_CLASS)
    }

    /// The way that fits the row before it in its class, and the one after it.
    fn row(&self, before: Option<&DigitSplit>, next: Option<&RowCells>) -> Option<DigitSplit<'a>> {
        let fits = |row: &&DigitSplit| match before {
            None => row.rank.is_some() && row.floor.value.is_zero(),
            Some(before) => {
                row.rank.is_none()
                    && row.floor.value == before.cap.value
                    && row.rate.value < before.rate.value
            }
        };
        let proper = |row: &&DigitSplit| {
            !row.cap.suspicious && !row.floor.suspicious && row.cap.value > row.floor.value
        };
        let leads = |row: &&&DigitSplit| {
            next.is_some_and(|next| next.splits.iter().any(|it| it.floor.value == row.cap.value))
        };
        let ways: Vec<&DigitSplit> = self.splits.iter().filter(fits).filter(proper).collect();
        ways.iter().find(leads).or(ways.first()).map(|row| **row)
    }
}

/// The rows of a table: what each percent sign ends.
fn rows(text: &str, body: Span) -> Vec<(Span, Option<RowCells<'_>>)> {
    let mut found = Vec::new();
    let mut at = body.start;
    for part in body.of(text).split_inclusive(['%', '％']) {
        let span = Span::new(at, at + part.len()).trim(text, |c| scan::is_blank(c) || c == '|');
        at += part.len();
        if !span.is_empty() {
            found.push((span, row_cells(text, span)));
        }
    }
    found
}

fn row_cells(text: &str, span: Span) -> Option<RowCells<'_>> {
    let mut runs = Vec::new();
    let mut at = span.start;
    let mut floor_end = None;
    while let Some(run) = scan::number(text, at) {
        runs.push(run.of(text));
        at = scan::skip_separators(text, run.end);
        let dash = scan::skip(text, at, scan::is_dash);
        if dash > at {
            if floor_end.is_some() {
                return None;
            }
            floor_end = Some(run.end);
            at = scan::skip_separators(text, dash);
        }
    }
    let floor_end = floor_end.filter(|_| scan::percent(text, at) == Some(span.end))?;
    let mut splits = collateral_splits(&runs, false);
    splits.retain(|row| Span::of_part(text, row.floor.text).end == floor_end);
    (!splits.is_empty()).then_some(RowCells { splits })
}

/// The rule of a class.
fn rule(text: &str, class: &OpenClass, unit: &str) -> Result<Rule, Finding> {
    let row = |row: &DigitSplit| {
        let [floor, cap, rate] =
            [row.floor.text, row.cap.text, row.rate.text].map(|printed| Span::of_part(text, printed));
        let sign = text[rate.end..].starts_with('%');
        let cells = vec![floor, cap, Span::new(rate.start, rate.end + usize::from(sign))];
        let number = |bound: &BoundReading| Number::with_text(bound.text, bound.value);
        let (floor, cap) = (number(&row.floor), number(&row.cap));
        Some(PrintedTier { leverage: None, floor, cap, rate: row.rate.rate()?, cells })
    };
    let fault = |why: String| Finding::new(FindingCode::UnreadRatio, class.span, why);
    let rows: Option<Vec<PrintedTier>> = class.rows.iter().map(row).collect();
    let rows = rows.ok_or_else(|| fault("a ratio needs too many digits".to_string()))?;
    Rule::collateral(unit, Some(class.number), rows).map_err(|why| fault(why.to_string()))
}

/// What is unusual about the ratios of a class, and about its end.
fn unusual(class: &OpenClass, rule: &Rule) -> Vec<Finding> {
    let rows = rule.printed();
    let mut found: Vec<Finding> = rows
        .iter()
        .filter(|row| !row.rate.fraction().is_zero())
        .filter_map(|row| Some(Finding::new(FindingCode::UnusualRate, row.span(), usual::ratio(&row.rate)?)))
        .collect();
    found.extend(
        rows.last().filter(|last| last.cap.value() < usual::OPEN_END || !last.rate.fraction().is_zero()).map(
            |last| {
                let message =
                    format!("the last tier ends at {} with {} %", last.cap.text(), last.rate.text());
                Finding::new(FindingCode::OpenEnd, last.span(), message)
            },
        ),
    );
    found
        .into_iter()
        .map(|finding| {
            let message = format!("class {}: {}", class.number, finding.message);
            named_finding(class.number, Finding { message, ..finding })
        })
        .collect()
}
