//! Words that start no clause, and what was probably meant by them.

use crate::error::{Error, ErrorCode};
use crate::query::syntax::ast::{Condition, Word};
use crate::query::syntax::language::{Clause, StatementKind, statement_words};
use crate::query::syntax::measure::{Measure, Takes};
use crate::query::syntax::typos::{example, is_keyword, list, subject_before, time_after_at};
use crate::text::{Span, nearest};
use crate::time::worded::{as_written, looks_like_time};

/// Words that start no clause.
#[derive(Clone, Copy, Debug)]
pub struct Stray<'a> {
    /// They and those that follow them, up to the next clause; at least one.
    pub words: &'a [Word],
    /// The statement that they are in.
    pub kind: StatementKind,
    /// Its measure.
    pub measure: Option<Measure>,
    /// What comes right before them.
    pub before: &'a Before,
}

/// What comes right before a clause: a stray word may belong to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Before {
    /// The last subject of the list.
    Name(Word),
    /// The last notional or leverage of the list.
    Amount(Word),
    /// A timestamp.
    Timestamp(Word),
    /// The last condition of `where`.
    Condition(Condition),
    /// Anything else.
    Other,
}

impl Stray<'_> {
    /// The error at the first of the words, or at what they belong to.
    pub fn error(&self) -> Error {
        let Some(first) = self.words.first() else { return self.unexpected("", Span::new(0, 0)) };
        let text = first.text.as_str();
        let error = self.unexpected(text, first.span);
        let found = match self.before {
            Before::Name(name) => self.after_name(name, first, &error),
            Before::Amount(amount) => self.after_amount(amount, first, &error),
            Before::Timestamp(time) => self.after_time(time, &error),
            Before::Condition(condition) => Some(after_condition(condition, first, error.clone())),
            Before::Other => None,
        };
        found.or_else(|| self.elsewhere(text, &error)).unwrap_or_else(|| self.typo(text, error))
    }

    fn unexpected(&self, text: &str, span: Span) -> Error {
        let label = match self.clauses().as_slice() {
            [] => "the statement ends here".to_string(),
            clauses => format!("expected one of: {}", list(clauses)),
        };
        Error::new(ErrorCode::UnexpectedWord, format!("`{text}` is not expected here")).at(span, label)
    }

    /// The clauses that can come here.
    fn clauses(&self) -> Vec<Clause> {
        let mut clauses = self.kind.clauses_with(self.measure);
        clauses.retain(|clause| *clause != Clause::Vs || matches!(self.before, Before::Timestamp(_)));
        clauses
    }

    fn after_name(&self, name: &Word, first: &Word, error: &Error) -> Option<Error> {
        if is_keyword(&name.text) {
            let of_kind = self.kind.row().examples.first().copied().unwrap_or("mmr of ACTUSDT at 60000");
            return Some(subject_before(self.measure.map_or(of_kind, example), name.span));
        }
        if !first.text.eq_ignore_ascii_case("vs") {
            return None;
        }
        let others = self.words.iter().map(|word| word.text.as_str());
        let others = others.filter(|word| !word.eq_ignore_ascii_case("vs") && *word != ",");
        let names = std::iter::once(name.text.as_str()).chain(others).collect::<Vec<_>>().join(", ");
        let words = self.measure.map_or("mmr", Measure::words);
        let error = error.clone();
        Some(match self.kind {
            _ if names == name.text => error.hint("`vs` comes between two times: as of A vs B"),
            StatementKind::Chart => error.hint(format!("subjects side by side: chart {words} of {names}")),
            _ => error.hint(format!("subjects side by side: {words} of {names} at 60000")),
        })
    }

    fn after_amount(&self, amount: &Word, first: &Word, error: &Error) -> Option<Error> {
        let (amount, start, text) = (&amount.text, amount.span, first.text.as_str());
        if is_leverage(text) && self.clauses().contains(&Clause::With) {
            return Some(error.clone().hint(format!("a leverage comes after `with`: with {text}")));
        }
        if looks_like_time(amount) {
            let rest = self.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
            let last = self.words.last().unwrap_or(first);
            return Some(time_after_at(&format!("{amount} {rest}"), start.join(last.span)));
        }
        let is_number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
        if is_number(text) && !looks_like_time(text) {
            let groups = self.words.iter().map(|word| word.text.as_str()).take_while(|word| is_number(word));
            let groups: Vec<&str> = std::iter::once(amount.as_str()).chain(groups).collect();
            let joined = error.clone().hint(format!("no space inside a number: {}", groups.concat()));
            // `60 000` can only be one number; `100 200` can be two.
            let is_one = amount.len() <= 3
                && groups[1..].iter().all(|group| is_group(group))
                && (groups.len() > 2 || groups[1].starts_with('0'));
            return Some(match is_one {
                true => joined,
                false => joined.hint(format!("a comma between numbers: {}", groups.join(", "))),
            });
        }
        if CURRENCIES.iter().any(|currency| currency.eq_ignore_ascii_case(text)) {
            return Some(
                error
                    .clone()
                    .hint(format!("the table gives the currency; write the number alone: at {amount}")),
            );
        }
        let is_typo = || nearest(text, self.clauses().into_iter().map(Clause::words)).is_some();
        (self.measure.is_some() && is_name(text) && !is_typo()).then(|| {
            error.clone().hint(format!(
                "another subject comes after a comma, with its own `at`: at {amount}, {text} at …"
            ))
        })
    }

    fn after_time(&self, time: &Word, error: &Error) -> Option<Error> {
        let last = self.words.last()?;
        let rest = self.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        let text = format!("{} {rest}", time.text).replace(" ,", ",");
        if let Some(written) = as_written(&text) {
            return Some(
                Error::new(ErrorCode::NotATimestamp, format!("`{text}` is not a time"))
                    .at(time.span.join(last.span), "not a time")
                    .hint(format!("write {written}")),
            );
        }
        if !rest.to_lowercase().starts_with("vs") {
            return None;
        }
        Some(match self.kind {
            StatementKind::Chart => error
                .clone()
                .hint("a drawing shows two times at most; one more in its own: … ; chart mmr of ACTUSDT as of C")
                .hint("every change over time: chart history of mmr of ACTUSDT at 60000"),
            _ => error
                .clone()
                .hint("`diff` compares two times; the next two: … ; diff ACTUSDT as of B vs C")
                .hint("every version: history of ACTUSDT"),
        })
    }

    /// What was probably meant by a word that is right elsewhere.
    fn elsewhere(&self, text: &str, error: &Error) -> Option<Error> {
        let kind = self.kind;
        let is_number = text.starts_with(|c: char| c.is_ascii_digit());
        let is_first = *self.before == Before::Other;
        let is_position = self.measure.is_some_and(|measure| measure.takes() == Takes::Position);
        let hint = match text.to_lowercase().as_str() {
            word if is_position && let Some(hint) = of_position(word, text) => hint,
            _ if is_number && text.contains('-') && kind.takes(Clause::KnownAt) => {
                format!("write what the time is for: {}", timestamps(&self.clauses(), text))
            }
            _ if is_number && kind.takes(Clause::At) => format!("a notional comes after `at`: at {text}"),
            _ if statement_words().any(|word| word.eq_ignore_ascii_case(text)) => {
                format!("separate statements by `;`: … ; {text} …")
            }
            "vs" if [StatementKind::Diff, StatementKind::Chart].contains(&kind) => {
                "`vs` comes between two times: as of A vs B".to_string()
            }
            _ if kind == StatementKind::Sources => {
                "one source: source ID, with an id from `sources`".to_string()
            }
            _ if kind == StatementKind::Subjects => "some subjects: subjects matching \"A*USDT\"".to_string(),
            _ if kind == StatementKind::Findings && is_first => {
                "some findings: findings of ACTUSDT, or findings in ID with an id from `sources`".to_string()
            }
            "of" if takes_of(kind) && is_first => {
                format!("a subject comes after `of`: {} of ACTUSDT", kind.name())
            }
            _ => return None,
        };
        Some(error.clone().hint(hint))
    }

    /// The nearest word that would be right.
    fn typo(&self, text: &str, error: Error) -> Error {
        let clauses = self.clauses();
        let words = clauses.iter().map(|clause| clause.words());
        let words =
            ["as", "known", "recorded", "published"].into_iter().filter(|_| !clauses.is_empty()).chain(words);
        match (nearest(text, words), self.before) {
            (Some(word), _) if !word.eq_ignore_ascii_case(text) => {
                error.hint(format!("did you mean `{word}`?"))
            }
            (Some("as"), _) => error.hint("write `as of` and a time, or `as published`"),
            (Some("known"), _) => error.hint("write `known at` and a time"),
            (Some("recorded"), _) => error.hint("write `recorded by` and a time"),
            (_, Before::Name(name)) => {
                error.hint(format!("separate several subjects by commas: {}, {text}", name.text))
            }
            (_, Before::Timestamp(_)) => {
                error.hint("a time is written 2026-02-06T07:00Z, 2026-02-06 06:30 (UTC) or 2026-02-06")
            }
            _ => error.hint("leave it out, or separate statements by `;`"),
        }
    }
}

