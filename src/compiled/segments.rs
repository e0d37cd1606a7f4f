//! The periods of one subject at one state of knowledge, within which only age changes an answer.
//!
//! They are made from the versions of its history by the functions that answer one question, asked once at each
//! time at which something may change.

use crate::compiled::StatementPlaces;
use crate::compiled::tables::Tables;
use crate::query::StoredRules;
use crate::query::eval::certainty::{certainty_of_end, kind_of};
use crate::query::rows::{CertaintyKind, Status};
use crate::rule::RuleKind;
use crate::rule::fixed::FixedTable;
use crate::rulebook::Knowledge;
use crate::rulebook::history::History;
use crate::rulebook::holds::{Age, FRESH};
use crate::rulebook::resolve::{InForce, Resolved, in_version, sure_until};
use crate::statement::Recorded;
use crate::time::{TimeSpan, Timestamp, ValidTime};

/// What is known of a subject in a period.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// A table is in force: its place in [`Tables`], and where it is in whole numbers.
    InForce(u32, Option<FixedTable>),
    /// No table is: the status of every answer.
    Without(Status),
    /// The answer takes the general way: its tiers are those of a class, or a curve decides in an unusual way.
    General,
}

/// A period: from `from` until the next. It is one line of a processor's memory.
#[repr(align(64))]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Segment {
    /// What is known.
    pub state: State,
    /// The statement that says so.
    pub statement: Option<StatementPlaces>,
    /// How certain its answers are; `None` where how the cells were read or age may decide.
    pub kind: Option<CertaintyKind>,
    /// Whether findings about the cells count: no other document confirms them.
    pub is_unconfirmed: bool,
    /// What its age counts from.
    pub age: SegmentAge,
}

impl Segment {
    /// Whether its answers take the general way.
    pub fn is_general(&self) -> bool {
        self.state == State::General
    }

    /// The status of every answer, where no table is in force.
    #[cfg(feature = "columnar")]
    #[inline]
    pub fn status_without_table(&self) -> Option<Status> {
        if let State::Without(status) = self.state { Some(status) } else { None }
    }

    /// The table in force, where it is in whole numbers.
    #[inline]
    pub fn fixed_table(&self) -> Option<FixedTable> {
        if let State::InForce(_, table) = self.state { table } else { None }
    }
}

/// Until when a table counts as confirmed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SegmentAge {
    /// At any time of the period.
    Confirmed,
    /// As long after the last observation as the curve of the program says.
    Observed {
        /// That observation.
        last: ValidTime,
        /// Until then at least, because a change announced it.
        at_least: Option<ValidTime>,
    },
    /// Until some time after the announced change.
    Announced {
        /// That change.
        last: ValidTime,
        /// That time.
        until: Option<ValidTime>,
    },
    /// It does not matter: an unseen change makes every answer uncertain.
    Changed {
        /// When the table was confirmed last.
        last: ValidTime,
        /// When another was seen.
        next: ValidTime,
        /// Whether a change announced it, and nothing showed it.
        is_announced: bool,
    },
}

impl SegmentAge {
    /// The age at a time of the period, as far as the probability that the table still holds depends on it.
    pub fn at(self, at: ValidTime) -> Age {
        let (last, is_announced, next) = match self {
            SegmentAge::Confirmed => return Age::ConfirmedLater,
            SegmentAge::Observed { last, .. } => (last, false, None),
            SegmentAge::Announced { last, .. } => (last, true, None),
            SegmentAge::Changed { last, next, is_announced } => (last, is_announced, Some(next)),
        };
        let seen_otherwise = next.map(|next| next.0.since(last.0));
        Age::Since { age: at.0.since(last.0), is_announced, seen_otherwise, after_change: None }
    }
}

/// The periods in order of valid time; the first is from the first of all times.
pub type Segments = Vec<(ValidTime, Segment)>;

/// The periods of a history; `everything` is that of everything stored.
pub fn segments(
    history: &History,
    everything: &History,
    knowledge: Knowledge,
    stored: &StoredRules,
    tables: &Tables,
) -> Segments {
    let mut found = before_first(history, everything, knowledge, stored);
    for version in 0..history.versions().len() {
        join(&mut found, &in_version_of(history, version, stored, tables));
    }
    found
}

