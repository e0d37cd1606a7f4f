//! A query as written: no clock is read, no name looked up, no number converted.

use crate::query::syntax::measure::Measure;
use crate::text::Span;

/// What stands before the number of a transaction, in place of an instant.
pub const TX: &str = "tx=";

/// A word of the query and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Word {
    /// The word, without quotes.
    pub text: String,
    /// Its bytes in the query text, quotes included.
    pub span: Span,
    /// The parameter that it is written as, without the `$`: then `text` is what is bound to it, and `$name` before
    /// anything is.
    pub parameter: Option<String>,
}

impl Word {
    /// A word as it is written.
    pub fn new(text: impl Into<String>, span: Span) -> Word {
        Word { text: text.into(), span, parameter: None }
    }
}

/// One statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Statement {
    /// A measure of subjects.
    Ask(Ask),
    /// `subjects [matching PATTERN]`.
    Subjects {
        /// The pattern; `None` for all.
        matching: Option<Word>,
    },
    /// `sources`.
    Sources,
    /// `source ID`.
    Source {
        /// The first digits of the id.
        id: Word,
    },
    /// `findings [of SUBJECTS | in ID]`.
    Findings {
        /// The subjects asked about; empty for all.
        of: Vec<Word>,
        /// The source asked about; `None` for all.
        source: Option<Word>,
    },
    /// `explain STATEMENT`.
    Explain(Box<Statement>),
    /// `chart MEASURE of SUBJECTS`: the measure over the notional, as a drawing.
    Chart(Ask),
    /// `chart history of MEASURE of SUBJECTS`: the measure over valid time, as a drawing.
    Timeline(Ask),
    /// `history of SUBJECTS`: the versions of their rules.
    History(Scope),
    /// `history of MEASURE of SUBJECTS`: the measure as steps over valid time.
    Steps(Ask),
    /// `knowledge of MEASURE of SUBJECTS`: the answer for one valid instant as more became known.
    Knowledge(Ask),
    /// `plane of MEASURE of SUBJECTS`: the answer over valid time and knowledge.
    Plane(Ask),
    /// `diff SUBJECTS as of A vs B`.
    Diff(Scope),
    /// `changes [of SUBJECTS]`.
    Changes(Scope),
    /// `upcoming [of SUBJECTS]`.
    Upcoming(Scope),
    /// `report [of SUBJECTS]`.
    Report(Scope),
}

impl Statement {
    /// Whether the answer is a drawing.
    pub fn draws(&self) -> bool {
        matches!(self, Statement::Chart(_) | Statement::Timeline(_))
    }

    /// Every word that a parameter may stand for, and every other word, in the order of the fields.
    pub fn words_mut(&mut self) -> Vec<&mut Word> {
        match self {
            Statement::Ask(ask)
            | Statement::Steps(ask)
            | Statement::Chart(ask)
            | Statement::Timeline(ask)
            | Statement::Knowledge(ask)
            | Statement::Plane(ask) => {
                ask.subjects.iter_mut().chain(&mut ask.at).chain(ask.clauses.words_mut()).collect()
            }
            Statement::History(scope)
            | Statement::Diff(scope)
            | Statement::Changes(scope)
            | Statement::Upcoming(scope)
            | Statement::Report(scope) => {
                scope.subjects.iter_mut().chain(&mut scope.at).chain(scope.clauses.words_mut()).collect()
            }
            Statement::Subjects { matching } => matching.iter_mut().collect(),
            Statement::Sources => Vec::new(),
            Statement::Source { id } => vec![id],
            Statement::Findings { of, source } => of.iter_mut().chain(source).collect(),
            Statement::Explain(inner) => inner.words_mut(),
        }
    }

    /// Gives everything in it the place `span`.
    pub fn place_at(&mut self, span: Span) {
        self.words_mut().into_iter().for_each(|word| word.span = span);
        if let Some((_, clauses)) = self.clauses_mut() {
            clauses.conditions.iter_mut().for_each(|condition| condition.span = span);
            clauses.as_published = clauses.as_published.map(|_| span);
        }
        match self {
            Statement::Ask(ask)
            | Statement::Steps(ask)
            | Statement::Chart(ask)
            | Statement::Timeline(ask)
            | Statement::Knowledge(ask)
            | Statement::Plane(ask) => ask.measure_span = span,
            Statement::History(scope)
            | Statement::Diff(scope)
            | Statement::Changes(scope)
            | Statement::Upcoming(scope)
            | Statement::Report(scope) => scope.span = span,
            Statement::Explain(inner) => inner.place_at(span),
            Statement::Subjects { .. }
            | Statement::Sources
            | Statement::Source { .. }
            | Statement::Findings { .. } => {}
        }
    }

