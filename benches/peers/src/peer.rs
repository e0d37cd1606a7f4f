//! The questions of the yardstick, asked of the library.

use std::path::Path;
use std::time::Instant;

use common::{Bulk, Data, Event, Peer, Positions, Row};
use rustc_hash::FxHashMap;
use tierbook::language::Measure;
use tierbook::rule::Tier;
use tierbook::{
    At, Columns, Contract, Database, Decimal, Evaluated, LoadInput, LoadOptions, Snapshot, Status,
    SubjectHandle, Timestamp,
};

use crate::documents;
use crate::numbers::{UNITS, time, units};
use crate::stated::Stated;

/// Rows that are answered at once: their columns of answers are 38 MB.
const ROWS: usize = 1_000_000;

/// An open database, and what the driver keeps of it.
pub struct Book {
    rules: Snapshot,
    /// Contracts by the names of the yardstick, once they were asked for.
    contracts: FxHashMap<Box<str>, Option<Contract>>,
    /// Of every statement, once a bulk run or a difference needs it.
    stated: Option<Stated>,
    positions: Columned,
    answers: Evaluated,
}

/// Positions in the columns that the library takes.
#[derive(Default)]
struct Columned {
    subjects: Vec<SubjectHandle>,
    notionals: Vec<i64>,
    times: Vec<Timestamp>,
}

impl Peer for Book {
    fn load(_: &str, set: &Path, db: &Path) -> u64 {
        let data = common::load(set);
        let database = Database::create(db).unwrap();
        let inputs = documents::by_time(&data).map(Ok);
        database
            .writer()
            .unwrap()
            .load_stream(inputs, &LoadOptions::default(), &mut |report| {
                if let Some(error) = report.outcome.error() {
                    panic!("{}: {error}", report.path.display());
                }
            })
            .unwrap();
        data.events.len() as u64
    }

    fn load_each(_: &str, set: &Path, db: &Path, events: usize) -> Option<f64> {
        let data: Data = common::load(set);
        let document = |event: &Event| documents::document(&data, &[event]);
        let inputs: Vec<LoadInput> = data.events[..events].iter().map(document).collect();
        let mut writer = Database::create(db).unwrap().writer().unwrap();
        let start = Instant::now();
        for input in inputs {
            writer.load(input, LoadOptions::default()).unwrap().into_result().unwrap();
        }
        Some(start.elapsed().as_secs_f64())
    }

    fn open(_: &str, db: &Path) -> Book {
        let rules = Database::open(db).unwrap().snapshot().unwrap();
        let (positions, answers) = Default::default();
        Book { rules, contracts: FxHashMap::default(), stated: None, positions, answers }
    }

    fn point(&mut self, symbol: &str, notional: i64, t: i64, k: i64) -> Option<(i64, i64)> {
        let contract = self.contract(symbol)?;
        let at = At::valid(time(t)).known_at(time(k));
        let answer = contract.mmr(above(notional), at);
        let tiers = answer.rule()?.tiers();
        let tier: &Tier = match (answer.status(), answer.tier_number()) {
            (Status::Value, Some(number)) => &tiers[number as usize - 1],
            (Status::AboveLimit, _) => tiers.last()?,
            _ => return None,
        };
        Some((units(tier.rate, 6), units(tier.amount, 8)))
    }

    fn history(&mut self, symbol: &str) -> Vec<Row> {
        let mut rows = Vec::new();
        let Some(contract) = self.contract(symbol) else { return rows };
        for recorded in contract.statements() {
            let claim = &recorded.statement.claim;
            let seconds = |at: Timestamp| at.micros() / 1_000_000;
            let (vf, ka) = (seconds(claim.valid_at().0), seconds(recorded.published_at.0));
            let Some(rule) = claim.rule() else {
                rows.push(Row { vf, ka, no: 0, floor: 0, mmr: 0, lev: 0, cum: 0 });
                continue;
            };
            rows.extend(rule.tiers().iter().map(|tier| Row {
                vf,
                ka,
                no: tier.number as i32,
                floor: units(tier.floor, 2),
                mmr: units(tier.rate, 6),
                lev: tier.max_leverage().unwrap_or(0) as i32,
                cum: units(tier.amount, 8),
            }));
        }
        rows
    }

