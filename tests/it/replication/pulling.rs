//! A replica has what its origin has, and nothing else.

use std::collections::BTreeSet;
use std::path::Path;

use tierbook::{Database, ErrorCode, LoadOptions, SalvageOptions, TxId};

use super::{Published, content, origin, pull, table};
use crate::cli::tool::{Tool, copy_folder, seed};

const QUESTIONS: [&str; 9] = [
    "subjects",
    "sources",
    "findings",
    "changes",
    "tiers of all",
    "mmr of all at 60k",
    "history of COIN1USDT",
    "history of mmr of ACTUSDT at 60000",
    "explain mmr of COIN3USDT at 1k",
];

fn answers(dir: &Path, question: &str) -> (String, i32) {
    let tool = Tool::empty();
    copy_folder(dir, &tool.dir());
    let ran = tool.run(["--format", "jsonl", "query", question]);
    (ran.out, ran.code)
}

#[test]
fn a_replica_answers_as_its_origin_at_every_basis() {
    let published = Published::with(7);
    let replica = published.replica("replica");
    pull(&replica, &published.origin()).unwrap();
    let recorded: Vec<String> = published
        .database
        .snapshot()
        .unwrap()
        .query("sources")
        .unwrap()
        .iter()
        .filter_map(|row| serde_json::to_value(row).unwrap()["recorded_at"].as_str().map(String::from))
        .collect();
    assert_eq!(recorded.len(), 8);
    let mut bases = vec![" as of 2026-05-01".to_string()];
    for recorded_by in &recorded {
        bases.push(format!(" as of 2026-03-02T12:00Z known at 2026-03-02 recorded by {recorded_by}"));
        bases.push(format!(" as of 2026-02-07 recorded by {recorded_by}"));
    }
    bases.extend(
        ["2026-02-04", "2026-02-07", "2026-04-01"].map(|time| format!(" as of {time} known at {time}")),
    );
    let mut seen = BTreeSet::new();
    for question in QUESTIONS {
        for basis in &bases {
            // Of a listing, only what was recorded is asked.
            let asked = match question.split(' ').next() {
                Some("tiers" | "mmr" | "explain") => format!("{question}{basis}"),
                _ => question.to_string(),
            };
            if seen.insert(asked.clone()) {
                let expected = answers(published.database.dir(), &asked);
                assert_eq!(answers(replica.dir(), &asked), expected, "{asked}");
            }
        }
    }
    assert!(seen.len() > 50, "{}", seen.len());
    assert!(replica.verify(None).unwrap().problems.is_empty());
    assert_eq!(replica.head().unwrap(), published.database.head().unwrap());
}

#[test]
fn a_pull_brings_only_what_is_new_and_the_replica_goes_on_from_any_publication_of_the_same_history() {
    let published = Published::with(4);
    let replica = published.replica("replica");
    let first = pull(&replica, &published.origin()).unwrap();
    assert_eq!((first.tx.0, first.new_transactions), (5, 5));
    let again = pull(&replica, &published.origin()).unwrap();
    assert_eq!((again.new_transactions, again.bytes), (0, 0));

    table(&published.database, 10);
    table(&published.database, 11);
    published.publish();
    let second = pull(&replica, &published.origin()).unwrap();
    assert_eq!((second.tx.0, second.new_transactions), (7, 2));

    // Another publication has all in one segment: what the replica has is compared, the rest is taken.
    table(&published.database, 12);
    published.database.publish(published.beside("elsewhere")).unwrap();
    let third = pull(&replica, &origin(&published.beside("elsewhere"))).unwrap();
    assert_eq!((third.tx.0, third.new_transactions), (8, 1));
    assert_eq!(replica.origin().unwrap(), Some(published.beside("elsewhere").display().to_string()));
    assert_eq!(replica.head().unwrap(), published.database.head().unwrap());

    // A replica may be published too, and pulled from.
    replica.publish(published.beside("mirror")).unwrap();
    let of_replica = published.replica("of-replica");
    pull(&of_replica, &origin(&published.beside("mirror"))).unwrap();
    assert_eq!(of_replica.head().unwrap(), published.database.head().unwrap());
    // The first publication is older now.
    let error = pull(&replica, &published.origin()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::HistoryShortened);
    assert!(error.message().contains("transaction 8 is missing"), "{error}");
}

