//! Files of questions: a row each, answered with columns after those of the file.
//!
//! A file is CSV, JSON lines, Parquet or Arrow. Its columns pass through in their order; the answers follow: one column
//! for each measure, then `status`, `certainty`, `holds` and `source`. A row without an answer has null and its
//! status. Rows are read, evaluated and written part by part, on all cores, so that memory does not grow with the
//! file. [`evaluate_batches`] answers record batches in memory in the same way.
//!
//! ```
//! use tierbook::evaluation::{Evaluation, Form, Origin, Target, evaluate};
//! use tierbook::language::Measure;
//! # let folder = tempfile::tempdir()?;
//! # let database = tierbook::Database::create(folder.path().join("db"))?;
//! # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
//! let rules = database.snapshot()?;
//! let (rows, answers) = (folder.path().join("rows.csv"), folder.path().join("answers.csv"));
//! std::fs::write(&rows, "symbol,notional,time\nACT/USDT:USDT,-60000,2026-02-06T08:00Z\n")?;
//!
//! let evaluation = Evaluation::of(&[Measure::Mmr, Measure::Margin]);
//! let (origin, target) = (Origin::File(rows), Target::File(answers.clone()));
//! let done = evaluate(&rules, &evaluation, (&origin, Form::Csv), (target, Form::Csv), &|_, _| {})?;
//! assert_eq!((done.rows, done.without_rule), (1, 0));
//! assert_eq!(
//!     std::fs::read_to_string(&answers)?,
//!     "symbol,notional,time,mmr,margin,status,certainty,holds,source\n\
//!      ACT/USDT:USDT,-60000,2026-02-06T08:00Z,0.1,5500,value,settled,0.9,ee2413a8367c\n"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod fields;
mod names;
mod notices;
mod bind;
mod symbols;
mod questions;
mod numbers;
mod texts;
mod known;
mod answers;
mod template;
mod job;
mod output;
mod run;
mod batches;

pub use crate::column_files::{Form, Origin};
pub use batches::{Batches, evaluate_batches};
pub use fields::Numbers;
pub use job::Done;
pub(crate) use output::Output;
pub use output::Target;
pub use run::evaluate;

use crate::error::{Error, ErrorCode, Result};
use crate::query::syntax::ast::Statement;
use crate::query::syntax::measure::Measure;
use crate::text::nearest;
use crate::time::Timestamp;
use crate::time::written::Zone;

/// What happens where a cell of a question cannot be read.
///
/// ```
/// use tierbook::evaluation::{Evaluation, OnError};
/// use tierbook::language::Measure;
/// assert_eq!(Evaluation::of(&[Measure::Mmr]).on_error, OnError::Stop);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum OnError {
    /// Nothing is written, and the error names the line and the column.
    #[default]
    Stop,
    /// The row has no answers and the status `unreadable`.
    Null,
}

/// What is asked about every row of a file, and in which columns the questions are.
///
/// ```
/// use tierbook::evaluation::Evaluation;
/// use tierbook::language::Measure;
/// let mut evaluation = Evaluation::of(&[Measure::Mmr]);
/// evaluation.symbol = Some("market".to_string());
/// evaluation.as_of = Some("2026-02-06T08:00Z".to_string());
/// assert_eq!(evaluation.measures, [Measure::Mmr]);
/// ```
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Evaluation {
    /// What is asked.
    pub measures: Vec<Measure>,
    /// A statement that is asked instead, whose parameters are columns: `margin of $symbol at $notional as of $time`. It
    /// has its columns and times in it: none of those below are taken beside it.
    pub ask: Option<Statement>,
    /// The column of names; one called `symbol` or as other tools call it where there is none.
    pub symbol: Option<String>,
    /// The column of notionals or amounts; `notional`, `size` or the like.
    pub notional: Option<String>,
    /// The column of the times at which a rule is to be in force; `time` or the like.
    pub time: Option<String>,
    /// The column of leverages, of the measures that take one; `leverage`.
    pub leverage: Option<String>,
    /// The time at which a rule is to be in force, for all rows; or the column of it.
    pub as_of: Option<String>,
    /// By when it is to have been published, for all rows; or the column of it, `known_at` where there is one.
    pub known_at: Option<String>,
    /// What was recorded by then counts.
    pub recorded_by: Option<Timestamp>,
    /// The zone of times that have none.
    pub zone: Option<Zone>,
    /// What relative times count from.
    pub now: Timestamp,
    /// What happens where a cell cannot be read.
    pub on_error: OnError,
    /// What the numbers among the answers are.
    pub numbers: Numbers,
}

impl Evaluation {
    /// The questions about these measures, with columns of the usual names.
    ///
    /// ```
    /// use tierbook::evaluation::Evaluation;
    /// use tierbook::language::Measure;
    /// assert_eq!(Evaluation::of(&[Measure::Mmr]).symbol, None);
    /// ```
    pub fn of(measures: &[Measure]) -> Evaluation {
        Evaluation {
            measures: measures.to_vec(),
            ask: None,
            symbol: None,
            notional: None,
            time: None,
            leverage: None,
            as_of: None,
            known_at: None,
            recorded_by: None,
            zone: None,
            now: Timestamp::now(),
            on_error: OnError::Stop,
            numbers: Numbers::Exact,
        }
    }
}

/// Reads a list of measures: `mmr,margin,max_leverage`.
///
/// ```
/// use tierbook::evaluation::measures;
/// use tierbook::language::Measure;
/// assert_eq!(measures("mmr,max leverage")?, [Measure::Mmr, Measure::MaxLeverage]);
/// assert_eq!(measures("mmr,leverge").unwrap_err().hints(), ["did you mean `leverage`?"]);
/// # Ok::<(), tierbook::Error>(())
/// ```
///
/// # Errors
/// One is not the name of a measure that is one figure (`unknown_measure`), or is there twice (`clause_twice`).
pub fn measures(text: &str) -> Result<Vec<Measure>> {
    let mut found: Vec<Measure> = Vec::new();
    for name in text.split(',').map(str::trim) {
        let measure = measure(name)?;
        if found.contains(&measure) {
            return Err(Error::new(ErrorCode::ClauseTwice, format!("`{name}` is asked twice"))
                .hint("name each measure once"));
        }
        found.push(measure);
    }
    Ok(found)
}

fn measure(name: &str) -> Result<Measure> {
    let of_one_figure = || Measure::ALL.iter().copied().filter(|measure| *measure != Measure::Tiers);
    let plain = name.to_lowercase().replace([' ', '-'], "_");
    let plain = if plain == "leverage" { Measure::MaxLeverage.key() } else { plain.as_str() };
    of_one_figure().find(|measure| measure.key() == plain).ok_or_else(|| {
        let keys: Vec<&str> = of_one_figure().map(Measure::key).chain(["leverage"]).collect();
        let error = Error::new(ErrorCode::UnknownMeasure, format!("`{name}` is no measure of one figure"));
        match nearest(plain, keys.iter().copied()) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint(format!("the measures are: {}", keys.join(", "))),
        }
    })
}
