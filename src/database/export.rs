//! Export: every stored source as a seed, so that a database can be read, copied and loaded without
//! tierbook's own files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::database::Database;
use crate::database::reading::book;
use crate::error::{Error, ErrorCode};
use crate::ingest::{self, Input};
use crate::query::find_source;
use crate::render::seed::seed;
use crate::rulebook::{Knowledge, Visibility};
use crate::statement::{RecordedSource, Source, SourceId, TxId};
use crate::store::Reader;
use crate::text::Span;

/// One source and the outcome of its export.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// let mut files = Vec::new();
/// database.export(&folder.path().join("export"), &mut |exported| files.push(exported))?;
/// assert_eq!(files[0].source.as_str(), "ee2413a8367c");
/// assert!(files[0].path.ends_with("20260203T060046Z-ee2413a8367c.toml"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exported {
    /// The source.
    pub source: SourceId,
    /// Its file.
    pub path: PathBuf,
    /// The outcome.
    pub outcome: ExportOutcome,
}

/// The outcome of writing a file.
///
/// ```
/// use tierbook::ExportOutcome;
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// let (export, mut outcomes) = (folder.path().join("export"), Vec::new());
/// for _ in 0..2 {
///     database.export(&export, &mut |exported| outcomes.push(exported.outcome))?;
/// }
/// assert_eq!(outcomes, [ExportOutcome::Written, ExportOutcome::Unchanged]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExportOutcome {
    /// It was written.
    Written,
    /// It existed, with the same content.
    Unchanged,
    /// It existed with other content, and was left as it is.
    Kept,
}

impl Database {
    /// One source as a seed, named by its id, the first digits of it, or its file; and the notices of the
    /// store.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let (seed, notices) = database.export_source("ee24")?;
    /// assert!(seed.contains("ACTUSDT"));
    /// assert!(notices.is_empty()); // it can be loaded again
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// No such source is stored, or several (`unknown_source`, `ambiguous_source`); there is no database, or
    /// it is damaged.
    pub fn export_source(&self, id: &str) -> Result<(String, Vec<String>), Error> {
        let reader = Reader::open(self.dir())?;
        let sources = reader.sources()?;
        let text = text_of(&reader, find_source(id, Span::new(0, 0), &sources)?, &counting(&reader)?)?;
        let notices = reader.notices().into_iter().chain(not_loadable(id, &text));
        Ok((text, notices.collect()))
    }

    /// Writes each stored source to a file of its own in `folder`, which is created where it is missing, and
    /// reports each. A source that was recorded again with a more exact publication is written once, as it
    /// counts now. Gives the notices of the store, and which files cannot be loaded again.
    /// ```
    /// use tierbook::{Database, LoadOptions};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let export = folder.path().join("export");
    /// database.export(&export, &mut |exported| println!("{}", exported.path.display()))?;
    ///
    /// let copy = Database::create(folder.path().join("copy"))?;
    /// copy.writer()?.load(&export, LoadOptions::default())?.into_result()?;
    /// assert_eq!(copy.snapshot()?.subjects(), database.snapshot()?.subjects());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// There is no database, or it is damaged; or `folder` cannot be written (`cannot_write`). What was
    /// reported as written stays.
    pub fn export(&self, folder: &Path, report: &mut dyn FnMut(Exported)) -> Result<Vec<String>, Error> {
        let reader = Reader::open(self.dir())?;
        fs::create_dir_all(folder).map_err(|error| cannot_write(folder, error))?;
        let mut notices = reader.notices();
        let counting = counting(&reader)?;
        for (name, source) in named(counting.clone()) {
            let path = folder.join(&name);
            let text = text_of(&reader, &source, &counting)?;
            let outcome = write(&path, &text)?;
            notices.extend(not_loadable(&name, &text));
            report(Exported { source: source.source.id, path, outcome });
        }
        Ok(notices)
    }
}

