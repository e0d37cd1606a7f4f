//! Dry runs: what recording documents would change, shown before anything is written.

use std::collections::BTreeSet;

use crate::database::Database;
use crate::database::files::Document;
use crate::database::load::{FileOutcome, FileReport, LoadOptions, prepared};
use crate::mistake::Mistake;
use crate::query::blast::blast_rows;
use crate::query::rows::Row;
use crate::rulebook::Rulebook;
use crate::statement::{
    Batch, Recorded, RecordedListing, RecordedWithdrawal, SourceId, StatementId, Subject, TxId,
};
use crate::store::{self, Reader};
use crate::time::{Instant, Length, RecordedTime};

/// What recording would do.
#[derive(Clone, Debug)]
pub struct DryRun {
    /// What would become of each document.
    pub reports: Vec<FileReport>,
    /// The answers that would change.
    pub rows: Vec<Row>,
}

/// Everything that is held, or would be.
#[derive(Clone, Default)]
struct Everything {
    statements: Vec<Recorded>,
    withdrawals: Vec<RecordedWithdrawal>,
    listings: Vec<RecordedListing>,
}

impl Database {
    /// What loading these documents would do. Nothing is recorded; the lock of the writer is taken for as long as it
    /// takes to look up what they withdraw.
    ///
    /// # Errors
    /// The database is locked or damaged. What is wrong with a document is in its report.
    pub fn dry_run(
        &self,
        documents: &[Document],
        options: &LoadOptions,
        now: Instant,
    ) -> Result<DryRun, Mistake> {
        let (mut held, last, now) = self.everything(now)?;
        let before = held.clone();
        let (mut reports, mut affected) = (Vec::new(), BTreeSet::new());
        for (place, document) in documents.iter().enumerate() {
            let outcome = match prepared(self, document, options)? {
                Ok((summary, draft)) => {
                    let recorded_at = RecordedTime(now.plus(Length::from_micros(place as i64 + 1)));
                    let batch = draft.batch(recorded_at);
                    held.add(batch, recorded_at, TxId(last.0 + place as u64 + 1), &mut affected);
                    FileOutcome::Readable(summary)
                }
                Err(outcome) => outcome,
            };
            reports.push(FileReport { path: document.path(), outcome });
        }
        let (before, after) = (before.rulebook(), held.rulebook());
        Ok(DryRun { reports, rows: blast_rows(&before, &after, &affected) })
    }

    /// Everything held, the last transaction, and the clock, but not before what was recorded last.
    fn everything(&self, now: Instant) -> Result<(Everything, TxId, Instant), Mistake> {
        if !store::exists(self.dir()) {
            return Ok((Everything::default(), TxId(0), now));
        }
        let reader = Reader::open(self.dir())?;
        let mut held = Everything {
            statements: Vec::new(),
            withdrawals: reader.withdrawals()?,
            listings: reader.listings()?,
        };
        for subject in reader.subjects()? {
            held.statements.extend(reader.statements(&subject)?);
        }
        let head = reader.head();
        Ok((held, head.tx, head.recorded_at.map_or(now, |recorded_at| now.max(recorded_at.0))))
    }
}

impl Everything {
    fn rulebook(self) -> Rulebook {
        Rulebook::new(self.statements, self.withdrawals, &self.listings)
    }

    /// Adds what a batch says, and notes whom it may concern.
    fn add(&mut self, batch: Batch, recorded_at: RecordedTime, tx: TxId, affected: &mut BTreeSet<Subject>) {
        let (source, published_at) = (batch.source.id, batch.source.published_at);
        for (place, statement) in batch.statements.into_iter().enumerate() {
            affected.insert(statement.subject.clone());
            let id = StatementId { source: source.clone(), ordinal: place as u32 + 1 };
            self.statements.push(Recorded { id, statement, published_at, recorded_at, tx });
        }
        for withdrawal in batch.withdrawals {
            let by = source.clone();
            self.withdrawals.push(RecordedWithdrawal { by, withdrawal, published_at, recorded_at });
        }
        for listing in batch.listings {
            let concerned =
                |subject: &Subject| subject.venue() == listing.venue && subject.program() == listing.program;
            let subjects = self.statements.iter().map(|recorded| recorded.statement.subject.clone());
            affected.extend(subjects.filter(concerned));
            let source = source.clone();
            self.listings.push(RecordedListing { source, listing, published_at, recorded_at, tx });
        }
        self.concern(&source, affected);
    }

    /// Notes the subjects of everything that a source takes back, and of what those sources had taken back.
    fn concern(&self, source: &SourceId, affected: &mut BTreeSet<Subject>) {
        let mut sources: BTreeSet<&SourceId> = BTreeSet::from([source]);
        loop {
            let known = sources.len();
            let taken: Vec<&SourceId> = self
                .withdrawals
                .iter()
                .filter(|withdrawal| sources.contains(&withdrawal.by))
                .map(|withdrawal| &withdrawal.withdrawal.source)
                .collect();
            sources.extend(taken);
            if sources.len() == known {
                break;
            }
        }
        let concerned = self.statements.iter().filter(|recorded| sources.contains(&recorded.id.source));
        affected.extend(concerned.map(|recorded| recorded.statement.subject.clone()));
    }
}
