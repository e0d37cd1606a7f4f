//! The compiled timelines of the subjects that many rows ask about, each made once.

use std::sync::OnceLock;

use super::Snapshot;
use super::wanted::Wanted;
use crate::columns::Row;
use crate::compiled::CompiledTimeline;
use crate::error::Result;
use crate::statement::Subject;
use crate::subject_rules::SubjectRules;
use crate::time::{RecordedTime, Timestamp};

/// Timelines by what was recorded at one time, by the places of their subjects. Threads share them.
pub struct Timelines<'a> {
    snapshot: &'a Snapshot,
    /// `None` where everything that the snapshot has was recorded by then.
    recorded_by: Option<RecordedTime>,
    of_subject: Vec<OnceLock<OfSubject>>,
}

struct OfSubject {
    rules: SubjectRules,
    /// By what was recorded; `None` where that is everything, which the rules have, or nothing is stored.
    earlier: Option<CompiledTimeline>,
}

impl<'a> Timelines<'a> {
    /// None made yet, of the subjects of a snapshot.
    pub fn new(snapshot: &'a Snapshot, recorded_by: Option<Timestamp>) -> Timelines<'a> {
        let recorded_by = recorded_by.map(RecordedTime).filter(|by| snapshot.head().recorded_at > Some(*by));
        Timelines {
            snapshot,
            recorded_by,
            of_subject: snapshot.subjects().iter().map(|_| OnceLock::new()).collect(),
        }
    }

    /// Makes those of some places, where they are not made yet.
    ///
    /// # Errors
    /// The database is damaged.
    pub fn make(&self, places: impl Iterator<Item = usize>) -> Result<()> {
        let is_missing = |place: &usize| self.of_subject.get(*place).is_some_and(|made| made.get().is_none());
        let places: Vec<usize> = places.filter(is_missing).collect();
        if places.is_empty() {
            return Ok(());
        }
        let subjects: Vec<Subject> =
            places.iter().map(|place| self.snapshot.subjects()[*place].clone()).collect();
        // Read at once, not one by one.
        let all = self.snapshot.rules(Wanted::rules(&subjects))?;
        for (place, subject) in places.into_iter().zip(subjects) {
            let read = || Ok(self.snapshot.about(&subject, all.clone()));
            let rules = self.snapshot.by_name().rules(place as u32, read)?;
            self.of_subject[place].get_or_init(|| {
                let compile = |by| CompiledTimeline::new(rules.subject(), Some(by), rules.rules());
                OfSubject { earlier: self.recorded_by.and_then(compile), rules }
            });
        }
        Ok(())
    }

    /// The one at a place; `None` where it is not made, or nothing is stored.
    pub fn get(&self, place: usize) -> Option<Row<'_>> {
        let OfSubject { rules, earlier } = self.of_subject.get(place)?.get()?;
        let timeline = match self.recorded_by {
            None => rules.compiled(),
            Some(_) => earlier.as_ref(),
        };
        Some(Row::new(rules, timeline?))
    }

    /// All of them by their places.
    pub fn all(&self) -> Vec<Option<Row<'_>>> {
        (0..self.of_subject.len()).map(|place| self.get(place)).collect()
    }
}
