//! Plans of statements over a measure: subjects, numbers, times.

use crate::decimal::Decimal;
use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::query::plan::asked::Asked;
use crate::query::plan::at::{Argument, read_amount};
use crate::query::plan::basis::{Range, read_basis, read_other_basis, read_range};
use crate::query::plan::names;
use crate::query::plan::over_time::{By, read_by};
use crate::query::syntax::ast::{Statement, Word};
use crate::query::syntax::language::{Clause, StatementKind};
use crate::query::syntax::measure::{Measure, Takes};
use crate::statement::{At, Subject};
use crate::text::Span;
use crate::time::{Timestamp, ValidTime};

/// A measure of subjects.
#[derive(Clone, PartialEq, Debug)]
pub struct MeasurePlan {
    /// What is asked for.
    pub measure: Measure,
    /// The subjects, each once.
    pub subjects: Vec<Subject>,
    /// What comes after `at`; empty where nothing does.
    pub at: Vec<Argument>,
    /// What each subject is asked at, where that differs; else empty.
    pub own_at: Vec<(Subject, Vec<Argument>)>,
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
            own_at: Vec::new(),
            basis,
            after: None,
            range: Range::default(),
            axis: Axis::Valid,
            up_to: None,
            as_published: false,
            left_out: Vec::new(),
        }
    }

    /// What a subject is asked at; one `None` where nothing comes after `at`.
    pub fn at_of(&self, subject: &Subject) -> Vec<Option<Argument>> {
        let own = self.own_at.iter().find(|(of, _)| of == subject);
        match own.map_or(&self.at, |(_, at)| at).as_slice() {
            [] => vec![None],
            at => at.iter().map(|at| Some(at.on(subject.program()))).collect(),
        }
    }
}

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
        (left_out, subjects) =
            subjects.into_iter().partition(|subject| subject.program().has_tiered_ratios());
        if subjects.is_empty() {
            let program = left_out.first().map_or("pm-pro", |subject: &Subject| subject.program().name());
            return Err(asked.amount_missing(&format!("the ratio on {program} depends on the amount")));
        }
    }
    asked.check_classes(&subjects)?;
    let own_at = asked.read_own_at(&mut subjects, &at, on.as_ref(), stored)?;
    let rows = match own_at.as_slice() {
        [] => subjects.len().saturating_mul(at.len().max(1)),
        own_at => own_at.iter().map(|(_, at)| at.len()).fold(0, usize::saturating_add),
    };
    if rows > limits::ANSWER_ROWS {
        let message = format!("the answer would have {rows} rows; at most {} are given", limits::ANSWER_ROWS);
        return Err(Error::new(ErrorCode::AnswerTooLong, message)
            .hint("ask for fewer subjects or notionals at a time"));
    }
    Ok(MeasurePlan {
        measure,
        subjects,
        at,
        own_at,
        basis: basis(statement, now)?,
        after: read_other_basis(statement, now)?,
        range: read_range(statement, now)?,
        axis,
        up_to: statement.value(Clause::UpTo).map(read_end).transpose()?,
        as_published: statement.given(Clause::AsPublished).is_some(),
        left_out,
    })
}

/// What a measure is asked for: the time now is the next whole second, so that a citation is short, and not before
/// what was recorded just now.
fn basis(statement: &Statement, now: Timestamp) -> Result<At, Error> {
    let basis = read_basis(statement, now)?;
    let is_now = statement.value(Clause::AsOf).is_none();
    Ok(if is_now { At { valid_at: ValidTime(basis.valid_at.0.next_second()), ..basis } } else { basis })
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
    let end = read_amount(word)?;
    if end.is_zero() {
        return Err(Error::new(ErrorCode::EmptyRange, "a drawing up to 0 shows nothing")
            .at(word.span, "not above 0")
            .hint("up to 250000"));
    }
    Ok(end)
}
