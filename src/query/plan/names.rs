//! Subjects by name: the words of a query against the stored subjects. Nothing is guessed, but the nearest
//! right word is suggested.

use std::collections::BTreeSet;

use crate::error::{Error, ErrorCode};
use crate::query::syntax::ast::Word;
use crate::query::syntax::measure::Measure;
use crate::statement::{Program, Subject, symbol};
use crate::text::{Span, nearest};

/// The restriction of an `on` clause.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct On {
    /// The venue, where it was named.
    pub venue: Option<String>,
    /// The program.
    pub program: Program,
    /// Its place in the query.
    pub span: Span,
}

impl On {
    /// Whether a subject is under the program, and of the venue where one is named.
    pub fn allows(&self, subject: &Subject) -> bool {
        subject.program() == self.program
            && self.venue.as_deref().is_none_or(|venue| venue == subject.venue())
    }
}

/// Reads `usdm`, `pm-pro` or `binance:usdm`.
///
/// # Errors
/// It names no program; the nearest one is suggested.
pub fn read_on(word: &Word) -> Result<On, Error> {
    let (venue, name) = match word.text.split_once(':') {
        Some((venue, name)) => (Some(venue.to_lowercase()), name),
        None => (None, word.text.as_str()),
    };
    let names = Program::ALL.map(Program::name);
    let program = Program::from_name(name).ok_or_else(|| {
        let error = Error::new(ErrorCode::UnknownProgram, format!("`{name}` is not a program"))
            .at(word.span, format!("expected {}", names.join(", ")));
        match nearest(name, names) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None if name.starts_with(|c: char| c.is_ascii_digit()) => {
                error.hint(format!("`on` names a program; a time is `as of {}`", word.text))
            }
            None => error.hint(format!("the programs are: {}", names.join(", "))),
        }
    })?;
    Ok(On { venue, program, span: word.span })
}

/// The subjects that the words of an `of` list mean, for a measure, in the order of the list and each once.
///
/// A word is a name, `program:name`, `venue:program:name`, a pattern with `*`, or `all`.
///
/// # Errors
/// A word names nothing stored, or only subjects that do not have the measure or are not in the program of
/// `on`.
pub fn select(
    words: &[Word],
    measure: Measure,
    on: Option<&On>,
    stored: &[Subject],
) -> Result<Vec<Subject>, Error> {
    let mut selected: Vec<Subject> = Vec::new();
    for word in words {
        let matched = meant(word, stored)?;
        let is_allowed = |it: &&Subject| on.is_none_or(|on| on.allows(it));
        let fits = |it: &&Subject| is_allowed(it) && measure.applies_to(it.program());
        if !matched.iter().any(&fits) {
            let allowed: Vec<&Subject> = matched.iter().copied().filter(is_allowed).collect();
            return Err(match allowed.is_empty() {
                true => not_on(word, on, &matched),
                false => wrong_measure(word, measure, &allowed),
            });
        }
        let before = selected.len();
        for subject in matched.into_iter().filter(fits) {
            if !selected[..before].contains(subject) {
                selected.push(subject.clone());
            }
        }
    }
    Ok(selected)
}

/// The stored subjects that a word of a query means, whatever their program.
///
/// # Errors
/// It means none; or it is bound to a parameter, which is one name, but the value is a pattern or `all`.
pub fn meant<'a>(word: &Word, stored: &'a [Subject]) -> Result<Vec<&'a Subject>, Error> {
    let several = word.text.contains('*') || word.text.eq_ignore_ascii_case("all");
    if word.parameter.is_some() && several {
        let message = format!("`{}` is not the name of one subject", word.text);
        return Err(Error::new(ErrorCode::NotAName, message)
            .at(word.span, "a parameter is one name here")
            .hint("write a pattern or `all` in the statement itself"));
    }
    let matched = matching(&word.text, stored);
    if matched.is_empty() { Err(unknown_subject(word, stored)) } else { Ok(matched) }
}

