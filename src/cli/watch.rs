//! `load --watch`: loads what is in a folder, then each file that arrives, until it is ended by a signal.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use super::inputs::documents;
use super::load::print_report;
use super::report::Detail;
use super::session::Session;
use super::signals::told_to_end;
use super::status::ExitStatus;
use tierbook::{
    Error, ErrorCode, ErrorKind, FileReport, FolderFiles, LoadInput, LoadOptions, may_be_document,
};

/// How often the folders are looked at.
const PAUSE: Duration = Duration::from_millis(500);

/// At how many looks after each other a file must be the same to be complete.
const EQUAL_LOOKS: u32 = 3;

/// Size and time of a file.
type Stamp = (u64, Option<SystemTime>);

/// The files of some folders, as they were at the last look.
struct Watched<'a> {
    paths: &'a [PathBuf],
    recursive: bool,
    /// The stamp of each, at how many looks it had it, and whether it was loaded with it.
    seen: BTreeMap<PathBuf, Seen>,
    /// What was reported as wrong with the folders themselves, so that it is reported once.
    wrong: BTreeSet<String>,
}

/// What is known about a file.
#[derive(Clone, Copy)]
struct Seen {
    stamp: Stamp,
    looks: u32,
    is_done: bool,
}

/// Loads the files of folders, and those that arrive, until the process is ended by a signal. The writer's lock is
/// held only while files are recorded. `after` is called when some were.
pub fn watch(
    session: &Session,
    paths: &[PathBuf],
    recursive: bool,
    options: &LoadOptions,
    detail: Detail,
    after: &mut dyn FnMut(&Session),
) -> ExitStatus {
    if let Some(path) = paths.iter().find(|path| !path.is_dir()) {
        let error = Error::new(ErrorCode::CannotRead, format!("{} is not a folder", path.display()));
        return session.report(&error.hint("`--watch` waits for the files of a folder"));
    }
    let ended = told_to_end();
    let mut watched = Watched { paths, recursive, seen: BTreeMap::new(), wrong: BTreeSet::new() };
    session.console.message("waiting for files; end with Ctrl-C\n");
    let mut is_locked = false;
    while !ended.load(Ordering::Relaxed) {
        let complete = watched.complete(session);
        let has_arrived = !complete.is_empty();
        match record(session, &mut watched, complete, options, detail, &ended) {
            Ok(()) => {
                is_locked = false;
                if has_arrived {
                    after(session);
                }
            }
            // Its files are tried again at every look; that they wait is reported once.
            Err(error) if error.kind() == ErrorKind::Locked => {
                if !std::mem::replace(&mut is_locked, true) {
                    session.report(&error);
                }
            }
            Err(error) => return session.report(&error),
        }
        std::thread::sleep(PAUSE);
    }
    ExitStatus::OK
}

/// Records complete files, and reports each, until the process is ended by a signal. A file that is refused ends
/// nothing.
///
/// # Errors
/// Another process writes, or the database cannot be written. The file and those after it are not done.
fn record(
    session: &Session,
    watched: &mut Watched,
    files: Vec<PathBuf>,
    options: &LoadOptions,
    detail: Detail,
    ended: &AtomicBool,
) -> Result<(), Error> {
    if files.is_empty() {
        return Ok(());
    }
    let mut inputs_of = Vec::new();
    for file in files {
        let mut status = ExitStatus::OK;
        let inputs =
            if may_be_document(&file) { documents(session, file.clone(), &mut status) } else { Vec::new() };
        inputs_of.push((file, inputs));
    }
    let inputs = inputs_of.iter().flat_map(|(_, inputs)| inputs).cloned().collect::<Vec<_>>();
    let inputs = Arrived { inputs: inputs.into_iter(), ended };
    let mut reported = BTreeSet::new();
    let mut writer = session.database.writer()?;
    let loaded = writer.load_stream(inputs, options, &mut |report| {
        reported.insert(report.path.clone());
        print_report(session, &report, detail);
    });
    session.notices(&writer.notices());
    for (file, inputs) in &inputs_of {
        if inputs.iter().all(|input| reported.contains(&input.path())) {
            watched.done(file);
        }
    }
    loaded
}

/// The documents of files that arrived; none once the process is to end.
struct Arrived<'a> {
    inputs: std::vec::IntoIter<LoadInput>,
    ended: &'a AtomicBool,
}

impl Iterator for Arrived<'_> {
    type Item = Result<LoadInput, Box<FileReport>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended.load(Ordering::Relaxed) {
            self.inputs = Vec::new().into_iter();
        }
        self.inputs.next().map(Ok)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inputs.size_hint()
    }
}

impl Watched<'_> {
    /// The files that did not change for some looks, and were not loaded as they are, in the order of the times in
    /// their names.
    fn complete(&mut self, session: &Session) -> Vec<PathBuf> {
        let (mut seen, mut complete) = (BTreeMap::new(), Vec::new());
        for file in self.files(session) {
            let Some(stamp) = stamp(&file) else { continue };
            let before = self.seen.get(&file).filter(|before| before.stamp == stamp);
            let looks = before.map_or(1, |before| before.looks.saturating_add(1));
            let is_done = before.is_some_and(|before| before.is_done);
            if looks >= EQUAL_LOOKS && !is_done {
                complete.push(file.clone());
            }
            seen.insert(file, Seen { stamp, looks, is_done });
        }
        self.seen = seen;
        complete
    }

    /// The files that are there. A folder without files, or one that is gone, may have some later.
    fn files(&mut self, session: &Session) -> Vec<PathBuf> {
        let (mut files, mut wrong) = (Vec::new(), BTreeSet::new());
        for path in self.paths {
            let errors = match FolderFiles::by_name(path, self.recursive) {
                Ok(found) => {
                    files.extend(found.files);
                    found.errors
                }
                Err(error) if error.code() == ErrorCode::NoAnnouncement => Vec::new(),
                Err(error) => vec![error],
            };
            for error in errors {
                if !self.wrong.contains(error.message()) {
                    session.report(&error);
                }
                wrong.insert(error.message().to_string());
            }
        }
        self.wrong = wrong;
        files
    }

    /// A file was loaded, or refused, as it is.
    fn done(&mut self, file: &Path) {
        if let Some(seen) = self.seen.get_mut(file) {
            seen.is_done = true;
        }
    }
}

fn stamp(file: &Path) -> Option<Stamp> {
    let metadata = std::fs::metadata(file).ok()?;
    Some((metadata.len(), metadata.modified().ok()))
}
