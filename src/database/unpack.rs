//! Compressed documents, gzip and Zstandard. Nothing is unpacked to the disk.

use std::io;

use flate2::read::MultiGzDecoder;

use crate::compression;
use crate::database::bounded::within_limit;
use crate::error::{Error, ErrorCode};

/// The first bytes of a gzip file.
const GZIP: &[u8] = b"\x1f\x8b";

/// Where a tar archive has its mark.
const TAR: (usize, &[u8]) = (257, b"ustar");

/// The name of the document of a compressed file; `None` for another name.
pub fn uncompressed_name(name: &str) -> Option<&str> {
    let (stem, ending) = name.rsplit_once('.')?;
    ["gz", "zst"].iter().any(|known| ending.eq_ignore_ascii_case(known)).then_some(stem)
}

/// A document and its name, unpacked where it is compressed.
///
/// # Errors
/// It is cut off or damaged (`damaged_archive`), has too many bytes when unpacked (`too_large`), or is a tar
/// archive (`not_text`).
pub fn unpacked(name: String, bytes: Vec<u8>) -> Result<(String, Vec<u8>), Error> {
    let is_damaged = |error: io::Error| damaged(&name, &error.to_string());
    let unpacked = match bytes.as_slice() {
        all if all.starts_with(GZIP) => within_limit(&name, MultiGzDecoder::new(all), is_damaged)?,
        all if all.starts_with(compression::MAGIC) => {
            within_limit(&name, compression::reader(all).map_err(is_damaged)?, is_damaged)?
        }
        _ => return Ok((name, bytes)),
    };
    let (at, mark) = TAR;
    if unpacked.get(at..at + mark.len()) == Some(mark) {
        return Err(Error::new(ErrorCode::NotText, format!("{name} is a tar archive"))
            .hint("unpack it into a folder, and load the folder"));
    }
    let name = uncompressed_name(&name).unwrap_or(&name).to_string();
    Ok((name, unpacked))
}

/// The error of what cannot be unpacked.
pub fn damaged(name: &str, why: &str) -> Error {
    Error::new(ErrorCode::DamagedArchive, format!("{name} cannot be unpacked: {why}"))
        .hint("fetch the file again: it may be cut off")
}
