//! The parts of a table in order: as many threads as the machine has cores make them, one writes.

use std::collections::BTreeMap;
use std::sync::mpsc::channel;
use std::sync::{Mutex, PoisonError};
use std::thread;

use arrow_array::RecordBatch;

use super::chosen::Chosen;
use super::columns::Columns;
use super::schema::schema;
use super::{Selection, Table, stated, tiers};
use crate::error::Result;
use crate::evaluation::{Form, Output, Target};
use crate::snapshot::Snapshot;
use crate::statement::Subject;

/// How many subjects a part of the tiers has: the same at every run, so that the same rows are the same bytes.
const SUBJECTS: usize = 32;

/// How many parts a thread may have under way, so that what waits for its turn stays small.
const PARTS_OF_A_THREAD: usize = 3;

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
/// A name means no subject; a figure has more digits than its column, where the error names the row; or the database
/// cannot be read. Or those of `each`.
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
    let parts: Vec<&[Subject]> = chosen.subjects.chunks(SUBJECTS).collect();
    let threads = thread::available_parallelism().map_or(1, usize::from).min(parts.len());
    thread::scope(|scope| {
        let (turns, turn) = channel::<usize>();
        let turn = std::sync::Arc::new(Mutex::new(turn));
        let (made, results) = channel();
        for _ in 0..threads {
            let (turn, made, parts, chosen) = (turn.clone(), made.clone(), &parts, chosen);
            scope.spawn(move || {
                loop {
                    let next = turn.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    // Nobody wants a part any more.
                    let Some((number, part)) = next.ok().and_then(|next| Some((next, parts.get(next)?)))
                    else {
                        return;
                    };
                    if made.send((number, tiers_of(part, chosen))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(made);
        let mut given = 0..parts.len();
        // Threads that ended want no turn.
        let give = |number| turns.send(number).unwrap_or_default();
        given.by_ref().take(PARTS_OF_A_THREAD * threads).for_each(give);
        let mut waiting: BTreeMap<usize, Result<RecordBatch>> = BTreeMap::new();
        let mut next = 0;
        while next < parts.len() {
            let Ok((number, batch)) = results.recv() else { break };
            waiting.insert(number, batch);
            while let Some(batch) = waiting.remove(&next) {
                let batch = batch?;
                if batch.num_rows() > 0 {
                    each(batch)?;
                }
                next += 1;
                progress(next as u64, parts.len() as u64);
                given.next().into_iter().for_each(give);
            }
        }
        Ok(())
    })
}

fn tiers_of(subjects: &[Subject], chosen: &Chosen) -> Result<RecordBatch> {
    let mut columns = Columns::new(schema(Table::Tiers));
    subjects.iter().try_for_each(|subject| tiers::add(&mut columns, subject, chosen))?;
    columns.finish()
}
