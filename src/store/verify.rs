//! Verification: every hash recomputed, every record of the index compared with what the journal states.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::compile::{MakeCurves, compiled};
use super::head::Head;
use super::image;
use super::index::{self, Index};
use super::journal::{self, Extent, Format, Line, Lines, NO_HASH};
use super::layout::{self, FOLDER, KnownTables, describe};
use super::lock;
use super::reader::Reader;
use super::recover;
use super::salvage::LostTransaction;
use super::schema::scalars::TimestampV1;
use super::schema::{HeadV1, TransactionV1};
use crate::error::{Error, ErrorCode, Result};
use crate::limits;
use crate::statement::{Sha256, TxId};
use crate::text::counted;
use crate::time::RecordedTime;

/// What a verification found.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let verified = database.verify(None)?;
/// assert_eq!((verified.problems.len(), verified.statements), (0, 68));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Verified {
    /// The last transaction of the unbroken chain.
    pub head: Head,
    /// The transaction with the hash that was noted earlier; `None` where none was given, or it is not in the
    /// chain.
    pub found: Option<Head>,
    /// How many transactions were verified, the header not counted.
    pub transactions: u64,
    /// How many statements they have.
    pub statements: u64,
    /// Transactions that are lost, in order: a salvage found them unreadable.
    pub lost: Vec<LostTransaction>,
    /// Transactions of which the text of the document is lost, and nothing else.
    pub without_text: Vec<TxId>,
    /// Everything that is wrong, in sentences without a full stop; empty where all is well.
    pub problems: Vec<String>,
    /// What could not be checked, and what is unusual but lost nothing, likewise.
    pub notes: Vec<String>,
}

impl Verified {
    /// How many transactions came after a head.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// let head = database.head()?;
    /// database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// assert_eq!(database.verify(None)?.later(head), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn later(&self, head: Head) -> u64 {
        self.head.tx.0.saturating_sub(head.tx.0)
    }
}

/// Verifies the database in `dir`: every line of the journal, every record of the index, the hash of every
/// document, and that `head`, noted earlier, is still in the chain. Repairs nothing.
///
/// An index that is missing or out of date is no problem, the next open updates it. An index or an image of another
/// version is a note: the next writer makes it again. So is an index that another process uses for longer than [`limits::LOCK_WAIT_MS`], or that this user may not open, and a torn
/// last line.
///
/// # Errors
/// There is no database (`no_database`), or the disk refuses to read the journal (`disk`).
pub fn verify(dir: &Path, head: Option<Sha256>, curves: MakeCurves) -> Result<Verified> {
    journal::bytes(dir)?;
    let mut checked = Checked::default();
    let index = checked.open_index(dir);
    let index_head = index.as_ref().map(|(_, head)| head);
    let mut lines = Lines::from_start(dir, Extent::Acknowledged)?;
    let whole = loop {
        match lines.next_line() {
            Ok(Some(line)) => checked.line(dir, &line, index_head),
            Ok(None) if checked.hashes.is_empty() => {
                checked.problems.push("the journal has no first line".to_string());
                break false;
            }
            Ok(None) => break true,
            Err(error) if error.code() == ErrorCode::Disk => return Err(error),
            Err(error) => {
                checked.problems.push(error.message);
                break false;
            }
        }
    };
    if lines.torn_bytes() > 0 {
        let torn = counted(lines.torn_bytes(), "byte");
        let note = format!(
            "{torn} at the end of the journal are not acknowledged; the next writer keeps the transactions among them \
             that are whole, and removes the rest"
        );
        checked.notes.push(note);
    }
    checked.notes.extend(unread_journal(dir));
    let found = head.and_then(|sought| checked.found(sought));
    checked.notes.extend(found.and_then(|found| LostTransaction::gap(&checked.lost, found.tx)));
    if let (Some(sought), None) = (head, found) {
        let only_stated = match checked.former.contains(&sought) {
            true => {
                ": its header states it as one of before a migration, but the transactions do not have it"
            }
            false => "",
        };
        checked.problems.push(format!("the head {sought} is not in the chain{only_stated}"));
    }
    if whole {
        checked.compare_image(dir, curves)?;
    }
    match index {
        Some((index, head)) if whole => checked.compare(&index, &head),
        Some(_) => {
            checked.problems.push("the index was not compared, because the chain is broken".to_string());
        }
        None => {}
    }
    let head = Head {
        tx: TxId(checked.last_tx()),
        hash: checked.hashes.last().copied().unwrap_or(NO_HASH),
        recorded_at: checked.recorded_at.map(|recorded_at| RecordedTime(recorded_at.0)),
    };
    let Checked { statements, lost, without_text, problems, notes, .. } = checked;
    let transactions = head.tx.0;
    Ok(Verified { head, found, transactions, statements, lost, without_text, problems, notes })
}

