//! History: the visible statements of one subject, folded into versions that follow one another without gaps.
//!
//! An observation that shows the rule already in force confirms its version and starts none, so that an
//! answer still cites the statement that set the rule. An observation inside the roll-out window of a change
//! that still shows the old rule changes nothing; one that shows the new rule closes the window. After an
//! announced end observations change nothing until they show that the subject lives again, because exchanges
//! go on listing a settled contract with a frozen table. `lives` has what launches, conversions and
//! postponements do.

use std::sync::{Arc, OnceLock};

use crate::rule::PlacedRule;
use crate::rulebook::after_end::AfterEnd;
#[cfg(feature = "columnar")]
use crate::rulebook::visibility::Counting;
use crate::rulebook::{Knowledge, Rulebook, Timeline, Visibility};
use crate::statement::{Claim, Program, Recorded, Statement};
use crate::time::ValidTime;

/// A period of valid time with one rule: from `from` until the next version.
#[derive(Clone, PartialEq, Debug)]
pub struct Version {
    /// Where it starts.
    pub from: ValidTime,
    /// The statement that set it, as its place in the timeline.
    pub set_by: usize,
    /// Where the roll-out window of the change that set it closes; `from` where there is no window.
    pub rolled_out_at: ValidTime,
    /// The observations that showed it, as places in the timeline, in order of valid time.
    pub confirmed_by: Vec<usize>,
    /// The statements of the same time, kind and publication that state another rule, as places in the
    /// timeline; the one that comes nearest first.
    pub contradicted_by: Vec<usize>,
    /// The changes announced for the same time by another document, at another publication, with another rule.
    pub announced_otherwise: Vec<usize>,
    /// The conversions of the contract since it started, as places in the timeline.
    pub converted_by: Vec<usize>,
    /// The highest leverage that the launch which set it states.
    pub max_leverage: Option<u32>,
}

/// The outcome of one statement when the versions were made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StatementOutcome {
    /// It does not count at this state of knowledge.
    Unseen(Visibility),
    /// It set this version.
    Sets(usize),
    /// It is an observation of the rule that this version already had.
    Confirms(usize),
    /// It is an observation inside the roll-out window of this version that still showed the rule before.
    StillOld(usize),
    /// It is an observation after the announced end of this version, which it does not undo.
    AfterEnd(usize),
    /// A complete snapshot lacks the subject, or a token's contracts end, where no rule of it was in force.
    NothingToEnd,
    /// It is a launch of a subject that exists by this version.
    InLife(usize),
    /// It is a conversion of the contract, which keeps the rule of this version.
    Converts(usize),
    /// The launch is put off by this statement (a place in the timeline), or is announced with one that is.
    PutOff(usize),
    /// It puts a launch off until further notice.
    PutsOff,
    /// It puts off the launches of the contracts of a token, and this contract has none.
    NothingToPutOff,
    /// It is a conversion without a rule before it.
    NothingToConvert,
    /// At the same time this statement (a place in the timeline) takes precedence.
    LosesTo(usize),
}

/// The versions of a subject at one state of knowledge, and the outcome of each of its statements.
#[derive(Clone, PartialEq, Debug)]
pub struct History<'a> {
    timeline: &'a Timeline,
    folded: Arc<Folded>,
}

/// What becomes of the statements of a timeline: a history without it, to be kept.
#[derive(PartialEq, Debug)]
pub struct Folded {
    versions: Vec<Version>,
    outcomes: Vec<StatementOutcome>,
}

/// The history of everything stored, once it was asked for. It is no part of what a timeline is.
#[derive(Default, Debug)]
pub struct FoldedOnce(OnceLock<Arc<Folded>>);

impl Clone for FoldedOnce {
    fn clone(&self) -> FoldedOnce {
        FoldedOnce::default()
    }
}

impl PartialEq for FoldedOnce {
    fn eq(&self, _: &FoldedOnce) -> bool {
        true
    }
}

