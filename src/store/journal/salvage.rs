//! Damaged journals, and copies of them: what can be read of each transaction, whatever is wrong with the others.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::decode::Content;
use super::encode;
use super::form::{Format, NO_HASH, chained};
use super::format_1;
use super::header::{Header, Wrong};
use super::line;
use super::lost::LostV1;
use super::parts::FormerV2;
use super::scan::{Found, frame_text, part, scan};
use super::stored::{Bases, KnownFrames, Stored};
use crate::error::Error;
use crate::limits;
use crate::statement::Sha256;
use crate::store::disk;
use crate::store::errors::disk_error;
use crate::store::merkle;
use crate::store::schema::scalars::{HashV1, TimestampV1};
use crate::store::schema::{HeaderV1, TransactionV1};

/// A transaction that was read whole. Whether it is the one that was recorded, its hash shows.
pub(in crate::store) enum Kept {
    /// For a journal of format 1.
    Json(Vec<u8>),
    /// For one of format 2: the header, and any other transaction, with its root.
    First(HeaderV1, Option<FormerV2>, Sha256),
    Transaction(Box<TransactionV1>, Sha256),
}

impl Kept {
    /// The hash that it has after a transaction with this one.
    pub fn hash(&self, previous: Sha256) -> Sha256 {
        match self {
            Kept::Json(json) => format_1::line_of(previous, json).0,
            Kept::First(.., root) | Kept::Transaction(_, root) => chained(previous, *root),
        }
    }

    /// When it was recorded; for the header, when the journal was made.
    pub fn recorded_at(&self) -> Option<TimestampV1> {
        match self {
            Kept::Json(json) => match format_1::transaction(json) {
                Ok(transaction) => Some(transaction.recorded_at),
                Err(_) => Some(serde_json::from_slice::<HeaderV1>(json).ok()?.created_at),
            },
            Kept::First(header, ..) => Some(header.created_at),
            Kept::Transaction(transaction, _) => Some(transaction.recorded_at),
        }
    }

    /// A transaction for a journal of format 2; `None` where it is too large.
    pub fn of(transaction: TransactionV1) -> Option<Kept> {
        let root = encode::frame(NO_HASH, &transaction, &Bases::default()).ok()?.root;
        Some(Kept::Transaction(Box::new(transaction), root))
    }

    /// Checks that it is a transaction that this program can read.
    ///
    /// # Errors
    /// What of it cannot be read.
    pub fn check(&self) -> Result<(), String> {
        let transaction = match self {
            Kept::First(..) => return Err("it is the header of a journal".to_string()),
            Kept::Transaction(transaction, _) => *transaction.clone(),
            Kept::Json(json) => format_1::transaction(json)?,
        };
        transaction.read().map(drop)
    }

    /// Whether the text of its document is lost.
    pub fn is_text_lost(&self) -> bool {
        matches!(self, Kept::Transaction(transaction, _) if transaction.is_text_lost)
    }
}

/// A transaction as it was read, and the place of its journal among all.
pub(in crate::store) struct Readable {
    pub kept: Kept,
    pub journal: usize,
    /// Whether its checksum, or that of its document, says that it is as it was written.
    pub is_intact: bool,
}

/// A journal that may be damaged.
pub(in crate::store) struct Damaged {
    path: PathBuf,
    pub format: Format,
    file: File,
    /// How long the file is.
    pub bytes: u64,
    /// Where each transaction may be.
    pub found: BTreeMap<u64, Vec<Found>>,
}

