//! The headers of tables about classes, by the words of their columns, glued together or not.

use super::words::ClassSide;
use super::{tiers, words};
use crate::ingest::announcement::header_words;
use crate::ingest::scan;
use crate::limits;
use crate::text::Span;

/// Longest remark in brackets, in bytes.
const REMARK_BYTES: usize = 40;

/// Most words of a header and of its remarks; real ones have up to 12.
const MOST_WORDS: usize = 60;

/// The header of a table about classes.
#[derive(Clone, PartialEq, Debug)]
pub struct ClassHeader {
    /// Its bytes.
    pub span: Span,
    /// What it heads.
    pub kind: HeaderKind,
}

/// What a header heads.
#[derive(Clone, PartialEq, Debug)]
pub enum HeaderKind {
    /// Assets with their classes.
    Assets(AssetColumns),
    /// Collateral ratios of classes by amount in a currency.
    Tiers(String),
    /// A table of classes with other columns.
    Other,
}

/// The columns of a list of assets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AssetColumns {
    /// Whether the assets stand before their classes; `None` where the header does not show it.
    pub names_first: Option<bool>,
    /// The classes of a row, from left to right.
    pub sides: Vec<ClassSide>,
}

/// The headers of a text from `from` on, as many as are read and one more: each starts a line, or follows a colon.
pub fn find(text: &str, from: usize) -> Vec<ClassHeader> {
    let mut found: Vec<ClassHeader> = Vec::new();
    let line_starts =
        std::iter::once(from).chain(text[from..].match_indices('\n').map(|(at, _)| from + at + 1));
    let colons = text[from..].match_indices([':', '：']).map(|(at, sign)| from + at + sign.len());
    let mut starts: Vec<usize> = line_starts.chain(colons).collect();
    starts.sort_unstable();
    // How far the text is looked at.
    let mut searched = 0;
    for start in starts {
        if start < searched || found.len() > limits::SMALL_TABLES {
            continue;
        }
        let start = scan::skip(text, start, |c| scan::is_blank(c) || "|*•#".contains(c));
        searched = start;
        if found.last().is_some_and(|header| header.span.end > start) {
            continue;
        }
        let run = run_at(text, start);
        if run.words.len() > MOST_WORDS {
            searched = run.end;
        } else {
            found.extend(header_of(text, start, run));
        }
    }
    found
}

/// Whether the line above a header that starts at a place names one of several uses of an asset, to borrow or to
/// transfer out.
pub fn is_for_one_use(text: &str, start: usize) -> bool {
    let line = text[..start].trim_end().rsplit('\n').next().unwrap_or("").to_lowercase();
    line.split(|c: char| !c.is_alphabetic()).any(|word| ["borrow", "borrowing", "transfer"].contains(&word))
}

/// The header that a run of words from a place on is.
fn header_of(text: &str, start: usize, run: HeaderRun) -> Option<ClassHeader> {
    let is_number = |word: &&str| words::is_number(word);
    let numbers = run.words.iter().filter(|word| is_number(word)).count();
    if numbers == 0 || run.words.first().is_some_and(|word| words::is_article(word)) {
        return None;
    }
    let has =
        |known: &[&str]| run.words.iter().any(|word| known.iter().any(|it| it.eq_ignore_ascii_case(word)));
    let ratios = run.words.iter().filter(|word| words::is_ratio(word)).count();
    let kind = if has(&["tier", "tiers"]) && ratios == 1 && numbers == 1 && !has(&words::LOANS) {
        HeaderKind::Tiers(run.unit.unwrap_or_else(|| "USD".to_string()))
    } else if ratios > 0 || has(&["tier", "tiers"]) || has(&words::LOANS) {
        HeaderKind::Other
    } else {
        HeaderKind::Assets(columns(&run.words, numbers)?)
    };
    // Prose that begins with such words goes on with small letters, or has no ratio.
    let follows = match &kind {
        HeaderKind::Assets(_) => !text[run.end..].trim_start_matches(' ').starts_with(char::is_lowercase),
        HeaderKind::Tiers(_) | HeaderKind::Other => tiers::body(text, run.end).of(text).contains(['%', '％']),
    };
    follows.then(|| ClassHeader { span: Span::new(start, run.end), kind })
}

/// The columns of a list of assets; `None` where the sides of its numbers are not certain.
fn columns(words: &[&str], numbers: usize) -> Option<AssetColumns> {
    let side = |word: &&str| words::side(word);
    let sides: Vec<ClassSide> = words.iter().filter_map(side).collect();
    let sides = match (numbers, &sides[..]) {
        (1, []) => vec![ClassSide::New],
        (1 | 2, [one, other]) if one != other => sides,
        (1, [ClassSide::New]) => sides,
        _ => return None,
    };
    let is_name = |at: usize| {
        words::is_asset(words[at]) && words.get(at + 1).is_none_or(|next| !words::is_number(next))
    };
    let first_number = words.iter().position(|word| words::is_number(word))?;
    let last_number = words.iter().rposition(|word| words::is_number(word))?;
    let before = (0..first_number).any(is_name);
    let after = (last_number + 1..words.len()).any(is_name);
    let names_first = if before == after { None } else { Some(before) };
    Some(AssetColumns { names_first, sides })
}

/// A run of words of headers.
struct HeaderRun<'a> {
    end: usize,
    words: Vec<&'a str>,
    unit: Option<String>,
}

fn run_at(text: &str, start: usize) -> HeaderRun<'_> {
    let mut run = HeaderRun { end: start, words: Vec::new(), unit: None };
    let mut lower_case_seen = false;
    while run.words.len() <= MOST_WORDS {
        let at = scan::skip(text, run.end, |c| scan::is_blank(c) || "|*./-".contains(c));
        if let Some(remark) = remark_at(text, at).filter(|_| !run.words.is_empty()) {
            let printed = remark.of(text);
            if words::is_unit(printed) {
                run.unit = Some(printed.to_string());
            } else {
                run.words.extend(printed.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()));
            }
            run.end = remark.end + 1;
            continue;
        }
        let Some(word) = header_words::word_at(text, at) else { return run };
        let printed = word.of(text);
        let is_abbreviated = printed == "NO" && text[word.end..].starts_with('.');
        let shouted = printed.bytes().all(|b| b.is_ascii_uppercase()) && !is_abbreviated;
        if (shouted && lower_case_seen) || !words::is_header_word(printed) {
            return run;
        }
        lower_case_seen |= !shouted;
        run.words.push(printed);
        // The full stop of `No.` belongs to its column, not to a sentence.
        run.end = word.end + usize::from(words::is_number(printed) && text[word.end..].starts_with('.'));
    }
    run
}

/// The inside of a short remark in brackets, without digits.
fn remark_at(text: &str, at: usize) -> Option<Span> {
    let remark = header_words::remark_at(text, at)?;
    let words = remark.of(text);
    let fits = words.len() <= REMARK_BYTES && !words.contains(|c: char| c.is_ascii_digit());
    fits.then_some(remark)
}
