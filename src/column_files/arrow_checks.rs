//! What is looked at in Arrow IPC before its reader takes memory for what a file states, or follows it.
//!
//! The reader believes the lengths of messages and of what is compressed in them: memory that is not there ends the
//! process, and a place outside of a message is an assertion that fails.

use std::io::{self, Read, Seek, SeekFrom};

use arrow_ipc::{CompressionType, Message, RecordBatch, root_as_footer, root_as_message};

use crate::limits;

/// What a file ends with, after the length of its footer.
const MAGIC: &[u8] = b"ARROW1";

/// Before the length of the metadata of a message, but in files of before 2019.
const CONTINUATION: [u8; 4] = [0xff; 4];

/// More rows in a batch than an index of Arrow reaches.
const MOST_ROWS: i64 = 1 << 31;

/// How many bytes one byte may become: the most that a sequence of LZ4 can state, and a block of zstd.
const LZ4_GROWTH: i64 = 256;
const ZSTD_GROWTH: i64 = 1 << 17;

/// Checks all messages that the footer of an Arrow IPC file of so many bytes names. The file is at its start after that.
///
/// # Errors
/// One of them cannot be, or the file cannot be read.
pub fn check_file(file: &mut (impl Read + Seek), bytes: u64) -> io::Result<()> {
    let end = (MAGIC.len() + 4) as u64;
    let last = read_at(file, bytes.checked_sub(end).ok_or_else(|| wrong("it is too short"))?, end)?;
    let length = match last.split_first_chunk() {
        Some((length, MAGIC)) => u64::from(u32::from_le_bytes(*length)),
        _ => return Err(wrong("it does not end as one")),
    };
    let start = bytes.checked_sub(end + length).ok_or_else(|| wrong("it has no whole footer"))?;
    let footer = read_at(file, start, length)?;
    let footer =
        root_as_footer(&footer).map_err(|error| wrong(&format!("its footer is damaged: {error}")))?;
    for block in footer.dictionaries().into_iter().chain(footer.recordBatches()).flatten() {
        let sizes =
            (block.offset().try_into(), block.metaDataLength().try_into(), block.bodyLength().try_into());
        let (Ok(offset), Ok(metadata), Ok(body)) = sizes else {
            return Err(wrong("a block has a negative size"));
        };
        let outside = || wrong("a block is outside of it");
        let start: u64 = u64::checked_add(offset, metadata).ok_or_else(outside)?;
        if start.checked_add(body).is_none_or(|end| end > bytes) {
            return Err(outside());
        }
        check_length(body)?;
        let head = read_at(file, offset, metadata)?;
        let prefix = if head.starts_with(&CONTINUATION) { 8 } else { 4 };
        let message = message(head.get(prefix..).ok_or_else(|| wrong("a message is too short"))?)?;
        check(&message, body, &mut |at| {
            let bytes = read_at(file, start + at, 8)?;
            bytes.try_into().map_err(|_| wrong("a message is too short"))
        })?;
    }
    file.seek(SeekFrom::Start(0)).map(drop)
}

fn read_at(file: &mut (impl Read + Seek), at: u64, length: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    whole(file, length)
}

/// So many bytes, of which no more are taken into memory than there are.
fn whole(from: &mut impl Read, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(wrong("it ends within a message")) }
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

fn message(metadata: &[u8]) -> io::Result<Message<'_>> {
    root_as_message(metadata).map_err(|error| wrong(&format!("a message is damaged: {error}")))
}

/// Checks a message with a body of so many bytes; `first` reads eight of them.
fn check(message: &Message, body: u64, first: &mut dyn FnMut(u64) -> io::Result<[u8; 8]>) -> io::Result<()> {
    let dictionary = message.header_as_dictionary_batch().and_then(|batch| batch.data());
    match message.header_as_record_batch().or(dictionary) {
        Some(batch) => check_batch(&batch, body, first),
        None => Ok(()),
    }
}

