//! The look-ahead audit: which figures of a log of decisions were right, and which could not be known then.
//!
//! ```
//! use tierbook::Timestamp;
//! use tierbook::audit::{Judgement, Used, Verdict};
//! # let folder = tempfile::tempdir()?;
//! # let database = tierbook::Database::create(folder.path().join("db"))?;
//! # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
//! let log = folder.path().join("log.csv");
//! std::fs::write(&log, "time,subject,notional,rate\n2026-02-06T08:00Z,ACTUSDT,60000,0.1\n")?;
//! let audit = database.audit(&log, Timestamp::now(), &mut |_, _| {})?;
//! assert_eq!((audit.len(), audit.count(Judgement::Right)), (1, 1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use crate::database::audit::Audit;
pub use crate::query::eval::audit::{Judgement, Used, Verdict};
pub use crate::query::eval::judged::{JudgedRow, JudgedStatement};
