//! A draft: a document that was read, before it is recorded; what every reader makes.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::finding::{Finding, Severity};
use crate::rule::{PlacedRule, Rule};
use crate::statement::{
    Batch, Claim, CompleteSnapshot, Loss, Origin, Precision, Program, Retraction, Sha256, Source, SourceId,
    Statement, StatementId, Subject,
};
use crate::text::Span;
use crate::time::{PublishedTime, RecordedTime, TimeSpan, Timestamp, ValidTime};

/// A document to read.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The name of its file, without folders; a time in it can be the publication.
    pub file: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// When it was published, where the user states it; has priority over everything in the document.
    pub published_at: Option<Timestamp>,
    /// Whether a complete snapshot in it names everything that the exchange has under a program, where the
    /// user states it.
    pub complete: Option<bool>,
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
    /// When it was published and how exactly that is known; `None` where it is unknown.
    pub publication: Option<(PublishedTime, Precision)>,
    /// Where the publication comes from.
    pub origin: Origin,
    /// The whole text.
    pub text: String,
    /// What it states, in the order of the document.
    pub statements: Vec<DraftStatement>,
    /// The programs of which it lists every subject.
    pub complete_snapshots: Vec<DraftCompleteSnapshot>,
    /// What it retracts.
    pub retractions: Vec<DraftRetraction>,
    /// What it reschedules.
    pub postponements: Vec<Postponement>,
    /// What it states and is not stored, because it cannot be read whole.
    pub losses: Vec<Loss>,
    /// What is suspicious or wrong in it, in the order of the document.
    pub findings: Vec<Finding>,
    /// Whether each error costs no more than the contract or asset that it names, so that the others may be
    /// recorded.
    pub errors_are_local: bool,
    /// Whether it is an announcement of something else, as far as nothing in it is unread.
    pub states_no_rule: bool,
    /// Whether it is an export: it describes a document that was recorded elsewhere, and does not contain its
    /// text. The hash is that of the other document then.
    pub is_export: bool,
}

/// A statement whose time may still depend on the publication.
///
/// ```
/// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
/// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
/// let statement = &document.statements()[0];
/// assert_eq!(statement.subject.to_string(), "binance:pm:LTC");
/// assert_eq!(statement.span.of(document.text()), "LTC85%80%");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct DraftStatement {
    /// What it is about.
    pub subject: Subject,
    /// What it states.
    pub claim: DraftClaim,
    /// The bytes of the table or row.
    pub span: Span,
}

/// A complete snapshot of the subjects of a program: what it does not name has no rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DraftCompleteSnapshot {
    /// The exchange, in lower case.
    pub venue: String,
    /// The program.
    pub program: Program,
    /// The settlement currencies of which it names every contract; `None` for everything under the program.
    pub currencies: Option<BTreeSet<String>>,
    /// What it names, but states no rule of, because that could not be read.
    pub except: BTreeSet<String>,
    /// When it was seen; `None` for the publication.
    pub seen_at: Option<ValidTime>,
}

/// A retraction, and its place in the source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DraftRetraction {
    /// What is retracted.
    pub retraction: Retraction,
    /// The bytes that state it.
    pub span: Span,
}

/// A change that is rescheduled: the statement is retracted, and its rule comes later.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Postponement {
    /// The change that is rescheduled.
    pub statement: StatementId,
    /// When it starts instead.
    pub effective_at: ValidTime,
    /// How long its roll-out may take; `None` for as long as before.
    pub rollout: Option<TimeSpan>,
    /// Why, in the words of the document.
    pub reason: String,
    /// The bytes that state it.
    pub span: Span,
}

