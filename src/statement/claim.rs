//! Claims: what a statement says of the rule of its subject.

use crate::rule::PlacedRule;
use crate::time::{TimeSpan, ValidTime};

/// What a statement claims.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::Row;
/// let rows = rules.query("source ee24")?;
/// let Some(Row::Statement(row)) = rows.get(1) else { panic!() };
/// assert!(row.recorded.statement.claim.rule().is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub enum Claim {
    /// From `effective_at` on the rule is this; the exchange completes it within about `rollout`.
    Change {
        /// When the change starts.
        effective_at: ValidTime,
        /// How long its roll-out may take; zero where the source does not state it.
        rollout: TimeSpan,
        /// The rule from then on.
        rule: PlacedRule,
    },
    /// At `seen_at` the rule was this, or the subject had none.
    Observation {
        /// When it was seen.
        seen_at: ValidTime,
        /// The rule seen; `None` where a complete snapshot lacks the subject.
        rule: Option<PlacedRule>,
    },
    /// From `effective_at` on the subject has no rule.
    End {
        /// When the rule ends.
        effective_at: ValidTime,
    },
    /// From `effective_at` on the contract exists; no table of it is stated.
    Launch {
        /// When it starts.
        effective_at: ValidTime,
        /// The highest leverage that any position may have; `None` where the source does not state it.
        max_leverage: Option<u32>,
    },
    /// From `effective_at` on a pre-market contract becomes an ordinary one. Its tiers stay in force, but
    /// exchanges often widen them near that time without announcing it.
    Conversion {
        /// When the conversion starts.
        effective_at: ValidTime,
        /// How long it may take; zero where the source does not state it.
        rollout: TimeSpan,
    },
    /// The launch of the subject, which was set at `from`, is put off.
    Postponed {
        /// When it should have been, as this source states it; often not what the launch was announced for.
        from: ValidTime,
        /// When it is instead; `None` until further notice.
        to: Option<ValidTime>,
    },
}

impl Claim {
    /// The valid time from which, or at which, the claim applies: of a launch that is put off the new time, where
    /// one is stated.
    ///
    /// ```
    /// use tierbook::Row;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let rows = rules.query("source ee24")?;
    /// let Some(Row::Statement(row)) = rows.get(1) else { panic!() };
    /// assert_eq!(row.recorded.statement.claim.valid_at().to_string(), "2026-02-06T06:00:00Z");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn valid_at(&self) -> ValidTime {
        match self {
            Claim::Change { effective_at, .. }
            | Claim::End { effective_at }
            | Claim::Launch { effective_at, .. }
            | Claim::Conversion { effective_at, .. } => *effective_at,
            Claim::Observation { seen_at, .. } => *seen_at,
            Claim::Postponed { from, to } => to.unwrap_or(*from),
        }
    }

    /// The rule claimed; `None` where the claim is that there is none, or is not about a rule.
    ///
    /// ```
    /// use tierbook::Row;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let rows = rules.query("source ee24")?;
    /// let Some(Row::Statement(row)) = rows.get(1) else { panic!() };
    /// let rule = row.recorded.statement.claim.rule().unwrap();
    /// assert_eq!(rule.tiers()[0].rate, "0.8".parse()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rule(&self) -> Option<&PlacedRule> {
        match self {
            Claim::Change { rule, .. } => Some(rule),
            Claim::Observation { rule, .. } => rule.as_ref(),
            Claim::End { .. } | Claim::Launch { .. } | Claim::Conversion { .. } | Claim::Postponed { .. } => {
                None
            }
        }
    }

    /// Whether it states that there is no rule.
    ///
    /// ```
    /// use tierbook::Row;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let rows = rules.query("source ee24")?;
    /// let Some(Row::Statement(row)) = rows.get(1) else { panic!() };
    /// assert!(!row.recorded.statement.claim.states_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn states_none(&self) -> bool {
        matches!(self, Claim::End { .. } | Claim::Observation { rule: None, .. })
    }

    /// Whether both claim the same rule, or both that there is none.
    ///
    /// ```
    /// use tierbook::Row;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let rows = rules.query("source ee24")?;
    /// let [_, Row::Statement(after), Row::Statement(before), ..] = &rows[..] else { panic!() };
    /// let (after, before) = (&after.recorded.statement.claim, &before.recorded.statement.claim);
    /// assert!(after.same_rule(after) && !after.same_rule(before)); // 80 %, and 85 %
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn same_rule(&self, other: &Claim) -> bool {
        match (self.rule(), other.rule()) {
            (Some(one), Some(other)) => one.same(other),
            _ => self.states_none() && other.states_none(),
        }
    }

    /// Whether it states what was seen, not what will be.
    ///
    /// ```
    /// use tierbook::Row;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let rows = rules.query("source ee24")?;
    /// let seen = rows.iter().filter(|row| match row {
    ///     Row::Statement(row) => row.recorded.statement.claim.is_observation(),
    ///     _ => false,
    /// });
    /// assert_eq!(seen.count(), 34); // of each subject, the rule before
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_observation(&self) -> bool {
        matches!(self, Claim::Observation { .. })
    }

    /// Its kind in a sentence: `an observation`, `a launch put off`.
    pub(crate) fn in_words(&self) -> &'static str {
        match self {
            Claim::Change { .. } => "a change",
            Claim::Observation { .. } => "an observation",
            Claim::End { .. } => "an end",
            Claim::Launch { .. } => "a launch",
            Claim::Conversion { .. } => "a conversion",
            Claim::Postponed { .. } => "a launch put off",
        }
    }

    /// `change`, `observation`, `end`, `launch`, `conversion` or `postponed`.
    ///
    /// ```
    /// use tierbook::Row;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let rows = rules.query("source ee24")?;
    /// let [_, Row::Statement(after), Row::Statement(before), ..] = &rows[..] else { panic!() };
    /// assert_eq!(after.recorded.statement.claim.kind(), "change");
    /// assert_eq!(before.recorded.statement.claim.kind(), "observation");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn kind(&self) -> &'static str {
        match self {
            Claim::Change { .. } => "change",
            Claim::Observation { .. } => "observation",
            Claim::End { .. } => "end",
            Claim::Launch { .. } => "launch",
            Claim::Conversion { .. } => "conversion",
            Claim::Postponed { .. } => "postponed",
        }
    }
}
