//! The one home of the journal file, `journal.jsonl`: the truth, from which everything else can be rebuilt.
//!
//! A transaction is one line, `{"hash":"<64 digits>","transaction":<JSON>}`, whose hash is the SHA-256 of the
//! 64 digits of the hash before it and the bytes of the JSON. The first line is transaction 0, a header; its
//! previous hash is 64 zeros. `docs/store.md` describes the format for others and has a checker that knows
//! nothing of this program.

pub(super) mod appender;

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::acknowledged::{self, Acknowledged};
use super::errors::{disk_error, foreign_to_head, journal_missing, short_of_head};
use super::index;
use super::schema::scalars::{HashV1, TimestampV1};
use super::schema::{HeaderV1, LineV1, TransactionV1};
use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::statement::Sha256;
use crate::time::Timestamp;

/// The name of the file in the folder of a database.
pub(super) const FILE: &str = "journal.jsonl";

const FORMAT: &str = "tierbook journal 1";
const BEFORE_HASH: &[u8] = b"{\"hash\":\"";
const BEFORE_JSON: &[u8] = b"\",\"transaction\":";
const AFTER_JSON: &[u8] = b"}\n";

/// The previous hash of the first line.
pub(super) const NO_HASH: Sha256 = Sha256([0; 32]);

/// A whole line whose hash has been checked: its transaction, its place and the JSON in it.
pub(super) struct Line {
    pub tx: u64,
    pub place: LineV1,
    json: Vec<u8>,
}

/// How much of a journal is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Extent {
    /// What the head file acknowledges; everything where there is none. For readers.
    Acknowledged,
    /// Whole transactions after it too, which a writer was killed before it could acknowledge. For a process with
    /// the writer's lock.
    Whole,
}

/// How often a reader reads the head file again that does not match the journal: another process may have
/// replaced both in between.
const TRIES: u32 = 5;

/// How many bytes before its end tell which journal it is: all of a short one, so that no damage of it is overlooked.
const END_BYTES: u64 = 256 * 1024;

/// The lines of a journal in order, each checked against the chain and against the head file.
pub(super) struct Lines {
    path: PathBuf,
    extent: Extent,
    acknowledged: Option<Acknowledged>,
    /// How long the file was when it was opened.
    file_bytes: u64,
    reader: BufReader<File>,
    next_tx: u64,
    previous: Sha256,
    offset: u64,
    torn_bytes: u64,
}

/// Makes a journal without transactions in `dir`. A crash leaves either none or a whole one.
///
/// # Errors
/// The file cannot be written.
pub(super) fn create(dir: &Path, now: Timestamp) -> Result<(), Error> {
    let (path, draft) = (dir.join(FILE), dir.join("journal.jsonl.new"));
    let header = HeaderV1 { tx: 0, format: FORMAT.to_string(), created_at: TimestampV1(now) };
    let json = serde_json::to_vec(&header).map_err(|error| disk_error("write", &path, error))?;
    let write = |line: &[u8]| -> io::Result<()> {
        let mut file = File::create(&draft)?;
        file.write_all(line)?;
        file.sync_all()?;
        fs::rename(&draft, &path)?;
        sync_folder(dir)?;
        match fs::canonicalize(dir)?.parent() {
            Some(parent) => sync_folder(parent),
            None => Ok(()),
        }
    };
    let (hash, line) = line_of(NO_HASH, &json);
    write(&line).map_err(|error| disk_error("write", &path, error))?;
    let length = line.len() as u64;
    acknowledged::write(dir, &Acknowledged { journal: FILE.to_string(), tx: 0, hash, length })
}

