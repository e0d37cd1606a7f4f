//! The commands `retract` and `postpone`: each writes a seed of one statement about statements, and loads it.

use super::arguments::{PostponeArguments, ReasonArguments, RetractArguments};
use super::load;
use super::session::Session;
use super::terminal::Worst;
use tierbook::database::files::Document;
use tierbook::database::load::LoadOptions;
use tierbook::error::{Error, ErrorCode};
use tierbook::statement::SourceId;
use tierbook::time::Timestamp;

/// `retract SOURCE[.N] --reason TEXT`.
pub fn retract(session: &Session, arguments: &RetractArguments) -> Worst {
    let said = named(session, &arguments.what).map(|(source, ordinal)| {
        let statement = ordinal.map_or(String::new(), |ordinal| format!("statement = {ordinal}\n"));
        ("retract", format!("source = \"{source}\"\n{statement}"))
    });
    say(session, said, &arguments.saying)
}

/// `postpone SOURCE.N --to INSTANT --reason TEXT`.
pub fn postpone(session: &Session, arguments: &PostponeArguments) -> Worst {
    let said = named(session, &arguments.what).and_then(|(source, ordinal)| {
        let Some(ordinal) = ordinal else {
            return Err(Error::new(
                ErrorCode::StatementMissing,
                "a single change is put off, not a whole source",
            )
            .hint(format!("`tierbook query source {source}` numbers its statements; write {source}.N")));
        };
        let to = load::timestamp(&arguments.to, Timestamp::now())?;
        Ok(("postpone", format!("source = \"{source}\"\nstatement = {ordinal}\neffective_at = \"{to}\"\n")))
    });
    say(session, said, &arguments.saying)
}

/// The source, and the number of the statement where one is named.
fn named(session: &Session, what: &str) -> Result<(SourceId, Option<u32>), Error> {
    let number = |(source, digits): (&str, &str)| Some((source.to_string(), digits.parse::<u32>().ok()?));
    match what.rsplit_once('.').and_then(number) {
        Some((source, ordinal)) => Ok((session.database.source(&source)?, Some(ordinal))),
        None => Ok((session.database.source(what)?, None)),
    }
}

fn say(session: &Session, said: Result<(&'static str, String), Error>, saying: &ReasonArguments) -> Worst {
    let document = said.and_then(|(what, entry)| document(what, &entry, saying));
    match document {
        Ok(document) if saying.dry_run => load::try_out(session, &[document], &LoadOptions::default()),
        Ok(document) => load::record(session, &[document], &LoadOptions::default()),
        Err(error) => Worst::of(session.complain(&error, None)),
    }
}

/// The seed that says it.
fn document(what: &str, entry: &str, saying: &ReasonArguments) -> Result<Document, Error> {
    let now = Timestamp::now();
    let published_at = saying.published_at.as_deref().map(|text| load::timestamp(text, now)).transpose()?;
    let published_at = published_at.map_or(String::new(), |at| format!("published_at = \"{at}\"\n"));
    let reason = quoted(&saying.reason);
    let title = quoted(&format!("{what}: {}", saying.reason));
    let text = format!(
        "[source]\ntitle = {title}\nnote = \"written at {now} by `tierbook {what}`\"\n{published_at}\n\
         [[{what}]]\n{entry}reason = {reason}\n"
    );
    Ok(Document::Written(format!("{what}.toml"), text))
}

/// A TOML string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
