//! Reads announcements into statements: bytes → document → tables → rules → statements with findings.
//!
//! Nothing here looks at a clock, a file or a store. What cannot be read becomes a finding and reading goes on;
//! only bytes that are no announcement at all are refused. `docs/announcements.md` tells how a text is read.

mod cell;
mod claims;
mod conflicts;
mod contract;
mod document;
mod flat;
mod header;
mod heading;
mod instants;
mod laws;
mod number;
mod prose;
mod reader;
mod rollout;
mod rules;
mod scan;
mod share;
mod split;
mod tables;
mod unread;
mod weight;
mod when;
mod words;

use std::sync::Arc;

use crate::finding::{Code, Finding, Severity};
use crate::limits;
use crate::mistake::Mistake;
use crate::rule::Rule;
use crate::statement::{Batch, Claim, Precision, Sha256, Source, SourceId, Statement, Subject, Withdrawal};
use crate::text::Span;
use crate::time::{Instant, Length, PublishedTime, RecordedTime, ValidTime};

/// A document to read.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The name of its file, without folders; a stamp in it can tell the publication.
    pub file: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// When it was published, where the user says so; goes before everything that the document says.
    pub published_at: Option<Instant>,
}

/// A document that was read, before it is recorded.
#[derive(Clone, PartialEq, Debug)]
pub struct Draft {
    /// The SHA-256 of its bytes.
    pub sha256: Sha256,
    /// The name of its file.
    pub file: String,
    /// Its title, or an empty text.
    pub title: String,
    /// When it was published and how exactly that is known; `None` where nothing tells.
    pub publication: Option<(PublishedTime, Precision)>,
    /// The whole text.
    pub text: String,
    /// What it says, in the order of the document.
    pub statements: Vec<DraftStatement>,
    /// What it takes back; announcements of this family take nothing back.
    pub withdrawals: Vec<Withdrawal>,
    /// What is odd about it, in the order of the document.
    pub findings: Vec<Finding>,
}

/// A statement whose instant may still depend on the publication.
#[derive(Clone, PartialEq, Debug)]
pub struct DraftStatement {
    /// What it is about.
    pub subject: Subject,
    /// What it says.
    pub claim: DraftClaim,
    /// The bytes of the table or row.
    pub span: Span,
}

/// What a side of a table says.
#[derive(Clone, PartialEq, Debug)]
pub enum DraftClaim {
    /// The new side: the rule from `effective_at` on.
    Change {
        /// When the change starts.
        effective_at: ValidTime,
        /// How long its roll-out may take; zero where the text does not say.
        rollout: Length,
        /// The rule.
        rule: Arc<Rule>,
    },
    /// The previous side: the rule seen at publication, or just before `effective_at` where that comes first.
    Previous {
        /// When the change announced beside it starts.
        effective_at: ValidTime,
        /// The rule.
        rule: Arc<Rule>,
    },
}