    /// What stands behind `at`, and the clauses; `None` for a statement that takes none.
    pub fn clauses_mut(&mut self) -> Option<(&mut Vec<Word>, &mut Clauses)> {
        match self {
            Statement::Ask(ask)
            | Statement::Steps(ask)
            | Statement::Chart(ask)
            | Statement::Timeline(ask)
            | Statement::Knowledge(ask)
            | Statement::Plane(ask) => Some((&mut ask.at, &mut ask.clauses)),
            Statement::History(scope)
            | Statement::Diff(scope)
            | Statement::Changes(scope)
            | Statement::Upcoming(scope)
            | Statement::Report(scope) => Some((&mut scope.at, &mut scope.clauses)),
            Statement::Explain(inner) => inner.clauses_mut(),
            Statement::Subjects { .. }
            | Statement::Sources
            | Statement::Source { .. }
            | Statement::Findings { .. } => None,
        }
    }
}

/// What a statement without a measure is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scope {
    /// The subjects; empty for all, where the statement allows that.
    pub subjects: Vec<Word>,
    /// The notionals; empty where `at` is not given.
    pub at: Vec<Word>,
    /// The clauses.
    pub clauses: Clauses,
    /// The whole statement.
    pub span: Span,
}

/// `MEASURE of SUBJECTS [at NOTIONALS] [clauses]`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ask {
    /// What is asked for.
    pub measure: Measure,
    /// Where the measure stands.
    pub measure_span: Span,
    /// The subjects; at least one.
    pub subjects: Vec<Word>,
    /// The notionals, amounts or leverages; empty where `at` is not given.
    pub at: Vec<Word>,
    /// The clauses.
    pub clauses: Clauses,
}

/// The clauses of a statement, each `None` where it is not given.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Clauses {
    /// `as of`.
    pub as_of: Option<Word>,
    /// `known at`.
    pub known_at: Option<Word>,
    /// `recorded by`.
    pub recorded_by: Option<Word>,
    /// `on`.
    pub on: Option<Word>,
    /// `as published`.
    pub as_published: Option<Span>,
    /// The instant behind `vs` in `as of A vs B`.
    pub as_of_other: Option<Word>,
    /// The instant behind `vs` in `known at A vs B`.
    pub known_at_other: Option<Word>,
    /// The instant behind `vs` in `recorded by A vs B`.
    pub recorded_by_other: Option<Word>,
    /// `up to`.
    pub up_to: Option<Word>,
    /// `since`.
    pub since: Option<Word>,
    /// `until`.
    pub until: Option<Word>,
    /// `within`.
    pub within: Option<Word>,
    /// `by`.
    pub by: Option<Word>,
    /// The conditions behind `where`, all of which must hold.
    pub conditions: Vec<Condition>,
}

impl Clauses {
    fn words_mut(&mut self) -> impl Iterator<Item = &mut Word> {
        let conditions = self.conditions.iter_mut();
        let conditions = conditions.flat_map(|c| [&mut c.at, &mut c.moves, &mut c.by]);
        let timestamps = [&mut self.as_of, &mut self.known_at, &mut self.recorded_by, &mut self.since];
        let others = [&mut self.as_of_other, &mut self.known_at_other, &mut self.recorded_by_other];
        let rest = [&mut self.until, &mut self.within, &mut self.by, &mut self.on, &mut self.up_to];
        timestamps.into_iter().chain(others).chain(rest).chain(conditions).flatten()
    }
}

/// A condition on a change: `margin at 100000 up by 10%`, `limit down`, `tightened`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Condition {
    /// What must move; `None` where a verdict stands instead.
    pub measure: Option<Measure>,
    /// Where it must move.
    pub at: Option<Word>,
    /// The direction, or the verdict; `None` where it is missing.
    pub moves: Option<Word>,
    /// By how much at least.
    pub by: Option<Word>,
    /// The whole condition.
    pub span: Span,
}
