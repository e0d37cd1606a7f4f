//! Contradictions between the sources of one subject: what one states against what another lets one expect.

use crate::rulebook::history::{History, StatementOutcome};
use crate::rulebook::lives::starts_life;
use crate::statement::{Claim, Recorded};
use crate::time::ValidTime;

/// How a statement contradicts another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Contradiction {
    /// An observation shows another rule, and no statement tells when it came.
    UnseenChange,
    /// A complete snapshot lacks the subject, and no statement tells when its rule ended.
    UnseenEnd,
    /// The first observation after an announced change still shows the rule before it.
    NotCarriedOut,
    /// The first observation after an announced change shows neither the rule announced nor the one before.
    CarriedOutOtherwise,
    /// Two sources announce different rules for one time.
    AnnouncedTwice,
    /// Two sources show different rules at one time.
    SeenTwice,
    /// This rank of collateral had another table in the source before.
    RankDiffers(u32),
}

/// A statement that contradicts another, and the span of valid time in which the unannounced change must have
/// happened.
#[derive(Clone, PartialEq, Debug)]
pub struct Contradicted<'a> {
    /// How.
    pub how: Contradiction,
    /// The statement that shows it.
    pub by: &'a Recorded,
    /// The statement that it contradicts.
    pub against: &'a Recorded,
    /// It happened after this time …
    pub after: ValidTime,
    /// … and not later than this one.
    pub until: ValidTime,
}

impl<'a> History<'a> {
    /// Every contradiction among the visible statements, in order of valid time.
    pub fn contradictions(&self) -> Vec<Contradicted<'a>> {
        let mut found: Vec<Contradicted> =
            (1..self.versions().len()).filter_map(|version| self.unseen(version)).collect();
        found.extend(self.outcomes().iter().enumerate().filter_map(|(place, outcome)| match outcome {
            StatementOutcome::LosesTo(winner) => self.at_one_time(place, *winner),
            _ => None,
        }));
        found.sort_by_key(|contradicted| (contradicted.until, contradicted.how));
        found
    }

    /// What the observation that sets a version contradicts; `None` where a change or an end sets it.
    fn unseen(&self, version: usize) -> Option<Contradicted<'a>> {
        let (by, against) = (self.statement(version), self.statement(version - 1));
        let Claim::Observation { seen_at, rule } = &by.statement.claim else { return None };
        // A launch states no table that one seen could differ from.
        if starts_life(&against.statement.claim) && rule.is_some() {
            return None;
        }
        let before = &self.versions()[version - 1];
        let last_seen =
            before.confirmed_by.last().map(|place| valid_at(&self.timeline().statements()[*place]));
        let announced = !against.statement.claim.is_observation() && last_seen.is_none();
        let shows_the_one_before =
            version >= 2 && by.statement.claim.same_rule(&self.statement(version - 2).statement.claim);
        let how = match (announced, rule) {
            (_, None) => Contradiction::UnseenEnd,
            (true, _) if shows_the_one_before => Contradiction::NotCarriedOut,
            (true, _) => Contradiction::CarriedOutOtherwise,
            (false, _) => Contradiction::UnseenChange,
        };
        let after = last_seen.unwrap_or(before.from).max(before.from);
        Some(Contradicted { how, by, against, after, until: *seen_at })
    }

    /// Whether a statement that lost at its time contradicts the one that won, where both are of one kind and
    /// of two sources; what one document states twice is found when it is read. An end and a launch of one time do
    /// not contradict each other, nor do an end by name and one by the token.
    fn at_one_time(&self, place: usize, winner: usize) -> Option<Contradicted<'a>> {
        let statements = self.timeline().statements();
        let (by, against) = (&statements[place], &statements[winner]);
        let observation = |recorded: &Recorded| recorded.statement.claim.is_observation();
        let how = match (observation(by), observation(against)) {
            (true, true) => Contradiction::SeenTwice,
            (false, false) if !starts_life(&against.statement.claim) => Contradiction::AnnouncedTwice,
            _ => return None,
        };
        let same = by.statement.claim.same_rule(&against.statement.claim);
        let at = valid_at(by);
        (!same && by.id.source != against.id.source).then_some(Contradicted {
            how,
            by,
            against,
            after: at,
            until: at,
        })
    }
}

fn valid_at(recorded: &Recorded) -> ValidTime {
    recorded.statement.claim.valid_at()
}
