//! The transactions of a journal in order, each checked against the chain and against the head file.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::decode;
use super::form::{Format, NO_HASH, chained};
use super::format_1;
use super::frames::{self, Found};
use super::header::{self, Wrong};
use super::line::{self, Content, Line};
use super::opened::{Opened, open};
use super::parts::{BaseV2, LinkV2};
use super::stored::KnownFrames;
use crate::error::Error;
use crate::limits;
use crate::statement::Sha256;
use crate::store::acknowledged::Acknowledged;
use crate::store::disk;
use crate::store::errors::{disk_error, foreign_to_head, short_of_head};
use crate::store::schema::LineV1;
use crate::store::schema::scalars::HashV1;

/// How much of a journal is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::store) enum Extent {
    /// What the head file acknowledges; everything where there is none. For readers.
    Acknowledged,
    /// Whole transactions after it too, which a writer was killed before it could acknowledge. For a process with
    /// the writer's lock.
    Whole,
}

/// The transactions of a journal in order. A line is a frame in format 2.
pub(in crate::store) struct Lines {
    path: PathBuf,
    extent: Extent,
    acknowledged: Option<Acknowledged>,
    /// How long the file was when it was opened.
    file_bytes: u64,
    file: Source,
    next_tx: u64,
    previous: Sha256,
    offset: u64,
    torn_bytes: u64,
    /// Whether frames to which the next ones may refer are read even if they do not.
    all_bases: bool,
}

/// The file in its format.
enum Source {
    Lines(BufReader<File>),
    Frames(File, KnownFrames),
}

impl Lines {
    /// The journal of `dir` from its first transaction.
    ///
    /// # Errors
    /// The file cannot be opened, or the head file is damaged.
    pub fn from_start(dir: &Path, extent: Extent) -> Result<Lines, Error> {
        Lines::from(dir, extent, 0, NO_HASH, 0)
    }

    /// The journal of `dir` from transaction `tx`, which begins at `offset` and follows `previous`.
    ///
    /// # Errors
    /// As [`Lines::from_start`].
    pub fn from(dir: &Path, extent: Extent, tx: u64, previous: Sha256, offset: u64) -> Result<Lines, Error> {
        Lines::of(open(dir)?, extent, tx, previous, offset)
    }

