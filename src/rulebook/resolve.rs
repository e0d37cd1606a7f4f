//! Resolution: which rule is in force for a subject at a basis, what makes it uncertain, and what comes next.

use crate::rule::PlacedRule;
use crate::rulebook::history::{History, Version};
use crate::rulebook::holds::Age;
use crate::rulebook::lives::starts_life;
use crate::rulebook::{Knowledge, Rulebook, Timeline, Visibility};
use crate::statement::{At, Recorded};
use crate::time::ValidTime;

/// What is known about a subject at a basis.
#[derive(Clone, PartialEq, Debug)]
pub enum Resolved<'a> {
    /// A rule is in force.
    InForce(InForce<'a>),
    /// The last statement is that there is no rule.
    Ended {
        /// That statement.
        by: &'a Recorded,
    },
    /// The subject exists by a launch, and no table of it is known.
    Launched {
        /// The launch, or what put it off to its time.
        by: &'a Recorded,
        /// The highest leverage that it states.
        max_leverage: Option<u32>,
    },
    /// No statement reaches that time, whatever is published or recorded.
    Unknown {
        /// The first statement visible at the basis, which starts later; `None` where none is visible.
        first: Option<&'a Recorded>,
        /// A statement that reaches that time but was retracted or unloaded, and how.
        gone: Option<(&'a Recorded, Visibility)>,
        /// A visible statement that puts the launch of the subject off.
        put_off: Option<&'a Recorded>,
    },
    /// A statement reaches that time, but was not public or not recorded at the basis.
    NotKnownThen {
        /// The statement that would answer if everything stored were visible.
        by: &'a Recorded,
    },
}

/// A rule in force, with what is known about it.
#[derive(Clone, PartialEq, Debug)]
pub struct InForce<'a> {
    /// The rule.
    pub rule: &'a PlacedRule,
    /// The statement that set it.
    pub set_by: &'a Recorded,
    /// Since when it is known to be in force.
    pub since: Since,
    /// What makes it uncertain, in the order of DESIGN 2; none where nothing visible does.
    pub doubts: Vec<Doubt<'a>>,
    /// The newest statement at or before that time that states it, or the next observation where that shows
    /// it too.
    pub last_confirmed_at: ValidTime,
    /// How old that is, for the estimate of `holds`.
    pub age: Age,
    /// Whether an observation of another document shows it: the same bytes again do not show that they were read
    /// rightly.
    pub is_confirmed: bool,
    /// The next visible change or end after that time.
    pub next_change: Option<&'a Recorded>,
}

/// Since when a rule is in force, as far as anybody states it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Since {
    /// A change states it.
    Announced(ValidTime),
    /// It was seen first at `at`; something else was seen last at `changed_after`, if ever.
    Seen {
        /// The first observation of it.
        at: ValidTime,
        /// The last time something else was seen or stated.
        changed_after: Option<ValidTime>,
    },
}

/// Why a rule in force is not certain.
#[derive(Clone, PartialEq, Debug)]
pub enum Doubt<'a> {
    /// Statements of the same time and publication state other rules.
    Contradicted {
        /// They, the nearest first.
        others: Vec<&'a Recorded>,
    },
    /// The exchange may not have carried it out everywhere yet.
    RollingOut {
        /// When the window closes.
        until: ValidTime,
        /// The rule that it replaces; `None` where none is known.
        other: Option<&'a PlacedRule>,
    },
    /// A later observation shows another rule, and no change tells when it came.
    UnseenChange {
        /// The change came after this time …
        after: ValidTime,
        /// … and not later than this one.
        by: ValidTime,
        /// The rule seen; `None` where the subject was seen to have none.
        other: Option<&'a PlacedRule>,
    },
    /// The contract was converted since, and nothing shows its table after that.
    Converted {
        /// The conversion.
        by: &'a Recorded,
    },
    /// Another document announces another rule for the same time, published earlier.
    AnnouncedTwice {
        /// That statement.
        other: &'a Recorded,
    },
}

impl Since {
    /// The time from which the answers are.
    pub fn time(self) -> ValidTime {
        match self {
            Since::Announced(at) | Since::Seen { at, .. } => at,
        }
    }
}

