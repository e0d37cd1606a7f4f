//! Transactions as the index or the image has them: everything but the text of the document. In format 2 the root shows
//! that all of it is right, because the text is in it only by its hash.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::codec;
use super::super::convert::read_subject;
use super::super::image::Image;
use super::super::index::Index;
use super::super::layout;
use super::super::schema::compact::{BlockV1, TableV1};
use super::super::schema::{CurrencySnapshotV1, FindingV1, RetractionV1, TransactionV1};
use super::stated::block;
use crate::rule::Rule;
use crate::statement::{Batch, TxId};
use crate::time::RecordedTime;

/// What is beside a damaged journal.
#[derive(Default)]
pub struct Beside {
    pub index: Option<Index>,
    pub image: Option<Image>,
    /// What the image has, once it was needed: a transaction is all over it.
    batches: Option<BTreeMap<TxId, (RecordedTime, Batch)>>,
}

impl Beside {
    /// These files.
    pub fn of(index: Option<Index>, image: Option<Image>) -> Beside {
        Beside { index, image, batches: None }
    }

    /// A transaction as each of them has it whole.
    pub fn transactions(&mut self, tx: u64) -> Vec<TransactionV1> {
        let of_index = self.index.as_ref().and_then(|index| batch_of_index(index, tx));
        let image = self.image.as_ref();
        let batches = self.batches.get_or_insert_with(|| {
            // Of a damaged image nobody knows what is missing.
            image.and_then(|image| batches(image).ok()).unwrap_or_default()
        });
        let all = of_index.into_iter().chain(batches.get(&TxId(tx)).cloned());
        all.filter_map(|(recorded_at, batch)| without_text(tx, recorded_at, batch)).collect()
    }
}

fn without_text(tx: u64, recorded_at: RecordedTime, batch: Batch) -> Option<TransactionV1> {
    let is_lost = batch.source.is_lost();
    let transaction = TransactionV1::of(tx, recorded_at, batch).ok()?;
    // Of a text that is not the document nobody has the hash.
    (!is_lost).then_some(TransactionV1 { text_is_document: true, is_text_lost: true, ..transaction })
}

fn batch_of_index(index: &Index, tx: u64) -> Option<(RecordedTime, Batch)> {
    let block = block(index, tx)?;
    Some((RecordedTime(block.source.recorded_at.0), batch(index, block).ok()?))
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

/// Every transaction of an image.
fn batches(image: &Image) -> Result<BTreeMap<TxId, (RecordedTime, Batch)>, String> {
    let mut all = BTreeMap::new();
    let sources = image.sources()?;
    for (recorded, findings) in sources.iter().zip(image.findings(0..sources.len())?) {
        let batch = Batch {
            source: recorded.source.clone(),
            text: String::new(),
            statements: Vec::new(),
            complete_snapshots: Vec::new(),
            retractions: Vec::new(),
            findings,
        };
        all.insert(recorded.tx, (recorded.recorded_at, batch));
    }
    let mut of = |tx: TxId, add: &mut dyn FnMut(&mut Batch)| {
        if let Some((_, batch)) = all.get_mut(&tx) {
            add(batch);
        }
    };
    for snapshot in image.complete_snapshots()? {
        of(snapshot.tx, &mut |batch| batch.complete_snapshots.push(snapshot.snapshot.clone()));
    }
    for retraction in image.retractions()? {
        of(retraction.tx, &mut |batch| batch.retractions.push(retraction.retraction.clone()));
    }
    let mut statements = Vec::new();
    for subject in image.subjects()? {
        statements.extend(image.statements(subject)?);
    }
    statements.sort_by_key(|recorded| (recorded.tx, recorded.id.ordinal));
    for recorded in statements {
        of(recorded.tx, &mut |batch| batch.statements.push(recorded.statement.clone()));
    }
    Ok(all)
}