    /// As [`Lines::from`], of a journal that is open.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn of(
        journal: Opened,
        extent: Extent,
        tx: u64,
        previous: Sha256,
        offset: u64,
    ) -> Result<Lines, Error> {
        let Opened { format, path, mut file, bytes: file_bytes, acknowledged } = journal;
        let file = match format {
            Format::Lines => {
                file.seek(SeekFrom::Start(offset)).map_err(|error| disk_error("read", &path, error))?;
                Source::Lines(BufReader::with_capacity(1 << 16, file))
            }
            Format::Frames => Source::Frames(file, KnownFrames::default()),
        };
        let torn_bytes = 0;
        Ok(Lines {
            path,
            extent,
            acknowledged,
            file_bytes,
            file,
            next_tx: tx,
            previous,
            offset,
            torn_bytes,
            all_bases: true,
        })
    }

    /// The journal in this file, which is no journal of a database yet.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn of_draft(path: &Path) -> Result<Lines, Error> {
        let open = || -> std::io::Result<(u64, File)> {
            let file = disk::open_to_read(path)?;
            Ok((file.metadata()?.len(), file))
        };
        let (file_bytes, file) = open().map_err(|error| disk_error("read", path, error))?;
        Ok(Lines::part(path, file, file_bytes, 0, NO_HASH))
    }

    /// The part of a journal in format 2 that is in an open file of so many bytes, from transaction `tx` on, which follows
    /// one with the hash `previous`. Errors call the file `path`.
    pub fn part(path: &Path, file: File, file_bytes: u64, tx: u64, previous: Sha256) -> Lines {
        Lines {
            path: path.to_path_buf(),
            extent: Extent::Whole,
            acknowledged: None,
            file_bytes,
            file: Source::Frames(file, KnownFrames::default()),
            next_tx: tx,
            previous,
            offset: 0,
            torn_bytes: 0,
            all_bases: true,
        }
    }

    /// The same for who wants the transactions alone, not what the next frame may refer to.
    #[must_use]
    pub fn without_unused_bases(mut self) -> Lines {
        self.all_bases = false;
        self
    }

    /// The same with frames of this journal that were read before.
    #[must_use]
    pub fn knowing(mut self, frames: KnownFrames) -> Lines {
        if let Source::Frames(_, known) = &mut self.file {
            *known = frames;
        }
        self
    }

    /// The frames that were read.
    pub fn into_known(self) -> KnownFrames {
        match self.file {
            Source::Frames(_, known) => known,
            Source::Lines(_) => KnownFrames::default(),
        }
    }

    /// The next transaction; `None` at the end. What is not whole at the end of the file was never acknowledged
    /// and is ignored; so is, for readers, everything after what the head file acknowledges.
    ///
    /// # Errors
    /// It is not the next one of the chain, or is too long; or the journal does not reach what is acknowledged,
    /// or has another transaction there. The error names the transaction.
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

    /// The root of the next transaction, whose place in the chain is checked, but not its content; `None` at the
    /// end, and in format 1.
    ///
    /// # Errors
    /// It is damaged, or not the next one of the chain.
    pub fn next_root(&mut self) -> Result<Option<Sha256>, Error> {
        let Source::Frames(file, _) = &self.file else { return Ok(None) };
        let read = frames::read(file, self.offset, self.file_bytes);
        let (text, end) = match read.map_err(|error| disk_error("read", &self.path, error))? {
            Found::Whole(text, end) => (text, end),
            Found::Damaged(what) => return Err(self.broken(&what)),
            Found::Incomplete => return Ok(None),
        };
        let is_next = |link: &LinkV2| {
            // Of a lost transaction the root may be lost too.
            let is_lost = link.root.0 == NO_HASH && header::is_lost(&text);
            is_lost || link.hash.0 == chained(self.previous, link.root.0)
        };
        let link = header::link(&text).filter(is_next);
        let link = link.ok_or_else(|| self.broken("its root does not match its hash"))?;
        (self.next_tx, self.previous, self.offset) = (self.next_tx + 1, link.hash.0, end);
        Ok(Some(link.root.0))
    }

    /// How many bytes are after the last transaction; known once `next_line` has given `None`.
    pub fn torn_bytes(&self) -> u64 {
        self.torn_bytes
    }

    /// The next transaction, which is acknowledged.
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
        let read = match &self.file {
            Source::Lines(_) => self.read_json()?,
            Source::Frames(..) => self.read_frame()?,
        };
        let Some((content, hash, end)) = read else { return Ok(None) };
        let place = LineV1 { previous: HashV1(self.previous), hash: HashV1(hash), offset: self.offset, end };
        let line = Line { tx: self.next_tx, place, content };
        (self.next_tx, self.previous, self.offset, self.torn_bytes) = (line.tx + 1, hash, end, 0);
        Ok(Some(line))
    }

    /// The next line of format 1: its JSON, its hash and its end.
    fn read_json(&mut self) -> Result<Option<(Content, Sha256, u64)>, Error> {
        let Source::Lines(reader) = &mut self.file else { return Ok(None) };
        let mut bytes = Vec::new();
        let limit = limits::JOURNAL_LINE_BYTES as u64;
        reader
            .take(limit + 1)
            .read_until(b'\n', &mut bytes)
            .map_err(|error| disk_error("read", &self.path, error))?;
        if bytes.len() as u64 > limit {
            return Err(self.broken(&format!("the line is longer than the limit of {limit} bytes")));
        }
        let check = |whole| format_1::check(self.next_tx, self.previous, whole);
        let Some(whole) = bytes.strip_suffix(b"\n") else {
            // A whole last line whose line break was overwritten was acknowledged: it is damage.
            let is_whole = bytes.split_last().is_some_and(|(_, whole)| check(whole).is_ok());
            self.torn_bytes = bytes.len() as u64;
            let missing = "the line break at its end is missing";
            return if is_whole { Err(self.broken(missing)) } else { Ok(None) };
        };
        let (hash, json) = check(whole).map_err(|what| self.broken(what))?;
        Ok(Some((Content::Json(json.to_vec()), hash, self.offset + bytes.len() as u64)))
    }

    /// The next frame of format 2: its content, its hash and its end.
    fn read_frame(&mut self) -> Result<Option<(Content, Sha256, u64)>, Error> {
        let (tx, offset, file_bytes) = (self.next_tx, self.offset, self.file_bytes);
        let Source::Frames(file, known) = &mut self.file else { return Ok(None) };
        let broken = |what: &str| line::damaged(&self.path, tx, offset, what);
        let wrong = |wrong| match wrong {
            Wrong::Damaged(what) => broken(&what),
            Wrong::Unknown(what) => line::unknown(&self.path, tx, offset, &what),
        };
        let read = |offset| {
            frames::read(file, offset, file_bytes).map_err(|error| disk_error("read", &self.path, error))
        };
        let (text, end) = match read(offset)? {
            Found::Whole(text, end) => (text, end),
            Found::Damaged(what) => return Err(broken(&what)),
            Found::Incomplete => {
                self.torn_bytes = file_bytes.saturating_sub(offset);
                return Ok(None);
            }
        };
        let content = decode::Content::read(tx, &text).map_err(wrong)?;
        let places = &content.link.bases;
        let (count, most) = (places.len(), limits::JOURNAL_BASES);
        if count > most {
            return Err(broken(&format!("it refers to {count} transactions, more than the limit of {most}")));
        }
        let (mut bases, mut bytes) = (Vec::new(), 0);
        for (number, BaseV2 { tx: of, offset: at, .. }) in places.iter().enumerate() {
            let stored = match known.get(*of) {
                Some(stored) => stored.clone(),
                None if !self.all_bases && !content.uses(number) => Arc::default(),
                None => match (*of < tx && *at < offset).then(|| read(*at)).transpose()? {
                    Some(Found::Whole(text, _)) => decode::Content::read(*of, &text).map_err(wrong)?.stored,
                    _ => return Err(broken(&format!("transaction {of}, to which it refers, is missing"))),
                },
            };
            bytes += stored.bytes;
            if bytes > limits::JOURNAL_BASES_BYTES {
                let most = limits::JOURNAL_BASES_BYTES;
                return Err(broken(&format!("what it refers to has more than {most} bytes")));
            }
            bases.push(stored);
        }
        for (number, (place, stored)) in places.iter().zip(&bases).enumerate() {
            if self.all_bases || content.uses(number) {
                known.add(place.tx, stored.clone(), places);
            }
        }
        known.add(tx, content.stored.clone(), places);
        let hash = content.link.hash.0;
        let decoded = content.checked(self.previous, bases).map_err(wrong)?;
        Ok(Some((Content::Frame(Box::new(decoded)), hash, end)))
    }

    fn broken(&self, what: &str) -> Error {
        line::damaged(&self.path, self.next_tx, self.offset, what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::journal::encode::first_header;
    use crate::store::journal::stored::Stored;
    use crate::store::schema::scalars::TimestampV1;
    use crate::time::Timestamp;

    /// Why a frame is refused that refers to so many transactions; they are not there, or store so many bytes.
    fn refused(bases: usize, bytes: Option<u64>) -> String {
        let none = HashV1(NO_HASH);
        let base = BaseV2 { tx: 0, offset: 0, used: 0, bytes: 0 };
        let link = serde_json::to_vec(&LinkV2 { hash: none, root: none, bases: vec![base; bases] }).unwrap();
        let header = serde_json::to_vec(&first_header(TimestampV1(Timestamp::now()))).unwrap();
        let frame = frames::written(&[&link[..], b"\n", &header[..], b"\n"].concat()).unwrap();
        let file = disk::unnamed_file(&std::env::temp_dir(), &frame).unwrap();
        let mut lines = Lines::part(Path::new("journal.zst"), file, frame.len() as u64, 0, NO_HASH);
        if let (Source::Frames(_, known), Some(bytes)) = (&mut lines.file, bytes) {
            known.add(0, Arc::new(Stored { bytes, ..Stored::default() }), &[]);
        }
        lines.next_line().map(drop).unwrap_err().message().to_string()
    }

    #[test]
    fn what_a_frame_refers_to_has_the_most_bytes_and_not_one_more() {
        let most = limits::JOURNAL_BASES_BYTES;
        assert!(refused(1, Some(most)).contains("does not match its hash"));
        let over = format!("what it refers to has more than {most} bytes");
        assert!(refused(1, Some(most + 1)).contains(&over));
    }

    #[test]
    fn a_frame_may_refer_to_the_most_transactions_and_not_to_one_more() {
        let most = limits::JOURNAL_BASES;
        assert!(refused(most, None).contains("transaction 0, to which it refers, is missing"));
        let over = format!("it refers to {} transactions, more than the limit of {most}", most + 1);
        assert!(refused(most + 1, None).contains(&over));
    }
}
