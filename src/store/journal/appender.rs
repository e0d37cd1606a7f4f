//! Appending to the journal. What is appended is there for nobody until it is acknowledged: then it is on the
//! disk, and the head file says so. Where either fails, the journal is as it was acknowledged last.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::copy::copied;
use super::form::{Format, format};
use super::line::Line;
use super::lines::{Extent, Lines};
use super::stored::{Bases, Stored};
use super::{encode, format_1};
use crate::error::Error;
use crate::statement::Sha256;
use crate::store::acknowledged::{self, Acknowledged};
use crate::store::disk::DiskFile;
use crate::store::errors::{disk_error, too_large};
use crate::store::schema::scalars::HashV1;
use crate::store::schema::{HeadV1, LineV1, TransactionV1};

/// The journal open for appending. Only a process with the writer's lock may have one.
pub(in crate::store) struct Appender {
    dir: PathBuf,
    path: PathBuf,
    format: Format,
    file: DiskFile,
    /// What readers see, and what the journal is cut back to after a failure.
    acknowledged: Place,
    /// The last transaction appended.
    last: Place,
    /// What the next frame may refer to; read from the last one when it is needed.
    bases: Option<Bases>,
    /// Whether a file may differ from what this program expects.
    uncertain: bool,
}

/// What to do where what was written could not be taken back.
const MAY_BE_RECORDED: &str = "open the database again: what was written may be recorded";

/// A transaction and its place.
#[derive(Clone, Copy)]
struct Place {
    tx: u64,
    line: LineV1,
}

/// A transaction as the journal will have it.
pub(in crate::store) struct Encoded {
    tx: u64,
    bytes: Vec<u8>,
    /// Its place, once it is appended before any other.
    pub place: LineV1,
    /// In format 2, the bytes that it uses of each base, and what it stores.
    stores: Option<(Vec<u64>, Arc<Stored>)>,
}

impl Appender {
    /// Opens the journal of `dir` after its last whole transaction, cuts off what follows, and acknowledges the
    /// transactions that the writer before could not.
    ///
    /// # Errors
    /// A file cannot be opened for writing, cut or synced.
    pub fn open(dir: &Path, head: &HeadV1) -> Result<Appender, Error> {
        let format = format(dir)?;
        let path = dir.join(format.file());
        let acknowledged = Acknowledged::of(format.file(), head);
        let is_known = acknowledged::read(dir)?.as_ref() == Some(&acknowledged);
        let open = || -> io::Result<DiskFile> {
            let file = DiskFile::open(&path)?;
            let is_cut = file.bytes()? != head.line.end;
            if is_cut {
                file.set_len(head.line.end)?;
            }
            if is_cut || !is_known {
                file.sync_all()?;
            }
            Ok(file)
        };
        let file = open().map_err(|error| disk_error("write", &path, error))?;
        if !is_known {
            acknowledged::write(dir, &acknowledged)?;
        }
        let last = Place { tx: head.tx, line: head.line };
        let dir = dir.to_path_buf();
        Ok(Appender { dir, path, format, file, acknowledged: last, last, bases: None, uncertain: false })
    }

    /// A transaction as it will follow the last one appended. Nothing is written yet.
    ///
    /// # Errors
    /// It is longer than [`crate::limits::JOURNAL_LINE_BYTES`]; or what it may refer to cannot be read.
    pub fn encode(&mut self, transaction: &TransactionV1) -> Result<Encoded, Error> {
        let previous = self.last.line.hash;
        let (hash, bytes, stores) = match self.format {
            Format::Lines => self.json_line(previous.0, transaction)?,
            Format::Frames => {
                let bases = self.bases()?;
                let frame = encode::frame(previous.0, transaction, bases).map_err(too_large)?;
                (frame.hash, frame.bytes, Some((frame.used, frame.stored)))
            }
        };
        let offset = self.last.line.end;
        let place = LineV1 { previous, hash: HashV1(hash), offset, end: offset + bytes.len() as u64 };
        Ok(Encoded { tx: transaction.tx, bytes, place, stores })
    }

    /// A transaction of another journal of format 2 as it will follow the last one appended, with the same hash. Nothing is
    /// written yet.
    ///
    /// # Errors
    /// As [`copied`]; or what it may refer to cannot be read.
    pub fn encode_copy(&mut self, line: &Line) -> Result<Encoded, Error> {
        let previous = self.last.line.hash;
        let frame = copied(line, previous.0, self.bases()?)?;
        let offset = self.last.line.end;
        let end = offset + frame.bytes.len() as u64;
        let place = LineV1 { previous, hash: HashV1(frame.hash), offset, end };
        Ok(Encoded { tx: line.tx, bytes: frame.bytes, place, stores: Some((frame.used, frame.stored)) })
    }

