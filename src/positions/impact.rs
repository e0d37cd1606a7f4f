//! What announced changes do to an account: each position now and after each change of its contract.

use super::account::{Account, Position};
use super::compared::{Basis, Impact, With};
use super::judged::Judged;
use super::own::{Judge, is_own};
use super::rows::{plain, unknown, with_verdicts};
use super::shared::{self, account_row};
use super::table::Tables;
use super::verdict::urgency;
use super::{notices, own};
use crate::error::Result;
use crate::snapshot::Snapshot;
use crate::statement::{At, RecordedSource};
use crate::time::PublishedTime;

impl Snapshot {
    /// What each announced change that takes effect after a basis does to an account.
    ///
    /// ```
    /// use tierbook::At;
    /// use tierbook::positions::{Account, Position, Side};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let position = Position { notional: Some(60_000.into()), ..Position::of("ACTUSDT", Side::Long) };
    /// let account = Account { positions: vec![position], ..Account::default() };
    /// let impact = rules.impact(&account, At::valid("2026-02-05T00:00Z".parse()?))?;
    /// let row = &impact.positions[0];
    /// assert_eq!(row.now.maintenance_margin, Some(5_400.into()));
    /// assert_eq!(row.then.as_ref().unwrap().maintenance_margin, Some(5_500.into()));
    /// assert!(impact.is_affected());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The database is damaged or gone, or a symbol means more than one contract.
    pub fn impact(&self, account: &Account, at: At) -> Result<Impact> {
        let basis = Basis { snapshot: self, at };
        compared(account, basis, basis, With::Upcoming)
    }

    /// The figures of an account at a basis, without a look at what is announced.
    ///
    /// # Errors
    /// As for [`Snapshot::impact`].
    pub fn positions(&self, account: &Account, at: At) -> Result<Impact> {
        let mut now = Judged::of(account, Tables::new(self, at))?;
        let row = |(place, position): (usize, &Position)| {
            self.check_time()?;
            let figures = now.figures(account, place);
            let figures = figures.unwrap_or_else(|| unknown(now.why_unknown(place).unwrap_or_default()));
            Ok(with_verdicts(plain((place + 1, position), now.subject(place), figures, (at, self.tx()))))
        };
        let positions = account.positions.iter().enumerate().map(row).collect::<Result<_>>()?;
        let basis = Basis { snapshot: self, at };
        let accounts = now.sums(account)?.into_iter().map(|summed| account_row(summed, basis)).collect();
        Ok(Impact { positions, accounts, notices: Vec::new() })
    }

    /// An account at a basis of this snapshot, against the same account in another snapshot or at another basis.
    ///
    /// # Errors
    /// As for [`Snapshot::impact`].
    pub fn impact_against(&self, account: &Account, at: At, other: &Snapshot, then: At) -> Result<Impact> {
        let (now, then) = (Basis { snapshot: self, at }, Basis { snapshot: other, at: then });
        compared(account, now, then, With::Basis)
    }

    /// An account at a basis of this snapshot, against what would hold if `other` were stored, which has more announcements
    /// ([`Database::snapshot_with`](crate::Database::snapshot_with)): at once, and after each change that is announced there.
    ///
    /// # Errors
    /// As for [`Snapshot::impact`].
    pub fn impact_if(&self, account: &Account, at: At, other: &Snapshot, then: At) -> Result<Impact> {
        let (now, then) = (Basis { snapshot: self, at }, Basis { snapshot: other, at: then });
        compared(account, now, then, With::BasisAndUpcoming)
    }

    /// When the newest source was published that is known at a basis.
    ///
    /// # Errors
    /// The database is damaged or gone.
    pub fn newest_publication(&self, at: At) -> Result<Option<PublishedTime>> {
        let is_known = |it: &&RecordedSource| {
            at.known_at.is_none_or(|known_at| it.source.published_at <= known_at)
                && at.recorded_by.is_none_or(|recorded_by| it.recorded_at <= recorded_by)
        };
        let documents = self.sources()?.iter().filter(|it| !it.source.is_command() && !it.source.is_lost());
        Ok(documents.filter(is_known).map(|it| it.source.published_at).max())
    }
}

/// The account now, and at each of the later bases.
///
/// # Errors
/// The database is damaged or gone.
pub fn compared(account: &Account, now: Basis, later: Basis, with: With) -> Result<Impact> {
    let mut judge = Judge::new(now, later, with);
    let mut positions = Vec::new();
    for (place, position) in account.positions.iter().enumerate().filter(|(_, it)| own::is_own(it)) {
        positions.extend(judge.rows(place + 1, position)?);
    }
    let mut impact = of_shared(account, now, later, with)?;
    impact.notices.extend(notices::cut(&judge.cut));
    impact.positions.extend(positions);
    impact.positions.sort_by_cached_key(|row| (urgency(row), row.change_at, row.position));
    Ok(impact)
}

/// The positions of an account that share a margin, and its sums.
fn of_shared(account: &Account, now: Basis, later: Basis, with: With) -> Result<Impact> {
    // Portfolio margin counts all positions.
    let is_counted = |position: &Position| !is_own(position) || !account.collateral.is_empty();
    let counted = account.positions.iter().enumerate().filter(|(_, position)| is_counted(position));
    let (numbers, counted): (Vec<usize>, Vec<Position>) =
        counted.map(|(place, position)| (place + 1, position.clone())).unzip();
    let (wallet_balances, collateral) = (account.wallet_balances.clone(), account.collateral.clone());
    let shared = Account { positions: counted, wallet_balances, collateral };
    shared::compared(&shared, &numbers, now, later, with)
}
