//! Lists of assets with their classes: where a list ends, its words, and the rows that they are split into.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::Word;
use super::headers::AssetColumns;
use super::splits::{self, Row, Split};
use super::words::ClassSide;
use crate::finding::FindingCode;
use crate::ingest::announcement::timestamps::PrintedTimes;
use crate::ingest::scan;
use crate::text::Span;

/// What a row states of an asset.
#[derive(Clone, PartialEq, Debug)]
pub struct ClassRow {
    /// The name of the asset.
    pub name: Span,
    /// Its bytes: from the classes to the name, or the other way round.
    pub span: Span,
    /// The class before, where it is stated.
    pub old: Option<u32>,
    /// The class after, where it is stated.
    pub new: Option<u32>,
    /// Why the row may mean something else.
    pub doubts: Vec<(FindingCode, String)>,
}

/// The rows of a list.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct AssetList {
    /// The rows, in the order of the text.
    pub rows: Vec<ClassRow>,
    /// What cannot be split into rows.
    pub unread: Vec<Span>,
}

/// The cells of a list after its header at `from`: the rest of its line, and the lines after it that contain no
/// prose. They end at `limit` at the latest, where another header starts.
pub fn body(text: &str, from: usize, limit: usize) -> Span {
    let mut end = from;
    let mut start = from;
    for (index, line) in text[from..limit.max(from)].split('\n').enumerate() {
        let line_end = start + line.len();
        let cells = Span::new(start, line_end).trim(text, scan::is_blank);
        start = line_end + 1;
        if cells.is_empty() {
            continue;
        }
        if index > 0 && !is_cells(text, cells) {
            break;
        }
        end = cells.end;
    }
    Span::new(from, end)
}

/// Whether a line consists of cells: no word of it has small letters as prose has, and it contains no date.
fn is_cells(text: &str, line: Span) -> bool {
    let words = line.of(text).split(|c: char| !c.is_alphanumeric());
    let is_prose = |word: &str| {
        let small = word
            .bytes()
            .zip(word.bytes().skip(1))
            .any(|(a, b)| a.is_ascii_lowercase() && b.is_ascii_lowercase());
        small && word != "and"
    };
    let is_closed = line.of(text).ends_with([':', '：']);
    !is_closed && !words.into_iter().any(is_prose) && PrintedTimes::read(text, line).is_empty()
}

/// The words of a list.
fn words(text: &str, body: Span) -> Vec<Word> {
    let is_comma = |c: char| ",，、;；&".contains(c);
    let is_separator = |c: char| scan::is_blank(c) || c == '|';
    let mut words: Vec<Word> = Vec::new();
    let mut at = body.start;
    while at < body.end {
        let next = scan::skip(text, at, is_separator).min(body.end);
        let end = scan::skip(text, next, |c| !is_separator(c) && !is_comma(c)).min(body.end);
        let word = Span::new(next, end);
        if matches!(word.of(text), "and" | "") {
            if let Some(last) = words.last_mut() {
                last.comma = true;
            }
            at = if word.is_empty() {
                scan::skip(text, next, is_comma).max(next + 1).min(body.end)
            } else {
                end
            };
            continue;
        }
        words.push(Word { span: word, comma: false });
        at = end;
    }
    if let Some(last) = words.last_mut() {
        // A full stop may end the list; nothing follows a last comma.
        last.comma = false;
        if last.span.of(text).ends_with('.') {
            last.span.end -= 1;
        }
    }
    words
}

/// Splits a list into rows; for `room` see [`splits::split`].
pub fn read(text: &str, body: Span, columns: &AssetColumns, room: &mut usize) -> AssetList {
    let words = words(text, body);
    let starts_with_class =
        words.first().is_some_and(|word| word.span.of(text).starts_with(|c: char| c.is_ascii_digit()));
    let names_first = columns.names_first.unwrap_or(!starts_with_class);
    let known = known_names(text, body);
    let Some(split) = splits::split(text, &words, names_first, columns.sides.len(), &known, room) else {
        return AssetList {
            rows: Vec::new(),
            unread: if words.is_empty() { Vec::new() } else { vec![body] },
        };
    };
    let mut doubted = if names_first { BTreeMap::new() } else { splits::glued_names(text, &split) };
    let Split { rows, unread } = split;
    let rows = rows.into_iter().enumerate().map(|(index, row)| {
        let mut doubts = row.doubts.clone();
        doubts.extend(doubted.remove(&index).map(|why| (FindingCode::AmbiguousSplit, why)));
        let mut codes = BTreeSet::new();
        doubts.retain(|(code, _)| codes.insert(*code));
        class_row(row, &columns.sides, doubts)
    });
    AssetList { rows: rows.collect(), unread }
}

fn class_row(row: Row, sides: &[ClassSide], doubts: Vec<(FindingCode, String)>) -> ClassRow {
    let class = |wanted: ClassSide| {
        let place = sides.iter().position(|side| *side == wanted)?;
        row.classes.get(place).copied()
    };
    ClassRow {
        name: row.name,
        span: row.name.join(row.numbers),
        old: class(ClassSide::Old),
        new: class(ClassSide::New),
        doubts,
    }
}