impl Rulebook {
    /// The history of a subject at a state of knowledge. O(n²) in the statements of the subject at worst, for
    /// documents recorded with several publications; O(n) otherwise. That of everything stored is made once.
    pub fn history<'a>(&self, timeline: &'a Timeline, at: Knowledge) -> History<'a> {
        if at == Knowledge::default() {
            let folded = timeline.folded.0.get_or_init(|| Arc::new(self.folded(timeline, at)));
            return History { timeline, folded: folded.clone() };
        }
        History { timeline, folded: Arc::new(self.folded(timeline, at)) }
    }

    fn folded(&self, timeline: &Timeline, at: Knowledge) -> Folded {
        let outcome = |visibility| match visibility {
            Visibility::Visible => None,
            hidden => Some(StatementOutcome::Unseen(hidden)),
        };
        fold(timeline, self.visibilities(timeline, at).map(outcome).collect())
    }

    fn visibilities<'a>(
        &'a self,
        timeline: &'a Timeline,
        at: Knowledge,
    ) -> impl Iterator<Item = Visibility> + 'a {
        let visibility = move |(recorded, is_plain): (&Recorded, &bool)| match is_plain {
            true => at.plainly(recorded),
            false => self.visibility(recorded, at),
        };
        timeline.statements().iter().zip(&timeline.plain).map(visibility)
    }

    /// How each statement of a timeline counts at a state of knowledge: at two states in which all count alike, the
    /// same is known.
    #[cfg(feature = "columnar")]
    pub fn counting_at<'a>(
        &'a self,
        timeline: &'a Timeline,
        at: Knowledge,
    ) -> impl Iterator<Item = Counting> + 'a {
        self.visibilities(timeline, at).map(|visibility| visibility.counting())
    }
}

impl<'a> History<'a> {
    /// The history of a timeline from what was kept of it.
    pub fn of(timeline: &'a Timeline, folded: Arc<Folded>) -> History<'a> {
        History { timeline, folded }
    }

    /// What is to be kept of it.
    pub fn folded(&self) -> Arc<Folded> {
        self.folded.clone()
    }

    /// The versions in order of valid time; each ends where the next starts, and the last does not end.
    pub fn versions(&self) -> &[Version] {
        &self.folded.versions
    }

    /// The outcome of each statement of the timeline, in its order.
    pub fn outcomes(&self) -> &[StatementOutcome] {
        &self.folded.outcomes
    }

    /// The timeline that was folded.
    pub fn timeline(&self) -> &'a Timeline {
        self.timeline
    }

    /// The place of the version in force at a time; `None` before the first.
    pub fn version_at(&self, valid_at: ValidTime) -> Option<usize> {
        self.versions().partition_point(|version| version.from <= valid_at).checked_sub(1)
    }

    /// The times inside a version at which an answer may become more or less certain, but for its age.
    pub fn turns(&self, version: usize) -> Vec<ValidTime> {
        let (this, statements) = (&self.versions()[version], self.timeline.statements());
        let valid_at = |place: &usize| statements[*place].statement.claim.valid_at();
        let confirmed = || this.confirmed_by.iter().map(valid_at);
        let converted = this.converted_by.iter().map(valid_at);
        let ends_of_doubt = converted.clone().filter_map(|at| confirmed().find(|seen| *seen > at));
        let first = confirmed().next();
        [this.rolled_out_at].into_iter().chain(first).chain(converted.clone()).chain(ends_of_doubt).collect()
    }

    /// Whether a version states that there is no rule: it is not one of a launch, whose table is not known yet.
    pub fn has_ended(&self, version: usize) -> bool {
        self.statement(version).statement.claim.states_none()
    }

    /// The statement that set a version.
    pub fn statement(&self, version: usize) -> &'a Recorded {
        &self.timeline.statements()[self.versions()[version].set_by]
    }

    /// The rule of a version; `None` where the subject has none.
    pub fn rule(&self, version: usize) -> Option<&'a PlacedRule> {
        self.statement(version).statement.claim.rule()
    }
}

