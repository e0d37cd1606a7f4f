//! What [`Writer`] does with documents: one after another, each as one transaction, read ahead on all cores.

use std::borrow::Borrow;

use crate::database::ahead::{Next, in_order};
use crate::database::files::LoadInput;
use crate::database::group::Group;
use crate::database::load::{FileOutcome, FileReport, LoadOptions};
use crate::database::reading::{DocumentReader, Prepared, Readable, book, known_or_marked, settled};
use crate::database::retract::needs_something_stored;
use crate::database::writer::Writer;
use crate::error::{Error, ErrorCode, Result};
use crate::ingest::Draft;
use crate::rulebook::{Knowledge, Rulebook};
use crate::snapshot::records::curves;
use crate::statement::{Origin, RecordedSource, Sha256, SourceId};
use crate::store::{self, Reader};
use crate::time::Timestamp;

impl Writer {
    /// What the store reports: what was repaired when it was opened, or what failed beside a commit, in
    /// sentences without a full stop.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let mut writer = database.writer()?;
    /// writer.retract("ee2413a8367c", "an example")?;
    /// assert!(writer.notices().is_empty()); // nothing had to be repaired
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn notices(&self) -> Vec<String> {
        self.store.as_ref().map_or(Vec::new(), store::Writer::notices)
    }

    /// Loads files, each as one transaction, and reports each as soon as it is on the disk.
    ///
    /// A database is created when the first file is recorded. A file that retracts what is not stored is
    /// tried once more after the others.
    ///
    /// ```
    /// use tierbook::{LoadInput, LoadOptions};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// let inputs = [LoadInput::bytes("empty.txt", ""), LoadInput::from("seed/binance-2026-02-03.txt")];
    /// let mut failed = Vec::new();
    /// database.writer()?.load_each(&inputs, &LoadOptions::default(), &mut |report| {
    ///     failed.push(report.outcome.error().is_some());
    /// })?;
    /// assert_eq!(failed, [true, false]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Writer::load`]. What was reported as loaded before stays.
    pub fn load_each(
        &mut self,
        inputs: &[LoadInput],
        options: &LoadOptions,
        report: &mut dyn FnMut(FileReport),
    ) -> Result<()> {
        self.load_documents(inputs.iter().map(Ok), options, report)
    }

    /// Loads documents as they come, each as one transaction, as [`Writer::load_each`] does. One that could not be
    /// had is reported as it is.
    ///
    /// ```
    /// use tierbook::{LoadInput, LoadOptions};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// let inputs = ["seed/binance-2026-02-03.txt"].into_iter().map(|path| Ok(LoadInput::from(path)));
    /// let mut count = 0;
    /// database.writer()?.load_stream(inputs, &LoadOptions::default(), &mut |_| count += 1)?;
    /// assert_eq!(count, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Writer::load`]. What was reported as loaded before stays.
    pub fn load_stream(
        &mut self,
        inputs: impl Iterator<Item = std::result::Result<LoadInput, Box<FileReport>>>,
        options: &LoadOptions,
        report: &mut dyn FnMut(FileReport),
    ) -> Result<()> {
        self.load_documents(inputs, options, report)
    }

    fn load_documents<I: Borrow<LoadInput> + Send>(
        &mut self,
        inputs: impl Iterator<Item = std::result::Result<I, Box<FileReport>>>,
        options: &LoadOptions,
        report: &mut dyn FnMut(FileReport),
    ) -> Result<()> {
        let stored = match &self.store {
            Some(writer) => book(writer.reader())?,
            None => Reader::open(self.database.dir()).and_then(|reader| book(&reader)).unwrap_or_default(),
        };
        let reader = DocumentReader::of(options, &stored);
        let read = |input: &I| match known_version(input.borrow(), &stored) {
            Some(known) => Err(Box::new(known)),
            None => reader.readable(input.borrow()),
        };
        let mut group = Group::of(report);
        let mut again: Vec<I> = Vec::new();
        let loaded = in_order(inputs, &read, |documents| {
            loop {
                match documents.next(group.patience()) {
                    Next::End => return Ok(()),
                    Next::NotYet => group.acknowledge(self.store.as_mut())?,
                    Next::Failed(failed) => group.add(*failed),
                    Next::Done(input, readable) => match self.load_one(readable, options, &mut group)? {
                        FileOutcome::Unreadable(error) if error.code() == ErrorCode::NotStored => {
                            again.push(input);
                        }
                        outcome => group.add(FileReport { path: input.borrow().path(), outcome }),
                    },
                }
                if group.is_full() {
                    group.acknowledge(self.store.as_mut())?;
                }
            }
        });
        // What was recorded before an error stays recorded.
        let loaded = loaded.and(group.acknowledge(self.store.as_mut()));
        loaded?;
        for input in again {
            let outcome = self.load_one(read(&input), options, &mut group)?;
            group.acknowledge(self.store.as_mut())?;
            group.add(FileReport { path: input.borrow().path(), outcome });
        }
        self.store.iter_mut().for_each(store::Writer::finish);
        Ok(())
    }

