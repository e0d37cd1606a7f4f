//! Assets whose collateral ratios are those of a class: two timelines answer together, that of the asset, which
//! has its class, and that of the class, which has the tiers. The worse certainty of both counts.

use std::sync::Arc;

use crate::decimal::Decimal;
use crate::query::eval::certainty::{Reach, certainty, holds};
use crate::query::eval::evaluate::evaluate;
use crate::query::eval::stored::{StoredRules, source_ref};
use crate::query::plan::MeasurePlan;
use crate::query::plan::at::Argument;
use crate::query::rows::{Certainty, ClassRef};
use crate::rule::{Rule, RuleKind};
use crate::rulebook::Knowledge;
use crate::rulebook::resolve::{InForce, Resolved};
use crate::statement::Subject;

/// An asset in a class, and the tiers of that class.
pub(super) struct OfClass<'a> {
    /// The statement of the class of the asset.
    asset: &'a InForce<'a>,
    /// The tiers of the class.
    pub tiers: InForce<'a>,
    /// The class.
    subject: Subject,
}

/// The class of an asset and its tiers: `None` where the rule in force is no class, and why there are no tiers
/// where none are known.
pub(super) fn of_class<'a>(
    subject: &Subject,
    in_force: &'a InForce<'a>,
    plan: &MeasurePlan,
    stored: &'a StoredRules,
) -> Option<Result<OfClass<'a>, String>> {
    let class = class_of(subject, in_force.rule)?;
    Some(match resolved(&class, plan, stored) {
        Some(Resolved::InForce(tiers)) => Ok(OfClass { asset: in_force, tiers, subject: class }),
        _ => Err(format!("{} is in {}, whose tiers are not known then", subject.name(), class.name())),
    })
}

fn class_of(subject: &Subject, rule: &Rule) -> Option<Subject> {
    let number = rule.rank().filter(|_| rule.kind() == RuleKind::Class)?;
    Subject::class(subject.venue(), number)
}

fn resolved<'a>(class: &Subject, plan: &MeasurePlan, stored: &'a StoredRules) -> Option<Resolved<'a>> {
    stored.rulebook.timeline(class).map(|timeline| stored.rulebook.resolve(timeline, plan.basis))
}

impl OfClass<'_> {
    /// How certain the answer is: what makes the class of the asset uncertain, and what makes its tiers so.
    pub fn certainty(
        &self,
        plan: &MeasurePlan,
        at: Option<Argument>,
        reach: Reach,
        stored: &StoredRules,
    ) -> Certainty {
        let knowledge = Knowledge::of(&plan.basis);
        let value = |rule: &Rule| evaluate(rule, plan.measure, at, plan.as_published).value;
        let value_in_class = |rule: &Arc<Rule>| -> Option<Decimal> {
            match resolved(&class_of(&self.subject, rule)?, plan, stored)? {
                Resolved::InForce(tiers) => value(tiers.rule),
                _ => None,
            }
        };
        let of_asset =
            certainty(self.asset, Reach::Table, holds(self.asset, knowledge, stored), value_in_class, stored);
        let mut both = certainty(
            &self.tiers,
            reach,
            holds(&self.tiers, knowledge, stored),
            |rule: &Arc<Rule>| value(rule),
            stored,
        );
        // The other value is that of the first kind.
        if of_asset.kind < both.kind {
            both.other = of_asset.other;
        }
        both.add(of_asset);
        both
    }

    /// Where the tiers come from.
    pub fn reference(&self, stored: &StoredRules) -> ClassRef {
        ClassRef {
            subject: self.subject.clone(),
            last_confirmed_at: self.tiers.last_confirmed_at,
            source: source_ref(self.tiers.set_by, stored),
        }
    }
}