/// Reads a document. Pure: the same input gives the same draft.
///
/// # Errors
/// `document_too_large`, `document_empty`, `not_text` (NUL bytes, not UTF-8), `too_many_rows` (more than
/// [`limits::DOCUMENT_ROWS`] rows or [`limits::DOCUMENT_TABLES`] tables), `too_many_lines` (more than
/// [`limits::DOCUMENT_LINES`] between them), `no_table` (nothing in it looks like a
/// table), `front_matter_key`, `front_matter_value`, `front_matter_open`.
pub fn read(input: &Input) -> Result<Draft, Mistake> {
    let document = document::open(input.bytes)?;
    let text = document.text.as_str();
    let (tables, bare_headers) = tables::find(text, document.body);
    check_size(&tables)?;
    let spans: Vec<Span> = tables.iter().map(|table| table.span).collect();
    let lines = prose::lines_between(text, document.body, &spans);
    if lines.len() > limits::DOCUMENT_LINES {
        let message = format!("{} lines; at most {} are read", lines.len(), limits::DOCUMENT_LINES);
        return Err(Mistake::input("too_many_lines", message));
    }
    let ends: Vec<usize> = spans.iter().map(|span| span.end).collect();
    let mut findings = unread::check(text, &lines, &bare_headers, &ends);
    if tables.is_empty() && findings.is_empty() {
        return Err(Mistake::input("no_table", "nothing in the document looks like a table of margin rules")
            .hint("announcements with leverage tiers or collateral ratios are read"));
    }
    let publication = document::publication(&document, input, &mut findings);
    findings.extend(document::truncated(&document, &tables));

    let prose_lines = without_title(text, &document, lines);
    let headings = heading::headings(text, &prose_lines);
    let last_table = tables.last().map_or(document.body, |table| table.span.end);
    let tiers = tables.iter().filter(|table| table.header.kind == header::Kind::Tiers);
    let tier_starts: Vec<usize> = tiers.map(|table| table.span.start).collect();
    findings.extend(unread::lost_instants(text, &prose_lines, &spans));
    findings.extend(unread::lost_headings(text, &headings, &tier_starts));
    let mut reader = reader::Reader {
        document: &document,
        sentences: prose::sentences(text, &prose_lines),
        known: claims::known_names(text, &tables, &headings),
        headings,
        findings,
        statements: Vec::new(),
    };
    let mut above = document.body;
    for table in &tables {
        reader.read(table, above);
        if table.header.kind == header::Kind::Tiers {
            above = table.span.end;
        }
    }
    let reader::Reader { mut findings, statements, .. } = reader;
    let contracts = statements.iter().filter(|statement| statement.subject.program().holds_contracts());
    let read = contracts.map(|statement| statement.subject.name()).collect();
    if !findings.iter().any(|finding| finding.code.severity() == Severity::Error) {
        findings.extend(unread::lost_contracts(text, &prose_lines, &read, last_table));
    }
    findings.extend(conflicts::contradictions(&statements));
    findings.extend(publication.and_then(|(at, _)| conflicts::far_instants(&statements, at.0)));
    findings.sort_by_key(|finding| (finding.span, finding.code));
    Ok(Draft {
        sha256: Sha256::of(&[input.bytes]),
        file: input.file.to_string(),
        title: document.title.clone(),
        publication,
        statements,
        withdrawals: Vec::new(),
        findings,
        text: document.text,
    })
}

fn check_size(tables: &[tables::Table]) -> Result<(), Mistake> {
    let rows: usize = tables
        .iter()
        .map(|table| match &table.body {
            tables::Body::Tiers(items) => items.len(),
            tables::Body::Flat(rows) => rows.len(),
            tables::Body::Collateral(blocks) => blocks.iter().map(|block| block.items.len()).sum(),
        })
        .sum();
    if rows <= limits::DOCUMENT_ROWS && tables.len() <= limits::DOCUMENT_TABLES {
        return Ok(());
    }
    let (most_rows, most_tables) = (limits::DOCUMENT_ROWS, limits::DOCUMENT_TABLES);
    let message =
        format!("{rows} rows in {} tables; at most {most_rows} in {most_tables} are read", tables.len());
    Err(Mistake::input("too_many_rows", message))
}

/// The lines without the title, which names dates and contracts in passing.
fn without_title(text: &str, document: &document::Document, mut lines: Vec<Span>) -> Vec<Span> {
    let first = lines.first().map(|line| line.of(text).starts_with('#'));
    if first == Some(true) && !document.title.is_empty() {
        lines.remove(0);
    }
    lines
}

impl Draft {
    /// Whether something in the document could not be read, so that it is refused unless the user allows it.
    pub fn has_unread(&self) -> bool {
        self.findings.iter().any(|finding| finding.code.severity() == Severity::Error)
    }

    /// The draft as a batch to record at `recorded_at`, which is the publication where none is known. A sighting
    /// is placed at the publication, or a microsecond before the change where that is not later.
    pub fn batch(self, recorded_at: RecordedTime) -> Batch {
        let unknown = (PublishedTime(recorded_at.0), Precision::Recorded);
        let (published_at, precision) = self.publication.unwrap_or(unknown);
        let settle = |statement: DraftStatement| Statement {
            subject: statement.subject,
            span: statement.span,
            claim: match statement.claim {
                DraftClaim::Change { effective_at, rollout, rule } => {
                    Claim::Change { effective_at, rollout, rule }
                }
                DraftClaim::Previous { effective_at, rule } => {
                    let published = published_at.0;
                    let before = effective_at.0 <= published;
                    let seen_at = if before { effective_at.0.just_before() } else { published };
                    Claim::Sighting { seen_at: ValidTime(seen_at), rule: Some(rule) }
                }
            },
        };
        Batch {
            source: Source {
                id: SourceId::of(&self.sha256),
                sha256: self.sha256,
                file: self.file,
                title: self.title,
                published_at,
                precision,
            },
            text: self.text,
            statements: self.statements.into_iter().map(settle).collect(),
            withdrawals: self.withdrawals,
            findings: self.findings,
        }
    }

    /// The findings of one kind.
    pub fn findings_of(&self, code: Code) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.code == code)
    }
}