impl Rulebook {
    /// What is known about the subject of `timeline` at a basis.
    pub fn resolve<'a>(&self, timeline: &'a Timeline, basis: At) -> Resolved<'a> {
        let knowledge = Knowledge::of(&basis);
        let history = self.history(timeline, knowledge);
        if let Some(version) = history.version_at(basis.valid_at) {
            return in_version(&history, version, basis.valid_at);
        }
        let first = (!history.versions().is_empty()).then(|| history.statement(0));
        let everything = self.history(timeline, Knowledge::default());
        match self.nothing_at(&everything, first, basis.valid_at, knowledge) {
            Resolved::Unknown { first, gone, .. } => {
                Resolved::Unknown { first, gone, put_off: history.put_off() }
            }
            known => known,
        }
    }

    /// When the first visible change or end after a time takes effect, whatever is in force before.
    pub fn next_change_after(&self, timeline: &Timeline, basis: At) -> Option<ValidTime> {
        let history = self.history(timeline, Knowledge::of(&basis));
        let later = (0..history.versions().len()).filter(|it| history.versions()[*it].from > basis.valid_at);
        later.map(|version| history.statement(version)).find(|it| is_change(it)).map(valid_at)
    }

    /// Why there is no version at a time, at a state of knowledge whose first visible statement is `first`;
    /// `everything` is the history of everything stored.
    pub fn nothing_at<'a>(
        &self,
        everything: &History<'a>,
        first: Option<&'a Recorded>,
        valid_at: ValidTime,
        knowledge: Knowledge,
    ) -> Resolved<'a> {
        let gone = |recorded: &'a Recorded| match self.visibility(recorded, knowledge) {
            by @ (Visibility::Retracted(_) | Visibility::Unloaded(_)) => Some((recorded, by)),
            _ => None,
        };
        match everything.version_at(valid_at).map(|version| everything.statement(version)) {
            Some(by) => match gone(by) {
                None => Resolved::NotKnownThen { by },
                gone => Resolved::Unknown { first, gone, put_off: None },
            },
            None => {
                let reaches = |recorded: &&Recorded| recorded.statement.claim.valid_at() <= valid_at;
                let statements = everything.timeline().statements();
                let gone = statements.iter().rev().filter(reaches).find_map(gone);
                Resolved::Unknown { first, gone, put_off: None }
            }
        }
    }
}

/// What is known at a time inside a version.
pub fn in_version<'a>(history: &History<'a>, version: usize, valid_at: ValidTime) -> Resolved<'a> {
    let set_by = history.statement(version);
    let Some(rule) = history.rule(version) else {
        let max_leverage = history.versions()[version].max_leverage;
        return match starts_life(&set_by.statement.claim) {
            true => Resolved::Launched { by: set_by, max_leverage },
            false => Resolved::Ended { by: set_by },
        };
    };
    let mut later = (version + 1..history.versions().len()).map(|version| history.statement(version));
    let (last_confirmed_at, age) = age(history, version, valid_at);
    Resolved::InForce(InForce {
        rule,
        set_by,
        since: since(history, version),
        doubts: doubts(history, version, valid_at),
        last_confirmed_at,
        age,
        is_confirmed: is_confirmed(history, version),
        next_change: later.find(|recorded| is_change(recorded)),
    })
}

fn is_confirmed(history: &History, version: usize) -> bool {
    let (statements, source) = (history.timeline().statements(), &history.statement(version).id.source);
    history.versions()[version].confirmed_by.iter().any(|place| statements[*place].id.source != *source)
}

/// Since when the rule of a version is in force or was seen.
pub fn since(history: &History, version: usize) -> Since {
    let from = history.versions()[version].from;
    if is_change(history.statement(version)) {
        return Since::Announced(from);
    }
    let changed_after = version.checked_sub(1).map(|before| sure_until(history, before));
    Since::Seen { at: from, changed_after }
}

/// When the rule of a version was stated or seen last.
pub fn sure_until(history: &History, version: usize) -> ValidTime {
    let this = &history.versions()[version];
    let seen = this.confirmed_by.last().map(|place| valid_at(&history.timeline().statements()[*place]));
    seen.map_or(this.from, |seen| seen.max(this.from))
}

