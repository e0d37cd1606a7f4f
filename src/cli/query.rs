//! The command `query`: statements from the arguments, a file or standard input.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::options::QueryArguments;
use super::session::Session;
use super::status::ExitStatus;
use tierbook::{Error, ErrorCode, limits};

/// One byte more than a query may have, so that a longer one is refused as too long.
const READ_BYTES: u64 = limits::QUERY_BYTES as u64 + 1;

/// `query TEXT`, `query --file FILE`, `query -`.
pub fn run(session: &Session, arguments: &QueryArguments) -> ExitStatus {
    let read = match (&arguments.file, arguments.text.as_slice()) {
        (Some(file), _) if file.as_os_str() == "-" => {
            read_stdin(session).map(|text| (Some(STDIN.to_string()), text))
        }
        (Some(file), _) => read_file(file).map(|text| (Some(file.display().to_string()), text)),
        (None, [dash]) if dash == "-" => read_stdin(session).map(|text| (None, text)),
        (None, words) => Ok((None, words.join(" "))),
    };
    match read {
        Ok((file, text)) => session.ask_file(file.as_deref(), &text),
        Err(error) => session.report(&error),
    }
}

const STDIN: &str = "standard input";

fn read_file(file: &Path) -> Result<String, Error> {
    let name = file.display();
    let mut bytes = Vec::new();
    let read = File::open(file).and_then(|file| file.take(READ_BYTES).read_to_end(&mut bytes));
    read.map_err(|error| {
        Error::new(ErrorCode::CannotRead, format!("cannot read {name}: {error}"))
            .hint("name a file of statements, or `-` for standard input")
    })?;
    as_text(bytes, &name.to_string())
}

fn read_stdin(session: &Session) -> Result<String, Error> {
    let bytes = session
        .console
        .read_all(READ_BYTES)
        .map_err(|error| Error::new(ErrorCode::CannotReadStdin, format!("cannot read {STDIN}: {error}")))?;
    as_text(bytes, STDIN)
}

/// The error of what is longer than a query. Its rest is not read, so that only the limit can be named.
pub(super) fn too_long(name: &str) -> Error {
    let message =
        format!("{name} has more than {} bytes, the most that a query may have", limits::QUERY_BYTES);
    Error::new(ErrorCode::QueryTooLong, message)
}

fn as_text(bytes: Vec<u8>, name: &str) -> Result<String, Error> {
    if bytes.len() > limits::QUERY_BYTES {
        return Err(too_long(name).hint("split it into several files"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + valid.iter().filter(|byte| **byte == b'\n').count();
        Error::new(ErrorCode::QueryNotText, format!("{name} is not UTF-8 text, from line {line} on"))
            .hint("statements are plain text")
    })
}
