//! Compressed documents: gzip, Zstandard, and the members of ZIP archives. Nothing is unpacked to the disk.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::StreamingDecoder;
use zip::ZipArchive;
use zip::result::ZipError;

use crate::database::bounded::within_limit;
use crate::error::{Error, ErrorCode};
use crate::limits;

/// The first bytes of each form.
const GZIP: &[u8] = b"\x1f\x8b";
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";
const ZIP: &[u8] = b"PK\x03\x04";

/// Where a tar archive has its mark.
const TAR: (usize, &[u8]) = (257, b"ustar");

/// The name of the document of a compressed file; `None` for another name.
pub fn uncompressed_name(name: &str) -> Option<&str> {
    let (stem, ending) = name.rsplit_once('.')?;
    ["gz", "zst"].iter().any(|known| ending.eq_ignore_ascii_case(known)).then_some(stem)
}

/// Whether a file is an archive of documents, by its name and its first bytes.
pub fn is_archive(path: &Path) -> bool {
    let is_named = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"));
    let mut first = [0; ZIP.len()];
    is_named && File::open(path).and_then(|mut file| file.read_exact(&mut first)).is_ok() && first == ZIP
}

/// A document and its name, unpacked where it is compressed.
///
/// # Errors
/// It is cut off or damaged (`damaged_archive`), has too many bytes when unpacked (`too_large`), or is a tar
/// archive (`not_text`).
pub fn unpacked(name: String, bytes: Vec<u8>) -> Result<(String, Vec<u8>), Error> {
    let mut read: Box<dyn Read + '_> = match bytes.as_slice() {
        [first, second, ..] if [*first, *second] == GZIP => Box::new(MultiGzDecoder::new(bytes.as_slice())),
        all if all.starts_with(ZSTD) => {
            Box::new(StreamingDecoder::new(all).map_err(|error| damaged(&name, &error.to_string()))?)
        }
        _ => return Ok((name, bytes)),
    };
    let unpacked = within_limit(&name, &mut read, |error| damaged(&name, &error.to_string()))?;
    drop(read);
    let (at, mark) = TAR;
    if unpacked.get(at..at + mark.len()) == Some(mark) {
        return Err(Error::new(ErrorCode::NotText, format!("{name} is a tar archive"))
            .hint("unpack it into a folder, and load the folder"));
    }
    let name = uncompressed_name(&name).unwrap_or(&name).to_string();
    Ok((name, unpacked))
}

/// The names of the documents in an archive, in its order: hidden files and folders are left out.
///
/// # Errors
/// It cannot be read (`cannot_read`), is damaged (`damaged_archive`), or has more than
/// [`limits::ARCHIVE_MEMBERS`] members (`too_large`).
pub fn members(path: &Path) -> Result<Vec<String>, Error> {
    let archive = opened(path)?;
    if archive.len() > limits::ARCHIVE_MEMBERS {
        let (has, most) = (archive.len(), limits::ARCHIVE_MEMBERS);
        let message = format!("{} has {has} members; at most {most} are read", path.display());
        return Err(Error::new(ErrorCode::TooLarge, message).hint("unpack it, and load the folder"));
    }
    let is_shown = |part: &str| !part.starts_with('.') && part != "__MACOSX";
    let mut names = Vec::new();
    for name in archive.file_names() {
        let name = name.map_err(|error| damaged(&path.display().to_string(), &error.to_string()))?;
        if !name.ends_with('/') && name.split('/').all(is_shown) {
            names.push(name.into_owned());
        }
    }
    Ok(names)
}

/// One document of an archive.
///
/// # Errors
/// As for [`members`]; or it is encrypted, or too large.
pub fn member(path: &Path, name: &str) -> Result<Vec<u8>, Error> {
    let place = format!("{} in {}", name, path.display());
    let mut archive = opened(path)?;
    let mut file = archive.by_name(name).map_err(|error| damaged(&place, &error.to_string()))?;
    within_limit(&place, &mut file, |error| damaged(&place, &error.to_string()))
}

fn opened(path: &Path) -> Result<ZipArchive<File>, Error> {
    let cannot_read = |error: io::Error| {
        Error::new(ErrorCode::CannotRead, format!("cannot read {}: {error}", path.display())).because(error)
    };
    let file = File::open(path).map_err(cannot_read)?;
    ZipArchive::new(file).map_err(|error| match error {
        ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => cannot_read(error),
        error => damaged(&path.display().to_string(), &error.to_string()),
    })
}

fn damaged(name: &str, why: &str) -> Error {
    Error::new(ErrorCode::DamagedArchive, format!("{name} cannot be unpacked: {why}"))
        .hint("fetch the file again: it may be cut off")
}