/// The subjects of those names under any program.
///
/// # Errors
/// As for [`meant`].
pub fn any_of(words: &[Word], stored: &[Subject]) -> Result<Vec<Subject>, Error> {
    let mut subjects: Vec<Subject> = Vec::new();
    for word in words {
        subjects.extend(meant(word, stored)?.into_iter().cloned());
    }
    Ok(subjects)
}

/// The stored subjects that a text means, whatever their program: those that are called so, else those that a
/// tool calls so. `stored` is in order, here and everywhere in the planning of a statement.
pub fn matching<'a>(text: &str, stored: &'a [Subject]) -> Vec<&'a Subject> {
    if text.eq_ignore_ascii_case("all") {
        return stored.iter().collect();
    }
    let found = called(text, stored);
    if found.is_empty() { called_elsewhere(text, stored) } else { found }
}

/// The subjects of a contract that a tool or the exchange's API spells so, `BTC/USD:BTC` or `BTCUSD_PERP`,
/// perhaps with a program before it.
pub fn called_elsewhere<'a>(text: &str, stored: &'a [Subject]) -> Vec<&'a Subject> {
    let pair = text.find('/').unwrap_or(text.len());
    let (place, name) = match text[..pair].rsplit_once(':') {
        Some((place, base)) => (place, format!("{base}{}", &text[pair..])),
        None => ("", text.to_string()),
    };
    let Some(symbol) = symbol::read(&name) else { return Vec::new() };
    let is_there = |subject: &&Subject| match place.contains(':') {
        _ if place.is_empty() => true,
        false => place == subject.program().name(),
        true => place == format!("{}:{}", subject.venue(), subject.program().name()),
    };
    let same_kind = |subject: &&Subject| {
        subject.program().has_contracts() && subject.program().is_in_coin() == symbol.program.is_in_coin()
    };
    let named = of_name(&symbol.name, stored).into_iter();
    named.filter(is_there).filter(same_kind).collect()
}

fn called<'a>(text: &str, stored: &'a [Subject]) -> Vec<&'a Subject> {
    let (place, name) = text.rsplit_once(':').unwrap_or(("", text));
    if text.contains('*') {
        let colons = text.matches(':').count();
        let written = |subject: &Subject| match colons {
            0 => subject.name().to_string(),
            1 => format!("{}:{}", subject.program().name(), subject.name()),
            _ => subject.to_string(),
        };
        return stored.iter().filter(|subject| matches_pattern(text, &written(subject))).collect();
    }
    let is_there = |subject: &&Subject| match place.split_once(':') {
        Some((venue, program)) => venue == subject.venue() && program == subject.program().name(),
        None => place.is_empty() && !text.starts_with(':') || place == subject.program().name(),
    };
    of_name(name, stored).into_iter().filter(is_there).collect()
}

/// The subjects of a name under all programs; `stored` is in order, by venue and program and then by name.
fn of_name<'a>(name: &str, stored: &'a [Subject]) -> Vec<&'a Subject> {
    let mut found = Vec::new();
    let mut rest = stored;
    while let Some(first) = rest.first() {
        let same_program =
            |subject: &Subject| subject.program() == first.program() && subject.venue() == first.venue();
        let is_last = rest.last().is_some_and(same_program);
        let end = if is_last { rest.len() } else { rest.partition_point(same_program) };
        let (of_program, after) = rest.split_at(end);
        found.extend(of_program.binary_search_by(|it| it.name().cmp(name)).ok().map(|at| &of_program[at]));
        rest = after;
    }
    found
}

