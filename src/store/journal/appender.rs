//! Appending to the journal: a line is on the disk before it is acknowledged, or the file is as it was.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::{FILE, line_of};
use crate::error::Error;
use crate::limits;
use crate::statement::Sha256;
use crate::store::errors::{disk_error, too_large};
use crate::store::schema::scalars::HashV1;
use crate::store::schema::{LineV1, TransactionV1};

/// The journal open for appending. Only a process with the writer's lock may have one.
pub(in crate::store) struct Appender {
    path: PathBuf,
    file: File,
    end: u64,
    /// Whether the file may differ from what this program expects.
    uncertain: bool,
}

impl Appender {
    /// Opens the journal of `dir` after its last whole line at `end`, and cuts off what follows.
    ///
    /// # Errors
    /// The file cannot be opened for writing or cut.
    pub fn open(dir: &Path, end: u64) -> Result<Appender, Error> {
        let path = dir.join(FILE);
        let open = || -> io::Result<File> {
            let mut file = OpenOptions::new().write(true).open(&path)?;
            if file.metadata()?.len() != end {
                file.set_len(end)?;
                file.sync_all()?;
            }
            file.seek(SeekFrom::Start(end))?;
            Ok(file)
        };
        let file = open().map_err(|error| disk_error("write", &path, error))?;
        Ok(Appender { path, file, end, uncertain: false })
    }

    /// The line of a transaction that follows `previous`, and the place it will have. Nothing is written yet.
    ///
    /// # Errors
    /// The line is longer than [`limits::JOURNAL_LINE_BYTES`].
    pub fn line(&self, previous: Sha256, transaction: &TransactionV1) -> Result<(LineV1, Vec<u8>), Error> {
        let json = serde_json::to_vec(transaction).map_err(|error| disk_error("write", &self.path, error))?;
        let (hash, line) = line_of(previous, &json);
        if line.len() > limits::JOURNAL_LINE_BYTES {
            let (bytes, limit) = (line.len(), limits::JOURNAL_LINE_BYTES);
            return Err(too_large(format!(
                "the transaction has {bytes} bytes, more than the limit of {limit}"
            )));
        }
        let end = self.end + line.len() as u64;
        Ok((LineV1 { previous: HashV1(previous), hash: HashV1(hash), offset: self.end, end }, line))
    }

    /// Appends a line; it is on the disk when this returns.
    ///
    /// # Errors
    /// The line could not be written or synced. The journal has then been cut back to what it was; where even
    /// that failed, or the disk may have lost bytes, every later call fails too.
    pub fn append(&mut self, line: &[u8]) -> Result<(), Error> {
        if self.uncertain {
            let why = io::Error::other("an earlier write failed; open the database again");
            return Err(disk_error("write", &self.path, why));
        }
        let error = match self.file.write_all(line) {
            Err(error) => error,
            Ok(()) => match self.file.sync_data() {
                Ok(()) => {
                    self.end += line.len() as u64;
                    return Ok(());
                }
                Err(error) => {
                    // The system may now forget which bytes are missing, so that a later sync would succeed
                    // wrongly.
                    self.uncertain = true;
                    error
                }
            },
        };
        if self.cut_back().is_err() {
            self.uncertain = true;
        }
        Err(disk_error("write", &self.path, error).hint("nothing was recorded"))
    }

    fn cut_back(&mut self) -> io::Result<()> {
        self.file.set_len(self.end)?;
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.sync_all()
    }
}
