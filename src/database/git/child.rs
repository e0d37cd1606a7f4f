//! `git` as a child process. The repository may come from anywhere: nothing in it can make git run a program, fetch
//! from elsewhere, or wait for ever.

mod deadline;

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use crate::database::bounded::too_large;
use crate::error::{Error, ErrorCode};
use crate::limits;
use deadline::Watched;

/// Settings of a repository that would run programs of its own, or open files that it names; and a path is a path,
/// whatever signs it has. A file that its configuration includes is opened all the same, which has a deadline.
const QUIET: [&str; 22] = [
    "--no-pager",
    "--no-optional-locks",
    "--no-replace-objects",
    "--literal-pathspecs",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "protocol.allow=never",
    "-c",
    "diff.orderFile=/dev/null",
    "-c",
    "log.mailmap=false",
    "-c",
    "mailmap.file=/dev/null",
    "-c",
    "mailmap.blob=",
    "-c",
    "core.attributesFile=/dev/null",
    "-c",
    "core.excludesFile=/dev/null",
];

/// Variables that a hook, or a script that works on another repository, leaves in the environment.
const OTHER_REPOSITORY: [&str; 7] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
];

/// Git in a folder, without its arguments.
fn git(repository: &Path) -> Command {
    let mut command = Command::new("git");
    for variable in OTHER_REPOSITORY {
        command.env_remove(variable);
    }
    command.args(QUIET).arg("-C").arg(repository).stdin(Stdio::null());
    command.env("LC_ALL", "C").env("GIT_TERMINAL_PROMPT", "0").env("GIT_NO_LAZY_FETCH", "1");
    // Before 2.45 git fetches lazily all the same, and a repository may allow a protocol that runs a program.
    command.env("GIT_ALLOW_PROTOCOL", "none");
    command
}

/// Runs git to its end, and gives what it prints.
///
/// # Errors
/// It cannot be run, or fails (`no_repository`), or prints more than [`limits::GIT_LISTED_BYTES`] (`too_many_commits`).
pub fn run<'a>(repository: &Path, arguments: impl Iterator<Item = &'a OsStr>) -> Result<String, Error> {
    let (status, printed, message) =
        output(git(repository).args(arguments)).map_err(|error| cannot_run(&error))?;
    let Some(printed) = printed else {
        let most = limits::GIT_LISTED_BYTES;
        let message = format!("git lists more than {most} bytes of {}", repository.display());
        return Err(Error::new(ErrorCode::TooManyCommits, message)
            .hint("load the newest version of the file alone, or a clone with fewer commits"));
    };
    if status.success() {
        return Ok(printed);
    }
    let first = message.lines().find_map(|line| line.strip_prefix("fatal:")).unwrap_or("git failed").trim();
    let folder = repository.display();
    let message = format!("cannot read the history of {folder}: {first}");
    let error = Error::new(ErrorCode::NoRepository, message);
    Err(match first {
        _ if first.contains("dubious ownership") => error
            .hint(format!("git config --global --add safe.directory {folder} tells git that you trust it")),
        _ if first.contains("does not have any commits") => error.hint("commit the file first"),
        _ if first.contains("outside repository") => error.hint("write the path as it is in the repository"),
        _ => error.hint("name the folder of a git repository, or of a bare clone of one"),
    })
}

/// What is printed; `None` where it is more than is read.
fn listed(output: impl Read) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    output.take(limits::GIT_LISTED_BYTES + 1).read_to_end(&mut bytes)?;
    let is_all = bytes.len() as u64 <= limits::GIT_LISTED_BYTES;
    Ok(is_all.then(|| String::from_utf8_lossy(&bytes).into_owned()))
}