#[test]
fn nothing_is_recorded_in_a_replica_until_it_is_detached_and_nothing_is_pulled_then() {
    let published = Published::with(2);
    let tool = Tool::empty();
    let public = published.public().display().to_string();
    let replica = Database::at(&tool.dir());
    let ran = tool.run(["pull"]);
    assert_eq!(ran.code, 2, "{}", ran.text());
    assert_eq!(tool.run(["pull", &public]).code, 0);
    let before = content(&tool.dir());
    let seed = seed().display().to_string();
    for words in [
        vec!["load", &seed],
        vec!["retract", "ee24", "--reason", "a test"],
        vec!["undo", "1"],
        vec!["correct", "ee24", "--published-at", "2026-02-03T06:00:40Z"],
    ] {
        let ran = tool.run(&words);
        assert_eq!(ran.code, 2, "{words:?}: {}", ran.text());
        assert!(ran.err.contains("error[replica]") && ran.err.contains("tierbook detach"), "{}", ran.err);
        assert_eq!(content(&tool.dir()), before);
    }
    // What only reads, or makes again what is made of the journal, goes on.
    for words in [vec!["verify"], vec!["rebuild"], vec!["pull"], vec!["head"], vec!["status"]] {
        let ran = tool.run(&words);
        assert_eq!(ran.code, 0, "{words:?}: {}", ran.text());
    }
    assert_eq!(tool.run(["detach"]).code, 0);
    assert_eq!(replica.origin().unwrap(), None);
    table(&replica, 20);
    let ran = tool.run(["pull", &public]);
    assert_eq!(ran.code, 2, "{}", ran.text());
    assert!(ran.err.contains("error[not_a_replica]"), "{}", ran.err);
    assert_eq!(replica.head().unwrap().tx.0, 4);
}

#[test]
fn a_database_that_recorded_something_itself_is_never_made_a_replica() {
    let published = Published::with(1);
    let own = published.replica("own");
    Database::create(own.dir()).unwrap();
    let before = content(own.dir());
    let error = pull(&own, &published.origin()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::NotAReplica);
    assert_eq!(content(own.dir()), before);
}

#[test]
fn a_backup_that_is_restored_in_the_place_of_a_replica_is_a_database_of_its_own() {
    let published = Published::with(1);
    let replica = published.replica("replica");
    pull(&replica, &published.origin()).unwrap();
    replica.backup(published.beside("backup")).unwrap();
    replica.restore(published.beside("backup"), true).unwrap();
    assert_eq!(replica.origin().unwrap(), None);
    replica.writer().unwrap().load(seed(), LoadOptions::default()).unwrap().into_result().unwrap();
}

#[test]
fn a_history_that_was_rewritten_is_refused_with_the_transaction_where_it_parts() {
    for parts_at in 1..=6 {
        let published = Published::with(5);
        let replica = published.replica("replica");
        pull(&replica, &published.origin()).unwrap();
        let before = content(replica.dir());
        // Another database with the same beginning: all that was recorded from a transaction on is replaced.
        let other = published.replica("other");
        copy_journal(&published, &other, parts_at - 1);
        for number in 30..38 {
            table(&other, number);
        }
        other.publish(published.beside("other-public")).unwrap();
        let error = pull(&replica, &origin(&published.beside("other-public"))).unwrap_err();
        assert_eq!(error.code(), ErrorCode::HistoryForked, "{error}");
        assert_eq!(error.exit_code(), 4);
        assert!(error.message().contains(&format!("part at transaction {parts_at}")), "{parts_at}: {error}");
        assert_eq!(content(replica.dir()), before);
        assert!(!replica.dir().join("pull").exists());
        let error = replica.verify_against(&origin(&published.beside("other-public")), None).unwrap_err();
        assert!(error.message().contains(&format!("part at transaction {parts_at}")), "{parts_at}: {error}");
        // It cannot be published in the same place either.
        let error = other.publish(published.public()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::HistoryForked, "{error}");
    }
}

/// Makes a database of the transactions up to one.
fn copy_journal(from: &Published, to: &Database, last: u64) {
    let options = SalvageOptions { up_to: Some(TxId(last)), ..SalvageOptions::default() };
    from.database.salvage(to.dir(), &options).unwrap().unwrap();
}
