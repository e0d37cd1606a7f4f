//! Everything that is known about a subject at all times: boxes of valid time, of publication time and of recording
//! time, with the same answers in each. Equal periods of neighbouring states of knowledge are one box.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::content::{Content, Period};
use super::pieces::{Maker, Pieces, rule};
use super::tables::Tables;
use crate::query::StoredRules;
use crate::query::rows::CertaintyKind;
use crate::query::syntax::measure::Measure;
use crate::rule::Rule;
use crate::rulebook::{Knowledge, Timeline};
use crate::statement::{SourceId, Subject};
use crate::time::{PublishedTime, RecordedTime, ValidTime};

/// A box with the same answers at all its times.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct KnownBox {
    /// When a rule is in force.
    pub valid: Period<ValidTime>,
    /// What was published by then counts.
    pub known: Period<PublishedTime>,
    /// What was recorded by then counts.
    pub recorded: Period<RecordedTime>,
    /// What the answers are.
    pub content: Content,
}

/// All boxes of a subject: no two overlap, and from its first recording on every time is in one.
#[derive(Debug)]
pub struct Boxes {
    /// In order of recording, publication and valid time.
    pub all: Vec<KnownBox>,
    /// What the statements of the subject and of its classes state.
    tables: Vec<(Subject, Tables)>,
    /// The sources of the statements of the subject.
    sources: Vec<SourceId>,
}

impl Boxes {
    /// The boxes of a subject; `None` where nothing is stored about it.
    pub fn of(subject: &Subject, stored: &StoredRules) -> Option<Boxes> {
        let timeline = stored.rulebook.timeline(subject)?;
        let mut maker = Maker::of(timeline, stored);
        let learnt: BTreeSet<(PublishedTime, RecordedTime)> =
            maker.timelines().flat_map(|it| stored.rulebook.learnt_about(it)).collect();
        let is_plain = maker.timelines().all(Timeline::is_plain);
        let all = boxes(&mut maker, &learnt, is_plain);
        let sources = timeline.statements().iter().map(|it| it.id.source).collect();
        Some(Boxes { all, tables: maker.into_tables(), sources })
    }

    /// The source of what is known.
    pub fn source(&self, content: &Content) -> Option<SourceId> {
        self.sources.get(content.statement? as usize).copied()
    }

    /// The table in force, and the class whose tiers these are.
    pub fn rule(&self, content: &Content) -> Option<(&Rule, Option<&Subject>)> {
        let of = content.table?;
        let (subject, tables) = self.tables.get(of.timeline as usize)?;
        Some((rule(tables, of)?, (of.timeline > 0).then_some(subject)))
    }

    /// How certain the margin or the collateral of a tier is, by its place, `None` above the last one; without a table,
    /// how certain it is that there is none. Age does not count.
    pub fn certainty(&self, content: &Content, tier: Option<usize>) -> Option<CertaintyKind> {
        let (Some(of), doubt) = (content.table, content.doubt) else { return content.doubt };
        let (subject, tables) = self.tables.get(of.timeline as usize)?;
        let measure = if subject.program().has_contracts() { Measure::Margin } else { Measure::Collateral };
        let is_doubtful = of.is_unconfirmed && tables.is_doubtful(of.statement, measure, tier);
        let by_cells = is_doubtful.then_some(CertaintyKind::Doubtful);
        Some(doubt.into_iter().chain(by_cells).min().unwrap_or_default())
    }
}

/// A box of publication and valid time.
type Area = (Period<PublishedTime>, Period<ValidTime>, Content);

/// Boxes that go on, each with its start.
type Open<K, T> = Vec<(K, Option<T>)>;

/// The periods from each publication on, until the next.
type Slices = Vec<(Option<PublishedTime>, Arc<Pieces>)>;

