//! Disk types from and to the types of the program. Reading checks everything; an error tells what is
//! damaged, in words.

mod complete;

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::schema::rules::RuleV1;
use super::schema::scalars::{HashV1, SpanV1, TimestampV1};
use super::schema::{
    ClaimV1, CompleteSnapshotV1, CurrencySnapshotV1, FindingV1, NamedRuleV1, PlacedRuleV1, PrecisionV1,
    RecordedRetractionV1, RecordedSourceV2, RetractionKindV1, RetractionV1, SourceV1, StatementV1,
    TransactionV1,
};
use super::tables::Tables;
use crate::finding::{Finding, FindingCode};
use crate::rule::{PlacedRule, Rule};
use crate::statement::{
    Batch, Claim, Origin, Precision, RecordedRetraction, RecordedSource, Retraction, RetractionKind, Sha256,
    Source, SourceId, Statement, Subject, TxId,
};
use crate::time::{PublishedTime, RecordedTime, TimeSpan, ValidTime};

impl TransactionV1 {
    /// The transaction that records a batch.
    ///
    /// # Errors
    /// A rule is longer than a record may be.
    pub fn of(tx: u64, recorded_at: RecordedTime, batch: Batch) -> Result<TransactionV1, String> {
        let mut rules: Vec<NamedRuleV1> = Vec::new();
        let mut known = BTreeSet::new();
        // Statements share rules, so that each is written once.
        let mut ids: HashMap<*const Rule, HashV1> = HashMap::new();
        let mut name = |placed: &PlacedRule| -> Result<PlacedRuleV1, String> {
            let id = match ids.entry(Arc::as_ptr(placed.shared())) {
                Entry::Occupied(entry) => *entry.get(),
                Entry::Vacant(entry) => {
                    let rule = RuleV1::of(placed)?;
                    let id = *entry.insert(HashV1(rule.id()?));
                    if known.insert(id) {
                        rules.push(NamedRuleV1 { id, rule });
                    }
                    id
                }
            };
            let row = |row| placed.cells(row).map(SpanV1::of).collect();
            Ok(PlacedRuleV1 { id, cells: (0..placed.printed().len()).map(row).collect() })
        };
        let statements = batch
            .statements
            .iter()
            .map(|statement| statement_record(statement, &mut name))
            .collect::<Result<_, _>>()?;
        let (whole, by_currency): (Vec<_>, Vec<_>) =
            batch.complete_snapshots.into_iter().partition(CompleteSnapshotV1::can_hold);
        Ok(TransactionV1 {
            tx,
            recorded_at: TimestampV1(recorded_at.0),
            text_is_document: Sha256::of(&[batch.text.as_bytes()]) == batch.source.sha256,
            source: SourceV1::of(&batch.source),
            published_by: origin_record(batch.source.origin),
            rules,
            statements,
            complete_snapshots: whole.into_iter().map(CompleteSnapshotV1::of).collect(),
            currency_snapshots: by_currency.into_iter().map(CurrencySnapshotV1::of).collect(),
            retractions: batch.retractions.into_iter().map(RetractionV1::of).collect(),
            findings: batch.findings.into_iter().map(FindingV1::of).collect(),
            text: batch.text,
            is_text_lost: false,
        })
    }

    /// The batch that the transaction recorded.
    ///
    /// # Errors
    /// As [`StatementV1::read`] and the other parts, or a rule is missing.
    pub fn read(self) -> Result<Batch, String> {
        let complete_snapshots = self.all_complete_snapshots().into_iter().map(CurrencySnapshotV1::read);
        let complete_snapshots = complete_snapshots.collect::<Result<_, _>>()?;
        let mut tables = Tables::default();
        self.rules.into_iter().for_each(|named| tables.add(named.id.0, named.rule));
        let statements = self.statements.into_iter().map(|statement| statement.read(&mut tables));
        Ok(Batch {
            source: self.source.read(self.published_by.as_deref())?,
            text: self.text,
            statements: statements.collect::<Result<_, _>>()?,
            complete_snapshots,
            retractions: self.retractions.into_iter().map(RetractionV1::read).collect::<Result<_, _>>()?,
            findings: self.findings.into_iter().map(FindingV1::read).collect::<Result<_, _>>()?,
        })
    }
}

