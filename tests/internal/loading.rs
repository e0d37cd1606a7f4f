//! Loading many documents: the same transactions and reports however they come, and nothing is reported before it is
//! acknowledged.

use std::collections::BTreeSet;
use std::path::Path;

use tierbook::database::Database;
use tierbook::database::files::LoadInput;
use tierbook::database::load::{FileOutcome, FileReport, LoadOptions};
use tierbook::error::ErrorCode;
use tierbook::statement::{Batch, TxId};
use tierbook::store::Reader;

/// The id of the seed.
const SEED: &str = "ee2413a8367c";

fn seed() -> String {
    std::fs::read_to_string("seed/binance-2026-02-03.txt").expect("the seed")
}

/// What an exchange showed at a time: some contracts, of which one has another cap.
fn observation(minute: u32, changed: u32) -> LoadInput {
    let contract = |n: u32| {
        let cap = if n == changed { 7_000 } else { 5_000 };
        format!(
            "{{\"symbol\":\"A{n}USDT\",\"brackets\":[{{\"bracket\":1,\"initialLeverage\":20,\"notionalCap\":{cap},\
             \"notionalFloor\":0,\"maintMarginRatio\":0.02,\"cum\":0}}]}}"
        )
    };
    let contracts: Vec<String> = (0..5).map(contract).collect();
    let name = format!("shown-20260501T{:02}{:02}00Z.json", minute / 60, minute % 60);
    LoadInput::bytes(name, format!("[{}]", contracts.join(",")))
}

/// Documents of every outcome, some of which depend on what was loaded before them.
fn documents() -> Vec<LoadInput> {
    let head = "[source]\ntitle = \"t\"\npublished_at = \"2026-02-05T00:00Z\"\n\n";
    let retract = format!("{head}[[retract]]\nsource = \"{SEED}\"\nstatement = 3\nreason = \"r\"\n");
    let postpone = format!(
        "{head}[[postpone]]\nsource = \"{SEED}\"\nstatement = 55\neffective_at = \"2026-02-08 06:30 (UTC)\"\n\
         reason = \"r\"\n"
    );
    let lost = format!("{head}[[retract]]\nsource = \"000000000000\"\nreason = \"r\"\n");
    let mut all = vec![
        LoadInput::bytes("retract.toml", retract),
        LoadInput::bytes("empty.txt", ""),
        LoadInput::from("seed/absent.txt"),
        LoadInput::from("seed/binance-2026-02-03.txt"),
        LoadInput::bytes("newer.txt", seed().replace("LTC85%80%", "LTC85%75%")),
        LoadInput::bytes("again-20260203T060046Z.txt", seed()),
        LoadInput::bytes("lost.toml", lost),
        LoadInput::bytes("postpone.toml", postpone),
        LoadInput::bytes("broken.json", "[{\"symbol\":"),
    ];
    let mut observed: Vec<LoadInput> = (0..30).map(|n| observation(n, n / 7)).collect();
    // The same bytes under the name of another time, and twice.
    observed.insert(9, observation(3, 0));
    for (place, observation) in observed.into_iter().enumerate() {
        all.insert(place * 2 % all.len(), observation);
    }
    all
}

/// An iterator that does not say whether more comes, so that nothing is read ahead.
fn one_by_one(inputs: &[LoadInput]) -> impl Iterator<Item = Result<LoadInput, Box<FileReport>>> {
    let mut inputs = inputs.iter().cloned();
    std::iter::from_fn(move || inputs.next().map(Ok))
}

/// Loads all documents into a database.
type Load<'a> = dyn Fn(&Database, &mut dyn FnMut(FileReport)) + 'a;

fn transactions(dir: &Path) -> Vec<Batch> {
    let reader = Reader::open(dir).expect("a database");
    (1..=reader.head().tx.0).map(|tx| reader.batch(TxId(tx)).expect("a transaction")).collect()
}

