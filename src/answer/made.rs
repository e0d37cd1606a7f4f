//! Making an answer: the compiled way where it serves, else the general one.

use std::sync::OnceLock;

use super::Answer;
use super::question::{Details, Question, Statement};
use crate::compiled::Compiled;
use crate::decimal::Decimal;
use crate::query::plan::at::Argument;
use crate::query::rows::{MeasureRow, Status, TierView};
use crate::query::syntax::measure::Measure;
use crate::statement::At;
use crate::subject_rules::SubjectRules;

impl Answer<Decimal> {
    /// The answer of a measure that is a number.
    pub(crate) fn number(
        rules: &SubjectRules,
        measure: Measure,
        argument: Option<Argument>,
        at: At,
    ) -> Answer<Decimal> {
        Answer::of(rules, (measure, argument, at), |brief| brief.value, |row| row.value)
    }
}

impl Answer<Vec<TierView>> {
    /// The whole table.
    pub(crate) fn tiers(rules: &SubjectRules, at: At) -> Answer<Vec<TierView>> {
        let question = Question { rules: rules.clone(), measure: Measure::Tiers, argument: None, at };
        let mut rows = question.tier_rows();
        let status = rows.last().map_or(Status::Unknown, |row| row.status);
        let tiers: Vec<TierView> = rows.iter_mut().filter_map(|row| row.tier.take()).collect();
        let details = Details::of_tiers(rows);
        Answer {
            status,
            value: Some(tiers).filter(|tiers| !tiers.is_empty()),
            kind: details.certainty.as_ref().map(|certainty| certainty.kind),
            tier: None,
            statement: Statement::Of(rules.statement_at(at)),
            question,
            details: OnceLock::from(Box::new(details)),
        }
    }
}

impl<T> Answer<T> {
    /// The answer of a measure: by the compiled timeline, `brief` takes the value from what that gives; or else the
    /// general way, where `value` takes it from the row.
    pub(crate) fn of(
        rules: &SubjectRules,
        (measure, argument, at): (Measure, Option<Argument>, At),
        brief: impl Fn(&Compiled) -> Option<T>,
        value: impl Fn(&MeasureRow) -> Option<T>,
    ) -> Answer<T> {
        let question = Question { rules: rules.clone(), measure, argument, at };
        match rules.brief(measure, argument, at) {
            Some(found) => Answer {
                status: found.status,
                value: brief(&found),
                kind: found.kind,
                tier: found.tier.map(|tier| tier as u32 + 1),
                statement: Statement::At(found.statement.map(|it| it.in_timeline)),
                question,
                details: OnceLock::new(),
            },
            None => Answer::general(question, value),
        }
    }

    /// The answer the general way.
    pub(crate) fn in_full(
        rules: &SubjectRules,
        (measure, argument, at): (Measure, Option<Argument>, At),
        value: impl Fn(&MeasureRow) -> Option<T>,
    ) -> Answer<T> {
        Answer::general(Question { rules: rules.clone(), measure, argument, at }, value)
    }

    fn general(question: Question, value: impl Fn(&MeasureRow) -> Option<T>) -> Answer<T> {
        let row = question.row();
        let of_row = row.as_ref();
        Answer {
            status: of_row.map_or(Status::Unknown, |row| row.status),
            value: of_row.and_then(value),
            kind: of_row.and_then(|row| Some(row.certainty.as_ref()?.kind)),
            tier: of_row.and_then(|row| Some(row.tier.as_ref()?.number)),
            statement: Statement::Of(question.rules.statement_at(question.at)),
            details: OnceLock::from(Box::new(row.map_or_else(Details::none, Details::of))),
            question,
        }
    }
}
