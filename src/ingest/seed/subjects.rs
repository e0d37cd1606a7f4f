//! The subjects of an entry: `subject` or `subjects`, with venue and program or without.

use std::collections::BTreeSet;

use super::fields::{Fields, Value};
use super::mistakes::{Mistakes, quoted};
use super::source::Source;
use crate::limits;
use crate::statement::{Program, Subject};
use crate::text::nearest;

/// The fields that name subjects.
pub const FIELDS: [&str; 3] = ["subject", "subjects", "program"];

/// The currencies that the names of contracts end in.
const QUOTES: [&str; 6] = ["USDT", "USDC", "FDUSD", "BUSD", "USD1", "USD"];

/// The subjects of an entry, each once, all of programs of one kind; `None`, and noted, where one cannot be read.
pub fn read(fields: &Fields, source: &Source, mistakes: &mut Mistakes) -> Option<Vec<Subject>> {
    let program = match fields.get("program") {
        None => None,
        Some(field) => Some(program_named(&field, field.text(mistakes)?.text.trim(), mistakes)?),
    };
    let names = match (fields.get("subject"), fields.get("subjects")) {
        (Some(_), Some(both)) => {
            both.wrong("`subject` stands beside it", "write one of them", mistakes);
            return None;
        }
        (Some(one), None) => vec![one],
        (None, Some(list)) => list.list("write subjects = [\"binance:usdm:ACTUSDT\", … ]", mistakes)?,
        (None, None) => {
            fields.need("subject", "write subject = \"binance:usdm:ACTUSDT\"", mistakes)?;
            return None;
        }
    };
    if names.len() > limits::TABLE_SUBJECTS && !source.is_export() {
        let message =
            format!("{} has {} subjects; at most {}", fields.name, names.len(), limits::TABLE_SUBJECTS);
        mistakes.value(fields.header, message, "write several entries");
        return None;
    }
    let mut seen = BTreeSet::new();
    let mut subjects = Vec::with_capacity(names.len());
    let mut whole = true;
    for name in &names {
        match read_one(name, program, source, mistakes) {
            Some(subject) if seen.insert(subject.clone()) => subjects.push(subject),
            Some(subject) => {
                name.wrong(&format!("{subject} is named twice in one list"), "leave one out", mistakes);
                whole = false;
            }
            None => whole = false,
        }
    }
    let first: &Subject = subjects.first().filter(|_| whole)?;
    let one_kind =
        subjects.iter().all(|s| s.program().holds_contracts() == first.program().holds_contracts());
    if !one_kind {
        mistakes.value(
            fields.header,
            format!("{} names contracts and assets", fields.name),
            "write an entry for each",
        );
        return None;
    }
    Some(subjects)
}

/// `binance:usdm:ACTUSDT`, `usdm:ACTUSDT`, or `ACTUSDT` where the entry has a program.
fn read_one(
    field: &Value,
    program: Option<Program>,
    source: &Source,
    mistakes: &mut Mistakes,
) -> Option<Subject> {
    let words = field.text(mistakes)?;
    let parts: Vec<&str> = words.text.splitn(3, ':').map(str::trim).collect();
    let (venue, program_name, name) = match parts.as_slice() {
        [venue, program, name] => (*venue, Some(*program), *name),
        [program, name] => (source.venue.as_str(), Some(*program), *name),
        _ => (source.venue.as_str(), None, words.text.trim()),
    };
    let named = match program_name {
        None => None,
        Some(word) => Some(program_named(field, word, mistakes)?),
    };
    if let (Some(named), Some(program)) = (named, program)
        && named != program
    {
        let what = format!("it names the program {}, the entry {}", named.name(), program.name());
        field.wrong(&what, "leave `program` out", mistakes);
        return None;
    }
    let Some(program) = named.or(program) else {
        let what = format!("{} has no program", quoted(&words.text));
        let near = if QUOTES.iter().any(|quote| name.ends_with(quote)) { "usdm" } else { "pm" };
        field.wrong(
            &what,
            format!("write \"{}:{near}:{name}\", or add program = \"{near}\"", source.venue),
            mistakes,
        );
        return None;
    };
    let shouted = name.to_uppercase();
    if !source.is_export() && name != shouted && !name.chars().any(char::is_uppercase) {
        field.wrong(&format!("{} is in small letters", quoted(name)), format!("write {shouted}"), mistakes);
        return None;
    }
    // Exports keep the letters of a venue, so that a subject stays what it was.
    let venue = if source.is_export() { venue.to_string() } else { venue.to_lowercase() };
    let subject = Subject::new(&venue, program, name);
    if subject.is_none() {
        let what = format!("{} cannot be a subject", quoted(&words.text));
        field.wrong(&what, "write \"binance:usdm:ACTUSDT\"", mistakes);
    }
    subject
}

/// The program of that name; noted at `field` where there is none.
pub fn program_named(field: &Value, word: &str, mistakes: &mut Mistakes) -> Option<Program> {
    if let Some(program) = Program::from_name(word) {
        return Some(program);
    }
    let names = Program::ALL.map(Program::name);
    let hint = match nearest(word, names) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("known: {}", names.join(", ")),
    };
    field.wrong(&format!("there is no program {}", quoted(word)), hint, mistakes);
    None
}

/// The currency that bounds of these subjects are counted in, as far as program and names tell; `None` where they do
/// not, or tell several.
pub fn usual_unit(subjects: &[Subject]) -> Option<String> {
    let mut units = subjects.iter().map(unit_of);
    let first = units.next()??;
    units.all(|unit| unit == Some(first)).then(|| first.to_string())
}

fn unit_of(subject: &Subject) -> Option<&str> {
    // A delivery contract bears its day behind the pair.
    let pair = subject.name().split('_').next().unwrap_or("");
    match subject.program() {
        Program::Pm | Program::PmPro => Some("USD"),
        Program::Usdm => {
            QUOTES.into_iter().find(|quote| pair.strip_suffix(quote).is_some_and(|base| !base.is_empty()))
        }
        Program::Coinm => pair.strip_suffix("USD").filter(|base| !base.is_empty()),
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
            ("binance:usdm:ETHBTC", None),
            ("binance:usdm:USDT", None),
            ("binance:coinm:BTCUSD_PERP", Some("BTC")),
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
