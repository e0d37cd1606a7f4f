//! The public API, as a program uses it that has the library as a dependency.

mod amounts;
mod answer_rows;
#[cfg(feature = "columnar")]
mod batches;
mod certainty;
mod certificates;
mod cold;
mod columns;
#[cfg(feature = "columnar")]
mod hostile_columns;
mod impact_in_parts;
mod impact_statement;
mod one_answer;
mod position_figures;
mod positions;
mod positions_files;
#[cfg(feature = "columnar")]
mod record_batch;
mod shared_impact;
#[cfg(feature = "columnar")]
mod written_types;

use std::thread;

use tierbook::{
    Answer, At, Collateral, Contract, Database, Decimal, Document, Error, ErrorCode, ErrorKind, LoadInput,
    LoadOptions, Reason, Row, Snapshot, Status, Timestamp, Writer,
};

const SEED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/seed/binance-2026-02-03.txt");

/// A database with the seed, in a folder that is removed with it.
fn seeded() -> (tempfile::TempDir, Database) {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::create(folder.path().join("rules.db")).unwrap();
    let report = database.writer().unwrap().load(SEED, LoadOptions::default()).unwrap();
    assert_eq!(report.loaded(), 1);
    (folder, database)
}

/// A database with documents that are written for a test; those that say nothing of it are published on 1 January 2026.
fn with_tables(tables: &[(&str, &str)]) -> (tempfile::TempDir, Database) {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::create(folder.path().join("rules.db")).unwrap();
    for (name, text) in tables {
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        let published_at = (!text.contains("published_at")).then(|| time("2026-01-01T00:00Z"));
        let options = LoadOptions { published_at, ..LoadOptions::default() };
        let report = database.writer().unwrap().load(file.as_path(), options).unwrap();
        assert_eq!(report.loaded(), 1, "{report:?}");
    }
    (folder, database)
}

fn number(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn mmr(rules: &Snapshot, at: At) -> Answer<Decimal> {
    rules.contract("ACTUSDT").unwrap().mmr(Decimal::from(60_000), at)
}

#[test]
fn every_handle_may_be_shared_by_threads() {
    fn is_send_and_sync<T: Send + Sync + 'static>() {}
    is_send_and_sync::<Database>();
    is_send_and_sync::<Snapshot>();
    is_send_and_sync::<Contract>();
    is_send_and_sync::<Collateral>();
    is_send_and_sync::<Answer<Decimal>>();
    is_send_and_sync::<Writer>();
    is_send_and_sync::<Document>();
    is_send_and_sync::<Row>();
    is_send_and_sync::<Error>();
}

#[test]
fn four_threads_ask_one_snapshot() {
    let (_folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let rules = rules.clone();
            thread::spawn(move || {
                let at = At::valid(time("2026-02-06T07:00Z"));
                assert_eq!(mmr(&rules, at).value(), Some(&"0.1".parse().unwrap()));
                rules.query("history of mmr of ACTUSDT at 60000").unwrap()
            })
        })
        .collect();
    let answers: Vec<Vec<Row>> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert_eq!(answers[0].len(), 2);
    assert!(answers.iter().all(|rows| *rows == answers[0]));
}

#[test]
fn a_snapshot_does_not_change_when_something_is_recorded() {
    let (_folder, database) = seeded();
    let old = database.snapshot().unwrap();
    let at = At::valid(time("2026-02-06T08:00Z"));
    assert_eq!(mmr(&old, at).value(), Some(&"0.1".parse().unwrap()));

    database.writer().unwrap().retract("ee2413a8367c.55", "cancelled").unwrap();
    let new = database.snapshot().unwrap();
    assert_eq!((old.tx().0, new.tx().0), (1, 2));
    assert_eq!(mmr(&old, at).value(), Some(&"0.1".parse().unwrap()));
    assert_eq!(mmr(&new, at).value(), Some(&"0.125".parse().unwrap()));

    // What it had not read before is read as it was then.
    let changes = |rules: &Snapshot| rules.query("changes of all").unwrap().len();
    assert_eq!((changes(&old), changes(&new)), (34, 33));
    assert_eq!((old.sources().unwrap().len(), new.sources().unwrap().len()), (1, 2));
}

#[test]
fn a_snapshot_is_the_same_with_and_without_the_image() {
    let (_folder, database) = seeded();
    let without_image = || std::fs::remove_file(database.dir().join("image")).unwrap();
    let rules = database.snapshot().unwrap();
    let at = At::valid(time("2026-02-06T08:00Z"));
    without_image();
    assert_eq!(mmr(&rules, at).value(), Some(&"0.1".parse().unwrap()));

    let mut writer = database.writer().unwrap();
    writer.retract("ee2413a8367c.55", "cancelled").unwrap();
    // What the snapshot reads next comes from the journal, as it was.
    assert_eq!(rules.changes(..).unwrap().len(), 34);
    drop(writer);
    without_image();
    assert_eq!(database.snapshot().unwrap().changes(..).unwrap().len(), 33);
    assert_eq!(mmr(&rules, at).value(), Some(&"0.1".parse().unwrap()));
}