/// What a document states of a subject.
///
/// ```
/// use tierbook::DraftClaim;
/// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
/// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
/// match &document.statements()[0].claim {
///     DraftClaim::Change { effective_at, rollout, .. } => {
///         assert_eq!(effective_at.to_string(), "2026-02-06T06:00:00Z");
///         assert_eq!(rollout.to_string(), "30 min");
///     }
///     other => panic!("{other:?}"),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub enum DraftClaim {
    /// The new side: the rule from `effective_at` on.
    Change {
        /// When the change starts.
        effective_at: ValidTime,
        /// How long its roll-out may take; zero where the text does not state it.
        rollout: TimeSpan,
        /// The rule.
        rule: PlacedRule,
    },
    /// The previous side: the rule seen at publication, or just before `effective_at` where that comes first.
    Previous {
        /// When the change announced beside it starts.
        effective_at: ValidTime,
        /// The rule.
        rule: PlacedRule,
    },
    /// The rule seen at a time.
    Observation {
        /// When; `None` for the publication.
        seen_at: Option<ValidTime>,
        /// The rule; `None` where the subject was seen to have none.
        rule: Option<PlacedRule>,
    },
    /// From `effective_at` on there is no rule.
    End {
        /// When the rule ends.
        effective_at: ValidTime,
    },
    /// From `effective_at` on the contract exists; no table of it is stated.
    Launch {
        /// When it starts.
        effective_at: ValidTime,
        /// The highest leverage; `None` where the text does not state it.
        max_leverage: Option<u32>,
    },
    /// From `effective_at` on a pre-market contract becomes an ordinary one; its tiers stay in force.
    Conversion {
        /// When the conversion starts.
        effective_at: ValidTime,
        /// How long it may take; zero where the text does not state it.
        rollout: TimeSpan,
    },
    /// The launch of the subject is put off.
    Postponed {
        /// When it should have been; `None` where the text does not state it.
        from: Option<ValidTime>,
        /// When it is instead; `None` until further notice.
        to: Option<ValidTime>,
    },
}

impl DraftClaim {
    /// What kind of claim it is, as a stable name; that of a [`Claim`](crate::Claim) but for `previous`, which becomes an
    /// observation.
    ///
    /// ```
    /// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
    /// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
    /// let kinds: Vec<_> = document.statements()[..2].iter().map(|it| it.claim.kind()).collect();
    /// assert_eq!(kinds, ["change", "previous"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn kind(&self) -> &'static str {
        match self {
            DraftClaim::Change { .. } => "change",
            DraftClaim::Previous { .. } => "previous",
            DraftClaim::Observation { .. } => "observation",
            DraftClaim::End { .. } => "end",
            DraftClaim::Launch { .. } => "launch",
            DraftClaim::Conversion { .. } => "conversion",
            DraftClaim::Postponed { .. } => "postponed",
        }
    }

    /// The rule; `None` where there is none.
    ///
    /// ```
    /// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
    /// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
    /// let rules = document.statements().iter().filter_map(|statement| statement.claim.rule());
    /// assert!(rules.flat_map(|rule| rule.tiers()).all(|tier| tier.rate > 0.into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rule(&self) -> Option<&PlacedRule> {
        match self {
            DraftClaim::Change { rule, .. } | DraftClaim::Previous { rule, .. } => Some(rule),
            DraftClaim::Observation { rule, .. } => rule.as_ref(),
            DraftClaim::End { .. }
            | DraftClaim::Launch { .. }
            | DraftClaim::Conversion { .. }
            | DraftClaim::Postponed { .. } => None,
        }
    }

    fn rule_mut(&mut self) -> Option<&mut PlacedRule> {
        match self {
            DraftClaim::Change { rule, .. } | DraftClaim::Previous { rule, .. } => Some(rule),
            DraftClaim::Observation { rule, .. } => rule.as_mut(),
            DraftClaim::End { .. }
            | DraftClaim::Launch { .. }
            | DraftClaim::Conversion { .. }
            | DraftClaim::Postponed { .. } => None,
        }
    }
}

impl Draft {
    /// The draft of a document of which nothing is read yet but its text.
    pub fn empty(bytes: &[u8], file: &str, text: String) -> Draft {
        Draft {
            sha256: Sha256::of(&[bytes]),
            file: file.to_string(),
            title: String::new(),
            publication: None,
            origin: Origin::Text,
            text,
            statements: Vec::new(),
            complete_snapshots: Vec::new(),
            retractions: Vec::new(),
            postponements: Vec::new(),
            losses: Vec::new(),
            findings: Vec::new(),
            errors_are_local: false,
            states_no_rule: false,
            is_export: false,
        }
    }

    /// Whether something in the document could not be read: see [`Draft::is_refused`].
    pub fn has_unread(&self) -> bool {
        self.findings.iter().any(|finding| finding.code.severity() == Severity::Error)
    }

    /// Whether more than sides of its tables could not be read, so that it is refused unless the user allows it.
    pub fn is_refused(&self) -> bool {
        let nothing_left = self.has_unread() && self.statements.is_empty() && self.retractions.is_empty();
        let refuses = || self.findings.iter().any(|finding| finding.code.refuses());
        nothing_left || (!self.errors_are_local && refuses())
    }

