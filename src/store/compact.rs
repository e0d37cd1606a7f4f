//! Statements and observations in their compact forms, and back.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::schema::compact::{
    CompactClaimV1, CompactStatementV1, ObservationV1, ObservedProgramV1, PlacedTableV1, SeenV1,
};
use super::schema::scalars::TimestampV1;
use crate::rule::{PlacedRule, Rule};
use crate::statement::{
    Claim, Complete, ObservedProgram, ObservedTable, Recorded, RecordedSource, Statement, StatementId,
    Subject, TxId,
};
use crate::text::Span;
use crate::time::{TimeSpan, ValidTime};

impl CompactStatementV1 {
    /// The compact form of a statement; `source` is the place of its source, and `number` numbers its table.
    ///
    /// # Errors
    /// Those of `number`.
    pub fn of(
        statement: &Statement,
        source: u32,
        ordinal: u32,
        number: &mut impl FnMut(&PlacedRule) -> Result<PlacedTableV1, String>,
    ) -> Result<CompactStatementV1, String> {
        let at = |time: &ValidTime| TimestampV1(time.0);
        let claim = match &statement.claim {
            Claim::Change { effective_at, rollout, rule } => CompactClaimV1::Change {
                effective_at: at(effective_at),
                rollout_micros: rollout.micros(),
                table: number(rule)?,
            },
            Claim::Observation { seen_at, rule } => CompactClaimV1::Observation {
                seen_at: at(seen_at),
                table: rule.as_ref().map(number).transpose()?,
            },
            Claim::End { effective_at } => CompactClaimV1::End { effective_at: at(effective_at) },
            Claim::Launch { effective_at, max_leverage } => {
                CompactClaimV1::Launch { effective_at: at(effective_at), max_leverage: *max_leverage }
            }
            Claim::Conversion { effective_at, rollout } => CompactClaimV1::Conversion {
                effective_at: at(effective_at),
                rollout_micros: rollout.micros(),
            },
            Claim::Postponed { from, to } => {
                CompactClaimV1::Postponed { from: at(from), to: to.as_ref().map(at) }
            }
        };
        let (start, length) =
            (statement.span.start as u64, (statement.span.end - statement.span.start) as u64);
        Ok(CompactStatementV1 { source, ordinal, claim, start, length })
    }

    /// The statement about a subject; `source` finds a source by its place, and `table` a table by its number.
    ///
    /// # Errors
    /// Its place is too far, or those of `source` and `table`.
    pub fn read<'s>(
        self,
        subject: &Subject,
        source: &impl Fn(u32) -> Result<Cow<'s, RecordedSource>, String>,
        table: &impl Fn(u32) -> Result<Arc<Rule>, String>,
    ) -> Result<Recorded, String> {
        let source = source(self.source)?;
        let place = |at: u64| usize::try_from(at).map_err(|_| "a place is too far".to_string());
        let rule = |placed: PlacedTableV1| {
            Ok::<_, String>(PlacedRule::new(table(placed.table)?, place(placed.offset)?))
        };
        let at = |time: TimestampV1| ValidTime(time.0);
        let claim = match self.claim {
            CompactClaimV1::Change { effective_at, rollout_micros, table } => Claim::Change {
                effective_at: at(effective_at),
                rollout: TimeSpan::from_micros(rollout_micros),
                rule: rule(table)?,
            },
            CompactClaimV1::Observation { seen_at, table } => {
                Claim::Observation { seen_at: at(seen_at), rule: table.map(rule).transpose()? }
            }
            CompactClaimV1::End { effective_at } => Claim::End { effective_at: at(effective_at) },
            CompactClaimV1::Launch { effective_at, max_leverage } => {
                Claim::Launch { effective_at: at(effective_at), max_leverage }
            }
            CompactClaimV1::Conversion { effective_at, rollout_micros } => Claim::Conversion {
                effective_at: at(effective_at),
                rollout: TimeSpan::from_micros(rollout_micros),
            },
            CompactClaimV1::Postponed { from, to } => Claim::Postponed { from: at(from), to: to.map(at) },
        };
        let end = self.start.checked_add(self.length).ok_or("a place is too far")?;
        let span = Span::new(place(self.start)?, place(end)?);
        Ok(Recorded {
            id: StatementId { source: source.source.id, ordinal: self.ordinal },
            statement: Statement { subject: subject.clone(), claim, span },
            published_at: source.source.published_at,
            recorded_at: source.recorded_at,
            tx: source.tx,
        })
    }
}

impl ObservedProgramV1 {
    /// The compact form of what was observed of a program; `place_of` finds a source by its transaction.
    ///
    /// # Errors
    /// Those of `place_of`.
    pub fn of(
        all: &[ObservedProgram],
        place_of: &impl Fn(TxId) -> Result<u32, String>,
    ) -> Result<ObservedProgramV1, String> {
        let mut made = ObservedProgramV1::default();
        let mut subjects: HashMap<(u64, u64), u32> = HashMap::new();
        let mut tables: HashMap<u64, u32> = HashMap::new();
        for observed in all {
            let mut seen: Vec<SeenV1> = Vec::new();
            for row in &observed.tables {
                let key = (row.subject, row.currency);
                let subject = *subjects.entry(key).or_insert_with(|| {
                    made.subjects.push(key);
                    made.subjects.len() as u32 - 1
                });
                let table = row.table.map_or(0, |table| {
                    *tables.entry(table).or_insert_with(|| {
                        made.tables.push(table);
                        made.tables.len() as u32
                    })
                });
                let seen_at = TimestampV1(row.seen_at.0);
                match seen.last_mut().filter(|last| last.seen_at == seen_at) {
                    Some(last) => last.tables.push((subject, table)),
                    None => seen.push(SeenV1 { seen_at, tables: vec![(subject, table)] }),
                }
            }
            let Complete { all: is_complete, currencies, except } = observed.complete.clone();
            let source = place_of(observed.tx)?;
            made.observations.push(ObservationV1 { source, is_complete, currencies, except, seen });
        }
        Ok(made)
    }

    /// What was observed, in the order of recording; `source` finds a source by its place.
    ///
    /// # Errors
    /// A subject or table is missing, or those of `source`.
    pub fn read<'s>(
        self,
        source: &impl Fn(u32) -> Result<Cow<'s, RecordedSource>, String>,
    ) -> Result<Vec<ObservedProgram>, String> {
        let ObservedProgramV1 { subjects, tables, observations, .. } = self;
        let row = |seen_at: ValidTime, (subject, table): (u32, u32)| {
            let &(subject, currency) = subjects.get(subject as usize).ok_or("a subject is missing")?;
            let table = match table.checked_sub(1) {
                Some(place) => Some(*tables.get(place as usize).ok_or("a table is missing")?),
                None => None,
            };
            Ok(ObservedTable { seen_at, subject, currency, table })
        };
        let read = |observed: ObservationV1| {
            let source = source(observed.source)?;
            let ObservationV1 { is_complete: all, currencies, except, seen, .. } = observed;
            let rows = seen.into_iter().flat_map(|seen| {
                let at = ValidTime(seen.seen_at.0);
                seen.tables.into_iter().map(move |table| row(at, table)).collect::<Vec<_>>()
            });
            Ok(ObservedProgram {
                source: source.source.id,
                tx: source.tx,
                complete: Complete { all, currencies, except },
                tables: rows.collect::<Result<_, String>>()?,
            })
        };
        observations.into_iter().map(read).collect()
    }
}
