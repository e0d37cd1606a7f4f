//! Positions without end: those with a margin of their own are judged part by part, so that memory does not grow with their
//! number; those that share a margin are judged together at the end.

use super::account::{Account, MarginMode, Position};
use super::impact::{Bases, Impact, With, compared};
use crate::error::{Error, ErrorCode, Result};
use crate::limits;
use crate::query::rows::PositionRow;
use crate::snapshot::Snapshot;
use crate::statement::At;

impl Snapshot {
    /// As [`Snapshot::impact`], for positions that come in parts; of `account` the wallet balances and the collateral count.
    /// The rows of a part are given to `take` in the order of its
    /// positions as soon as it is judged; those of cross positions, and of the account, are the result. The places of
    /// positions count over all parts.
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
    /// let mut places = Vec::new();
    /// let at = At::valid("2026-02-05T00:00Z".parse()?);
    /// rules.impact_in_parts(&Account::default(), parts, at, &mut |row| {
    ///     places.push(row.position);
    ///     Ok(())
    /// })?;
    /// assert_eq!(places, [1, 2]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of the parts and of `take`; the database is damaged or gone; more than [`limits::CROSS_POSITIONS`] positions
    /// share a margin.
    pub fn impact_in_parts(
        &self,
        account: &Account,
        parts: impl IntoIterator<Item = Result<Vec<Position>>>,
        at: At,
        take: &mut dyn FnMut(PositionRow) -> Result<()>,
    ) -> Result<Impact> {
        let (mut now, mut later) = (Bases::new(self, at), Bases::new(self, at));
        let mut shared = Account { positions: Vec::new(), ..account.clone() };
        let (mut places, mut count) = (Vec::new(), 0);
        for part in parts {
            let (mut own, mut own_places) = (Account::default(), Vec::new());
            for position in part? {
                count += 1;
                let (account, places) = match position.mode() {
                    Some(MarginMode::Cross) => (&mut shared, &mut places),
                    _ => (&mut own, &mut own_places),
                };
                account.positions.push(position);
                places.push(count);
            }
            if shared.positions.len() > limits::CROSS_POSITIONS {
                let message = format!("more than {} positions share a margin", limits::CROSS_POSITIONS);
                return Err(Error::new(ErrorCode::TooManyPositions, message)
                    .hint("ask for one account at a time, or give isolated positions their own margin"));
            }
            let mut rows = compared(&own, &mut now, &mut later, With::Upcoming)?.positions;
            rows.sort_by_key(|row| (row.position, row.change_at));
            for row in rows {
                take(PositionRow { position: own_places[row.position - 1], ..row })?;
            }
        }
        let mut impact = compared(&shared, &mut now, &mut later, With::Upcoming)?;
        for row in &mut impact.positions {
            row.position = places[row.position - 1];
        }
        Ok(impact)
    }
}
