//! The history as tables: `export parquet`, `export arrow` and `export csv`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::console::ConsoleWriter;
use super::options::ExportArguments;
use super::progress::Progress;
use super::session::Session;
use super::status::ExitStatus;
use tierbook::evaluation::{Form, Target};
use tierbook::language::check_recorded_by;
use tierbook::render::Format;
use tierbook::tables::{Selection, Table, write};
use tierbook::text::counted;
use tierbook::{Error, ErrorCode, Timestamp};

/// Writes the tables that are asked for, each as a file.
///
/// # Errors
/// A time or a name cannot be read, or a file cannot be written.
pub fn run(session: &Session, form: &str, arguments: &ExportArguments) -> Result<ExitStatus, Error> {
    let form: Form = form.parse()?;
    let selection = selection(arguments)?;
    let targets = targets(session, arguments, form)?;
    let rules = session.database.snapshot()?;
    let mut status = ExitStatus::OK;
    for (table, path) in targets {
        let progress = Progress::of_work(session.console, table.name());
        let mut console = ConsoleWriter::of(session.console);
        let target = path.clone().map_or(Target::Stream(&mut console), Target::File);
        let rows = write(&rules, table, &selection, (target, form), &|done, of| progress.set(done, of))?;
        drop(progress);
        if let Some(path) = path {
            status.add(report(session, table, &path, rows));
        }
    }
    Ok(status)
}

fn selection(arguments: &ExportArguments) -> Result<Selection, Error> {
    if arguments.every.is_some() {
        return Err(Error::new(
            ErrorCode::ClauseNotTaken,
            "`--every change` is of artifacts; tables have every version",
        )
        .hint("leave it out, or write: tierbook export artifact --every change"));
    }
    let now = Timestamp::now();
    let time = |text: &Option<String>| text.as_deref().map(|text| Timestamp::read(text, now)).transpose();
    let name = |path: &PathBuf| path.to_string_lossy().into_owned();
    let mut selection = Selection::default();
    selection.subjects = arguments.subjects.iter().map(name).collect();
    selection.as_of = time(&arguments.as_of)?;
    selection.known_at = time(&arguments.known_at)?;
    selection.recorded_by = time(&arguments.recorded_by)?;
    if let Some(recorded_by) = selection.recorded_by {
        // Before a folder is made.
        check_recorded_by(recorded_by, now)?;
    }
    Ok(selection)
}

/// The tables to write, each with its file, `None` for standard output: a path with the end of a file is one, any other
/// a folder.
fn targets(
    session: &Session,
    arguments: &ExportArguments,
    form: Form,
) -> Result<Vec<(Table, Option<PathBuf>)>, Error> {
    let named = arguments.table.as_deref().and_then(Table::named);
    let one = named.unwrap_or(Table::Tiers);
    let path = match arguments.output.as_deref() {
        Some(path) if path.as_os_str() != "-" => path,
        _ => {
            session.console.refuse_on_terminal(form)?;
            return Ok(vec![(one, None)]);
        }
    };
    if !path.is_dir() && path.extension().is_some() {
        return match Form::of_path(path) {
            Ok(other) if other != form => {
                let (form, other) = (form.name(), other.name());
                let message =
                    format!("{} has the name of a file of {other}, and {form} is asked for", path.display());
                Err(Error::new(ErrorCode::FormMissing, message)
                    .hint(format!("tierbook export {other} -o {}", path.display())))
            }
            _ => Ok(vec![(one, Some(path.to_path_buf()))]),
        };
    }
    fs::create_dir_all(path).map_err(|error| cannot_make(path, error))?;
    let file = |table: Table| Some(path.join(format!("{}.{}", table.name(), form.name())));
    let tables = named.map_or_else(|| Table::ALL.to_vec(), |table| vec![table]);
    Ok(tables.into_iter().map(|table| (table, file(table))).collect())
}

fn cannot_make(folder: &Path, error: io::Error) -> Error {
    Error::new(ErrorCode::CannotWrite, format!("cannot make the folder {}: {error}", folder.display()))
        .hint("name a folder that may be made, or a file: -o tiers.parquet")
}

fn report(session: &Session, table: Table, path: &Path, rows: u64) -> ExitStatus {
    let path = path.display();
    session.report_work(&match session.format {
        Format::Table => format!("{path}: {}\n", counted(rows, "row")),
        _ => format!("{}\n", json!({"file": path.to_string(), "table": table.name(), "rows": rows})),
    })
}
