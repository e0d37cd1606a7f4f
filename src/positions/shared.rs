//! Positions that share a margin, and the sums of the account: judged together at each time at which one of their
//! contracts changes.

use std::collections::BTreeSet;

use super::account::Account;
use super::compared::{Basis, Impact, With};
use super::judged::Judged;
use super::notices;
use super::own::is_own;
use super::rows::{Course, has_same_numbers, plain, unknown};
use super::sums::Summed;
use super::table::Tables;
use super::verdict::of_account;
use crate::error::Result;
use crate::limits;
use crate::query::rows::{AccountRow, Figures};
use crate::statement::At;
use crate::time::ValidTime;

/// The rows of the positions of an account that share a margin, in their order, and its sums. Its other positions only
/// count in the sums; `numbers` are those that the positions have in answers.
///
/// # Errors
/// The database is damaged or gone.
pub fn compared(
    account: &Account,
    numbers: &[usize],
    now: Basis,
    later: Basis,
    with: With,
) -> Result<Impact> {
    let mut judged = Judged::of(account, Tables::new(now.snapshot, now.at))?;
    let mut before = judged.sums(account)?;
    let places = || (0..account.positions.len()).filter(|place| !is_own(&account.positions[*place]));
    let followed = |place| -> Result<Followed> {
        now.snapshot.check_time()?;
        Ok((place, judged.figures(account, place), Vec::new()))
    };
    let mut courses: Vec<Followed> = places().map(followed).collect::<Result<_>>()?;
    let (mut accounts, mut times, mut last) = (Vec::new(), Times::default(), None);
    match with {
        With::Upcoming => times.note(&judged, account),
        With::Basis | With::BasisAndUpcoming => drop(times.times.insert(later.at.valid_at)),
    }
    for count in 0..limits::IMPACT_CHANGES {
        let Some(time) = times.times.pop_first() else { break };
        let is_other_basis = count == 0 && with != With::Upcoming;
        let at = At { valid_at: time, ..later.at };
        let mut then = Judged::of(account, Tables::new(later.snapshot, at))?;
        for (place, first, changes) in &mut courses {
            later.snapshot.check_time()?;
            if !is_other_basis && times.next_of(*place) != Some(time) {
                continue;
            }
            let Some(figures) = then.figures(account, *place) else { continue };
            let is_same = |first: &Figures| is_other_basis && has_same_numbers(first, &figures);
            if !first.as_ref().is_some_and(is_same) {
                changes.push((time, figures));
            }
        }
        let after = then.sums(account)?;
        accounts.extend(compared_sums(&before, &after, time, now));
        (before, last) = (after, Some(time));
        if with != With::Basis {
            times.note(&then, account);
        }
    }
    let is_cut = !times.times.is_empty();
    let mut positions = Vec::new();
    for (place, first, changes) in courses {
        let why = || unknown(judged.why_unknown(place).unwrap_or_default());
        let has_more = is_cut && times.next_of(place).is_some();
        let course = Course { now: first.unwrap_or_else(why), changes, has_more };
        let stated = (numbers.get(place).copied().unwrap_or_default(), &account.positions[place]);
        let basis = (now.at, now.snapshot.tx());
        positions.extend(course.rows(|figures| plain(stated, judged.subject(place), figures, basis)));
    }
    if accounts.is_empty() {
        accounts = before.into_iter().map(|summed| account_row(summed, now)).collect();
    }
    let notices = last.filter(|_| is_cut).map(notices::cut_account).into_iter().collect();
    Ok(Impact { positions, accounts, notices })
}

/// A position that is followed: its place, its figures at the basis, and those after changes.
type Followed = (usize, Option<Figures>, Vec<(ValidTime, Figures)>);

/// The times of changes that are still to be looked at, and which positions they concern.
#[derive(Default)]
struct Times {
    times: BTreeSet<ValidTime>,
    next: Vec<Option<ValidTime>>,
}

impl Times {
    /// Notes the next change of each contract.
    fn note(&mut self, judged: &Judged, account: &Account) {
        self.next = (0..account.positions.len()).map(|place| judged.next_change_at(place)).collect();
        self.times.extend(self.next.iter().flatten());
    }

    fn next_of(&self, place: usize) -> Option<ValidTime> {
        self.next.get(place).copied().flatten()
    }
}

/// The sums of an account at a basis.
pub fn account_row(summed: Summed, basis: Basis) -> AccountRow {
    let Summed { unit, kind, positions, figures } = summed;
    let row = AccountRow {
        unit,
        kind,
        positions,
        basis: basis.at,
        tx: basis.snapshot.tx(),
        now: figures,
        change_at: None,
        then: None,
        is_affected: false,
        verdicts: Vec::new(),
    };
    AccountRow { verdicts: of_account(&row).1, ..row }
}

fn compared_sums(before: &[Summed], after: &[Summed], time: ValidTime, basis: Basis) -> Vec<AccountRow> {
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
        let row = account_row(summed, basis);
        let row = AccountRow { change_at: Some(time), then: Some(then.figures.clone()), ..row };
        let (is_affected, verdicts) = of_account(&row);
        rows.push(AccountRow { is_affected, verdicts, ..row });
    }
    rows
}
