//! The history of one file in a git repository: every version and when it was committed. `git` runs as a child
//! process; nothing is checked out, so that a bare clone will do.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::database::bounded::too_large;
use crate::database::files::{LoadInput, file_name};
use crate::database::load::{FileOutcome, FileReport};
use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::text::nearest;
use crate::time::Timestamp;

/// Settings of a repository that would run programs of its own.
const QUIET: [&str; 5] =
    ["--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"];

/// The versions of a file in a repository, the oldest first.
///
/// ```no_run
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// let history = tierbook::GitHistory::of("clone-of-a-data-set".as_ref(), "binance/tiers.json".as_ref())?;
/// let mut writer = database.writer()?;
/// for version in history.versions()? {
///     match version {
///         Ok(version) => println!("{} files", writer.load(version, Default::default())?.loaded()),
///         Err(report) => println!("{} cannot be read", report.path.display()),
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct GitHistory {
    repository: PathBuf,
    file: String,
    commits: Vec<Commit>,
}

/// A commit that made a version of the file.
#[derive(Debug)]
struct Commit {
    id: String,
    committed_at: Timestamp,
    blob: String,
}

impl GitHistory {
    /// The commits that changed `path`, a file of the repository, as the branch of its head has them. Of a merge
    /// the version that it made counts, not those of the branch that was merged.
    ///
    /// # Errors
    /// `git` cannot be run, or the folder is no repository (`no_repository`); or no commit has the file
    /// (`no_announcement`).
    pub fn of(repository: &Path, path: &Path) -> Result<GitHistory, Error> {
        let format = ["log", "--first-parent", "-m", "--reverse", "--raw", "--no-abbrev", "--no-renames"];
        let arguments =
            format.iter().map(OsStr::new).chain(["--format=%x00%H %ct", "-z", "--"].map(OsStr::new));
        let listed = run(repository, arguments.chain([path.as_os_str()]))?;
        let commits: Vec<Commit> = listed.split("\0\0").filter_map(commit).collect();
        let file = path.display().to_string();
        if commits.is_empty() {
            return Err(never_there(repository, &file));
        }
        Ok(GitHistory { repository: repository.to_path_buf(), file, commits })
    }

    /// How many versions there are.
    ///
    /// ```no_run
    /// let history = tierbook::GitHistory::of("a-repository".as_ref(), "tiers.json".as_ref())?;
    /// println!("{} versions", history.count());
    /// # Ok::<(), tierbook::Error>(())
    /// ```
    pub fn count(&self) -> usize {
        self.commits.len()
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
        Ok(self.commits.into_iter().map(move |commit| {
            let id = commit.id.get(..12).unwrap_or(&commit.id);
            let file = format!("{}@{id}", file_name(Path::new(&self.file)));
            match blobs.read(&commit.blob, &file) {
                Ok(bytes) => Ok(LoadInput::Version { file, bytes, committed_at: commit.committed_at }),
                Err(error) => {
                    Err(Box::new(FileReport { path: file.into(), outcome: FileOutcome::Unreadable(error) }))
                }
            }
        }))
    }
}

/// `HASH SECONDS`, then `:MODE MODE BLOB BLOB STATUS` and the path; `None` for a commit without the file.
fn commit(listed: &str) -> Option<Commit> {
    let (head, changed) = listed.trim_start_matches('\0').split_once(['\0', '\n'])?;
    let (id, seconds) = head.split_once(' ')?;
    let mut words = changed.trim_start().strip_prefix(':')?.split([' ', '\0']);
    let (mode, blob, status) = (words.nth(1)?, words.nth(1)?, words.next()?);
    let is_file = mode.starts_with("100") && !status.starts_with('D');
    let micros = seconds.trim().parse::<i64>().ok()?.checked_mul(1_000_000)?;
    let committed_at = Timestamp::from_micros(micros)?;
    is_file.then(|| Commit { id: id.to_string(), committed_at, blob: blob.to_string() })
}

