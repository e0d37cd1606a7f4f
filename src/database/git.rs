//! The history of one file in a git repository: every version and when it was committed. Nothing is checked out,
//! so that a bare clone will do.

mod child;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::database::files::{LoadInput, file_name};
use crate::database::load::{FileOutcome, FileReport};
use crate::error::{Error, ErrorCode};
use crate::text::{counted, nearest};
use crate::time::Timestamp;
use child::Blobs;

/// What lists the commits that changed a path, each with its versions.
///
/// `--full-history` follows both sides of a merge: a version was made when it was committed on its branch, not
/// when the branch was merged. A merge is listed only where it made bytes that no side has. What the
/// configuration of the repository could change is given here.
const LOG: [&str; 18] = [
    "-c",
    "core.quotePath=false",
    "-c",
    "log.showSignature=false",
    "-c",
    "log.showRoot=true",
    "-c",
    "log.follow=false",
    "log",
    "--full-history",
    "--date-order",
    "--reverse",
    "--diff-merges=combined",
    "--raw",
    "--no-abbrev",
    "--no-renames",
    "--no-color",
    "--format=%H %ct",
];

/// The versions of a file in a repository, the oldest first.
///
/// ```no_run
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// let history = tierbook::GitHistory::of("clone-of-a-data-set".as_ref(), "binance/tiers.json".as_ref())?;
/// let mut writer = database.writer()?;
/// writer.load_stream(history.versions()?, &Default::default(), &mut |report| {
///     println!("{} {}", report.path.display(), report.outcome.error().is_none());
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct GitHistory {
    repository: PathBuf,
    file: String,
    versions: Vec<Version>,
    notices: Vec<String>,
}

/// A version of the file, and the commit that made it.
#[derive(Debug)]
struct Version {
    commit: String,
    committed_at: Timestamp,
    blob: String,
}

impl GitHistory {
    /// The commits in the history of the head that changed `path`, a file of the repository. Of two versions that
    /// were committed within one second the later one counts, because nobody saw the other.
    ///
    /// # Errors
    /// `git` cannot be run, or the folder is no repository (`no_repository`); `path` is a folder (`is_folder`);
    /// or no commit has the file (`no_announcement`).
    pub fn of(repository: &Path, path: &Path) -> Result<GitHistory, Error> {
        let file = path.display().to_string();
        let arguments = LOG.iter().map(OsStr::new).chain([OsStr::new("--"), path.as_os_str()]);
        let listed = child::run(repository, arguments)?;
        let Listed { versions, paths } = listed_versions(&listed);
        // A quoted path has signs that the words of an error need not have.
        let is_other =
            |listed: &&str| !listed.starts_with('"') && Path::new(listed).file_name() != path.file_name();
        if paths.len() > 1 || paths.iter().any(is_other) {
            let message = format!("{file} is a folder of {}", repository.display());
            return Err(Error::new(ErrorCode::IsFolder, message).hint("name one file of it"));
        }
        if versions.is_empty() {
            return Err(never_there(repository, &file));
        }
        let (versions, replaced) = last_of_each_second(versions);
        let mut notices = Vec::new();
        if replaced > 0 {
            let versions = counted(replaced as u64, "version");
            notices
                .push(format!("{file}: {versions} replaced within the second of the commit, not recorded"));
        }
        let shallow =
            child::run(repository, ["rev-parse", "--is-shallow-repository"].iter().map(OsStr::new))?;
        if shallow.trim() == "true" {
            let fetch = "git fetch --unshallow gets them";
            notices.push(format!("{} lacks its older commits; {fetch}", repository.display()));
        }
        Ok(GitHistory { repository: repository.to_path_buf(), file, versions, notices })
    }

    /// How many versions there are.
    ///
    /// ```no_run
    /// let history = tierbook::GitHistory::of("a-repository".as_ref(), "tiers.json".as_ref())?;
    /// println!("{} versions", history.count());
    /// # Ok::<(), tierbook::Error>(())
    /// ```
    pub fn count(&self) -> usize {
        self.versions.len()
    }

    /// What of the history is not there or not recorded, in sentences without a full stop.
    ///
    /// ```no_run
    /// let history = tierbook::GitHistory::of("a-shallow-clone".as_ref(), "tiers.json".as_ref())?;
    /// assert!(history.notices()[0].contains("lacks its older commits"));
    /// # Ok::<(), tierbook::Error>(())
    /// ```
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// Reads the versions one after another; of one that cannot be read the error, and the others all the same.
    ///
    /// ```no_run
    /// let history = tierbook::GitHistory::of("a-repository".as_ref(), "tiers.json".as_ref())?;
    /// for version in history.versions()? {
    ///     let name = version.map_or_else(|report| report.path, |version| version.path());
    ///     println!("{}", name.display()); // tiers.json@1f2e3d4c5b6a
    /// }
    /// # Ok::<(), tierbook::Error>(())
    /// ```
    ///
    /// # Errors
    /// `git` cannot be run (`no_repository`).
    pub fn versions(self) -> Result<impl Iterator<Item = Result<LoadInput, Box<FileReport>>>, Error> {
        let mut blobs = Blobs::of(&self.repository)?;
        Ok(self.versions.into_iter().map(move |version| {
            let commit = version.commit.get(..12).unwrap_or(&version.commit);
            let file = format!("{}@{commit}", file_name(Path::new(&self.file)));
            match blobs.read(&version.blob, &file) {
                Ok(bytes) => Ok(LoadInput::Version { file, bytes, committed_at: version.committed_at }),
                Err(error) => {
                    Err(Box::new(FileReport { path: file.into(), outcome: FileOutcome::Unreadable(error) }))
                }
            }
        }))
    }
}