/// The seed of one recording; `counting` are those that have a file of their own. What the others found in the
/// document is in it too, so that no finding is lost.
fn text_of(reader: &Reader, source: &RecordedSource, counting: &[RecordedSource]) -> Result<String, Error> {
    let mut batch = reader.batch(source.tx)?;
    let has_own_file = |tx: TxId| counting.binary_search_by_key(&tx, |it| it.tx).is_ok();
    for (tx, finding) in reader.findings(&source.source.id, reader.head().tx)? {
        if tx != source.tx && !has_own_file(tx) && !batch.findings.contains(&finding) {
            batch.findings.push(finding);
        }
    }
    Ok(seed(&batch))
}

/// The notice that a text cannot be loaded again, because its source states more than a seed may.
fn not_loadable(name: &str, text: &str) -> Option<String> {
    let input = Input { file: name, bytes: text.as_bytes(), published_at: None, complete: None };
    let error = ingest::read(&input).err()?;
    Some(format!("the export of {name} cannot be loaded again: {}", error.message))
}

/// The recordings that count, in order: what was unloaded or corrected is left out, and so is what did that.
fn counting(reader: &Reader) -> Result<Vec<RecordedSource>, Error> {
    let (book, now) = (book(reader)?, Knowledge::default());
    let is_undoing =
        |source: &Source| source.is_command() && ["unload", "undo"].contains(&source.file.as_str());
    let mut sources = reader.sources()?;
    let mut postings = BTreeSet::new();
    sources.sort_by_key(|recorded| recorded.tx);
    sources.retain(|it| {
        let Source { id, published_at, precision, .. } = &it.source;
        !is_undoing(&it.source)
            && !it.source.is_lost()
            && book.counting(id, it.tx, now) == Visibility::Visible
            && postings.insert((*id, *published_at, *precision))
    });
    Ok(sources)
}

/// The recordings with the names of their files, in the order of the names.
///
/// A name is the publication and the id, so that a folder is loaded in the order of publications. Of several
/// published in one second the second has `.000002` after its time, and so on in the order of recording.
fn named(sources: Vec<RecordedSource>) -> BTreeMap<String, RecordedSource> {
    let mut of_second: BTreeMap<String, u32> = BTreeMap::new();
    let name = |recorded: RecordedSource| {
        let stamp = stamp(&recorded.source.published_at.to_string());
        let count = of_second.entry(stamp.clone()).or_default();
        *count += 1;
        let place = if *count == 1 { String::new() } else { format!(".{count:06}") };
        (format!("{stamp}{place}-{}.toml", recorded.source.id), recorded)
    };
    sources.into_iter().map(name).collect()
}

/// `2026-02-03T06:00:46.5Z` as `20260203T060046Z`.
fn stamp(timestamp: &str) -> String {
    let whole = timestamp.split('.').next().unwrap_or(timestamp).trim_end_matches('Z');
    let digits: String = whole.chars().filter(|c| c.is_ascii_digit() || *c == 'T').collect();
    format!("{digits}Z")
}

/// Writes a file unless it exists; a crash leaves either none or a whole one.
fn write(path: &Path, text: &str) -> Result<ExportOutcome, Error> {
    match fs::symlink_metadata(path) {
        // What is no file is not read: it may never end.
        Ok(there) if !there.is_file() || there.len() != text.len() as u64 => return Ok(ExportOutcome::Kept),
        Ok(_) => {
            let bytes = fs::read(path).map_err(|error| cannot_write(path, error))?;
            let is_same = bytes == text.as_bytes();
            return Ok(if is_same { ExportOutcome::Unchanged } else { ExportOutcome::Kept });
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(cannot_write(path, error)),
    }
    let draft = path.with_extension("toml.new");
    let write = || fs::write(&draft, text).and_then(|()| fs::rename(&draft, path));
    write().map_err(|error| cannot_write(path, error))?;
    Ok(ExportOutcome::Written)
}

fn cannot_write(path: &Path, error: io::Error) -> Error {
    Error::new(ErrorCode::CannotWrite, format!("cannot write {}: {error}", path.display()))
        .because(error)
        .hint("name a folder that may be written")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_in_a_name_has_seconds_and_no_signs() {
        for timestamp in ["2026-02-03T06:00:46Z", "2026-02-03T06:00:46.000001Z"] {
            assert_eq!(stamp(timestamp), "20260203T060046Z", "{timestamp}");
        }
    }
}
