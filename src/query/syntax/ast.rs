//! A query as written: no clock is read, no name looked up, no number converted.

use crate::query::syntax::language::{Clause, StatementKind};
use crate::query::syntax::measure::Measure;
use crate::text::Span;

/// What comes before the number of a transaction, in place of a time.
pub const TX: &str = "tx=";

/// A word of the query and its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Word {
    /// The word, without quotes.
    pub text: String,
    /// Its bytes in the query text, quotes included.
    pub span: Span,
    /// The parameter that it is written as, without the `$`: then `text` is what is bound to it, and `$name`
    /// before anything is.
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
pub struct Statement {
    /// Which row of the language it is.
    pub kind: StatementKind,
    /// Whether `explain` comes before it.
    pub is_explained: bool,
    /// The measure that is asked for, and its place; `None` where the statement has none.
    pub measure: Option<(Measure, Span)>,
    /// The subjects; empty for all, where the statement allows that.
    pub subjects: Vec<Word>,
    /// The pattern of `subjects matching`, or the source of `source` and `findings in`.
    pub argument: Option<Word>,
    /// The clauses as they are written, each at most once.
    pub clauses: Vec<GivenClause>,
    /// The whole statement.
    pub span: Span,
}

/// A clause of a statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GivenClause {
    /// Which one.
    pub clause: Clause,
    /// What follows it; empty for `as published` and `where`.
    pub values: Vec<Word>,
    /// The time after `vs`.
    pub other: Option<Word>,
    /// The conditions of `where`.
    pub conditions: Vec<Condition>,
    /// The whole clause.
    pub span: Span,
}

/// A condition on a change: `margin at 100000 up by 10%`, `limit down`, `tightened`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Condition {
    /// The measure that must change; `None` for a verdict.
    pub measure: Option<Measure>,
    /// The notional or leverage at which it must change.
    pub at: Option<Word>,
    /// The direction, or the verdict; `None` where it is missing.
    pub moves: Option<Word>,
    /// By how much at least.
    pub by: Option<Word>,
    /// The whole condition.
    pub span: Span,
}

impl GivenClause {
    /// A clause with one value.
    pub fn new(clause: Clause, value: Word) -> GivenClause {
        let span = value.span;
        GivenClause { clause, values: vec![value], other: None, conditions: Vec::new(), span }
    }

    fn words_mut(&mut self) -> impl Iterator<Item = &mut Word> {
        let conditions = self.conditions.iter_mut();
        let conditions = conditions.flat_map(|c| [&mut c.at, &mut c.moves, &mut c.by]).flatten();
        self.values.iter_mut().chain(&mut self.other).chain(conditions)
    }
}

impl Statement {
    /// A clause, where it is given.
    pub fn given(&self, clause: Clause) -> Option<&GivenClause> {
        self.clauses.iter().find(|given| given.clause == clause)
    }

    /// What follows a clause; empty where it is not given.
    pub fn values(&self, clause: Clause) -> &[Word] {
        self.given(clause).map_or(&[], |given| given.values.as_slice())
    }

    /// The one value of a clause, where it is given.
    pub fn value(&self, clause: Clause) -> Option<&Word> {
        self.values(clause).first()
    }

    /// The time after `vs` in a clause.
    pub fn other(&self, clause: Clause) -> Option<&Word> {
        self.given(clause)?.other.as_ref()
    }

    /// Whether it is the address of an answer, which gives the same answer for ever.
    pub fn is_address(&self) -> bool {
        self.value(Clause::RecordedBy).is_some_and(|word| word.text.starts_with(TX))
    }

    /// The words that values of parameters can replace, and all other words.
    pub fn words_mut(&mut self) -> impl Iterator<Item = &mut Word> {
        let clauses = self.clauses.iter_mut().flat_map(GivenClause::words_mut);
        self.subjects.iter_mut().chain(&mut self.argument).chain(clauses)
    }

    /// Gives everything in it the place `span`.
    pub fn place_at(&mut self, span: Span) {
        self.words_mut().for_each(|word| word.span = span);
        for given in &mut self.clauses {
            given.span = span;
            given.conditions.iter_mut().for_each(|condition| condition.span = span);
        }
        self.measure = self.measure.map(|(measure, _)| (measure, span));
        self.span = span;
    }
}
