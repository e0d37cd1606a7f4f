//! The chain of a damaged journal, transaction by transaction: what is kept, what is lost, and with which hash the chain
//! goes on.

use std::io;
use std::path::Path;

use super::super::disk::DiskFile;
use super::super::errors::disk_error;
use super::super::journal::draft::Draft;
use super::super::journal::salvage::{Journals, Kept, Readable};
use super::super::journal::{self, Format, HashFrom, LostV1, chained};
use super::super::schema::scalars::TimestampV1;
use super::stated::{Known, Stated};
use super::without_text::Beside;
use crate::error::{Error, ErrorCode, Result};
use crate::statement::Sha256;
use crate::time::{TimeSpan, Timestamp};

/// What came of it.
#[derive(Default)]
pub struct Done {
    /// How many transactions are from the damaged journal, from a copy of it, and from the index.
    pub kept: u64,
    pub from_copies: u64,
    /// Those of which only the text of the document is lost.
    pub without_text: Vec<u64>,
    /// Those that are lost, with their hashes, and whether these follow from the one before.
    pub lost: Vec<(LostV1, Sha256, bool)>,
    /// When the last one that is kept or lost was recorded.
    pub recorded_at: Option<TimestampV1>,
}

/// The salvage of one journal.
pub struct Chain<'a> {
    pub journals: Journals,
    pub known: Known,
    pub beside: Beside,
    pub draft: Draft,
    pub file: DiskFile,
    pub path: &'a Path,
    pub now: Timestamp,
    pub done: Done,
}