fn check_batch(
    batch: &RecordBatch,
    body: u64,
    first: &mut dyn FnMut(u64) -> io::Result<[u8; 8]>,
) -> io::Result<()> {
    let rows = batch.nodes().into_iter().flatten().map(|node| (node.length(), node.null_count()));
    for (length, nulls) in rows.chain([(batch.length(), 0)]) {
        if !(0..=MOST_ROWS).contains(&length) || !(0..=length).contains(&nulls) {
            return Err(wrong("a batch has no possible number of rows"));
        }
    }
    let growth = batch.compression().map(|compression| match compression.codec() {
        CompressionType::LZ4_FRAME => LZ4_GROWTH,
        _ => ZSTD_GROWTH,
    });
    let mut all = 0_u64;
    for buffer in batch.buffers().into_iter().flatten() {
        let (Ok(at), Ok(length)) = (u64::try_from(buffer.offset()), u64::try_from(buffer.length())) else {
            return Err(wrong("a buffer has a negative size"));
        };
        if at.checked_add(length).is_none_or(|end| end > body) {
            return Err(wrong("a buffer is outside of its message"));
        }
        let Some(growth) = growth.filter(|_| length > 0) else { continue };
        if length < 8 {
            return Err(wrong("a compressed buffer has no length"));
        }
        // -1: it is not compressed after all.
        let unpacked = i64::from_le_bytes(first(at)?);
        if !(-1..=growth.saturating_mul(buffer.length())).contains(&unpacked) {
            return Err(wrong("a compressed buffer has no possible length"));
        }
        all = all.saturating_add(unpacked.max(0) as u64);
        check_length(all)?;
    }
    Ok(())
}

/// Refuses what is too long for memory.
fn check_length(bytes: u64) -> io::Result<()> {
    let most = limits::COLUMN_BATCH_BYTES;
    if bytes <= most {
        return Ok(());
    }
    Err(wrong(&format!("a batch has more than {most} bytes; write batches of fewer rows")))
}

/// An Arrow IPC stream whose messages are checked, each before its first byte is given.
pub struct CheckedStream<R> {
    from: R,
    message: Vec<u8>,
    given: usize,
    has_ended: bool,
}

impl<R: Read> CheckedStream<R> {
    /// The same stream, checked.
    pub fn new(from: R) -> CheckedStream<R> {
        CheckedStream { from, message: Vec::new(), given: 0, has_ended: false }
    }

    fn next_message(&mut self) -> io::Result<()> {
        (self.message, self.given) = (Vec::new(), 0);
        self.from.by_ref().take(4).read_to_end(&mut self.message)?;
        if self.message == CONTINUATION {
            self.from.by_ref().take(4).read_to_end(&mut self.message)?;
        }
        // Only before a message may it end.
        if ![0, 4, 8].contains(&self.message.len()) || self.message == CONTINUATION {
            return Err(wrong("it ends within a message"));
        }
        let length = self.message.last_chunk().map_or(0, |length| i32::from_le_bytes(*length));
        let Ok(length @ 1..) = u64::try_from(length) else {
            // The mark of the end, or what the reader refuses.
            self.has_ended = true;
            return Ok(());
        };
        check_length(length)?;
        let metadata = whole(&mut self.from, length)?;
        let message = message(&metadata)?;
        let length =
            u64::try_from(message.bodyLength()).map_err(|_| wrong("a message has a negative size"))?;
        check_length(length)?;
        let body = whole(&mut self.from, length)?;
        check(&message, length, &mut |at| {
            let eight = usize::try_from(at).ok().and_then(|at| body.get(at..)?.first_chunk());
            eight.copied().ok_or_else(|| wrong("a message is too short"))
        })?;
        self.message.extend_from_slice(&metadata);
        self.message.extend(body);
        Ok(())
    }
}

