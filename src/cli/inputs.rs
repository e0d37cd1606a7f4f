//! Which documents the arguments of `load` and `check` mean.

use std::path::{Path, PathBuf};

use super::options::LoadArguments;
use super::report;
use super::session::Session;
use super::status::ExitStatus;
use tierbook::{Error, ErrorCode, FolderFiles, LoadInput};

/// The path that means standard input.
const STANDARD_INPUT: &str = "-";

/// The documents that arguments mean. What is left out of a folder is reported, and so is a path that cannot
/// be read.
pub fn inputs(session: &Session, arguments: &LoadArguments) -> (Vec<LoadInput>, ExitStatus) {
    let (piped, paths): (Vec<PathBuf>, Vec<PathBuf>) =
        arguments.paths.iter().cloned().partition(|path| path.as_os_str() == STANDARD_INPUT);
    let (found, mut status) = found(session, &paths, arguments.recursive);
    for (folder, found) in &found {
        if let Some(line) = report::skipped(folder, found) {
            session.console.message(&line);
        }
    }
    let files = found.into_iter().flat_map(|(_, found)| found.files);
    let mut inputs: Vec<LoadInput> = files.flat_map(|file| documents(session, file, &mut status)).collect();
    if !piped.is_empty() {
        match standard_input(session) {
            Ok(input) => inputs.push(input),
            Err(error) => status.add(session.report(&error)),
        }
    }
    (inputs, status)
}

fn standard_input(session: &Session) -> Result<LoadInput, Error> {
    if session.console.is_interactive {
        return Err(Error::new(ErrorCode::CannotRead, "standard input is the terminal")
            .hint("pipe a document into it: curl … | tierbook load -"));
    }
    session.console.with_input(|input| LoadInput::of_reader("standard input", input))
}

/// What each path means; one that cannot be read is reported.
pub fn found<'p>(
    session: &Session,
    paths: &'p [PathBuf],
    recursive: bool,
) -> (Vec<(&'p Path, FolderFiles)>, ExitStatus) {
    let (mut all, mut status) = (Vec::new(), ExitStatus::OK);
    for path in paths {
        match FolderFiles::of(path, recursive) {
            Ok(found) => {
                for error in &found.errors {
                    status.add(session.report(error));
                }
                all.push((path.as_path(), found));
            }
            Err(error) => status.add(session.report(&error)),
        }
    }
    (all, status)
}

/// The documents of a file: those of an archive are documents of their own, and what is left out of it is
/// reported. So is an archive that cannot be read.
pub fn documents(session: &Session, file: PathBuf, status: &mut ExitStatus) -> Vec<LoadInput> {
    let input = LoadInput::File(file);
    match input.archive() {
        Ok(None) => vec![input],
        Ok(Some(archive)) => {
            if let Some(line) = report::skipped_members(&input.path(), archive.skipped()) {
                session.console.message(&line);
            }
            LoadInput::of_archive(&archive)
        }
        Err(error) => {
            status.add(session.report(&error));
            Vec::new()
        }
    }
}
