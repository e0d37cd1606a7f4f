//! Salvaging a damaged database: a new one with everything that can be read, in its place.
//!
//! The damaged one is not changed. What can be read is kept with its number and its hash, which the chain proves. In the
//! place of a transaction that is lost comes a tombstone with its number and its hash: so the chain goes on, and every
//! head that was noted before is still found.

mod report;
mod stated;
mod without_text;
mod chain;

use std::path::{Path, PathBuf};
use std::time::Duration;

use self::chain::{Chain, Done};
pub use self::report::{LostTransaction, SalvageOptions, Salvaged};
use self::stated::Known;
use self::without_text::Beside;
use super::acknowledged::{self, Acknowledged};
use super::backup::read_back;
use super::disk::{self, DiskFile};
use super::errors::{disk_error, removed};
use super::head::Head;
use super::image::Image;
use super::index::Index;
use super::journal::draft::Draft;
use super::journal::salvage::{Damaged, Journals};
use super::journal::{self, Format, HashFrom};
use super::lock;
use super::schema::HeadV1;
use crate::error::{Error, ErrorCode, Result};
use crate::limits;
use crate::statement::TxId;
use crate::time::Timestamp;

/// Makes a new database in `to` of what can be read of the one in `dir`; `None` where nothing is wrong with its journal,
/// so that nothing was made.
///
/// # Errors
/// There is no database; `to` has one, or a part of one (`database_exists`); a transaction is lost and nothing states its
/// hash, or one that has its hash is none for this program (`damaged_journal`); another process writes to `to` (`locked`), or the disk refuses (`disk`). There is no database
/// in `to` then.
pub fn salvage(dir: &Path, to: &Path, options: &SalvageOptions, now: Timestamp) -> Result<Option<Salvaged>> {
    let path = journal::path(dir);
    // What is no damage is reported as what it is.
    journal::exists(dir).then_some(()).map_or_else(|| journal::bytes(dir).map(drop), Ok)?;
    refuse_existing(to)?;
    if options.up_to.is_none() && is_whole(dir)? {
        return Ok(None);
    }
    disk::create_folder(to).map_err(|error| disk_error("create", to, error))?;
    let _lock = lock::take(to, Duration::from_millis(limits::LOCK_WAIT_MS))?;
    refuse_existing(to)?;
    let copy = to.join(INDEX_COPY);
    removed(&copy, disk::remove_folder(&copy))?;
    let result = salvaged(dir, &path, to, options, now);
    // Nothing reads it: where this fails, it only takes space.
    let _ = disk::remove_folder(&copy);
    result.map(Some)
}

/// Where the index is copied to, so that nothing is repaired in the damaged database.
const INDEX_COPY: &str = "index-of-damaged.new";

fn refuse_existing(to: &Path) -> Result<()> {
    if !journal::exists(to) && !journal::has_other_files(to) {
        return Ok(());
    }
    let what = format!("there is already a database, or a part of one, in {}", to.display());
    Err(Error::new(ErrorCode::DatabaseExists, what)
        .hint("name another folder; it is made where it is missing"))
}

/// Whether everything in the journal can be read, and nothing of it is lost.
fn is_whole(dir: &Path) -> Result<bool> {
    let read = || -> Result<bool> {
        let journal = journal::open(dir)?;
        let mut lines = journal::Lines::of(journal, journal::Extent::Acknowledged, 0, journal::NO_HASH, 0)?;
        let mut is_whole = true;
        while let Some(line) = lines.next_line()? {
            is_whole &= line.lost().is_none();
            if line.tx == 0 {
                line.check_header(dir)?;
                continue;
            }
            let transaction = line.transaction(dir)?;
            is_whole &= !transaction.is_text_lost;
            transaction.read().map_err(|why| journal::unreadable(line.tx, &why))?;
        }
        Ok(is_whole && lines.torn_bytes() == 0)
    };
    match read() {
        Err(error) if [ErrorCode::Disk, ErrorCode::UnknownFormat].contains(&error.code()) => Err(error),
        result => Ok(result.unwrap_or(false)),
    }
}

