//! Rows of a reconciliation: what a file shows, compared with what is stored, subject by subject.

use super::serialize::{Differences, object, percent};
use crate::query::rows::certainty::Certainty;
use crate::rule::difference::AlignedTier;
use crate::statement::{StatementId, Subject};
use crate::time::ValidTime;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// What a file shows of one subject, compared with what is stored for the same time.
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
/// let row = compared.rows.iter().find(|row| row.subject.name() == "LTC").unwrap();
/// assert_eq!(row.held.as_ref().unwrap().to_string(), "ee2413a8367c.2");
/// assert!(row.outcome.is_contradiction());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct ReconciledRow {
    /// The subject.
    pub subject: Subject,
    /// The time of the observation.
    pub seen_at: ValidTime,
    /// How the two compare.
    pub outcome: ReconciledOutcome,
    /// The stored statement that answers for that time; `None` where none does.
    pub held: Option<StatementId>,
    /// Since when the stored rule is in force.
    pub in_force_since: Option<ValidTime>,
    /// How certain the stored rule is; `None` where there is none.
    pub certainty: Option<Certainty>,
    /// The estimated probability, in percent, that the exchange applied it.
    pub holds: Option<u8>,
}

/// How a file compares with the database.
///
/// ```
/// use tierbook::{LoadOptions, Timestamp};
/// use tierbook::rows::ReconciledOutcome;
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// let file = folder.path().join("seen.txt");
/// let text = std::fs::read_to_string("seed/binance-2026-02-03.txt")?.replace("LTC85%80%", "LTC84%80%");
/// std::fs::write(&file, text)?;
/// let compared = database.reconcile(&file, &LoadOptions::default(), None, Timestamp::now())?;
/// let equal = compared.rows.iter().filter(|row| row.outcome == ReconciledOutcome::Equal);
/// assert_eq!(equal.count(), 33); // all but LTC
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub enum ReconciledOutcome {
    /// Both give the same answers.
    Equal,
    /// A change is rolling out until this time, and the file still shows the rule before it.
    RollingOut(ValidTime),
    /// They differ in these tiers; none where one of them has no rule.
    Differs(Vec<AlignedTier>),
    /// No stored statement reaches the time.
    NotHeld,
    /// The file is complete and lacks this subject, which has a rule by what is stored.
    NotInFile,
}

impl ReconciledOutcome {
    /// The name in machine answers.
    ///
    /// ```
    /// use tierbook::rows::ReconciledOutcome;
    /// assert_eq!(ReconciledOutcome::NotHeld.name(), "not_held");
    /// ```
    pub fn name(&self) -> &'static str {
        match self {
            ReconciledOutcome::Equal => "equal",
            ReconciledOutcome::RollingOut(_) => "rolling_out",
            ReconciledOutcome::Differs(_) => "differs",
            ReconciledOutcome::NotHeld => "not_held",
            ReconciledOutcome::NotInFile => "not_in_file",
        }
    }

    /// Whether the file contradicts the database.
    ///
    /// ```
    /// use tierbook::rows::ReconciledOutcome;
    /// assert!(ReconciledOutcome::NotInFile.is_contradiction());
    /// assert!(!ReconciledOutcome::NotHeld.is_contradiction()); // the database knows less than the file
    /// ```
    pub fn is_contradiction(&self) -> bool {
        matches!(self, ReconciledOutcome::Differs(_) | ReconciledOutcome::NotInFile)
    }
}

object!(ReconciledRow, |row|
    "subject": row.subject,
    "seen_at": row.seen_at,
    "outcome": row.outcome.name(),
    "statement": row.held,
    "in_force_since": row.in_force_since,
    "certainty": row.certainty,
    "holds": row.holds.map(percent),
    "until": match &row.outcome {
        ReconciledOutcome::RollingOut(until) => Some(until),
        _ => None,
    },
    "differences": match &row.outcome {
        ReconciledOutcome::Differs(tiers) => Differences { tiers, names: ["held", "shown"] },
        _ => Differences { tiers: &[], names: ["held", "shown"] },
    },
);
