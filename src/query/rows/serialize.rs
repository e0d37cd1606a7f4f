//! Rows as JSON: decimals are canonical strings, times RFC 3339 in UTC, spans `[start, end]`, names as in the
//! contract.
//!
//! What is a plain list of fields derives its form. This file has the forms of the values in it, and of rows
//! whose fields depend on the kind of table.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::decimal::{self, Decimal};
use crate::finding::Finding;
use crate::query::plan::ask::Axis;
use crate::query::plan::at::Argument;
use crate::query::syntax::measure::Measure;
use crate::rule::difference::{AlignedTier, Field};
use crate::rule::effect::{Change, Direction, Effect, Interval, Verdict};
use crate::rule::{Reading, RuleKind};
use crate::statement::editions::{Edited, Stated};
use crate::statement::{
    At, Claim, Program, Recorded, RecordedSource, Sha256, SourceId, StatementId, Subject, TxId,
};
use crate::text::Span;
use crate::time::{PublishedTime, RecordedTime, TimeSpan, Timestamp, ValidTime};

/// Values that are written as text.
macro_rules! as_text {
    ($($type:ty),*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )*};
}

/// Values that are written as their name.
macro_rules! as_name {
    ($($type:ty: $name:ident),*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.$name())
            }
        }
    )*};
}

/// An object with these fields, in this order; `..fields` puts in those of another value.
macro_rules! object {
    ($type:ty, |$this:ident| $($body:tt)*) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let $this = self;
                let mut map = serializer.serialize_map(None)?;
                object!(@ map $($body)*);
                map.end()
            }
        }
    };
    (@ $map:ident $(,)?) => {};
    (@ $map:ident .. $fields:expr, $($rest:tt)*) => {
        $fields(&mut $map)?;
        object!(@ $map $($rest)*);
    };
    (@ $map:ident $name:literal: $value:expr, $($rest:tt)*) => {
        $map.serialize_entry($name, &$value)?;
        object!(@ $map $($rest)*);
    };
}

pub(crate) use {as_name, as_text, object};

as_text!(Subject, SourceId, StatementId, Sha256, Timestamp, ValidTime, PublishedTime, RecordedTime);
as_name!(Reading: name, Measure: key, Verdict: name, Direction: name, Field: name, Program: name);

impl Serialize for TxId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        [self.start, self.end].serialize(serializer)
    }
}

/// What knowledge a step was found over; a plane is over valid time first.
impl Serialize for Axis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Axis::Published => "published",
            Axis::Recorded => "recorded",
            Axis::Valid | Axis::Plane => "valid",
        })
    }
}

/// A decimal as a canonical string, or null.
pub fn maybe_number<S: Serializer>(value: &Option<Decimal>, serializer: S) -> Result<S::Ok, S::Error> {
    text(*value).serialize(serializer)
}

/// A percentage as a fraction.
pub fn percent(percent: u8) -> String {
    decimal::canonical(Decimal::new(i64::from(percent), 2))
}

/// A percentage as a fraction, or null.
// Serde passes the field by reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
pub fn maybe_percent<S: Serializer>(value: &Option<u8>, serializer: S) -> Result<S::Ok, S::Error> {
    value.map(percent).serialize(serializer)
}

/// A time span in whole seconds, or null.
pub fn seconds<S: Serializer>(value: &Option<TimeSpan>, serializer: S) -> Result<S::Ok, S::Error> {
    value.map(whole_seconds).serialize(serializer)
}

pub fn whole_seconds(span: TimeSpan) -> i64 {
    span.micros() / 1_000_000
}

pub fn text(value: Option<Decimal>) -> Option<String> {
    value.map(decimal::canonical)
}

/// What a measure is asked at: `at`, `with` where a leverage is given besides; of a position also `side`, `entry`, and
/// `with` or `margin`.
pub fn asked_at<M: SerializeMap>(at: Option<Argument>, map: &mut M) -> Result<(), M::Error> {
    map.serialize_entry("at", &at.map(|at| at.to_string()))?;
    match at {
        Some(Argument::AmountWith(_, leverage)) => map.serialize_entry("with", &format!("{leverage}x")),
        Some(Argument::Isolated(position)) => {
            map.serialize_entry("side", position.side().name())?;
            let [_, entry, margin] = position.clauses(decimal::canonical);
            [entry, margin].iter().try_for_each(|(word, value)| map.serialize_entry(word, value))
        }
        _ => Ok(()),
    }
}

/// As [`asked_at`], for a row that derives its form.
pub fn flat_at<S: Serializer>(at: &Option<Argument>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    asked_at(*at, &mut map)?;
    map.end()
}

