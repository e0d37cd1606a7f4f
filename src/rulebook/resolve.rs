//! Resolution: which rule is in force for a subject at a basis, how certain that is, and what comes next.

use std::sync::Arc;

use crate::rule::Rule;
use crate::rulebook::history::History;
use crate::rulebook::{Knowledge, Rulebook, Timeline};
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
    /// No statement reaches that time, whatever is published or recorded.
    Unknown {
        /// The first statement visible at the basis, which starts later; `None` where none is visible.
        first: Option<&'a Recorded>,
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
    pub rule: &'a Arc<Rule>,
    /// The statement that set it.
    pub set_by: &'a Recorded,
    /// Since when it is known to be in force.
    pub since: ValidTime,
    /// How certain it is.
    pub certainty: RuleCertainty<'a>,
    /// The newest observation that showed it, possibly the one that set it; `None` where none did.
    pub last_confirmed: Option<&'a Recorded>,
    /// The next visible change or end after that time.
    pub next_change: Option<&'a Recorded>,
}

/// How certain the rule in force is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum RuleCertainty<'a> {
    /// Nothing visible contradicts it.
    Settled,
    /// The exchange may not have carried it out everywhere yet.
    RollingOut {
        /// When the window closes.
        until: ValidTime,
        /// The rule that it replaces; `None` where none is known.
        other: Option<&'a Arc<Rule>>,
    },
    /// A later observation shows another rule, and no change tells when it came.
    UnseenChange {
        /// The change came after this time …
        after: ValidTime,
        /// … and not later than this one.
        by: ValidTime,
        /// The rule seen; `None` where the subject was seen to have none.
        other: Option<&'a Arc<Rule>>,
    },
}

impl Rulebook {
    /// What is known about the subject of `timeline` at a basis.
    pub fn resolve<'a>(&self, timeline: &'a Timeline, basis: At) -> Resolved<'a> {
        let knowledge = Knowledge { known_at: basis.known_at, recorded_by: basis.recorded_by };
        let history = self.history(timeline, knowledge);
        if let Some(version) = history.version_at(basis.valid_at) {
            return in_version(&history, version, basis.valid_at);
        }
        let everything = self.history(timeline, Knowledge::default());
        match everything.version_at(basis.valid_at) {
            Some(version) => Resolved::NotKnownThen { by: everything.statement(version) },
            None => {
                Resolved::Unknown { first: (!history.versions().is_empty()).then(|| history.statement(0)) }
            }
        }
    }
}

fn in_version<'a>(history: &History<'a>, version: usize, valid_at: ValidTime) -> Resolved<'a> {
    let set_by = history.statement(version);
    let Some(rule) = history.rule(version) else { return Resolved::Ended { by: set_by } };
    let statements = history.timeline().statements();
    let this = &history.versions()[version];
    let seen = Some(this.set_by).filter(|place| !is_change(&statements[*place]));
    let last_confirmed = this.confirmed_by.last().copied().or(seen).map(|place| &statements[place]);
    let mut later = (version + 1..history.versions().len()).map(|version| history.statement(version));
    Resolved::InForce(InForce {
        rule,
        set_by,
        since: this.from,
        certainty: certainty(history, version, valid_at),
        last_confirmed,
        next_change: later.find(|recorded| is_change(recorded)),
    })
}

fn is_change(recorded: &Recorded) -> bool {
    !recorded.statement.claim.is_observation()
}

fn certainty<'a>(history: &History<'a>, version: usize, valid_at: ValidTime) -> RuleCertainty<'a> {
    let this = &history.versions()[version];
    if valid_at < this.rolled_out_at {
        let other = version.checked_sub(1).and_then(|before| history.rule(before));
        return RuleCertainty::RollingOut { until: this.rolled_out_at, other };
    }
    let Some(next) = history.versions().get(version + 1) else { return RuleCertainty::Settled };
    let next_is_observation = !is_change(history.statement(version + 1));
    let last_seen = this
        .confirmed_by
        .last()
        .map(|&place| history.timeline().statements()[place].statement.claim.valid_at());
    let sure_until = last_seen.unwrap_or(this.from).max(this.from);
    if next_is_observation && valid_at > sure_until {
        let other = history.rule(version + 1);
        return RuleCertainty::UnseenChange { after: sure_until, by: next.from, other };
    }
    RuleCertainty::Settled
}
