//! A replica: a database that takes its transactions from an origin and records nothing of its own.
//!
//! What was fetched waits in the folder `pull` of the database. It is written to the journal once it was checked, and
//! acknowledged when all of it is there: a crash at any moment, or an origin that is refused, leaves what was acknowledged
//! before. Where there is no database yet, the journal is made in `pull` too, and moved to its place when it is whole.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::acknowledged::{self, Acknowledged};
use super::disk::{self, DiskFile};
use super::errors::{disk_error, removed};
use super::journal::appender::Appender;
use super::journal::draft::Draft;
use super::journal::{self, Format, Line, NO_HASH};
use super::lock::{self, Lock};
use super::reader::Reader;
use super::salvage::LostTransaction;
use super::schema::HeadV1;
use super::segment_file::{each_line, in_publication};
use super::whole_file;
use crate::error::{Error, ErrorCode, Result};
use crate::limits;
use crate::publication::{self, Segment};
use crate::statement::{Sha256, TxId};

/// The file that marks a replica; it has the name of its origin.
pub(super) const MARK: &str = "replica";

/// How the mark begins in every version.
const BEFORE: &str = "tierbook replica 1: ";

/// The folder of what is being pulled.
const PULL: &str = "pull";

/// Most bytes of a mark: addresses are shorter.
const MARK_BYTES: u64 = 16 * 1024;

/// The origin of the replica in `dir`; `None` where it is a database of its own, or none.
///
/// # Errors
/// The mark cannot be read (`disk`).
pub fn origin(dir: &Path) -> Result<Option<String>> {
    let path = dir.join(MARK);
    let mut bytes = Vec::new();
    match disk::open_to_read(&path).and_then(|file| file.take(MARK_BYTES).read_to_end(&mut bytes)) {
        Ok(_) => {
            let text = String::from_utf8_lossy(&bytes);
            // Somebody else may have written it: what a terminal would take for a command is left out.
            let text: String = text.chars().filter(|c| !c.is_control()).collect();
            Ok(Some(text.strip_prefix(BEFORE).unwrap_or("an unknown origin").to_string()))
        }
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(disk_error("read", &path, error)),
    }
}

/// Refuses to record in a replica.
///
/// # Errors
/// The database in `dir` is one (`replica`).
pub fn refuse_replica(dir: &Path) -> Result<()> {
    let Some(origin) = origin(dir)? else { return Ok(()) };
    let what =
        format!("the database in {} is a replica of {origin}: nothing else is recorded in it", dir.display());
    Err(Error::new(ErrorCode::Replica, what)
        .hint("load documents at the origin; `tierbook pull` brings them here")
        .hint("`tierbook detach` makes it a database of its own, for ever"))
}

/// Makes the replica in `dir` a database of its own; gives the origin that it had, `None` where it was no replica.
///
/// # Errors
/// There is no database (`no_database`), another process writes (`locked`), or the disk refuses (`disk`).
pub fn detach(dir: &Path) -> Result<Option<String>> {
    journal::bytes(dir)?;
    let _lock = lock::take(dir, Duration::from_millis(limits::LOCK_WAIT_MS))?;
    let origin = origin(dir)?;
    let path = dir.join(MARK);
    removed(&path, disk::remove_file(&path))?;
    remove_pull(dir)?;
    Ok(origin)
}

/// Forgets that the database in `dir` was a replica: another one takes its place.
pub(super) fn unmark(dir: &Path) -> io::Result<()> {
    disk::remove_file(&dir.join(MARK))
}

/// A replica that is open for what its origin has.
pub struct Replica {
    dir: PathBuf,
    /// The origin, as errors name it.
    place: String,
    /// What is recorded already; `None` where there is no database yet.
    reader: Option<Reader>,
    appender: Option<Appender>,
    /// What the origin lost of what was appended.
    lost: Vec<LostTransaction>,
    _lock: Lock,
}