/// The periods before the first version.
pub fn before_first(
    history: &History,
    everything: &History,
    knowledge: Knowledge,
    stored: &StoredRules,
) -> Segments {
    let mut found: Segments = Vec::new();
    let first = history.versions().first().map(|version| version.from);
    let starts = everything.versions().iter().map(|version| version.from);
    let before = std::iter::once(ValidTime(Timestamp::FIRST)).chain(starts);
    for from in before.take_while(|from| first.is_none_or(|first| *from < first)) {
        let nothing = stored.rulebook.nothing_at(everything, None, from, knowledge);
        add(&mut found, from, without_rule(&nothing, stored));
    }
    found
}

/// The periods of a version. They depend on it and its neighbours alone.
pub fn in_version_of(history: &History, version: usize, stored: &StoredRules, tables: &Tables) -> Segments {
    let mut found: Segments = Vec::new();
    for at in cuts(history, version) {
        let segment = match in_version(history, version, at) {
            Resolved::InForce(in_force) => in_force_at(history, version, &in_force, tables),
            other => {
                let statement = tables.places(history.versions()[version].set_by);
                Segment { statement, ..without_rule(&other, stored) }
            }
        };
        add(&mut found, at, segment);
    }
    found
}

/// Adds the periods that come next.
pub fn join(found: &mut Segments, next: &Segments) {
    next.iter().for_each(|(from, segment)| add(found, *from, *segment));
}

/// Adds a period, unless the one before it is alike.
fn add(found: &mut Segments, from: ValidTime, segment: Segment) {
    if found.last().is_none_or(|(_, last)| *last != segment) {
        found.push((from, segment));
    }
}

fn without_rule(resolved: &Resolved, stored: &StoredRules) -> Segment {
    let (status, kind) = match resolved {
        Resolved::Ended { by } => (Status::Ended, kind_of_end(by, stored)),
        Resolved::NotKnownThen { .. } => (Status::NotKnownThen, None),
        _ => (Status::Unknown, None),
    };
    let (state, age) = (State::Without(status), SegmentAge::Confirmed);
    Segment { state, statement: None, kind, is_unconfirmed: false, age }
}

fn kind_of_end(by: &Recorded, stored: &StoredRules) -> Option<CertaintyKind> {
    certainty_of_end(by, stored).map(|certainty| certainty.kind)
}

fn in_force_at(history: &History, version: usize, in_force: &InForce, tables: &Tables) -> Segment {
    let this = &history.versions()[version];
    let doubt = in_force.doubts.first().map(kind_of);
    let at_least = ValidTime(this.from.max(this.rolled_out_at).0.plus(FRESH));
    let last = in_force.last_confirmed_at;
    let (age, is_usual) = match in_force.age {
        Age::ConfirmedLater => (SegmentAge::Confirmed, true),
        // Just before an unseen change a curve decides.
        Age::Since { seen_otherwise: Some(next), is_announced, .. } => {
            let next = ValidTime(last.0.plus(next));
            (SegmentAge::Changed { last, next, is_announced }, doubt.is_some())
        }
        Age::Since { is_announced: true, after_change, .. } => {
            (SegmentAge::Announced { last, until: after_change.map(|_| at_least) }, true)
        }
        Age::Since { after_change, .. } => {
            (SegmentAge::Observed { last, at_least: after_change.map(|_| at_least) }, true)
        }
    };
    let table = tables.of_statement(this.set_by).and_then(|place| Some((place, tables.get(place)?.fixed)));
    let table = table.filter(|_| is_usual && in_force.rule.kind() != RuleKind::Class);
    let is_unconfirmed = !in_force.is_confirmed && tables.has_findings(this.set_by);
    let is_settled = !is_unconfirmed && age == SegmentAge::Confirmed;
    Segment {
        state: table.map_or(State::General, |(place, fixed)| State::InForce(place, fixed)),
        statement: tables.places(this.set_by),
        kind: doubt.or(is_settled.then_some(CertaintyKind::Settled)),
        is_unconfirmed,
        age,
    }
}

/// The times inside a version at which an answer may change, but for its age: its start first.
fn cuts(history: &History, version: usize) -> Vec<ValidTime> {
    let this = &history.versions()[version];
    let statements = history.timeline().statements();
    let sure = sure_until(history, version);
    let mut cuts =
        vec![this.from, this.rolled_out_at, sure, ValidTime(sure.0.plus(TimeSpan::from_micros(1)))];
    // An observation settles a contradiction or a conversion.
    if !this.contradicted_by.is_empty() || !this.converted_by.is_empty() {
        let places = this.confirmed_by.iter().chain(&this.converted_by);
        cuts.extend(places.map(|place| statements[*place].statement.claim.valid_at()));
    }
    let next = history.versions().get(version + 1).map(|next| next.from);
    cuts.retain(|at| this.from <= *at && next.is_none_or(|next| *at < next));
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}