/// `git cat-file --batch`, which gives the bytes of each blob that is asked for.
struct Blobs {
    child: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Blobs {
    fn of(repository: &Path) -> Result<Blobs, Error> {
        let mut command = command(repository);
        let child = command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = child.stderr(Stdio::null()).spawn().map_err(|error| cannot_run(&error))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(ask), Some(answers)) => Ok(Blobs { child, ask, answers: BufReader::new(answers) }),
            _ => Err(cannot_run(&std::io::Error::other("it has no input or output"))),
        }
    }

    fn read(&mut self, blob: &str, file: &str) -> Result<Vec<u8>, Error> {
        let failed = |error: std::io::Error| {
            Error::new(ErrorCode::CannotRead, format!("git cannot read {file}: {error}")).because(error)
        };
        writeln!(self.ask, "{blob}").and_then(|()| self.ask.flush()).map_err(failed)?;
        let mut head = String::new();
        self.answers.read_line(&mut head).map_err(failed)?;
        let size = head.trim_end().rsplit_once(' ').and_then(|(_, size)| size.parse::<u64>().ok());
        let Some(size) = size else {
            return Err(failed(std::io::Error::other(head.trim_end().to_string())));
        };
        // The bytes and the line end after them are read in any case, so that the next answer can be.
        let mut bytes = Vec::new();
        let kept = size.min(limits::DOCUMENT_BYTES);
        (&mut self.answers).take(kept).read_to_end(&mut bytes).map_err(failed)?;
        let rest = std::io::copy(&mut (&mut self.answers).take(size - kept + 1), &mut std::io::sink());
        rest.map_err(failed)?;
        if size > limits::DOCUMENT_BYTES { Err(too_large(file, &size.to_string())) } else { Ok(bytes) }
    }
}

impl Drop for Blobs {
    fn drop(&mut self) {
        // It ends by itself when its input does; waiting for it leaves no process behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(repository: &Path) -> Command {
    let mut command = Command::new("git");
    command.args(QUIET).arg("-C").arg(repository).env("LC_ALL", "C").env("GIT_TERMINAL_PROMPT", "0");
    command
}

/// Runs git to its end, and gives what it prints.
fn run<'a>(repository: &Path, arguments: impl Iterator<Item = &'a OsStr>) -> Result<String, Error> {
    let output = command(repository).args(arguments).output().map_err(|error| cannot_run(&error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let message = String::from_utf8_lossy(&output.stderr);
    let first = message.lines().find(|line| line.starts_with("fatal:")).unwrap_or("git failed");
    let first = first.trim_start_matches("fatal:").trim();
    let error = Error::new(
        ErrorCode::NoRepository,
        format!("cannot read the history of {}: {first}", repository.display()),
    );
    Err(match first {
        _ if first.contains("dubious ownership") => {
            let folder = repository.display();
            error.hint(format!(
                "git config --global --add safe.directory {folder} tells git that you trust it"
            ))
        }
        _ if first.contains("does not have any commits") => error.hint("commit the file first"),
        _ => error.hint("name the folder of a git repository, or of a bare clone of one"),
    })
}

fn cannot_run(error: &std::io::Error) -> Error {
    let message = format!("git cannot be run: {error}");
    Error::new(ErrorCode::NoRepository, message).hint("install git, so that it is found in PATH")
}

/// The error of a path that no commit has, with the nearest that the newest one has.
fn never_there(repository: &Path, file: &str) -> Error {
    let error = Error::new(
        ErrorCode::NoAnnouncement,
        format!("no commit of {} has the file {file}", repository.display()),
    );
    let list = ["ls-tree", "-r", "-z", "--name-only", "--full-tree", "HEAD"].map(OsStr::new);
    let files = run(repository, list.into_iter()).unwrap_or_default();
    match nearest(file, files.split('\0').filter(|name| !name.is_empty())) {
        Some(near) => error.hint(format!("did you mean {near}?")),
        None => error.hint("write the path from the top of the repository: data/tiers.json"),
    }
}
