//! The one home of zstd: the frames of the journal, and compressed documents.

use std::cell::RefCell;
use std::io::{self, Read};

use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::{CParameter, find_frame_compressed_size};

/// How hard the journal is compressed. Level 9 saves a quarter and takes six times as long.
const LEVEL: i32 = 3;

/// The first bytes of a frame.
pub const MAGIC: &[u8] = b"\x28\xb5\x2f\xfd";

/// Bytes as one frame, with its size and its checksum in it.
///
/// # Errors
/// There is not enough memory.
pub fn frame(bytes: &[u8]) -> io::Result<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|kept| {
        let compressor = match kept {
            Some(compressor) => compressor,
            None => kept.insert(compressor()?),
        };
        compressor.compress(bytes)
    })
}

thread_local! {
    /// A new one for each small frame would cost a third of the time.
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
}

fn compressor() -> io::Result<Compressor<'static>> {
    let mut compressor = Compressor::new(LEVEL)?;
    // zstd leaves it out by default.
    compressor.set_parameter(CParameter::ChecksumFlag(true))?;
    Ok(compressor)
}

/// The bytes of exactly one frame, of which the checksum is compared.
///
/// # Errors
/// It is damaged, is not one frame, or states that it has more than `limit` bytes.
pub fn content(frame: &[u8], limit: usize) -> io::Result<Vec<u8>> {
    let stated = Decompressor::upper_bound(frame).filter(|bytes| *bytes <= limit);
    let over = || io::Error::other(format!("it states no size, or one over the limit of {limit} bytes"));
    let bytes = stated.ok_or_else(over)?;
    if find_frame_compressed_size(frame) != Ok(frame.len()) {
        return Err(io::Error::other("it is not exactly one frame"));
    }
    zstd::bulk::decompress(frame, bytes)
}

/// The content of the frame with which these bytes begin, and how long that frame is; `None` where it is damaged, or
/// has more than `limit` bytes.
pub fn first_frame(bytes: &[u8], limit: usize) -> Option<(Vec<u8>, usize)> {
    let length = find_frame_compressed_size(bytes).ok()?;
    Some((content(bytes.get(..length)?, limit).ok()?, length))
}

/// What can be read of a damaged frame before an error stops it, at most `limit` bytes. It need not be what was written.
pub fn readable(frame: &[u8], limit: usize) -> Vec<u8> {
    let mut content = Vec::new();
    let Ok(decoder) = zstd::stream::read::Decoder::with_buffer(frame) else { return content };
    let mut decoder = decoder.single_frame().take(limit as u64);
    let mut part = [0; 4096];
    while let Ok(length @ 1..) = decoder.read(&mut part) {
        content.extend_from_slice(part.get(..length).unwrap_or_default());
    }
    content
}

/// Whether these bytes begin with a whole frame.
pub fn has_whole_frame(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC) && find_frame_compressed_size(bytes).is_ok()
}

/// What the frames of a compressed document contain, one after another: tools that compress in parallel, or
/// that append, write several. Of each that has a checksum it is compared.
///
/// # Errors
/// There is not enough memory.
pub fn reader(bytes: &[u8]) -> io::Result<impl Read> {
    zstd::stream::read::Decoder::with_buffer(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_whole_frame_within_the_limit_is_read_back() {
        let bytes = b"margin ".repeat(1000);
        let frame = frame(&bytes).unwrap();
        assert!(frame.len() < 100 && has_whole_frame(&frame));
        assert_eq!(content(&frame, bytes.len()).unwrap(), bytes);
        assert!(content(&frame, bytes.len() - 1).is_err());
        for length in 0..frame.len() {
            assert!(content(&frame[..length], bytes.len()).is_err(), "{length}");
        }
        assert!(content(&[&frame[..], &frame[..]].concat(), 2 * bytes.len()).is_err());
        for at in 0..frame.len() {
            let mut flipped = frame.clone();
            flipped[at] ^= 4;
            // One bit of the header is unused.
            assert!(
                content(&flipped, bytes.len()).is_ok_and(|content| content == bytes)
                    || content(&flipped, bytes.len()).is_err(),
                "{at}"
            );
        }
    }
}