fn sync_folder(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// The bytes of a line, and its hash.
fn line_of(previous: Sha256, json: &[u8]) -> (Sha256, Vec<u8>) {
    let hash = Sha256::of(&[previous.to_string().as_bytes(), json]);
    let line = [BEFORE_HASH, hash.to_string().as_bytes(), BEFORE_JSON, json, AFTER_JSON].concat();
    (hash, line)
}

/// Opens the journal that the head file names, and the head file: both as they were at one moment.
fn open(dir: &Path) -> Result<(PathBuf, File, u64, Option<Acknowledged>), Error> {
    let mut tries = 0;
    loop {
        let head = acknowledged::read(dir)?;
        let path = dir.join(head.as_ref().map_or(FILE, |head| head.journal.as_str()));
        let opened = File::open(&path).and_then(|file| Ok((file.metadata()?.len(), file)));
        tries += 1;
        let matches = match (&opened, &head) {
            (Ok((bytes, _)), Some(head)) => *bytes >= head.length,
            (Ok(_), None) => true,
            (Err(_), _) => false,
        };
        // What does not match the same head file again is damage, and is reported where it is read.
        if matches || tries == TRIES || acknowledged::read(dir)? == head {
            let (bytes, file) = opened.map_err(|error| disk_error("read", &path, error))?;
            return Ok((path, file, bytes, head));
        }
    }
}

impl Lines {
    /// The journal of `dir` from its first line.
    ///
    /// # Errors
    /// The file cannot be opened, or the head file is damaged.
    pub fn from_start(dir: &Path, extent: Extent) -> Result<Lines, Error> {
        Lines::from(dir, extent, 0, NO_HASH, 0)
    }

    /// The journal of `dir` from the line of transaction `tx`, which begins at `offset` and follows
    /// `previous`.
    ///
    /// # Errors
    /// As [`Lines::from_start`].
    pub fn from(dir: &Path, extent: Extent, tx: u64, previous: Sha256, offset: u64) -> Result<Lines, Error> {
        let (path, mut file, file_bytes, acknowledged) = open(dir)?;
        file.seek(SeekFrom::Start(offset)).map_err(|error| disk_error("read", &path, error))?;
        let reader = BufReader::with_capacity(1 << 16, file);
        let torn_bytes = 0;
        Ok(Lines {
            path,
            extent,
            acknowledged,
            file_bytes,
            reader,
            next_tx: tx,
            previous,
            offset,
            torn_bytes,
        })
    }

    /// The next line; `None` at the end. A last line without its line break was never acknowledged and is
    /// ignored; so is, for readers, everything after what the head file acknowledges.
    ///
    /// # Errors
    /// The line is not the next one of the chain, or is too long; or the journal does not reach what is
    /// acknowledged, or has another transaction there. The error names the transaction.
    pub fn next_line(&mut self) -> Result<Option<Line>, Error> {
        match &self.acknowledged {
            // Before it, nothing can be missing or torn; after it, what is not whole was never acknowledged.
            Some(head) if self.offset >= head.length => {
                self.torn_bytes = self.file_bytes.saturating_sub(self.offset);
                match self.extent {
                    Extent::Acknowledged => Ok(None),
                    Extent::Whole => Ok(self.read_line().ok().flatten()),
                }
            }
            Some(_) => self.acknowledged_line(),
            None => self.read_line(),
        }
    }

    /// The next line, which is acknowledged.
    fn acknowledged_line(&mut self) -> Result<Option<Line>, Error> {
        let line = self.read_line()?;
        let Some(head) = &self.acknowledged else { return Ok(line) };
        match &line {
            None if self.next_tx == 0 && self.torn_bytes == 0 => Ok(None),
            None if self.torn_bytes > 0 => Err(self.broken("it is acknowledged, but incomplete")),
            None => Err(short_of_head(&self.path, self.next_tx, head.tx)),
            Some(found) if found.tx == head.tx => {
                let is_it = found.place.hash.0 == head.hash && found.place.end == head.length;
                if is_it { Ok(line) } else { Err(foreign_to_head(&self.path, head.tx)) }
            }
            Some(found) if found.place.end >= head.length => Err(foreign_to_head(&self.path, head.tx)),
            Some(_) => Ok(line),
        }
    }

    fn read_line(&mut self) -> Result<Option<Line>, Error> {
        let mut bytes = Vec::new();
        let limit = limits::JOURNAL_LINE_BYTES as u64;
        (&mut self.reader)
            .take(limit + 1)
            .read_until(b'\n', &mut bytes)
            .map_err(|error| disk_error("read", &self.path, error))?;
        if bytes.len() as u64 > limit {
            return Err(self.broken("the line is longer than the limit"));
        }
        let Some(whole) = bytes.strip_suffix(b"\n") else {
            self.torn_bytes = bytes.len() as u64;
            return self.refuse_lost_line_break(&bytes).map(|()| None);
        };
        let (hash, json) = self.check(whole)?;
        let end = self.offset + bytes.len() as u64;
        let place = LineV1 { previous: HashV1(self.previous), hash: HashV1(hash), offset: self.offset, end };
        let line = Line { tx: self.next_tx, place, json: json.to_vec() };
        (self.next_tx, self.previous, self.offset, self.torn_bytes) = (line.tx + 1, hash, end, 0);
        Ok(Some(line))
    }

    /// How many bytes are after the last line; known once `next_line` has given `None`.
    pub fn torn_bytes(&self) -> u64 {
        self.torn_bytes
    }

    /// Checks a line without its line break against the chain: its hash, and its JSON.
    fn check<'a>(&self, whole: &'a [u8]) -> Result<(Sha256, &'a [u8]), Error> {
        let parts = || -> Option<(&[u8], &[u8])> {
            let rest = whole.strip_prefix(BEFORE_HASH)?;
            let (digits, rest) = rest.split_at_checked(64)?;
            Some((digits, rest.strip_prefix(BEFORE_JSON)?.strip_suffix(b"}")?))
        };
        let (digits, json) =
            parts().ok_or_else(|| self.broken("the line does not have the form of a transaction"))?;
        let hash = Sha256::of(&[self.previous.to_string().as_bytes(), json]);
        if hash.to_string().as_bytes() != digits {
            return Err(self.broken("the content does not match its hash"));
        }
        if !json.starts_with(format!("{{\"tx\":{},", self.next_tx).as_bytes()) {
            return Err(self.broken("it has the number of another transaction"));
        }
        Ok((hash, json))
    }

    /// A whole last line whose line break was overwritten was acknowledged: it is damage, not a torn line.
    fn refuse_lost_line_break(&self, tail: &[u8]) -> Result<(), Error> {
        match tail.split_last() {
            Some((_, whole)) if self.check(whole).is_ok() => {
                Err(self.broken("the line break at its end is missing"))
            }
            _ => Ok(()),
        }
    }

    fn broken(&self, what: &str) -> Error {
        damaged(&self.path, self.next_tx, self.offset, what)
    }
}

