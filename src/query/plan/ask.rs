//! Plans of statements over a measure: subjects, numbers, times.

use crate::decimal::Decimal;
use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::query::plan::at::{Argument, needed, read_amount, read_leverage};
use crate::query::plan::basis::{Range, read_basis, read_other_basis, read_range};
use crate::query::plan::names;
use crate::query::plan::over_time::{By, read_by};
use crate::query::syntax::ast::{Statement, Word};
use crate::query::syntax::language::{Clause, StatementKind};
use crate::query::syntax::measure::{Measure, Takes};
use crate::statement::{At, Program, Subject};
use crate::text::Span;
use crate::time::Timestamp;

/// A measure of subjects.
#[derive(Clone, PartialEq, Debug)]
pub struct MeasurePlan {
    /// What is asked for.
    pub measure: Measure,
    /// The subjects, each once.
    pub subjects: Vec<Subject>,
    /// What comes after `at`; empty where nothing does.
    pub at: Vec<Argument>,
    /// The three times.
    pub basis: At,
    /// The second basis, where two are compared.
    pub after: Option<At>,
    /// Which part of the axis is followed.
    pub range: Range,
    /// What an answer over time is followed along.
    pub axis: Axis,
    /// Where a drawing ends; `None` for the last cap.
    pub up_to: Option<Decimal>,
    /// Whether broken tables are to be refused rather than repaired.
    pub as_published: bool,
    /// Subjects of the same names that the question cannot mean, because it gives no amount.
    pub left_out: Vec<Subject>,
}

/// What an answer is followed along.
///
/// ```
/// use tierbook::{Row, rows::Axis};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let rows = rules.query("knowledge of mmr of ACTUSDT at 60000 as of 2026-02-07")?;
/// let Some(Row::Step(row)) = rows.last() else { panic!() };
/// assert_eq!(row.axis, Axis::Published);
/// assert_eq!(row.from.unwrap().to_string(), "2026-02-03T06:00:46Z"); // known since then
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Axis {
    /// When rules are in force.
    Valid,
    /// When sources were published.
    Published,
    /// When sources were recorded.
    Recorded,
    /// When rules are in force, and when sources were published.
    Plane,
}

impl MeasurePlan {
    /// A measure of one subject at one basis.
    pub fn of(measure: Measure, subject: Subject, at: Option<Argument>, basis: At) -> MeasurePlan {
        MeasurePlan {
            measure,
            subjects: vec![subject],
            at: at.into_iter().collect(),
            basis,
            after: None,
            range: Range::default(),
            axis: Axis::Valid,
            up_to: None,
            as_published: false,
            left_out: Vec::new(),
        }
    }
}

/// The measures that are functions of the notional or amount.
pub const DRAWN: [Measure; 7] = [
    Measure::Mmr,
    Measure::Margin,
    Measure::InitialMargin,
    Measure::Amount,
    Measure::MaxLeverage,
    Measure::Ratio,
    Measure::Collateral,
];

/// Plans a statement over a measure, which is written at `place`.
pub(super) fn measure(
    statement: &Statement,
    measure: Measure,
    place: Span,
    stored: &[Subject],
    now: Timestamp,
) -> Result<MeasurePlan, Error> {
    let asked = Asked { statement, measure, place };
    let kind = statement.kind;
    asked.check_measure()?;
    let axis = axis(statement)?;
    let on = statement.value(Clause::On).map(names::read_on).transpose()?;
    let at = if kind.takes(Clause::At) { asked.read_at()? } else { Vec::new() };
    let mut subjects = names::select(&statement.subjects, measure, on.as_ref(), stored)?;
    let mut left_out = Vec::new();
    if measure.takes() == Takes::AmountIfTiered && at.is_empty() && kind.takes(Clause::At) {
        (left_out, subjects) = subjects.into_iter().partition(|subject| subject.program() == Program::PmPro);
        if subjects.is_empty() {
            return Err(asked.amount_missing("the ratio on pm-pro depends on the amount"));
        }
    }
    let rows = subjects.len().saturating_mul(at.len().max(1));
    if rows > limits::ANSWER_ROWS {
        let message = format!("the answer would have {rows} rows; at most {} are given", limits::ANSWER_ROWS);
        return Err(Error::new(ErrorCode::AnswerTooLong, message)
            .hint("ask for fewer subjects or notionals at a time"));
    }
    Ok(MeasurePlan {
        measure,
        subjects,
        at,
        basis: read_basis(statement, now)?,
        after: read_other_basis(statement, now)?,
        range: read_range(statement, now)?,
        axis,
        up_to: statement.value(Clause::UpTo).map(read_end).transpose()?,
        as_published: statement.given(Clause::AsPublished).is_some(),
        left_out,
    })
}

