//! How load, a point look-up and a cold question grow: with 100 times the subjects, the versions of each, the sources.
//!
//! `cargo bench --bench growth` prints a table: figures, and ratios to the smallest database. `-- --quick` grows
//! 10 times only. Nothing here is a test: what a machine does beside it shows in the figures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_precision_loss, missing_docs)]

use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use tierbook::{At, Contract, Database, Decimal, LoadInput, LoadOptions, Timestamp};

/// So many changes of each subject, shared among so many documents.
#[derive(Clone, Copy)]
struct Size {
    subjects: usize,
    versions: usize,
    sources: usize,
}

const SMALLEST: Size = Size { subjects: 100, versions: 10, sources: 10 };

/// 2023-01-01T00:00:00Z, and the time between two versions.
const START: i64 = 1_672_531_200;
const STEP: i64 = 3_600;

fn time(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000).unwrap()
}

fn name(subject: usize) -> String {
    format!("G{subject:05}XUSDT")
}

/// Documents in order of publication; each states its share of all changes, by version and subject.
fn documents(size: Size) -> impl Iterator<Item = LoadInput> {
    let all = size.subjects * size.versions;
    (0..size.sources).map(move |source| {
        let published = time(START + source as i64);
        let mut text = format!("[source]\ntitle = \"Growth\"\npublished_at = \"{published}\"\n");
        for change in source * all / size.sources..(source + 1) * all / size.sources {
            let (version, subject) = (change / size.subjects, change % size.subjects);
            let (subject, at) = (name(subject), time(START + 86_400 + version as i64 * STEP));
            // Few different tables, as exchanges have them.
            let unit = 1_000 * (1 + (change * 7 + version) % 50);
            write!(
                text,
                "[[change]]\nsubject = \"usdm:{subject}\"\neffective_at = \"{at}\"\ntiers = [\n\
                 {{ max_leverage = 50, cap = \"{unit}\", mmr = \"1%\" }},\n\
                 {{ max_leverage = 20, cap = \"{}\", mmr = \"2.5%\" }},\n\
                 {{ max_leverage = 10, cap = \"{}\", mmr = \"5%\" }},\n]\n",
                unit * 5,
                unit * 100,
            )
            .unwrap();
        }
        LoadInput::bytes(format!("growth-{source}.toml"), text)
    })
}

/// Microseconds to load a statement, nanoseconds of a look-up, milliseconds of a process, bytes a statement.
fn measure(size: Size) -> [f64; 4] {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::create(folder.path().join("db")).unwrap();
    let statements = (size.subjects * size.versions) as f64;
    let start = Instant::now();
    let mut writer = database.writer().unwrap();
    writer
        .load_stream(documents(size).map(Ok), &LoadOptions::default(), &mut |report| {
            assert!(report.outcome.error().is_none(), "{:?}", report.outcome);
        })
        .unwrap();
    drop(writer);
    let load = start.elapsed().as_secs_f64() * 1e6 / statements;
    [load, point(&database, size), cold(database.dir()), bytes(database.dir()) as f64 / statements]
}

fn point(database: &Database, size: Size) -> f64 {
    let rules = database.snapshot().unwrap();
    let contracts: Vec<Contract> =
        (0..size.subjects).map(|subject| rules.contract(&name(subject)).unwrap()).collect();
    let span = size.versions as i64 * STEP;
    // Steps that share no divisor with the counts visit everything in no order.
    let asked: Vec<(usize, At)> = (0..50_000_i64)
        .map(|n| (n as usize * 7_919 % size.subjects, At::valid(time(START + 86_400 + n * 104_729 % span))))
        .collect();
    let ask = || {
        let answered = asked
            .iter()
            .filter(|(contract, at)| contracts[*contract].margin(Decimal::from(900), *at).value().is_some());
        assert_eq!(std::hint::black_box(answered.count()), asked.len());
    };
    shortest(6, ask) * 1e9 / asked.len() as f64
}

fn cold(dir: &Path) -> f64 {
    let program = Path::new(env!("CARGO_BIN_EXE_tierbook"));
    1e3 * shortest(15, || {
        let question = "margin of G00007XUSDT at 900 as of 2023-01-02T03:00Z";
        let output = Command::new(program).arg("--db").arg(dir).args(["query", question]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    })
}

fn shortest(runs: usize, mut run: impl FnMut()) -> f64 {
    let timed = |_| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64()
    };
    (0..runs).map(timed).fold(f64::INFINITY, f64::min)
}

fn bytes(dir: &Path) -> u64 {
    let entries = std::fs::read_dir(dir).unwrap().map(Result::unwrap);
    entries.map(|it| if it.path().is_dir() { bytes(&it.path()) } else { it.metadata().unwrap().len() }).sum()
}

fn main() {
    let times = if std::env::args().any(|it| it == "--quick") { 10 } else { 100 };
    let Size { subjects, versions, sources } = SMALLEST;
    let sizes = [
        ("smallest".to_string(), SMALLEST),
        (format!("subjects x{times}"), Size { subjects: subjects * times, ..SMALLEST }),
        (format!("versions x{times}"), Size { versions: versions * times, ..SMALLEST }),
        (format!("sources x{times}"), Size { sources: sources * times, ..SMALLEST }),
    ];
    println!(
        "{:<16}{:>22}{:>18}{:>18}{:>20}",
        "", "load a statement", "point", "cold question", "disk a statement"
    );
    let mut smallest = None;
    for (name, size) in sizes {
        let figures = measure(size);
        let [load, point, cold, disk] = figures;
        let [a, b, c, d] = {
            let of: [f64; 4] = *smallest.get_or_insert(figures);
            std::array::from_fn(|place| figures[place] / of[place])
        };
        println!(
            "{name:<16}{load:>10.1} µs {a:>7.2}x{point:>8.0} ns {b:>5.2}x{cold:>8.2} ms {c:>5.2}x{disk:>9.0} B {d:>6.2}x"
        );
    }
}