/// How often each run of letters and digits is in the text outside a list.
fn known_names(text: &str, body: Span) -> BTreeMap<&str, usize> {
    let mut known = BTreeMap::new();
    for part in [&text[..body.start], &text[body.end..]] {
        for word in part.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            *known.entry(word).or_insert(0) += 1;
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(body: &str, names_first: Option<bool>, sides: &[ClassSide]) -> String {
        let columns = AssetColumns { names_first, sides: sides.to_vec() };
        let list = read(body, Span::new(0, body.len()), &columns, &mut 100_000);
        let number = |class: Option<u32>| class.map_or("-".to_string(), |class| class.to_string());
        let mut found: Vec<String> = list
            .rows
            .iter()
            .map(|row| {
                let doubt = if row.doubts.is_empty() { "" } else { "?" };
                format!("{}{doubt} {}>{}", row.name.of(body), number(row.old), number(row.new))
            })
            .collect();
        found.extend(list.unread.iter().map(|place| format!("[{}]", place.of(body))));
        found.join("; ")
    }

    const BOTH: [ClassSide; 2] = [ClassSide::Old, ClassSide::New];

    #[test]
    fn glued_rows_are_split_where_only_one_way_is_good() {
        for (body, found) in [
            ("ENA67JUV910BAR910", "ENA 6>7; JUV 9>10; BAR 9>10"),
            ("ARB67 ADA45 XPL98 ", "ARB 6>7; ADA 4>5; XPL 9>8"),
            ("ARB\n6\n7\nADA\n4\n5", "ARB 6>7; ADA 4>5"),
            ("ARB 6 7 | ADA 4 5", "ARB 6>7; ADA 4>5"),
            ("UNI9101000CHEEMS810W108", "UNI 9>10; 1000CHEEMS 8>10; W 10>8"),
            ("C98910", "C98? 9>10"),
            ("A2Z910JUV910", "A2Z? 9>10; JUV 9>10"),
            ("龙虾910JUV89", "龙虾 9>10; JUV 8>9"),
        ] {
            assert_eq!(rows(body, Some(true), &BOTH), found, "{body}");
            assert_eq!(rows(body, None, &BOTH), found, "{body}");
        }
    }

    #[test]
    fn lists_behind_their_classes_are_split_at_the_classes() {
        for (body, found) in [
            ("56WIF68JTO, OP, NEO78CFX", "WIF 5>6; JTO 6>8; OP 6>8; NEO 6>8; CFX 7>8"),
            (
                "79A, DYDX89W, C98, G, and IO810FLOW.",
                "A 7>9; DYDX 7>9; W 8>9; C98 8>9; G 8>9; IO 8>9; FLOW 8>10",
            ),
            ("9101000CHEEMS, ACE", "1000CHEEMS 9>10; ACE 9>10"),
            ("5 6 WIF\n6 8 JTO, OP", "WIF 5>6; JTO 6>8; OP 6>8"),
        ] {
            assert_eq!(rows(body, Some(false), &BOTH), found, "{body}");
        }
    }

    #[test]
    fn a_list_of_new_classes_is_split_on_either_side() {
        for (body, names_first, found) in [
            ("ENA7JUV10BAR10", true, "ENA ->7; JUV ->10; BAR ->10"),
            ("UNI101000CHEEMS10", true, "UNI ->10; 1000CHEEMS ->10"),
            ("6WIF8JTO, OP, NEO10CFX", false, "WIF ->6; JTO ->8; OP ->8; NEO ->8; CFX ->10"),
            ("ENA 7 JUV 10", true, "ENA ->7; JUV ->10"),
        ] {
            assert_eq!(rows(body, Some(names_first), &[ClassSide::New]), found, "{body}");
        }
    }

    #[test]
    fn what_cannot_be_split_costs_no_neighbour() {
        for (body, names_first, found) in [
            ("ENA67JUV90BAR910", true, "ENA 6>7; BAR 9>10; [JUV90]"),
            ("ENA67JUV910BAR14QNT89", true, "ENA 6>7; JUV 9>10; QNT 8>9; [BAR14]"),
            ("ENA67JUv910BAR910", true, "ENA 6>7; BAR 9>10; [JUv910]"),
            ("56WIF68JTO, Op, NEO78CFX", false, "WIF 5>6; JTO 6>8; NEO 6>8; CFX 7>8; [Op]"),
        ] {
            assert_eq!(rows(body, Some(names_first), &BOTH), found, "{body}");
        }
        // Without its classes a list would belong to those before it.
        let lost = rows("56WIF8JTO, OP, NEO78CFX", Some(false), &BOTH);
        assert!(
            lost.ends_with("[8JTO, OP, NEO]") && lost.contains("CFX 7>8") && !lost.contains("OP 5"),
            "{lost}"
        );
        let lost = rows("78NEO, LDO79, DYDX910ACE", Some(false), &BOTH);
        assert!(lost.contains("LDO79? 7>8; DYDX? 7>8") && lost.contains("ACE 9>10"), "{lost}");
    }
}