impl Damaged {
    /// Finds what is in the file.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn open(path: &Path, format: Format) -> Result<Damaged, Error> {
        let read = || -> std::io::Result<Damaged> {
            let file = disk::open_to_read(path)?;
            let bytes = file.metadata()?.len();
            let mut found: BTreeMap<u64, Vec<Found>> = BTreeMap::new();
            for place in scan(format, &file, bytes)? {
                let places = found.entry(place.tx).or_default();
                let alike = places.iter().filter(|other| other.is_intact == place.is_intact).count();
                if alike < limits::SALVAGE_PLACES {
                    places.push(place);
                }
            }
            Ok(Damaged { path: path.to_path_buf(), format, file, bytes, found })
        };
        read().map_err(|error| disk_error("read", path, error))
    }

    /// Its file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The end of the last place where a transaction up to `tx` is.
    pub fn end_of(&self, tx: u64) -> u64 {
        self.found.range(..=tx).flat_map(|(_, found)| found).map(|found| found.end).max().unwrap_or(0)
    }

    /// The hashes that it states where the damage did not reach them: of frames that are intact, and of lines that have
    /// theirs after the one before.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn sure_hashes(&self) -> Result<BTreeMap<u64, Sha256>, Error> {
        let mut sure = BTreeMap::new();
        for found in self.found.values().flatten() {
            let Some(stated) = found.stated else { continue };
            let is_sure = match self.format {
                Format::Frames => found.is_intact,
                Format::Lines => {
                    let json = self.read(part(&self.file, found.start, found.end))?;
                    let before = found.tx.checked_sub(1).map(|before| self.places(before));
                    let before =
                        before.map_or(vec![NO_HASH], |all| all.iter().filter_map(|it| it.stated).collect());
                    before.into_iter().any(|previous| format_1::line_of(previous, &json).0 == stated)
                }
            };
            if is_sure {
                sure.insert(found.tx, stated);
            }
        }
        Ok(sure)
    }

    fn places(&self, tx: u64) -> &[Found] {
        self.found.get(&tx).map_or(&[], Vec::as_slice)
    }

    fn read<T>(&self, read: std::io::Result<T>) -> Result<T, Error> {
        read.map_err(|error| disk_error("read", &self.path, error))
    }

    /// The tombstones of a transaction that was lost before, with their roots.
    ///
    /// # Errors
    /// The disk refuses; so for all that follow.
    pub fn tombstones(&self, tx: u64) -> Result<Vec<(LostV1, Sha256)>, Error> {
        let mut all = Vec::new();
        for found in self.places(tx) {
            let Some(hash) = found.stated else { continue };
            let lost = match self.format {
                Format::Lines => {
                    let json = self.read(part(&self.file, found.start, found.end))?;
                    LostV1::of_checked_json(&json, hash)
                }
                Format::Frames => match self.content(tx, found)?.map(|content| content.header) {
                    Some(Header::Lost(lost)) if found.is_intact => Some(*lost),
                    _ => None,
                },
            };
            all.extend(lost.map(|lost| (lost, hash)));
        }
        Ok(all)
    }

    fn content(&self, tx: u64, found: &Found) -> Result<Option<Content>, Error> {
        let text = self.read(frame_text(&self.file, found))?;
        match Content::read(tx, &text) {
            Ok(content) => Ok(Some(content)),
            // What only a newer program can read is not lost.
            Err(Wrong::Unknown(what)) if found.is_intact => {
                Err(line::unknown(&self.path, tx, found.start, &what))
            }
            Err(_) => Ok(None),
        }
    }

    /// The hashes of the transactions of a journal of format 1, if it has all of them from 0 on.
    fn hashes(&self) -> Option<Vec<HashV1>> {
        let last = *self.found.keys().next_back()?;
        (0..=last).map(|tx| self.places(tx).iter().find_map(|found| found.stated).map(HashV1)).collect()
    }
}

/// Journals of one database: the damaged one first, then copies of it.
pub(in crate::store) struct Journals {
    pub all: Vec<Damaged>,
    /// What frames that were read store for later ones.
    known: KnownFrames,
}

impl Journals {
    /// These journals.
    pub fn of(all: Vec<Damaged>) -> Journals {
        Journals { all, known: KnownFrames::default() }
    }

