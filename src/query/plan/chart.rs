//! Plans of drawings: a measure over the notional, at one basis or at two.

use std::fmt;

use super::ask::{MeasurePlan, read_basis, read_other_basis, write_basis};
use super::over_time::write_bases;
use crate::decimal::Decimal;
use crate::error::{Error, ErrorCode};
use crate::query::plan::at::{At, read_amount};
use crate::query::plan::names;
use crate::query::syntax::ast::{Ask, Word};
use crate::query::syntax::measure::Measure;
use crate::statement::{Basis, Subject};
use crate::time::Timestamp;

/// A measure of subjects over the notional.
#[derive(Clone, PartialEq, Debug)]
pub struct ChartPlan {
    /// The measure and the subjects, at no notional; its basis is that of the first side.
    pub ask: MeasurePlan,
    /// The second side, where two are compared.
    pub after: Option<Basis>,
    /// Where the drawing ends; `None` for the last cap.
    pub up_to: Option<Decimal>,
}

/// The measures that are functions of the notional or amount.
pub const DRAWN: [Measure; 6] = [
    Measure::Mmr,
    Measure::Margin,
    Measure::Amount,
    Measure::MaxLeverage,
    Measure::Ratio,
    Measure::Collateral,
];

/// Plans `chart MEASURE of SUBJECTS`.
pub(super) fn chart(ask: &Ask, held: &[Subject], now: Timestamp) -> Result<ChartPlan, Error> {
    if !DRAWN.contains(&ask.measure) {
        let (words, name) = (ask.measure.words(), &ask.subjects[0].text);
        return Err(Error::new(ErrorCode::NotDrawable, format!("`{words}` is not drawn over the notional"))
            .at(ask.measure_span, "not a measure that runs over the notional")
            .hint(format!("the tiers are drawn by: chart mmr of {name}, or chart max leverage of {name}"))
            .hint(format!("chart ratio of {name} for an asset")));
    }
    let on = ask.clauses.on.as_ref().map(names::read_on).transpose()?;
    let plan = MeasurePlan {
        measure: ask.measure,
        subjects: names::select(&ask.subjects, ask.measure, on.as_ref(), held)?,
        at: Vec::new(),
        basis: read_basis(&ask.clauses, now)?,
        as_published: false,
        left_out: Vec::new(),
    };
    let up_to = ask.clauses.up_to.as_ref().map(read_end).transpose()?;
    Ok(ChartPlan { ask: plan, after: read_other_basis(&ask.clauses, now)?, up_to })
}

fn read_end(word: &Word) -> Result<Decimal, Error> {
    match read_amount(word)?.amount() {
        Some(end) if !end.is_zero() => Ok(end),
        _ => Err(Error::new(ErrorCode::EmptyRange, "a drawing up to 0 shows nothing")
            .at(word.span, "not above 0")
            .hint("up to 250000")),
    }
}

impl fmt::Display for ChartPlan {
    /// The plan as a query that plans to itself.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let subjects: Vec<String> = self.ask.subjects.iter().map(Subject::to_string).collect();
        write!(f, "chart {} of {}", self.ask.measure.words(), subjects.join(", "))?;
        if let Some(end) = self.up_to {
            write!(f, " up to {}", At::Amount(end))?;
        }
        match self.after {
            Some(after) => write_bases(f, self.ask.basis, after),
            None => write_basis(f, self.ask.basis),
        }
    }
}
