//! A first question reads what it is about, and no more, however much is recorded. What is read is counted in bytes, as
//! the kernel counts them of this thread.

use std::fs;

use tierbook::{At, Database, Decimal, LoadInput, LoadOptions, Row, Snapshot, Timestamp};

/// The contracts of which most documents are.
const OTHERS: usize = 40;

/// A document with one table of a contract, from the `number`-th minute on.
fn document(number: usize, subject: &str) -> LoadInput {
    let from = Timestamp::from_micros(1_770_000_000_000_000 + number as i64 * 60_000_000).unwrap();
    let text = format!(
        "[source]\ntitle = \"Tiers {number}\"\npublished_at = \"{from}\"\n[[change]]\nsubject = \"usdm:{subject}\"\n\
         effective_at = \"{from}\"\nunit = \"USDT\"\ntiers = [{{ max_leverage = 20, cap = \"{}\", mmr = \"2%\" }}]\n",
        1_000 + number,
    );
    LoadInput::bytes(format!("{number}.toml"), text)
}

/// A database of so many documents, of which every hundredth of the first 500 is about `AUSDT`.
fn database(documents: usize) -> (tempfile::TempDir, Database) {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::create(folder.path().join("rules.db")).unwrap();
    let document = |number: usize| match number % 100 {
        50 if number < 500 => document(number, "AUSDT"),
        _ => document(number, &format!("B{}USDT", number % OTHERS)),
    };
    let inputs = (0..documents).map(|number| Ok(document(number)));
    let mut report = |file: tierbook::FileReport| assert!(file.outcome.error().is_none());
    database.writer().unwrap().load_stream(inputs, &LoadOptions::default(), &mut report).unwrap();
    (folder, database)
}

/// Bytes that this thread has read from files.
fn bytes_read() -> Option<u64> {
    let counters = fs::read_to_string("/proc/thread-self/io").ok()?;
    counters.lines().find_map(|line| line.strip_prefix("rchar: "))?.parse().ok()
}

/// A snapshot of which nothing is in memory: a database keeps its newest one.
fn fresh(database: &Database) -> Snapshot {
    Database::open(database.dir()).unwrap().snapshot().unwrap()
}

/// What a question answers that is the first one of a snapshot, and the bytes that are read for both.
fn first<T>(database: &Database, ask: impl Fn(&Snapshot) -> T) -> Option<(T, u64)> {
    let before = bytes_read()?;
    let answer = ask(&fresh(database));
    Some((answer, bytes_read()? - before))
}

/// Asks both databases, and compares what is answered and what is read.
fn is_the_same_of_both<T: PartialEq + std::fmt::Debug>(
    few: &Database,
    many: &Database,
    ask: impl Fn(&Snapshot) -> T,
) {
    let (Some((one, by_few)), Some((other, by_many))) = (first(few, &ask), first(many, &ask)) else {
        eprintln!("the bytes that a thread reads are not counted on this machine");
        return;
    };
    assert_eq!(one, other);
    // Where a record is at another place its numbers have other lengths, and a search takes a few steps more.
    assert!(by_many < by_few + 2_000, "{by_few} bytes with few documents, {by_many} with many");
}

#[test]
fn a_first_question_reads_as_much_however_many_sources_there_are() {
    let ((_one, few), (_other, many)) = (database(500), database(3_000));
    let at = At::valid("2026-02-02T04:00Z".parse().unwrap());
    is_the_same_of_both(&few, &many, |rules| {
        let answer = rules.contract("AUSDT").unwrap().margin(Decimal::from(1_000), at);
        (answer.value().copied(), answer.source().map(|source| source.recorded.source.file.clone()))
    });
    let rows = |query: &'static str| {
        move |rules: &Snapshot| {
            let rows: Vec<Row> = rules.query(query).unwrap();
            assert!(!rows.is_empty());
            rows.len()
        }
    };
    is_the_same_of_both(
        &few,
        &many,
        rows("margin of AUSDT at 1000 as of 2026-02-02T04:00Z known at 2026-02-02"),
    );
    is_the_same_of_both(
        &few,
        &many,
        rows("margin of AUSDT at 1000 as of 2026-02-02T04:00Z recorded by tx=400"),
    );
    is_the_same_of_both(&few, &many, rows("history of AUSDT"));
    // Not of the documents before or after: those are read when all are asked for.
    let rules = fresh(&many);
    assert_eq!(rules.query("history of AUSDT").unwrap().len(), 5);
    assert_eq!(rules.sources().unwrap().len(), 3_000);
    assert_eq!(rules.query("sources").unwrap().len(), 3_000);
}

#[test]
fn questions_read_alone_until_a_sixteenth_of_the_subjects_was_read_and_then_never_again() {
    let (_folder, database) = database(1_000);
    let rules = fresh(&database);
    let read: Vec<u64> = ["AUSDT", "B1USDT", "A*", "B2USDT", "B3USDT", "B1USDT"]
        .into_iter()
        .map_while(|subject| {
            let before = bytes_read()?;
            assert!(!rules.query(&format!("history of {subject}")).unwrap().is_empty());
            Some(bytes_read()? - before)
        })
        .collect();
    let [first, second, known, third, fourth, again] = read[..] else {
        eprintln!("the bytes that a thread reads are not counted on this machine");
        return;
    };
    // Two of 41 are read alone; each question looks at the end of the journal too.
    assert!(first < 90_000 && second < 90_000 && third > 200_000, "{read:?}");
    // The counters themselves are read.
    assert!([known, fourth, again].iter().all(|bytes| *bytes < 1_000), "{read:?}");
}

#[test]
fn an_answer_names_the_transaction_that_it_is_of_whatever_else_is_in_memory() {
    let (_folder, database) = database(120);
    let tx_of = |rules: &Snapshot, by: u64| match &rules
        .query(&format!("margin of AUSDT at 1000 as of 2026-02-03 recorded by tx={by}"))
        .unwrap()[..]
    {
        [Row::Measure(row)] => row.address.tx.0,
        other => panic!("{other:?}"),
    };
    let all = fresh(&database);
    assert_eq!(all.query("sources").unwrap().len(), 120);
    let one = fresh(&database);
    for by in [120, 60, 119, 1] {
        assert_eq!(tx_of(&fresh(&database), by), by);
        assert_eq!((tx_of(&one, by), tx_of(&all, by)), (by, by));
    }
}
