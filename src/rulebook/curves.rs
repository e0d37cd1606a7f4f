//! The curves of the programs: how long their tables stay as they are, by what was known at each time.
//!
//! A curve changes only when an observation of its program is published or one of them is retracted, so that the
//! curves of a program are steps over publication time. All of them are made at once, each from the one before.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::limits;
use crate::rulebook::holds::{Counts, Curve, settled_for};
use crate::rulebook::percents::Percents;
use crate::rulebook::{Knowledge, Rulebook, Visibility};
use crate::statement::{ObservedProgram, ObservedTable, ProgramCurves, RecordedSource, Subject};
use crate::time::{PublishedTime, RecordedTime, TimeSpan, ValidTime};

/// The program that has a default curve.
const WITH_DEFAULT: &str = "binance:usdm";

/// The curves that were asked for, so that none is computed twice. It is no part of what a rulebook is.
#[derive(Default, Debug)]
pub struct CurveCache(Mutex<Vec<OfProgram>>);

/// The steps of a program by what was recorded.
#[derive(Clone, Debug)]
struct OfProgram {
    program: String,
    recorded_by: Option<RecordedTime>,
    steps: Arc<CurveSteps>,
}

impl CurveCache {
    /// The curves of some programs, by everything that is recorded.
    pub fn of(curves: BTreeMap<String, ProgramCurves>) -> CurveCache {
        let of_program = |(program, curves)| {
            let steps = Arc::new(CurveSteps::of(curves));
            OfProgram { program, recorded_by: None, steps }
        };
        CurveCache(Mutex::new(curves.into_iter().map(of_program).collect()))
    }
}

impl Clone for CurveCache {
    fn clone(&self) -> CurveCache {
        CurveCache(Mutex::new(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()))
    }
}

impl PartialEq for CurveCache {
    fn eq(&self, _: &CurveCache) -> bool {
        true
    }
}

/// The curves of a program over publication time, by what was recorded at one time.
#[derive(Clone, Default, Debug)]
pub struct CurveSteps {
    /// When each curve but the first began to count.
    from: Vec<PublishedTime>,
    /// One more than there are times.
    curves: Vec<Option<Curve>>,
    /// For how long an observed table counts as confirmed by each.
    settled_for: Vec<OnceLock<Option<TimeSpan>>>,
    /// The percentages by each.
    percents: Vec<OnceLock<Percents>>,
}

impl CurveSteps {
    /// The place of the curve of what was published by then.
    pub fn place(&self, known_at: Option<PublishedTime>) -> usize {
        known_at.map_or(self.from.len(), |known_at| self.from.partition_point(|from| *from <= known_at))
    }

    /// The curve at a place, `None` where there are too few pairs and no default.
    pub fn curve(&self, place: usize) -> Option<&Curve> {
        self.curves.get(place).and_then(Option::as_ref)
    }

    /// The greatest age of an observed table, confirmed by nothing later, that counts as confirmed by the curve at
    /// a place; `None` where none does.
    pub fn settled_for(&self, place: usize) -> Option<TimeSpan> {
        let found = self.settled_for.get(place)?;
        *found.get_or_init(|| settled_for(self.curve(place)))
    }

    /// The percentage of a table of an age that nothing later confirms or contradicts, by the curve at a place; `None`
    /// without one.
    #[inline]
    pub fn percent(&self, place: usize, age: TimeSpan, is_announced: bool) -> Option<u8> {
        let curve = self.curve(place)?;
        self.percents.get(place)?.get_or_init(|| Percents::of(curve)).at(curve, age, is_announced)
    }

    fn of_curves(from: Vec<PublishedTime>, curves: Vec<Option<Curve>>) -> CurveSteps {
        let settled_for = curves.iter().map(|_| OnceLock::new()).collect();
        let percents = curves.iter().map(|_| OnceLock::new()).collect();
        CurveSteps { from, curves, settled_for, percents }
    }

    /// The curves as they are stored.
    fn stored(&self) -> ProgramCurves {
        let points = |curve: &Option<Curve>| curve.as_ref().map(|curve| curve.points().to_vec());
        ProgramCurves { from: self.from.clone(), curves: self.curves.iter().map(points).collect() }
    }

    /// The stored curves.
    fn of(stored: ProgramCurves) -> CurveSteps {
        let curves = stored.curves.into_iter().map(|points| points.map(Curve::from_points));
        CurveSteps::of_curves(stored.from, curves.collect())
    }

    fn push(&mut self, from: PublishedTime, curve: Option<Curve>) {
        if self.curves.last() != Some(&curve) {
            self.from.push(from);
            self.curves.push(curve);
            self.settled_for.push(OnceLock::new());
            self.percents.push(OnceLock::new());
        }
    }
}

impl Rulebook {
    /// The curve of the program of a subject, from the observations that are visible at a state of knowledge;
    /// `None` where there are too few and no default.
    pub fn curve(&self, subject: &Subject, at: Knowledge) -> Option<Curve> {
        let steps = self.curve_steps(subject, at.recorded_by);
        steps.curve(steps.place(at.known_at)).cloned()
    }

    /// The curves of a program over publication time by everything that is recorded, as they are stored.
    pub fn program_curves(&self, program: &str) -> ProgramCurves {
        self.steps_of(program, None).stored()
    }

    /// The curves of the program of a subject over publication time.
    pub fn curve_steps(&self, subject: &Subject, recorded_by: Option<RecordedTime>) -> Arc<CurveSteps> {
        let mut cache = self.curves.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_it = |it: &&OfProgram| it.recorded_by == recorded_by && is_program_of(&it.program, subject);
        if let Some(found) = cache.iter().find(of_it) {
            return found.steps.clone();
        }
        let program = program_of(subject);
        let steps = Arc::new(self.steps_of(&program, recorded_by));
        cache.push(OfProgram { program, recorded_by, steps: steps.clone() });
        steps
    }

