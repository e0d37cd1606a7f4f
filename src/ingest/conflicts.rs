//! Where the statements of one document contradict each other or its publication.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::finding::{Finding, FindingCode};
use crate::ingest::draft::{DraftClaim, DraftStatement};
use crate::rule::{PlacedRule, RuleKind};
use crate::statement::{Program, Subject};
use crate::time::{TimeSpan, Timestamp, ValidTime};

/// The longest time between an announcement and its change that is believed, and between a change and the
/// report of it; the longest real ones are 5 days and less than one.
const FAR_DAYS: u32 = 60;
const LATE_DAYS: u32 = 2;

/// Reports a change whose time is far from the publication: a misprinted year or month.
pub fn far_timestamps(statements: &[DraftStatement], published_at: Timestamp) -> Option<Finding> {
    statements.iter().find_map(|statement| {
        let ValidTime(at) = match statement.claim {
            DraftClaim::Change { effective_at, .. }
            | DraftClaim::End { effective_at }
            | DraftClaim::Launch { effective_at, .. }
            | DraftClaim::Conversion { effective_at, .. } => effective_at,
            DraftClaim::Postponed { from, to } => to.or(from)?,
            _ => return None,
        };
        let days = |count: u32| TimeSpan::minutes(count * 24 * 60);
        let near = published_at.minus(days(LATE_DAYS)) <= at && at <= published_at.plus(days(FAR_DAYS));
        let message = format!("a change at {at} is far from the publication at {published_at}");
        (!near).then(|| Finding::new(FindingCode::DateMismatch, statement.span, message))
    })
}

/// Reports the tables of collateral that differ from the first of the same rank, each once for all of its
/// assets.
pub fn ranks(statements: &[DraftStatement]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut first: BTreeMap<(Program, u32), (&PlacedRule, &Subject)> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for statement in statements {
        let Some(rule) = statement.claim.rule().filter(|rule| seen.insert(Arc::as_ptr(rule.shared()))) else {
            continue;
        };
        let Some(rank) = rule.rank().filter(|_| rule.kind() == RuleKind::Collateral) else { continue };
        let program = statement.subject.program();
        let (known, subject) = *first.entry((program, rank)).or_insert((rule, &statement.subject));
        if !known.same(rule) {
            let (name, other) = (statement.subject.name(), subject.name());
            let message = format!("rank {rank} of {name} has other tiers than rank {rank} of {other}");
            let span = rule.row_spans().next().unwrap_or(statement.span);
            let finding = Finding::new(FindingCode::RankDiffers, span, message);
            findings.push(Finding { subjects: vec![name.to_string()], ..finding });
        }
    }
    findings
}

/// Reports what one document states twice for a subject and a time, in different tables.
pub fn contradictions(statements: &[DraftStatement]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut first: BTreeMap<(&str, &Subject, Option<ValidTime>), &DraftStatement> = BTreeMap::new();
    for statement in statements {
        let (which, at, rule) = match &statement.claim {
            DraftClaim::Change { effective_at, rule, .. } => ("new", Some(*effective_at), rule),
            DraftClaim::Previous { effective_at, rule } => ("previous", Some(*effective_at), rule),
            DraftClaim::Observation { seen_at, rule: Some(rule) } => ("seen", *seen_at, rule),
            _ => continue,
        };
        let earlier = *first.entry((which, &statement.subject, at)).or_insert(statement);
        let differs = |other: &PlacedRule| !other.same(rule);
        if earlier.claim.rule().is_some_and(differs) {
            let at = at.map_or("the publication".to_string(), |at| at.to_string());
            let message =
                format!("two different {which} tables of {} for {at}; both are kept", statement.subject);
            let finding = Finding::new(FindingCode::SameTimestamp, statement.span, message);
            findings.push(Finding { subjects: vec![statement.subject.name().to_string()], ..finding });
        }
    }
    findings
}