fn boxes(
    maker: &mut Maker,
    learnt: &BTreeSet<(PublishedTime, RecordedTime)>,
    is_plain: bool,
) -> Vec<KnownBox> {
    let recorded: BTreeSet<RecordedTime> = learnt.iter().map(|(_, recorded)| *recorded).collect();
    let mut done: Vec<KnownBox> = Vec::new();
    let mut close = |(known, valid, content): Area, from, to| {
        done.push(KnownBox { valid, known, recorded: Period { from, to }, content });
    };
    let mut open: Open<Area, RecordedTime> = Vec::new();
    let mut last: Slices = Vec::new();
    for at in recorded {
        let new = learnt.iter().filter(|(_, recorded)| *recorded == at).map(|(published, _)| *published);
        // Where nothing is retracted or corrected, what is recorded changes nothing before its publication.
        let since = new.min().filter(|_| is_plain);
        let kept = last.iter().take_while(|(from, _)| *from < since).cloned().collect();
        let slices = slices(maker, (learnt, at), (kept, since));
        let is_same = |((from, pieces), (other_from, others)): (&(_, _), &(_, _))| {
            from == other_from && Arc::ptr_eq(pieces, others)
        };
        if slices.len() == last.len() && slices.iter().zip(&last).all(is_same) {
            continue;
        }
        let place = |area: &Area| (area.0.from, area.1.from);
        follow(&mut open, areas(&slices), Some(at), place, |area, from| close(area, from, Some(at)));
        last = slices;
    }
    open.into_iter().for_each(|(area, from)| close(area, from, None));
    done.sort_unstable_by_key(|it| (it.recorded.from, it.known.from, it.valid.from));
    done
}

/// The periods at all publications, by what was recorded at a time: those that are known already, and those since.
fn slices(
    maker: &mut Maker,
    (learnt, recorded_by): (&BTreeSet<(PublishedTime, RecordedTime)>, RecordedTime),
    (mut slices, since): (Slices, Option<PublishedTime>),
) -> Slices {
    let counting = learnt.iter().filter(|(_, recorded)| *recorded <= recorded_by);
    let mut published: Vec<PublishedTime> = counting.map(|(published, _)| *published).collect();
    published.dedup();
    let before = published.first().map(|first| (None, PublishedTime(first.0.just_before())));
    let before = before.filter(|_| slices.is_empty());
    let starts = published.iter().filter(|at| Some(**at) >= since).map(|at| (Some(*at), *at));
    for (from, known_at) in before.into_iter().chain(starts) {
        let pieces = maker.at(Knowledge { known_at: Some(known_at), recorded_by: Some(recorded_by) });
        if slices.last().is_none_or(|(_, last)| !Arc::ptr_eq(last, &pieces)) {
            slices.push((from, pieces));
        }
    }
    slices
}

/// The boxes of publication and valid time, in their order.
fn areas(slices: &Slices) -> Vec<Area> {
    let mut done: Vec<Area> = Vec::new();
    let mut open: Open<(Period<ValidTime>, Content), PublishedTime> = Vec::new();
    for (at, pieces) in slices {
        let close = |(valid, content), from| done.push((Period { from, to: *at }, valid, content));
        follow(&mut open, pieces.iter().copied(), *at, |(valid, _)| valid.from, close);
    }
    done.extend(open.into_iter().map(|((valid, content), from)| (Period { from, to: None }, valid, content)));
    done.sort_unstable_by_key(|(known, valid, _)| (known.from, valid.from));
    done
}

/// Goes on to the next state, in which these are there: those that stay keep the time since when they are, the others
/// are closed. Both are in order of their places.
fn follow<K: Copy + PartialEq, P: Ord, T: Copy>(
    open: &mut Open<K, T>,
    next: impl IntoIterator<Item = K>,
    at: Option<T>,
    place: impl Fn(&K) -> P,
    mut close: impl FnMut(K, Option<T>),
) {
    let mut before = std::mem::take(open).into_iter().peekable();
    for this in next {
        while let Some((gone, since)) = before.next_if(|(other, _)| place(other) < place(&this)) {
            close(gone, since);
        }
        let same = before.next_if(|(other, _)| *other == this);
        open.push((this, same.map_or(at, |(_, since)| since)));
    }
    before.for_each(|(gone, since)| close(gone, since));
}
