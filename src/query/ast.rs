//! A query as written: no clock is read, no name looked up, no number converted.

use crate::query::measure::Measure;
use crate::text::Span;

/// A word of the query and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Word {
    /// The word, without quotes.
    pub text: String,
    /// Its bytes in the query text, quotes included.
    pub span: Span,
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
    Explain(Ask),
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
}
