//! The clauses behind a statement: which of them it takes, each at most once, in any order.

use super::grammar::Rule;
use super::{Node, measure_of, part, span, word, words};
use crate::error::Error;
use crate::query::syntax::ast::{Clauses, Condition, Statement, Word};
use crate::query::syntax::typos::{self, Before};
use crate::text::Span;

/// The statements that take clauses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A measure at one basis.
    Measure,
    /// Versions over valid time.
    History,
    /// A measure over valid time.
    Steps,
    /// A measure over publication or transaction time.
    Knowledge,
    /// A measure over both.
    Plane,
    /// Two bases side by side.
    Diff,
    /// A measure over the notional, drawn.
    Chart,
    /// What changed.
    Changes,
    /// What will change.
    Upcoming,
    /// What each source did.
    Report,
}

impl Kind {
    /// The word that the statement starts with; `a measure` for a measure.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Measure => "a measure",
            Kind::History | Kind::Steps => "history",
            Kind::Knowledge => "knowledge",
            Kind::Plane => "plane",
            Kind::Diff => "diff",
            Kind::Chart => "chart",
            Kind::Changes => "changes",
            Kind::Upcoming => "upcoming",
            Kind::Report => "report",
        }
    }

    /// The clauses that the statement takes.
    pub fn clauses(self) -> &'static [&'static str] {
        match self {
            Kind::Measure => &["at", "as of", "known at", "recorded by", "on", "as published"],
            Kind::History => &["since", "until", "known at", "recorded by", "on"],
            Kind::Steps => &["at", "since", "until", "known at", "recorded by", "on", "as published"],
            Kind::Knowledge => {
                &["at", "as of", "since", "until", "by", "known at", "recorded by", "on", "as published"]
            }
            Kind::Plane => &["at", "since", "until", "recorded by", "on", "as published"],
            Kind::Diff => &["at", "as of", "known at", "recorded by", "vs", "on"],
            Kind::Chart => &["up to", "as of", "known at", "recorded by", "vs", "on"],
            Kind::Changes => &["since", "until", "by", "where", "known at", "recorded by", "on"],
            Kind::Report => &["since", "until", "known at", "recorded by", "on"],
            Kind::Upcoming => &["as of", "within", "where", "known at", "recorded by", "on"],
        }
    }
}

/// Which clauses a statement takes; `None` where it takes none.
pub fn kind_of(statement: &Statement) -> Option<Kind> {
    Some(match statement {
        Statement::Ask(_) => Kind::Measure,
        Statement::Steps(_) | Statement::Timeline(_) => Kind::Steps,
        Statement::Chart(_) => Kind::Chart,
        Statement::Knowledge(_) => Kind::Knowledge,
        Statement::Plane(_) => Kind::Plane,
        Statement::History(_) => Kind::History,
        Statement::Diff(_) => Kind::Diff,
        Statement::Changes(_) => Kind::Changes,
        Statement::Upcoming(_) => Kind::Upcoming,
        Statement::Report(_) => Kind::Report,
        Statement::Explain(inner) => return kind_of(inner),
        Statement::Subjects { .. }
        | Statement::Sources
        | Statement::Source { .. }
        | Statement::Findings { .. } => return None,
    })
}

/// What stands behind `at`, and the other clauses.
pub fn read(node: Node, kind: Kind, last_subject: Option<&Word>) -> Result<(Vec<Word>, Clauses), Error> {
    let mut at: Option<(Span, Vec<Word>)> = None;
    let mut clauses = Clauses::default();
    read_into(node, kind, last_subject, &mut at, &mut clauses)?;
    Ok((at.map(|(_, words)| words).unwrap_or_default(), clauses))
}

/// As [`read`], added to what is there already.
pub fn read_into(
    node: Node,
    kind: Kind,
    last_subject: Option<&Word>,
    at: &mut Option<(Span, Vec<Word>)>,
    clauses: &mut Clauses,
) -> Result<(), Error> {
    let mut before = last_subject.map_or(Before::Other, |name| Before::Name(name.clone()));
    for clause in node.into_inner().filter(|part| part.as_rule() == Rule::clause) {
        let Some(clause) = clause.into_inner().next() else { continue };
        let rule = clause.as_rule();
        read_one(clause, kind, before, at, clauses)?;
        before = match (rule, at.as_ref().and_then(|(_, words)| words.last())) {
            (Rule::at, Some(last)) => Before::Amount(last.clone()),
            (Rule::as_of | Rule::known_at | Rule::recorded_by | Rule::since | Rule::until, _) => {
                Before::Timestamp
            }
            _ => Before::Other,
        };
    }
    Ok(())
}