/// The beginning of what is printed, all of which is read.
fn first_of(mut output: impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    (&mut output).take(limits::MESSAGE_BYTES as u64).read_to_end(&mut bytes)?;
    io::copy(&mut output, &mut io::sink())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// How a command ends before its deadline, what it prints, `None` where that is more than is read, and the beginning of its
/// messages.
fn output(command: &mut Command) -> io::Result<(ExitStatus, Option<String>, String)> {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (printed, messages) = (child.stdout.take(), child.stderr.take());
    let watched = Watched::of(child, Duration::from_secs(limits::GIT_SECONDS));
    let _running = watched.running();
    // Both at the same time: git waits where one is full.
    let messages = thread::spawn(move || messages.map_or(Ok(String::new()), first_of));
    let printed = printed.map_or(Ok(Some(String::new())), listed)?;
    if printed.is_none() {
        // What is left of it nobody reads: it is ended where `watched` is dropped.
        return Ok((ExitStatus::default(), None, String::new()));
    }
    let messages =
        messages.join().unwrap_or_else(|_| Err(io::Error::other("its messages cannot be read")))?;
    Ok((watched.end()?, printed, messages))
}

/// `git cat-file --batch`, which gives the bytes of each blob that is asked for.
pub struct Blobs {
    child: Watched,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Blobs {
    /// Starts it.
    ///
    /// # Errors
    /// It cannot be run (`no_repository`).
    pub fn of(repository: &Path) -> Result<Blobs, Error> {
        let mut command = git(repository);
        let child = command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = child.stderr(Stdio::null()).spawn().map_err(|error| cannot_run(&error))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(ask), Some(answers)) => {
                let child = Watched::of(child, Duration::from_secs(limits::GIT_SECONDS));
                Ok(Blobs { child, ask, answers: BufReader::new(answers) })
            }
            _ => Err(cannot_run(&io::Error::other("it has no input or output"))),
        }
    }

    /// The bytes of a blob, which is a version of `file`.
    ///
    /// # Errors
    /// The repository lacks it (`cannot_read`), or it has more bytes than a document may have (`too_large`).
    pub fn read(&mut self, blob: &str, file: &str) -> Result<Vec<u8>, Error> {
        let failed = |error: io::Error| {
            Error::new(ErrorCode::CannotRead, format!("git cannot read {file}: {error}")).because(error)
        };
        let _running = self.child.running();
        writeln!(self.ask, "{blob}").and_then(|()| self.ask.flush()).map_err(failed)?;
        let mut head = String::new();
        self.answers.read_line(&mut head).map_err(failed)?;
        let size = head.trim_end().rsplit_once(' ').and_then(|(_, size)| size.parse::<u64>().ok());
        let Some(size) = size else {
            return Err(failed(io::Error::other(format!("the repository lacks {blob}")))
                .hint("a partial or damaged clone: clone the repository again, as a whole"));
        };
        // The bytes and the line end after them are read in any case, so that the next answer can be.
        let mut bytes = Vec::new();
        let kept = size.min(limits::DOCUMENT_BYTES);
        (&mut self.answers).take(kept).read_to_end(&mut bytes).map_err(failed)?;
        let rest =
            io::copy(&mut (&mut self.answers).take(size - kept + 1), &mut io::sink()).map_err(failed)?;
        if rest != size - kept + 1 {
            return Err(failed(io::ErrorKind::UnexpectedEof.into()));
        }
        if size > limits::DOCUMENT_BYTES { Err(too_large(file, &size.to_string())) } else { Ok(bytes) }
    }
}

fn cannot_run(error: &io::Error) -> Error {
    Error::new(ErrorCode::NoRepository, format!("git cannot be run: {error}"))
        .hint("install git, so that it is found in PATH")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_of_the_most_bytes_is_read_and_one_more_is_refused() {
        let printed =
            |bytes: u64| listed(io::repeat(b'a').take(bytes)).unwrap().map(|text| text.len() as u64);
        assert_eq!(printed(limits::GIT_LISTED_BYTES), Some(limits::GIT_LISTED_BYTES));
        assert_eq!(printed(limits::GIT_LISTED_BYTES + 1), None);
    }

    #[test]
    fn a_long_complaint_keeps_nobody_waiting_and_its_beginning_is_told() {
        assert_eq!(first_of(io::repeat(b'a').take(1 << 20)).unwrap().len(), limits::MESSAGE_BYTES);
    }
}
