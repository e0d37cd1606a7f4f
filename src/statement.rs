//! Statements: what a source says about the rule of a subject, stored as it says it.

use std::fmt;
use std::sync::Arc;

use crate::finding::Finding;
use crate::limits;
use crate::rule::Rule;
use crate::text::Span;
use crate::time::{Instant, Length, PublishedTime, RecordedTime, ValidTime};

/// The programs of an exchange under which a name can have a rule.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Program {
    /// Contracts margined in a stablecoin.
    Usdm,
    /// Contracts margined in the coin.
    Coinm,
    /// Assets as collateral under portfolio margin.
    Pm,
    /// Assets as collateral under portfolio margin pro, by tiers.
    PmPro,
}

impl Program {
    /// Every program, in the order of answers.
    pub const ALL: [Program; 4] = [Program::Usdm, Program::Coinm, Program::Pm, Program::PmPro];

    /// `usdm`, `coinm`, `pm` or `pm-pro`.
    pub fn name(self) -> &'static str {
        match self {
            Program::Usdm => "usdm",
            Program::Coinm => "coinm",
            Program::Pm => "pm",
            Program::PmPro => "pm-pro",
        }
    }

    /// The program of that name, in any case.
    pub fn from_name(name: &str) -> Option<Program> {
        Program::ALL.into_iter().find(|program| program.name().eq_ignore_ascii_case(name))
    }

    /// Whether its subjects are contracts (with tiers of leverage) rather than assets (with collateral ratios).
    pub fn holds_contracts(self) -> bool {
        matches!(self, Program::Usdm | Program::Coinm)
    }
}

/// What a rule is about: a name under a program of a venue, `binance:usdm:ACTUSDT`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Subject {
    venue: String,
    program: Program,
    name: String,
}

impl Subject {
    /// A subject, or `None` where venue or name is empty, longer than [`limits::SUBJECT_BYTES`], or holds a
    /// blank, a control character or one of `: , ; " * ?`. Case is kept.
    pub fn new(venue: &str, program: Program, name: &str) -> Option<Subject> {
        let fit = |text: &str| {
            let bad = |c: char| c.is_whitespace() || c.is_control() || ":,;\"*?".contains(c);
            !text.is_empty() && text.len() <= limits::SUBJECT_BYTES && !text.contains(bad)
        };
        (fit(venue) && fit(name)).then(|| Subject {
            venue: venue.to_string(),
            program,
            name: name.to_string(),
        })
    }

    /// Reads `venue:program:name`.
    pub fn parse(text: &str) -> Option<Subject> {
        let mut parts = text.splitn(3, ':');
        let (venue, program, name) = (parts.next()?, parts.next()?, parts.next()?);
        Subject::new(venue, Program::from_name(program)?, name)
    }

    /// The exchange, in lower case: `binance`.
    pub fn venue(&self) -> &str {
        &self.venue
    }

    /// The program.
    pub fn program(&self) -> Program {
        self.program
    }

    /// The symbol of the contract or asset, as the exchange writes it.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}:{}:{}", self.venue, self.program.name(), self.name)
    }
}

/// The name of a source: the first twelve hexadecimal digits of the SHA-256 of its bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SourceId(String);

impl SourceId {
    /// The id of the document with that SHA-256.
    pub fn of(sha256: &Sha256) -> SourceId {
        SourceId(sha256.to_string()[..12].to_string())
    }

    /// Reads twelve lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<SourceId> {
        let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        (text.len() == 12 && text.bytes().all(hex)).then(|| SourceId(text.to_string()))
    }

    /// The twelve digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A SHA-256; printed as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Sha256(pub [u8; 32]);

impl Sha256 {
    /// The hash of the parts, one after the other.
    pub fn of(parts: &[&[u8]]) -> Sha256 {
        use sha2::Digest;
        let mut hasher = sha2::Sha256::new();
        parts.iter().for_each(|part| hasher.update(part));
        Sha256(hasher.finalize().into())
    }

    /// Reads 64 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Sha256> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
            return None;
        }
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
        }
        Some(Sha256(bytes))
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// How exactly the publication of a source is known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Precision {
    /// To the instant.
    Instant,
    /// To the day only: the source counts as known from the start of that day.
    Day,
    /// Not at all: the source counts as published when it was recorded.
    Recorded,
}

impl Precision {
    /// `instant`, `day` or `recorded`.
    pub fn name(self) -> &'static str {
        match self {
            Precision::Instant => "instant",
            Precision::Day => "day",
            Precision::Recorded => "recorded",
        }
    }
}

/// A document that statements come from.
#[derive(Clone, PartialEq, Debug)]
pub struct Source {
    /// Its name, which follows from its hash.
    pub id: SourceId,
    /// The SHA-256 of its bytes.
    pub sha256: Sha256,
    /// The file it was loaded from, without folders.
    pub file: String,
    /// Its title, or an empty text.
    pub title: String,
    /// When the exchange made it known.
    pub published_at: PublishedTime,
    /// How exactly that is known.
    pub precision: Precision,
}

