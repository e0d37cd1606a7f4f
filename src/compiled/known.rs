//! The periods of a subject by what was known at each time.
//!
//! What becomes known changes mostly what comes after it, so that each state of knowledge has only the periods from
//! the first time on at which it differs from the one before.

use super::segments::{Segment, Segments, before_first, in_version_of, join};
use super::tables::Tables;
use crate::query::StoredRules;
use crate::rulebook::history::{History, Version};
use crate::rulebook::{Knowledge, Timeline};
use crate::time::{PublishedTime, RecordedTime, ValidTime};

/// The periods at each state of knowledge.
#[derive(Debug)]
pub struct KnownPeriods {
    /// When each state but the first begins, in order.
    since: Vec<PublishedTime>,
    /// From when on the periods of each state are its own; before it they are those of the state before.
    own_from: Vec<ValidTime>,
    /// Whether those times never fall.
    is_rising: bool,
    /// Where the periods of each state begin in the following; one more than there are states.
    starts: Vec<u32>,
    from: Vec<ValidTime>,
    segments: Vec<Segment>,
}

/// The versions of the last history and their periods.
#[derive(Default)]
struct Versions {
    versions: Vec<Version>,
    periods: Vec<Segments>,
}

impl Versions {
    /// Those of the next history. The periods of a version stay if it and its neighbours do, as almost all do.
    fn follow(&mut self, history: &History, stored: &StoredRules, tables: &Tables) {
        let next = history.versions();
        let same = self.versions.iter().zip(next).take_while(|(one, other)| one == other).count();
        let is_all = same == next.len() && same == self.versions.len();
        let kept = if is_all { same } else { same.saturating_sub(1) };
        self.versions.truncate(same);
        self.versions.extend_from_slice(&next[same..]);
        self.periods.truncate(kept);
        let rest = kept..next.len();
        self.periods.extend(rest.map(|version| in_version_of(history, version, stored, tables)));
    }
}

impl KnownPeriods {
    /// The periods of a timeline, by what was recorded at one time.
    pub fn of(
        timeline: &Timeline,
        recorded_by: Option<RecordedTime>,
        stored: &StoredRules,
        tables: &Tables,
    ) -> KnownPeriods {
        let book = &stored.rulebook;
        let everything = book.history(timeline, Knowledge::default());
        let publications = book.publications_about(timeline);
        let mut known = KnownPeriods {
            since: Vec::new(),
            own_from: Vec::new(),
            is_rising: true,
            starts: vec![0],
            from: Vec::new(),
            segments: Vec::new(),
        };
        let before = publications.first().map(|first| PublishedTime(first.0.just_before()));
        let mut last: Segments = Vec::new();
        let mut versions = Versions::default();
        for known_at in before.into_iter().chain(publications) {
            let knowledge = Knowledge { known_at: Some(known_at), recorded_by };
            let history = book.history(timeline, knowledge);
            let mut next = before_first(&history, &everything, knowledge, stored);
            versions.follow(&history, stored, tables);
            versions.periods.iter().for_each(|periods| join(&mut next, periods));
            known.add(known_at, &last, &next);
            last = next;
        }
        known
    }

    /// Adds a state whose periods are `next`, after one whose periods are `last`.
    fn add(&mut self, since: PublishedTime, last: &Segments, next: &Segments) {
        let same = last.iter().zip(next).take_while(|(one, other)| one == other).count();
        let differs_from = [last, next].into_iter().filter_map(|all| Some(all.get(same)?.0)).min();
        let Some(own_from) = differs_from else { return };
        if !self.own_from.is_empty() {
            self.since.push(since);
        }
        self.is_rising &= self.own_from.last().is_none_or(|before| *before <= own_from);
        self.own_from.push(own_from);
        let inside = next.partition_point(|(from, _)| *from <= own_from).saturating_sub(1);
        for (from, segment) in &next[inside..] {
            self.from.push((*from).max(own_from));
            self.segments.push(*segment);
        }
        self.starts.push(self.segments.len() as u32);
    }

    /// The period that contains a time, by what was known at another.
    pub fn at(&self, known_at: PublishedTime, valid_at: ValidTime) -> Option<&Segment> {
        let state = self.since.partition_point(|since| *since <= known_at);
        let states = self.own_from.get(..=state)?;
        let state = match self.is_rising {
            true => states.partition_point(|from| *from <= valid_at).checked_sub(1)?,
            false => states.iter().rposition(|from| *from <= valid_at)?,
        };
        let own = *self.starts.get(state)? as usize..*self.starts.get(state + 1)? as usize;
        let started = self.from.get(own.clone())?.partition_point(|from| *from <= valid_at);
        self.segments.get(own)?.get(started.checked_sub(1)?)
    }
}