impl Line {
    /// The transaction in the line; not for the header.
    ///
    /// # Errors
    /// The JSON is not a transaction that this program knows.
    pub fn transaction(&self, dir: &Path) -> Result<TransactionV1, Error> {
        serde_json::from_slice(&self.json).map_err(|error| {
            damaged(&dir.join(FILE), self.tx, self.place.offset, &format!("it cannot be read: {error}"))
                .because(error)
        })
    }

    /// Checks that the line is the header of a journal that this program knows.
    ///
    /// # Errors
    /// It is not, or of a newer format.
    pub fn check_header(&self, dir: &Path) -> Result<(), Error> {
        let path = dir.join(FILE);
        match serde_json::from_slice::<HeaderV1>(&self.json) {
            Ok(header) if header.format == FORMAT => Ok(()),
            Ok(header) => Err(Error::new(
                ErrorCode::UnknownFormat,
                format!(
                    "{} has the format `{}`, but this program knows only `{FORMAT}`",
                    path.display(),
                    header.format
                ),
            )
            .hint("use the version of tierbook that wrote it, or a newer one")),
            Err(error) => {
                Err(damaged(&path, 0, 0, &format!("the first line is not a header: {error}")).because(error))
            }
        }
    }
}

fn damaged(path: &Path, tx: u64, offset: u64, what: &str) -> Error {
    Error::new(
        ErrorCode::DamagedJournal,
        format!("transaction {tx} in {} (line {}, byte {offset}) is damaged: {what}", path.display(), tx + 1),
    )
    .hint("restore the journal from a backup; nothing is answered from a damaged journal")
    .hint("docs/store.md explains each kind of damage")
}

/// Makes sure that what a writer wrote before it was killed is on the disk: the index must never have more.
///
/// # Errors
/// The disk does not take it.
/// The hash of the last bytes of the journal before `end`; `None` where it is shorter. Two journals that are equal
/// there are the same: their last transaction has the hash of all before it.
///
/// # Errors
/// It cannot be read (`disk`).
pub(super) fn end_hash(dir: &Path, end: u64) -> Result<Option<Sha256>, Error> {
    let (path, mut file, bytes, _) = open(dir)?;
    if bytes < end {
        return Ok(None);
    }
    let length = end.min(END_BYTES);
    let mut last = vec![0; length as usize];
    let read = file.seek(SeekFrom::Start(end - length)).and_then(|_| file.read_exact(&mut last));
    read.map_err(|error| disk_error("read", &path, error))?;
    Ok(Some(Sha256::of(&[&last])))
}

/// The error for a transaction whose content is not one.
pub(super) fn unreadable(tx: u64, why: &str) -> Error {
    Error::new(ErrorCode::DamagedJournal, format!("transaction {tx} cannot be read: {why}"))
        .hint("`tierbook verify` checks the whole database")
}

/// Waits until the journal is on the disk.
pub(super) fn sync(dir: &Path) -> Result<(), Error> {
    let path = dir.join(FILE);
    File::open(&path).and_then(|file| file.sync_data()).map_err(|error| disk_error("write", &path, error))
}

/// How many bytes the journal of `dir` has.
///
/// # Errors
/// There is none (`no_database`), or none beside an index (`journal_missing`), or it cannot be read.
pub(super) fn bytes(dir: &Path) -> Result<u64, Error> {
    let path = dir.join(FILE);
    match fs::metadata(&path) {
        Ok(metadata) if metadata.is_file() => Ok(metadata.len()),
        Ok(_) => Err(disk_error("read", &path, io::Error::other("it is not a file"))),
        Err(error) if error.kind() == io::ErrorKind::NotFound && dir.join(index::FOLDER).exists() => {
            Err(journal_missing(dir))
        }
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Err(Error::new(ErrorCode::NoDatabase, format!("there is no database in {}", dir.display()))
                .hint("`tierbook load FILE…` creates one and fills it, `tierbook init` creates an empty one")
                .hint("`--db FOLDER` or TIERBOOK_DB selects another folder"))
        }
        Err(error) => Err(disk_error("read", &path, error)),
    }
}