/// Reads one clause; `before` is what stands right before it.
fn read_one(
    node: Node,
    kind: Kind,
    before: Before,
    at: &mut Option<(Span, Vec<Word>)>,
    clauses: &mut Clauses,
) -> Result<(), Error> {
    let here = span(&node);
    let name = name_of(node.as_rule());
    if let Some(name) = name
        && !kind.clauses().contains(&name)
    {
        return Err(match (kind, node.as_rule()) {
            (Kind::Measure, Rule::since | Rule::until) => typos::range(node.as_str(), here),
            (Kind::Chart, Rule::at) => typos::chart_at(here),
            _ => typos::clause_not_of(kind.name(), kind.clauses(), name, here),
        });
    }
    let (slot, example) = match node.as_rule() {
        Rule::at => return read_at(node, at),
        Rule::as_published => {
            return match clauses.as_published.replace(here) {
                Some(first) => Err(typos::clause_twice("as published", first, here)),
                None => Ok(()),
            };
        }
        Rule::as_of | Rule::known_at | Rule::recorded_by => return read_timestamps(node, kind, clauses),
        Rule::where_is => return read_conditions(node, clauses),
        Rule::up_to => (&mut clauses.up_to, "up to 250000"),
        Rule::on => (&mut clauses.on, "on pm-pro"),
        Rule::since => (&mut clauses.since, "since 2026-02-01"),
        Rule::until => (&mut clauses.until, "until 2026-03-01"),
        Rule::within => (&mut clauses.within, "within 72h"),
        Rule::by => (&mut clauses.by, "by published"),
        Rule::range if kind != Kind::Measure => return Err(typos::not_a_range(node.as_str(), here)),
        Rule::range => return Err(typos::range(node.as_str(), here)),
        _ => return Err(typos::stray(node.as_str(), here, kind.clauses(), &before)),
    };
    let value = [Rule::instant, Rule::name, Rule::length, Rule::word, Rule::notional]
        .into_iter()
        .find_map(|rule| part(&node, rule));
    let name = name.unwrap_or_default();
    let value = value.map(|node| word(&node)).ok_or_else(|| typos::value_missing(name, here, example))?;
    match slot.replace(value) {
        Some(first) => Err(typos::clause_twice(name, first.span, here)),
        None => Ok(()),
    }
}

fn name_of(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::at => "at",
        Rule::as_of => "as of",
        Rule::as_published => "as published",
        Rule::known_at => "known at",
        Rule::recorded_by => "recorded by",
        Rule::up_to => "up to",
        Rule::on => "on",
        Rule::since => "since",
        Rule::until => "until",
        Rule::within => "within",
        Rule::by => "by",
        Rule::where_is => "where",
        _ => return None,
    })
}

/// `as of A`, `known at A` or `recorded by A`, each with `vs B` where the statement compares.
fn read_timestamps(node: Node, kind: Kind, clauses: &mut Clauses) -> Result<(), Error> {
    let here = span(&node);
    let (slot, other, name, example) = match node.as_rule() {
        Rule::as_of => (&mut clauses.as_of, &mut clauses.as_of_other, "as of", "as of 2026-02-06T07:00Z"),
        Rule::known_at => {
            (&mut clauses.known_at, &mut clauses.known_at_other, "known at", "known at 2026-02-03")
        }
        _ => (
            &mut clauses.recorded_by,
            &mut clauses.recorded_by_other,
            "recorded by",
            "recorded by 2026-02-03",
        ),
    };
    let value = part(&node, Rule::instant).map(|node| word(&node));
    let value = value.ok_or_else(|| typos::value_missing(name, here, example))?;
    if let Some(first) = slot.replace(value) {
        return Err(typos::clause_twice(name, first.span, here));
    }
    if let Some(versus) = part(&node, Rule::versus) {
        let place = span(&versus);
        if !matches!(kind, Kind::Diff | Kind::Chart) {
            return Err(typos::range(versus.as_str(), place));
        }
        let value = part(&versus, Rule::instant).map(|node| word(&node));
        *other = Some(value.ok_or_else(|| typos::value_missing("vs", place, "vs 2026-02-07"))?);
    }
    Ok(())
}

fn read_at(node: Node, at: &mut Option<(Span, Vec<Word>)>) -> Result<(), Error> {
    let here = span(&node);
    let values = words(node, Rule::notional);
    if values.is_empty() {
        return Err(typos::value_missing("at", here, "at 60000, at 1k, 60k, or at 10x"));
    }
    match at.replace((here, values)) {
        Some((first, _)) => Err(typos::clause_twice("at", first, here)),
        None => Ok(()),
    }
}

fn read_conditions(node: Node, clauses: &mut Clauses) -> Result<(), Error> {
    let here = span(&node);
    if let Some(first) = clauses.conditions.first() {
        return Err(typos::clause_twice("where", first.span, here));
    }
    for condition in node.into_inner().filter(|part| part.as_rule() == Rule::condition) {
        let measure = part(&condition, Rule::measure).and_then(|node| measure_of(&node));
        let moves = part(&condition, Rule::moves).or_else(|| part(&condition, Rule::verdict));
        clauses.conditions.push(Condition {
            measure,
            at: part(&condition, Rule::notional).map(|node| word(&node)),
            moves: moves.map(|node| word(&node)),
            by: part(&condition, Rule::size).map(|node| word(&node)),
            span: span(&condition),
        });
    }
    if clauses.conditions.is_empty() {
        return Err(typos::value_missing("where", here, "where margin at 100000 up"));
    }
    Ok(())
}
