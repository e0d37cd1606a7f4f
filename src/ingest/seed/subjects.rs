//! The subjects of an entry: `subject` or `subjects`, with venue and program or without.

use std::collections::BTreeSet;

use super::errors::{ErrorList, quoted};
use super::fields::{Fields, Value};
use super::source::Source;
use crate::limits;
use crate::statement::{Program, Subject, symbol};
use crate::text::nearest;

/// The fields that name subjects.
pub const FIELDS: [&str; 3] = ["subject", "subjects", "program"];

/// The subjects of an entry, each once; `None`, and noted, where one cannot be read.
pub fn read(fields: &Fields, source: &Source, errors: &mut ErrorList) -> Option<Vec<Subject>> {
    let program = match fields.get("program") {
        None => None,
        Some(field) => Some(program_named(&field, field.text(errors)?.text.trim(), errors)?),
    };
    let names = match (fields.get("subject"), fields.get("subjects")) {
        (Some(_), Some(both)) => {
            both.wrong("`subject` stands beside it", "write one of them", errors);
            return None;
        }
        (Some(one), None) => vec![one],
        (None, Some(list)) => list.list("write subjects = [\"binance:usdm:ACTUSDT\", … ]", errors)?,
        (None, None) => {
            fields.need("subject", "write subject = \"binance:usdm:ACTUSDT\"", errors)?;
            return None;
        }
    };
    if names.len() > limits::TABLE_SUBJECTS && !source.is_export() {
        let message =
            format!("{} has {} subjects; at most {}", fields.name, names.len(), limits::TABLE_SUBJECTS);
        errors.value(fields.header, message, "write several entries");
        return None;
    }
    let mut seen = BTreeSet::new();
    let mut subjects = Vec::with_capacity(names.len());
    let mut whole = true;
    for name in &names {
        match read_one(name, program, source, errors) {
            Some(subject) if seen.insert(subject.clone()) => subjects.push(subject),
            Some(subject) => {
                name.wrong(&format!("{subject} is named twice in one list"), "leave one out", errors);
                whole = false;
            }
            None => whole = false,
        }
    }
    whole.then_some(subjects)
}

/// Whether subjects are all contracts, or all assets, so that one rule can be of them.
pub fn are_of_one_kind(subjects: &[Subject]) -> bool {
    let mut kinds = subjects.iter().map(|subject| subject.program().holds_contracts());
    let first = kinds.next();
    kinds.all(|kind| Some(kind) == first)
}

/// `binance:usdm:ACTUSDT`, `usdm:ACTUSDT`, or `ACTUSDT` where the entry has a program.
fn read_one(
    field: &Value,
    program: Option<Program>,
    source: &Source,
    errors: &mut ErrorList,
) -> Option<Subject> {
    let words = field.text(errors)?;
    let parts: Vec<&str> = words.text.splitn(3, ':').map(str::trim).collect();
    let (venue, program_name, name) = match parts.as_slice() {
        [venue, program, name] => (*venue, Some(*program), *name),
        [program, name] => (source.venue.as_str(), Some(*program), *name),
        _ => (source.venue.as_str(), None, words.text.trim()),
    };
    let named = match program_name {
        None => None,
        Some(word) => Some(program_named(field, word, errors)?),
    };
    if let (Some(named), Some(program)) = (named, program)
        && named != program
    {
        let what = format!("it names the program {}, the entry {}", named.name(), program.name());
        field.wrong(&what, "leave `program` out", errors);
        return None;
    }
    let Some(program) = named.or(program) else {
        let what = format!("{} has no program", quoted(&words.text));
        let near = symbol::read(name).map_or(Program::Pm, |symbol| symbol.program).name();
        field.wrong(
            &what,
            format!("write \"{}:{near}:{name}\", or add program = \"{near}\"", source.venue),
            errors,
        );
        return None;
    };
    let shouted = name.to_uppercase();
    if !source.is_export() && name != shouted && !name.chars().any(char::is_uppercase) {
        field.wrong(&format!("{} is in small letters", quoted(name)), format!("write {shouted}"), errors);
        return None;
    }
    // An export names its subjects as they were recorded.
    let (venue, name) = match source.is_export() {
        true => (venue.to_string(), name.to_string()),
        false => (venue.to_lowercase(), usual_name(field, program, name, errors)?),
    };
    let subject = Subject::new(&venue, program, &name);
    if subject.is_none() {
        let what = format!("{} cannot be a subject", quoted(&words.text));
        field.wrong(&what, "write \"binance:usdm:ACTUSDT\"", errors);
    }
    subject
}

/// The one name that a contract has here, whichever spelling of the exchange is used.
fn usual_name(field: &Value, program: Program, name: &str, errors: &mut ErrorList) -> Option<String> {
    if !program.holds_contracts() {
        return Some(name.to_string());
    }
    match (symbol::read_on(program, name), symbol::read(name)) {
        (Some(symbol), _) => Some(symbol.name),
        (None, Some(other)) if other.program != program => {
            let what = format!("{} is a contract of the program {}", quoted(name), other.program.name());
            field.wrong(&what, format!("write {}:{}", other.program.name(), other.name), errors);
            None
        }
        (None, _) => Some(name.to_string()),
    }
}

/// The program of that name; noted at `field` where there is none.
pub fn program_named(field: &Value, word: &str, errors: &mut ErrorList) -> Option<Program> {
    if let Some(program) = Program::from_name(word) {
        return Some(program);
    }
    let names = Program::ALL.map(Program::name);
    let hint = match nearest(word, names) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("known: {}", names.join(", ")),
    };
    field.wrong(&format!("there is no program {}", quoted(word)), hint, errors);
    None
}

/// The currency that bounds of these subjects are counted in, as far as program and names tell; `None` where they do
/// not, or tell several.
pub fn usual_unit(subjects: &[Subject]) -> Option<String> {
    let mut units = subjects.iter().map(unit_of);
    let first = units.next()??;
    units.all(|unit| unit.as_ref() == Some(&first)).then_some(first)
}

fn unit_of(subject: &Subject) -> Option<String> {
    if subject.program().holds_contracts() {
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
