//! Slips of the pen: the errors of syntax that the grammar lets through so that they can be named here.

use crate::error::{Error, ErrorCode};
use crate::query::syntax::ast::Word;
use crate::query::syntax::measure::Measure;
use crate::text::{Span, nearest};

/// What the grammar itself refuses: a stray quote, or nesting beyond its stack.
pub fn unexpected(text: &str, start: usize) -> Error {
    let length = text[start..].chars().next().map_or(0, char::len_utf8);
    let error = Error::new(ErrorCode::UnexpectedText, "this cannot be read here")
        .at(Span::new(start, start + length), "not expected here");
    if text[start..].starts_with('"') {
        return error.hint("a quote that opens must close: \"ACT*\"");
    }
    error.hint("a statement is a measure of subjects: mmr of ACTUSDT at 60000")
}

/// Nothing stands where a statement should.
pub fn statement_missing(span: Span) -> Error {
    missing(
        ErrorCode::StatementMissing,
        "the statement is missing",
        span.end,
        "what?",
        "mmr of ACTUSDT at 60000",
    )
}

/// `explain` in front of something that resolves nothing.
pub fn not_explainable(span: Span) -> Error {
    Error::new(ErrorCode::NotExplainable, "this has nothing to explain")
        .at(span, "this lists what is held; nothing is resolved")
        .hint("explain mmr of ACTUSDT at 60000")
}

/// `explain` in front of a drawing.
pub fn chart_not_explainable(span: Span) -> Error {
    Error::new(ErrorCode::NotExplainable, "a drawing is not explained")
        .at(span, "leave `chart` out")
        .hint("explain tiers of ACTUSDT, or explain history of mmr of ACTUSDT at 60000")
}

/// `chart` of something that is no measure.
pub fn not_drawn(text: &str, span: Span) -> Error {
    let behind = text.split_whitespace().nth(1);
    let message = match behind {
        Some(word) if word.eq_ignore_ascii_case("history") => "`chart history` draws a measure".to_string(),
        Some(word) => format!("`chart` does not draw `{word}`"),
        None => "`chart` draws a measure".to_string(),
    };
    Error::new(ErrorCode::MeasureMissing, message)
        .at(Span::new(span.start, span.start + "chart".len()), "of which measure?")
        .hint("chart mmr of ACTUSDT, or chart mmr of ACTUSDT as of 2026-02-06T06:00Z vs 2026-02-06T08:00Z")
        .hint("chart history of mmr of ACTUSDT at 60000")
}

/// `at` behind a chart over all notionals.
pub fn chart_at(span: Span) -> Error {
    Error::new(ErrorCode::ClauseNotTaken, "`chart` draws all notionals and takes no `at`")
        .at(span, "not expected here")
        .hint("`up to 250000` says where the drawing ends")
        .hint("at one notional over time: chart history of mmr of ACTUSDT at 60000")
}

/// `explain` more often than anyone means.
pub fn nested_too_deep(span: Span) -> Error {
    Error::new(ErrorCode::NestedTooDeep, "explain is nested too deep")
        .at(span, "explain it once")
        .hint("explain mmr of ACTUSDT at 60000")
}

/// `source` without an id.
pub fn source_missing(span: Span) -> Error {
    let example = "source 9b0ec0, with an id from `sources`";
    missing(ErrorCode::SourceMissing, "the source is missing", span.end, "which source?", example)
}

/// A measure without a subject; `end` is where it should stand.
pub fn subject_missing(measure: Measure, end: usize) -> Error {
    let example = format!("{} of ACTUSDT", measure.words());
    missing(ErrorCode::SubjectMissing, "the subject is missing", end, "of which subject?", &example)
}

/// A clause where the subject should stand.
fn subject_before(measure: Measure, span: Span) -> Error {
    Error::new(ErrorCode::SubjectMissing, "the subject is missing")
        .at(span, "a subject stands before this")
        .hint(format!("for example: {} of ACTUSDT", measure.words()))
}

/// A clause without its value.
pub fn value_missing(clause: &str, span: Span, example: &str) -> Error {
    let message = format!("`{clause}` stands alone");
    missing(ErrorCode::ValueMissing, &message, span.end, &format!("`{clause}` what?"), example)
}

fn missing(code: ErrorCode, message: &str, end: usize, label: &str, example: &str) -> Error {
    let error = Error::new(code, message).at(Span::new(end, end), label);
    error.hint(format!("for example: {example}"))
}

/// A measure and its subject without `of`.
pub fn of_missing(measure: Measure, first: &Word) -> Error {
    if is_keyword(&first.text) {
        return subject_before(measure, first.span);
    }
    Error::new(ErrorCode::OfMissing, format!("`of` is missing behind `{}`", measure.words()))
        .at(first.span, "write `of` before this")
        .hint(format!("{} of {}", measure.words(), first.text))
}

