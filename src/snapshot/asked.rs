//! Answers row by row: a row is made when it is asked for.

use std::fmt;
use std::sync::Arc;
use std::vec;

use super::Snapshot;
use super::read::not_before;
use super::wanted::Wanted;
use crate::error::Result;
use crate::query::plan::basis::read_basis;
use crate::query::plan::transactions::pinned;
use crate::query::rows::Row;
use crate::query::syntax::ast::Statement;
use crate::query::{Plan, Remaining, StoredRules, parse};
use crate::statement::{At, RecordedSource};
use crate::time::{RecordedTime, Timestamp};

/// How many lost transactions are named.
const NAMED: usize = 5;

/// The rows of an answer, each made when it is asked for, so that an answer of any length needs little memory.
///
/// It needs neither the snapshot that it is from nor the database any more, and no row fails.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use std::io::Write;
/// let mut out = std::io::stdout().lock();
/// for row in rules.rows("changes; tiers of all")? {
///     serde_json::to_writer(&mut out, &row)?;
///     out.write_all(b"\n")?;
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Rows {
    answers: vec::IntoIter<Answer>,
    /// The answer that is being given; `None` before the first.
    current: Option<Answer>,
    /// The rows of the part of it that was made last.
    made: vec::IntoIter<Row>,
}

/// The answer to one statement.
pub(super) struct Answer {
    plan: Plan,
    stored: Arc<StoredRules>,
    remaining: Remaining,
}

impl Answer {
    /// The answer to a plan.
    ///
    /// # Errors
    /// A source that it names is not one that is stored.
    pub fn new(plan: Plan, stored: Arc<StoredRules>) -> Result<Answer> {
        let remaining = Remaining::of(&plan, &stored)?;
        Ok(Answer { plan, stored, remaining })
    }

    fn next(&mut self) -> Option<Vec<Row>> {
        self.remaining.next(&self.plan, &self.stored)
    }
}

impl Rows {
    pub(super) fn of(answers: Vec<Answer>) -> Rows {
        Rows { answers: answers.into_iter(), current: None, made: Vec::new().into_iter() }
    }
}

impl Iterator for Rows {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        loop {
            if let Some(row) = self.made.next() {
                return Some(row);
            }
            match self.current.as_mut().and_then(Answer::next) {
                Some(rows) => self.made = rows.into_iter(),
                None => self.current = Some(self.answers.next()?),
            }
        }
    }
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Rows").field("made", &self.made.as_slice()).finish_non_exhaustive()
    }
}

impl Snapshot {
    /// Answers the statements of a text, in order, row by row: [`Snapshot::query`] without keeping the rows.
    ///
    /// ```
    /// use tierbook::Row;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let mut rows = rules.rows("tiers of all as of 2026-02-07")?;
    /// let Some(Row::Tier(first)) = rows.next() else { panic!() }; // no other contract was looked at yet
    /// assert_eq!(first.tier.unwrap().number, 1);
    /// assert_eq!(1 + rows.count(), rules.query("tiers of all as of 2026-02-07")?.len());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Snapshot::query`], before the first row.
    pub fn rows(&self, text: &str) -> Result<Rows> {
        let answer = |statement: &Statement| self.asked(statement, Timestamp::now());
        Ok(Rows::of(parse(text)?.iter().map(answer).collect::<Result<_>>()?))
    }

    /// Answers one statement that was read, row by row. `now` is what an omitted `as of` and relative times mean.
    ///
    /// ```
    /// use tierbook::{Timestamp, language::parse};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let statement = parse("history of all")?.remove(0);
    /// let rows = rules.rows_of(&statement, Timestamp::now())?;
    /// assert!(rows.eq(rules.answer(&statement, Timestamp::now())?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Snapshot::query`], before the first row.
    pub fn rows_of(&self, statement: &Statement, now: Timestamp) -> Result<Rows> {
        Ok(Rows::of(vec![self.asked(statement, now)?]))
    }

    /// As [`Snapshot::rows_of`], with what must be known of the answer: a transaction on which it may rest is lost.
    pub(crate) fn rows_with_notices(
        &self,
        statement: &Statement,
        now: Timestamp,
    ) -> Result<(Rows, Vec<String>)> {
        let asked = self.asked(statement, now)?;
        let notices = self.notice_of_lost(&asked.plan).into_iter().collect();
        Ok((Rows::of(vec![asked]), notices))
    }

    /// That what some transactions stated is missing from the answer to a plan, in a sentence without a full stop.
    pub(super) fn notice_of_lost(&self, plan: &Plan) -> Option<String> {
        self.notice_of_lost_by(&plan.recorded_by_times())
    }

    /// As [`Snapshot::notice_of_lost`], of answers by what was recorded at some times, `None` for everything.
    pub(crate) fn notice_of_lost_by(&self, by: &[Option<RecordedTime>]) -> Option<String> {
        let counts = |it: &&RecordedSource| by.iter().any(|by| by.is_none_or(|by| it.recorded_at <= by));
        let lost: Vec<String> = self.lost().iter().filter(counts).map(|it| it.tx.to_string()).collect();
        let (first, more) = lost.split_first()?;
        let (named, last) = (lost.len().min(NAMED), lost.last()?);
        let names = match more.len() {
            0 => format!("transaction {first} is"),
            _ if named == lost.len() => format!("transactions {} are", lost.join(", ")),
            _ => format!("{} transactions, from {first} to {last}, are", lost.len()),
        };
        Some(format!(
            "{names} lost: what was stated there is missing (`tierbook verify` lists what is known of it)"
        ))
    }

    /// What a statement is asked for: its three times, of which those that are left out mean `now` and everything stored.
    ///
    /// ```
    /// use tierbook::{At, Timestamp, language::parse};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// # let account = tierbook::positions::Account::default();
    /// let statement = parse("impact of positions as of 2026-02-05 known at 2026-02-05")?.remove(0);
    /// let at = rules.basis(&statement, Timestamp::now())?;
    /// let day: Timestamp = "2026-02-05T00:00Z".parse()?;
    /// assert_eq!(at, At::valid(day).known_at(day));
    /// let impact = rules.impact(&account, at)?; // of the account that was saved as `positions`
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A time cannot be read, `recorded by` is in the future or names a transaction that is not there.
    pub fn basis(&self, statement: &Statement, now: Timestamp) -> Result<At> {
        let statement = pinned(statement, &|tx| self.recorded_at(tx))?;
        read_basis(&statement, not_before(now, self.head().recorded_at))
    }

    fn asked(&self, statement: &Statement, now: Timestamp) -> Result<Answer> {
        let plan = self.plan(statement, now)?;
        let rules = self.rules(Wanted::of(&plan, &self.inner.all))?;
        Answer::new(plan, rules)
    }
}
