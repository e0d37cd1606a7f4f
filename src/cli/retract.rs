//! The commands `retract` and `postpone`: each writes a seed of one statement about statements, and loads it.

use super::arguments::{PostponeArguments, ReasonArguments, RetractArguments};
use super::load;
use super::session::Session;
use super::status::ExitStatus;
use tierbook::database::files::Document;
use tierbook::database::load::LoadOptions;
use tierbook::error::{Error, ErrorCode};
use tierbook::statement::SourceId;
use tierbook::time::Timestamp;

/// `retract SOURCE[.N] --reason TEXT`.
pub fn retract(session: &Session, arguments: &RetractArguments) -> ExitStatus {
    let entry = source_and_number(session, &arguments.what).map(|(source, number)| {
        let statement = number.map_or(String::new(), |number| format!("statement = {number}\n"));
        format!("source = \"{source}\"\n{statement}")
    });
    load_seed(session, "retract", entry, &arguments.reason)
}

/// `postpone SOURCE.N --to TIME --reason TEXT`.
pub fn postpone(session: &Session, arguments: &PostponeArguments) -> ExitStatus {
    load_seed(session, "postpone", postponement(session, arguments), &arguments.reason)
}

fn postponement(session: &Session, arguments: &PostponeArguments) -> Result<String, Error> {
    let (source, number) = source_and_number(session, &arguments.what)?;
    let Some(number) = number else {
        let message = "a single change is postponed, not a whole source";
        let hint = format!("`tierbook query source {source}` numbers its statements; write {source}.N");
        return Err(Error::new(ErrorCode::StatementMissing, message).hint(hint));
    };
    let to = load::timestamp(&arguments.to, Timestamp::now())?;
    Ok(format!("source = \"{source}\"\nstatement = {number}\neffective_at = \"{to}\"\n"))
}

/// The source, and the number of the statement where one is named.
fn source_and_number(session: &Session, what: &str) -> Result<(SourceId, Option<u32>), Error> {
    let number = |(source, digits): (&str, &str)| Some((source.to_string(), digits.parse::<u32>().ok()?));
    match what.rsplit_once('.').and_then(number) {
        Some((source, number)) => Ok((session.database.source(&source)?, Some(number))),
        None => Ok((session.database.source(what)?, None)),
    }
}

fn load_seed(
    session: &Session,
    command: &str,
    entry: Result<String, Error>,
    arguments: &ReasonArguments,
) -> ExitStatus {
    match entry.and_then(|entry| seed(command, &entry, arguments)) {
        Ok(seed) if arguments.dry_run => load::dry_run(session, &[seed], &LoadOptions::default()),
        Ok(seed) => load::record(session, &[seed], &LoadOptions::default()),
        Err(error) => session.report(&error),
    }
}

fn seed(command: &str, entry: &str, arguments: &ReasonArguments) -> Result<Document, Error> {
    let now = Timestamp::now();
    let published_at =
        arguments.published_at.as_deref().map(|text| load::timestamp(text, now)).transpose()?;
    let published_at = published_at.map_or(String::new(), |at| format!("published_at = \"{at}\"\n"));
    let reason = quoted(&arguments.reason);
    let title = quoted(&format!("{command}: {}", arguments.reason));
    let text = format!(
        "[source]\ntitle = {title}\nnote = \"written at {now} by `tierbook {command}`\"\n{published_at}\n\
         [[{command}]]\n{entry}reason = {reason}\n"
    );
    Ok(Document::Written(format!("{command}.toml"), text))
}

/// A TOML string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
