//! The saved sets of positions: files beside the configuration, under the names that the user gave them.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::environment::NamedBy;
use tierbook::{Error, ErrorCode, limits};

/// The configuration of the user, and what named it.
pub type ConfigFile = Option<(PathBuf, NamedBy)>;

/// The folder of the saved sets.
pub fn folder(config: &ConfigFile) -> Result<PathBuf, Error> {
    let config = config.as_ref().and_then(|(file, _)| file.parent());
    config.map(|folder| folder.join("positions")).ok_or_else(|| {
        Error::new(ErrorCode::NoHome, "there is no home folder for saved positions")
            .hint("name a configuration with --config FILE: they are kept beside it")
    })
}

/// The saved sets: the name and the file of each, in order.
pub fn sets(config: &ConfigFile) -> Result<Vec<(String, PathBuf)>, Error> {
    let folder = folder(config)?;
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

/// The file of a saved set.
///
/// # Errors
/// There is no set of that name, and no file.
pub fn find(config: &ConfigFile, name: &str) -> Result<PathBuf, Error> {
    let sets = sets(config).unwrap_or_default();
    if let Some((_, path)) = sets.iter().find(|(known, _)| known == name) {
        return Ok(path.clone());
    }
    let error = Error::new(ErrorCode::CannotRead, format!("there is no file and no saved set `{name}`"));
    let names: Vec<&str> = sets.iter().map(|(name, _)| name.as_str()).collect();
    let error = match tierbook::text::nearest(name, names.iter().copied()) {
        Some(near) => error.hint(format!("did you mean the saved set {near}?")),
        None if names.is_empty() => error,
        None => error.hint(format!("the saved sets are: {}", names.join(", "))),
    };
    Err(error.hint("name a file of positions: CSV, JSON, JSON lines, TOML, Parquet or Arrow"))
}

/// Whether a set may have this name.
pub fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= limits::SET_NAME_BYTES
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}
