//! What an answer was asked, and what it says besides its value: made when it is asked for.

use crate::error::Result;
use crate::query::Plan;
use crate::query::plan::at::Argument;
use crate::query::rows::{Certainty, Context, MeasureRow, Row, TierRow, Warning};
use crate::query::syntax::measure::Measure;
use crate::rule::Rule;
use crate::statement::{At, StatementId};
use crate::subject_rules::SubjectRules;

/// What was asked.
#[derive(Clone, Debug)]
pub struct Question {
    pub rules: SubjectRules,
    pub measure: Measure,
    pub argument: Option<Argument>,
    pub at: At,
}

/// What an answer says in words, and where its rule comes from.
#[derive(Clone, PartialEq, Debug)]
pub struct Details {
    pub context: Option<Context>,
    pub unit: String,
    pub message: Option<String>,
    pub certainty: Option<Certainty>,
    pub warnings: Vec<Warning>,
}

impl Question {
    /// The plan of it, which prints as the language writes it.
    pub fn plan(&self) -> Plan {
        self.rules.plan(self.measure, self.argument, self.at)
    }

    /// The row of its answer; `None` where nothing is stored.
    pub fn row(&self) -> Option<MeasureRow> {
        self.rules.row(self.measure, self.argument, self.at)
    }

    /// The details of its answer.
    pub fn details(&self) -> Details {
        match self.measure {
            Measure::Tiers => Details::of_tiers(self.tier_rows()),
            _ => self.row().map_or_else(Details::none, Details::of),
        }
    }

    /// The rows of its answer, as the language gives them; none where it does not take the question.
    ///
    /// # Errors
    /// Those of [`SubjectRules::addressed_rows`].
    pub fn rows(&self) -> Result<Vec<Row>> {
        if !self.measure.applies_to(self.rules.subject().program()) {
            return Ok(Vec::new());
        }
        self.rules.addressed_rows(&self.plan())
    }

    /// The rows of the whole table.
    pub fn tier_rows(&self) -> Vec<TierRow> {
        let tier = |row: Row| if let Row::Tier(row) = row { Some(*row) } else { None };
        self.rules.rows(&self.plan()).into_iter().filter_map(tier).collect()
    }
}

impl Details {
    /// Where nothing is stored about a subject.
    pub fn none() -> Details {
        Details {
            context: None,
            unit: String::new(),
            message: Some("no statement is stored".to_string()),
            certainty: None,
            warnings: Vec::new(),
        }
    }

    /// Those of a row.
    pub fn of(row: MeasureRow) -> Details {
        let MeasureRow { context, unit, message, certainty, warnings, .. } = row;
        Details { context: Some(context), unit, message, certainty, warnings }
    }

    /// Those of a whole table.
    pub fn of_tiers(rows: Vec<TierRow>) -> Details {
        let mut details = Details::none();
        for row in rows {
            details.warnings.extend(row.warnings);
            details = Details {
                context: Some(row.context),
                unit: row.unit,
                message: row.message,
                certainty: row.certainty,
                warnings: details.warnings,
            };
        }
        details
    }
}

/// The statement that answers.
#[derive(Clone, Copy, Debug)]
pub enum Statement {
    /// As its place in the compiled timeline.
    At(Option<u32>),
    /// By its id.
    Of(Option<StatementId>),
}

impl Statement {
    /// Its id; `None` where nothing is known.
    pub fn id(self, question: &Question) -> Option<StatementId> {
        match self {
            Statement::At(place) => question.rules.compiled()?.statement(place?),
            Statement::Of(id) => id,
        }
    }

    /// The table that it states; `None` where it states none, or nothing is known.
    pub fn rule(self, question: &Question) -> Option<&Rule> {
        let compiled = question.rules.compiled()?;
        compiled.rule(match self {
            Statement::At(place) => place?,
            Statement::Of(id) => compiled.places_of(id?)?.in_timeline,
        })
    }
}
