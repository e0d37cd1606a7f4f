//! Transactions as the index has them: everything but the text of the document. In format 2 the root shows that all of
//! it is right, because the text is in it only by its hash.

use std::borrow::Cow;
use std::sync::Arc;

use super::super::codec;
use super::super::convert::read_subject;
use super::super::index::Index;
use super::super::layout;
use super::super::schema::compact::{BlockV1, TableV1};
use super::super::schema::{CurrencySnapshotV1, FindingV1, RetractionV1, TransactionV1};
use super::stated::block;
use crate::rule::Rule;
use crate::statement::Batch;
use crate::time::RecordedTime;

/// A transaction without the text of its document; `None` where the index does not have it whole.
pub fn transaction(index: &Index, tx: u64) -> Option<TransactionV1> {
    let block = block(index, tx)?;
    let recorded_at = RecordedTime(block.source.recorded_at.0);
    let batch = batch(index, block).ok()?;
    let is_lost = batch.source.is_lost();
    let transaction = TransactionV1::of(tx, recorded_at, batch).ok()?;
    // Of a text that is not the document nobody has the hash.
    (!is_lost).then_some(TransactionV1 { text_is_document: true, is_text_lost: true, ..transaction })
}

fn batch(index: &Index, block: BlockV1) -> Result<Batch, String> {
    let mut tables: Vec<Arc<Rule>> = Vec::new();
    for id in &block.tables {
        let record = index.get(&[layout::TABLES, &id.0.0].concat()).map_err(|error| error.message)?;
        let TableV1 { rule, cells } = codec::decode(&record.ok_or("a table is missing")?)?;
        tables.push(Arc::new(rule.read(&cells)?));
    }
    let source = block.source.read()?;
    let of_block = |_| Ok(Cow::Borrowed(&source));
    let table = |number: u32| tables.get(number as usize).cloned().ok_or("a table is missing".to_string());
    let mut statements = Vec::new();
    for (subject, statement) in block.statements {
        statements.push(statement.read(&read_subject(&subject)?, &of_block, &table)?.statement);
    }
    let snapshots = block.complete_snapshots.into_iter().map(CurrencySnapshotV1::read);
    let complete_snapshots = snapshots.collect::<Result<_, _>>()?;
    let retractions = block.retractions.into_iter().map(RetractionV1::read).collect::<Result<_, _>>()?;
    let findings = block.findings.into_iter().map(FindingV1::read).collect::<Result<_, _>>()?;
    let text = String::new();
    Ok(Batch { source: source.source, text, statements, complete_snapshots, retractions, findings })
}