/// What `git log` lists.
struct Listed<'a> {
    versions: Vec<Version>,
    paths: BTreeSet<&'a str>,
}

/// Lines `COMMIT SECONDS`, each followed by lines `:MODE MODE BLOB BLOB STATUS` with the path after a tab. A
/// merge that made bytes of its own has a colon, a mode and a blob more for each further side; one that did not
/// has no such line. A commit that deletes the file makes no version.
fn listed_versions(log: &str) -> Listed<'_> {
    let mut listed = Listed { versions: Vec::new(), paths: BTreeSet::new() };
    let mut head = None;
    for line in log.lines() {
        let changed = line.trim_start_matches(':');
        let sides = line.len() - changed.len();
        if sides == 0 {
            head = if line.is_empty() { head } else { commit(line) };
            continue;
        }
        let Some((words, path)) = changed.split_once('\t') else { continue };
        listed.paths.insert(path);
        let words: Vec<&str> = words.split(' ').collect();
        let (Some(mode), Some(blob)) = (words.get(sides), words.get(2 * sides + 1)) else { continue };
        let Some((commit, committed_at)) = head else { continue };
        // A link or a submodule has no document either; it is reported where it is read.
        if *mode != "000000" {
            listed.versions.push(Version {
                commit: commit.to_string(),
                committed_at,
                blob: blob.to_string(),
            });
        }
    }
    listed
}

/// `COMMIT SECONDS`.
fn commit(line: &str) -> Option<(&str, Timestamp)> {
    let (commit, seconds) = line.split_once(' ')?;
    let micros = seconds.trim().parse::<i64>().ok()?.checked_mul(1_000_000)?;
    Some((commit, Timestamp::from_micros(micros)?))
}

/// The versions without those that another one replaced within the second, and how many these are. A history
/// that was rewritten has many.
fn last_of_each_second(versions: Vec<Version>) -> (Vec<Version>, usize) {
    let count = versions.len();
    let mut kept: Vec<Version> = Vec::with_capacity(count);
    for version in versions {
        kept.pop_if(|last| last.committed_at == version.committed_at);
        kept.push(version);
    }
    let replaced = count - kept.len();
    (kept, replaced)
}

/// The error of a path that no commit has, with the nearest that the newest one has.
fn never_there(repository: &Path, file: &str) -> Error {
    let message = format!("no commit of {} has the file {file}", repository.display());
    let error = Error::new(ErrorCode::NoAnnouncement, message);
    let list = ["ls-tree", "-r", "-z", "--name-only", "--full-tree", "HEAD"].map(OsStr::new);
    let files = child::run(repository, list.into_iter()).unwrap_or_default();
    let files = || files.split('\0').filter(|name| !name.is_empty());
    let elsewhere = files().find(|name| file_name(Path::new(name)) == file_name(Path::new(file)));
    match elsewhere.or_else(|| nearest(file, files())) {
        Some(near) => error.hint(format!("did you mean {near}?")),
        None => error.hint("write the path from the folder that is named: data/tiers.json"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_with_other_bytes_is_a_version_and_a_deletion_is_none() {
        let log = "aa 10\n\n:000000 100644 00 b1 A\tt.json\nbb 20\n\n:100644 000000 b1 00 D\tt.json\n\
                   cc 30\n\n::100644 100644 100644 b1 b2 b3 MM\tt.json\ndd 40\n";
        let Listed { versions, paths } = listed_versions(log);
        let listed: Vec<(&str, &str)> = versions.iter().map(|it| (&*it.commit, &*it.blob)).collect();
        assert_eq!((listed, paths.len()), (vec![("aa", "b1"), ("cc", "b3")], 1));
    }

    #[test]
    fn of_versions_within_a_second_the_last_counts() {
        let log: String = ["aa 10", "bb 10", "cc 11"]
            .iter()
            .map(|head| format!("{head}\n\n:100644 100644 0 {} M\tt\n", &head[..2]))
            .collect();
        let (kept, replaced) = last_of_each_second(listed_versions(&log).versions);
        let kept: Vec<&str> = kept.iter().map(|it| it.commit.as_str()).collect();
        assert_eq!((kept, replaced), (vec!["bb", "cc"], 1));
    }
}
