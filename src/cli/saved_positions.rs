//! Positions that commands are about: a file, standard input, or a set that was saved beside the configuration.

use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use super::impact_options::PositionsCommand;
use super::saved_sets::{find, folder, is_name, sets};
use super::session::Session;
use super::status::ExitStatus;
use tierbook::positions::PositionsFile;
use tierbook::positions::read::{self, Parts};
use tierbook::text::counted;
use tierbook::{Error, ErrorCode, limits};

/// The command `positions`.
pub fn run(session: &Session, command: &PositionsCommand) -> ExitStatus {
    let done = match command {
        PositionsCommand::Save { name, file } => save(session, name, file),
        PositionsCommand::List => list(session),
        PositionsCommand::Show { name } => show(session, name),
        PositionsCommand::Remove { name } => remove(session, name),
    };
    match done {
        Ok(()) => ExitStatus::OK,
        Err(error) => session.report(&error),
    }
}

/// The parts of a file, of standard input (`-`), or of the saved set of that name where there is no such file.
///
/// # Errors
/// There is neither, or it cannot be read.
pub fn parts(session: &Session, file: &Path) -> Result<Parts, Error> {
    if file.as_os_str() == "-" {
        if session.console.is_interactive {
            return Err(Error::new(ErrorCode::CannotRead, "standard input is the terminal")
                .hint("pipe positions into it: cat account.json | tierbook impact -"));
        }
        return Parts::from_reader(Cursor::new(standard_input(session)?), None);
    }
    Parts::open(path(session, file)?, None)
}

fn standard_input(session: &Session) -> Result<Vec<u8>, Error> {
    let bytes = session.console.read_all(limits::PIPED_PARQUET_BYTES + 1).map_err(|error| {
        Error::new(ErrorCode::CannotReadStdin, format!("cannot read standard input: {error}"))
    })?;
    check_length("standard input", bytes.len() as u64).map(|()| bytes)
}

/// Refuses what does not fit into memory. What was cut off would look like all positions.
fn check_length(name: &str, bytes: u64) -> Result<(), Error> {
    let most = limits::PIPED_PARQUET_BYTES;
    if bytes <= most {
        return Ok(());
    }
    let message = format!("{name} has more than {most} bytes; so many are read at once");
    Err(Error::new(ErrorCode::TooLarge, message)
        .hint("name a file: tierbook impact FILE reads one of any length part by part"))
}

/// The file of that name, else that of the saved set.
fn path(session: &Session, file: &Path) -> Result<PathBuf, Error> {
    match file.to_str().filter(|_| !file.exists()) {
        Some(name) => find(&session.config_file, name),
        None => Ok(file.to_path_buf()),
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, Error> {
    let name = path.display().to_string();
    let cannot_read = |error| {
        Error::new(ErrorCode::CannotRead, format!("cannot read {name}: {error}"))
            .hint("name a file of positions: CSV, JSON, JSON lines, TOML, Parquet or Arrow")
    };
    let file = fs::File::open(path).map_err(cannot_read)?;
    check_length(&name, file.metadata().map_or(0, |metadata| metadata.len()))?;
    let mut bytes = Vec::new();
    file.take(limits::PIPED_PARQUET_BYTES + 1).read_to_end(&mut bytes).map_err(cannot_read)?;
    check_length(&name, bytes.len() as u64).map(|()| bytes)
}

fn save(session: &Session, name: &str, file: &Path) -> Result<(), Error> {
    if !is_name(name) {
        let message = format!("`{name}` cannot be the name of a saved set");
        let most = limits::SET_NAME_BYTES;
        let hint = format!("use letters, digits, - and _, at most {most} of them: main-account");
        return Err(Error::new(ErrorCode::BadSetName, message).hint(hint));
    }
    let (bytes, path) = match file.as_os_str() == "-" {
        true => (standard_input(session)?, file.to_path_buf()),
        false => {
            let path = path(session, file)?;
            (read_file(&path)?, path)
        }
    };
    let PositionsFile { account, notices } = read::read(&bytes, None)?;
    session.notices(&notices);
    let folder = folder(&session.config_file)?;
    let before: Vec<PathBuf> = sets(&session.config_file)?
        .into_iter()
        .filter(|(known, _)| known == name)
        .map(|(_, path)| path)
        .collect();
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or("data");
    let target = folder.join(format!("{name}.{ending}"));
    write(&folder, &target, &bytes)?;
    for old in before.iter().filter(|old| **old != target) {
        fs::remove_file(old).map_err(|error| cannot_write(old, error))?;
    }
    let replaced = if before.is_empty() { "saved" } else { "replaced" };
    let count = counted(account.positions.len() as u64, "position");
    session.console.message(&format!("{replaced} {name}: {count}, in {}\n", target.display()));
    session
        .console
        .message(&format!("ask: tierbook impact {name}; remove it: tierbook positions remove {name}\n"));
    Ok(())
}

/// Writes a file as a whole or not at all, readable by the user alone.
fn write(folder: &Path, target: &Path, bytes: &[u8]) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|error| cannot_write(folder, error))?;
    let temporary = target.with_extension(format!("new-{}", std::process::id()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written =
        options.open(&temporary).and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    written.and_then(|()| fs::rename(&temporary, target)).map_err(|error| {
        let _ = fs::remove_file(&temporary);
        cannot_write(target, error)
    })
}

fn cannot_write(path: &Path, error: std::io::Error) -> Error {
    Error::new(ErrorCode::CannotWrite, format!("cannot write {}: {error}", path.display()))
}

fn list(session: &Session) -> Result<(), Error> {
    let sets = sets(&session.config_file)?;
    if sets.is_empty() {
        session.console.message("no positions are saved; save some: tierbook positions save NAME FILE\n");
    }
    for (name, path) in sets {
        session.print(&format!("{name}\t{}\n", path.display()));
    }
    Ok(())
}

fn show(session: &Session, name: &str) -> Result<(), Error> {
    let bytes = read_file(&find(&session.config_file, name)?)?;
    session.console.print_bytes(&bytes);
    Ok(())
}

fn remove(session: &Session, name: &str) -> Result<(), Error> {
    let path = find(&session.config_file, name)?;
    fs::remove_file(&path).map_err(|error| cannot_write(&path, error))?;
    session.console.message(&format!("removed {name}\n"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_bytes_are_read_at_once_and_one_more_is_refused() {
        let most = limits::PIPED_PARQUET_BYTES;
        assert_eq!(check_length("standard input", most), Ok(()));
        let over = check_length("standard input", most + 1).unwrap_err();
        assert_eq!(over.code(), ErrorCode::TooLarge);
        assert_eq!(
            over.message(),
            format!("standard input has more than {most} bytes; so many are read at once")
        );
    }
}
