//! What announced changes do to an account: each position now and after each change of its contract.

use std::collections::{BTreeMap, BTreeSet};

use super::account::Account;
use super::judged::Judged;
use super::sums::Summed;
use super::table::Tables;
use super::verdict::{of_account, of_position, urgency};
use crate::decimal;
use crate::error::Result;
use crate::limits;
use crate::query::rows::{AccountRow, Figures, PositionRow, Row, Status};
use crate::snapshot::Snapshot;
use crate::statement::{At, RecordedSource};
use crate::time::{PublishedTime, ValidTime};

/// What changes do to an account.
#[derive(Clone, PartialEq, Debug)]
pub struct Impact {
    /// A row for each position and each change of its contract, the most urgent first; one without a change where nothing
    /// is announced.
    pub positions: Vec<PositionRow>,
    /// The sums: at the basis, and after each change.
    pub accounts: Vec<AccountRow>,
}

impl Impact {
    /// Whether a change affects a position or the account.
    pub fn is_affected(&self) -> bool {
        self.positions.iter().any(|row| row.is_affected) || self.accounts.iter().any(|row| row.is_affected)
    }

    /// All rows: those of positions, then those of the account.
    pub fn into_rows(self) -> Vec<Row> {
        let positions = self.positions.into_iter().map(|row| Row::Position(Box::new(row)));
        positions.chain(self.accounts.into_iter().map(|row| Row::Account(Box::new(row)))).collect()
    }
}

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
        compared(account, &mut Bases::new(self, at), &mut Bases::new(self, at), With::Upcoming)
    }

    /// The figures of an account at a basis, without a look at what is announced.
    ///
    /// # Errors
    /// As for [`Snapshot::impact`].
    pub fn positions(&self, account: &Account, at: At) -> Result<Impact> {
        let mut now = Judged::of(account, Tables::new(self, at))?;
        let rows = (0..account.positions.len()).map(|place| row(account, place, &mut now, at));
        let positions = rows.collect();
        let accounts = now.sums(account)?.into_iter().map(|summed| account_row(summed, at, self)).collect();
        Ok(Impact { positions, accounts })
    }

    /// An account at a basis of this snapshot, against the same account in another snapshot or at another basis.
    ///
    /// # Errors
    /// As for [`Snapshot::impact`].
    pub fn impact_against(&self, account: &Account, at: At, other: &Snapshot, then: At) -> Result<Impact> {
        compared(account, &mut Bases::new(self, at), &mut Bases::new(other, then), With::Basis)
    }

    /// An account at a basis of this snapshot, against what would hold if `other` were stored, which has more announcements
    /// ([`Database::snapshot_with`](crate::Database::snapshot_with)): at once, and after each change that is announced there.
    ///
    /// # Errors
    /// As for [`Snapshot::impact`].
    pub fn impact_if(&self, account: &Account, at: At, other: &Snapshot, then: At) -> Result<Impact> {
        compared(account, &mut Bases::new(self, at), &mut Bases::new(other, then), With::BasisAndUpcoming)
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

/// What an account is compared with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum With {
    /// Each change that is announced.
    Upcoming,
    /// Another basis.
    Basis,
    /// Another basis, and each change that is announced there.
    BasisAndUpcoming,
}

/// The tables at a basis and at later times, kept from one account to the next.
pub struct Bases<'a> {
    snapshot: &'a Snapshot,
    at: At,
    kept: BTreeMap<ValidTime, Tables<'a>>,
}

impl<'a> Bases<'a> {
    /// None yet.
    pub fn new(snapshot: &'a Snapshot, at: At) -> Bases<'a> {
        Bases { snapshot, at, kept: BTreeMap::new() }
    }

    /// An account at a time.
    fn judged(&mut self, account: &Account, time: ValidTime) -> Result<Judged<'a>> {
        let new = || Tables::new(self.snapshot, At { valid_at: time, ..self.at });
        Judged::of(account, self.kept.remove(&time).unwrap_or_else(new))
    }

    fn keep(&mut self, judged: Judged<'a>) {
        self.kept.insert(judged.tables.at.valid_at, judged.tables);
    }
}