impl Replica {
    /// Opens the replica in `dir`, or begins one where there is no database. `place` is its origin.
    ///
    /// # Errors
    /// There is a database of its own (`not_a_replica`), or a damaged one; another process writes (`locked`), or the disk
    /// refuses (`disk`).
    pub fn open(dir: &Path, place: &str) -> Result<Replica> {
        let refuse = || match journal::exists(dir) || journal::has_other_files(dir) {
            true if origin(dir)?.is_none() => Err(own_database(dir)),
            _ => Ok(()),
        };
        refuse()?;
        disk::create_folder(dir).map_err(|error| disk_error("create", dir, error))?;
        let lock = lock::take(dir, Duration::from_millis(limits::LOCK_WAIT_MS))?;
        refuse()?;
        let reader = if journal::exists(dir) { Some(Reader::open(dir)?) } else { None };
        let staged = dir.join(PULL);
        disk::create_own_folder(&staged).map_err(|error| disk_error("create", &staged, error))?;
        let journal = new_journal(dir);
        for file in [journal.join(Format::Frames.file()), journal.join(acknowledged::FILE)] {
            removed(&file, disk::remove_file(&file))?;
        }
        let (dir, place) = (dir.to_path_buf(), place.to_string());
        Ok(Replica { dir, place, reader, appender: None, lost: Vec::new(), _lock: lock })
    }

    /// The last transaction that is acknowledged, and its hash; `None` where there is no database yet.
    pub fn acknowledged(&self) -> Option<(TxId, Sha256)> {
        self.reader.as_ref().map(|reader| (reader.head().tx, reader.head().hash))
    }

    /// The hash of an acknowledged transaction; `None` where it is not there.
    ///
    /// # Errors
    /// The database is damaged.
    pub fn hash_at(&self, tx: TxId) -> Result<Option<Sha256>> {
        self.reader.as_ref().map_or(Ok(None), |reader| reader.known_hash(tx))
    }

    /// Whether this segment was fetched before.
    pub fn has_fetched(&self, segment: &Segment) -> bool {
        let Ok(file) = disk::open_to_read(&self.fetched(segment)) else { return false };
        let mut bytes = Vec::new();
        let is_read = file.take(segment.bytes.saturating_add(1)).read_to_end(&mut bytes).is_ok();
        is_read && segment.is(&bytes)
    }

    /// Keeps a segment that was fetched, so that it need not be fetched again after an interruption.
    ///
    /// # Errors
    /// The disk refuses (`disk`).
    pub fn keep(&self, segment: &Segment, bytes: &[u8]) -> Result<()> {
        let path = self.fetched(segment);
        let write = || -> io::Result<()> {
            let file = DiskFile::create(&path)?;
            file.write_at(bytes, 0)?;
            file.sync_data()
        };
        write().map_err(|error| disk_error("write", &path, error))
    }

    fn fetched(&self, segment: &Segment) -> PathBuf {
        self.dir.join(PULL).join(segment.file())
    }

    /// Checks the transactions of a fetched segment, and appends those that are new. Nothing is acknowledged yet.
    ///
    /// # Errors
    /// The segment does not follow (`damaged_publication`), or has another transaction in the place of one that is here
    /// (`history_forked`, with its number); or the disk refuses (`disk`).
    pub fn append(&mut self, segment: &Segment) -> Result<()> {
        let path = self.fetched(segment);
        let file = disk::open_to_read(&path).map_err(|error| disk_error("read", &path, error))?;
        let previous = self.hash_before(segment)?;
        let place = self.place.clone();
        each_line(&place, segment, file, previous, |line| self.append_line(line))
    }

    fn hash_before(&self, segment: &Segment) -> Result<Sha256> {
        let Some(before) = segment.first.checked_sub(1) else { return Ok(NO_HASH) };
        if let Some((last, hash)) = self.appender.as_ref().map(Appender::last)
            && last == before
        {
            return Ok(hash);
        }
        let hash = self.hash_at(TxId(before))?;
        let missing = || {
            let what = format!("segments/{} does not follow what is here", segment.file());
            publication::damaged(&self.place, &what)
        };
        hash.ok_or_else(missing)
    }

    fn append_line(&mut self, line: &Line) -> Result<()> {
        if let Some(own) = self.hash_at(TxId(line.tx))? {
            return if own == line.place.hash.0 { Ok(()) } else { Err(forked(&self.place, TxId(line.tx))) };
        }
        if self.appender.is_some() {
            self.lost.extend(LostTransaction::of_line(line));
        }
        let Some(appender) = &mut self.appender else {
            self.appender = Some(match &self.reader {
                Some(reader) => Appender::open(&self.dir, &reader.head)?,
                None => return self.begin(line),
            });
            return self.append_line(line);
        };
        let encoded = appender.encode_copy(line).map_err(|error| match error.code() {
            ErrorCode::Disk => error,
            _ => in_publication(&self.place, &error),
        })?;
        appender.append(encoded).map(drop)
    }