    fn load_one(
        &mut self,
        readable: Readable,
        options: &LoadOptions,
        group: &mut Group,
    ) -> Result<FileOutcome> {
        let outcome = match readable {
            Ok(draft) => match needs_something_stored(&draft) {
                Some(error) if !store::exists(self.database.dir()) => FileOutcome::Unreadable(error),
                _ => record(draft, options, self.opened()?, group)?,
            },
            Err(outcome) => *outcome,
        };
        match (&outcome, &options.revises) {
            (FileOutcome::AlreadyLoaded(source, _), Some(older)) => {
                Ok(self.not_revised(source, older)?.map_or(outcome, FileOutcome::Unreadable))
            }
            _ => Ok(outcome),
        }
    }

    /// Why a document that is loaded already cannot revise another; `None` where it revises it already.
    fn not_revised(&self, source: &SourceId, older: &SourceId) -> Result<Option<Error>> {
        let retractions = match &self.store {
            Some(writer) => writer.reader().retractions()?,
            None => Reader::open(self.database.dir())?.retractions()?,
        };
        let revises = retractions.iter().any(|it| it.by == *source && it.retraction.source == *older);
        if source == older {
            let message = format!("{source} is this document itself, not an older edition of it");
            return Ok(Some(Error::new(ErrorCode::LoadedAlready, message).hint("leave `--revises` out")));
        }
        let message = format!("it is loaded already, as {source}, and does not revise {older}");
        let error = Error::new(ErrorCode::LoadedAlready, message)
            .hint(format!("`tierbook supersede {older} --by {source}` records that it is a newer edition"));
        Ok((!revises).then_some(error))
    }

    /// The store, opened for writing; it is created where there is none.
    pub(super) fn opened(&mut self) -> Result<&mut store::Writer> {
        if self.store.is_none() {
            if !store::exists(self.database.dir()) {
                match store::create(self.database.dir(), Timestamp::now()) {
                    // Another process made it meanwhile.
                    Err(error) if error.code() == ErrorCode::DatabaseExists => {}
                    made => made?,
                }
            }
            self.store = Some(store::Writer::open(self.database.dir(), curves)?);
        }
        self.store.as_mut().ok_or_else(|| Error::new(ErrorCode::NotOpen, "the database is not open"))
    }
}

/// The outcome of a version that is recorded already, so that a long history need not be read again.
fn known_version(input: &LoadInput, stored: &Rulebook) -> Option<FileOutcome> {
    let LoadInput::Version { bytes, committed_at, .. } = input else { return None };
    if !stored.has_sources() {
        return None;
    }
    let sha256 = Sha256::of(&[bytes]);
    let id = SourceId::of(&sha256);
    let is_known = |it: &&RecordedSource| {
        let source = &it.source;
        // The document states its own time, or the commit did.
        let same_time = source.published_at.0 == *committed_at || source.origin == Origin::Text;
        source.sha256 == sha256 && same_time && stored.unloaded_by(&id, it.tx, Knowledge::default()).is_none()
    };
    let known = stored.recordings(&id).iter().find(is_known)?;
    Some(FileOutcome::AlreadyLoaded(id, known.tx))
}

/// Records a draft in a group, unless another process recorded it meanwhile.
fn record(
    draft: Draft,
    options: &LoadOptions,
    writer: &mut store::Writer,
    group: &mut Group,
) -> Result<FileOutcome> {
    let is_new = writer.sources_with(&draft.sha256)?.is_empty();
    let draft =
        match if is_new { Ok(draft) } else { known_or_marked(draft, options, &book(writer.reader())?) } {
            Ok(draft) => draft,
            Err(outcome) => return Ok(*outcome),
        };
    let (summary, draft) = match settled(draft, writer.reader())? {
        Prepared::Recordable(summary, draft) => (summary, draft),
        Prepared::Not(outcome) => return Ok(outcome),
    };
    group.record(draft.text.len());
    let head = writer.append(Timestamp::now(), |recorded_at| draft.batch(recorded_at))?;
    Ok(FileOutcome::Loaded(summary, head.tx))
}
