//! The parts of a table in order: as many threads as the machine has cores make them, one writes.

use arrow_array::RecordBatch;

use super::chosen::Chosen;
use super::columns::Columns;
use super::schema::schema;
use super::{Selection, Table, stated, tiers};
use crate::database::ahead::{Next, in_order};
use crate::error::{Error, Result};
use crate::evaluation::{Form, Output, Target};
use crate::snapshot::Snapshot;
use crate::statement::Subject;

/// How many subjects a part of the tiers has: the same at every run, so that the same rows are the same bytes.
const SUBJECTS: usize = 32;

/// Writes a table, and gives the number of its rows. `progress` is called with how many parts are written, of how many.
///
/// ```
/// use tierbook::evaluation::{Form, Target};
/// use tierbook::tables::{Selection, Table, write};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let target = Target::File(folder.path().join("statements.parquet"));
/// let rows = write(&rules, Table::Statements, &Selection::default(), (target, Form::Parquet), &|_, _| {})?;
/// assert_eq!(rows, 68);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Those of [`batches`]; or the file cannot be written. Then it is as it was.
pub fn write(
    rules: &Snapshot,
    table: Table,
    selection: &Selection,
    (target, form): (Target, Form),
    progress: &dyn Fn(u64, u64),
) -> Result<u64> {
    // Nothing is begun for a name that means nothing.
    let chosen = Chosen::of(rules, table, selection)?;
    let (mut output, encoder) = Output::create(target, form, &schema(table))?;
    let (mut rows, mut number) = (0, 0);
    parts(table, &chosen, progress, &mut |batch| {
        rows += batch.num_rows() as u64;
        output.write(encoder.encode(number, batch)?)?;
        number += 1;
        Ok(())
    })?;
    output.finish()?;
    Ok(rows)
}

/// Gives the parts of a table, in order: of the tiers by subject, then recording, publication, valid time and floor; of
/// the others by transaction.
///
/// ```
/// use tierbook::tables::{Selection, Table, batches};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let mut rows = 0;
/// batches(&rules, Table::Sources, &Selection::default(), &|_, _| {}, &mut |batch| {
///     rows += batch.num_rows();
///     Ok(())
/// })?;
/// assert_eq!(rows, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A name means no subject; `recorded_by` is in the future; a figure has more digits than its column, where the error
/// names the row; or the database cannot be read. Or those of `each`.
pub fn batches(
    rules: &Snapshot,
    table: Table,
    selection: &Selection,
    progress: &dyn Fn(u64, u64),
    each: &mut dyn FnMut(RecordBatch) -> Result<()>,
) -> Result<()> {
    parts(table, &Chosen::of(rules, table, selection)?, progress, each)
}

fn parts(
    table: Table,
    chosen: &Chosen,
    progress: &dyn Fn(u64, u64),
    each: &mut dyn FnMut(RecordBatch) -> Result<()>,
) -> Result<()> {
    if table != Table::Tiers {
        return stated::batches(table, chosen, each);
    }
    let parts = chosen.subjects.chunks(SUBJECTS);
    let (mut given, all) = (0, parts.len() as u64);
    in_order(parts.map(Ok::<_, Error>), &|part: &&[Subject]| tiers_of(part, chosen), |tiers| {
        while let Next::Done(_, batch) = tiers.next(None) {
            let batch = batch?;
            if batch.num_rows() > 0 {
                each(batch)?;
            }
            given += 1;
            progress(given, all);
        }
        Ok(())
    })
}

fn tiers_of(subjects: &[Subject], chosen: &Chosen) -> Result<RecordBatch> {
    let mut columns = Columns::new(schema(Table::Tiers));
    subjects.iter().try_for_each(|subject| tiers::add(&mut columns, subject, chosen))?;
    columns.finish()
}
