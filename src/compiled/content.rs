//! What is known of a subject in a period, as long as nothing but age changes it.

use crate::query::rows::{CertaintyKind, Status};
use crate::time::ValidTime;

/// A period, from a time until before another; `None` for no bound.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Period<T> {
    /// Its first time.
    pub from: Option<T>,
    /// The first time after it.
    pub to: Option<T>,
}

impl<T: Copy + Ord> Period<T> {
    /// Whether a time is inside.
    pub fn contains(self, at: T) -> bool {
        self.from.is_none_or(|from| from <= at) && self.to.is_none_or(|to| at < to)
    }

    /// The times in both; `None` where there are none.
    pub fn and(self, other: Period<T>) -> Option<Period<T>> {
        let to = [self.to, other.to].into_iter().flatten().min();
        let from = self.from.max(other.from);
        from.is_none_or(|from| to.is_none_or(|to| from < to)).then_some(Period { from, to })
    }
}

/// What is known in a period.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Content {
    /// [`Status::Value`] where a table is in force, else the status of every answer.
    pub status: Status,
    /// The statement that says so, by its place in the timeline of the subject.
    pub statement: Option<u32>,
    /// The table in force.
    pub table: Option<TableOf>,
    /// What makes every answer uncertain, but for its age.
    pub doubt: Option<CertaintyKind>,
    /// When the table was stated or seen last; of an asset with a class, the earlier of its class and the tiers of it.
    pub last_confirmed_at: Option<ValidTime>,
}

/// A table in force.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TableOf {
    /// The timeline with the statement of it: 0 for that of the subject, else that of one of its classes.
    pub timeline: u32,
    /// The place of the statement in that timeline.
    pub statement: u32,
    /// Whether findings about its cells count.
    pub is_unconfirmed: bool,
}

impl Content {
    /// The same without tiers, for a class of which none are known.
    pub fn without_tiers(self, status: Status) -> Content {
        Content { status, table: None, doubt: None, ..self }
    }

    /// What is known of an asset in a class, whose tiers are those of the class. `doubt` is what makes the class of the
    /// asset uncertain.
    pub fn in_class(self, tiers: Content, doubt: Option<CertaintyKind>) -> Content {
        match tiers.status {
            Status::Value => Content {
                table: tiers.table,
                doubt: doubt.into_iter().chain(tiers.doubt).min(),
                last_confirmed_at: self.last_confirmed_at.min(tiers.last_confirmed_at),
                ..self
            },
            Status::NotKnownThen => self.without_tiers(Status::NotKnownThen),
            _ => self.without_tiers(Status::Unknown),
        }
    }
}
