//! Judging: what a log of decisions used at a time, against what was right then, and what could be known
//! then.
//!
//! A figure is compared with every stored rule, as a number. What anybody could have known is decided by
//! publication. A figure needs foresight only if no rule that was public by then gives it.

use std::collections::BTreeSet;

use crate::decimal::Decimal;
use crate::query::eval::certainty::kind_of;
use crate::query::eval::evaluate::{evaluate, value};
use crate::query::plan::at::Argument;
use crate::query::rows::{CertaintyKind, Status};
use crate::query::syntax::measure::Measure;
use crate::rule::PlacedRule;
use crate::rulebook::history::History;
use crate::rulebook::holds::Curve;
use crate::rulebook::resolve::{Resolved, in_version};
use crate::rulebook::{Knowledge, Rulebook, Timeline};
use crate::statement::Recorded;
use crate::time::{PublishedTime, Timestamp, ValidTime};

/// A figure that somebody used.
///
/// ```
/// use tierbook::{Timestamp, language::Measure};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// let audit = database.audit("seed/decisions.csv".as_ref(), Timestamp::now(), &mut |_, _| {})?;
/// let used = audit.rows().next().unwrap().used;
/// assert_eq!((used.measure, used.value), (Measure::Mmr, "0.125".parse()?));
/// assert_eq!(used.known_at.0, used.valid_at.0); // the log states no other time of knowledge
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Used {
    /// The time that it was used for.
    pub valid_at: ValidTime,
    /// What was published by then could be known.
    pub known_at: PublishedTime,
    /// What the figure is.
    pub measure: Measure,
    /// Of which notional, amount or leverage.
    pub at: Option<Argument>,
    /// The figure, in the unit of the measure.
    pub value: Decimal,
}

macro_rules! judgements {
    ($($variant:ident $name:literal $words:literal $meaning:literal;)*) => {
        /// What a figure is found to be.
        ///
        /// ```
        /// use tierbook::{Timestamp, audit::Judgement};
        /// # let folder = tempfile::tempdir()?;
        /// # let database = tierbook::Database::create(folder.path().join("db"))?;
        /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
        /// let audit = database.audit("seed/decisions.csv".as_ref(), Timestamp::now(), &mut |_, _| {})?;
        /// let used_the_future = audit.count(Judgement::LookAhead);
        /// assert_eq!(used_the_future, 2);
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Judgement {
            $(#[doc = $meaning] $variant,)*
        }

        impl Judgement {
            /// Every judgement, the good ones first.
            pub const ALL: &[Judgement] = &[$(Judgement::$variant),*];

            /// The name in machine answers.
            ///
            /// ```
            /// use tierbook::audit::Judgement;
            /// assert_eq!(Judgement::LookAhead.name(), "look_ahead");
            /// ```
            pub fn name(self) -> &'static str {
                match self { $(Judgement::$variant => $name,)* }
            }

            /// The name for people.
            ///
            /// ```
            /// use tierbook::audit::Judgement;
            /// assert_eq!(Judgement::RightAsKnown.words(), "right as known");
            /// ```
            pub fn words(self) -> &'static str {
                match self { $(Judgement::$variant => $words,)* }
            }
        }
    };
}

judgements! {
    Right "right" "right" "What everything stored answers for the time, by a rule that was public then.";
    RightAsKnown "right_as_known" "right as known" "What could be known then; everything stored now answers otherwise.";
    LookAhead "look_ahead" "look-ahead" "What only a rule gives that was published later, or that was not in force yet.";
    Stale "stale" "stale" "What a rule gives that was in force before, while a newer one was public and in force.";
    Wrong "wrong" "wrong" "A value that no stored rule gives.";
    AboveLimit "above_limit" "above limit" "The rule in force allows no such notional or leverage, and no rule gives the value.";
    Ended "ended" "ended" "The subject has no rule any more, and none gave the value.";
    Unknown "unknown" "unknown" "No rule is known for the question.";
}

impl Judgement {
    /// Whether there is nothing to object to.
    ///
    /// ```
    /// use tierbook::audit::Judgement;
    /// assert!(Judgement::RightAsKnown.is_fine()); // nobody could know better then
    /// assert!(!Judgement::LookAhead.is_fine());
    /// ```
    pub fn is_fine(self) -> bool {
        matches!(self, Judgement::Right | Judgement::RightAsKnown)
    }
}

