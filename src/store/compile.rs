//! Compiling the image from everything that a reader has.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use super::codec;
use super::errors::too_large;
use super::image::sources::recordings;
use super::image::write::Records;
use super::image::{self, SECTIONS, Section};
use super::reader::Reader;
use super::schema::compact::{
    CompactStatementV1, ObservedProgramV1, PlacedTableV1, ProgramCurvesV1, TableV1,
};
use super::schema::scalars::TimestampV1;
use super::schema::{FindingV1, RecordedCompleteSnapshotV2, RecordedRetractionV1, RecordedSourceV2};
use crate::error::Result;
use crate::rule::{PlacedRule, Rule};
use crate::statement::{ProgramCurves, Sha256, TxId};

/// How many names of subjects are in one record.
const NAMES: usize = 1024;

/// What makes the curves of a program from everything that a reader has: the store knows no curves.
pub type MakeCurves = fn(&Reader, &str) -> Result<ProgramCurves>;

/// Writes an image of everything that `reader` has, to be put in force; gives its bytes.
///
/// # Errors
/// The disk refuses, something is damaged, or a record is too large. The old image is there then.
pub(super) fn compile(dir: &Path, reader: &Reader, curves: MakeCurves) -> Result<usize> {
    let bytes = compiled(dir, reader, curves)?;
    image::write::draft(dir, &bytes)?;
    Ok(bytes.len())
}

/// The bytes of the image of everything that `reader` has.
///
/// # Errors
/// Something is damaged, or a record is too large.
pub(super) fn compiled(dir: &Path, reader: &Reader, curves: MakeCurves) -> Result<Vec<u8>> {
    let has_lost = !reader.lost()?.is_empty();
    image::write::bytes(dir, &reader.head, has_lost, sections(reader, curves)?)
}

/// The records of each section, in the order of the file.
fn sections(reader: &Reader, curves: MakeCurves) -> Result<[Records; SECTIONS]> {
    let mut sections: [Records; SECTIONS] = Default::default();
    let mut add = |section: Section, record: Result<Vec<u8>>| -> Result<()> {
        sections[section as usize].push(record?);
        Ok(())
    };
    let sources = reader.sources()?;
    let place_of =
        |tx: TxId| u32::try_from(tx.0 - 1).map_err(|_| "there are too many transactions".to_string());
    let subjects = reader.subjects()?;
    for part in subjects.chunks(NAMES) {
        add(Section::Subjects, encode(&part.iter().map(ToString::to_string).collect::<Vec<_>>()))?;
    }
    let mut tables = Tables::default();
    for subject in &subjects {
        let statements = reader.statements(subject)?;
        let compact = statements.iter().map(|it| {
            let source = place_of(it.tx)?;
            CompactStatementV1::of(&it.statement, source, it.id.ordinal, &mut |rule| tables.number(rule))
        });
        add(
            Section::Timelines,
            encode(&compact.collect::<std::result::Result<Vec<_>, _>>().map_err(too_large)?),
        )?;
    }
    for table in tables.records {
        add(Section::Tables, Ok(table))?;
    }
    let transactions: Vec<TxId> = sources.iter().map(|source| source.tx).collect();
    for (source, findings) in sources.iter().zip(reader.findings_of(&transactions)?) {
        add(Section::Findings, encode(&findings.into_iter().map(FindingV1::of).collect::<Vec<_>>()))?;
        add(Section::Sources, encode(&RecordedSourceV2::of(source)))?;
    }
    for retraction in reader.retractions()? {
        add(Section::Retractions, encode(&(retraction.tx.0, RecordedRetractionV1::of(retraction))))?;
    }
    for snapshot in reader.complete_snapshots()? {
        add(Section::CompleteSnapshots, encode(&RecordedCompleteSnapshotV2::of(snapshot)))?;
    }
    for tx in 1..=reader.head.tx {
        add(Section::Transactions, encode(&reader.record_of(TxId(tx))?))?;
    }
    let programs = reader.observed_programs()?;
    add(Section::Programs, encode(&programs))?;
    for program in programs {
        let observed = ObservedProgramV1::of(&reader.observed(&program)?, &place_of);
        add(Section::Observed, encode(&observed.map_err(too_large)?))?;
        let ProgramCurves { from, curves } = curves(reader, &program)?;
        let from = from.into_iter().map(|time| TimestampV1(time.0)).collect();
        add(Section::Curves, encode(&ProgramCurvesV1 { from, curves }))?;
    }
    for record in recordings(&sources) {
        add(Section::Recordings, encode(&record))?;
    }
    Ok(sections)
}

fn encode<R: Serialize>(record: &R) -> Result<Vec<u8>> {
    codec::encode(record).map_err(too_large)
}

/// The tables of an image, each once.
#[derive(Default)]
struct Tables {
    records: Records,
    /// By the hash of the record.
    numbers: HashMap<Sha256, u32>,
    /// By the address of the rule, which statements share; the reader keeps every rule as long as it lives.
    known: HashMap<*const Rule, u32>,
}

impl Tables {
    /// The number of a table, and where it begins.
    fn number(&mut self, placed: &PlacedRule) -> std::result::Result<PlacedTableV1, String> {
        let offset = placed.offset() as u64;
        let address = Arc::as_ptr(placed.shared());
        if let Some(table) = self.known.get(&address) {
            return Ok(PlacedTableV1 { table: *table, offset });
        }
        let record = codec::encode(&TableV1::of(placed)?)?;
        let next = self.records.len() as u32;
        let table = *self.numbers.entry(Sha256::of(&[&record])).or_insert(next);
        if table == next {
            self.records.push(record);
        }
        self.known.insert(address, table);
        Ok(PlacedTableV1 { table, offset })
    }
}