/// A clause that was given before.
pub fn clause_twice(name: &str, first: Span, second: Span) -> Error {
    Error::new(ErrorCode::ClauseTwice, format!("`{name}` stands twice"))
        .at(second.join(first), "once here, and once more")
        .hint("keep one of them")
}

/// A clause behind a statement that takes none.
pub fn clause_not_taken(statement: &str, span: Span) -> Error {
    Error::new(ErrorCode::ClauseNotTaken, format!("`{statement}` does not take this"))
        .at(span, "not expected here")
        .hint(match statement {
            "subjects" => "subjects matching \"ACT*\"",
            "findings" => "findings of ACTUSDT, or findings in ID with an id from `sources`",
            "source" => "source ID, with an id from `sources`",
            _ => "write it alone",
        })
}

/// A clause behind a statement that takes others.
pub fn clause_not_of(statement: &str, clauses: &[&'static str], name: &str, span: Span) -> Error {
    Error::new(ErrorCode::ClauseNotTaken, format!("`{statement}` does not take `{name}`"))
        .at(span, "not expected here")
        .hint(format!("it takes: {}", clauses.join(", ")))
}

/// A statement over a measure without one.
pub fn measure_missing(statement: &str, span: Span) -> Error {
    Error::new(ErrorCode::MeasureMissing, format!("`{statement}` is asked of a measure"))
        .at(Span::new(span.start, span.start + statement.len()), "of which measure?")
        .hint(format!("{statement} of mmr of ACTUSDT at 60000"))
}

/// A statement over subjects without one.
pub fn subject_of_missing(statement: &str, span: Span) -> Error {
    let example = match statement {
        "diff" => "diff ACTUSDT as of 2026-02-06T06:00Z vs 2026-02-06T08:00Z".to_string(),
        _ => format!("{statement} of ACTUSDT, or {statement} of mmr of ACTUSDT at 60000"),
    };
    missing(ErrorCode::SubjectMissing, "the subject is missing", span.end, "of which subject?", &example)
}

/// A range of time in words that the language does not have.
pub fn not_a_range(text: &str, span: Span) -> Error {
    let word = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    Error::new(ErrorCode::RangeNotTaken, format!("a range is not written with `{word}`"))
        .at(span, "not expected here")
        .hint("write `since A until B`: A is inside the range, B is not")
}

/// A range of time behind a measure.
pub fn range(text: &str, span: Span) -> Error {
    let word = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    let error = Error::new(ErrorCode::RangeNotTaken, format!("`{word}` does not go with a measure"))
        .at(span, "a measure is asked at one instant");
    match word.as_str() {
        "between" => {
            error.hint("a range is written `since A until B`, two points `A vs B`; a measure takes `as of A`")
        }
        "vs" => error.hint(
            "two instants side by side: diff ACTUSDT as of A vs B, or chart mmr of ACTUSDT as of A vs B",
        ),
        _ => error.hint("write `as of 2026-02-06T07:00Z`"),
    }
}

/// What stands right before a clause: a stray word may belong to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Before {
    /// The last subject of the list.
    Name(Word),
    /// The last notional or leverage of the list.
    Amount(Word),
    /// An instant.
    Timestamp,
    /// Anything else.
    Other,
}

