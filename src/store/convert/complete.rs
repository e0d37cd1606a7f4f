//! Complete snapshots on disk: of a whole program, and of some of its currencies.

use super::read_source_id;
use crate::statement::{CompleteSnapshot, Program, RecordedCompleteSnapshot, TxId};
use crate::store::schema::scalars::TimestampV1;
use crate::store::schema::{
    CompleteSnapshotV1, CurrencySnapshotV1, RecordedCompleteSnapshotV2, TransactionV1,
};
use crate::time::{PublishedTime, RecordedTime, ValidTime};

impl TransactionV1 {
    /// The complete snapshots of both lists. One without currencies is of the whole program: that is what
    /// journals meant before currencies were stored.
    pub fn all_complete_snapshots(&self) -> Vec<CurrencySnapshotV1> {
        let whole = self.complete_snapshots.iter().map(|it| CurrencySnapshotV1 {
            venue: it.venue.clone(),
            program: it.program.clone(),
            currencies: None,
            except: Vec::new(),
            seen_at: it.seen_at,
        });
        whole.chain(self.currency_snapshots.iter().cloned()).collect()
    }
}

impl CompleteSnapshotV1 {
    /// Whether it has room for all that a snapshot states.
    pub fn can_hold(snapshot: &CompleteSnapshot) -> bool {
        snapshot.currencies.is_none() && snapshot.except.is_empty()
    }

    /// The record of one.
    pub fn of(snapshot: CompleteSnapshot) -> CompleteSnapshotV1 {
        CompleteSnapshotV1 {
            venue: snapshot.venue,
            program: snapshot.program.name().to_string(),
            seen_at: TimestampV1(snapshot.seen_at.0),
        }
    }
}

impl CurrencySnapshotV1 {
    /// The record of one.
    pub fn of(snapshot: CompleteSnapshot) -> CurrencySnapshotV1 {
        CurrencySnapshotV1 {
            venue: snapshot.venue,
            program: snapshot.program.name().to_string(),
            currencies: snapshot.currencies.map(|all| all.into_iter().collect()),
            except: snapshot.except.into_iter().collect(),
            seen_at: TimestampV1(snapshot.seen_at.0),
        }
    }

    /// The complete snapshot.
    ///
    /// # Errors
    /// The program is unknown.
    pub fn read(self) -> Result<CompleteSnapshot, String> {
        let program = Program::from_name(&self.program)
            .ok_or_else(|| format!("`{}` is not a program", self.program))?;
        Ok(CompleteSnapshot {
            venue: self.venue,
            program,
            currencies: self.currencies.map(|all| all.into_iter().collect()),
            except: self.except.into_iter().collect(),
            seen_at: ValidTime(self.seen_at.0),
        })
    }
}

impl RecordedCompleteSnapshotV2 {
    /// The disk form of a recorded complete snapshot.
    pub fn of(recorded: RecordedCompleteSnapshot) -> RecordedCompleteSnapshotV2 {
        RecordedCompleteSnapshotV2 {
            tx: recorded.tx.0,
            recorded_at: TimestampV1(recorded.recorded_at.0),
            published_at: TimestampV1(recorded.published_at.0),
            source: recorded.source.to_string(),
            snapshot: CurrencySnapshotV1::of(recorded.snapshot),
        }
    }

    /// The snapshot with what is known about its record.
    ///
    /// # Errors
    /// As [`CurrencySnapshotV1::read`], or the id of the source is not valid.
    pub fn read(self) -> Result<RecordedCompleteSnapshot, String> {
        Ok(RecordedCompleteSnapshot {
            source: read_source_id(&self.source)?,
            snapshot: self.snapshot.read()?,
            published_at: PublishedTime(self.published_at.0),
            recorded_at: RecordedTime(self.recorded_at.0),
            tx: TxId(self.tx),
        })
    }
}