#[test]
fn a_snapshot_blocks_no_writer_and_no_writer_blocks_it() {
    let (_folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    assert_eq!(mmr(&rules, At::valid(time("2026-02-06T08:00Z"))).status(), Status::Value);
    let mut writer = database.writer().unwrap();
    let text = "[source]\ntitle = \"end\"\n\n[[end]]\nsubject = \"binance:usdm:ACTUSDT\"\n\
                effective_at = \"2026-03-01T00:00Z\"\n";
    let report = writer.load(LoadInput::bytes("end.toml", text), LoadOptions::default()).unwrap();
    report.into_result().unwrap();
    // The writer still has the index open.
    let answer = mmr(&database.snapshot().unwrap(), At::valid(time("2026-03-02T00:00Z")));
    assert_eq!((answer.status(), answer.value()), (Status::Ended, None));
    assert_eq!(answer.into_result().unwrap_err().code(), ErrorCode::Ended);
    drop(writer);
}

#[test]
fn a_snapshot_refuses_another_database_in_its_place() {
    let (folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    std::fs::remove_dir_all(folder.path().join("rules.db")).unwrap();
    let other = Database::create(folder.path().join("rules.db")).unwrap();
    assert_eq!(rules.contract("ACTUSDT").unwrap_err().code(), ErrorCode::ForeignJournal);
    assert_eq!(other.snapshot().unwrap().subjects().len(), 0);
}

#[test]
fn names_are_found_in_every_spelling_and_the_nearest_is_suggested() {
    let (_folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    for name in ["ACTUSDT", "usdm:ACTUSDT", "binance:usdm:ACTUSDT", "ACT/USDT:USDT"] {
        assert_eq!(rules.contract(name).unwrap().subject().to_string(), "binance:usdm:ACTUSDT", "{name}");
    }
    let code = |name: &str| rules.contract(name).unwrap_err().code();
    for name in ["ACTUST", "*", "all", "LTC", "BTC/USD:BTC", "ACT/", ""] {
        assert_eq!(code(name), ErrorCode::UnknownSubject, "{name}");
    }
    assert_eq!(rules.collateral("FET").unwrap_err().code(), ErrorCode::AmbiguousSubject);
    assert_eq!(rules.collateral("ACTUSDT").unwrap_err().kind(), ErrorKind::UnknownSubject);
}

#[test]
fn a_correction_counts_from_its_publication_on() {
    let (_folder, database) = seeded();
    let mut writer = database.writer().unwrap();
    let reason = Reason::new("postponed").published_at(time("2026-02-05T00:00Z"));
    writer.reschedule("ee2413a8367c.55", time("2026-02-10T06:30Z"), reason).unwrap();
    assert_eq!(writer.retract("ee2413a8367c.99", "no such").unwrap_err().code(), ErrorCode::NotStored);
    assert_eq!(writer.retract("000000000000", "no such").unwrap_err().code(), ErrorCode::UnknownSource);
    let rules = database.snapshot().unwrap();
    let at = At::valid(time("2026-02-06T08:00Z"));
    assert_eq!(mmr(&rules, at).value(), Some(&"0.125".parse().unwrap()));
    let before = at.known_at(time("2026-02-04T00:00Z"));
    assert_eq!(mmr(&rules, before).value(), Some(&"0.1".parse().unwrap()));
}

#[test]
fn an_answer_without_a_value_becomes_an_error_with_its_status() {
    let (_folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    let contract = rules.contract("ACTUSDT").unwrap();
    let at = At::valid(time("2026-02-06T08:00Z"));
    let early = At::valid(time("2020-01-01T00:00Z"));
    for (answer, code) in [
        (contract.mmr(Decimal::from(60_000), early), ErrorCode::UnknownRule),
        (contract.margin(Decimal::from(900_000), at), ErrorCode::AboveLimit),
        (contract.limit(at.known_at(time("2026-01-01T00:00Z"))), ErrorCode::NotKnownThen),
    ] {
        let error = answer.into_result().unwrap_err();
        assert_eq!((error.code(), error.kind()), (code, ErrorKind::NoAnswer));
    }
}

#[test]
fn the_documentation_of_the_api_has_examples_that_run() {
    fn examples(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let count = |path: std::path::PathBuf| {
            if path.is_dir() {
                return examples(&path);
            }
            let text = std::fs::read_to_string(path).unwrap_or_default();
            let fences = text
                .lines()
                .map(str::trim_start)
                .filter(|line| ["/// ```", "//! ```"].contains(&line.trim_end()));
            fences.count() / 2
        };
        entries.map(count).sum()
    }
    let count = examples(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(count >= 120, "{count} examples");
}

#[test]
fn an_error_of_the_system_is_the_source_of_ours() {
    use std::error::Error as _;
    let report = tierbook::check("no/such/file.txt", &tierbook::LoadOptions::default());
    let tierbook::FileOutcome::Unreadable(error) = report.outcome else { panic!("{report:?}") };
    let source = error.source().expect("a source").downcast_ref::<std::io::Error>().expect("an io error");
    assert_eq!(source.kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn the_program_of_the_readme_runs() {
    fn program(path: &std::path::Path) -> Result<Answer<Decimal>, Box<dyn std::error::Error>> {
        let database = Database::open(path)?;
        let rules = database.snapshot()?;
        let at = At::valid("2026-02-06T07:00Z".parse()?);
        let mmr = rules.contract("ACTUSDT")?.mmr(Decimal::from(60_000), at);
        println!("{:?} ({:?})", mmr.value(), mmr.certainty());
        Ok(mmr)
    }
    let (folder, _) = seeded();
    let mmr = program(&folder.path().join("rules.db")).unwrap();
    assert_eq!(mmr.value(), Some(&"0.1".parse().unwrap()));
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let block = readme.split_once("```rust\n").unwrap().1.split_once("```").unwrap().0;
    for line in block.lines().filter(|line| line.starts_with("let ") || line.starts_with("println!")) {
        let line = line.replace("\"rules.db\"", "path");
        assert!(include_str!("mod.rs").contains(&format!("        {line}\n")), "{line}");
    }
}
