//! Reconciling: the rules that a file shows, compared with what the database answers for the time of the
//! file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::database::Database;
use crate::database::load::LoadOptions;
use crate::database::reading::read_for_recording;
use crate::error::{Error, ErrorCode};
use crate::query::StoredRules;
use crate::query::eval::reconcile::reconcile;
use crate::query::rows::reconciled::{ReconciledOutcome, ReconciledRow};
use crate::rule::Rule;
use crate::rulebook::Rulebook;
use crate::snapshot::records::records;
use crate::statement::{Batch, Claim, SourceId, Subject};
use crate::store::Reader;
use crate::time::{RecordedTime, Timestamp, ValidTime};

/// A file compared with the database.
///
/// ```
/// use tierbook::{LoadOptions, Timestamp};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// let file = folder.path().join("seen.txt");
/// let text = std::fs::read_to_string("seed/binance-2026-02-03.txt")?.replace("LTC85%80%", "LTC84%80%");
/// std::fs::write(&file, text)?;
/// let compared = database.reconcile(&file, &LoadOptions::default(), None, Timestamp::now())?;
/// assert_eq!((compared.rows.len(), compared.unchanged), (34, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reconciliation {
    /// The subjects, in order.
    pub rows: Vec<ReconciledRow>,
    /// How many subjects are left out because they have not changed since the time that was asked for.
    pub unchanged: usize,
}

impl Database {
    /// Compares the observations of a file with what the database answers for their times, as if the file
    /// were not loaded.
    ///
    /// With `since`, only subjects whose rule changed from then on, as stored or as the file shows. `now` is
    /// the time of a file without one. Nothing is recorded.
    ///
    /// ```
    /// use tierbook::{LoadOptions, Timestamp};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let file = folder.path().join("seen.txt");
    /// let text = std::fs::read_to_string("seed/binance-2026-02-03.txt")?.replace("LTC85%80%", "LTC84%80%");
    /// std::fs::write(&file, text)?; // it shows another ratio for LTC
    /// let compared = database.reconcile(&file, &LoadOptions::default(), None, Timestamp::now())?;
    /// let mut wrong = compared.rows.iter().filter(|row| row.outcome.is_contradiction());
    /// assert_eq!(wrong.next().unwrap().subject.name(), "LTC");
    /// assert!(wrong.next().is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The file cannot be read as a whole or contains no observation (`no_sighting`), or there is no
    /// database.
    pub fn reconcile(
        &self,
        file: &Path,
        options: &LoadOptions,
        since: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Reconciliation, Error> {
        let batch = read_for_recording(file, options)?.batch(RecordedTime(now));
        let seen = observations(&batch);
        if seen.is_empty() {
            let message = format!("{} shows no rule that was seen at a time", file.display());
            return Err(Error::new(ErrorCode::NoObservation, message).hint(
                "tables of an exchange are observations, and so is the Previous side of an announcement",
            ));
        }
        let reader = Reader::open(self.dir())?;
        let (stored, subjects) = everything_but(&batch, &reader)?;
        let mut rows: Vec<ReconciledRow> = seen
            .iter()
            .map(|((subject, seen_at), rule)| reconcile(subject, *seen_at, *rule, &stored))
            .collect();
        rows.extend(missing(&batch, &subjects, &seen, &stored));
        rows.sort_by(|a, b| (&a.subject, a.seen_at).cmp(&(&b.subject, b.seen_at)));
        let all = rows.len();
        if let Some(since) = since {
            rows.retain(|row| {
                row.outcome.is_contradiction() || row.in_force_since.is_some_and(|from| from.0 >= since)
            });
        }
        Ok(Reconciliation { unchanged: all - rows.len(), rows })
    }
}

type Seen<'a> = BTreeMap<(Subject, ValidTime), Option<&'a Rule>>;

/// The observations of a file; of several at one time the last counts, as in answers.
fn observations(batch: &Batch) -> Seen<'_> {
    let observation = |statement: &'_ crate::statement::Statement| match &statement.claim {
        Claim::Observation { seen_at, .. } => Some((statement.subject.clone(), *seen_at)),
        _ => None,
    };
    let all = batch.statements.iter();
    all.filter_map(|statement| Some((observation(statement)?, statement.claim.rule().map(|rule| &**rule))))
        .collect()
}

/// Everything that is stored from other sources.
fn everything_but(batch: &Batch, reader: &Reader) -> Result<(StoredRules, Vec<Subject>), Error> {
    let subjects = reader.subjects()?;
    let mut records = records(&subjects, reader)?;
    for list in &mut records.statements {
        list.retain(|recorded| recorded.id.source != batch.source.id);
    }
    records.complete.retain(|snapshot| snapshot.source != batch.source.id);
    records.observed.values_mut().for_each(|all| all.retain(|observed| observed.source != batch.source.id));
    let mut stored = StoredRules { sources: reader.sources()?, ..StoredRules::default() };
    let cited: BTreeSet<&SourceId> =
        records.statements.iter().flatten().map(|recorded| &recorded.id.source).collect();
    for id in cited {
        stored.findings.insert(*id, reader.findings(id, reader.head().tx)?);
    }
    stored.rulebook = Rulebook::new(records);
    Ok((stored, subjects))
}

/// The subjects with a rule that a complete snapshot does not contain.
fn missing(batch: &Batch, stored: &[Subject], seen: &Seen, stored_rules: &StoredRules) -> Vec<ReconciledRow> {
    let named: BTreeSet<&Subject> = seen.keys().map(|(subject, _)| subject).collect();
    let mut rows = Vec::new();
    for snapshot in &batch.complete_snapshots {
        let of_listing = |subject: &&Subject| snapshot.covers(subject);
        let lacking = stored.iter().filter(of_listing).filter(|subject| !named.contains(subject));
        rows.extend(lacking.map(|subject| reconcile(subject, snapshot.seen_at, None, stored_rules)));
    }
    rows.retain(|row| row.outcome == ReconciledOutcome::NotInFile);
    rows
}