impl<R: Read> Read for CheckedStream<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.given == self.message.len() && !self.has_ended {
            self.next_message()?;
        }
        let count = (&self.message[self.given..]).read(into)?;
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Int64Array};
    use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};

    use super::*;

    /// A stream and a file with a column of 1,000 equal numbers, compressed.
    fn written() -> [Vec<u8>; 2] {
        with(vec![7; 1000], Some(CompressionType::LZ4_FRAME))
    }

    fn with(numbers: Vec<i64>, compression: Option<CompressionType>) -> [Vec<u8>; 2] {
        let column = Arc::new(Int64Array::from(numbers)) as ArrayRef;
        let batch = arrow_array::RecordBatch::try_from_iter([("n", column)]).unwrap();
        let options = || IpcWriteOptions::default().try_with_compression(compression).unwrap();
        let (mut stream, mut file) = (Vec::new(), Vec::new());
        let mut writer = StreamWriter::try_new_with_options(&mut stream, &batch.schema(), options()).unwrap();
        writer.write(&batch).unwrap();
        writer.finish().unwrap();
        let mut writer = FileWriter::try_new_with_options(&mut file, &batch.schema(), options()).unwrap();
        writer.write(&batch).unwrap();
        writer.finish().unwrap();
        [stream, file]
    }

    fn through(stream: &[u8]) -> io::Result<Vec<u8>> {
        let mut read = Vec::new();
        CheckedStream::new(stream).read_to_end(&mut read).map(|_| read)
    }

    fn checked(file: &[u8]) -> io::Result<()> {
        check_file(&mut Cursor::new(file), file.len() as u64)
    }

    #[test]
    fn what_is_whole_passes_unchanged_and_no_part_of_it_does() {
        let [stream, file] = written();
        assert_eq!(through(&stream).unwrap(), stream);
        checked(&file).unwrap();
        // Before the first message, the second and the mark of the end.
        assert_eq!((0..stream.len()).filter(|end| through(&stream[..*end]).is_ok()).count(), 3);
        assert!((0..file.len()).all(|end| checked(&file[..end]).is_err()));
    }

    #[test]
    fn a_length_that_nothing_unpacks_to_is_refused_before_memory_is_taken() {
        let length = 8000_i64.to_le_bytes();
        for bytes in written() {
            let at = bytes.windows(8).position(|part| part == length).unwrap();
            for claimed in [i64::MAX, 1 << 40, -2] {
                let mut bytes = bytes.clone();
                bytes[at..at + 8].copy_from_slice(&claimed.to_le_bytes());
                let refused = match bytes.starts_with(MAGIC) {
                    true => checked(&bytes).unwrap_err(),
                    false => through(&bytes).unwrap_err(),
                };
                assert_eq!(refused.to_string(), "a compressed buffer has no possible length");
            }
        }
    }

    /// The bytes, in which one number stands in the place of another.
    fn edited(bytes: &[u8], from: u64, to: u64) -> Vec<u8> {
        let at = bytes.windows(8).position(|part| part == from.to_le_bytes()).unwrap();
        [&bytes[..at], &to.to_le_bytes(), &bytes[at + 8..]].concat()
    }

    fn read(bytes: &[u8]) -> io::Result<()> {
        if bytes.starts_with(MAGIC) { checked(bytes) } else { through(bytes).map(drop) }
    }

    #[test]
    fn a_batch_may_unpack_to_the_most_bytes_and_not_to_one_more() {
        let most = limits::COLUMN_BATCH_BYTES;
        // Compressed to more than 8 KB, of which a block of zstd may make so many.
        let mixed = |it: i64| it.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64 as i64) & 0xff_ffff;
        let numbers: Vec<i64> = (0..4000).map(mixed).collect();
        for bytes in with(numbers, Some(CompressionType::ZSTD)) {
            read(&edited(&bytes, 32_000, most)).unwrap();
            let refused = read(&edited(&bytes, 32_000, most + 1)).unwrap_err().to_string();
            let over = format!("a batch has more than {most} bytes; write batches of fewer rows");
            assert_eq!(refused, over);
        }
    }

    #[test]
    fn the_most_bytes_of_a_message_are_waited_for_and_of_one_more_nothing_is_read() {
        let most = limits::COLUMN_BATCH_BYTES;
        let [stream, _] = with(vec![7; 1000], None);
        let of_body = |bytes| through(&edited(&stream, 8000, bytes)).unwrap_err().to_string();
        assert_eq!(of_body(most), "it ends within a message");
        assert!(of_body(most + 1).starts_with("a batch has more than 1073741824 bytes"));
        let of_metadata = |bytes: u64| {
            let bytes = [&CONTINUATION[..], &(bytes as u32).to_le_bytes()].concat();
            through(&bytes).unwrap_err().to_string()
        };
        assert_eq!(of_metadata(most), "it ends within a message");
        assert!(of_metadata(most + 1).starts_with("a batch has more than 1073741824 bytes"));
    }
}
