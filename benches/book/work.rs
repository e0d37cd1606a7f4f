//! What is measured.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Instant;

use tierbook::language::Measure;
use tierbook::{At, Columns, Contract, Database, Decimal, Evaluated, Snapshot, SubjectHandle, Timestamp};

use crate::beside::{self, Waits};
use crate::data::{Dice, REAL, base, observed_at};
use crate::seconds_each;

/// A loaded database with questions to ask of it.
pub struct Book {
    database: Database,
    rules: Snapshot,
    names: Vec<String>,
    contracts: Vec<Contract>,
    asked: Vec<Asked>,
    by_processes: OnceLock<Waits>,
    by_threads: OnceLock<Waits>,
}

/// A question in random order: a contract, a notional, a time, and when it is to have been known.
struct Asked {
    contract: usize,
    notional: Decimal,
    at: Timestamp,
    known_at: Timestamp,
}

/// The name of a measurement, its unit, and what measures it.
type Measured = (&'static str, &'static str, fn(&Book) -> f64);

pub const ALL: [Measured; 18] = [
    ("point by name", "/s", |book| 1.0 / book.point()),
    ("point by handle", "/s", |book| 1.0 / book.handle()),
    ("point, known at V", "/s", |book| 1.0 / book.known_at_valid()),
    ("point, random known at", "/s", |book| 1.0 / book.known_at()),
    ("columns", "/s", |book| 1.0 / book.columns(1)),
    ("columns, all threads", "/s", |book| 1.0 / book.columns(0)),
    ("columns, known at", "/s", |book| 1.0 / book.columns_known_at()),
    ("language", "/s", |book| 1.0 / book.language()),
    ("script of 1,000", "ms", |book| 1e3 * book.script()),
    ("history", "µs", |book| 1e6 * book.history()),
    ("changes of a year", "ms", |book| 1e3 * book.changes()),
    ("plane", "ms", |book| 1e3 * book.plane()),
    ("cold", "ms", |book| 1e3 * book.cold()),
    ("readers beside writers, processes, p50", "ms", |book| book.by_processes().p50),
    ("readers beside writers, processes, p99", "ms", |book| book.by_processes().p99),
    ("readers of another database, p99", "ms", |book| beside::processes_of_another(&book.database).p99),
    ("readers beside writers, threads, p50", "ms", |book| book.by_threads().p50),
    ("readers beside writers, threads, p99", "ms", |book| book.by_threads().p99),
];

/// With as many digits as are worth reading.
pub fn shown(figure: f64) -> String {
    if figure >= 1_000.0 { format!("{figure:.0}") } else { format!("{figure:.2}") }
}

impl Book {
    pub fn open(database: Database) -> Book {
        let rules = database.snapshot().unwrap();
        let names: Vec<String> = (0..REAL.contracts).map(|contract| base(contract) + "USDT").collect();
        let contracts = names.iter().map(|name| rules.contract(name).unwrap()).collect();
        let mut dice = Dice(11);
        let span = observed_at(REAL.observations) - observed_at(0);
        let time =
            |seconds: u64| Timestamp::from_micros((observed_at(0) + 1 + seconds) as i64 * 1_000_000).unwrap();
        let asked = (0..100_000).map(|_| Asked {
            contract: dice.below(std::env::var("FEW").map_or(REAL.contracts as u64, |it| it.parse().unwrap()))
                as usize,
            notional: Decimal::new(100 + dice.below(50_000_000) as i64, 2),
            at: time(dice.below(span)),
            known_at: time(dice.below(span)),
        });
        let asked = asked.collect();
        let (by_processes, by_threads) = (OnceLock::new(), OnceLock::new());
        Book { database, rules, names, contracts, asked, by_processes, by_threads }
    }

    pub fn summary(&self) -> String {
        format!(
            "point={:.0} handle={:.0} columns={:.0} columns_2t={:.0} language={:.0} history_us={:.2} changes_ms={:.2} cold_ms={:.2}",
            1.0 / self.point(),
            1.0 / self.handle(),
            1.0 / self.columns(1),
            1.0 / self.columns(2),
            1.0 / self.language(),
            1e6 * self.history(),
            1e3 * self.changes(),
            1e3 * self.cold(),
        )
    }

    fn few(&self, count: usize) -> &[Asked] {
        &self.asked[..count]
    }

    fn point(&self) -> f64 {
        seconds_each(|| {
            self.asked
                .iter()
                .filter(|it| {
                    let contract = self.rules.contract(&self.names[it.contract]).unwrap();
                    contract.margin(it.notional, At::valid(it.at)).value().is_some()
                })
                .count();
            self.asked.len()
        })
    }

    fn handle(&self) -> f64 {
        self.each(|it| At::valid(it.at))
    }

    fn known_at(&self) -> f64 {
        self.each(|it| At::valid(it.at).known_at(it.known_at))
    }

    fn known_at_valid(&self) -> f64 {
        self.each(|it| At::valid(it.at).known_at(it.at))
    }

