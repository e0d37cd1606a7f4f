//! `impact of` as a statement: what a program that has the saved sets finds in it.

use tierbook::language::{Parameters, StatementKind, parse};
use tierbook::positions::{Account, Position, Side};
use tierbook::{At, Database, ErrorCode, LoadOptions, Snapshot, Timestamp};

fn seeded() -> (tempfile::TempDir, Snapshot) {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::create(folder.path().join("db")).unwrap();
    database.writer().unwrap().load("seed/binance-2026-02-03.txt", LoadOptions::default()).unwrap();
    let rules = database.snapshot().unwrap();
    (folder, rules)
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn the_name_and_the_times_of_the_statement_are_what_impact_is_asked_with() {
    let (_folder, rules) = seeded();
    let mut statement = parse("impact of $set as of 2026-02-05 known at 2026-02-04").unwrap().remove(0);
    Parameters::read(&["set=main"]).unwrap().bind(&mut statement).unwrap();
    assert_eq!(statement.kind, StatementKind::Impact);
    assert_eq!(statement.saved_set().map(|word| word.text.as_str()), Some("main"));
    let at = rules.basis(&statement, Timestamp::now()).unwrap();
    assert_eq!(at, At::valid(time("2026-02-05T00:00Z")).known_at(time("2026-02-04T00:00Z")));
    let position = Position { notional: Some(60_000.into()), ..Position::of("ACTUSDT", Side::Long) };
    let account = Account { positions: vec![position], ..Account::default() };
    assert!(rules.impact(&account, at).unwrap().is_affected());
    let now = rules.basis(&parse("impact of main").unwrap().remove(0), time("2027-01-01T00:00Z")).unwrap();
    assert_eq!((now.known_at, now.recorded_by), (None, None));
    assert!(now.valid_at.0 >= time("2027-01-01T00:00Z"));
    let by =
        rules.basis(&parse("impact of main recorded by tx=1").unwrap().remove(0), Timestamp::now()).unwrap();
    assert_eq!(by.recorded_by, rules.head().recorded_at);
    assert_eq!(parse("sources").unwrap()[0].saved_set(), None);
    assert_eq!(parse("source ee24").unwrap()[0].saved_set(), None);
}

#[test]
fn the_library_has_no_saved_sets_and_says_what_has_them() {
    let (_folder, rules) = seeded();
    let error = rules.query("impact of main as of 2026-02-05").unwrap_err();
    assert_eq!(error.code(), ErrorCode::PositionsNotGiven);
    let hints = error.hints().join("\n");
    assert!(hints.contains("tierbook impact main") && hints.contains("Snapshot::impact"), "{hints}");
    let ahead = parse("impact of main recorded by 2999-01-01").unwrap().remove(0);
    assert_eq!(rules.basis(&ahead, Timestamp::now()).unwrap_err().code(), ErrorCode::RecordedInFuture);
}
