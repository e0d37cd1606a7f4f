//! The names in a column of symbols: what each means, found once.

use crate::columns::SubjectHandle;
use crate::error::{Error, ErrorCode, Result};
use crate::query::syntax::measure::{Measure, Takes};
use crate::snapshot::Snapshot;
use crate::snapshot::handles::{ByName, ByView};
use crate::statement::Subject;

/// How many names are remembered: more are not the symbols of an exchange.
const REMEMBERED: usize = 100_000;

/// The most bytes of a text that is in its view as a whole.
const SHORT: u32 = 12;

/// What names mean.
pub struct Names<'a> {
    rules: &'a Snapshot,
    measures: &'a [Measure],
    has_notional: bool,
    known: ByName<Result<SubjectHandle>>,
    /// Those of short names that mean a subject, or nothing stored.
    by_view: ByView<SubjectHandle>,
    /// The last of them.
    last: Option<(u128, SubjectHandle)>,
    /// The subjects that were named for the first time.
    named: Vec<SubjectHandle>,
}

impl<'a> Names<'a> {
    /// Names of subjects that have all these measures.
    pub fn new(rules: &'a Snapshot, measures: &'a [Measure], has_notional: bool) -> Names<'a> {
        let (known, by_view) = (ByName::default(), ByView::default());
        Names { rules, measures, has_notional, known, by_view, last: None, named: Vec::new() }
    }

    /// The subject that a name means; one that is not known where none is stored.
    ///
    /// # Errors
    /// It means several, or one that has not all the measures.
    pub fn handle(&mut self, name: &str) -> std::result::Result<SubjectHandle, &Error> {
        if !self.known.contains_key(name) {
            if self.known.len() >= REMEMBERED {
                self.known.clear();
            }
            let meaning = self.meaning(name);
            self.named.extend(meaning.as_ref().ok().filter(|handle| handle.is_known()));
            self.known.insert(name.into(), meaning);
        }
        match self.known.get(name) {
            Some(Ok(handle)) => Ok(*handle),
            Some(Err(error)) => Err(error),
            None => Ok(self.rules.unknown_handle()),
        }
    }

    /// The places of the subjects that were named since this was asked last.
    pub fn named(&mut self) -> impl Iterator<Item = usize> + use<> {
        std::mem::take(&mut self.named).into_iter().map(SubjectHandle::place)
    }

    /// The subject that the name in a view means, where that is known from another row.
    #[inline]
    pub fn of_view(&mut self, view: u128) -> Option<SubjectHandle> {
        match self.last {
            Some((last, handle)) if last == view => Some(handle),
            _ => {
                let handle = *self.by_view.get(&view)?;
                self.last = Some((view, handle));
                Some(handle)
            }
        }
    }

    /// Remembers what the name in a view means, where it is there as a whole.
    pub fn remember(&mut self, view: u128, handle: SubjectHandle) {
        let is_whole = view as u32 <= SHORT;
        if is_whole && self.by_view.len() < REMEMBERED {
            self.by_view.insert(view, handle);
        }
    }

    fn meaning(&self, name: &str) -> Result<SubjectHandle> {
        let has_contracts = |is_contract| self.measures.iter().all(|measure| measure.is_of(is_contract));
        let mut found = Ok(self.rules.unknown_handle());
        for is_contract in [true, false].into_iter().filter(|is_contract| has_contracts(*is_contract)) {
            match self.rules.handle(name, is_contract) {
                Ok(handle) => {
                    found = Ok(handle);
                    break;
                }
                Err(error) if error.code() == ErrorCode::UnknownSubject => {}
                Err(error) => found = Err(error),
            }
        }
        let handle = found?;
        match self.rules.subject_of(handle) {
            Some(subject) => self.check(subject).map(|()| handle),
            None => self.is_of_another_kind(name).map_or(Ok(handle), Err),
        }
    }

    /// Whether a subject has all measures, and what they take.
    fn check(&self, subject: &Subject) -> Result<()> {
        let program = subject.program();
        for measure in self.measures {
            if !measure.applies_to(program) {
                return Err(without(subject, *measure));
            }
            let needs = match measure.takes() {
                Takes::Amount => true,
                Takes::AmountIfTiered => program.has_tiered_ratios(),
                Takes::Leverage | Takes::Position | Takes::Nothing => false,
            };
            if needs && !self.has_notional {
                let message = format!("the `{}` of {subject} depends on the amount", measure.words());
                return Err(
                    Error::new(ErrorCode::AmountMissing, message).hint("name its column: --notional COLUMN")
                );
            }
        }
        Ok(())
    }

    /// The error for a name that only subjects without the measures have.
    fn is_of_another_kind(&self, name: &str) -> Option<Error> {
        let measure = *self.measures.first()?;
        let other = [true, false].into_iter().filter(|is_contract| !measure.is_of(*is_contract));
        for is_contract in other {
            match self.rules.handle(name, is_contract) {
                Ok(handle) => return Some(without(self.rules.subject_of(handle)?, measure)),
                Err(error) if error.code() == ErrorCode::AmbiguousSubject => {
                    return Some(without(&name, measure));
                }
                Err(_) => {}
            }
        }
        None
    }
}

fn without(subject: &dyn std::fmt::Display, measure: Measure) -> Error {
    let message = format!("{subject} has no `{}`", measure.words());
    Error::new(ErrorCode::WrongMeasure, message).hint("evaluate contracts and assets apart")
}
