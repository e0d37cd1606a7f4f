//! The rulebook: every loaded statement, by subject, in memory.
//!
//! It does no input or output. `visibility` decides which statements count at a state of knowledge, `history`
//! folds them into versions (`lives` has when a contract exists), `resolve` finds the version that answers for one time and how certain it is, and
//! `holds` estimates how long a table stays as it is, by the `curves` of its program.

mod after_end;
pub mod visibility;
pub mod history;
pub mod lives;
pub mod resolve;
pub mod holds;
mod percents;
pub mod curves;
pub mod contradictions;
pub mod ranks;

pub use visibility::{Knowledge, Visibility};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use crate::rule::distinct::DistinctTables;
use crate::statement::symbol;
use crate::statement::{
    Claim, ObservedProgram, Program, ProgramCurves, Recorded, RecordedCompleteSnapshot, RecordedRetraction,
    RecordedSource, RetractionKind, SourceId, Statement, StatementId, Subject, TxId,
};
use crate::text::Span;
use crate::time::{PublishedTime, RecordedTime};

/// All statements about one subject, in order of valid time.
#[derive(Clone, PartialEq, Debug)]
pub struct Timeline {
    subject: Subject,
    statements: Vec<Recorded>,
    /// Which of them count from their recording and publication on, whatever else is recorded.
    plain: Vec<bool>,
    folded: history::FoldedOnce,
}

/// What is recorded, as the store has it: a rulebook is made of it.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Records {
    /// The statements about some subjects, in any number of lists; those of one subject alone are taken as they are.
    pub statements: Vec<Vec<Recorded>>,
    /// Every retraction, whatever it is about.
    pub retractions: Vec<RecordedRetraction>,
    /// Every complete snapshot.
    pub complete: Vec<RecordedCompleteSnapshot>,
    /// Every recorded document and command.
    pub sources: Vec<RecordedSource>,
    /// What was observed of the programs of the subjects, in short.
    pub observed: BTreeMap<String, Vec<ObservedProgram>>,
    /// The curves of the programs by everything that is recorded, where they are compiled.
    pub curves: BTreeMap<String, ProgramCurves>,
}

/// The timelines of all loaded subjects, and everything that decides which of their statements count.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Rulebook {
    timelines: BTreeMap<Subject, Timeline>,
    /// What is stated of the contracts of tokens, which is in the timelines of the contracts too.
    tokens: Vec<Timeline>,
    retractions: Vec<RecordedRetraction>,
    /// The recordings of each source, in order of recording.
    recordings: BTreeMap<SourceId, Vec<RecordedSource>>,
    /// The places among `retractions` of those about each source.
    about: BTreeMap<SourceId, Vec<usize>>,
    observed: BTreeMap<String, Vec<ObservedProgram>>,
    curves: curves::CurveCache,
    distinct: DistinctCache,
}

/// The different tables, once they were asked for. They are no part of what a rulebook is.
#[derive(Clone, Default, Debug)]
struct DistinctCache(OnceLock<Arc<DistinctTables>>);

impl PartialEq for DistinctCache {
    fn eq(&self, _: &DistinctCache) -> bool {
        true
    }
}

impl Rulebook {
    /// A rulebook of these records; their order does not matter.
    ///
    /// A complete snapshot that lacks a subject is an observation of its absence; what is stated of the contracts
    /// of a token is stated of each. Both are decided here and not when the source is recorded, because the order
    /// in which sources are loaded must not matter.
    pub(crate) fn new(records: Records) -> Rulebook {
        let mut timelines: BTreeMap<Subject, Timeline> = BTreeMap::new();
        for mut list in records.statements {
            let Some(subject) = list.first().map(|first| first.statement.subject.clone()) else { continue };
            if list.iter().all(|it| it.statement.subject == subject) {
                let timeline = timelines.entry(subject).or_insert_with_key(|of| Timeline::new(of.clone()));
                if timeline.statements.is_empty() {
                    timeline.statements = list;
                } else {
                    timeline.statements.append(&mut list);
                }
                continue;
            }
            for recorded in list {
                let subject = recorded.statement.subject.clone();
                let timeline = timelines.entry(subject).or_insert_with_key(|of| Timeline::new(of.clone()));
                timeline.statements.push(recorded);
            }
        }
        let tokens: Vec<Timeline> = timelines
            .extract_if(.., |subject, _| subject.program() == Program::Token)
            .map(|(_, it)| it)
            .collect();
        for timeline in timelines.values_mut() {
            timeline.add_tokens(&tokens);
            timeline.add_absences(&records.complete);
            timeline.statements.sort_by(|a, b| precedence(a).cmp(&precedence(b)));
        }
        let mut recordings: BTreeMap<SourceId, Vec<RecordedSource>> = BTreeMap::new();
        for recorded in records.sources {
            recordings.entry(recorded.source.id).or_default().push(recorded);
        }
        recordings.values_mut().for_each(|of_source| of_source.sort_by_key(|recorded| recorded.tx));
        let mut about: BTreeMap<SourceId, Vec<usize>> = BTreeMap::new();
        for (place, retraction) in records.retractions.iter().enumerate() {
            about.entry(retraction.retraction.source).or_default().push(place);
        }
        let (retractions, observed) = (records.retractions, records.observed);
        let curves = curves::CurveCache::of(records.curves);
        let mut book = Rulebook {
            timelines,
            tokens,
            retractions,
            recordings,
            about,
            observed,
            curves,
            distinct: DistinctCache::default(),
        };
        book.find_plain();
        book
    }