    /// The contracts and assets that an error costs, where each costs no more than what it names.
    pub fn left_out(&self) -> Vec<String> {
        let errors = self.findings.iter().filter(|it| it.code.severity() == Severity::Error);
        let mut names: Vec<String> = Vec::new();
        for name in errors.filter(|_| self.errors_are_local).flat_map(|error| &error.subjects) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }

    /// Whether it is an announcement that was read to its end and contains no margin rule.
    pub fn has_no_rule(&self) -> bool {
        self.states_no_rule && !self.has_unread()
    }

    /// Whether it states what changes, and not only what was seen.
    pub fn announces(&self) -> bool {
        let observes = |claim: &DraftClaim| {
            matches!(claim, DraftClaim::Observation { .. } | DraftClaim::Previous { .. })
        };
        self.statements.iter().any(|statement| !observes(&statement.claim))
    }

    /// The draft as a batch to record at `recorded_at`, which is the publication where none is known. An
    /// observation is placed at the publication, or a microsecond before the change where that is not later.
    pub fn batch(self, recorded_at: RecordedTime) -> Batch {
        let unknown = (PublishedTime(recorded_at.0), Precision::Recorded);
        let origin = if self.publication.is_none() && self.origin != Origin::Command {
            Origin::Clock
        } else {
            self.origin
        };
        let (published_at, precision) = self.publication.unwrap_or(unknown);
        let shown_at = Source::stated_from(published_at, precision);
        let settle = |statement: DraftStatement| Statement {
            subject: statement.subject,
            span: statement.span,
            claim: match statement.claim {
                DraftClaim::Change { effective_at, rollout, rule } => {
                    Claim::Change { effective_at, rollout, rule }
                }
                DraftClaim::Previous { effective_at, rule } => {
                    let published = shown_at;
                    let before = effective_at.0 <= published;
                    let seen_at = if before { effective_at.0.just_before() } else { published };
                    Claim::Observation { seen_at: ValidTime(seen_at), rule: Some(rule) }
                }
                DraftClaim::Observation { seen_at, rule } => {
                    Claim::Observation { seen_at: seen_at.unwrap_or(ValidTime(shown_at)), rule }
                }
                DraftClaim::End { effective_at } => Claim::End { effective_at },
                DraftClaim::Launch { effective_at, max_leverage } => {
                    Claim::Launch { effective_at, max_leverage }
                }
                DraftClaim::Conversion { effective_at, rollout } => {
                    Claim::Conversion { effective_at, rollout }
                }
                DraftClaim::Postponed { from, to } => {
                    Claim::Postponed { from: from.or(to).unwrap_or(ValidTime(shown_at)), to }
                }
            },
        };
        let snapshot = |snapshot: DraftCompleteSnapshot| CompleteSnapshot {
            venue: snapshot.venue,
            program: snapshot.program,
            currencies: snapshot.currencies,
            except: snapshot.except,
            seen_at: snapshot.seen_at.unwrap_or(ValidTime(shown_at)),
        };
        Batch {
            complete_snapshots: self.complete_snapshots.into_iter().map(snapshot).collect(),
            source: Source {
                id: SourceId::of(&self.sha256),
                sha256: self.sha256,
                file: self.file,
                title: self.title,
                published_at,
                precision,
                origin,
            },
            text: self.text,
            statements: self.statements.into_iter().map(settle).collect(),
            retractions: self.retractions.into_iter().map(|draft| draft.retraction).collect(),
            findings: self.findings,
        }
    }

    /// The draft of the source that its text was a view of: the text is `source`, and every place is that
    /// which `place` gives for it.
    pub fn of_source(mut self, source: &str, place: impl Fn(Span) -> Span) -> Draft {
        // Statements share rules: those of a list of contracts, and those of both editions of a table.
        let mut rules: HashMap<(*const Rule, usize), PlacedRule> = HashMap::new();
        for statement in &mut self.statements {
            statement.span = place(statement.span);
            if let Some(rule) = statement.claim.rule_mut() {
                let key = (Arc::as_ptr(rule.shared()), rule.offset());
                let placed = rules.entry(key).or_insert_with(|| rule.with_places(&place));
                *rule = placed.clone();
            }
        }
        self.findings.iter_mut().for_each(|finding| finding.span = place(finding.span));
        self.losses.iter_mut().for_each(|loss| loss.span = place(loss.span));
        self.postponements.iter_mut().for_each(|postponement| postponement.span = place(postponement.span));
        self.text = source.to_string();
        self
    }
}
