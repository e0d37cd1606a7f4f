//! Lives: when a contract exists. A launch starts a life and an end closes it; a launch states no table and
//! hides none.

use crate::rulebook::history::{Folding, History, StatementOutcome};
use crate::statement::{Claim, Program, Recorded};

impl Folding<'_> {
    /// Gives each launch that is put off its outcome, and each statement that only puts one off.
    ///
    /// A postponement is about the launch that was announced last before it was published, whatever time that was
    /// announced for: exchanges do not announce every move. What the same document states for the time of that
    /// launch is put off with it.
    pub(super) fn put_off_launches(&mut self) {
        let mut postponements: Vec<usize> =
            self.visible().filter(|place| self.is_postponed(*place)).collect();
        postponements.sort_by_key(|place| (self.statements[*place].published_at, *place));
        for by in postponements {
            let published_at = self.statements[by].published_at;
            let launches = self.visible().filter(|place| *place != by && self.is_launch(*place));
            let announced = launches.filter(|place| self.statements[*place].published_at < published_at);
            let last = announced.max_by_key(|place| (self.statements[*place].published_at, *place));
            for place in last.map_or(Vec::new(), |launch| self.announced_with(launch)) {
                self.outcomes[place] = Some(StatementOutcome::PutOff(by));
            }
            if matches!(self.statements[by].statement.claim, Claim::Postponed { to: None, .. }) {
                self.outcomes[by] = Some(StatementOutcome::PutsOff);
            }
        }
    }

    /// A launch, and what its document states for the same time.
    fn announced_with(&self, launch: usize) -> Vec<usize> {
        let same = |place: &usize| {
            let (one, other) = (&self.statements[*place], &self.statements[launch]);
            one.id.source == other.id.source
                && one.tx == other.tx
                && one.statement.claim.valid_at() == other.statement.claim.valid_at()
                && !one.statement.claim.is_observation()
        };
        self.visible().filter(same).collect()
    }

    /// The statements without an outcome, which are visible.
    fn visible(&self) -> impl Iterator<Item = usize> {
        (0..self.statements.len()).filter(|place| self.outcomes[*place].is_none())
    }

    fn is_launch(&self, place: usize) -> bool {
        starts_life(&self.statements[place].statement.claim)
    }

    fn is_postponed(&self, place: usize) -> bool {
        matches!(self.statements[place].statement.claim, Claim::Postponed { .. })
    }

    /// Starts a life by a launch, where none is.
    pub(super) fn launch(&mut self, place: usize) {
        if !self.is_launch(place) {
            return;
        }
        let last = self.versions.len().checked_sub(1);
        let lives = last.filter(|last| {
            let claim = &self.statements[self.versions[*last].set_by].statement.claim;
            !claim.states_none()
        });
        self.outcomes[place] = Some(match lives {
            Some(version) => StatementOutcome::InLife(version),
            None => self.set(place, |version| version),
        });
    }

    /// Whether an observation of absence, or the end of the contracts of a token, comes where the subject has no
    /// life.
    pub(super) fn ends_nothing(&self, place: usize) -> bool {
        let recorded = &self.statements[place];
        let is_of_token = recorded.statement.subject.program() == Program::Token;
        match self.versions.last() {
            None => is_of_token || recorded.follows_from_complete_snapshot(),
            Some(last) => is_of_token && self.statements[last.set_by].statement.claim.states_none(),
        }
    }

    /// Notes a conversion, which changes no rule.
    pub(super) fn convert(&mut self, place: usize) {
        let last = self.versions.len().checked_sub(1);
        let with_rule =
            last.filter(|last| self.statements[self.versions[*last].set_by].statement.claim.rule().is_some());
        self.outcomes[place] = Some(match with_rule {
            Some(version) => {
                self.versions[version].converted_by.push(place);
                StatementOutcome::Converts(version)
            }
            None => StatementOutcome::NothingToConvert,
        });
    }
}

impl<'a> History<'a> {
    /// The highest leverage stated by the launch at a place, or by the one that it puts off.
    pub fn launch_leverage(&self, place: usize) -> Option<u32> {
        let statements = self.timeline().statements();
        match statements[place].statement.claim {
            Claim::Launch { max_leverage, .. } => max_leverage,
            _ => {
                let puts_off =
                    |(_, outcome): &(usize, &StatementOutcome)| **outcome == StatementOutcome::PutOff(place);
                let mut launches = self.outcomes().iter().enumerate().filter(puts_off);
                launches.find_map(|(place, _)| self.launch_leverage(place))
            }
        }
    }

    /// The launches that are put off without a new time, and not announced again since.
    pub fn put_off(&self) -> Option<&'a Recorded> {
        let statements = self.timeline().statements();
        let mut outcomes = self.outcomes().iter().zip(statements).rev();
        outcomes.find(|(outcome, _)| **outcome == StatementOutcome::PutsOff).map(|(_, recorded)| recorded)
    }
}

/// Whether a claim starts a life of its subject: a launch, at its first or at another time.
pub fn starts_life(claim: &Claim) -> bool {
    matches!(claim, Claim::Launch { .. } | Claim::Postponed { to: Some(_), .. })
}
