//! The rows of the statements and of the sources.

use std::collections::BTreeMap;

use arrow_array::RecordBatch;

use super::Table;
use super::chosen::Chosen;
use super::columns::{Cell, Columns};
use super::schema::schema;
use crate::error::Result;
use crate::limits;
use crate::query::StoredRules;
use crate::rule::Rule;
use crate::rulebook::{Knowledge, Visibility};
use crate::statement::{Claim, Recorded, RecordedSource, Subject, TxId, symbol};
use crate::time::Timestamp;

/// How many rows a part has.
const ROWS: usize = 1 << 16;

/// The parts of the statements or the sources, in order of their transactions.
///
/// # Errors
/// A figure is too wide; or those of `each`.
pub fn batches(table: Table, chosen: &Chosen, each: &mut dyn FnMut(RecordBatch) -> Result<()>) -> Result<()> {
    let about = |statement: &&Recorded| chosen.is_all || concerns(statement, &chosen.subjects);
    let mut stated: Vec<&Recorded> = chosen.stored.rulebook.stated().filter(about).collect();
    stated.sort_unstable_by_key(|it| (it.tx, it.id.ordinal));
    let mut columns = Columns::new(schema(table));
    if table == Table::Statements {
        let is_chosen = |it: &&Recorded| {
            chosen.known_at.is_none_or(|at| it.published_at <= at)
                && chosen.recorded_by.is_none_or(|at| it.recorded_at <= at)
        };
        for part in stated.into_iter().filter(is_chosen).collect::<Vec<_>>().chunks(ROWS) {
            part.iter().try_for_each(|statement| add_statement(&mut columns, statement, &chosen.stored))?;
            each(std::mem::replace(&mut columns, Columns::new(schema(table))).finish()?)?;
        }
        return Ok(());
    }
    let mut counts: BTreeMap<TxId, u32> = BTreeMap::new();
    stated.iter().for_each(|it| *counts.entry(it.tx).or_default() += 1);
    let is_chosen = |it: &&RecordedSource| {
        (chosen.is_all || counts.contains_key(&it.tx))
            && chosen.known_at.is_none_or(|at| it.source.published_at <= at)
            && chosen.recorded_by.is_none_or(|at| it.recorded_at <= at)
    };
    for part in chosen.stored.sources.iter().filter(is_chosen).collect::<Vec<_>>().chunks(ROWS) {
        for source in part {
            let count = counts.get(&source.tx).copied().unwrap_or(0);
            add_source(&mut columns, source, count, &chosen.stored)?;
        }
        each(std::mem::replace(&mut columns, Columns::new(schema(table))).finish()?)?;
    }
    Ok(())
}

/// Whether a statement is about one of some subjects, or about all contracts of its token.
fn concerns(statement: &Recorded, subjects: &[Subject]) -> bool {
    let stated = &statement.statement.subject;
    subjects.iter().any(|subject| subject == stated || symbol::tokens_of(subject).contains(stated))
}

fn add_statement(columns: &mut Columns, recorded: &Recorded, stored: &StoredRules) -> Result<()> {
    let (claim, span) = (&recorded.statement.claim, recorded.statement.span);
    let rule: Option<&Rule> = claim.rule().map(|rule| &**rule);
    let tiers = rule.map(|rule| rule.tiers().len() as u32).filter(|tiers| *tiers > 0);
    let class = rule.filter(|_| tiers.is_none()).and_then(Rule::rank);
    let class = class.and_then(|number| Subject::class(recorded.statement.subject.venue(), number));
    let leverage = match claim {
        Claim::Launch { max_leverage, .. } => *max_leverage,
        _ => rule.and_then(Rule::highest_leverage),
    };
    let texts = [recorded.id.to_string(), recorded.statement.subject.to_string()];
    let class = class.map(|class| class.to_string());
    let visibility = stored.rulebook.visibility(recorded, Knowledge::default());
    let (state, state_tx) = state(&visibility);
    let cells = [
        Cell::Text(Some(&texts[0])),
        Cell::Text(Some(recorded.id.source.as_str())),
        Cell::Count(Some(recorded.id.ordinal)),
        Cell::Text(Some(&texts[1])),
        Cell::Text(Some(claim.kind())),
        Cell::Time(Some(claim.valid_at().0)),
        Cell::Time(rolled_out_at(claim)),
        Cell::Time(Some(recorded.published_at.0)),
        Cell::Time(Some(recorded.recorded_at.0)),
        Cell::Long(Some(recorded.tx.0)),
        Cell::Long(Some(span.start as u64)),
        Cell::Long(Some(span.end as u64)),
        Cell::Count(tiers),
        Cell::Number(rule.and_then(Rule::limit)),
        Cell::Count(leverage),
        Cell::Text(rule.map(Rule::unit)),
        Cell::Text(class.as_deref()),
        Cell::Text(Some(state)),
        Cell::Long(state_tx.map(|tx| tx.0)),
    ];
    columns.add(cells, || format!("statement {}", recorded.id))
}

/// When a change or a conversion is carried out everywhere, where that takes time.
fn rolled_out_at(claim: &Claim) -> Option<Timestamp> {
    match claim {
        Claim::Change { effective_at, rollout, .. } | Claim::Conversion { effective_at, rollout }
            if rollout.micros() > 0 =>
        {
            Some(effective_at.0.plus(*rollout))
        }
        _ => None,
    }
}

fn add_source(
    columns: &mut Columns,
    recorded: &RecordedSource,
    count: u32,
    stored: &StoredRules,
) -> Result<()> {
    let (source, book, now) = (&recorded.source, &stored.rulebook, Knowledge::default());
    let visibility = match book.counting(&source.id, recorded.tx, now) {
        Visibility::Visible => book
            .retracted_by(&source.id, None, now, limits::RETRACTION_DEPTH)
            .map_or(Visibility::Visible, Visibility::Retracted),
        hidden => hidden,
    };
    let (state, state_tx) = state(&visibility);
    let sha256 = source.sha256.to_string();
    let cells = [
        Cell::Text(Some(source.id.as_str())),
        Cell::Text(Some(&sha256)),
        Cell::Text(Some(&source.file)),
        Cell::Text(Some(&source.title)),
        Cell::Time(Some(source.published_at.0)),
        Cell::Text(Some(source.precision.name())),
        Cell::Text(Some(source.origin.name())),
        Cell::Time(Some(recorded.recorded_at.0)),
        Cell::Long(Some(recorded.tx.0)),
        Cell::Count(Some(count)),
        Cell::Text(Some(state)),
        Cell::Long(state_tx.map(|tx| tx.0)),
    ];
    columns.add(cells, || format!("source {}", source.id))
}

/// Whether something counts now, and the transaction because of which it does not.
fn state(visibility: &Visibility) -> (&'static str, Option<TxId>) {
    match visibility {
        Visibility::Retracted(tx) => ("retracted", Some(*tx)),
        Visibility::Unloaded(tx) => ("unloaded", Some(*tx)),
        Visibility::PublicationCorrected(tx) => ("corrected", Some(*tx)),
        Visibility::PostedEarlier(tx) => ("posted_earlier", Some(*tx)),
        Visibility::Visible | Visibility::NotRecorded | Visibility::NotPublished => ("loaded", None),
    }
}
