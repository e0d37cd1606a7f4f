//! The database over HTTP: the tables as the exchange's own API gives them, of any time, and the language.
//!
//! [`Server::answer`] makes the answer to a [`Request`] and knows nothing of sockets; [`Server::serve`] listens. It is
//! read-only, and follows the head of the database. docs/server.md has every path, docs/openapi.json every field.
//!
//! ```
//! use tierbook::server::{Options, Request, Server};
//! # let folder = tempfile::tempdir()?;
//! # let database = tierbook::Database::create(folder.path().join("db"))?;
//! # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
//! let server = Server::new(database, Options::default())?;
//! let answer = server.answer(&Request::get("/as-of/2026-02-07/fapi/v1/leverageBracket?symbol=ACTUSDT"));
//! assert_eq!(answer.status, 200);
//! assert!(answer.text().starts_with("[\n{\"symbol\":\"ACTUSDT\",\"brackets\":[{\"bracket\":1,"));
//! assert_eq!(answer.header("x-tierbook-as-of"), Some("2026-02-07T00:00:00Z"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod request;
mod response;
mod exchange_error;
mod problem;
mod basis;
mod form;
mod body;
mod path;
mod parameters;
mod metrics;
mod log;
mod compress;
mod caching;
mod follow;
mod published;
mod state;
mod guard;
mod asked;
mod drop_in;
mod query;
mod evaluate;
mod impact;
mod changes;
mod sources;
mod journal;
mod certificate;
mod operation;
mod page;
mod route;
mod answer;
mod listen;

pub use request::{Method, Request};
pub use response::Response;
pub use state::{Limits, Options, Server};