fn salvaged(
    dir: &Path,
    path: &Path,
    to: &Path,
    options: &SalvageOptions,
    now: Timestamp,
) -> Result<Salvaged> {
    let format = format_of(path);
    let (mut journals, mut known) = journals(dir, path, format, options)?;
    let index = match Index::open_copy(dir, &to.join(INDEX_COPY)) {
        Ok(index) => index,
        Err(error) => {
            known.notices.push(error.message);
            None
        }
    };
    known.add_head(dir);
    index.iter().for_each(|index| known.add_index(index));
    let image = match Image::open_alone(dir) {
        Ok(image) => image,
        Err(why) => {
            known.notices.push(why);
            None
        }
    };
    image.iter().for_each(|image| known.add_image(image));
    options.hashes.iter().for_each(|(tx, hash)| known.add_option(tx.0, *hash));
    let read = last_intact(&mut journals)?;
    let end = known.acknowledged.max(read).unwrap_or(0);
    let last = options.up_to.map_or(end, |up_to| end.min(up_to.0));
    if known.acknowledged.is_none() || journals.all[0].end_of(end) < journals.all[0].bytes.saturating_sub(2) {
        known.notices.push(format!(
            "whether anything was recorded after transaction {end} is not known: {}",
            if known.acknowledged.is_none() {
                "nothing but the journal says how far it went"
            } else {
                "what follows it cannot be read"
            }
        ));
    }
    let draft_path = to.join(format!("{}.new", format.file()));
    let file = DiskFile::create(&draft_path).map_err(|error| disk_error("write", &draft_path, error))?;
    let (draft, done) = (Draft::of(format), Done::default());
    let beside = Beside::of(index, image);
    let mut chain = Chain { journals, known, beside, draft, file, path: &draft_path, now, done };
    let written = chain.write(last).and_then(|()| put(to, &draft_path, format, &chain));
    let head = written.inspect_err(|_| {
        let _ = disk::remove_file(&draft_path);
    })?;
    let Chain { known: Known { notices, .. }, done, .. } = chain;
    Ok(Salvaged {
        journal: to.join(format.file()),
        head,
        kept: done.kept,
        from_backups: done.from_copies,
        without_text: done.without_text.into_iter().map(TxId).collect(),
        lost: done
            .lost
            .iter()
            .map(|(lost, hash, is_linked)| LostTransaction::of(lost, *hash, *is_linked))
            .collect(),
        notices,
    })
}

fn format_of(path: &Path) -> Format {
    let is_lines = path.file_name().is_some_and(|name| name == Format::Lines.file());
    if is_lines { Format::Lines } else { Format::Frames }
}

/// The damaged journal, copies of it in the folders that help, and the old one where a migration kept it; and what they
/// state.
fn journals(dir: &Path, path: &Path, format: Format, options: &SalvageOptions) -> Result<(Journals, Known)> {
    let mut known = Known::default();
    let damaged = Damaged::open(path, format)?;
    known.sure = damaged.sure_hashes()?;
    known.add_journal(&damaged, HashFrom::Journal, "the journal");
    let mut all = vec![damaged];
    for folder in options.with.iter().map(PathBuf::as_path) {
        if !journal::exists(folder) {
            journal::bytes(folder)?;
        }
        for format in Format::ALL.into_iter().filter(|format| folder.join(format.file()).exists()) {
            all.push(Damaged::open(&folder.join(format.file()), format)?);
        }
    }
    for folder in [dir].into_iter().chain(options.with.iter().map(PathBuf::as_path)) {
        let kept = folder.join(format!("{}.before-migration", Format::Lines.file()));
        if format == Format::Frames && kept.exists() {
            all.push(Damaged::open(&kept, Format::Lines)?);
        }
    }
    for copy in all.iter().skip(1).filter(|copy| copy.format == format) {
        known.add_journal(copy, HashFrom::Backup, &copy.path().display().to_string());
    }
    for journal in all.iter().filter(|journal| journal.format == format) {
        for tx in journal.found.keys().copied() {
            for (lost, hash) in journal.tombstones(tx)? {
                known.add_tombstone(lost, hash);
            }
        }
    }
    Ok((Journals::of(all), known))
}

/// The last transaction of the damaged journal that can be read.
fn last_intact(journals: &mut Journals) -> Result<Option<u64>> {
    let found: Vec<u64> = journals.all[0].found.keys().rev().copied().collect();
    for tx in found {
        let of = &journals.all[0];
        if of.found.get(&tx).is_some_and(|found| found.iter().any(|it| it.is_intact)) {
            return Ok(Some(tx));
        }
        if of.format == Format::Lines
            && journals.readable(tx)?.iter().any(|it| it.journal == 0 && it.is_intact)
        {
            return Ok(Some(tx));
        }
    }
    Ok(None)
}

/// Puts the new journal in force, once it was read back.
fn put(to: &Path, draft: &Path, format: Format, chain: &Chain) -> Result<Head> {
    let path = to.join(format.file());
    let fail = |error| disk_error("write", &path, error);
    chain.file.sync_all().map_err(fail)?;
    let (tx, line) = chain.draft.last();
    let head = HeadV1 { tx, recorded_at: chain.done.recorded_at.filter(|_| tx > 0), line };
    let acknowledged = Acknowledged::of(format.file(), &head);
    let head = read_back(draft, &acknowledged)?;
    disk::rename(draft, &path).and_then(|()| disk::sync_folder(to)).map_err(fail)?;
    acknowledged::write(to, &acknowledged)?;
    Ok(head)
}