    /// What can be read whole of a transaction, for a journal in the format of the first one.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn readable(&mut self, tx: u64) -> Result<Vec<Readable>, Error> {
        let mut all = Vec::new();
        for journal in 0..self.all.len() {
            for place in 0..self.all[journal].places(tx).len() {
                let found = self.all[journal].places(tx)[place];
                let read = match self.all[journal].format {
                    Format::Lines => self.of_line(journal, &found)?,
                    Format::Frames => self.of_frame(journal, &found)?,
                };
                all.extend(read.map(|(kept, is_intact)| Readable { kept, journal, is_intact }));
            }
        }
        Ok(all)
    }

    fn of_line(&self, journal: usize, found: &Found) -> Result<Option<(Kept, bool)>, Error> {
        let of = &self.all[journal];
        let json = of.read(part(&of.file, found.start, found.end))?;
        if found.stated.is_some_and(|hash| LostV1::of_checked_json(&json, hash).is_some()) {
            return Ok(None);
        }
        let header = || serde_json::from_slice::<HeaderV1>(&json).ok().filter(|header| header.tx == 0);
        let transaction = format_1::transaction(&json).ok();
        let is_intact = match &transaction {
            Some(it) => !it.text_is_document || Sha256::of(&[it.text.as_bytes()]) == it.source.sha256.0,
            None => header().is_some(),
        };
        let kept = match (self.all[0].format, transaction) {
            (Format::Lines, _) => Some(Kept::Json(json)),
            (Format::Frames, Some(transaction)) => Kept::of(transaction),
            (Format::Frames, None) => header().and_then(|header| {
                let hashes = of.hashes()?;
                let former = FormerV2 { format: format_1::FORMAT.to_string(), hashes };
                let header = encode::first_header(header.created_at);
                let root = encode::first(&header, Some(former.clone())).ok()?.root;
                Some(Kept::First(header, Some(former), root))
            }),
        };
        Ok(kept.map(|kept| (kept, is_intact && found.stated.is_some())))
    }

    fn of_frame(&mut self, journal: usize, found: &Found) -> Result<Option<(Kept, bool)>, Error> {
        let Some(content) = self.all[journal].content(found.tx, found)? else { return Ok(None) };
        let places = content.link.bases.clone();
        if places.len() > limits::JOURNAL_BASES {
            return Ok(None);
        }
        let mut bases = Vec::new();
        for (number, base) in places.iter().enumerate() {
            let is_used = content.uses(number);
            // One that is lost has nothing for this one: then its root is another one, or something is missing.
            let stored = if is_used && base.tx < found.tx { self.stored(base.tx)? } else { None };
            bases.push(stored.unwrap_or_default());
        }
        let (stated, stored) = (content.link.root.0, content.stored.clone());
        let Ok(decoded) = content.with_bases(bases) else { return Ok(None) };
        let Ok(leaves) = decoded.leaves() else { return Ok(None) };
        let root = merkle::root(&leaves);
        let kept = match (&decoded.content.header, self.all[0].format) {
            (Header::Lost(_), _) => None,
            (Header::First(header, former), Format::Frames) => {
                Some(Kept::First(header.clone(), former.clone(), root))
            }
            (Header::First(header, _), Format::Lines) => {
                let format = format_1::FORMAT.to_string();
                serde_json::to_vec(&HeaderV1 { format, ..header.clone() }).ok().map(Kept::Json)
            }
            (Header::Document(_), format) => match (decoded.transaction(), format) {
                (Ok(it), Format::Frames) => Some(Kept::Transaction(Box::new(it), root)),
                (Ok(it), Format::Lines) => serde_json::to_vec(&it).ok().map(Kept::Json),
                (Err(_), Format::Lines) => None,
                // The text is in the hash of the transaction only by its own hash.
                (Err(_), Format::Frames) => {
                    let without_text = decoded.without_text().ok().filter(|it| it.text_is_document);
                    without_text.map(|it| Kept::Transaction(Box::new(it), root))
                }
            },
        };
        if found.is_intact {
            self.known.add(found.tx, stored, &[]);
        }
        Ok(kept.map(|kept| (kept, found.is_intact && root == stated)))
    }

    /// What a frame stores for later ones, by the first journal that has it.
    fn stored(&mut self, tx: u64) -> Result<Option<Arc<Stored>>, Error> {
        if let Some(stored) = self.known.get(tx) {
            return Ok(Some(stored.clone()));
        }
        for of in self.all.iter().filter(|of| of.format == Format::Frames) {
            // Of one that is not intact, what is right is found by the roots of those that use it.
            let mut places: Vec<&Found> = of.places(tx).iter().collect();
            places.sort_by_key(|found| !found.is_intact);
            for found in places {
                if let Some(content) = of.content(tx, found)? {
                    let stored = content.stored;
                    self.known.add(tx, stored.clone(), &[]);
                    return Ok(Some(stored));
                }
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_is_looked_for_at_so_many_places_and_at_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(Format::Lines.file());
        let places = |lines: usize| {
            let line = format!(
                "{{\"hash\":\"{}\",\"transaction\":{{\"tx\":1,\"kind\":\"other\"}}}}\n",
                "7".repeat(64)
            );
            let file = disk::DiskFile::create(&path).unwrap();
            file.write_at(line.repeat(lines).as_bytes(), 0).unwrap();
            Damaged::open(&path, Format::Lines).unwrap().found[&1].len()
        };
        assert!(
            (1..=limits::SALVAGE_PLACES / 4)
                .all(|lines| (lines..limits::SALVAGE_PLACES).contains(&places(lines)))
        );
        assert_eq!(places(limits::SALVAGE_PLACES), limits::SALVAGE_PLACES);
        assert_eq!(places(1000), limits::SALVAGE_PLACES);
    }
}