impl Chain<'_> {
    /// Writes every transaction up to `last`, or a tombstone in its place.
    ///
    /// # Errors
    /// The hash of a lost one is not known, or one that has its hash is none for this program (`damaged_journal`); or the
    /// disk refuses.
    pub fn write(&mut self, last: u64) -> Result<()> {
        let mut own = self.readable(0)?;
        for tx in 0..=last {
            let next = if tx < last { self.readable(tx + 1)? } else { Vec::new() };
            match self.fitting(tx, &own, &next, last)? {
                Some((place, hash)) => self.keep(tx, &own[place], hash)?,
                None => self.lose(tx, &next, last)?,
            }
            own = next;
        }
        Ok(())
    }

    /// What can be read of a transaction: first what has its document.
    fn readable(&mut self, tx: u64) -> Result<Vec<Readable>> {
        let mut all = self.journals.readable(tx)?;
        let is_frames = self.journals.all[0].format == Format::Frames;
        if is_frames && !all.iter().any(|it| it.is_intact) {
            let more = self.beside.transactions(tx).into_iter().filter_map(Kept::of);
            all.extend(more.map(|kept| Readable { kept, journal: 0, is_intact: false }));
        }
        all.sort_by_key(|it| it.kept.is_text_lost());
        Ok(all)
    }

    fn previous(&self) -> Sha256 {
        self.draft.last().1.hash.0
    }

    /// The one that is the next of the chain, because something states the hash that follows from it, or the next one does.
    fn fitting(
        &mut self,
        tx: u64,
        own: &[Readable],
        next: &[Readable],
        last: u64,
    ) -> Result<Option<(usize, Sha256)>> {
        let previous = self.previous();
        let hashes: Vec<Sha256> = own.iter().map(|it| it.kept.hash(previous)).collect();
        let stated = |hash: &&Sha256| self.known.of(tx).has(**hash);
        if let Some(place) = hashes.iter().position(|hash| stated(&hash)) {
            return Ok(Some((place, hashes[place])));
        }
        for (place, hash) in hashes.into_iter().enumerate() {
            if self.leads_to(tx + 1, hash, next) || self.leads_on(tx + 1, hash, last)? {
                return Ok(Some((place, hash)));
            }
        }
        Ok(None)
    }

    /// Whether several in a row, of which nothing states the hashes, lead to one of which something does. Then these are
    /// theirs.
    fn leads_on(&mut self, first: u64, mut previous: Sha256, last: u64) -> Result<bool> {
        let mut passed = Vec::new();
        for tx in first..=last {
            let own = self.readable(tx)?;
            if self.leads_to(tx, previous, &own) {
                passed.into_iter().for_each(|(tx, hash)| self.known.add_proved(tx, hash));
                return Ok(true);
            }
            let Some(next) = own.first() else { break };
            previous = next.kept.hash(previous);
            passed.push((tx, previous));
        }
        Ok(false)
    }

    /// Whether a transaction that was read has its hash after `previous`.
    fn leads_to(&self, tx: u64, previous: Sha256, own: &[Readable]) -> bool {
        own.iter().any(|it| self.known.of(tx).has(it.kept.hash(previous)))
    }

    fn keep(&mut self, tx: u64, own: &Readable, hash: Sha256) -> Result<()> {
        if tx > 0 {
            // It has its hash, so it is as it was written; a newer program may know more.
            own.kept.check().map_err(|why| journal::unreadable(tx, &why).hint(before_it(tx)))?;
            self.done.recorded_at = own.kept.recorded_at().or(self.done.recorded_at);
            match own.journal {
                0 => self.done.kept += 1,
                _ => self.done.from_copies += 1,
            }
        }
        if own.kept.is_text_lost() {
            self.done.without_text.push(tx);
        }
        let bytes = self.draft.keep(&own.kept, hash);
        self.append(tx, bytes)
    }

    fn lose(&mut self, tx: u64, next: &[Readable], last: u64) -> Result<()> {
        let previous = self.previous();
        let mut hashes = self.known.of(tx).hashes.clone();
        hashes.sort_by_key(|(from, _)| *from);
        let follows = |stated: &Stated, before: Sha256, hash: Sha256| {
            stated.roots.iter().find(|(root, of)| *of == hash && chained(before, *root) == hash).copied()
        };
        let mut confirmed = None;
        for (from, hash) in hashes.iter().copied() {
            let by_next = self.leads_to(tx + 1, hash, next);
            let roots = &self.known.of(tx + 1).roots;
            let by_root = roots.iter().any(|(root, of)| chained(hash, *root) == *of);
            if by_next || by_root || follows(self.known.of(tx), previous, hash).is_some() {
                confirmed = Some((from, hash));
                break;
            }
        }
        let must_fit = tx < last && next.iter().any(|it| it.is_intact);
        // What the damaged journal states may be damaged too.
        let stated = hashes.iter().find(|(from, _)| *from != HashFrom::Journal);
        let (from, hash) = match (confirmed, stated) {
            (Some(confirmed), _) => confirmed,
            (None, Some(stated)) if !must_fit => *stated,
            (None, _) => return Err(refused(tx, hashes.is_empty())),
        };
        let stated = self.known.of(tx);
        let root = follows(stated, previous, hash).map(|(root, _)| root);
        let before = self.done.recorded_at.map_or(Timestamp::FIRST, |at| at.0);
        let earliest = if tx == 0 { before } else { before.plus(TimeSpan::from_micros(1)) };
        let lost = match &stated.tombstone {
            Some(tombstone) => tombstone.clone(),
            None => LostV1 {
                tx,
                kind: LostV1::KIND.to_string(),
                recorded_at: stated.recorded_at.unwrap_or(TimestampV1(earliest)),
                is_time_known: stated.recorded_at.is_some(),
                source: stated.source.clone(),
                hash_from: from,
                is_confirmed: confirmed.is_some(),
                salvaged_at: TimestampV1(self.now),
            },
        };
        if tx > 0 {
            self.done.recorded_at = Some(lost.recorded_at);
        }
        let bytes = self.draft.lose(&lost, hash, root);
        let is_linked = root.is_some() && self.journals.all[0].format == Format::Frames;
        self.done.lost.push((lost, hash, is_linked));
        self.append(tx, bytes)
    }

    fn append(&mut self, tx: u64, bytes: std::result::Result<Vec<u8>, String>) -> Result<()> {
        let fail = |error: io::Error| disk_error("write", self.path, error);
        let bytes = bytes.map_err(|why| fail(io::Error::other(format!("transaction {tx}: {why}"))))?;
        self.file.write_at(&bytes, self.draft.last().1.offset).map_err(fail)
    }
}

/// The error for a lost transaction of which the hash is not known, or only a wrong one is.
fn refused(tx: u64, is_nothing_stated: bool) -> Error {
    let why = match is_nothing_stated {
        true => "nothing states its hash".to_string(),
        false => format!("no hash that is stated for it leads to transaction {}", tx + 1),
    };
    Error::new(ErrorCode::DamagedJournal, format!("transaction {tx} is lost, and {why}: nothing was written"))
        .hint("`--with FOLDER` takes it from a backup, or from any copy of the journal")
        .hint(format!(
            "`--hash {tx}=DIGITS` gives its hash, for example one that `tierbook head` printed then: the next transaction \
             shows whether it is right"
        ))
        .hint(match tx {
            0 => "without it nothing can be proved: the files can still be loaded again".to_string(),
            _ => before_it(tx),
        })
}

/// How to do without a transaction, which is not the header, and all that follow.
fn before_it(tx: u64) -> String {
    format!("`--up-to {}` keeps only what is before it", tx - 1)
}