/// Folds the statements whose outcome is still open, time by time, into versions.
fn fold(timeline: &Timeline, outcomes: Vec<Option<StatementOutcome>>) -> Folded {
    let statements = timeline.statements();
    let leverage = |recorded: &Recorded| match recorded.statement.claim {
        Claim::Launch { max_leverage, .. } => max_leverage,
        _ => None,
    };
    let leverages = statements.iter().map(leverage).collect();
    let (versions, after_end) = (Vec::new(), AfterEnd::default());
    let mut folding = Folding { statements, versions, outcomes, leverages, after_end, is_reborn: false };
    folding.put_off_launches();
    let mut start = 0;
    while start < statements.len() {
        let timestamp = statements[start].statement.claim.valid_at();
        let later = statements[start..].iter().position(|next| next.statement.claim.valid_at() > timestamp);
        let end = later.map_or(statements.len(), |count| start + count);
        if end == start + 1 && shows_table(&statements[start]) {
            // Most are alone at their time; what is not open has its outcome.
            let open = folding.outcomes[start].is_none().then_some(start);
            folding.fold_rules(open.as_slice());
        } else {
            folding.fold_at(folding.open(start, end));
        }
        start = end;
    }
    // Every statement of a time gets an outcome, so none is left over.
    let outcomes = folding.outcomes.into_iter().flatten().collect();
    Folded { versions: folding.versions, outcomes }
}

/// Whether a statement is an observation of a table, which starts and ends no life.
fn shows_table(recorded: &Recorded) -> bool {
    let Statement { claim, subject, .. } = &recorded.statement;
    claim.is_observation() && claim.rule().is_some() && subject.program() != Program::Token
}

/// How far the statements of a timeline are folded.
pub(super) struct Folding<'a> {
    pub(super) statements: &'a [Recorded],
    pub(super) versions: Vec<Version>,
    /// `None` where it is still open.
    pub(super) outcomes: Vec<Option<StatementOutcome>>,
    /// The highest leverage that each launch states, or the launch that each postponement is about.
    pub(super) leverages: Vec<Option<u32>>,
    after_end: AfterEnd,
    /// Whether a launch comes at the time that is folded, after an end.
    pub(super) is_reborn: bool,
}