    fn steps_of(&self, program: &str, recorded_by: Option<RecordedTime>) -> CurveSteps {
        let mut observed: Vec<&ObservedProgram> = self.observed.get(program).into_iter().flatten().collect();
        observed.sort_by_key(|it| (seen_at(it), &it.source, it.tx));
        let has_default = program == WITH_DEFAULT;
        let recorded: Vec<Observed> = observed.iter().filter_map(|it| self.recorded(it)).collect();
        let visible_at = |known_at: PublishedTime| -> Vec<&ObservedProgram> {
            let at = Knowledge { known_at: Some(known_at), recorded_by };
            recorded.iter().filter(|it| self.is_visible(it, at)).map(|observed| observed.it).collect()
        };
        let mut counted = Counted::default();
        let mut steps = CurveSteps::of_curves(Vec::new(), vec![Curve::of(&Counts::default(), has_default)]);
        if observed.is_empty() {
            return steps;
        }
        for from in self.publications() {
            let visible = visible_at(from);
            if counted.observed.len() != visible.len() || !starts_with(&visible, &counted.observed) {
                counted = counted.followed_by(&visible);
                steps.push(from, Curve::of(&counted.counts, has_default));
            }
        }
        steps
    }

    /// Every time at which something was published or retracted, in order.
    fn publications(&self) -> Vec<PublishedTime> {
        let sources = self.recordings.values().flatten().map(|it| it.source.published_at);
        let mut times: Vec<PublishedTime> =
            sources.chain(self.retractions.iter().map(|it| it.published_at)).collect();
        times.sort_unstable();
        times.dedup();
        times
    }

    fn recorded<'a>(&'a self, observed: &'a ObservedProgram) -> Option<Observed<'a>> {
        let recording = self.recordings(&observed.source).iter().find(|it| it.tx == observed.tx)?;
        Some(Observed {
            it: observed,
            recording,
            is_plain: self.counts_plainly(&observed.source, observed.tx),
        })
    }

    fn is_visible(&self, it: &Observed, at: Knowledge) -> bool {
        let (source, tx) = (&it.it.source, it.it.tx);
        let counts = || {
            self.counting(source, tx, at) == Visibility::Visible
                && self.retracted_by(source, None, at, limits::RETRACTION_DEPTH).is_none()
        };
        at.has_recorded(it.recording.recorded_at)
            && at.has_published(it.recording.source.published_at)
            && (it.is_plain || counts())
    }
}

/// An observation with its record.
struct Observed<'a> {
    it: &'a ObservedProgram,
    recording: &'a RecordedSource,
    /// Whether it counts from its recording and publication on, whatever else is recorded.
    is_plain: bool,
}

/// The program of a subject, as in `binance:usdm`.
pub fn program_of(subject: &Subject) -> String {
    format!("{}:{}", subject.venue(), subject.program().name())
}

fn is_program_of(program: &str, subject: &Subject) -> bool {
    program.split_once(':') == Some((subject.venue(), subject.program().name()))
}

fn seen_at(observed: &ObservedProgram) -> Option<ValidTime> {
    observed.tables.iter().map(|table| table.seen_at).max()
}

/// The pairs of consecutive observations of each subject, so far.
#[derive(Default)]
struct Counted<'a> {
    /// What was counted, in order.
    observed: Vec<&'a ObservedProgram>,
    /// What was seen of each subject last.
    last: HashMap<u64, LastSeen, BuildHasherDefault<ShortHash>>,
    counts: Counts,
}

/// What was seen of a subject last.
struct LastSeen {
    at: ValidTime,
    currency: u64,
    table: u64,
}

impl<'a> Counted<'a> {
    /// The pairs of these observations: those that are counted already and some after them, or counted anew.
    fn followed_by(self, observed: &[&'a ObservedProgram]) -> Counted<'a> {
        let mut counted = if starts_with(observed, &self.observed) { self } else { Counted::default() };
        for it in &observed[counted.observed.len()..] {
            counted.add(it);
        }
        counted
    }

    /// Counts the pairs of an observation with those before it. A complete snapshot that lacks a subject shows it
    /// changed.
    fn add(&mut self, observed: &'a ObservedProgram) {
        self.observed.push(observed);
        let Some(time) = seen_at(observed) else { return };
        let mut present: Vec<(u64, LastSeen)> = Vec::with_capacity(observed.tables.len());
        for &ObservedTable { seen_at: at, subject, currency, table } in &observed.tables {
            let before = self.last.remove(&subject);
            if let Some(before) = before.filter(|before| before.at < at) {
                self.counts.add(at.0.since(before.at.0), table == Some(before.table));
            }
            if let Some(table) = table {
                present.push((subject, LastSeen { at, currency, table }));
            }
        }
        let is_gone = |subject: &u64, seen: &mut LastSeen| observed.complete.covers(*subject, seen.currency);
        let gone = self.last.extract_if(is_gone).filter(|(_, seen)| seen.at < time);
        gone.for_each(|(_, seen)| self.counts.add(time.0.since(seen.at.0), false));
        self.last.extend(present);
    }
}

/// Whether some observations are those of `start` and more after them.
fn starts_with(observed: &[&ObservedProgram], start: &[&ObservedProgram]) -> bool {
    let same = |(one, other): (&&ObservedProgram, &&ObservedProgram)| std::ptr::eq(*one, *other);
    start.len() <= observed.len() && observed.iter().zip(start).all(same)
}

/// The hash of a number that is the start of a hash already.
#[derive(Default)]
struct ShortHash(u64);

impl Hasher for ShortHash {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