    /// Makes a journal that begins with the first transaction of the origin.
    fn begin(&mut self, line: &Line) -> Result<()> {
        let dir = new_journal(&self.dir);
        disk::create_own_folder(&dir).map_err(|error| disk_error("create", &dir, error))?;
        let mut draft = Draft::part(0, NO_HASH);
        let bytes = draft.copy(line).map_err(|error| in_publication(&self.place, &error))?;
        let (tx, place) = draft.last();
        let head = HeadV1 { tx, recorded_at: None, line: place };
        let path = dir.join(Format::Frames.file());
        let write = || -> io::Result<()> {
            let file = DiskFile::create(&path)?;
            file.write_at(&bytes, 0)?;
            file.sync_all()
        };
        write().map_err(|error| disk_error("write", &path, error))?;
        acknowledged::write(&dir, &Acknowledged::of(Format::Frames.file(), &head))?;
        self.appender = Some(Appender::open(&dir, &head)?);
        Ok(())
    }

    /// The transactions among those appended that the origin lost.
    pub fn lost(&self) -> Vec<LostTransaction> {
        self.lost.clone()
    }

    /// Acknowledges what was appended: it survives a power cut once this returns, and every reader sees it. Index and image
    /// are brought up to date by the next [`super::Writer::update`].
    ///
    /// # Errors
    /// The disk refuses (`disk`): what was acknowledged before is in force.
    pub fn acknowledge(mut self) -> Result<()> {
        let is_new = self.reader.is_none();
        if let Some(appender) = &mut self.appender {
            appender.acknowledge(|| ())?;
        }
        self.mark()?;
        if is_new && self.appender.is_some() {
            self.move_in_place()?;
        }
        remove_pull(&self.dir)
    }

    /// Writes the mark, unless it has this origin already.
    fn mark(&self) -> Result<()> {
        if origin(&self.dir)?.as_ref() == Some(&self.place) {
            return Ok(());
        }
        whole_file::replace(&self.dir, MARK, format!("{BEFORE}{}\n", self.place).as_bytes(), || ())
    }

    /// Puts the new journal in force. Without its head file, every whole transaction counts: it has no other.
    fn move_in_place(&self) -> Result<()> {
        let new = new_journal(&self.dir);
        let path = self.dir.join(Format::Frames.file());
        let Some(head) = acknowledged::read(&new)? else {
            return Err(journal::unreadable(0, "it has no head"));
        };
        let moved = || -> io::Result<()> {
            disk::rename(&new.join(Format::Frames.file()), &path)?;
            // It moves from one folder to the other: neither alone makes that sure.
            disk::sync_folder(&self.dir)?;
            disk::sync_folder(&new)
        };
        moved().map_err(|error| disk_error("write", &path, error))?;
        acknowledged::write(&self.dir, &head)
    }

    /// Takes back what was appended, and keeps what was fetched for the next time.
    pub fn pause(mut self) {
        if let Some(appender) = &mut self.appender {
            appender.forget();
        }
    }

    /// Takes back everything of an origin that is refused: the folder is as it was.
    pub fn refuse(mut self) {
        if let Some(appender) = &mut self.appender {
            appender.forget();
        }
        // Where this fails, the next run does it.
        let _ = remove_pull(&self.dir);
        if self.reader.is_none() {
            // A folder that was made for this, or is empty but for the lock.
            let _ = disk::remove_file(&self.dir.join(lock::FILE));
            let _ = disk::remove_empty_folder(&self.dir);
        }
    }
}

/// The folder of a journal that is being made.
fn new_journal(dir: &Path) -> PathBuf {
    dir.join(PULL).join("new")
}

fn remove_pull(dir: &Path) -> Result<()> {
    let path = dir.join(PULL);
    removed(&path, disk::remove_folder(&path))
}

fn own_database(dir: &Path) -> Error {
    let what = format!("the database in {} is no replica: it has what was recorded here", dir.display());
    Error::new(ErrorCode::NotAReplica, what).hint("name a new folder: `tierbook --db FOLDER pull …`")
}

/// The error for an origin that has another transaction in the place of one that is here.
pub fn forked(place: &str, tx: TxId) -> Error {
    let what = format!(
        "transaction {tx} of {place} is not the one that is here: the histories part at transaction {tx}"
    );
    Error::new(ErrorCode::HistoryForked, what)
        .hint("nothing was recorded; what is here stays as it is, and is your proof of what was published before")
        .hint("ask the publisher; to follow the new history all the same, pull it into another folder")
}
