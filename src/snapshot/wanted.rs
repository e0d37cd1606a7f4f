//! What a question needs to read.

use crate::query::Plan;
use crate::query::plan::Question;
use crate::statement::Subject;
use crate::time::RecordedTime;

/// What a question needs to read.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// The subjects.
    pub subjects: &'a [Subject],
    /// Whether every source and its findings are needed, not only those that decide what is known about the subjects.
    pub all_sources: bool,
    /// Whether the documents of the sources are needed.
    pub documents: bool,
    /// Whether all observations of the programs are needed, not only what they amount to by everything recorded.
    pub observed: bool,
    /// The times by which something has to be recorded to count, at both sides of a comparison.
    pub recorded_by: [Option<RecordedTime>; 2],
}

impl<'a> Wanted<'a> {
    /// What a plan needs; `all` are the stored subjects.
    pub fn of(plan: &'a Plan, all: &'a [Subject]) -> Wanted<'a> {
        let (subjects, all_sources) = match (plan.subjects(), &plan.question) {
            (Some(subjects), _) => (subjects, false),
            (None, Question::Stored(part)) if !part.subjects.is_empty() => (part.subjects.as_slice(), true),
            (None, _) => (all, true),
        };
        let observed = plan.is_explained || plan.is_of_earlier_recording();
        let recorded_by = plan.recorded_by_times();
        Wanted { subjects, all_sources, documents: plan.is_explained, observed, recorded_by }
    }

    /// The rules and findings of some subjects.
    pub fn rules(subjects: &'a [Subject]) -> Wanted<'a> {
        Wanted { subjects, all_sources: false, documents: false, observed: true, recorded_by: [None; 2] }
    }

    /// Everything that is recorded, without the documents; `all` are the stored subjects.
    pub fn everything(all: &'a [Subject]) -> Wanted<'a> {
        Wanted { all_sources: true, ..Wanted::rules(all) }
    }
}
