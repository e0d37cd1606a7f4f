//! The command `status`: which database is used, why that one, and how new it is.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf, absolute};

use serde_json::{Value, json};

use super::environment::NamedBy;
use super::session::Session;
use super::status::ExitStatus;
use tierbook::render::{Format, wrap};
use tierbook::{Error, ErrorCode, Head, Origin, RecordedSource, Snapshot, SourceId};

/// What is stored.
struct Stored {
    head: Head,
    subjects: usize,
    sources: usize,
    /// The source that was published last.
    newest: Option<RecordedSource>,
}

/// `status`. That there is no database is an answer; that it cannot be read is an error.
pub fn run(session: &Session) -> ExitStatus {
    let stored = session.database.snapshot().and_then(|snapshot| stored(&snapshot));
    session.print(&match session.format {
        Format::Table => wrap::lines(&in_words(session, &stored), session.console.answer_style().width),
        _ => format!("{}\n", as_json(session, &stored)),
    });
    match stored {
        Err(error) if error.code() != ErrorCode::NoDatabase => session.report(&error),
        _ => ExitStatus::OK,
    }
}

fn stored(snapshot: &Snapshot) -> Result<Stored, Error> {
    let sources = snapshot.sources()?;
    let documents =
        || sources.iter().filter(|it| ![Origin::Command, Origin::Lost].contains(&it.source.origin));
    let ids: BTreeSet<&SourceId> = documents().map(|recorded| &recorded.source.id).collect();
    Ok(Stored {
        head: snapshot.head(),
        subjects: snapshot.subjects().len(),
        sources: ids.len(),
        newest: documents().max_by_key(|recorded| recorded.source.published_at).cloned(),
    })
}

fn in_words(session: &Session, stored: &Result<Stored, Error>) -> String {
    let line = |label: &str, text: &str| format!("{label:<15}{text}\n");
    let named = |named_by: NamedBy, option: &str, variable: &str| match named_by {
        NamedBy::Option => format!("named by {option}"),
        NamedBy::Environment => format!("named by {variable}"),
        NamedBy::Default => format!("the default; {option} or {variable} names another"),
    };
    let folder = whole(session.database.dir());
    let mut text = line("database", &folder.display().to_string());
    text += &line("", &named(session.named_by, "--db", "TIERBOOK_DB"));
    match stored {
        Ok(stored) => {
            let recorded_at = stored.head.recorded_at.map(|at| format!(", recorded {at}"));
            text += &line("exists", "yes");
            if let Some(origin) = session.database.origin().ok().flatten() {
                text += &line("replica of", &format!("{origin}; `tierbook pull` brings what is new there"));
            }
            text += &line("head", &format!("tx {}{}", stored.head.tx, recorded_at.unwrap_or_default()));
            text += &line("subjects", &stored.subjects.to_string());
            text += &line("sources", &stored.sources.to_string());
            if let Some(newest) = &stored.newest {
                let age = session.age_of_newest();
                let age = age.trim_end().trim_start_matches("newest source: ");
                text +=
                    &line("newest source", &format!("{} {}, {age}", newest.source.id, newest.source.file));
            }
        }
        Err(error) if error.code() == ErrorCode::NoDatabase => {
            text += &line("exists", "no; `tierbook load PATH` makes it");
        }
        Err(_) => text += &line("exists", "yes, but it cannot be read"),
    }
    if let Some((file, named_by)) = &session.config_file {
        let absent = if file.exists() { "" } else { " (does not exist)" };
        text += &line("configuration", &format!("{}{absent}", whole(file).display()));
        text += &line("", &named(*named_by, "--config", "TIERBOOK_CONFIG"));
    }
    text + &line("version", env!("CARGO_PKG_VERSION"))
}

fn as_json(session: &Session, stored: &Result<Stored, Error>) -> Value {
    let found = stored.as_ref().ok();
    let newest = found.and_then(|stored| stored.newest.as_ref()).map(|newest| {
        json!({"id": newest.source.id, "file": newest.source.file, "published_at": newest.source.published_at})
    });
    let is_absent = stored.as_ref().is_err_and(|error| error.code() == ErrorCode::NoDatabase);
    json!({
        "database": whole(session.database.dir()).display().to_string(),
        "named_by": session.named_by.name(),
        "exists": !is_absent,
        "replica_of": session.database.origin().ok().flatten(),
        "tx": found.map(|stored| stored.head.tx),
        "hash": found.map(|stored| stored.head.hash.to_string()),
        "recorded_at": found.and_then(|stored| stored.head.recorded_at),
        "subjects": found.map(|stored| stored.subjects),
        "sources": found.map(|stored| stored.sources),
        "newest_source": newest,
        "config": session.config_file.as_ref().map(|(file, _)| whole(file).display().to_string()),
        "config_named_by": session.config_file.as_ref().map(|(_, named_by)| named_by.name()),
        "config_exists": session.config_file.as_ref().map(|(file, _)| file.exists()),
        "version": env!("CARGO_PKG_VERSION"),
    })
}

/// A path from the root on, as far as the current folder is known.
fn whole(path: &Path) -> PathBuf {
    absolute(path).unwrap_or_else(|_| path.to_path_buf())
}