/// That there is a second journal: one of before format 2 begins its own where it finds no index.
fn unread_journal(dir: &Path) -> Option<String> {
    let other = dir.join(Format::Lines.file());
    let is_second = matches!(journal::format(dir), Ok(Format::Frames)) && other.exists();
    is_second.then(|| {
        format!(
            "nothing reads {}: an older program recorded in it, or a migration was stopped (`tierbook migrate` ends it)",
            other.display()
        )
    })
}

/// What becomes of what another version made.
const MADE_AGAIN: &str = "and was not compared; the next writer makes it again";

/// What has been checked so far.
#[derive(Default)]
struct Checked {
    /// Of every line, the header first.
    hashes: Vec<Sha256>,
    /// What the header states to be those of before a migration, likewise, and those of which the transactions show it.
    former: Vec<Sha256>,
    former_shown: Vec<bool>,
    /// When each was recorded; `None` for the header, and for a line that cannot be read.
    times: Vec<Option<TimestampV1>>,
    recorded_at: Option<TimestampV1>,
    statements: u64,
    /// What the index must have up to its own head.
    expected: BTreeMap<Vec<u8>, Vec<u8>>,
    lost: Vec<LostTransaction>,
    without_text: Vec<TxId>,
    problems: Vec<String>,
    notes: Vec<String>,
}

impl Checked {
    fn last_tx(&self) -> u64 {
        self.hashes.len().saturating_sub(1) as u64
    }

    /// The transaction with that hash.
    fn found(&self, hash: Sha256) -> Option<Head> {
        let shown =
            || self.former.iter().zip(&self.former_shown).position(|(it, shown)| *it == hash && *shown);
        let place = self.hashes.iter().position(|it| *it == hash).or_else(shown)?;
        let recorded_at = self.times.get(place)?.map(|at| RecordedTime(at.0));
        Some(Head { tx: TxId(place as u64), hash, recorded_at })
    }

    /// The index and its head, if there is one that can be opened.
    fn open_index(&mut self, dir: &Path) -> Option<(Index, HeadV1)> {
        if !dir.join(FOLDER).exists() {
            return None;
        }
        let wait = Duration::from_millis(limits::LOCK_WAIT_MS);
        let opened = lock::patiently(wait, || match Index::open_any(dir) {
            Err(error) if error.code() == ErrorCode::IndexBusy => None,
            result => Some(result),
        });
        let opened = opened.unwrap_or_else(|| Err(index::busy(dir)));
        let of_this_version = |index: Index| match index.is_of_another_version()? {
            true => Ok(None),
            false => index.of_this_version().map(Some),
        };
        let with_head = |index: Index| Ok(index.head()?.map(|head| (index, head)));
        match opened.and_then(|index| of_this_version(index)?.map(with_head).transpose()) {
            Ok(Some(found)) => found,
            Ok(None) => {
                self.notes.push(format!("the index is of another version, {MADE_AGAIN}"));
                None
            }
            Err(error) => {
                let damaged = error.code() == ErrorCode::DamagedIndex;
                let list = if damaged { &mut self.problems } else { &mut self.notes };
                list.push(format!("the index was not compared: {}", error.message));
                None
            }
        }
    }

    /// Verifies the content of a line whose hash is right, and notes what the index must have because of it.
    fn line(&mut self, dir: &Path, line: &Line, index_head: Option<&HeadV1>) {
        self.hashes.push(line.place.hash.0);
        self.times.push(None);
        self.lost.extend(LostTransaction::of_line(line));
        let message = |error: Error| error.message;
        let entries = if line.tx == 0 {
            self.former = line.former_hashes();
            let is_stated = || line.former_hash(NO_HASH, None) == self.former.first().copied();
            self.former_shown.push(line.lost().is_some() || is_stated());
            line.check_header(dir).map_err(message).and_then(|()| layout::first_entries(line.place))
        } else {
            line.transaction(dir).map_err(message).and_then(|transaction| {
                self.former(line, &transaction);
                self.transaction(&transaction);
                layout::entries(&transaction, line.place, &mut KnownTables::default())
            })
        };
        match entries {
            Ok(entries) if index_head.is_some_and(|head| line.tx <= head.tx) => self.expected.extend(entries),
            Ok(_) => {}
            Err(why) => self.problems.push(why),
        }
    }