    /// Finds the statements that count plainly.
    fn find_plain(&mut self) {
        let mut timelines = std::mem::take(&mut self.timelines);
        // Each recording is looked at once, not once for each of its statements.
        let recordings = self.recordings.iter().flat_map(|(id, all)| all.iter().map(move |it| (it.tx, *id)));
        let plain = |(tx, id): (TxId, SourceId)| ((tx, id), self.counts_plainly(&id, tx));
        let mut known: Vec<((TxId, SourceId), bool)> = recordings.map(plain).collect();
        known.sort_unstable();
        let is_plain = |it: &Recorded| {
            let found = known.binary_search_by_key(&(it.tx, it.id.source), |(recording, _)| *recording);
            found.map_or_else(|_| self.counts_plainly(&it.id.source, it.tx), |place| known[place].1)
        };
        for timeline in timelines.values_mut() {
            timeline.plain = timeline.statements.iter().map(is_plain).collect();
        }
        self.timelines = timelines;
    }

    /// The timeline of a subject; `None` where nothing is loaded about it.
    pub fn timeline(&self, subject: &Subject) -> Option<&Timeline> {
        self.timelines.get(subject)
    }

    /// The different tables of all timelines.
    pub fn distinct_tables(&self) -> &Arc<DistinctTables> {
        self.distinct.0.get_or_init(|| {
            let statements = self.timelines().flat_map(Timeline::statements);
            let rules = statements.filter_map(|it| Some(it.statement.claim.rule()?.shared()));
            Arc::new(DistinctTables::of(rules))
        })
    }

    /// All timelines, in order of their subjects.
    pub fn timelines(&self) -> impl Iterator<Item = &Timeline> {
        self.timelines.values()
    }

    /// Every statement that a source states, in no particular order: none that is made of a complete snapshot,
    /// and what is stated of the contracts of a token once.
    pub fn stated(&self) -> impl Iterator<Item = &Recorded> {
        let is_own = |timeline: &&Timeline, recorded: &Recorded| {
            recorded.statement.subject == timeline.subject && !recorded.follows_from_complete_snapshot()
        };
        let all = self.timelines.values().chain(&self.tokens);
        all.flat_map(move |timeline| timeline.statements.iter().filter(move |it| is_own(&timeline, it)))
    }

    /// The retractions about a source, in order of recording.
    pub fn retractions_about(&self, source: &SourceId) -> impl Iterator<Item = &RecordedRetraction> {
        self.about.get(source).into_iter().flatten().map(|place| &self.retractions[*place])
    }

    /// Whether any source is recorded.
    pub fn has_sources(&self) -> bool {
        !self.recordings.is_empty()
    }

    /// The recordings of a source, in order of recording.
    pub fn recordings(&self, source: &SourceId) -> &[RecordedSource] {
        self.recordings.get(source).map_or(&[], Vec::as_slice)
    }

    /// Every recording that decides what is known about a subject: of its sources, of what retracts them, and of
    /// what supersedes them.
    pub fn recordings_about<'a>(&'a self, timeline: &'a Timeline) -> Vec<&'a RecordedSource> {
        let mut sources: BTreeSet<&SourceId> = timeline.statements.iter().map(|it| &it.id.source).collect();
        loop {
            let known = sources.len();
            for it in self.retractions_reaching(sources.clone()) {
                sources.insert(&it.by);
                if let RetractionKind::Supersede(newer) = &it.retraction.kind {
                    sources.insert(newer);
                }
            }
            if sources.len() == known {
                break;
            }
        }
        sources.into_iter().flat_map(|id| self.recordings(id)).collect()
    }

