//! Assets whose collateral ratios are those of a class: two timelines answer together, that of the asset, which
//! has its class, and that of the class, which has the tiers. The worse certainty of both counts.

use crate::decimal::Decimal;
use crate::query::eval::certainty::{Reach, certainty, holds};
use crate::query::eval::evaluate::evaluate;
use crate::query::eval::no_rule::why_no_rule;
use crate::query::eval::stored::{StoredRules, source_ref, source_warning};
use crate::query::plan::MeasurePlan;
use crate::query::plan::at::Argument;
use crate::query::rows::{Certainty, ClassRef, Status, Warning};
use crate::query::syntax::measure::Measure;
use crate::rule::{PlacedRule, RuleKind};
use crate::rulebook::resolve::{InForce, Resolved};
use crate::rulebook::{Knowledge, Timeline};
use crate::statement::{At, Subject};
use std::collections::BTreeSet;

/// An asset in a class, and the tiers of that class.
pub(super) struct OfClass<'a> {
    /// The statement of the class of the asset.
    asset: &'a InForce<'a>,
    /// The tiers of the class.
    pub tiers: InForce<'a>,
    /// The class.
    subject: Subject,
}

/// The class of an asset and its tiers: `None` where the rule in force is no class, and the status and the reason
/// where no tiers of it are known.
pub(super) fn of_class<'a>(
    subject: &Subject,
    in_force: &'a InForce<'a>,
    plan: &MeasurePlan,
    stored: &'a StoredRules,
) -> Option<Result<OfClass<'a>, (Status, String)>> {
    let class = class_of(subject, in_force.rule)?;
    let without_tiers = |(status, why): (Status, String)| {
        let status = if status == Status::NotKnownThen { status } else { Status::Unknown };
        (status, format!("{} is in {}, whose tiers are not known: {why}", subject.name(), class.name()))
    };
    Some(match resolved(&class, plan, stored) {
        Some(Resolved::InForce(tiers)) => Ok(OfClass { asset: in_force, tiers, subject: class }),
        Some(none) => Err(without_tiers(why_no_rule(&none, plan, stored))),
        None => Err(without_tiers((Status::Unknown, "nothing states them".to_string()))),
    })
}

/// The classes that the statements of an asset name, whether these count or not.
pub(super) fn classes_of(timeline: &Timeline) -> BTreeSet<Subject> {
    let rules = timeline.statements().iter().filter_map(|recorded| recorded.statement.claim.rule());
    rules.filter_map(|rule| class_of(timeline.subject(), rule)).collect()
}

/// The class that an asset is in at a basis.
pub(super) fn class_in_force(timeline: &Timeline, basis: At, stored: &StoredRules) -> Option<Subject> {
    match stored.rulebook.resolve(timeline, basis) {
        Resolved::InForce(in_force) => class_of(timeline.subject(), in_force.rule),
        _ => None,
    }
}

fn class_of(subject: &Subject, rule: &PlacedRule) -> Option<Subject> {
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
        // A whole table has no value that another could be compared with.
        let value = |rule: &PlacedRule| match plan.measure {
            Measure::Tiers => None,
            measure => evaluate(rule, measure, at, plan.as_published).value,
        };
        let value_in_class = |rule: &PlacedRule| -> Option<Decimal> {
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
            |rule: &PlacedRule| value(rule),
            stored,
        );
        // The other value is that of the first kind.
        if of_asset.kind < both.kind {
            both.other = of_asset.other;
        }
        both.add(of_asset);
        both
    }

    /// A warning where the publication of the source of the class of the asset is not known exactly, unless
    /// `others` have it of that of the tiers.
    pub fn source_warning(&self, others: &[Warning], stored: &StoredRules) -> Option<Warning> {
        source_warning(self.asset.set_by, stored).filter(|warning| !others.contains(warning))
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
