//! Answers for people fit terminals of any width; what a narrow one has no place for is named.

use tierbook::language::parse;
use tierbook::render::{Format, OutputStyle};
use tierbook::{Database, Row, Timestamp, render};

use super::tool::Tool;

/// A question of each kind, about names that are wide and rules that are rolling out or repaired.
const QUESTIONS: [&str; 21] = [
    "mmr of ACTUSDT at 300000 as of 2026-02-06T07:00Z",
    "mmr of ACTUSDT, 我踏马来了USDT at 1k, 60k, 300k as of 2026-02-06T07:00Z",
    "margin of *USDT at 1m as of 2026-02-06T07:00Z",
    "tiers of ACTUSDT as of 2026-02-06T07:00Z",
    "tiers of 我踏马来了USDT as of 2026-02-07",
    "tiers of STRK on pm-pro as of 2026-02-07",
    "ratio of STRK at 5k as of 2026-02-07",
    "history of ACTUSDT",
    "history of mmr of ACTUSDT at 60000, 300000",
    "knowledge of mmr of ACTUSDT at 60000 as of 2026-02-07",
    "plane of mmr of ACTUSDT at 60000",
    "diff ACTUSDT, 我踏马来了USDT at 600000 as of 2026-02-06T06:00Z vs 2026-02-06T08:00Z",
    "diff STRK as of 2026-02-05 vs 2026-02-07",
    "changes of *USDT, LTC since 2026-02-01",
    "report",
    "subjects matching \"*USDT\"",
    "sources",
    "findings",
    "explain mmr of ACTUSDT at 60000 as of 2026-02-06T07:00Z",
    "chart history of mmr of ACTUSDT at 60000",
    "chart tiers of ACTUSDT as of 2026-02-05",
];

fn rows(tool: &Tool, query: &str) -> Vec<Row> {
    let statement = parse(query).unwrap().remove(0);
    Database::at(&tool.dir()).answer(&statement, Timestamp::now()).unwrap().0
}

fn shown(rows: &[Row], width: Option<usize>) -> String {
    render::rows(rows, Format::Table, OutputStyle { colour: false, width })
}

/// The words of a text that contain a digit or name a warning, each once: what an answer must not lose.
fn telling(text: &str) -> std::collections::BTreeSet<String> {
    let words = text.split_whitespace().map(|word| word.trim_matches(|c: char| "(),;:".contains(c)));
    let telling = words.filter(|word| word.contains(|c: char| c.is_ascii_digit()) || word.contains('_'));
    telling.filter(|word| word.chars().count() < 24).map(str::to_string).collect()
}

#[test]
fn answers_fit_every_terminal_but_for_addresses_and_quoted_words() {
    let tool = Tool::seeded();
    for question in QUESTIONS {
        let rows = rows(&tool, question);
        for width in [40, 41, 50, 60, 72, 80, 100, 120, 160, 200, 250] {
            let text = shown(&rows, Some(width));
            // An address is copied as a whole, and the words of a document are quoted unchanged.
            let own = text.lines().filter(|line| !line.contains("  cite  ") && !line.contains(" | "));
            let own = own.filter(|line| !question.starts_with("explain") || !line.contains("0 < Position"));
            for line in own {
                assert!(
                    textwrap::core::display_width(line) <= width,
                    "{question} at {width}: {line}\n{text}"
                );
            }
        }
    }
}

#[test]
fn a_narrow_terminal_shows_every_figure_or_names_the_columns_that_it_leaves_out() {
    let tool = Tool::seeded();
    // A drawing has as many columns as there are, and labels where they fit.
    for question in QUESTIONS.iter().filter(|question| !question.starts_with("chart")) {
        let rows = rows(&tool, question);
        let whole = telling(&shown(&rows, None));
        assert!(whole.len() > 3, "{question}");
        for width in [40, 60, 80, 120] {
            let text = shown(&rows, Some(width));
            let narrow = telling(&text);
            let lost: Vec<&String> = whole.difference(&narrow).collect();
            let is_named = text.contains("  left out  ");
            assert!(lost.is_empty() || is_named, "{question} at {width} loses {lost:?}:\n{text}");
        }
    }
}

#[test]
fn names_in_wide_letters_do_not_shift_the_columns_behind_them() {
    let tool = Tool::seeded();
    let rows = rows(&tool, "mmr of ACTUSDT, 我踏马来了USDT at 1k as of 2026-02-07");
    let text = shown(&rows, Some(120));
    let places: Vec<usize> = text
        .lines()
        .filter(|line| line.contains("settled"))
        .map(|line| textwrap::core::display_width(line.split("settled").next().unwrap()))
        .collect();
    assert!(places.len() == 2 && places[0] == places[1], "{text}");
}

#[test]
fn errors_break_between_words_in_a_terminal_and_never_in_a_pipe() {
    let corpus = std::fs::read_to_string(super::tool::root().join("tests/corpus/syntax.txt")).unwrap();
    let queries = corpus.lines().filter_map(|line| line.strip_prefix("> "));
    let errors: Vec<(&str, tierbook::Error)> =
        queries.filter_map(|query| Some((query, parse(query).err()?))).collect();
    assert!(errors.len() > 50, "{}", errors.len());
    // Words that the line of the query does not contain: that one is cut to the width, as it is drawn.
    let own = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| !line.contains(" | ") && !line.contains("..."));
        lines.flat_map(str::split_whitespace).map(str::to_string).collect()
    };
    for (query, error) in &errors {
        let pipe = render::diagnostic::error(error, None, OutputStyle::PLAIN);
        let hints = error.hints().len();
        assert_eq!(pipe.lines().count(), if hints == 0 { 1 } else { 2 + hints }, "{pipe}");
        for width in [40, 50, 60, 80, 100] {
            let narrow =
                render::diagnostic::error(error, None, OutputStyle { colour: false, width: Some(width) });
            assert_eq!(own(&narrow), own(&pipe), "{query} at {width}");
            for line in narrow.lines() {
                // The label before a word that is longer than the rest of the line.
                let words =
                    line.trim_start_matches([' ', '=']).trim_start_matches("help: ").split_whitespace();
                let is_one_word = words.count() == 1;
                let width_of_line = textwrap::core::display_width(line);
                assert!(width_of_line <= width || is_one_word, "{query} at {width}: {line}");
            }
        }
    }
}

#[test]
fn how_certain_an_answer_is_is_left_out_last() {
    let rows = rows(&Tool::seeded(), "mmr of ACTUSDT, IPUSDT at 1k, 60k as of 2026-02-06T07:00Z");
    for width in [60, 80, 100] {
        let text = shown(&rows, Some(width));
        assert!(text.contains("rolling out"), "{width}:\n{text}");
        let header = text.lines().next().unwrap();
        let left_out = text.lines().find_map(|line| line.trim().strip_prefix("left out")).unwrap_or("");
        let left_out: Vec<&str> = left_out.split(';').next().unwrap().split(',').map(str::trim).collect();
        for column in ["subject", "at", "mmr", "tier", "since", "certainty", "source"] {
            let is_shown = header.split_whitespace().any(|word| word == column);
            assert!(is_shown != left_out.contains(&column), "{column} at {width}:\n{text}");
        }
    }
}