    /// The statements in force at both times, in two columns; where they differ, the tables that they state.
    fn diff(&mut self, t1: i64, t2: i64) -> Vec<(String, i64, i64)> {
        let Book { rules, stated, answers, .. } = self;
        let stated = stated.get_or_insert_with(|| Stated::of(rules));
        let subjects = stated.handles.len();
        let handles = [&stated.handles[..], &stated.handles].concat();
        let times = [vec![time(t1); subjects], vec![time(t2); subjects]].concat();
        let notionals = vec![UNITS; times.len()];
        rules.evaluate_into(&Columns::new(Measure::Mmr, &handles, &notionals, &times), answers).unwrap();
        let hash = |row: usize| answers.statements()[row].map_or(0, |place| stated.hash(place));
        let both =
            stated.symbols.iter().enumerate().map(|(row, symbol)| (symbol, hash(row), hash(row + subjects)));
        both.filter(|(_, a, b)| a != b).map(|(symbol, a, b)| (symbol.clone(), a, b)).collect()
    }

    fn bulk_prepare(&mut self, set: &Path, positions: &Positions) {
        let names = common::load_symbols(set);
        let handles = self.rules.handles(names.iter().map(|symbol| documents::name(symbol)));
        self.positions = Columned {
            subjects: positions.sym.iter().map(|symbol| handles[*symbol as usize]).collect(),
            notionals: positions.notional.iter().map(|cents| cents * UNITS + 1).collect(),
            times: positions.t.iter().map(|t| time(*t)).collect(),
        };
        self.stated.get_or_insert_with(|| Stated::of(&self.rules));
    }

    fn bulk(&mut self, positions: &Positions, _: &[String]) -> Bulk {
        self.margins(positions, 1)
    }

    /// The bulk run by two threads.
    fn extra(&mut self, set: &Path, out: &mut dyn FnMut(&str, f64)) {
        let positions = common::positions(set, usize::MAX);
        self.bulk_prepare(set, &positions);
        let start = Instant::now();
        self.margins(&positions, 2);
        out("w2_two_threads_rows_s", positions.sym.len() as f64 / start.elapsed().as_secs_f64());
    }
}

impl Book {
    fn contract(&mut self, symbol: &str) -> Option<&Contract> {
        if !self.contracts.contains_key(symbol) {
            let contract = self.rules.contract(&documents::name(symbol)).ok();
            self.contracts.insert(symbol.into(), contract);
        }
        self.contracts.get(symbol)?.as_ref()
    }

    fn margins(&mut self, positions: &Positions, threads: usize) -> Bulk {
        let Book { rules, stated, positions: columns, answers, .. } = self;
        let stated = stated.get_or_insert_with(|| Stated::of(rules));
        let mut bulk = Bulk::default();
        for first in (0..columns.times.len()).step_by(ROWS) {
            let rows = first..(first + ROWS).min(columns.times.len());
            let (subjects, times) = (&columns.subjects[rows.clone()], &columns.times[rows.clone()]);
            let asked = Columns::new(Measure::Margin, subjects, &columns.notionals[rows.clone()], times);
            rules.evaluate_into(&asked.threads(threads), answers).unwrap();
            for (row, status) in answers.statuses().iter().enumerate() {
                match (status, answers.statements()[row]) {
                    (Status::Value, _) => bulk.add(without_excess(answers.values()[row])),
                    (Status::AboveLimit, Some(place)) => {
                        let (rate, amount) = stated.last(place);
                        bulk.add(positions.notional[rows.start + row] * rate - amount);
                    }
                    _ => {}
                }
            }
        }
        bulk
    }
}

/// A notional just above one in hundredths, so that a bound counts as inside the tier above it.
fn above(cents: i64) -> Decimal {
    Decimal::new(cents * UNITS + 1, 8)
}

/// The margin of a notional in units of 1e-8 from that of `above` it, which is larger by 1e-8 times a rate below 1.
fn without_excess(margin: Decimal) -> i64 {
    let (mantissa, scale) = (margin.mantissa(), margin.scale());
    match (scale, i64::try_from(mantissa)) {
        (0..8, _) => mantissa as i64 * 10_i64.pow(8 - scale),
        (_, Ok(mantissa)) => mantissa.div_euclid(10_i64.pow(scale - 8)),
        (_, Err(_)) => mantissa.div_euclid(10_i128.pow(scale - 8)) as i64,
    }
}