    /// Every time at which something that decides what is known about a subject was published.
    pub fn publications_about(&self, timeline: &Timeline) -> BTreeSet<PublishedTime> {
        self.learnt_about(timeline).into_iter().map(|(published, _)| published).collect()
    }

    /// When everything that decides what is known about a subject was published, and when that was recorded.
    pub fn learnt_about(&self, timeline: &Timeline) -> Vec<(PublishedTime, RecordedTime)> {
        let recordings = self.recordings_about(timeline);
        let sources = timeline.statements.iter().map(|it| &it.id.source);
        let sources = sources.chain(recordings.iter().map(|it| &it.source.id)).collect();
        let retractions = self.retractions_reaching(sources);
        let stated = timeline.statements.iter().map(|it| (it.published_at, it.recorded_at));
        let retracted = retractions.iter().map(|it| (it.published_at, it.recorded_at));
        let recorded = recordings.iter().map(|it| (it.source.published_at, it.recorded_at));
        stated.chain(retracted).chain(recorded).collect()
    }

    /// The retractions of anything in these sources, or of such a retraction.
    pub fn retractions_reaching<'a>(
        &'a self,
        mut sources: BTreeSet<&'a SourceId>,
    ) -> Vec<&'a RecordedRetraction> {
        loop {
            let reaching: Vec<&RecordedRetraction> =
                self.retractions.iter().filter(|w| sources.contains(&w.retraction.source)).collect();
            let known = sources.len();
            sources.extend(reaching.iter().map(|w| &w.by));
            if sources.len() == known {
                return reaching;
            }
        }
    }
}

impl Timeline {
    fn new(subject: Subject) -> Timeline {
        let folded = history::FoldedOnce::default();
        Timeline { subject, statements: Vec::new(), plain: Vec::new(), folded }
    }

    /// Adds what is stated of the contracts of the token that this is a contract of; its subject stays the token.
    fn add_tokens(&mut self, of_tokens: &[Timeline]) {
        let tokens = symbol::tokens_of(&self.subject);
        let of_this = of_tokens.iter().filter(|token| tokens.contains(&token.subject));
        self.statements.extend(of_this.flat_map(|token| token.statements.iter().cloned()));
    }

    /// Adds an observation of absence for each complete snapshot that would name the subject and has no statement
    /// about it.
    fn add_absences(&mut self, complete_snapshots: &[RecordedCompleteSnapshot]) {
        let subject = &self.subject;
        let mut stated: Vec<SourceId> = self.statements.iter().map(|recorded| recorded.id.source).collect();
        stated.sort_unstable();
        let is_silent =
            |recorded: &&RecordedCompleteSnapshot| stated.binary_search(&recorded.source).is_err();
        let silent = complete_snapshots.iter().filter(is_silent);
        let absence = |recorded: &RecordedCompleteSnapshot| Recorded {
            id: StatementId { source: recorded.source, ordinal: 0 },
            statement: Statement {
                subject: subject.clone(),
                claim: Claim::Observation { seen_at: recorded.snapshot.seen_at, rule: None },
                span: Span::new(0, 0),
            },
            published_at: recorded.published_at,
            recorded_at: recorded.recorded_at,
            tx: recorded.tx,
        };
        let absences = silent.filter(|recorded| recorded.snapshot.covers(subject)).map(absence);
        self.statements.extend(absences);
    }

    /// The subject.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Whether each statement counts from its recording and its publication on, whatever else is recorded.
    #[cfg(feature = "columnar")]
    pub fn is_plain(&self) -> bool {
        self.plain.iter().all(|is_plain| *is_plain)
    }

    /// Its statements in order of valid time; those of one time in the order in which later ones win.
    pub fn statements(&self) -> &[Recorded] {
        &self.statements
    }
}

/// The order of resolution: the latest valid time wins; then a change or an end before an observation, that
/// before a launch, then the later published. Of two that are equal in all of this the order is arbitrary, but never that of
/// loading: the source with the greater id, then the later in its document.
fn precedence(recorded: &Recorded) -> impl Ord + '_ {
    let claim = &recorded.statement.claim;
    let rank = match claim {
        Claim::Launch { .. } | Claim::Conversion { .. } | Claim::Postponed { .. } => 0,
        Claim::Observation { .. } => 1,
        Claim::Change { .. } | Claim::End { .. } => 2,
    };
    let StatementId { source, ordinal } = &recorded.id;
    (claim.valid_at(), rank, recorded.published_at, source, ordinal, recorded.tx)
}