    /// Notes whether a transaction has the hash that the header states for before a migration: it follows from the one
    /// before, and from the transaction as that format wrote it. That of a lost one is what it is, as in the chain.
    fn former(&mut self, line: &Line, transaction: &TransactionV1) {
        let place = line.tx as usize;
        let (Some(stated), Some(previous)) = (self.former.get(place), self.former.get(place - 1)) else {
            return;
        };
        self.former_shown.resize(place, false);
        let has_it = || line.former_hash(*previous, Some(transaction)) == Some(*stated);
        // The header states nothing but its time, and a salvage may have made another one.
        let follows = place == 1 || self.former_shown[place - 1];
        let is_shown = follows && (line.lost().is_some() || has_it());
        self.former_shown.push(is_shown);
    }

    /// Verifies one transaction: its time, its document, and that everything in it can be read.
    fn transaction(&mut self, transaction: &TransactionV1) {
        let tx = transaction.tx;
        if self.recorded_at.is_some_and(|before| before >= transaction.recorded_at) {
            self.problems
                .push(format!("the time of transaction {tx} is not after that of the one before it"));
        }
        self.recorded_at = Some(transaction.recorded_at);
        if let Some(last) = self.times.last_mut() {
            *last = self.recorded_at;
        }
        self.statements += transaction.statements.len() as u64;
        let text_hash = Sha256::of(&[transaction.text.as_bytes()]);
        if transaction.is_text_lost {
            self.without_text.push(TxId(tx));
        } else if transaction.text_is_document && text_hash != transaction.source.sha256.0 {
            self.problems
                .push(format!("the document of transaction {tx} does not have the hash of its source"));
        }
        if let Err(why) = check_readable(transaction) {
            self.problems.push(format!("transaction {tx} cannot be read: {why}"));
        }
    }

    /// Compares the image with one made from the journal alone.
    fn compare_image(&mut self, dir: &Path, curves: MakeCurves) -> Result<()> {
        let image = match recover::journal_and_image(dir)?.1 {
            Ok(Some(image)) => image,
            Ok(None) => return Ok(()),
            Err(_) if image::is_of_another_version(dir) => {
                self.notes.push(format!("the image is of another version, {MADE_AGAIN}"));
                return Ok(());
            }
            Err(why) => {
                self.problems.push(why);
                return Ok(());
            }
        };
        let (tail, head) = recover::tail_up_to(dir, image.header().head.tx)?;
        if !image.is(&compiled(dir, &Reader::of(dir, None, tail, head), curves)?) {
            self.problems.push(image.damage("it differs from one made from the journal"));
        }
        Ok(())
    }

    /// Compares every record of the index with what it must be, both ways.
    fn compare(&mut self, index: &Index, head: &HeadV1) {
        let last = self.last_tx();
        if head.tx > last {
            let missing = last + 1;
            let problem = format!(
                "transaction {missing} is missing: the index goes up to {}, the journal ends",
                head.tx
            );
            return self.problems.push(problem);
        }
        let entries = match index.scan(&[]) {
            Ok(entries) => entries,
            Err(error) => {
                return self.problems.push(format!("the index cannot be read to its end: {}", error.message));
            }
        };
        for (key, value) in entries {
            match self.expected.remove(&key) {
                Some(expected) if expected == value => {}
                Some(_) => self.problems.push(format!("index and journal differ in {}", describe(&key))),
                None => {
                    self.problems.push(format!("the index has {}, the journal does not", describe(&key)));
                }
            }
        }
        for key in self.expected.keys() {
            self.problems.push(format!("the index lacks {}", describe(key)));
        }
    }
}

/// Checks that everything in a transaction can be read back.
///
/// # Errors
/// The first that cannot, in words.
fn check_readable(transaction: &TransactionV1) -> std::result::Result<(), String> {
    for named in &transaction.rules {
        if named.rule.id()? != named.id.0 {
            return Err(format!("the rule {} does not have that hash", named.id.0));
        }
    }
    transaction.clone().read().map(drop)
}
