//! The bounds of what a server makes; those of what a client may take are in `server::limits`.

use tierbook::server::{Options, Request, Server};
use tierbook::{Database, LoadInput, LoadOptions, limits};

/// A feed of the changes of a database in which a contract changes so often.
fn feed(count: usize) -> String {
    let change = |minute: usize| {
        format!(
            "[[change]]\nsubject = \"binance:usdm:NEWUSDT\"\neffective_at = 2026-03-01T{:02}:{:02}:00Z\ntiers = [{{ \
             leverage = \"1 - 5x\", floor = \"0\", cap = \"100,000\", mmr = \"{}%\" }}]\n",
            minute / 60,
            minute % 60,
            1 + minute % 5
        )
    };
    let changes: String = (0..count).map(change).collect();
    let seed = format!("[source]\npublished_at = \"2026-02-05 09:00 (UTC)\"\n{changes}");
    let folder = tempfile::tempdir().unwrap();
    let database = Database::create(folder.path().join("db")).unwrap();
    let input = LoadInput::bytes("many.toml", seed);
    assert_eq!(database.writer().unwrap().load(input, LoadOptions::default()).unwrap().loaded(), 1);
    let server = Server::new(database, Options::default()).unwrap();
    let answer = server.answer(&Request::get("/v1/changes.atom?since=2026-01-01&until=2026-04-01"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text().to_string()
}

#[test]
fn a_feed_has_the_most_entries_and_says_so_where_there_are_more() {
    let most = limits::FEED_ENTRIES;
    let entries = |feed: &str| feed.matches("<entry>").count();
    let whole = feed(most);
    assert_eq!((entries(&whole), whole.contains("<subtitle>")), (most, false));
    let cut = feed(most + 1);
    assert_eq!(entries(&cut), most);
    let subtitle = format!("<subtitle>the newest {most} of {} changes</subtitle>", most + 1);
    assert!(cut.contains(&subtitle), "{}", &cut[..500]);
}
