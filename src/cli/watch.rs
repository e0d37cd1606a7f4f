//! `load --watch`: loads what is in a folder, then each file that arrives, until it is told to end.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use super::load::{detail, documents, record, record_options};
use super::options::{LoadArguments, RecordArguments};
use super::session::Session;
use super::signals::told_to_end;
use super::status::ExitStatus;
use tierbook::{Error, FolderFiles};

/// How often the folders are looked at. A file that did not change from one look to the next is complete.
const PAUSE: Duration = Duration::from_millis(500);

/// Size and time of a file.
type Stamp = (u64, Option<SystemTime>);

/// The files of some folders, as they were at the last look.
struct Watched<'a> {
    paths: &'a [PathBuf],
    recursive: bool,
    seen: BTreeMap<PathBuf, Stamp>,
    loaded: BTreeMap<PathBuf, Stamp>,
}

/// Loads the files of folders, and those that arrive, until the process is told to end. The writer's lock is
/// held only while files are recorded.
pub fn run(session: &Session, arguments: &RecordArguments) -> ExitStatus {
    let options = match record_options(session, arguments) {
        Ok(options) => options,
        Err(error) => return session.report(&error),
    };
    let LoadArguments { paths, recursive, .. } = &arguments.load;
    let (ended, detail) = (told_to_end(), detail(arguments));
    if let Some(path) = paths.iter().find(|path| !path.is_dir()) {
        let message = format!("{} is not a folder", path.display());
        let error = Error::new(tierbook::ErrorCode::CannotRead, message);
        return session.report(&error.hint("`--watch` waits for the files of a folder"));
    }
    let (seen, loaded) = (BTreeMap::new(), BTreeMap::new());
    let mut watched = Watched { paths, recursive: *recursive, seen, loaded };
    session.console.message("waiting for files; end with Ctrl-C\n");
    // What is there already is complete.
    watched.look();
    while !ended.load(Ordering::Relaxed) {
        for file in watched.complete() {
            if ended.load(Ordering::Relaxed) {
                break;
            }
            match documents(vec![file]) {
                // A file that is refused must not end the waiting.
                Ok(documents) => drop(record(session, &documents, &options, detail)),
                Err(error) => drop(session.report(&error)),
            }
        }
        std::thread::sleep(PAUSE);
    }
    ExitStatus::OK
}

impl Watched<'_> {
    /// Notes the files that are there, and their stamps.
    fn look(&mut self) -> BTreeMap<PathBuf, Stamp> {
        // A folder without files, or one that is gone, may have some later.
        let found = self.paths.iter().filter_map(|path| FolderFiles::of(path, self.recursive).ok());
        let files = found.flat_map(|found| found.files);
        let now = files.filter_map(|file| Some((file.clone(), stamp(&file)?))).collect();
        std::mem::replace(&mut self.seen, now)
    }

    /// The files that did not change since the last look, and were not loaded as they are, in the order of the
    /// times in their names.
    fn complete(&mut self) -> Vec<PathBuf> {
        let before = self.look();
        let is_new = |(file, stamp): &(&PathBuf, &Stamp)| {
            before.get(*file) == Some(*stamp) && self.loaded.get(*file) != Some(*stamp)
        };
        let new: Vec<(PathBuf, Stamp)> =
            self.seen.iter().filter(is_new).map(|(file, stamp)| (file.clone(), *stamp)).collect();
        self.loaded.extend(new.iter().cloned());
        new.into_iter().map(|(file, _)| file).collect()
    }
}

fn stamp(file: &Path) -> Option<Stamp> {
    let metadata = std::fs::metadata(file).ok()?;
    Some((metadata.len(), metadata.modified().ok()))
}
