//! The bytes of format 2 in the file: frames one after another, each after its length.
//!
//! The length is in a skippable frame of zstd, so that `zstdcat` prints the journal. It tells a frame that is
//! incomplete from one whose own lengths are damaged, and where the next one begins.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use crate::compression;
use crate::limits;

/// A skippable frame of four bytes, which are the length of the next frame.
pub(super) const BEFORE: [u8; 8] = [0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0];

/// The bytes before a frame.
pub(super) const BEFORE_BYTES: usize = BEFORE.len() + 4;

/// A frame as it was read.
pub(super) enum Found {
    /// Its content, and where it ends in the file.
    Whole(Vec<u8>, u64),
    /// The file ends before it does.
    Incomplete,
    /// It is damaged, in words.
    Damaged(String),
}

/// The bytes of a frame with this content.
///
/// # Errors
/// There is not enough memory.
pub(super) fn written(content: &[u8]) -> Result<Vec<u8>, String> {
    let frame = compression::frame(content).map_err(|error| error.to_string())?;
    let length = u32::try_from(frame.len()).map_err(|error| error.to_string())?;
    Ok([&BEFORE[..], &length.to_le_bytes(), &frame].concat())
}

/// Reads the frame at `offset` of a file with `file_bytes` bytes.
///
/// # Errors
/// The disk refuses.
pub(super) fn read(file: &File, offset: u64, file_bytes: u64) -> io::Result<Found> {
    let rest = file_bytes.saturating_sub(offset);
    if rest < BEFORE_BYTES as u64 {
        return Ok(Found::Incomplete);
    }
    let mut before = [0; BEFORE_BYTES];
    file.read_exact_at(&mut before, offset)?;
    let Some(length) = before.strip_prefix(&BEFORE).and_then(|length| length.first_chunk()) else {
        return Ok(Found::Damaged("what is before it is not its length".to_string()));
    };
    let (length, start) = (u64::from(u32::from_le_bytes(*length)), offset + BEFORE_BYTES as u64);
    let is_too_long = length > limits::JOURNAL_LINE_BYTES as u64;
    let end = start + length;
    let mut frame = vec![0; length.min(file_bytes - start).min(limits::JOURNAL_LINE_BYTES as u64) as usize];
    file.read_exact_at(&mut frame, start)?;
    if is_too_long || end > file_bytes {
        // It may be the length that is damaged, not the frame that is incomplete: then it is whole, or another follows.
        let is_damaged = is_too_long || compression::has_whole_frame(&frame) || has_next(&frame);
        return Ok(if is_damaged {
            Found::Damaged("its length is another one".to_string())
        } else {
            Found::Incomplete
        });
    }
    Ok(match compression::content(&frame, limits::JOURNAL_LINE_BYTES) {
        Ok(content) => Found::Whole(content, end),
        Err(error) => Found::Damaged(error.to_string()),
    })
}

/// Whether another frame begins among these bytes. The content of a frame has no such bytes but by a rare chance.
fn has_next(bytes: &[u8]) -> bool {
    bytes.windows(BEFORE.len()).any(|window| window == BEFORE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::disk;

    fn found(bytes: &[u8]) -> Found {
        let file = disk::unnamed_file(&std::env::temp_dir(), bytes).unwrap();
        read(&file, 0, bytes.len() as u64).unwrap()
    }

    #[test]
    fn a_frame_of_the_most_bytes_is_read_and_one_byte_more_is_refused_before_it_is_unpacked() {
        let mut content = vec![b' '; limits::JOURNAL_LINE_BYTES];
        assert!(
            matches!(found(&written(&content).unwrap()), Found::Whole(read, _) if read.len() == content.len())
        );
        content.push(b' ');
        let Found::Damaged(why) = found(&written(&content).unwrap()) else { panic!("it is read") };
        let most = limits::JOURNAL_LINE_BYTES;
        assert_eq!(why, format!("it states no size, or one over the limit of {most} bytes"));
    }

    #[test]
    fn a_frame_that_states_more_bytes_than_there_may_be_is_damaged_and_not_incomplete() {
        let of_length = |length: usize| [&BEFORE[..], &(length as u32).to_le_bytes(), b"any"].concat();
        assert!(matches!(found(&of_length(limits::JOURNAL_LINE_BYTES)), Found::Incomplete));
        assert!(matches!(found(&of_length(limits::JOURNAL_LINE_BYTES + 1)), Found::Damaged(_)));
    }
}
