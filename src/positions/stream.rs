//! Positions without end: those that depend on no other are judged part by part, on all cores, so that memory does not grow
//! with their number; those that share a margin are judged together at the end.

use std::collections::BTreeMap;
use std::thread;

use super::account::{Account, Position};
use super::compared::{Basis, Impact, With};
use super::line::Line;
use super::own::{Judge, is_own};
use super::verdict::urgency;
use super::{notices, shared};
use crate::error::{Error, ErrorCode, Result};
use crate::limits;
use crate::query::rows::PositionRow;
use crate::snapshot::Snapshot;
use crate::statement::{At, Subject};
use crate::time::ValidTime;

/// How many positions a core judges at a time: their rows stay in its memory.
const AT_A_TIME: usize = 256;

/// Positions with their numbers.
type Numbered = Vec<(usize, Position)>;

/// The positions of [`Snapshot::impact_in_parts`] that share a margin, which are still to be judged.
pub struct Rest<'a> {
    basis: Basis<'a>,
    positions: Vec<Position>,
    numbers: Vec<usize>,
    has_others: bool,
    cut: BTreeMap<Subject, ValidTime>,
}

impl Snapshot {
    /// As [`Snapshot::impact`], for positions that come in parts: those that share a margin are in [`Rest`], the rows of
    /// all others are made into `T` by `made_of` on any core, and given to `take` in the order of the positions. The
    /// numbers of positions count over all parts.
    ///
    /// ```
    /// use tierbook::At;
    /// use tierbook::positions::{Account, Position, Side};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let part = vec![Position { notional: Some(60_000.into()), ..Position::of("ACTUSDT", Side::Long) }];
    /// let parts = [Ok(part.clone()), Ok(part)];
    /// let mut lines = Vec::new();
    /// let at = At::valid("2026-02-05T00:00Z".parse()?);
    /// let made_of = |row: tierbook::positions::PositionRow| format!("{} {}", row.position, row.is_affected);
    /// let rest = rules.impact_in_parts(parts, at, &made_of, &mut |line| {
    ///     lines.push(line);
    ///     Ok(())
    /// })?;
    /// assert_eq!(lines, ["1 true", "2 true"]);
    /// assert!(rest.impact(&Account::default())?.positions.is_empty()); // no cross positions
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of the parts, after the rows before them are taken, and of `take`; the database is damaged or gone; more than
    /// [`limits::CROSS_POSITIONS`] positions share a margin.
    pub fn impact_in_parts<T: Send>(
        &self,
        parts: impl IntoIterator<Item = Result<Vec<Position>>>,
        at: At,
        made_of: &(dyn Fn(PositionRow) -> T + Sync),
        take: &mut dyn FnMut(T) -> Result<()>,
    ) -> Result<Rest<'_>> {
        let basis = Basis { snapshot: self, at };
        let work = |judge: &mut Judge, part: Numbered| {
            let mut made = Vec::with_capacity(part.len());
            for (number, position) in &part {
                made.extend(judge.rows(*number, position)?.into_iter().map(made_of));
            }
            Ok(made)
        };
        let mut take = |made: Vec<T>| made.into_iter().try_for_each(&mut *take);
        let mut rest = Rest {
            basis,
            positions: Vec::new(),
            numbers: Vec::new(),
            has_others: false,
            cut: BTreeMap::new(),
        };
        thread::scope(|scope| {
            let mut line = Line::start(scope, || Judge::new(basis, basis, With::Upcoming), &work);
            let (mut count, mut waiting, mut failed) = (0, Numbered::new(), None);
            for part in parts {
                match part {
                    Ok(part) => {
                        for position in part {
                            count += 1;
                            if !is_own(&position) {
                                rest.share(count, position)?;
                                continue;
                            }
                            waiting.push((count, position));
                            if waiting.len() == AT_A_TIME {
                                line.give(std::mem::take(&mut waiting), &mut take)?;
                            }
                        }
                    }
                    Err(error) => {
                        failed = Some(error);
                        break;
                    }
                }
            }
            rest.has_others = count > rest.positions.len();
            line.give(waiting, &mut take)?;
            let judges = line.finish(&mut take)?;
            rest.cut.extend(judges.into_iter().flat_map(|judge| judge.cut));
            failed.map_or(Ok(()), Err)
        })?;
        Ok(rest)
    }
}

impl Rest<'_> {
    fn share(&mut self, number: usize, position: Position) -> Result<()> {
        if self.positions.len() == limits::CROSS_POSITIONS {
            let message = format!("more than {} positions share a margin", limits::CROSS_POSITIONS);
            return Err(Error::new(ErrorCode::TooManyPositions, message)
                .hint("ask for one account at a time, or give isolated positions their own margin"));
        }
        self.positions.push(position);
        self.numbers.push(number);
        Ok(())
    }

    /// The rows of the positions that share a margin, the most urgent first, and the sums of the account. Of `account` the wallet
    /// balances count, and the collateral where all positions share a margin: what a portfolio margin needs of the others
    /// is gone, which is in the notices.
    ///
    /// # Errors
    /// As for [`Snapshot::impact`].
    pub fn impact(self, account: &Account) -> Result<Impact> {
        let is_portfolio = !account.collateral.is_empty();
        let collateral = if self.has_others { Vec::new() } else { account.collateral.clone() };
        let wallet_balances = account.wallet_balances.clone();
        let shared = Account { positions: self.positions, wallet_balances, collateral };
        let mut impact = shared::compared(&shared, &self.numbers, self.basis, self.basis, With::Upcoming)?;
        impact.positions.sort_by_cached_key(|row| (urgency(row), row.change_at, row.position));
        impact.notices.extend(notices::cut(&self.cut));
        if is_portfolio && self.has_others {
            impact.notices.push(notices::without_portfolio());
        }
        Ok(impact)
    }
}