/// Whether `text` fits `pattern`, where each `*` is any characters, or none.
pub fn matches_pattern(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(head) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let tail = parts.pop().unwrap_or_default();
    for part in parts {
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    left.ends_with(tail)
}

/// The error of an unknown name, with the nearest name that is stored.
pub fn unknown_subject(word: &Word, stored: &[Subject]) -> Error {
    let error =
        |message: String, label: &str| Error::new(ErrorCode::UnknownSubject, message).at(word.span, label);
    if stored.is_empty() {
        return error("the database has no subject yet".to_string(), "nothing is stored")
            .hint("load an announcement first: tierbook load PATH");
    }
    if word.text.contains('*') {
        return error(format!("no stored subject matches `{}`", word.text), "matches nothing")
            .hint("`subjects` lists what is stored");
    }
    let symbol = symbol::read(&word.text).map(|symbol| symbol.name);
    let bare = symbol.as_deref().or(word.text.rsplit(':').next()).unwrap_or(&word.text);
    let unknown = error(format!("no rule of `{}` is stored", word.text), "unknown name");
    let starts_so = |name: &&str| name.to_lowercase().starts_with(&bare.to_lowercase());
    let longer = || stored.iter().map(Subject::name).find(starts_so);
    match nearest(bare, stored.iter().map(Subject::name)).or_else(longer) {
        Some(near) => unknown.hint(format!("did you mean `{near}`?")),
        None => unknown.hint("`subjects` lists what is stored"),
    }
}

fn not_on(word: &Word, on: Option<&On>, matched: &[&Subject]) -> Error {
    let venue = |subject: &Subject| match on.and_then(|on| on.venue.as_deref()) {
        Some(_) => format!("{}:", subject.venue()),
        None => String::new(),
    };
    let full = |subject: &Subject| format!("{}{}", venue(subject), subject.program().name());
    let programs: BTreeSet<String> = matched.iter().map(|subject| full(subject)).collect();
    let programs: Vec<String> = programs.into_iter().collect();
    let wanted = on.map_or(String::new(), |on| match &on.venue {
        Some(venue) => format!("{venue}:{}", on.program.name()),
        None => on.program.name().to_string(),
    });
    Error::new(ErrorCode::NotOnProgram, format!("no rule of `{}` on {wanted} is stored", word.text))
        .at(on.map_or(word.span, |on| on.span), format!("it is stored on {}", programs.join(" and ")))
        .hint(format!(
            "write `on {}`, or leave it out",
            matched.first().map_or("usdm".to_string(), |s| full(s))
        ))
}

fn wrong_measure(word: &Word, measure: Measure, allowed: &[&Subject]) -> Error {
    let contract = allowed.first().is_some_and(|subject| subject.program().has_contracts());
    let name = allowed.first().map_or("", |subject| subject.name());
    let (kind, instead) = if contract {
        ("contracts", format!("mmr of {name} at 60000, or tiers of {name}"))
    } else {
        ("assets", format!("ratio of {name}, or collateral of {name} at 500000"))
    };
    let programs = programs(allowed);
    if !contract && measure.applies_to(Program::PmPro) {
        let words = measure.words();
        let message =
            format!("`{}` is stored on {programs}; only assets on pm-pro have `{words}`", word.text);
        return Error::new(ErrorCode::WrongMeasure, message)
            .at(word.span, "one ratio for every amount")
            .hint(format!("ask: {instead}"));
    }
    let message = format!("`{}` is stored on {programs}; {kind} have no `{}`", word.text, measure.words());
    let error = Error::new(ErrorCode::WrongMeasure, message);
    error.at(word.span, format!("{kind} have other measures")).hint(format!("ask: {instead}"))
}

fn programs(subjects: &[&Subject]) -> String {
    let mut names: Vec<&str> = subjects.iter().map(|subject| subject.program().name()).collect();
    names.sort_unstable();
    names.dedup();
    names.join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters_and_nothing_else_is_special() {
        for (pattern, text, fits) in [
            ("ACT*", "ACTUSDT", true),
            ("*USDT", "ACTUSDT", true),
            ("*", "", true),
            ("A*U*T", "ACTUSDT", true),
            ("ACT", "ACTUSDT", false),
            ("A*T", "ACTUSD", false),
            ("AB*BA", "ABA", false),
            ("*踏*", "我踏马来了USDT", true),
            ("A?T", "ACT", false),
        ] {
            assert_eq!(matches_pattern(pattern, text), fits, "{pattern} {text}");
        }
    }
}
