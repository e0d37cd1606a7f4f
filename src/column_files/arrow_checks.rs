//! What is looked at in Arrow IPC before its reader takes memory for what a file states, or follows it.
//!
//! The reader believes the lengths of messages and of what is compressed in them: memory that is not there ends the
//! process, and a place outside of a message is an assertion that fails.

use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom};

use arrow_ipc::{CompressionType, KeyValue, Message, RecordBatch, Schema, root_as_footer, root_as_message};

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
    if let Some(schema) = footer.schema() {
        check_schema(schema, footer.custom_metadata().into_iter().flatten())?;
    }
    let (mut checks, mut all) = (Checks::default(), 0_u64);
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
        all = all.saturating_add(metadata).saturating_add(body);
        if all > bytes {
            return Err(wrong("its blocks overlap"));
        }
        let head = read_at(file, offset, metadata)?;
        let prefix = if head.starts_with(&CONTINUATION) { 8 } else { 4 };
        let message = message(head.get(prefix..).ok_or_else(|| wrong("a message is too short"))?)?;
        checks.check(&message, body, &mut |at| {
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

/// Checks the message of a schema.
///
/// # Errors
/// It is none, or has more than the limits give.
pub fn check_schema_message(bytes: &[u8]) -> io::Result<()> {
    let message = message(bytes)?;
    message.header_as_schema().map_or(Ok(()), |schema| check_schema(schema, std::iter::empty()))
}

/// Checks a schema, and texts beside it. A part of a message may be in many places of it, so that a few bytes may be more
/// than there is memory.
fn check_schema<'a>(schema: Schema<'a>, beside: impl Iterator<Item = KeyValue<'a>>) -> io::Result<()> {
    let size = |text: KeyValue| text.key().map_or(0, str::len) + text.value().map_or(0, str::len);
    let mut bytes: usize = beside.chain(schema.custom_metadata().into_iter().flatten()).map(size).sum();
    let mut count = 0;
    let mut left: Vec<_> = schema.fields().into_iter().flatten().collect();
    while let Some(field) = left.pop() {
        count += 1;
        if count > limits::COLUMN_TYPES {
            return Err(wrong(&format!("its schema has more than {} types", limits::COLUMN_TYPES)));
        }
        bytes += field.name().map_or(0, str::len);
        bytes += field.custom_metadata().into_iter().flatten().map(size).sum::<usize>();
        left.extend(field.children().into_iter().flatten());
    }
    match bytes <= limits::COLUMN_NAMES_BYTES {
        true => Ok(()),
        false => Err(wrong(&format!("its names have more than {} bytes", limits::COLUMN_NAMES_BYTES))),
    }
}

/// What is known of the messages before one.
#[derive(Default)]
struct Checks {
    /// Of how many bytes each dictionary is, and all together.
    dictionaries: HashMap<i64, u64>,
    bytes: u64,
}

impl Checks {
    /// Checks a message with a body of so many bytes; `first` reads eight of them.
    fn check(
        &mut self,
        message: &Message,
        body: u64,
        first: &mut dyn FnMut(u64) -> io::Result<[u8; 8]>,
    ) -> io::Result<()> {
        if let Some(schema) = message.header_as_schema() {
            return check_schema(schema, std::iter::empty());
        }
        if let Some(batch) = message.header_as_record_batch() {
            return check_batch(&batch, body, first).map(drop);
        }
        let Some(dictionary) = message.header_as_dictionary_batch() else { return Ok(()) };
        let Some(batch) = dictionary.data() else { return Ok(()) };
        let bytes = check_batch(&batch, body, first)?.max(body);
        let of_one = self.dictionaries.entry(dictionary.id()).or_default();
        let before = if dictionary.isDelta() { 0 } else { std::mem::take(of_one) };
        *of_one = of_one.saturating_add(bytes);
        self.bytes = self.bytes.saturating_sub(before).saturating_add(bytes);
        if self.bytes > limits::COLUMN_BATCH_BYTES {
            let most = limits::COLUMN_BATCH_BYTES;
            return Err(wrong(&format!("its dictionaries have more than {most} bytes; write plain columns")));
        }
        Ok(())
    }
}

/// How many bytes what is compressed in a batch unpacks to.
fn check_batch(
    batch: &RecordBatch,
    body: u64,
    first: &mut dyn FnMut(u64) -> io::Result<[u8; 8]>,
) -> io::Result<u64> {
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
    Ok(all)
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
    checks: Checks,
    message: Vec<u8>,
    given: usize,
    has_ended: bool,
}

impl<R: Read> CheckedStream<R> {
    /// The same stream, checked.
    pub fn new(from: R) -> CheckedStream<R> {
        CheckedStream { from, checks: Checks::default(), message: Vec::new(), given: 0, has_ended: false }
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
        self.checks.check(&message, length, &mut |at| {
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
mod tests;