fn axis(statement: &Statement) -> Result<Axis, Error> {
    Ok(match statement.kind {
        StatementKind::Knowledge => match statement.value(Clause::By) {
            Some(word) if read_by(word, statement.kind.orders())? == By::Recorded => Axis::Recorded,
            _ => Axis::Published,
        },
        StatementKind::Plane => Axis::Plane,
        _ => Axis::Valid,
    })
}

fn read_end(word: &Word) -> Result<Decimal, Error> {
    match read_amount(word)?.amount() {
        Some(end) if !end.is_zero() => Ok(end),
        _ => Err(Error::new(ErrorCode::EmptyRange, "a drawing up to 0 shows nothing")
            .at(word.span, "not above 0")
            .hint("up to 250000")),
    }
}

/// A measure as it is asked, for messages.
struct Asked<'a> {
    statement: &'a Statement,
    measure: Measure,
    place: Span,
}

impl Asked<'_> {
    fn subject(&self) -> &str {
        self.statement.subjects.first().map_or("ACTUSDT", |word| word.text.as_str())
    }

    /// Refuses a measure that the statement cannot be asked of.
    fn check_measure(&self) -> Result<(), Error> {
        let (words, name) = (self.measure.words(), self.subject());
        if self.statement.kind == StatementKind::Chart && !DRAWN.contains(&self.measure) {
            let message = format!("`{words}` cannot be drawn over the notional");
            return Err(Error::new(ErrorCode::NotDrawable, message)
                .at(self.place, "no value for each notional")
                .hint("of a contract: chart mmr of ACTUSDT, or chart max leverage of ACTUSDT")
                .hint("of an asset: chart ratio of LTC"));
        }
        if self.statement.kind.takes(Clause::Since) && self.measure == Measure::Tiers {
            let message = "`tiers` is a whole table, not a value over time";
            return Err(Error::new(ErrorCode::TiersOverTime, message)
                .at(self.place, "a table")
                .hint(format!("history of {name} gives the versions of the table")));
        }
        Ok(())
    }

    fn read_at(&self) -> Result<Vec<Argument>, Error> {
        let (measure, takes) = (self.measure, self.measure.takes());
        let values = self.statement.values(Clause::At);
        match (takes, values.first()) {
            (Takes::Nothing, Some(first)) => return Err(self.at_not_taken(first)),
            (Takes::Amount, None) if measure == Measure::Collateral => {
                return Err(self.amount_missing("of which amount?"));
            }
            (Takes::Amount, None) => return Err(self.amount_missing("at which notional?")),
            (Takes::Leverage, None) => {
                return Err(Error::new(ErrorCode::LeverageMissing, "the leverage is missing")
                    .at(self.place, "at which leverage?")
                    .hint(format!("max position of {} at 10x", self.subject())));
            }
            _ => {}
        }
        let with = self.read_with()?;
        let read = |word| match (takes, with) {
            (Takes::Leverage, _) => read_leverage(word),
            (_, None) => read_amount(word),
            (_, Some(leverage)) => {
                let amount = read_amount(word)?.amount().unwrap_or_default();
                Ok(Argument::AmountWith(amount, leverage))
            }
        };
        values.iter().map(read).collect()
    }

    /// The leverage after `with`.
    fn read_with(&self) -> Result<Option<u32>, Error> {
        let Some(given) = self.statement.given(Clause::With) else { return Ok(None) };
        if !self.measure.takes_with() {
            let (words, subject) = (self.measure.words(), self.subject());
            let at = self.statement.value(Clause::At).map_or("60000", |at| at.text.as_str());
            let leverage = given.values.first().map_or("4x", |word| word.text.as_str());
            return Err(Error::new(ErrorCode::ClauseNotTaken, format!("`{words}` takes no `with`"))
                .at(given.span, "only the initial margin depends on the leverage that is used")
                .hint(format!("initial margin of {subject} at {at} with {leverage}")));
        }
        let leverage = given.values.first().map(read_leverage).transpose()?;
        Ok(leverage.and_then(Argument::leverage))
    }

    fn at_not_taken(&self, first: &Word) -> Error {
        let (words, subject) = (self.measure.words(), self.subject());
        let error = Error::new(ErrorCode::AtNotTaken, format!("`{words}` takes no `at`"))
            .at(first.span, "not expected here")
            .hint(format!("{words} of {subject}"));
        if first.text.ends_with(['x', 'X']) && self.measure == Measure::Limit {
            error.hint(format!("at a leverage: max position of {subject} at {}", first.text))
        } else {
            error
        }
    }

    fn amount_missing(&self, label: &str) -> Error {
        let (words, subject) = (self.measure.words(), self.subject());
        let error = Error::new(ErrorCode::AmountMissing, format!("`{words}` needs {}", needed(self.measure)))
            .at(self.place, label)
            .hint(format!("{words} of {subject} at 60000"));
        if self.measure == Measure::Ratio || self.measure == Measure::Mmr {
            error.hint(format!("tiers of {subject} gives the whole table"))
        } else {
            error
        }
    }
}
