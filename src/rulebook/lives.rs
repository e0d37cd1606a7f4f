//! Lives: when a contract exists. A launch starts a life and an end closes it; a launch states no table and
//! hides none.

use crate::rulebook::history::{Folding, History, StatementOutcome};
use crate::statement::{Claim, Program, Recorded};

impl Folding<'_> {
    /// Gives each launch that is put off its outcome, and each statement that only puts one off.
    ///
    /// A postponement is about the launch that was announced last before it was published, whatever time that was
    /// announced for: exchanges do not announce every move. What the same document states for the time of that
    /// launch is put off with it. What is stated of a token puts off nothing where the contract has no launch.
    pub(super) fn put_off_launches(&mut self) {
        let mut postponements: Vec<usize> =
            self.open(0, self.statements.len()).into_iter().filter(|it| self.is_postponed(*it)).collect();
        postponements.sort_by_key(|place| (self.statements[*place].published_at, *place));
        for by in postponements {
            let statement = &self.statements[by].statement;
            let launch = self.launch_before(by);
            if launch.is_none() && statement.subject.program() == Program::Token {
                self.outcomes[by] = Some(StatementOutcome::NothingToPutOff);
                continue;
            }
            if matches!(statement.claim, Claim::Postponed { to: None, .. }) {
                self.outcomes[by] = Some(StatementOutcome::PutsOff);
            }
            if let Some(launch) = launch {
                self.leverages[by] = self.leverages[launch];
                for place in self.announced_with(launch) {
                    self.outcomes[place] = Some(StatementOutcome::PutOff(by));
                }
            }
        }
    }

    /// The launch that was announced last before a postponement, put off already or not; `None` where the life that
    /// it started has ended by then, as far as was announced.
    fn launch_before(&self, postponement: usize) -> Option<usize> {
        let published_at = self.statements[postponement].published_at;
        let is_before = |place: &usize| self.statements[*place].published_at < published_at;
        let launches = (0..self.statements.len())
            .filter(|place| self.is_launch(*place) && self.is_open_or_put_off(*place) && is_before(place));
        let last = launches.max_by_key(|place| (self.statements[*place].published_at, *place))?;
        let launched_at = self.statements[last].statement.claim.valid_at();
        let ends = |place: &usize| match self.statements[*place].statement.claim {
            Claim::End { effective_at } => launched_at < effective_at && effective_at.0 <= published_at.0,
            _ => false,
        };
        let mut open = self.open(0, self.statements.len()).into_iter();
        (!open.any(|place| is_before(&place) && ends(&place))).then_some(last)
    }

    /// A launch, and the changes that its document states for the same time.
    fn announced_with(&self, launch: usize) -> Vec<usize> {
        let same = |place: &usize| {
            let (one, other) = (&self.statements[*place], &self.statements[launch]);
            one.id.source == other.id.source
                && one.tx == other.tx
                && one.statement.claim.valid_at() == other.statement.claim.valid_at()
                && matches!(one.statement.claim, Claim::Change { .. })
        };
        let changes = (0..self.statements.len()).filter(|place| self.is_open_or_put_off(*place)).filter(same);
        changes.chain([launch]).collect()
    }

    fn is_open_or_put_off(&self, place: usize) -> bool {
        matches!(self.outcomes[place], None | Some(StatementOutcome::PutOff(_)))
    }

    fn is_launch(&self, place: usize) -> bool {
        starts_life(&self.statements[place].statement.claim)
    }

    fn is_postponed(&self, place: usize) -> bool {
        matches!(self.statements[place].statement.claim, Claim::Postponed { .. })
    }

    /// Folds the statements of one time: what ends nothing, then what states a rule or that there is none, then
    /// launches, conversions last. At one time a table comes before a launch, and a launch before an end: a contract
    /// can end and start again at once.
    pub(super) fn fold_at(&mut self, open: Vec<usize>) {
        let (launches, rest): (Vec<usize>, Vec<usize>) =
            open.into_iter().partition(|place| self.is_launch(*place));
        let is_conversion =
            |place: &usize| matches!(self.statements[*place].statement.claim, Claim::Conversion { .. });
        let (conversions, rules): (Vec<usize>, Vec<usize>) = rest.into_iter().partition(is_conversion);
        let rules = self.without_ends_of_nothing(rules);
        match launches.last() {
            None => self.fold_rules(&rules),
            Some(&launch) => self.fold_launches(launch, &launches, &rules),
        }
        for place in conversions {
            self.convert(place);
        }
    }

    /// Starts a life by the last of the launches of one time, where none is or an end comes with it.
    fn fold_launches(&mut self, launch: usize, launches: &[usize], rules: &[usize]) {
        let states_none = |place: usize| self.statements[place].statement.claim.states_none();
        let ends = rules.last().map(|winner| states_none(*winner));
        let lives = self.versions.last().is_some_and(|last| !states_none(last.set_by));
        if ends == Some(true) || (ends.is_none() && !lives) {
            rules.iter().for_each(|it| self.outcomes[*it] = Some(StatementOutcome::LosesTo(launch)));
            self.outcomes[launch] = Some(self.set(launch, |version| version));
        } else {
            self.is_reborn = !lives;
            self.fold_rules(rules);
            self.is_reborn = false;
        }
        let version = self.versions.len() - 1;
        for place in launches {
            self.outcomes[*place].get_or_insert(StatementOutcome::InLife(version));
        }
    }

    /// The statements of one time but for those that end nothing: an absence before anything was known, and the end
    /// of the contracts of a token where the subject has no life, or where an end names it.
    fn without_ends_of_nothing(&mut self, mut rules: Vec<usize>) -> Vec<usize> {
        let is_of_token = |place: usize| self.statements[place].statement.subject.program() == Program::Token;
        let is_end = |place: usize| matches!(self.statements[place].statement.claim, Claim::End { .. });
        let named = rules.iter().copied().rfind(|place| is_end(*place) && !is_of_token(*place));
        let last = self.versions.last().map(|last| &self.statements[last.set_by].statement.claim);
        let outcome = |place: usize| match (last, named) {
            (None, _) if is_of_token(place) || self.statements[place].follows_from_complete_snapshot() => {
                Some(StatementOutcome::NothingToEnd)
            }
            (Some(last), _) if is_of_token(place) && last.states_none() => {
                Some(StatementOutcome::NothingToEnd)
            }
            (_, Some(named)) if is_of_token(place) => Some(StatementOutcome::LosesTo(named)),
            _ => None,
        };
        let outcomes: Vec<(usize, StatementOutcome)> =
            rules.iter().filter_map(|place| Some((*place, outcome(*place)?))).collect();
        for (place, outcome) in outcomes {
            self.outcomes[place] = Some(outcome);
        }
        rules.retain(|place| self.outcomes[*place].is_none());
        rules
    }

    /// Notes a conversion, which changes no rule. A change of the same time states the table after it.
    fn convert(&mut self, place: usize) {
        let statements = self.statements;
        let last = self.versions.len().checked_sub(1);
        let with_rule =
            last.filter(|last| statements[self.versions[*last].set_by].statement.claim.rule().is_some());
        self.outcomes[place] = Some(match with_rule {
            Some(version) => {
                let (this, claim) = (&mut self.versions[version], &statements[place].statement.claim);
                let is_restated = !statements[this.set_by].statement.claim.is_observation();
                if this.from < claim.valid_at() || !is_restated {
                    this.converted_by.push(place);
                }
                StatementOutcome::Converts(version)
            }
            None => StatementOutcome::NothingToConvert,
        });
    }
}

impl<'a> History<'a> {
    /// What puts the launch of the subject off without a new time, where no launch was announced since.
    pub fn put_off(&self) -> Option<&'a Recorded> {
        let statements = self.timeline().statements();
        let all = || self.outcomes().iter().zip(statements);
        let puts_off = all().filter(|(outcome, _)| **outcome == StatementOutcome::PutsOff);
        let last = puts_off.map(|(_, recorded)| recorded).max_by_key(|recorded| recorded.published_at)?;
        let starts = |outcome: &StatementOutcome, recorded: &Recorded| {
            let counts = !matches!(
                outcome,
                StatementOutcome::Unseen(_) | StatementOutcome::PutOff(_) | StatementOutcome::NothingToPutOff
            );
            counts && starts_life(&recorded.statement.claim) && recorded.published_at >= last.published_at
        };
        (!all().any(|(outcome, recorded)| starts(outcome, recorded))).then_some(last)
    }
}

/// Whether a claim starts a life of its subject: a launch, at its first or at another time.
pub fn starts_life(claim: &Claim) -> bool {
    matches!(claim, Claim::Launch { .. } | Claim::Postponed { to: Some(_), .. })
}