/// The three times of a question.
pub fn basis<M: SerializeMap>(basis: &At, map: &mut M) -> Result<(), M::Error> {
    map.serialize_entry("as_of", &basis.valid_at)?;
    map.serialize_entry("known_at", &basis.known_at)?;
    map.serialize_entry("recorded_by", &basis.recorded_by)
}

object!(At, |row| ..|map: &mut S::SerializeMap| basis(row, map),);
pub fn source<M: SerializeMap>(recorded: &RecordedSource, map: &mut M) -> Result<(), M::Error> {
    let source = &recorded.source;
    map.serialize_entry("id", &source.id)?;
    map.serialize_entry("file", &source.file)?;
    map.serialize_entry("title", &source.title)?;
    map.serialize_entry("published_at", &source.published_at)?;
    map.serialize_entry("precision", source.precision.name())?;
    map.serialize_entry("published_by", source.origin.name())?;
    map.serialize_entry(
        "published_day",
        &source.published_day().map(|day| day.to_string()[..10].to_string()),
    )?;
    map.serialize_entry("recorded_at", &recorded.recorded_at)?;
    map.serialize_entry("tx", &recorded.tx)?;
    map.serialize_entry("sha256", &source.sha256)
}

object!(Recorded, |row|
    "statement": row.id,
    "subject": row.statement.subject,
    "kind": row.statement.claim.kind(),
    "valid_at": row.statement.claim.valid_at(),
    "rollout_seconds": match &row.statement.claim {
        Claim::Change { rollout, .. } | Claim::Conversion { rollout, .. } => Some(whole_seconds(*rollout)),
        _ => None,
    },
    "max_leverage": match &row.statement.claim {
        Claim::Launch { max_leverage, .. } => *max_leverage,
        claim => claim.rule().and_then(|rule| rule.highest_leverage()),
    },
    "class": row.statement.claim.rule().filter(|rule| rule.kind() == RuleKind::Class).and_then(|rule| rule.rank()),
    "postponed_from": match &row.statement.claim {
        Claim::Postponed { from, .. } => Some(*from),
        _ => None,
    },
    "postponed_to": match &row.statement.claim {
        Claim::Postponed { to, .. } => *to,
        _ => None,
    },
    "published_at": row.published_at,
    "recorded_at": row.recorded_at,
    "tx": row.tx,
    "has_rule": row.statement.claim.rule().is_some(),
    "span": row.statement.span,
);

object!(Finding, |row| ..|map: &mut S::SerializeMap| finding(row, map),);

pub fn finding<M: SerializeMap>(finding: &Finding, map: &mut M) -> Result<(), M::Error> {
    map.serialize_entry("code", finding.code.as_str())?;
    map.serialize_entry("severity", finding.code.severity().name())?;
    map.serialize_entry("message", &finding.message)?;
    map.serialize_entry("span", &finding.span)?;
    map.serialize_entry("subjects", &finding.subjects)
}

object!(Edited, |row|
    "subject": row.subject,
    "how": row.how(),
    "older": row.older,
    "newer": row.newer,
    "differences": Differences { tiers: &row.tiers, names: ["older", "newer"] },
);

object!(Stated, |row|
    "statement": row.ordinal,
    "kind": row.kind,
    "valid_at": row.valid_at,
    "rollout_seconds": whole_seconds(row.rollout),
);

/// The figures in which two tables differ, one object each, with names for the two sides.
pub struct Differences<'a> {
    pub tiers: &'a [AlignedTier],
    pub names: [&'static str; 2],
}

impl Serialize for Differences<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let [before, after] = self.names;
        let mut list = serializer.serialize_seq(None)?;
        for tier in self.tiers {
            for difference in &tier.differences {
                list.serialize_element(&serde_json::json!({
                    (format!("{before}_tier")): tier.before,
                    (format!("{after}_tier")): tier.after,
                    "field": difference.field,
                    (before): text(difference.before),
                    (after): text(difference.after),
                    "by": text(difference.by()),
                }))?;
            }
        }
        list.end()
    }
}

object!(Effect, |effect|
    "verdict": effect.verdict(),
    "value": effect.value(),
    "limit": effect.limit(),
    "leverage": effect.leverage,
    "limit_before": text(effect.limits.0),
    "limit_after": text(effect.limits.1),
    "largest_rise": effect.largest_rise,
    "largest_fall": effect.largest_fall,
    "unbounded": effect.unbounded,
    "stretches": effect.intervals,
);

object!(Change, |change|
    "at": decimal::canonical(change.at),
    "by": decimal::canonical(change.by),
);

object!(Interval, |stretch|
    "from": decimal::canonical(stretch.from.at),
    "to": text(stretch.to.map(|to| to.at)),
    "exact": stretch.from.exact && stretch.to.is_none_or(|to| to.exact),
    "direction": stretch.direction,
);
