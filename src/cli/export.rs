//! The command `export`: what is stored, in a form for other programs or for another database.

use std::path::MAIN_SEPARATOR;

use super::options::ExportArguments;
use super::session::Session;
use super::sources;
use super::status::ExitStatus;
use tierbook::exchange_forms::Form;
use tierbook::text::nearest;
use tierbook::{Error, ErrorCode};

/// The forms.
const FORMS: &[&str] = &["parquet", "arrow", "csv", "binance", "ccxt", "freqtrade", "artifact", "sources"];

/// `export FORM`. `export DIR` and `export --source ID`, as it once was, are of `sources`.
pub fn run(session: &Session, arguments: &ExportArguments) -> ExitStatus {
    let done = match form(arguments) {
        Ok("sources") => return export_sources(session, arguments),
        Ok(form) if let Some(form) = Form::named(form) => {
            super::exchange_forms::run(session, form, arguments)
        }
        #[cfg(feature = "columnar")]
        Ok(form @ ("parquet" | "arrow" | "csv")) => super::tables::run(session, form, arguments),
        Ok(form) => {
            Err(Error::new(ErrorCode::FormMissing, format!("this program was built without `{form}`"))
                .hint("build it with the feature `columnar`"))
        }
        Err(error) => Err(error),
    };
    done.unwrap_or_else(|error| session.report(&error))
}

/// The form that is asked for; a folder alone means the sources.
fn form(arguments: &ExportArguments) -> Result<&'static str, Error> {
    let Some(first) = &arguments.form else { return Ok("sources") };
    let name = first.to_str().unwrap_or_default();
    if let Some(form) = FORMS.iter().find(|form| **form == name) {
        return match arguments.source {
            Some(_) if *form != "sources" => Err(source_alone("a form of tables")),
            _ => Ok(form),
        };
    }
    if arguments.source.is_some()
        || first.exists()
        || name.contains([MAIN_SEPARATOR, '/'])
        || first.to_str().is_none()
    {
        return Ok("sources");
    }
    let error = Error::new(ErrorCode::FormMissing, format!("`{name}` is no form to export"));
    let error = match nearest(name, FORMS.iter().copied()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error,
    };
    Err(error
        .hint(format!("the forms are: {}", FORMS.join(", ")))
        .hint(format!("a new folder of sources: tierbook export sources {name}")))
}

fn export_sources(session: &Session, arguments: &ExportArguments) -> ExitStatus {
    let ExportArguments { form, subjects, output, table, as_of, known_at, recorded_by, every, source } =
        arguments;
    let is_folder = form.as_ref().filter(|form| form.as_os_str() != "sources");
    let mut folders = is_folder.into_iter().chain(subjects).chain(output);
    let (folder, other) = (folders.next(), folders.next());
    let of_tables = [table, as_of, known_at, recorded_by, every].into_iter().any(Option::is_some);
    match (folder, source) {
        _ if of_tables || other.is_some() => session.report(
            &Error::new(
                ErrorCode::ClauseNotTaken,
                "`export sources` writes every source, and takes one folder",
            )
            .hint("parts of the history are in its tables: tierbook export parquet ACTUSDT -o FILE"),
        ),
        (Some(_), Some(_)) => session.report(&source_alone("a folder")),
        (None, Some(id)) => sources::one(session, id),
        (Some(folder), None) => sources::all(session, folder),
        (None, None) => session.report(
            &Error::new(ErrorCode::NoFolder, "there is no folder to export to")
                .hint(format!(
                    "name what to write, of {}: tierbook export parquet -o FOLDER",
                    FORMS.join(", ")
                ))
                .hint(
                    "the sources: tierbook export sources DIR; or one: tierbook export sources --source ID",
                ),
        ),
    }
}

fn source_alone(what: &str) -> Error {
    let message = format!("{what} cannot be used with --source, which prints one source");
    Error::new(ErrorCode::ClauseNotTaken, message).hint("tierbook export sources --source ID")
}
