//! The log: what each transaction recorded, and whose tables it changed.

use crate::database::Database;
use crate::database::simulation::concerned;
use crate::error::Result;
use crate::query::rows::log::LogRow;
use crate::rulebook::history::History;
use crate::rulebook::{Knowledge, Records, Rulebook};
use crate::snapshot::records::records;
use crate::statement::{RecordedSource, RetractionKind, Subject};
use crate::store::Reader;
use crate::time::RecordedTime;

impl Database {
    /// The newest transactions, at most `limit`, in order of recording. It reads the whole database.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// database.writer()?.retract("ee2413a8367c.55", "not carried out")?;
    /// let actions: Vec<_> = database.log(2)?.into_iter().map(|entry| entry.action).collect();
    /// assert_eq!(actions, ["load", "retract"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// There is no database, or it is damaged.
    pub fn log(&self, limit: usize) -> Result<Vec<LogRow>> {
        let reader = Reader::open(self.dir())?;
        let all = records(&reader.subjects()?, &reader)?;
        let book = Rulebook::new(all.clone());
        let mut sources = all.sources.clone();
        sources.sort_by_key(|recorded| recorded.tx);
        let skipped = sources.len().saturating_sub(limit);
        let entry = |place: usize| {
            let before = place.checked_sub(1).map(|before| sources[before].recorded_at);
            entry(&sources[place], before, &all, &book)
        };
        Ok((skipped..sources.len()).map(entry).collect())
    }
}

fn entry(recorded: &RecordedSource, before: Option<RecordedTime>, all: &Records, book: &Rulebook) -> LogRow {
    let own = all.retractions.iter().filter(|it| it.tx == recorded.tx);
    let (action, reason) = action(recorded, own.map(|it| &it.retraction.kind), book);
    let reason = reason.unwrap_or_else(|| {
        let first = all.retractions.iter().find(|it| it.tx == recorded.tx);
        first.map_or(String::new(), |it| it.retraction.reason.clone())
    });
    let changes = |subject: &Subject| {
        let Some(timeline) = book.timeline(subject) else { return false };
        let at = |recorded_by| Knowledge { known_at: None, recorded_by: Some(recorded_by) };
        let after = book.history(timeline, at(recorded.recorded_at));
        match before {
            None => !after.versions().is_empty(),
            Some(before) => !same(&book.history(timeline, at(before)), &after),
        }
    };
    LogRow {
        recorded: recorded.clone(),
        action,
        reason,
        undone_by: book.unloaded_by(&recorded.source.id, recorded.tx, Knowledge::default()),
        changed: concerned(all, &recorded.source.id).into_iter().filter(changes).collect(),
    }
}

/// What a transaction did; a load has no reason.
fn action<'a>(
    recorded: &RecordedSource,
    mut kinds: impl Iterator<Item = &'a RetractionKind>,
    book: &Rulebook,
) -> (&'static str, Option<String>) {
    const COMMANDS: [&str; 5] = ["unload", "retract", "supersede", "reschedule", "undo"];
    let source = &recorded.source;
    if source.is_lost() {
        return ("lost", None);
    }
    if source.is_command() {
        return (COMMANDS.into_iter().find(|name| *name == source.file).unwrap_or("command"), None);
    }
    if kinds.any(|kind| matches!(kind, RetractionKind::Correct(_))) {
        return ("correction", None);
    }
    let is_earlier = |it: &RecordedSource| {
        it.tx < recorded.tx
            && book
                .unloaded_by(
                    &source.id,
                    it.tx,
                    Knowledge { known_at: None, recorded_by: Some(recorded.recorded_at) },
                )
                .is_none()
    };
    let again = book.recordings(&source.id).iter().any(is_earlier);
    (if again { "posting" } else { "load" }, Some(String::new()))
}

/// Whether two histories have the same tables at every time.
fn same(one: &History, other: &History) -> bool {
    let starts =
        |history: &History| history.versions().iter().map(|version| version.from).collect::<Vec<_>>();
    let rule_at =
        |history: &History, at| history.version_at(at).map(|version| history.rule(version).cloned());
    starts(one).into_iter().chain(starts(other)).all(|at| match (rule_at(one, at), rule_at(other, at)) {
        (Some(Some(one)), Some(Some(other))) => one.same(&other),
        (one, other) => one.map(|rule| rule.is_none()) == other.map(|rule| rule.is_none()),
    })
}
