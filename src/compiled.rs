//! Compiled timelines: everything that answers many questions about one subject by a few binary searches.
//!
//! At one state of knowledge a subject has periods of valid time (`segments`); over publication time the periods of
//! each time are those of the time before up to some point, and others after it (`known`). Tables are in whole numbers
//! (`tables`). Words, places in documents and probabilities are no part of this: an answer has them made when they are
//! asked for.

mod known;
mod segments;
mod starts;
pub mod tables;
#[cfg(feature = "columnar")]
pub mod content;
#[cfg(feature = "columnar")]
mod pieces;
#[cfg(feature = "columnar")]
pub mod boxes;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use crate::decimal::Decimal;
use crate::query::StoredRules;
use crate::query::eval::evaluate::Brief;
use crate::query::plan::at::Argument;
use crate::query::rows::{CertaintyKind, Status};
use crate::query::syntax::measure::Measure;
use crate::rule::Rule;
use crate::rule::fixed::{Figures, Fixed, PlaceInTiers};
use crate::rulebook::Knowledge;
use crate::rulebook::curves::CurveSteps;
use crate::statement::{At, StatementId, Subject};
use crate::time::{PublishedTime, RecordedTime, ValidTime};
pub use known::KnownPeriods;
pub use segments::Segment;
use segments::{SegmentAge, State, segments};
use starts::Starts;
pub use starts::StartsRef;
pub use tables::{InWholeNumbers, in_whole_numbers};
use tables::{Tables, in_decimals};

/// After how many questions about earlier knowledge these are compiled too: it takes as long as some hundred of them.
const WORTH_COMPILING: u32 = 40;

/// The compiled timeline of a subject, by what was recorded at one time.
#[derive(Debug)]
pub struct CompiledTimeline {
    subject: Subject,
    recorded_by: Option<RecordedTime>,
    /// The ids of the statements, by their places.
    statements: Box<[StatementId]>,
    tables: Tables,
    curves: Arc<CurveSteps>,
    /// The periods by everything published.
    starts: Starts,
    segments: Vec<Segment>,
    /// The last publication of anything that the subject depends on.
    last_published: Option<PublishedTime>,
    known: OnceLock<KnownPeriods>,
    asked: AtomicU32,
}

/// The answer to one question, in numbers.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Compiled {
    /// What became of the question.
    pub status: Status,
    /// The value.
    pub value: Option<Decimal>,
    /// The place of the tier that answers.
    pub tier: Option<usize>,
    /// The highest leverage of that tier; 0 without one.
    pub leverage: u32,
    /// How certain it is; `None` where nothing is known.
    pub kind: Option<CertaintyKind>,
    /// The statement that answers.
    pub statement: Option<StatementPlaces>,
}

/// Where a statement is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StatementPlaces {
    /// Its place in the timeline.
    pub in_timeline: u32,
    /// Its place in the snapshot.
    pub in_snapshot: StatementPlace,
}

/// Where a statement is: its source among [`Snapshot::sources`](crate::Snapshot::sources), and its place in that.
///
/// ```
/// use tierbook::{Columns, language::Measure};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let (handles, units) = (rules.handles(["ACTUSDT"]), [6_000_000_000_000_i64]);
/// let times = ["2026-02-06T07:00Z".parse()?];
/// let answers = rules.evaluate(&Columns::new(Measure::Margin, &handles, &units[..], &times))?;
/// assert_eq!(answers.statements()[0].map(|place| (place.source, place.ordinal)), Some((0, 55)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct StatementPlace {
    /// The place of its source among those of the snapshot.
    pub source: u32,
    /// Its place among the statements of the source, counted from 1.
    pub ordinal: u32,
}

/// A question about one subject.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// What is asked for.
    pub measure: Measure,
    /// At what.
    pub at: Option<Argument>,
    /// The notional of that, where it is one that fits whole numbers.
    pub notional: Option<Fixed>,
    /// When the rule is to be in force.
    pub valid_at: ValidTime,
    /// What was published by then counts.
    pub known_at: Option<PublishedTime>,
}

impl Asked {
    /// A question at a basis.
    pub fn new(measure: Measure, at: Option<Argument>, basis: At) -> Asked {
        let notional = match at {
            Some(Argument::Amount(amount)) => Fixed::of(amount),
            _ => None,
        };
        Asked { measure, at, notional, valid_at: basis.valid_at, known_at: basis.known_at }
    }
}