/// A word that starts no clause.
pub fn stray(text: &str, span: Span, clauses: &[&'static str], before: &Before) -> Error {
    if let Before::Name(name) = before
        && is_keyword(&name.text)
    {
        return subject_before(Measure::Mmr, name.span);
    }
    let error = Error::new(ErrorCode::UnexpectedWord, format!("`{text}` is not expected here"))
        .at(span, format!("expected one of: {}", clauses.join(", ")));
    match before {
        Before::Amount(amount) if text.starts_with(|c: char| c.is_ascii_digit()) => {
            return error
                .hint(format!("no blank inside a number: {}{text}", amount.text))
                .hint(format!("a comma between numbers: {}, {text}", amount.text));
        }
        _ if text.starts_with(|c: char| c.is_ascii_digit()) && text.contains('-') => {
            return error.hint(format!(
                "an instant comes behind a word that says which: {}",
                timestamps(clauses, text)
            ));
        }
        _ if text.starts_with(|c: char| c.is_ascii_digit()) => {
            return error.hint(format!("a notional comes behind `at`: at {text}"));
        }
        _ => {}
    }
    if statement_words().any(|word| word.eq_ignore_ascii_case(text)) {
        return error.hint(format!("statements are parted by `;`: … ; {text} …"));
    }
    let words = ["as", "known", "recorded", "published"].into_iter().chain(clauses.iter().copied());
    match (nearest(text, words), before) {
        (Some(word), _) if !word.eq_ignore_ascii_case(text) => error.hint(format!("did you mean `{word}`?")),
        (Some("as"), _) => error.hint("write `as of` and an instant, or `as published`"),
        (Some("known"), _) => error.hint("write `known at` and an instant"),
        (Some("recorded"), _) => error.hint("write `recorded by` and an instant"),
        (_, Before::Name(name)) => {
            error.hint(format!("several subjects are parted by commas: {}, {text}", name.text))
        }
        (_, Before::Timestamp) => {
            error.hint("an instant is written 2026-02-06T07:00Z, 2026-02-06 06:30 (UTC) or 2026-02-06")
        }
        _ => error.hint("leave it out, or part statements with `;`"),
    }
}

/// An alias whose statement cannot be read.
pub fn broken_alias(name: &Word) -> Error {
    Error::new(
        ErrorCode::BrokenAlias,
        format!("the alias `{}` stands for nothing that can be read", name.text),
    )
    .at(name.span, "mend its query in the configuration")
    .hint("`tierbook aliases` shows what is wrong with it")
}

/// A text that starts like no statement and no alias; a measure further on is taken as what was meant.
pub fn unknown_statement(text: &str, start: usize, aliases: &[&str]) -> Error {
    let mut words = text.split_whitespace();
    let first = words.next().unwrap_or_default();
    let error = Error::new(ErrorCode::UnknownStatement, format!("no statement starts with `{first}`"))
        .at(Span::new(start, start + first.len()), "expected a measure or another statement");
    if first.eq_ignore_ascii_case("aliases") {
        return error.hint("`tierbook aliases` lists the aliases");
    }
    match nearest(first, statement_words()).or_else(|| nearest(first, aliases.iter().copied())) {
        Some("max") => return error.hint("write `max leverage of … at …` or `max position of … at 10x`"),
        Some(word) => return error.hint(format!("did you mean `{word}`?")),
        None => {}
    }
    let holds = |measure: &&Measure, word: &str| {
        measure.words().split(' ').any(|part| part.eq_ignore_ascii_case(word))
    };
    let asked = QUESTIONS.iter().find(|(word, _)| word.eq_ignore_ascii_case(first));
    let meant = [first]
        .into_iter()
        .chain(words)
        .find_map(|word| Measure::ALL.iter().find(|measure| holds(measure, word)));
    match meant {
        Some(measure) => error.hint(format!("start with the measure: {} of ACTUSDT …", measure.words())),
        None if let Some((_, example)) = asked => error.hint(format!("for example: {example}")),
        None => {
            let measures: Vec<&str> = Measure::ALL.iter().map(|measure| measure.words()).collect();
            error
                .hint(format!("the measures are: {}", measures.join(", ")))
                .hint(format!("the other statements are: {}", STATEMENTS.join(", ")))
        }
    }
}

/// The statements besides the measures.
const STATEMENTS: [&str; 13] = [
    "history",
    "knowledge",
    "plane",
    "diff",
    "chart",
    "changes",
    "upcoming",
    "report",
    "subjects",
    "sources",
    "source",
    "findings",
    "explain",
];

/// Words that people start a question with, each with a statement that answers such a one.
const QUESTIONS: [(&str, &str); 8] = [
    ("when", "changes of ACTUSDT, with the instants at which it changed"),
    ("why", "explain mmr of ACTUSDT at 60000"),
    ("what", "mmr of ACTUSDT at 60000, or changes since 7 days ago"),
    ("which", "changes since 7 days ago where tightened by size"),
    ("who", "changes since 7 days ago where tightened by size"),
    ("compare", "mmr of ACTUSDT, IPUSDT at 60000, or diff ACTUSDT as of 7 days ago vs now"),
    ("show", "tiers of ACTUSDT, or subjects, or sources"),
    ("list", "subjects, or sources"),
];

/// A text as an instant behind each clause that takes one.
fn timestamps(clauses: &[&str], text: &str) -> String {
    let taking = clauses.iter().filter(|clause| ["as of", "since", "until", "known at"].contains(clause));
    taking.map(|clause| format!("{clause} {text}")).collect::<Vec<_>>().join(", ")
}

/// The words that a statement can start with.
pub fn statement_words() -> impl Iterator<Item = &'static str> {
    let measures = Measure::ALL.iter().map(|measure| measure.words());
    measures.chain(STATEMENTS).chain(["max"])
}

/// The words that a clause or a value starts with.
pub const KEYWORDS: [&str; 18] = [
    "at", "as", "known", "recorded", "on", "of", "since", "until", "within", "by", "where", "vs", "in",
    "and", "ago", "all", "between", "from",
];

fn is_keyword(text: &str) -> bool {
    ["at", "as", "known", "recorded", "on", "of"].iter().any(|word| word.eq_ignore_ascii_case(text))
}