fn is_change(recorded: &Recorded) -> bool {
    !recorded.statement.claim.is_observation()
}

fn valid_at(recorded: &Recorded) -> ValidTime {
    recorded.statement.claim.valid_at()
}

/// The next version, if an observation sets it that shows another rule.
fn seen_otherwise<'h>(history: &'h History, version: usize) -> Option<&'h Version> {
    let next = history.versions().get(version + 1)?;
    let (this, other) = (history.statement(version), history.statement(version + 1));
    let differs = !other.statement.claim.same_rule(&this.statement.claim);
    (!is_change(other) && differs).then_some(next)
}

fn doubts<'a>(history: &History<'a>, version: usize, at: ValidTime) -> Vec<Doubt<'a>> {
    let statements = history.timeline().statements();
    let this = &history.versions()[version];
    // An observation of the same time as the one that set it is on a side of the contradiction and settles nothing.
    let announced = is_change(history.statement(version));
    let mut seen = this.confirmed_by.iter().map(|place| valid_at(&statements[*place]));
    let confirmed = seen.find(|seen| announced || *seen > this.from).is_some_and(|seen| seen <= at);
    let mut doubts = Vec::new();
    if !this.contradicted_by.is_empty() && !confirmed {
        let others = this.contradicted_by.iter().map(|place| &statements[*place]).collect();
        doubts.push(Doubt::Contradicted { others });
    }
    if at < this.rolled_out_at {
        let other = version.checked_sub(1).and_then(|before| history.rule(before));
        doubts.push(Doubt::RollingOut { until: this.rolled_out_at, other });
    }
    let sure_until = sure_until(history, version);
    if let Some(next) = seen_otherwise(history, version).filter(|_| at > sure_until) {
        let other = history.rule(version + 1);
        doubts.push(Doubt::UnseenChange { after: sure_until, by: next.from, other });
    }
    let converted = this.converted_by.iter().rev().find(|place| valid_at(&statements[**place]) <= at);
    if let Some(by) = converted.map(|place| &statements[*place]) {
        let seen_after = |place: &usize| {
            let seen = valid_at(&statements[*place]);
            valid_at(by) < seen && seen <= at
        };
        if !this.confirmed_by.iter().any(seen_after) {
            doubts.push(Doubt::Converted { by });
        }
    }
    if let (Some(place), true) = (this.announced_otherwise.first(), this.confirmed_by.is_empty()) {
        doubts.push(Doubt::AnnouncedTwice { other: &statements[*place] });
    }
    doubts
}

/// When the rule of a version was confirmed last at a time, and how old that is.
fn age(history: &History, version: usize, at: ValidTime) -> (ValidTime, Age) {
    let this = &history.versions()[version];
    let statements = history.timeline().statements();
    // In order of time, and of a table that is seen each day there are many.
    let until_then = this.confirmed_by.partition_point(|place| valid_at(&statements[*place]) <= at);
    let seen = |nth: usize| this.confirmed_by.get(nth).map(|place| valid_at(&statements[*place]));
    let restated = || {
        let next = history.versions().get(version + 1)?;
        let other = history.statement(version + 1);
        let same = other.statement.claim.same_rule(&history.statement(version).statement.claim);
        (same && !is_change(other)).then_some(next.from)
    };
    if let Some(next) = seen(until_then).or_else(restated) {
        return (next, Age::ConfirmedLater);
    }
    let observed = until_then.checked_sub(1).and_then(seen);
    let by_observation = !is_change(history.statement(version)) || observed.is_some();
    let last = observed.map_or(this.from, |seen| seen.max(this.from));
    let next = seen_otherwise(history, version).map(|next| next.from.0.since(last.0));
    let age = Age::Since {
        age: at.0.since(last.0),
        is_announced: !by_observation,
        seen_otherwise: next,
        after_change: is_change(history.statement(version))
            .then(|| at.0.since(this.from.max(this.rolled_out_at).0)),
    };
    (last, age)
}

impl Knowledge {
    /// What a basis says about publication and recording.
    pub fn of(basis: &At) -> Knowledge {
        Knowledge { known_at: basis.known_at, recorded_by: basis.recorded_by }
    }
}