/// The table of a subject at a basis.
#[derive(Clone, PartialEq, Debug)]
pub struct TableAt {
    /// Whether one is in force.
    pub status: Status,
    /// The table; `None` where none is in force.
    pub rule: Option<Arc<Rule>>,
    /// How certain it is.
    pub kind: Option<CertaintyKind>,
}

impl CompiledTimeline {
    /// The timeline of a subject; `None` where nothing is stored about it.
    pub fn new(
        subject: &Subject,
        recorded_by: Option<RecordedTime>,
        stored: &StoredRules,
    ) -> Option<CompiledTimeline> {
        let timeline = stored.rulebook.timeline(subject)?;
        let knowledge = Knowledge { known_at: None, recorded_by };
        let tables = Tables::of(timeline, stored);
        let history = stored.rulebook.history(timeline, knowledge);
        let found = match recorded_by {
            None => segments(&history, &history, knowledge, stored, &tables),
            Some(_) => {
                let everything = stored.rulebook.history(timeline, Knowledge::default());
                segments(&history, &everything, knowledge, stored, &tables)
            }
        };
        let starts = Starts::new(found.iter().map(|(from, _)| *from));
        let segments = found.into_iter().map(|(_, segment)| segment).collect();
        Some(CompiledTimeline {
            subject: subject.clone(),
            recorded_by,
            statements: timeline.statements().iter().map(|it| it.id).collect(),
            tables,
            starts,
            curves: stored.rulebook.curve_steps(subject, recorded_by),
            segments,
            last_published: stored.rulebook.publications_about(timeline).last().copied(),
            known: OnceLock::new(),
            asked: AtomicU32::new(0),
        })
    }

    /// The answer to a question; `None` where it takes the general way.
    pub fn answer(&self, asked: &Asked, stored: &StoredRules) -> Option<Compiled> {
        let segment = self.segment(asked.valid_at, asked.known_at, stored)?;
        self.by_segment(segment, self.tables.figures().place(segment.fixed_table(), asked.notional), asked)
    }

    /// The period that answers a question; `None` where it takes the general way. For many rows
    /// this, the tier and the answer by both are steps of their own, so that rows wait for memory together.
    #[inline]
    pub fn segment(
        &self,
        valid_at: ValidTime,
        known_at: Option<PublishedTime>,
        stored: &StoredRules,
    ) -> Option<&Segment> {
        match known_at {
            Some(known_at) if Some(known_at) < self.last_published => {
                self.known(stored)?.at(known_at, valid_at)
            }
            _ => period_at(self.starts.as_ref(), &self.segments, valid_at),
        }
    }

    /// The periods by everything published, when each begins, and the figures of their tables.
    pub fn periods(&self) -> (StartsRef<'_>, &[Segment], &Figures) {
        (self.starts.as_ref(), &self.segments, self.tables.figures())
    }

    /// The id of the statement at a place of the timeline.
    pub fn statement(&self, place: u32) -> Option<StatementId> {
        self.statements.get(place as usize).copied()
    }

    /// The place of a statement in the timeline.
    pub fn places_of(&self, id: StatementId) -> Option<StatementPlaces> {
        self.tables.places(self.statements.iter().position(|it| *it == id)?)
    }

    /// The table that the statement at a place of the timeline states.
    pub fn rule(&self, place: u32) -> Option<&Rule> {
        self.tables.get(self.tables.of_statement(place as usize)?).map(|table| &*table.rule)
    }

    /// As [`CompiledTimeline::rule`], shared.
    pub fn shared_rule(&self, place: u32) -> Option<Arc<Rule>> {
        self.tables.get(self.tables.of_statement(place as usize)?).map(|table| table.rule.clone())
    }

    /// The table at a basis, by everything recorded; `None` where the answer takes the general way.
    pub fn table(&self, basis: At, stored: &StoredRules) -> Option<TableAt> {
        let at = (basis.valid_at, basis.known_at);
        let segment = self.segment(at.0, at.1, stored)?;
        match segment.state {
            State::General => None,
            State::Without(status) => Some(TableAt { status, rule: None, kind: segment.kind }),
            State::InForce(table, _) => {
                let kind = segment.kind.unwrap_or_else(|| self.kind(segment, Measure::Tiers, None, at));
                let rule = self.tables.get(table)?.rule.clone();
                Some(TableAt { status: Status::Value, rule: Some(rule), kind: Some(kind) })
            }
        }
    }