/// What was found about one figure.
///
/// ```
/// use tierbook::audit::{Judgement, Verdict};
/// let verdict = Verdict { right: Some("0.1".parse()?), ..Verdict::open() };
/// assert_eq!(verdict.judgement, Judgement::Unknown); // until a rule is found that gives the figure
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Verdict {
    /// The judgement.
    pub judgement: Judgement,
    /// The status that a query gives for the question, by everything stored.
    pub status: Status,
    /// The value under the rule in force, by everything stored; `None` where it gives none.
    pub right: Option<Decimal>,
    /// Inside a roll-out window, the value under the rule before, which is right too.
    pub right_before: Option<Decimal>,
    /// Whether the figure is right by the rule before.
    pub by_rule_before: bool,
    /// The value under the rule in force, by what could be known; `None` where that gives none.
    pub known_then: Option<Decimal>,
    /// The statement of the rule in force by everything stored, as its place in the timeline.
    pub in_force: Option<usize>,
    /// The statement of the rule that gives the figure, likewise; `None` for wrong and unknown ones.
    pub matched: Option<usize>,
    /// How certain the right answer is, but for doubts about how its cells were read; `None` without a rule.
    pub certainty: Option<CertaintyKind>,
}

impl Verdict {
    /// No verdict yet.
    ///
    /// ```
    /// use tierbook::audit::{Judgement, Verdict};
    /// let verdict = Verdict::open();
    /// assert_eq!((verdict.judgement, verdict.matched), (Judgement::Unknown, None));
    /// ```
    pub fn open() -> Verdict {
        Verdict {
            judgement: Judgement::Unknown,
            status: Status::Unknown,
            right: None,
            right_before: None,
            by_rule_before: false,
            known_then: None,
            in_force: None,
            matched: None,
            certainty: None,
        }
    }
}

/// One subject: its history with everything stored, and what became known when.
pub struct Case<'a> {
    book: &'a Rulebook,
    timeline: &'a Timeline,
    everything: History<'a>,
    /// The times at which something about the subject was published, in order.
    learnt: Vec<PublishedTime>,
    /// The curve of the program, from everything stored.
    curve: Option<Curve>,
    /// Each different rule with the first publication of it, as the place of that statement.
    rules: Vec<usize>,
}

/// What could be known about a subject from one publication on until the next.
pub struct Known<'a>(History<'a>);

impl<'a> Case<'a> {
    /// The case of a subject.
    pub fn new(book: &'a Rulebook, timeline: &'a Timeline) -> Case<'a> {
        let statements = timeline.statements();
        let learnt = book.recordings_about(timeline).into_iter().map(|it| it.source.published_at);
        let learnt: BTreeSet<PublishedTime> = learnt.collect();
        let everything = book.history(timeline, Knowledge::default());
        let learnt = learnt.into_iter().collect();
        let curve = book.curve(timeline.subject(), Knowledge::default());
        Case { book, timeline, everything, learnt, curve, rules: different_rules(statements) }
    }

    /// Which state of knowledge a time falls into: the same number, the same knowledge.
    pub fn state(&self, known_at: PublishedTime) -> usize {
        self.learnt.partition_point(|at| *at <= known_at)
    }

    /// What could be known in a state.
    pub fn known(&self, state: usize) -> Known<'a> {
        let last = state.checked_sub(1).and_then(|last| self.learnt.get(last)).copied();
        let known_at = last.unwrap_or(PublishedTime(Timestamp::FIRST));
        Known(self.book.history(self.timeline, Knowledge { known_at: Some(known_at), recorded_by: None }))
    }

    /// Judges a figure; `known` is what could be known in the state of its `known_at`.
    pub fn judge(&self, used: &Used, known: &Known<'a>) -> Verdict {
        let (now, then) = (Answers::of(&self.everything, used), Answers::of(&known.0, used));
        let (judgement, matched) = self.judged(used, &known.0, &now, &then);
        Verdict {
            judgement,
            status: status(&self.everything, &now, used),
            right: now.value,
            right_before: now.value_before,
            by_rule_before: judgement == Judgement::Right && now.value != Some(used.value),
            known_then: then.value,
            in_force: now.version.map(|version| self.everything.versions()[version].set_by),
            certainty: now.version.and_then(|version| self.certainty(version, used.valid_at)),
            matched,
        }
    }

    /// How certain the rule is that everything stored gives, but for doubts about how its cells were read.
    fn certainty(&self, version: usize, at: ValidTime) -> Option<CertaintyKind> {
        let Resolved::InForce(in_force) = in_version(&self.everything, version, at) else { return None };
        let is_fresh = in_force.age.holds(self.curve.as_ref()).is_fresh;
        let unconfirmed = || if is_fresh { CertaintyKind::Settled } else { CertaintyKind::Unconfirmed };
        Some(in_force.doubts.first().map_or_else(unconfirmed, kind_of))
    }

    fn judged(
        &self,
        used: &Used,
        known: &History,
        now: &Answers,
        then: &Answers,
    ) -> (Judgement, Option<usize>) {
        let set_by = |history: &History, version: usize| Some(history.versions()[version].set_by);
        let (right, right_then) = (now.giving(used.value), then.giving(used.value));
        if let Some(version) = right {
            let public = self.everything.statement(version).published_at <= used.known_at;
            let judgement =
                if public || right_then.is_some() { Judgement::Right } else { Judgement::LookAhead };
            return (judgement, set_by(&self.everything, version));
        }
        if let Some(version) = right_then {
            return (Judgement::RightAsKnown, set_by(known, version));
        }
        let (None, None) = (now.version, then.version) else {
            return self.not_right(used, known, now, then);
        };
        (Judgement::Unknown, None)
    }

    /// Judges a figure that no rule gives for its time.
    fn not_right(
        &self,
        used: &Used,
        known: &History,
        now: &Answers,
        then: &Answers,
    ) -> (Judgement, Option<usize>) {
        let gives = |rule: Option<&PlacedRule>| {
            rule.and_then(|rule| value(rule, used.measure, used.at)) == Some(used.value)
        };
        let before = (0..then.version.unwrap_or(0)).rev().find(|version| gives(known.rule(*version)));
        if let Some(version) = before {
            return (Judgement::Stale, Some(known.versions()[version].set_by));
        }
        let statements = self.timeline.statements();
        let published_later = self.rules.iter().copied().find(|place| {
            statements[*place].published_at > used.known_at
                && gives(statements[*place].statement.claim.rule())
        });
        let in_force_later = |history: &History| {
            let first = history.versions().partition_point(|version| version.from <= used.valid_at);
            let later = (first..history.versions().len()).find(|version| gives(history.rule(*version)));
            later.map(|version| history.versions()[version].set_by)
        };
        // What was public already needed the least foresight.
        let foreseen = in_force_later(known).or(published_later).or_else(|| in_force_later(&self.everything));
        let judgement = match (foreseen, status(&self.everything, now, used)) {
            (Some(_), _) => Judgement::LookAhead,
            (None, Status::Value | Status::NoLimit) => Judgement::Wrong,
            (None, _) if then.value.is_some() => Judgement::Wrong,
            (None, Status::AboveLimit) => Judgement::AboveLimit,
            (None, Status::Ended) => Judgement::Ended,
            (None, _) => Judgement::Unknown,
        };
        (judgement, foreseen)
    }
}

