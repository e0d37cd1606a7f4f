//! The subjects of an entry: `subject` or `subjects`, with venue and program or without.

use std::collections::BTreeSet;

use toml::Spanned;

use super::document::{Entry, StatementTable, span_of};
use super::problems::{Checked, all, problem, quoted, wrong};
use super::source::Source;
use super::values::one_or_list;
use crate::error::ErrorCode;
use crate::limits;
use crate::statement::{Program, Subject, symbol};
use crate::text::{Span, nearest};

/// The subjects of an entry, each once.
pub fn read(entry: &Entry<StatementTable>, source: &Source) -> Checked<Vec<Subject>> {
    let table = &entry.table;
    let key = if table.subject.is_some() { "subject" } else { "subjects" };
    let program =
        table.program.as_ref().map(|field| program(field.get_ref().trim(), "program", span_of(field)));
    let program = program.transpose()?;
    let names = one_or_list("subject", table.subject.as_ref(), table.subjects.as_ref())?;
    if names.is_empty() {
        let message = format!("[[{}]] needs `subject`", entry.name);
        let hint = "write subject = \"binance:usdm:ACTUSDT\"";
        return problem(ErrorCode::SeedMissing, entry.header, message, hint);
    }
    if names.len() > limits::TABLE_SUBJECTS && !source.is_export() {
        let what = format!("{} subjects; at most {}", names.len(), limits::TABLE_SUBJECTS);
        return wrong(key, entry.header, what, "write several entries");
    }
    let mut seen = BTreeSet::new();
    all(names.iter().map(|name| {
        let subject = subject(name, key, program, source)?;
        if seen.insert(subject.clone()) {
            return Ok(subject);
        }
        wrong(key, span_of(name), format!("{subject} is named twice in one list"), "leave one out")
    }))
}

/// Whether subjects are all contracts, or all assets, so that one rule can be of them.
pub fn are_of_one_kind(subjects: &[Subject]) -> bool {
    subjects.iter().all(|subject| subject.program().has_contracts() == subjects[0].program().has_contracts())
}

/// `binance:usdm:ACTUSDT`, `usdm:ACTUSDT`, or `ACTUSDT` where the entry has a program.
fn subject(
    field: &Spanned<String>,
    key: &str,
    of_entry: Option<Program>,
    source: &Source,
) -> Checked<Subject> {
    let (words, at) = (field.get_ref(), span_of(field));
    let parts: Vec<&str> = words.splitn(3, ':').map(str::trim).collect();
    let (venue, named, name) = match parts.as_slice() {
        [venue, named, name] => (*venue, Some(program(named, key, at)?), *name),
        [named, name] => (source.venue.as_str(), Some(program(named, key, at)?), *name),
        _ => (source.venue.as_str(), None, words.trim()),
    };
    let program = match (named, of_entry) {
        (Some(named), Some(program)) if named != program => {
            let what = format!("it names the program {}, the entry {}", named.name(), program.name());
            return wrong(key, at, what, "leave `program` out");
        }
        (Some(program), _) | (None, Some(program)) => program,
        (None, None) => {
            let near = symbol::read(name).map_or(Program::Pm, |symbol| symbol.program).name();
            let hint = format!("write \"{}:{near}:{name}\", or add program = \"{near}\"", source.venue);
            return wrong(key, at, format!("{} has no program", quoted(words)), &hint);
        }
    };
    // An export names its subjects as they were recorded.
    let subject = if source.is_export() {
        Subject::new(venue, program, name)
    } else {
        Subject::new(&venue.to_lowercase(), program, &usual_name(program, name, key, at)?)
    };
    match subject {
        Some(subject) => Ok(subject),
        None => {
            let what = match name.len() > limits::SUBJECT_BYTES {
                true => Subject::unfit(name),
                false => format!("{} cannot be a subject", quoted(words)),
            };
            wrong(key, at, what, "write \"binance:usdm:ACTUSDT\"")
        }
    }
}

/// The one name that a contract has here, whichever notation of the exchange is used.
fn usual_name(program: Program, name: &str, key: &str, at: Span) -> Checked<String> {
    let upper = name.to_uppercase();
    let is_class = program == Program::Cross && name.starts_with(crate::statement::subject::CLASS);
    if name != upper && !name.chars().any(char::is_uppercase) && !is_class {
        return wrong(key, at, format!("{} is in lower case", quoted(name)), &format!("write {upper}"));
    }
    if !program.has_contracts() {
        return Ok(name.to_string());
    }
    match (symbol::read_on(program, name), symbol::read(name)) {
        (Some(symbol), _) => Ok(symbol.name),
        (None, Some(other)) if other.program != program => {
            let (theirs, what) = (other.program.name(), quoted(name));
            let hint = format!("write {theirs}:{}", other.name);
            wrong(key, at, format!("{what} is a contract of the program {theirs}"), &hint)
        }
        (None, _) => Ok(name.to_string()),
    }
}

/// The program of that name, which is part of the value of `key` at `at`.
pub fn program(word: &str, key: &str, at: Span) -> Checked<Program> {
    let Some(program) = Program::from_name(word) else {
        let names = Program::ALL.map(Program::name);
        let hint = match nearest(word, names) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("known: {}", names.join(", ")),
        };
        return wrong(key, at, format!("there is no program {}", quoted(word)), &hint);
    };
    Ok(program)
}

/// The currency that bounds of these subjects are counted in, where program and names determine a single one.
pub fn usual_unit(subjects: &[Subject]) -> Option<String> {
    let mut units = subjects.iter().map(unit_of);
    let first = units.next()??;
    units.all(|unit| unit.as_ref() == Some(&first)).then_some(first)
}

fn unit_of(subject: &Subject) -> Option<String> {
    if subject.program().has_contracts() {
        symbol::read_on(subject.program(), subject.name()).map(|symbol| symbol.unit)
    } else {
        Some("USD".to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_currency_follows_from_program_and_name() {
        for (subject, unit) in [
            ("binance:usdm:ACTUSDT", Some("USDT")),
            ("binance:usdm:BTCUSDT_260327", Some("USDT")),
            ("binance:usdm:BTCUSDC", Some("USDC")),
            ("binance:usdm:BNBFDUSD", Some("FDUSD")),
            ("binance:usdm:ETHBTC", Some("BTC")),
            ("binance:usdm:USDT", None),
            ("binance:usdm:ABC", None),
            ("binance:coinm:BTCUSD", Some("BTC")),
            ("binance:coinm:BTC", None),
            ("binance:pm-pro:STRK", Some("USD")),
        ] {
            let subject = Subject::parse(subject).expect("a subject");
            assert_eq!(usual_unit(std::slice::from_ref(&subject)).as_deref(), unit, "{subject}");
        }
        let two =
            ["binance:usdm:AUSDT", "binance:usdm:AUSDC"].map(|name| Subject::parse(name).expect("a subject"));
        assert_eq!(usual_unit(&two), None);
    }
}
