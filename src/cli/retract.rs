//! The commands `retract` and `postpone`: each records a document of one statement about statements.

use super::load;
use super::options::{PostponeArguments, ReasonArguments, RetractArguments};
use super::session::Session;
use super::status::ExitStatus;
use tierbook::{Error, LoadInput, LoadOptions, Reason, Timestamp};

/// `retract SOURCE[.N] --reason TEXT`.
pub fn retract(session: &Session, arguments: &RetractArguments) -> ExitStatus {
    let input =
        reason(&arguments.reason).and_then(|reason| session.database.retraction(&arguments.what, &reason));
    record(session, input, &arguments.reason)
}

/// `postpone SOURCE.N --to TIME --reason TEXT`.
pub fn postpone(session: &Session, arguments: &PostponeArguments) -> ExitStatus {
    let input = reason(&arguments.reason).and_then(|reason| {
        let to = load::timestamp(&arguments.to, Timestamp::now())?;
        session.database.rescheduling(&arguments.what, to, &reason)
    });
    record(session, input, &arguments.reason)
}

fn reason(arguments: &ReasonArguments) -> Result<Reason, Error> {
    let reason = Reason::new(arguments.reason.as_str());
    match &arguments.published_at {
        Some(text) => Ok(reason.published_at(load::timestamp(text, Timestamp::now())?)),
        None => Ok(reason),
    }
}

fn record(session: &Session, input: Result<LoadInput, Error>, arguments: &ReasonArguments) -> ExitStatus {
    match input {
        Ok(input) if arguments.dry_run => load::dry_run(session, &[input], &LoadOptions::default()),
        Ok(input) => load::record(session, &[input], &LoadOptions::default()),
        Err(error) => session.report(&error),
    }
}