/// The name of a statement: its source, and its place among the source's statements, counted from 1.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct StatementId {
    /// The source.
    pub source: SourceId,
    /// The place among its statements, counted from 1.
    pub ordinal: u32,
}

impl fmt::Display for StatementId {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}.{}", self.source, self.ordinal)
    }
}

/// What a statement says.
#[derive(Clone, PartialEq, Debug)]
pub enum Claim {
    /// From `effective_at` on the rule is this; the exchange is done with it within about `rollout`.
    Change {
        /// When the change starts.
        effective_at: ValidTime,
        /// How long its roll-out may take; zero where the source does not say.
        rollout: Length,
        /// The rule from then on.
        rule: Arc<Rule>,
    },
    /// At `seen_at` the rule was this, or the subject had none.
    Sighting {
        /// When it was seen.
        seen_at: ValidTime,
        /// The rule seen; `None` where a complete listing lacks the subject.
        rule: Option<Arc<Rule>>,
    },
    /// From `effective_at` on the subject has no rule.
    End {
        /// When the rule ends.
        effective_at: ValidTime,
    },
}

impl Claim {
    /// The valid time at which the claim takes hold.
    pub fn valid_at(&self) -> ValidTime {
        match self {
            Claim::Change { effective_at, .. } | Claim::End { effective_at } => *effective_at,
            Claim::Sighting { seen_at, .. } => *seen_at,
        }
    }

    /// The rule claimed; `None` where the claim is that there is none.
    pub fn rule(&self) -> Option<&Arc<Rule>> {
        match self {
            Claim::Change { rule, .. } => Some(rule),
            Claim::Sighting { rule, .. } => rule.as_ref(),
            Claim::End { .. } => None,
        }
    }

    /// `change`, `sighting` or `end`.
    pub fn kind(&self) -> &'static str {
        match self {
            Claim::Change { .. } => "change",
            Claim::Sighting { .. } => "sighting",
            Claim::End { .. } => "end",
        }
    }
}

/// One statement as a reader found it, before it is recorded.
#[derive(Clone, PartialEq, Debug)]
pub struct Statement {
    /// What it is about.
    pub subject: Subject,
    /// What it says.
    pub claim: Claim,
    /// The bytes of the table or row in the source.
    pub span: Span,
}

/// A statement about statements: what it names no longer counts, from its own publication and recording on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Withdrawal {
    /// The source whose statements are withdrawn.
    pub source: SourceId,
    /// One of its statements, counted from 1; `None` for all of them.
    pub ordinal: Option<u32>,
    /// Whether a newer edition replaces what is withdrawn.
    pub kind: WithdrawalKind,
    /// Why, in the words of whoever withdraws it.
    pub reason: String,
}

/// How a statement is withdrawn.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum WithdrawalKind {
    /// It is taken back.
    Retract,
    /// A newer edition says it better.
    Revise,
}

/// The number of a transaction, counted from 1 without holes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TxId(pub u64);

impl fmt::Display for TxId {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A source read and checked, ready to be recorded as one transaction.
#[derive(Clone, PartialEq, Debug)]
pub struct Batch {
    /// The document.
    pub source: Source,
    /// The whole text of the document.
    pub text: String,
    /// What it says, in the order of the document.
    pub statements: Vec<Statement>,
    /// What it takes back.
    pub withdrawals: Vec<Withdrawal>,
    /// What is odd about it.
    pub findings: Vec<Finding>,
}

/// A statement with everything that resolution needs to know about its record.
#[derive(Clone, PartialEq, Debug)]
pub struct Recorded {
    /// Its name.
    pub id: StatementId,
    /// The statement.
    pub statement: Statement,
    /// When its source was published.
    pub published_at: PublishedTime,
    /// When it was recorded.
    pub recorded_at: RecordedTime,
    /// The transaction that recorded it.
    pub tx: TxId,
}

/// A withdrawal with everything that resolution needs to know about its record.
#[derive(Clone, PartialEq, Debug)]
pub struct RecordedWithdrawal {
    /// The source that withdraws.
    pub by: SourceId,
    /// What is withdrawn.
    pub withdrawal: Withdrawal,
    /// When the withdrawing source was published.
    pub published_at: PublishedTime,
    /// When it was recorded.
    pub recorded_at: RecordedTime,
}

/// A source with everything known about its record.
#[derive(Clone, PartialEq, Debug)]
pub struct RecordedSource {
    /// The source.
    pub source: Source,
    /// When it was recorded.
    pub recorded_at: RecordedTime,
    /// The transaction that recorded it.
    pub tx: TxId,
}

/// The three instants that a question is read at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Basis {
    /// When the rule is to be in force.
    pub valid_at: ValidTime,
    /// What was published by then; `None` for everything held.
    pub known_at: Option<PublishedTime>,
    /// What was recorded by then; `None` for everything held.
    pub recorded_by: Option<RecordedTime>,
}

impl Basis {
    /// The basis of everything held, at one valid instant.
    pub fn at(valid_at: Instant) -> Basis {
        Basis { valid_at: ValidTime(valid_at), known_at: None, recorded_by: None }
    }
}
