//! Positions that commands are about: a file, standard input, or a set that was saved beside the configuration.

use std::fs;
use std::io::{Cursor, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::impact_options::PositionsCommand;
use super::session::Session;
use super::status::ExitStatus;
use tierbook::positions::read::Parts;
use tierbook::positions::{Account, PositionsFile};
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

/// The account in the saved set of a name.
///
/// # Errors
/// There is none, or it cannot be read.
pub fn account_of_set(session: &Session, name: &str) -> Result<Account, Error> {
    read(session, &find(session, name)?)
}

fn read(session: &Session, path: &Path) -> Result<Account, Error> {
    let PositionsFile { account, notices } = PositionsFile::open(path, None)?;
    session.notices(&notices);
    Ok(account)
}

fn standard_input(session: &Session) -> Result<Vec<u8>, Error> {
    session.console.read_all(limits::PIPED_PARQUET_BYTES).map_err(|error| {
        Error::new(ErrorCode::CannotReadStdin, format!("cannot read standard input: {error}"))
    })
}

/// The file of that name, else that of the saved set.
fn path(session: &Session, file: &Path) -> Result<PathBuf, Error> {
    match file.to_str().filter(|_| !file.exists()) {
        Some(name) => find(session, name),
        None => Ok(file.to_path_buf()),
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|error| {
        Error::new(ErrorCode::CannotRead, format!("cannot read {}: {error}", path.display()))
            .hint("name a file of positions: CSV, JSON, JSON lines, TOML, Parquet or Arrow")
    })
}

/// The folder of the saved sets.
fn folder(session: &Session) -> Result<PathBuf, Error> {
    let config = session.config_file.as_ref().and_then(|(file, _)| file.parent());
    config.map(|folder| folder.join("positions")).ok_or_else(|| {
        Error::new(ErrorCode::NoHome, "there is no home folder for saved positions")
            .hint("name a configuration with --config FILE: they are kept beside it")
    })
}

/// The saved sets: the name and the file of each, in order.
fn sets(session: &Session) -> Result<Vec<(String, PathBuf)>, Error> {
    let folder = folder(session)?;
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            let message = format!("cannot read {}: {error}", folder.display());
            return Err(Error::new(ErrorCode::CannotRead, message));
        }
    };
    let name = |path: &Path| {
        path.file_stem().and_then(|name| name.to_str()).filter(|it| is_name(it)).map(str::to_string)
    };
    let files = entries.flatten().map(|entry| entry.path());
    let mut sets: Vec<(String, PathBuf)> = files.filter_map(|path| Some((name(&path)?, path))).collect();
    sets.sort();
    Ok(sets)
}

fn find(session: &Session, name: &str) -> Result<PathBuf, Error> {
    let sets = sets(session).unwrap_or_default();
    if let Some((_, path)) = sets.iter().find(|(known, _)| known == name) {
        return Ok(path.clone());
    }
    let error = Error::new(ErrorCode::CannotRead, format!("there is no file and no saved set `{name}`"));
    let names: Vec<&str> = sets.iter().map(|(name, _)| name.as_str()).collect();
    Err(match tierbook::text::nearest(name, names.iter().copied()) {
        Some(near) => error.hint(format!("did you mean the saved set {near}?")),
        None if names.is_empty() => {
            error.hint("name a file of positions: CSV, JSON, JSON lines, TOML, Parquet or Arrow")
        }
        None => error.hint(format!("the saved sets are: {}", names.join(", "))),
    })
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= limits::SET_NAME_BYTES
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn save(session: &Session, name: &str, file: &Path) -> Result<(), Error> {
    if !is_name(name) {
        let message = format!("`{name}` cannot be the name of a saved set");
        return Err(
            Error::new(ErrorCode::BadSetName, message).hint("use letters, digits, - and _: main-account")
        );
    }
    let (bytes, path) = match file.as_os_str() == "-" {
        true => (standard_input(session)?, file.to_path_buf()),
        false => {
            let path = path(session, file)?;
            (read_file(&path)?, path)
        }
    };
    let PositionsFile { account, notices } = PositionsFile::from_reader(Cursor::new(bytes.clone()), None)?;
    session.notices(&notices);
    let folder = folder(session)?;
    let before: Vec<PathBuf> =
        sets(session)?.into_iter().filter(|(known, _)| known == name).map(|(_, path)| path).collect();
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
    let sets = sets(session)?;
    if sets.is_empty() {
        session.console.message("no positions are saved; save some: tierbook positions save NAME FILE\n");
    }
    for (name, path) in sets {
        session.console.print(&format!("{name}\t{}\n", path.display()));
    }
    Ok(())
}

fn show(session: &Session, name: &str) -> Result<(), Error> {
    let bytes = read_file(&find(session, name)?)?;
    session.console.print_bytes(&bytes);
    Ok(())
}

fn remove(session: &Session, name: &str) -> Result<(), Error> {
    let path = find(session, name)?;
    fs::remove_file(&path).map_err(|error| cannot_write(&path, error))?;
    session.console.message(&format!("removed {name}\n"));
    Ok(())
}
