//! Compressed documents, gzip and Zstandard. Nothing is unpacked to the disk.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::database::bounded::within_limit;
use crate::error::{Error, ErrorCode};

/// The first bytes of each form.
const GZIP: &[u8] = b"\x1f\x8b";
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";

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
        all if all.starts_with(ZSTD) => within_limit(&name, ZstdFrames::of(all), is_damaged)?,
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

/// The frames of a Zstandard file, one after another: tools that compress in parallel, or that append, write
/// several. Of each that has a checksum it is compared.
struct ZstdFrames<'a> {
    rest: &'a [u8],
    decoder: FrameDecoder,
    in_frame: bool,
}

impl ZstdFrames<'_> {
    fn of(bytes: &[u8]) -> ZstdFrames<'_> {
        ZstdFrames { rest: bytes, decoder: FrameDecoder::new(), in_frame: false }
    }

    /// Starts the next frame; false after the last one.
    fn start(&mut self) -> io::Result<bool> {
        while !self.rest.is_empty() {
            match self.decoder.init(&mut self.rest) {
                Ok(()) => {
                    self.in_frame = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    self.rest = self.rest.get(length as usize..).ok_or(io::ErrorKind::UnexpectedEof)?;
                }
                Err(error) => return Err(io::Error::other(error)),
            }
        }
        Ok(false)
    }

    fn end(&mut self) -> io::Result<()> {
        self.in_frame = false;
        let stated = self.decoder.get_checksum_from_data();
        if stated.is_some() && stated != self.decoder.get_calculated_checksum() {
            return Err(io::Error::other("its checksum is another one"));
        }
        Ok(())
    }
}

impl Read for ZstdFrames<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.in_frame || self.start()? {
            if self.decoder.can_collect() > 0 {
                return self.decoder.read(buffer);
            }
            if self.decoder.is_finished() {
                self.end()?;
                continue;
            }
            let one = BlockDecodingStrategy::UptoBlocks(1);
            self.decoder.decode_blocks(&mut self.rest, one).map_err(io::Error::other)?;
        }
        Ok(0)
    }
}

/// The error of what cannot be unpacked.
pub fn damaged(name: &str, why: &str) -> Error {
    Error::new(ErrorCode::DamagedArchive, format!("{name} cannot be unpacked: {why}"))
        .hint("fetch the file again: it may be cut off")
}
