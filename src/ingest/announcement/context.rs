//! What is known of a document while its tables are turned into statements.

use std::collections::BTreeSet;

use super::cover::Cover;
use super::document::Document;
use super::header::Side;
use super::heading::Heading;
use super::sentences::Sentence;
use crate::finding::{Finding, FindingCode};
use crate::ingest::draft::DraftStatement;
use crate::rule::RuleKind;
use crate::statement::{Loss, LostRow};
use crate::text::Span;

/// What the statements of one document are made from.
pub struct AnnouncementReader<'a> {
    /// The document.
    pub document: &'a Document,
    /// Its sentences.
    pub sentences: Vec<Sentence>,
    /// Whether it prints numbers in groups of three digits (`5,000`), so that one without is suspicious.
    pub has_groups: bool,
    /// Its headings of contract tables.
    pub headings: Vec<Heading>,
    /// Names printed where no digits are glued to them.
    pub known_names: BTreeSet<&'a str>,
    /// Whether any table has a mark for each of several absent cells below each other, so that one without is
    /// suspicious.
    pub marks_repeat: bool,
    /// The launch of a document that launches one contract.
    pub start: Option<DraftStatement>,
    /// The parts of the text that other readers read.
    pub accounted: Cover,
    /// What was found so far.
    pub findings: Vec<Finding>,
    /// What was read so far.
    pub statements: Vec<DraftStatement>,
    /// The sides of the table in hand that cannot be read.
    pub unread_sides: Vec<UnreadSide>,
    /// The sides of tables that are not stored so far.
    pub losses: Vec<Loss>,
}

/// A side of a table that cannot be read, before its subjects and times are known.
pub struct UnreadSide {
    /// Which of its sides.
    pub side: Side,
    /// The kind of its rule.
    pub kind: RuleKind,
    /// The number of the schedule, where one is printed.
    pub rank: Option<u32>,
    /// Its rows as printed.
    pub rows: Vec<LostRow>,
    /// The bytes that cannot be read.
    pub span: Span,
}

impl AnnouncementReader<'_> {
    /// Adds a finding.
    pub fn error(&mut self, code: FindingCode, span: Span, message: impl Into<String>) {
        self.findings.push(Finding::new(code, span, message));
    }
}