/// The account now, and at each of the later bases.
pub fn compared(account: &Account, bases: &mut Bases, later: &mut Bases, with: With) -> Result<Impact> {
    let (at, snapshot) = (bases.at, bases.snapshot);
    let mut now = bases.judged(account, at.valid_at)?;
    let mut before = now.sums(account)?;
    let first: Vec<Option<Figures>> =
        (0..account.positions.len()).map(|place| now.figures(account, place)).collect();
    let (mut changes, mut accounts) = (vec![Vec::new(); account.positions.len()], Vec::new());
    let mut times = Later::default();
    match with {
        With::Upcoming => times.note(&now, account),
        With::Basis | With::BasisAndUpcoming => drop(times.times.insert(later.at.valid_at)),
    }
    for count in 0..limits::IMPACT_CHANGES {
        let Some(time) = times.times.pop_first() else { break };
        let is_other_basis = count == 0 && with != With::Upcoming;
        let mut then = later.judged(account, time)?;
        for place in 0..account.positions.len() {
            if !is_other_basis && !times.changes_at(place, time) {
                continue;
            }
            let Some(figures) = then.figures(account, place) else { continue };
            if !is_other_basis || first[place].as_ref().is_none_or(|first| !has_same_numbers(first, &figures))
            {
                changes[place].push((time, figures));
            }
        }
        let after = then.sums(account)?;
        accounts.extend(compared_sums(&before, &after, time, at, snapshot));
        before = after;
        if with != With::Basis {
            times.note(&then, account);
        }
        later.keep(then);
    }
    let mut positions = Vec::new();
    for (place, (figures, changes)) in first.into_iter().zip(changes).enumerate() {
        let plain = position_row(account, place, figures, &now, at);
        let changed =
            |(time, figures)| PositionRow { change_at: Some(time), then: Some(figures), ..plain.clone() };
        let mut rows: Vec<PositionRow> = changes.into_iter().map(changed).collect();
        if rows.is_empty() {
            rows.push(plain);
        }
        positions.extend(rows.into_iter().map(with_verdicts));
    }
    positions.sort_by_cached_key(|row| (urgency(row), row.change_at, row.position));
    if accounts.is_empty() {
        accounts = before.into_iter().map(|summed| account_row(summed, at, snapshot)).collect();
    }
    bases.keep(now);
    Ok(Impact { positions, accounts })
}

/// Whether a position has the same figures by two tables, wherever they are from.
fn has_same_numbers(one: &Figures, other: &Figures) -> bool {
    let numbers = |it: &Figures| {
        let margins = (it.maintenance_margin, it.initial_margin, it.liquidation_price, it.margin_ratio);
        let bounds = (it.limit, it.room, it.max_position, it.max_leverage);
        (it.status, it.tier, it.mmr, margins, bounds)
    };
    numbers(one) == numbers(other)
}

/// The times of changes that are still to be looked at, and which positions they concern.
#[derive(Default)]
struct Later {
    times: BTreeSet<ValidTime>,
    next: Vec<Option<ValidTime>>,
}

impl Later {
    /// Notes the next change of each contract.
    fn note(&mut self, judged: &Judged, account: &Account) {
        self.next = (0..account.positions.len()).map(|place| judged.next_change_at(place)).collect();
        self.times.extend(self.next.iter().flatten());
    }

    fn changes_at(&self, place: usize, time: ValidTime) -> bool {
        self.next.get(place).copied().flatten() == Some(time)
    }
}

fn row(account: &Account, place: usize, now: &mut Judged, at: At) -> PositionRow {
    let figures = now.figures(account, place);
    with_verdicts(position_row(account, place, figures, now, at))
}

fn position_row(
    account: &Account,
    place: usize,
    now: Option<Figures>,
    judged: &Judged,
    at: At,
) -> PositionRow {
    let position = &account.positions[place];
    let unknown = || {
        let message = judged.why_unknown(place).unwrap_or_default().to_string();
        Figures::none(Status::UnknownSubject, Some(message), String::new())
    };
    PositionRow {
        position: place + 1,
        symbol: position.symbol.clone(),
        subject: judged.subject(place).cloned(),
        side: position.side,
        quantity: position.quantity,
        entry_price: position.entry_price,
        mark_price: position.mark_price,
        leverage: position.leverage,
        margin_mode: position.mode().map(super::account::MarginMode::name),
        basis: at,
        tx: judged.tables.snapshot.tx(),
        now: now.unwrap_or_else(unknown),
        change_at: None,
        then: None,
        maintenance_change: None,
        is_affected: false,
        verdicts: Vec::new(),
    }
}

fn with_verdicts(mut row: PositionRow) -> PositionRow {
    let after = row.then.as_ref().and_then(|then| then.maintenance_margin);
    let change = after.zip(row.now.maintenance_margin).and_then(|(then, now)| decimal::subtract(then, now));
    row.maintenance_change = change;
    (row.is_affected, row.verdicts) = of_position(&row);
    row
}

fn account_row(summed: Summed, at: At, snapshot: &Snapshot) -> AccountRow {
    let Summed { unit, kind, positions, figures } = summed;
    let row = AccountRow {
        unit,
        kind,
        positions,
        basis: at,
        tx: snapshot.tx(),
        now: figures,
        change_at: None,
        then: None,
        is_affected: false,
        verdicts: Vec::new(),
    };
    AccountRow { verdicts: of_account(&row).1, ..row }
}

fn compared_sums(
    before: &[Summed],
    after: &[Summed],
    time: ValidTime,
    at: At,
    snapshot: &Snapshot,
) -> Vec<AccountRow> {
    let mut rows = Vec::new();
    for then in after {
        let Some(now) = before.iter().find(|it| (&it.unit, it.kind) == (&then.unit, then.kind)) else {
            continue;
        };
        if now.figures == then.figures {
            continue;
        }
        let summed = Summed {
            unit: now.unit.clone(),
            kind: now.kind,
            positions: now.positions,
            figures: now.figures.clone(),
        };
        let row = account_row(summed, at, snapshot);
        let row = AccountRow { change_at: Some(time), then: Some(then.figures.clone()), ..row };
        let (is_affected, verdicts) = of_account(&row);
        rows.push(AccountRow { is_affected, verdicts, ..row });
    }
    rows
}