    /// What was known at each time, once that has been asked for often.
    fn known(&self, stored: &StoredRules) -> Option<&KnownPeriods> {
        match self.known.get() {
            Some(known) => Some(known),
            None if self.asked.fetch_add(1, Ordering::Relaxed) < WORTH_COMPILING => None,
            None => self.compile_knowledge(stored),
        }
    }

    /// Compiles what was known at each time, for many questions about it.
    pub fn compile_knowledge(&self, stored: &StoredRules) -> Option<&KnownPeriods> {
        let timeline = stored.rulebook.timeline(&self.subject)?;
        Some(self.known.get_or_init(|| KnownPeriods::of(timeline, self.recorded_by, stored, &self.tables)))
    }

    /// The answer by a period and its tier; `None` where it takes the general way.
    pub fn by_segment(&self, segment: &Segment, place: PlaceInTiers, asked: &Asked) -> Option<Compiled> {
        let (kind, statement) = (segment.kind, segment.statement);
        let (table, fixed) = match segment.state {
            State::General => return None,
            State::InForce(table, fixed) => (table, fixed),
            State::Without(status) => {
                return Some(Compiled { status, value: None, tier: None, leverage: 0, kind, statement });
            }
        };
        let whole = fixed.zip(asked.notional);
        let whole =
            whole.and_then(|(fixed, notional)| in_whole_numbers(asked.measure, fixed, notional, place));
        let (Brief { status, value, tier }, leverage) = match whole {
            Some(InWholeNumbers { status, value, tier, leverage }) => {
                let value =
                    if status == Status::Value { Some(value.without_zeros().decimal()?) } else { None };
                (Brief { status, value, tier: tier.checked_sub(1).map(|tier| tier as usize) }, leverage)
            }
            None => {
                let at = asked.at.map(|at| at.on(self.subject.program()));
                in_decimals(&self.tables.get(table)?.rule, asked.measure, at)
            }
        };
        let at = (asked.valid_at, asked.known_at);
        let kind = Some(kind.unwrap_or_else(|| self.kind(segment, asked.measure, tier, at)));
        Some(Compiled { status, value, tier, leverage, kind, statement })
    }

    /// How certain an answer is that nothing but the reading of cells and age makes uncertain.
    pub fn kind(
        &self,
        segment: &Segment,
        measure: Measure,
        tier: Option<usize>,
        (at, known_at): (ValidTime, Option<PublishedTime>),
    ) -> CertaintyKind {
        let is_doubtful = |it: StatementPlaces| self.tables.is_doubtful(it.in_timeline, measure, tier);
        if segment.is_unconfirmed && segment.statement.is_some_and(is_doubtful) {
            return CertaintyKind::Doubtful;
        }
        let is_fresh = match segment.age {
            SegmentAge::Confirmed | SegmentAge::Changed { .. } => true,
            SegmentAge::Announced { until, .. } => until.is_some_and(|until| at <= until),
            SegmentAge::Observed { last, at_least } => {
                at_least.is_some_and(|until| at <= until)
                    || self
                        .curves
                        .settled_for(self.curves.place(known_at))
                        .is_some_and(|settled| at.0.since(last.0) <= settled)
            }
        };
        if is_fresh { CertaintyKind::Settled } else { CertaintyKind::Unconfirmed }
    }

    /// How probable it is that the table of a period still holds, in percent; `None` where no table is in force, no
    /// curve says so, or the period takes the general way.
    pub fn holds(&self, segment: &Segment, at: ValidTime, known_at: Option<PublishedTime>) -> Option<u8> {
        let State::InForce(..) = segment.state else { return None };
        let place = self.curves.place(known_at);
        match segment.age {
            SegmentAge::Observed { last, .. } => self.curves.percent(place, at.0.since(last.0), false),
            SegmentAge::Announced { last, .. } => self.curves.percent(place, at.0.since(last.0), true),
            age => age.at(at).holds(self.curves.curve(place)).percent(),
        }
    }
}

/// The period that contains a time.
#[inline]
pub fn period_at<'a>(starts: StartsRef, segments: &'a [Segment], valid_at: ValidTime) -> Option<&'a Segment> {
    segments.get(starts.started(valid_at).checked_sub(1)?)
}