#[test]
fn transactions_and_reports_are_the_same_read_ahead_or_one_after_the_other() {
    let (folder, options) = (tempfile::tempdir().unwrap(), LoadOptions::default());
    let open = |name: &str| Database::create(folder.path().join(name)).unwrap();
    let loaded = |name: &str, load: &Load| {
        let (database, mut reports) = (open(name), Vec::new());
        // Twice: the second time everything is known.
        for _ in 0..2 {
            load(&database, &mut |report| reports.push(format!("{report:?}")));
        }
        (reports, transactions(&folder.path().join(name)))
    };
    let documents = documents();
    let (reports, recorded) = loaded("ahead", &|database, report| {
        database.writer().unwrap().load_each(&documents, &options, report).unwrap();
    });
    let slowly = loaded("slowly", &|database, report| {
        let inputs = one_by_one(&documents);
        database.writer().unwrap().load_stream(inputs, &options, report).unwrap();
    });
    let singly = loaded("singly", &|database, report| {
        let mut writer = database.writer().unwrap();
        let mut again = Vec::new();
        for document in &documents {
            writer
                .load_each(std::slice::from_ref(document), &options, &mut |it| match it.outcome.error() {
                    Some(error) if error.code() == ErrorCode::NotStored => again.push(document),
                    _ => report(it),
                })
                .unwrap();
        }
        again.into_iter().for_each(|it| {
            writer.load_each(std::slice::from_ref(it), &options, report).unwrap();
        });
    });
    assert_eq!(reports.len(), 2 * documents.len());
    for other in [slowly, singly] {
        assert_eq!(other.0, reports);
        assert!(other.1 == recorded, "other transactions");
    }
    // Documents of each outcome were there.
    for words in ["Loaded(", "AlreadyLoaded(", "NotStored", "NotJson", "CannotRead", "MaybeRevision"] {
        assert!(reports.iter().any(|report| report.contains(words)), "{words}");
    }
    assert_eq!(recorded.iter().filter(|batch| batch.source.file.starts_with("shown-")).count(), 30);
}

#[test]
fn what_is_reported_is_acknowledged_and_many_documents_are_acknowledged_together() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("db");
    let database = Database::create(&dir).unwrap();
    let inputs: Vec<LoadInput> = (0..200).map(|n| observation(n, n)).collect();
    let mut acknowledged = BTreeSet::new();
    let mut next = 1;
    let mut report = |report: FileReport| {
        let FileOutcome::Loaded(_, tx) = report.outcome else { panic!("{report:?}") };
        let head = Reader::open(&dir).unwrap().head().tx;
        assert!(tx == TxId(next) && head >= tx && head.0 < next + 64, "{tx} is reported at {head}");
        acknowledged.insert(head);
        next += 1;
    };
    database.writer().unwrap().load_each(&inputs, &LoadOptions::default(), &mut report).unwrap();
    assert_eq!((next, acknowledged.last()), (201, Some(&TxId(200))));
    assert!(acknowledged.len() < 200, "each was acknowledged alone");
}

#[test]
fn what_was_recorded_before_an_error_is_acknowledged_and_reported() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("db");
    let database = Database::create(&dir).unwrap();
    let mut writer = database.writer().unwrap();
    writer.load(LoadInput::bytes("a.txt", seed()), LoadOptions::default()).unwrap();
    // Another document that announces the same is compared with the stored one, which is damaged.
    let journal = database.journal();
    let place = std::fs::read(&journal).unwrap().len() - 100;
    let flip = || {
        let mut bytes = std::fs::read(&journal).unwrap();
        bytes[place] ^= 1;
        std::fs::write(&journal, &bytes).unwrap();
    };
    flip();
    let newer = LoadInput::bytes("b.txt", seed().replace("LTC85%80%", "LTC85%75%"));
    let inputs = [observation(0, 0), observation(1, 1), newer, observation(2, 2)];
    let mut reported = Vec::new();
    let loaded = writer.load_each(&inputs, &LoadOptions::default(), &mut |report| {
        reported.push(matches!(report.outcome, FileOutcome::Loaded(..)));
    });
    assert_eq!(loaded.unwrap_err().code(), ErrorCode::DamagedJournal);
    drop(writer);
    flip();
    assert_eq!((reported, Reader::open(&dir).unwrap().head().tx), (vec![true, true], TxId(3)));
}