fn statement_record(
    statement: &Statement,
    name: &mut impl FnMut(&PlacedRule) -> Result<PlacedRuleV1, String>,
) -> Result<StatementV1, String> {
    let claim = match &statement.claim {
        Claim::Change { effective_at, rollout, rule } => ClaimV1::Change {
            effective_at: TimestampV1(effective_at.0),
            rollout_micros: rollout.micros(),
            rule: name(rule)?,
        },
        Claim::Observation { seen_at, rule } => ClaimV1::Observation {
            seen_at: TimestampV1(seen_at.0),
            rule: rule.as_ref().map(name).transpose()?,
        },
        Claim::End { effective_at } => ClaimV1::End { effective_at: TimestampV1(effective_at.0) },
        Claim::Launch { effective_at, max_leverage } => {
            ClaimV1::Launch { effective_at: TimestampV1(effective_at.0), max_leverage: *max_leverage }
        }
        Claim::Conversion { effective_at, rollout } => ClaimV1::Conversion {
            effective_at: TimestampV1(effective_at.0),
            rollout_micros: rollout.micros(),
        },
        Claim::Postponed { from, to } => {
            ClaimV1::Postponed { from: TimestampV1(from.0), to: to.map(|to| TimestampV1(to.0)) }
        }
    };
    Ok(StatementV1 { subject: statement.subject.to_string(), claim, span: SpanV1::of(statement.span) })
}

impl StatementV1 {
    /// The statement; its rule is one of `tables`.
    ///
    /// # Errors
    /// The subject or a span is not valid, or the rule cannot be found or read.
    pub fn read(self, tables: &mut Tables) -> Result<Statement, String> {
        let mut rule = |placed: PlacedRuleV1| tables.placed(placed.id.0, &placed.cells);
        let claim = match self.claim {
            ClaimV1::Change { effective_at, rollout_micros, rule: placed } => Claim::Change {
                effective_at: ValidTime(effective_at.0),
                rollout: TimeSpan::from_micros(rollout_micros),
                rule: rule(placed)?,
            },
            ClaimV1::Observation { seen_at, rule: placed } => {
                Claim::Observation { seen_at: ValidTime(seen_at.0), rule: placed.map(&mut rule).transpose()? }
            }
            ClaimV1::End { effective_at } => Claim::End { effective_at: ValidTime(effective_at.0) },
            ClaimV1::Launch { effective_at, max_leverage } => {
                Claim::Launch { effective_at: ValidTime(effective_at.0), max_leverage }
            }
            ClaimV1::Conversion { effective_at, rollout_micros } => Claim::Conversion {
                effective_at: ValidTime(effective_at.0),
                rollout: TimeSpan::from_micros(rollout_micros),
            },
            ClaimV1::Postponed { from, to } => {
                Claim::Postponed { from: ValidTime(from.0), to: to.map(|to| ValidTime(to.0)) }
            }
        };
        Ok(Statement { subject: read_subject(&self.subject)?, claim, span: self.span.read()? })
    }
}

impl RecordedSourceV2 {
    /// The disk form of a recorded source.
    pub fn of(recorded: &RecordedSource) -> RecordedSourceV2 {
        RecordedSourceV2 {
            tx: recorded.tx.0,
            recorded_at: TimestampV1(recorded.recorded_at.0),
            source: SourceV1::of(&recorded.source),
            published_by: origin_record(recorded.source.origin),
            observes: recorded.observes,
        }
    }

    /// The source with what is known about its record.
    ///
    /// # Errors
    /// As [`SourceV1::read`].
    pub fn read(self) -> Result<RecordedSource, String> {
        Ok(RecordedSource {
            source: self.source.read(self.published_by.as_deref())?,
            observes: self.observes,
            tx: TxId(self.tx),
            recorded_at: RecordedTime(self.recorded_at.0),
        })
    }
}

impl RecordedRetractionV1 {
    /// The disk form of a retraction.
    pub fn of(recorded: RecordedRetraction) -> RecordedRetractionV1 {
        RecordedRetractionV1 {
            recorded_at: TimestampV1(recorded.recorded_at.0),
            published_at: TimestampV1(recorded.published_at.0),
            by: recorded.by.to_string(),
            retraction: RetractionV1::of(recorded.retraction),
        }
    }

    /// The retraction with what is known about its record.
    ///
    /// # Errors
    /// As [`RetractionV1::read`], or the id of the retracting source is not valid.
    pub fn read(self, tx: TxId) -> Result<RecordedRetraction, String> {
        Ok(RecordedRetraction {
            by: read_source_id(&self.by)?,
            retraction: self.retraction.read()?,
            published_at: PublishedTime(self.published_at.0),
            recorded_at: RecordedTime(self.recorded_at.0),
            tx,
        })
    }
}