    /// The number and the hash of the last transaction appended.
    pub fn last(&self) -> (u64, Sha256) {
        (self.last.tx, self.last.line.hash.0)
    }

    #[expect(clippy::type_complexity, reason = "the same three as of a frame")]
    fn json_line(
        &self,
        previous: Sha256,
        transaction: &TransactionV1,
    ) -> Result<(Sha256, Vec<u8>, Option<(Vec<u64>, Arc<Stored>)>), Error> {
        let json = serde_json::to_vec(transaction).map_err(|error| disk_error("write", &self.path, error))?;
        let (hash, bytes) = format_1::line_of(previous, &json);
        encode::check_length(bytes.len()).map_err(too_large)?;
        Ok((hash, bytes, None))
    }

    /// What the next frame may refer to.
    fn bases(&mut self) -> Result<&Bases, Error> {
        let bases = match self.bases.take() {
            Some(bases) => bases,
            None => {
                let LineV1 { previous, offset, .. } = self.last.line;
                let mut lines = Lines::from(&self.dir, Extent::Whole, self.last.tx, previous.0, offset)?;
                lines.next_line()?.map_or_else(Bases::default, |line| line.next_bases())
            }
        };
        Ok(self.bases.insert(bases))
    }

    /// Appends a transaction. Until [`Appender::acknowledge`] no reader sees it, and a power cut may lose it.
    ///
    /// # Errors
    /// It could not be written. Everything after what was acknowledged last has been cut off again; where even
    /// that failed, every later call fails too.
    pub fn append(&mut self, encoded: Encoded) -> Result<LineV1, Error> {
        self.check_certain()?;
        let written = self.file.write_at(&encoded.bytes, encoded.place.offset);
        written.map_err(|error| self.cut_back(error))?;
        if let (Some(bases), Some((used, stored))) = (&mut self.bases, encoded.stores) {
            bases.advance(encoded.tx, encoded.place.offset, &used, stored);
        }
        self.last = Place { tx: encoded.tx, line: encoded.place };
        Ok(encoded.place)
    }

    /// Acknowledges everything appended: it is on the disk and readers see it when this returns. `at_once` is done as
    /// soon as they see it.
    ///
    /// # Errors
    /// The journal could not be synced or the head file not replaced. Everything after what was acknowledged
    /// before has been cut off again; where even that failed, or the disk may have lost bytes, every later call
    /// fails too.
    pub fn acknowledge(&mut self, at_once: impl FnOnce()) -> Result<(), Error> {
        self.check_certain()?;
        if let Err(error) = self.file.sync_data() {
            // The system may now forget which bytes are missing, so that a later sync would succeed wrongly.
            self.uncertain = true;
            return Err(self.cut_back(error));
        }
        if let Err(error) = acknowledged::write_with(&self.dir, &self.head_file(self.last), at_once) {
            return Err(self.take_back(error));
        }
        self.acknowledged = self.last;
        Ok(())
    }

    /// After an error of a new head file: the old one is put in force again, and the journal cut back.
    fn take_back(&mut self, error: Error) -> Error {
        let old = self.head_file(self.acknowledged);
        // Where the new one did not take its place, nothing has to be written, which may not be possible.
        let is_in_force = acknowledged::read(&self.dir).is_ok_and(|head| head.as_ref() == Some(&old));
        // Else it must go before what it names does.
        if is_in_force || acknowledged::write(&self.dir, &old).is_ok() {
            let hint = self.forgotten();
            return error.hint(hint);
        }
        self.uncertain = true;
        error.hint(MAY_BE_RECORDED)
    }

    fn head_file(&self, Place { tx, line }: Place) -> Acknowledged {
        Acknowledged { journal: self.format.file().to_string(), tx, hash: line.hash.0, length: line.end }
    }

    fn check_certain(&self) -> Result<(), Error> {
        if self.uncertain {
            let why = io::Error::other("an earlier write failed; open the database again");
            return Err(disk_error("write", &self.path, why));
        }
        Ok(())
    }

    /// Cuts off what was not acknowledged, and gives whether that is done; else every later call fails.
    pub fn forget(&mut self) -> bool {
        let end = self.acknowledged.line.end;
        let cut = || -> io::Result<()> {
            self.file.set_len(end)?;
            self.file.sync_all()
        };
        let is_cut = cut().is_ok();
        self.uncertain |= !is_cut;
        (self.last, self.bases) = (self.acknowledged, None);
        is_cut
    }

    /// Cuts off what was not acknowledged, and gives the error to report.
    fn cut_back(&mut self, error: io::Error) -> Error {
        let hint = self.forgotten();
        disk_error("write", &self.path, error).hint(hint)
    }

    /// As [`Appender::forget`]; gives what to say of it.
    fn forgotten(&mut self) -> &'static str {
        if self.forget() { "nothing was recorded" } else { MAY_BE_RECORDED }
    }
}
