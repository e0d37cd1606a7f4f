//! The server: answers to plain requests, and what it does on a socket.

mod caching;
mod changes;
mod command;
mod drop_in;
mod following;
mod guards;
mod hostile;
mod limits;
mod listening;
mod long_work;
mod open_api;
mod operation;
mod own_api;
mod page;
mod requests;
mod socket;

use std::sync::Arc;

use serde_json::Value;
use tempfile::TempDir;
use tierbook::server::{Options, Request, Response, Server};
use tierbook::{Database, LoadInput, LoadOptions, Timestamp};

const SEED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/seed/binance-2026-02-03.txt");

/// A server of a database in a folder that is removed with it.
struct Served {
    _folder: TempDir,
    database: Database,
    server: Arc<Server>,
}

impl Served {
    fn seeded() -> Served {
        Served::with(Options::default(), &[])
    }

    /// A server of the seed and of some documents more.
    fn with(options: Options, documents: &[(&str, &str)]) -> Served {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::create(folder.path().join("rules.db")).unwrap();
        database.writer().unwrap().load(SEED, LoadOptions::default()).unwrap().into_result().unwrap();
        for (name, text) in documents {
            load(&database, name, text);
        }
        let server = Arc::new(Server::new(database.clone(), options).unwrap());
        Served { _folder: folder, database, server }
    }

    fn get(&self, target: &str) -> Response {
        self.server.answer(&Request::get(target))
    }

    /// The answer with the status 200, as JSON.
    fn json(&self, target: &str) -> Value {
        let response = self.get(target);
        assert_eq!(response.status, 200, "{target}: {}", response.text());
        serde_json::from_str(response.text()).unwrap()
    }

    /// The problem that the answer is.
    fn problem(&self, target: &str) -> (u16, Value) {
        let response = self.get(target);
        assert_eq!(response.header("content-type"), Some("application/problem+json"), "{target}");
        (response.status, serde_json::from_str(response.text()).unwrap())
    }
}

fn load(database: &Database, name: &str, text: &str) {
    let input = LoadInput::bytes(name, text.as_bytes());
    database.writer().unwrap().load(input, LoadOptions::default()).unwrap().into_result().unwrap();
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A reply of the exchange about contracts of which each has one bracket with a rate.
fn brackets(symbols: &[(&str, &str)]) -> String {
    let bracket = |(symbol, rate): &(&str, &str)| {
        let [cap, floor] = match symbol.contains("USD_") {
            true => ["qtyCap", "qtyFloor"],
            false => ["notionalCap", "notionalFloor"],
        };
        format!(
            "{{\"symbol\":\"{symbol}\",\"brackets\":[{{\"bracket\":1,\"initialLeverage\":5,\"{cap}\":100000,\
             \"{floor}\":0,\"maintMarginRatio\":{rate},\"cum\":0.0}}]}}"
        )
    };
    format!("[{}]", symbols.iter().map(bracket).collect::<Vec<_>>().join(","))
}