impl Folding<'_> {
    /// The statements from one place until another that have no outcome yet.
    pub(super) fn open(&self, start: usize, end: usize) -> Vec<usize> {
        (start..end).filter(|place| self.outcomes[*place].is_none()).collect()
    }

    /// Of the statements of one time that state a rule, or that there is none, the last in order of precedence
    /// wins; an observation beside it shows the same, or loses to it.
    pub(super) fn fold_rules(&mut self, open: &[usize]) {
        let Some((&winner, others)) = open.split_last() else { return };
        if self.is_after_end(winner) {
            let ended = StatementOutcome::AfterEnd(self.versions.len() - 1);
            for &place in open {
                self.outcomes[place] = Some(ended.clone());
                self.after_end.note(self.statements, place);
            }
            return;
        }
        let contradicted_by: Vec<usize> =
            others.iter().rev().copied().filter(|place| self.contradict(*place, winner)).collect();
        // What is contradicted confirms nothing.
        let confirms = if self.is_observation(winner) && contradicted_by.is_empty() {
            outcome_of_observation(self.statements, &mut self.versions, winner)
        } else {
            None
        };
        let outcome = confirms.unwrap_or_else(|| {
            let announced_otherwise: Vec<usize> =
                others.iter().rev().copied().filter(|place| self.announced_twice(*place, winner)).collect();
            self.set(winner, |version| Version { contradicted_by, announced_otherwise, ..version })
        });
        for &place in others {
            let agrees = self.is_observation(place) && shows(self.statements, place, winner);
            self.outcomes[place] = Some(match &outcome {
                _ if !agrees => StatementOutcome::LosesTo(winner),
                StatementOutcome::StillOld(_) => outcome.clone(),
                _ => confirm(self.statements, &mut self.versions, place),
            });
        }
        self.outcomes[winner] = Some(outcome);
    }

    /// Starts a version.
    pub(super) fn set(&mut self, place: usize, with: impl FnOnce(Version) -> Version) -> StatementOutcome {
        let version =
            Version { max_leverage: self.leverages[place], ..version_set_by(self.statements, place) };
        self.versions.push(with(version));
        self.after_end = AfterEnd::default();
        StatementOutcome::Sets(self.versions.len() - 1)
    }

    fn is_observation(&self, place: usize) -> bool {
        self.statements[place].statement.claim.is_observation()
    }

    /// Whether two statements of one time are equal in kind and publication, and state different rules.
    fn contradict(&self, one: usize, other: usize) -> bool {
        self.is_observation(one) == self.is_observation(other)
            && self.statements[one].published_at == self.statements[other].published_at
            && !shows(self.statements, one, other)
    }

    /// Whether two changes of one time are of two documents and two publications, and state different rules.
    fn announced_twice(&self, one: usize, other: usize) -> bool {
        let (a, b) = (&self.statements[one], &self.statements[other]);
        !self.is_observation(one)
            && !self.is_observation(other)
            && a.id.source != b.id.source
            && a.published_at != b.published_at
            && !shows(self.statements, one, other)
    }

    /// Whether an observation comes after an announced end and does not show a new life.
    fn is_after_end(&mut self, place: usize) -> bool {
        let Some(last) = self.versions.last() else { return false };
        let ended = matches!(self.statements[last.set_by].statement.claim, Claim::End { .. });
        if !ended || self.is_reborn || !self.is_observation(place) {
            return false;
        }
        self.after_end.is_frozen(self.statements, place)
    }
}

/// The outcome of an observation that starts no version: it shows the rule in force, or the old one in a
/// roll-out.
fn outcome_of_observation(
    statements: &[Recorded],
    versions: &mut [Version],
    place: usize,
) -> Option<StatementOutcome> {
    let current = versions.len().checked_sub(1)?;
    if shows(statements, place, versions[current].set_by) {
        return Some(confirm(statements, versions, place));
    }
    let in_window = statements[place].statement.claim.valid_at() < versions[current].rolled_out_at;
    let shows_old = current > 0 && shows(statements, place, versions[current - 1].set_by);
    (in_window && shows_old).then_some(StatementOutcome::StillOld(current))
}

/// Notes an observation of the rule of the last version, and closes its roll-out window there.
fn confirm(statements: &[Recorded], versions: &mut [Version], place: usize) -> StatementOutcome {
    let number = versions.len() - 1;
    let version = &mut versions[number];
    let seen_at = statements[place].statement.claim.valid_at();
    version.confirmed_by.push(place);
    version.rolled_out_at = version.rolled_out_at.min(seen_at);
    StatementOutcome::Confirms(number)
}

/// Whether the observation at `place` shows the rule that the statement at `claimed` claims.
fn shows(statements: &[Recorded], place: usize, claimed: usize) -> bool {
    statements[place].statement.claim.same_rule(&statements[claimed].statement.claim)
}

fn version_set_by(statements: &[Recorded], place: usize) -> Version {
    let claim = &statements[place].statement.claim;
    let from = claim.valid_at();
    let rolled_out_at = match claim {
        Claim::Change { rollout, .. } => ValidTime(from.0.plus(*rollout)),
        _ => from,
    };
    Version {
        from,
        set_by: place,
        rolled_out_at,
        confirmed_by: Vec::new(),
        contradicted_by: Vec::new(),
        announced_otherwise: Vec::new(),
        converted_by: Vec::new(),
        max_leverage: None,
    }
}