/// The status that a query gives where a history answers so.
fn status(history: &History, answers: &Answers, used: &Used) -> Status {
    let Some(version) = answers.version else { return Status::Unknown };
    match history.rule(version) {
        None if history.has_ended(version) => Status::Ended,
        None => Status::Unknown,
        Some(_) if answers.value.is_some() => Status::Value,
        Some(rule) => evaluate(rule, used.measure, used.at, false).status,
    }
}

/// Each different rule, as the place of the statement that made it public first.
fn different_rules(statements: &[Recorded]) -> Vec<usize> {
    let rule_at = |place: usize| statements[place].statement.claim.rule();
    let mut places: Vec<usize> = (0..statements.len()).filter(|place| rule_at(*place).is_some()).collect();
    places.sort_by_key(|place| statements[*place].published_at);
    let mut different: Vec<usize> = Vec::new();
    for place in places {
        let known = |other: &usize| rule_at(place).zip(rule_at(*other)).is_some_and(|(a, b)| a.same(b));
        if !different.iter().any(known) {
            different.push(place);
        }
    }
    different
}

/// What a history answers to the question of a figure.
struct Answers {
    /// The version in force, whether it has a rule or not.
    version: Option<usize>,
    /// The value under it.
    value: Option<Decimal>,
    /// Inside its roll-out window, the value under the version before it.
    value_before: Option<Decimal>,
}

impl Answers {
    fn of(history: &History, used: &Used) -> Answers {
        let under = |version: usize| value(history.rule(version)?, used.measure, used.at);
        let version = history.version_at(used.valid_at);
        let rolling_out = version.filter(|v| used.valid_at < history.versions()[*v].rolled_out_at);
        let before = rolling_out.and_then(|version| version.checked_sub(1));
        Answers { version, value: version.and_then(under), value_before: before.and_then(under) }
    }

    /// The version whose value this is.
    fn giving(&self, value: Decimal) -> Option<usize> {
        if self.value == Some(value) {
            return self.version;
        }
        self.version.filter(|_| self.value_before == Some(value)).and_then(|version| version.checked_sub(1))
    }
}
