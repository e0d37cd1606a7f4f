//! The command `export`: what became of each file, or one source to standard output.

use serde_json::json;

use super::arguments::ExportArguments;
use super::session::Session;
use super::terminal::{self, Worst};
use tierbook::database::export::{Exported, Outcome};
use tierbook::error::{Error, ErrorCode};
use tierbook::render::Format;

/// `export DIR`, or `export --source ID`.
pub fn run(session: &Session, arguments: &ExportArguments) -> Worst {
    match (&arguments.folder, &arguments.source) {
        (_, Some(id)) => match session.database.export_source(id) {
            Ok((text, notices)) => {
                session.notices(&notices);
                terminal::print(&text);
                Worst::default()
            }
            Err(error) => Worst::of(session.complain(&error, None)),
        },
        (Some(folder), None) => {
            let mut worst = Worst::default();
            let mut say = |exported: Exported| {
                worst = worst.also(terminal::report(&reported(&exported, session.format)));
                if exported.outcome == Outcome::Kept {
                    worst.note(session.complain(&kept(&exported), None));
                }
            };
            match session.database.export(folder, &mut say) {
                Ok(notices) => session.notices(&notices),
                Err(error) => worst.note(session.complain(&error, None)),
            }
            worst
        }
        (None, None) => {
            let error = Error::new(ErrorCode::NoFolder, "there is no folder to export to")
                .hint("name one: tierbook export DIR; or a source: tierbook export --source ID");
            Worst::of(session.complain(&error, None))
        }
    }
}

fn reported(exported: &Exported, format: Format) -> String {
    let outcome = match exported.outcome {
        Outcome::Written => "written",
        Outcome::Unchanged => "unchanged",
        Outcome::Kept => "kept",
    };
    let (path, source) = (exported.path.display(), &exported.source);
    match (format, exported.outcome) {
        (Format::Table, Outcome::Written) => format!("{path}: written\n"),
        (Format::Table, Outcome::Unchanged) => format!("{path}: there already\n"),
        (Format::Table, Outcome::Kept) => format!("{path}: not written\n"),
        _ => {
            let (path, source) = (path.to_string(), source.to_string());
            format!("{}\n", json!({"file": path, "outcome": outcome, "source": source}))
        }
    }
}

fn kept(exported: &Exported) -> Error {
    let path = exported.path.display();
    Error::new(ErrorCode::FileExists, format!("{path} is there with other content, and stays as it is"))
        .hint("move it away, or export into an empty folder")
}