    fn each(&self, at: impl Fn(&Asked) -> At) -> f64 {
        seconds_each(|| {
            let answered =
                |it: &&Asked| self.contracts[it.contract].margin(it.notional, at(it)).value().is_some();
            std::hint::black_box(self.asked.iter().filter(answered).count());
            self.asked.len()
        })
    }

    /// Margins of a million rows in random order.
    fn columns(&self, threads: usize) -> f64 {
        self.column(threads, None)
    }

    fn columns_known_at(&self) -> f64 {
        let known: Vec<Timestamp> = self.rows().map(|it| it.known_at).collect();
        self.column(1, Some(&known))
    }

    fn rows(&self) -> impl Iterator<Item = &Asked> {
        self.asked.iter().cycle().take(1_000_000)
    }

    fn column(&self, threads: usize, known_at: Option<&[Timestamp]>) -> f64 {
        let named = self.rules.handles(&self.names);
        let handles: Vec<SubjectHandle> = self.rows().map(|it| named[it.contract]).collect();
        let notionals: Vec<Decimal> = self.rows().map(|it| it.notional).collect();
        let times: Vec<Timestamp> = self.rows().map(|it| it.at).collect();
        let mut answers = Evaluated::default();
        seconds_each(|| {
            let columns = Columns::new(Measure::Margin, &handles, &notionals, &times).threads(threads);
            let columns = known_at.map_or(columns, |known_at| columns.known_at(known_at));
            self.rules.evaluate_into(&columns, &mut answers).unwrap();
            handles.len()
        })
    }

    fn language(&self) -> f64 {
        let ask =
            |it: &Asked| format!("mmr of {} at {} as of {}", self.names[it.contract], it.notional, it.at);
        let statements: Vec<String> = self.few(5_000).iter().map(ask).collect();
        seconds_each(|| {
            statements.iter().for_each(|text| assert_eq!(self.rules.query(text).unwrap().len(), 1));
            statements.len()
        })
    }

    /// A script of a thousand statements, by the program.
    fn script(&self) -> f64 {
        let ask = |it: &Asked| format!("mmr of {} at {}", self.names[it.contract], it.notional);
        let text: Vec<String> = self.few(1_000).iter().map(ask).collect();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text.join(";\n")).unwrap();
        self.process(&["query", "--file", &file.path().display().to_string()], 3)
    }

    fn history(&self) -> f64 {
        seconds_each(|| {
            assert!(self.contracts.iter().all(|contract| !contract.history().is_empty()));
            self.contracts.len()
        })
    }

    fn changes(&self) -> f64 {
        let year: [Timestamp; 2] = ["2025-06-01T00:00Z", "2026-06-01T00:00Z"].map(|at| at.parse().unwrap());
        seconds_each(|| {
            assert!(self.rules.changes(year[0]..year[1]).unwrap().len() > 1_000);
            1
        })
    }

    /// All values of one subject, by valid time and by what was published when.
    fn plane(&self) -> f64 {
        let ask = |name: &String| format!("plane of mmr of {name} at 60000");
        let statements: Vec<String> = self.names.iter().step_by(10).map(ask).collect();
        seconds_each(|| {
            statements.iter().for_each(|text| assert!(!self.rules.query(text).unwrap().is_empty()));
            statements.len()
        })
    }

    fn by_processes(&self) -> Waits {
        *self.by_processes.get_or_init(|| beside::processes(&self.database))
    }

    fn by_threads(&self) -> Waits {
        *self.by_threads.get_or_init(|| beside::threads(&self.database))
    }

    /// A whole process, from its start to the answer on its output.
    fn cold(&self) -> f64 {
        self.process(&["query", Book::COLD], 20)
    }

    /// Asks so many questions, by name or by handle, for who counts instructions.
    pub fn ask(&self, by: &str, times: usize) {
        for it in self.asked.iter().cycle().take(times) {
            let named;
            let contract = match by {
                "handle" => &self.contracts[it.contract],
                _ => {
                    named = self.rules.contract(&self.names[it.contract]).unwrap();
                    &named
                }
            };
            std::hint::black_box(contract.margin(it.notional, At::valid(it.at)).value());
        }
    }

    /// The question of a cold process.
    pub const COLD: &str = "margin of AACXUSDT at 60000 as of 2025-06-01";

    /// The program, built where it is not.
    pub fn program() -> PathBuf {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/release/tierbook");
        if !program.exists() {
            let status = Command::new("cargo").args(["build", "--release", "--bin", "tierbook"]).status();
            assert!(status.unwrap().success());
        }
        program
    }

    fn process(&self, arguments: &[&str], runs: usize) -> f64 {
        let program = Book::program();
        let run = || {
            let mut command = Command::new(&program);
            command.arg("--db").arg(self.database.dir()).args(arguments);
            let start = Instant::now();
            let output = command.output().unwrap();
            let time = start.elapsed().as_secs_f64();
            // 3: some notional is above the last cap.
            let answered = matches!(output.status.code(), Some(0 | 3));
            assert!(answered, "{}", String::from_utf8_lossy(&output.stderr));
            time
        };
        (0..runs).map(|_| run()).fold(f64::INFINITY, f64::min)
    }
}