/// A word after a condition: probably the condition is no change of a measure.
fn after_condition(condition: &Condition, first: &Word, error: Error) -> Error {
    let word = condition.moves.as_ref();
    let is_comparison = |word: &Word| word.text.starts_with(['<', '>', '=', '≤', '≥', '!']);
    let error = match (condition.measure, word) {
        (None, Some(word)) => {
            let error =
                Error::new(ErrorCode::UnknownCondition, format!("`{}` is not a condition here", word.text))
                    .at(word.span, "expected a measure, or tightened, loosened, mixed, no_effect");
            match Measure::with_word(&word.text) {
                Some(measure) => error.hint(format!("the measure is `{}`", measure.words())),
                None => error,
            }
        }
        _ => error,
    };
    if is_comparison(first) || word.is_some_and(is_comparison) {
        return error
            .hint("a condition says how a figure changed: where max leverage at 60000 down, margin at 60000 up by 10%");
    }
    error.hint("for example: where max leverage at 60000 down, limit down by 20%, or where tightened")
}

/// What a word in a question about a position was probably meant as.
fn of_position(word: &str, text: &str) -> Option<String> {
    let example = example(Measure::LiquidationPrice);
    Some(match word {
        _ if is_leverage(word) => format!("a leverage comes after `with`: with {text}"),
        _ if word.starts_with(|c: char| c.is_ascii_digit()) && !looks_like_time(word) => {
            format!("a size comes after its side, a price after `entry`: {example}")
        }
        "buy" => format!("a bought position is `long`: {example}"),
        "sell" | "sold" => format!("a sold position is `short`: {example}"),
        "price" | "open" | "opened" | "@" => {
            format!("the price at which it was opened comes after `entry`: {example}")
        }
        "leverage" | "lev" => format!("a leverage comes after `with`: {example}"),
        "margin" | "wallet" | "collateral" | "isolated" => {
            "the isolated wallet comes after `margin`: margin 12000".to_string()
        }
        "size" | "quantity" | "notional" => format!("the notional comes after its side: {example}"),
        _ => return None,
    })
}

/// Whether a word can only be meant as a leverage: `5x`.
fn is_leverage(text: &str) -> bool {
    let digits = text.strip_suffix(['x', 'X']).unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

const CURRENCIES: [&str; 6] = ["USDT", "USDC", "USD", "$", "dollars", "BTC"];

/// Whether digits can be a group of a longer number: three of them, with decimals at the end.
fn is_group(text: &str) -> bool {
    let whole = text.split('.').next().unwrap_or_default();
    whole.len() == 3 && whole.bytes().all(|byte| byte.is_ascii_digit())
}

fn takes_of(kind: StatementKind) -> bool {
    [StatementKind::Changes, StatementKind::Upcoming, StatementKind::Report].contains(&kind)
}

/// A text as a timestamp after each clause that takes one.
fn timestamps(clauses: &[Clause], text: &str) -> String {
    let taking = [Clause::AsOf, Clause::KnownAt, Clause::Since, Clause::Until];
    let taken = clauses.iter().filter(|clause| taking.contains(clause));
    taken.map(|clause| format!("{} {text}", clause.words())).collect::<Vec<_>>().join(", ")
}

/// Whether a word is written like the name of a contract: in capital letters.
fn is_name(text: &str) -> bool {
    text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)
}
