//! Likely typos: the errors of syntax that the grammar lets through so that they can be named here.

use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::query::syntax::ast::Word;
use crate::query::syntax::language::{Clause, StatementKind, statement_names, statement_words};
use crate::query::syntax::measure::{Measure, Takes};
use crate::text::{Span, nearest};
use crate::time::worded::{self, looks_like_time};

/// An error of syntax with a message of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Typo<'a> {
    /// There is no statement where one should be.
    StatementMissing,
    /// `explain` before something that needs no explanation.
    NotExplained(StatementKind),
    /// `explain` more often than anyone means.
    NestedTooDeep,
    /// `chart` of something that is no measure; the text.
    NotDrawn(&'a str),
    /// `source` without an id.
    SourceMissing,
    /// `impact` without a saved set; the word that comes in its place.
    SetMissing(Option<&'a Word>),
    /// A measure without a subject.
    SubjectMissing(Measure),
    /// A statement over subjects without one.
    SubjectsMissing(StatementKind),
    /// A statement over a measure without one.
    MeasureMissing(StatementKind),
    /// A measure and its subject without `of`.
    OfMissing(Measure, &'a Word),
    /// A clause that was given before.
    ClauseTwice(Clause),
    /// A clause after a statement that does not take it; the text after its words.
    ClauseNotTaken(StatementKind, Option<Measure>, Clause, &'a str),
    /// A clause without its value.
    ValueMissing(Clause),
    /// A range of time in words that the language does not have; the text.
    Range(&'a str, StatementKind),
    /// A time where a number is wanted; the text.
    TimeAfterAt(&'a str),
    /// An alias whose statement cannot be read.
    BrokenAlias(&'a str),
}

impl Typo<'_> {
    /// The error at the place of what is wrong, or of what something is missing from.
    pub fn at(self, span: Span) -> Error {
        let end = Span::new(span.end, span.end);
        let error = |code, message: String, label: &str| Error::new(code, message).at(span, label);
        let missing = |code, what: &str, label: String, example: String| {
            Error::new(code, format!("{what} is missing"))
                .at(end, label)
                .hint(format!("for example: {example}"))
        };
        match self {
            Typo::StatementMissing => {
                let example = "mmr of ACTUSDT at 60000".to_string();
                missing(ErrorCode::StatementMissing, "the statement", "what?".to_string(), example)
            }
            Typo::NotExplained(kind) if kind.draws() => error(
                ErrorCode::NotExplainable,
                "a drawing is not explained".to_string(),
                "leave `chart` out",
            )
            .hint("explain tiers of ACTUSDT, or explain history of mmr of ACTUSDT at 60000"),
            Typo::NotExplained(kind) => {
                let message = format!("`explain` does not go with `{}`", kind.name());
                error(ErrorCode::NotExplainable, message, "there is nothing to explain here")
                    .hint("explain mmr of ACTUSDT at 60000")
            }
            Typo::NestedTooDeep => {
                let message = format!("`explain` is written more than {} times", limits::QUERY_NESTING);
                error(ErrorCode::NestedTooDeep, message, "explain it once")
                    .hint("explain mmr of ACTUSDT at 60000")
            }
            Typo::NotDrawn(text) => not_drawn(text, span),
            Typo::SourceMissing => {
                let example = "source 9b0ec0, with an id from `sources`".to_string();
                missing(ErrorCode::SourceMissing, "the source", "which source?".to_string(), example)
            }
            Typo::SetMissing(Some(name)) => {
                Error::new(ErrorCode::OfMissing, "`of` is missing after `impact`")
                    .at(name.span, "write `of` before this")
                    .hint(format!("impact of {}", name.text))
            }
            Typo::SetMissing(None) => {
                let example = "impact of NAME, of a set that `tierbook positions save NAME FILE` saved; `tierbook impact FILE` takes a file";
                let (code, example) = (ErrorCode::PositionMissing, example.to_string());
                missing(code, "the set of positions", "of which set?".to_string(), example)
            }
            Typo::SubjectMissing(measure) => {
                let example = example(measure).to_string();
                missing(ErrorCode::SubjectMissing, "the subject", "of which subject?".to_string(), example)
            }
            Typo::SubjectsMissing(kind) => {
                let example = kind.row().examples[0].to_string();
                missing(ErrorCode::SubjectMissing, "the subject", "of which subject?".to_string(), example)
            }
            Typo::MeasureMissing(kind) => {
                let first = Span::new(span.start, span.start + kind.name().len());
                let message = format!("`{}` needs a measure", kind.name());
                Error::new(ErrorCode::MeasureMissing, message)
                    .at(first, "of which measure?")
                    .hint(kind.row().examples[0])
            }
            Typo::OfMissing(measure, first) if is_keyword(&first.text) => {
                subject_before(example(measure), span)
            }
            Typo::OfMissing(measure, first) if first.text.eq_ignore_ascii_case("for") => {
                let message = format!("`of` is missing after `{}`", measure.words());
                error(ErrorCode::OfMissing, message, "write `of` instead of this").hint(example(measure))
            }
            Typo::OfMissing(measure, first) => {
                let message = format!("`of` is missing after `{}`", measure.words());
                error(ErrorCode::OfMissing, message, "write `of` before this").hint(format!(
                    "{} of {} …",
                    measure.words(),
                    first.text
                ))
            }
            Typo::ClauseTwice(clause) => {
                let message = format!("`{}` is given twice", clause.words());
                error(ErrorCode::ClauseTwice, message, "once here, and once more").hint("keep one of them")
            }
            Typo::ClauseNotTaken(kind, measure, clause, text) => not_taken(kind, measure, clause, text, span),
            Typo::ValueMissing(clause) => {
                let words = clause.words();
                let example = format!("{words} {}", clause.row().example);
                let what = format!("what follows `{words}`");
                missing(ErrorCode::ValueMissing, &what, format!("`{words}` what?"), example)
            }
            Typo::Range(text, kind) => {
                let message = format!("a range is not written with `{}`", first_word(text));
                let error = error(ErrorCode::RangeNotTaken, message, "not expected here");
                error.hint(if kind.takes(Clause::Since) {
                    "write `since A until B`: A is inside the range, B is not"
                } else {
                    "a range is written `since A until B`, two times `A vs B`; a measure takes `as of A`"
                })
            }
            Typo::TimeAfterAt(text) => time_after_at(text, span),
            Typo::BrokenAlias(name) => {
                let message = format!("the statement of the alias `{name}` cannot be read");
                error(ErrorCode::BrokenAlias, message, "fix its query in the configuration")
                    .hint("`tierbook aliases` shows what is wrong with it")
            }
        }
    }
}

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

fn first_word(text: &str) -> String {
    text.split_whitespace().next().unwrap_or_default().to_lowercase()
}

fn not_drawn(text: &str, span: Span) -> Error {
    let message = match text.split_whitespace().nth(1) {
        Some(word) if word.eq_ignore_ascii_case("history") => "`chart history` draws a measure".to_string(),
        Some(word) => format!("`chart` does not draw `{word}`"),
        None => "`chart` draws a measure".to_string(),
    };
    Error::new(ErrorCode::MeasureMissing, message)
        .at(Span::new(span.start, span.start + "chart".len()), "of which measure?")
        .hint("chart mmr of ACTUSDT, or chart mmr of ACTUSDT as of 2026-02-06T06:00Z vs 2026-02-06T08:00Z")
        .hint("chart history of mmr of ACTUSDT at 60000")
}

/// A statement with the measure, at the time of the question.
pub(super) fn example(measure: Measure) -> &'static str {
    measure.example().split(" as of").next().unwrap_or_default()
}

/// A clause where the subject should be.
pub(super) fn subject_before(example: &str, span: Span) -> Error {
    Error::new(ErrorCode::SubjectMissing, "the subject is missing")
        .at(span, "a subject comes before this")
        .hint(format!("for example: {example}"))
}

/// A time after `at`, which takes a number.
pub fn time_after_at(text: &str, span: Span) -> Error {
    let written = worded::as_written(text).unwrap_or_else(|| text.to_string());
    Error::new(ErrorCode::NotANumber, format!("`{text}` is a time, not a number"))
        .at(span, "expected a number")
        .hint(format!("a time comes after `as of`: as of {written}"))
}

fn not_taken(kind: StatementKind, measure: Option<Measure>, clause: Clause, text: &str, span: Span) -> Error {
    let refused = |code, message: String| Error::new(code, message).at(span, "not expected here");
    let name = measure.filter(|_| kind == StatementKind::Measure).map_or(kind.name(), Measure::words);
    let message = format!("`{name}` does not take `{}`", clause.words());
    match (kind, clause) {
        (_, Clause::With) => {
            let message = format!("`{}` takes no `with`", measure.map_or(kind.name(), Measure::words));
            Error::new(ErrorCode::ClauseNotTaken, message)
                .at(span, WITH_TAKEN)
                .hint("initial margin of ACTUSDT at 60000 with 4x")
        }
        (StatementKind::Measure, Clause::Long | Clause::Short)
            if measure.is_some_and(|it| it.takes() == Takes::Amount) =>
        {
            let text = if text.is_empty() { "60000" } else { text };
            Error::new(ErrorCode::ClauseNotTaken, message)
                .at(span, "long and short positions have the same rules")
                .hint(format!("{name} of ACTUSDT at {text}"))
                .hint(format!("the price that liquidates it: {}", example(Measure::LiquidationPrice)))
        }
        (_, Clause::Long | Clause::Short | Clause::Entry | Clause::Margin) => {
            Error::new(ErrorCode::ClauseNotTaken, message)
                .at(span, "only `liquidation` is asked of a position")
                .hint(example(Measure::LiquidationPrice))
        }
        (_, Clause::At) if measure.is_some_and(|it| it.takes() == Takes::Position) => {
            let example = example(Measure::LiquidationPrice);
            Error::new(ErrorCode::ClauseNotTaken, message)
                .at(span, "the size, or the price?")
                .hint(format!("a size comes after its side, a price after `entry`: {example}"))
        }
        (StatementKind::Measure, Clause::Since | Clause::Until) => {
            let message = format!("`{}` does not go with a measure", clause.words());
            refused(ErrorCode::RangeNotTaken, message)
                .hint("a measure is asked at one time: as of 2026-02-06T07:00Z")
                .hint("over a range of time: history of mmr of ACTUSDT at 60000 since A until B")
        }
        (_, Clause::Vs) => {
            refused(ErrorCode::RangeNotTaken, "`vs` goes with `diff` and `chart` only".to_string()).hint(
                "two times side by side: diff ACTUSDT as of A vs B, or chart mmr of ACTUSDT as of A vs B",
            )
        }
        (_, Clause::At) if looks_like_time(text) && kind.takes(Clause::Since) => {
            refused(ErrorCode::ClauseNotTaken, message)
                .hint(format!("from then on: since {text}; up to then: until {text}"))
                .hint(format!("the table at a time: tiers of ACTUSDT as of {text}"))
        }
        (_, Clause::At) if looks_like_time(text) && kind.takes(Clause::AsOf) => {
            refused(ErrorCode::ClauseNotTaken, message)
                .hint(format!("a time comes after `as of`: as of {text}"))
        }
        (_, Clause::Where) => {
            let message = format!("`{name}` does not take `where`: only `changes` and `upcoming` do");
            refused(ErrorCode::ClauseNotTaken, message)
                .hint("subjects are picked by name or program: mmr of A*USDT, IP* at 60000 on usdm")
                .hint("by leverage: max position of all at 10x, or max leverage of all at 60000")
                .hint("by what changed: changes of all where max leverage at 60000 down")
        }
        (StatementKind::Chart, Clause::At) => {
            refused(ErrorCode::ClauseNotTaken, "`chart` draws all notionals and takes no `at`".to_string())
                .hint("`up to 250000` gives the end of the drawing")
                .hint("at one notional over time: chart history of mmr of ACTUSDT at 60000")
        }
        _ if kind.row().clauses.is_empty() => {
            let example = kind.row().examples[0];
            refused(ErrorCode::ClauseNotTaken, message).hint(format!("it takes no clauses: {example}"))
        }
        _ => refused(ErrorCode::ClauseNotTaken, message)
            .hint(format!("it takes: {}", list(&kind.clauses_with(measure)))),
    }
}

/// Why a measure takes no leverage.
pub const WITH_TAKEN: &str = "only `initial margin` and `liquidation` depend on the leverage that is used";

/// The words of clauses.
pub(super) fn list(clauses: &[Clause]) -> String {
    clauses.iter().map(|clause| clause.words()).collect::<Vec<_>>().join(", ")
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
        Some("initial") => return error.hint("write `initial margin of … at …`"),
        Some(word) => return error.hint(format!("did you mean `{word}`?")),
        None => {}
    }
    let asked = QUESTIONS.iter().find(|(word, _)| word.eq_ignore_ascii_case(first));
    let meant = [first].into_iter().chain(words).find_map(Measure::with_word);
    match meant {
        Some(measure) => error.hint(format!("start with the measure: {} of ACTUSDT …", measure.words())),
        None if let Some((_, example)) = asked => error.hint(format!("for example: {example}")),
        None => {
            let measures: Vec<&str> = Measure::ALL.iter().map(|measure| measure.words()).collect();
            let others: Vec<&str> = statement_names().chain(["explain"]).collect();
            error
                .hint(format!("the measures are: {}", measures.join(", ")))
                .hint(format!("the other statements are: {}", others.join(", ")))
        }
    }
}

/// Words that people start a question with, each with a statement that answers such a one.
const QUESTIONS: [(&str, &str); 8] = [
    ("when", "changes of ACTUSDT, with the times at which it changed"),
    ("why", "explain mmr of ACTUSDT at 60000"),
    ("what", "mmr of ACTUSDT at 60000, or changes since 7 days ago"),
    ("which", "changes since 7 days ago where tightened by size"),
    ("who", "changes since 7 days ago where tightened by size"),
    ("compare", "mmr of ACTUSDT, IPUSDT at 60000, or diff ACTUSDT as of 7 days ago vs now"),
    ("show", "tiers of ACTUSDT, or subjects, or sources"),
    ("list", "subjects, or sources"),
];

pub(super) fn is_keyword(text: &str) -> bool {
    ["at", "as", "known", "recorded", "on", "of"].iter().any(|word| word.eq_ignore_ascii_case(text))
}
