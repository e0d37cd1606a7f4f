//! The periods of valid time of a subject at one state of knowledge, with the tiers of its classes inside those in which
//! it has one. They depend only on which statements count, and are made once for all states in which the same do.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::content::{Content, Period, TableOf};
use super::segments::{Segment, SegmentAge, State, segments};
use super::tables::Tables;
use crate::query::StoredRules;
use crate::query::rows::{CertaintyKind, Status};
use crate::query::syntax::measure::Measure;
use crate::rule::{Rule, RuleKind};
use crate::rulebook::{Knowledge, Timeline};
use crate::statement::Subject;
use crate::time::ValidTime;

/// Periods in order, each until the next.
pub type Pieces = Vec<(Period<ValidTime>, Content)>;

/// Makes the periods of one subject.
pub struct Maker<'a> {
    stored: &'a StoredRules,
    /// The timeline of the subject, and those of the classes that it was in.
    parts: Vec<Part<'a>>,
    /// What was made, by which statements counted.
    made: HashMap<Vec<u8>, Arc<Pieces>>,
}

struct Part<'a> {
    timeline: &'a Timeline,
    tables: Tables,
}

impl<'a> Maker<'a> {
    /// Of the subject of a timeline.
    pub fn of(timeline: &'a Timeline, stored: &'a StoredRules) -> Maker<'a> {
        let rules = timeline.statements().iter().filter_map(|it| it.statement.claim.rule());
        let classes: BTreeSet<Subject> =
            rules.filter_map(|rule| class_of(timeline.subject(), rule)).collect();
        let of_classes = classes.iter().filter_map(|class| stored.rulebook.timeline(class));
        let part = |timeline| Part { timeline, tables: Tables::of(timeline, stored) };
        let parts = std::iter::once(timeline).chain(of_classes).map(part).collect();
        Maker { stored, parts, made: HashMap::new() }
    }

    /// The timelines that it is made from.
    pub fn timelines(&self) -> impl Iterator<Item = &'a Timeline> + '_ {
        self.parts.iter().map(|part| part.timeline)
    }

    /// What the statements of these timelines state, by their subjects.
    pub fn into_tables(self) -> Vec<(Subject, Tables)> {
        self.parts.into_iter().map(|part| (part.timeline.subject().clone(), part.tables)).collect()
    }

    /// The periods at a state of knowledge.
    pub fn at(&mut self, knowledge: Knowledge) -> Arc<Pieces> {
        let book = &self.stored.rulebook;
        let counting = self.parts.iter().flat_map(|part| book.counting_at(part.timeline, knowledge));
        let counting: Vec<u8> = counting.map(|it| it as u8).collect();
        if let Some(made) = self.made.get(&counting) {
            return made.clone();
        }
        let pieces = Arc::new(self.make(knowledge));
        self.made.insert(counting, pieces.clone());
        pieces
    }

    fn make(&self, knowledge: Knowledge) -> Pieces {
        let Some(own) = self.parts.first() else { return Vec::new() };
        let mut found: Pieces = Vec::new();
        for (period, content) in self.of_part(own, 0, knowledge) {
            let class = content.table.and_then(|of| class_of(own.timeline.subject(), rule(&own.tables, of)?));
            let Some(class) = class else {
                add(&mut found, period, content);
                continue;
            };
            let mut parts = self.parts.iter().enumerate();
            let Some((place, part)) = parts.find(|(_, part)| *part.timeline.subject() == class) else {
                add(&mut found, period, content.without_tiers(Status::Unknown));
                continue;
            };
            let doubt = content.doubt.or_else(|| {
                let of = content.table.filter(|of| of.is_unconfirmed)?;
                let is_doubtful = own.tables.is_doubtful(of.statement, Measure::Tiers, None);
                is_doubtful.then_some(CertaintyKind::Doubtful)
            });
            for (inner, tiers) in self.of_part(part, place as u32, knowledge) {
                if let Some(both) = period.and(inner) {
                    add(&mut found, both, content.in_class(tiers, doubt));
                }
            }
        }
        found
    }

    /// The periods of one timeline.
    fn of_part(&self, part: &Part, place: u32, knowledge: Knowledge) -> Pieces {
        let book = &self.stored.rulebook;
        let history = book.history(part.timeline, knowledge);
        let everything = book.history(part.timeline, Knowledge::default());
        let found = segments(&history, &everything, knowledge, self.stored, &part.tables);
        let mut pieces: Pieces = Vec::new();
        for (number, ((from, segment), last)) in found.iter().zip(last_confirmed(&found)).enumerate() {
            let to = found.get(number + 1).map(|(next, _)| *next);
            let period = Period { from: (number > 0).then_some(*from), to };
            add(&mut pieces, period, content(segment, place, last));
        }
        pieces
    }
}

/// The table of a statement.
pub fn rule(tables: &Tables, of: TableOf) -> Option<&Rule> {
    Some(&*tables.get(tables.of_statement(of.statement as usize)?)?.rule)
}

fn class_of(subject: &Subject, rule: &Rule) -> Option<Subject> {
    let number = rule.rank().filter(|_| rule.kind() == RuleKind::Class)?;
    Subject::class(subject.venue(), number)
}

/// Adds the period that comes next to the one before it, where they are alike.
fn add(pieces: &mut Pieces, period: Period<ValidTime>, content: Content) {
    match pieces.last_mut() {
        Some((last, same)) if *same == content => last.to = period.to,
        _ => pieces.push((period, content)),
    }
}

/// When the table of each period was stated or seen last, by all that is known at their state.
fn last_confirmed(segments: &[(ValidTime, Segment)]) -> Vec<Option<ValidTime>> {
    let mut found: Vec<Option<ValidTime>> = vec![None; segments.len()];
    for place in (0..segments.len()).rev() {
        let segment = &segments[place].1;
        found[place] = match (segment.state, segment.age) {
            (State::Without(_), _) => None,
            // The next period has the same table, or starts where an observation shows it.
            (_, SegmentAge::Confirmed) => segments.get(place + 1).and_then(|(start, next)| {
                if next.statement == segment.statement { found[place + 1] } else { Some(*start) }
            }),
            (
                _,
                SegmentAge::Observed { last, .. }
                | SegmentAge::Announced { last, .. }
                | SegmentAge::Changed { last, .. },
            ) => Some(last),
        };
    }
    found
}

fn content(segment: &Segment, timeline: u32, last_confirmed_at: Option<ValidTime>) -> Content {
    let statement = segment.statement.map(|it| it.in_timeline);
    // Age does not count.
    let doubt = segment.kind.filter(|kind| *kind < CertaintyKind::Unconfirmed);
    let (status, table) = match (segment.state, statement) {
        (State::Without(status), _) => (status, None),
        (_, None) => (Status::Unknown, None),
        (_, Some(statement)) => {
            let is_unconfirmed = segment.is_unconfirmed;
            (Status::Value, Some(TableOf { timeline, statement, is_unconfirmed }))
        }
    };
    Content { status, statement, table, doubt, last_confirmed_at }
}