/// The subject of a stored name.
pub(super) fn read_subject(name: &str) -> Result<Subject, String> {
    Subject::parse(name).ok_or_else(|| format!("`{name}` is not a subject"))
}

pub(super) fn read_source_id(id: &str) -> Result<SourceId, String> {
    SourceId::parse(id).ok_or_else(|| format!("`{id}` is not the id of a source"))
}

impl SourceV1 {
    fn of(source: &Source) -> SourceV1 {
        SourceV1 {
            id: SourceId::of(&source.sha256).to_string(),
            sha256: HashV1(source.sha256),
            file: source.file.clone(),
            title: source.title.clone(),
            published_at: TimestampV1(source.published_at.0),
            precision: match source.precision {
                Precision::Exact => PrecisionV1::Exact,
                Precision::Day => PrecisionV1::Day,
                Precision::Recorded => PrecisionV1::Recorded,
            },
        }
    }

    /// The source.
    ///
    /// # Errors
    /// The id does not follow from the hash.
    /// The source; `published_by` is stored beside it.
    pub fn read(self, published_by: Option<&str>) -> Result<Source, String> {
        let id = read_source_id(&self.id)?;
        if id != SourceId::of(&self.sha256.0) {
            return Err(format!("the id {id} does not follow from the hash {}", self.sha256.0));
        }
        Ok(Source {
            id,
            sha256: self.sha256.0,
            file: self.file,
            title: self.title,
            published_at: PublishedTime(self.published_at.0),
            precision: match self.precision {
                PrecisionV1::Exact => Precision::Exact,
                PrecisionV1::Day => Precision::Day,
                PrecisionV1::Recorded => Precision::Recorded,
            },
            origin: read_origin(published_by)?,
        })
    }
}

fn origin_record(origin: Origin) -> Option<String> {
    (origin != Origin::NotStored).then(|| origin.name().to_string())
}

/// Where a publication time comes from.
///
/// # Errors
/// The name is unknown.
pub(super) fn read_origin(name: Option<&str>) -> Result<Origin, String> {
    let Some(name) = name else { return Ok(Origin::NotStored) };
    let known = Origin::STORED.into_iter().find(|origin| origin.name() == name);
    known.ok_or_else(|| format!("`{name}` is not where a publication time comes from"))
}

impl RetractionV1 {
    fn of(retraction: Retraction) -> RetractionV1 {
        RetractionV1 {
            source: retraction.source.to_string(),
            ordinal: retraction.ordinal,
            kind: match retraction.kind {
                RetractionKind::Retract => RetractionKindV1::Retract,
                RetractionKind::Revise => RetractionKindV1::Revise,
                RetractionKind::Supersede(by) => RetractionKindV1::Supersede(by.to_string()),
                RetractionKind::Unload(tx) => RetractionKindV1::Unload(tx.map(|tx| tx.0)),
                RetractionKind::Correct(tx) => RetractionKindV1::Correct(tx.map(|tx| tx.0)),
            },
            reason: retraction.reason,
        }
    }

    /// The retraction.
    ///
    /// # Errors
    /// The id of the retracted source is not valid.
    pub fn read(self) -> Result<Retraction, String> {
        Ok(Retraction {
            source: read_source_id(&self.source)?,
            ordinal: self.ordinal,
            kind: match self.kind {
                RetractionKindV1::Retract => RetractionKind::Retract,
                RetractionKindV1::Revise => RetractionKind::Revise,
                RetractionKindV1::Supersede(by) => RetractionKind::Supersede(read_source_id(&by)?),
                RetractionKindV1::Unload(tx) => RetractionKind::Unload(tx.map(TxId)),
                RetractionKindV1::Correct(tx) => RetractionKind::Correct(tx.map(TxId)),
            },
            reason: self.reason,
        })
    }
}

impl FindingV1 {
    /// The disk form of a finding.
    pub fn of(finding: Finding) -> FindingV1 {
        FindingV1 {
            code: finding.code.as_str().to_string(),
            message: finding.message,
            span: SpanV1::of(finding.span),
            subjects: finding.subjects,
        }
    }

    /// The finding.
    ///
    /// # Errors
    /// The code is unknown to this program, or the span is not valid.
    pub fn read(self) -> Result<Finding, String> {
        let code = FindingCode::from_name(&self.code)
            .ok_or_else(|| format!("`{}` is not the code of a finding", self.code))?;
        Ok(Finding { code, message: self.message, span: self.span.read()?, subjects: self.subjects })
    }
}
