//! The stored sources as seeds: the outcome of each file, or one source to standard output.

use std::path::Path;

use serde_json::json;

use super::session::Session;
use super::status::ExitStatus;
use tierbook::render::Format;
use tierbook::{Error, ErrorCode, ExportOutcome, Exported};

/// `export sources DIR`.
pub fn all(session: &Session, folder: &Path) -> ExitStatus {
    let mut status = ExitStatus::OK;
    let mut report = |exported: Exported| {
        status.add(session.report_work(&reported(&exported, session.format)));
        if exported.outcome == ExportOutcome::Kept {
            status.add(session.report(&kept(&exported)));
        }
    };
    match session.database.export(folder, &mut report) {
        Ok(notices) => session.notices(&notices),
        Err(error) => status.add(session.report(&error)),
    }
    status
}

/// `export sources --source ID`.
pub fn one(session: &Session, id: &str) -> ExitStatus {
    match session.database.export_source(id) {
        Ok((text, notices)) => {
            session.notices(&notices);
            session.console.print_bytes(text.as_bytes());
            ExitStatus::OK
        }
        Err(error) => session.report(&error),
    }
}

fn reported(exported: &Exported, format: Format) -> String {
    let outcome = match exported.outcome {
        ExportOutcome::Written => "written",
        ExportOutcome::Unchanged => "unchanged",
        ExportOutcome::Kept => "kept",
    };
    let (path, source) = (exported.path.display(), &exported.source);
    match (format, exported.outcome) {
        (Format::Table, ExportOutcome::Written) => format!("{path}: written\n"),
        (Format::Table, ExportOutcome::Unchanged) => format!("{path}: unchanged\n"),
        (Format::Table, ExportOutcome::Kept) => format!("{path}: not written\n"),
        _ => {
            let (path, source) = (path.to_string(), source.to_string());
            format!("{}\n", json!({"file": path, "outcome": outcome, "source": source}))
        }
    }
}

fn kept(exported: &Exported) -> Error {
    let path = exported.path.display();
    Error::new(ErrorCode::FileExists, format!("{path} exists with other content, and is not overwritten"))
        .hint("move it away, or export into an empty folder")
}
