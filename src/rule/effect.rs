//! What replacing one rule by another does, decided exactly on the functions that the rules are: maintenance
//! margin of a notional, or collateral value of an amount.
//!
//! Both are continuous and piecewise linear, so their difference is too: it is largest at a bound of a tier,
//! and it changes its sign at a bound or where two lines cross. Nothing is sampled.

use crate::decimal::{self, Decimal};
use crate::rule::{Rule, RuleKind, Tier};

/// Up, down, both in different places, or not at all.
///
/// ```
/// use tierbook::rule::effect::{Direction, effect};
/// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
/// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
/// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
/// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
/// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
/// assert_eq!(effect(before, after).unwrap().leverage, Direction::Mixed); // 20x → 10x, and 4x → 5x
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Direction {
    /// Higher somewhere, lower nowhere.
    Up,
    /// Lower somewhere, higher nowhere.
    Down,
    /// Higher somewhere and lower somewhere else.
    Mixed,
    /// The same everywhere.
    Same,
}

/// An interval of notionals or amounts on which the function moves one way: over `from`, up to and including
/// `to`.
///
/// ```
/// use tierbook::rule::effect::{Direction, effect};
/// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
/// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
/// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
/// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
/// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
/// let intervals = effect(before, after).unwrap().intervals;
/// assert_eq!((intervals.len(), intervals[0].direction), (1, Direction::Up));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Interval {
    /// Where it starts.
    pub from: Bound,
    /// Where it ends; `None` where it does not.
    pub to: Option<Bound>,
    /// Up, down or the same.
    pub direction: Direction,
}

/// A place on the axis of notionals: a bound of a tier, or where two lines cross.
///
/// ```
/// use tierbook::rule::effect::{Bound, effect};
/// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
/// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
/// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
/// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
/// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
/// let to = effect(before, after).unwrap().intervals[0].to;
/// assert_eq!(to, Some(Bound { at: 800_000.into(), exact: true })); // above it there is no rule after
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bound {
    /// The place; cut after twelve decimals where it has more.
    pub at: Decimal,
    /// Whether no decimal was cut.
    pub exact: bool,
}

/// A change of the function at one place.
///
/// ```
/// use tierbook::rule::effect::{Change, effect};
/// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
/// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
/// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
/// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
/// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
/// let rise = effect(before, after).unwrap().largest_rise;
/// assert_eq!(rise, Some(Change { at: 800_000.into(), by: 76_351.into() }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Change {
    /// The notional or amount.
    pub at: Decimal,
    /// After, less before; never 0.
    pub by: Decimal,
}

/// What a change of rules does.
///
/// ```
/// use tierbook::Row;
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let rows = rules.query("changes of ACTUSDT")?;
/// let Some(Row::Change(row)) = rows.first() else { panic!() };
/// let effect = row.effect.as_ref().unwrap();
/// assert_eq!(effect.limits, (Some(5_000_000.into()), Some(800_000.into())));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Effect {
    /// Where both rules give a value, from 0 on without gaps; neighbours differ in direction.
    pub intervals: Vec<Interval>,
    /// The largest rise, at the smallest place where it is reached; `None` where nothing rises.
    pub largest_rise: Option<Change>,
    /// The largest fall, at the smallest place where it is reached; `None` where nothing falls.
    pub largest_fall: Option<Change>,
    /// Whether the difference grows without bound, because neither rule has a limit.
    pub unbounded: bool,
    /// The last caps before and after; `None` for no limit.
    pub limits: (Option<Decimal>, Option<Decimal>),
    /// How the highest leverage moves, over all notionals that both allow.
    pub leverage: Direction,
    /// Whether higher values are better for the owner of the position: so for collateral, not for margin.
    pub higher_is_looser: bool,
}

/// Whether a change makes a rule stricter.
///
/// ```
/// use tierbook::rule::effect::Verdict;
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let changes = rules.changes(..)?;
/// let looser = changes.iter().filter(|change| change.verdict == Some(Verdict::Loosened));
/// let names: Vec<_> = looser.map(|change| change.subject.name()).collect();
/// assert_eq!(names, ["TSLAUSDT", "GUAUSDT", "我踏马来了USDT"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Verdict {
    /// Stricter somewhere, looser nowhere.
    Tightened,
    /// Looser somewhere, stricter nowhere.
    Loosened,
    /// Stricter somewhere and looser somewhere else.
    Mixed,
    /// Every answer is the same.
    NoEffect,
}

impl Verdict {
    /// `tightened`, `loosened`, `mixed` or `no_effect`, as in machine answers.
    ///
    /// ```
    /// assert_eq!(tierbook::rule::effect::Verdict::NoEffect.name(), "no_effect");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Tightened => "tightened",
            Verdict::Loosened => "loosened",
            Verdict::Mixed => "mixed",
            Verdict::NoEffect => "no_effect",
        }
    }
}

impl Direction {
    /// `up`, `down`, `mixed` or `same`, as in machine answers.
    ///
    /// ```
    /// assert_eq!(tierbook::rule::effect::Direction::Up.name(), "up");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Direction::Up => "up",
            Direction::Down => "down",
            Direction::Mixed => "mixed",
            Direction::Same => "same",
        }
    }

    /// Both together.
    ///
    /// ```
    /// use tierbook::rule::effect::Direction::{Down, Mixed, Same, Up};
    /// assert_eq!((Up.and(Same), Up.and(Down)), (Up, Mixed));
    /// ```
    pub fn and(self, other: Direction) -> Direction {
        match (self, other) {
            (one, Direction::Same) => one,
            (Direction::Same, other) => other,
            (one, other) if one == other => one,
            _ => Direction::Mixed,
        }
    }

    fn of(difference: Decimal) -> Direction {
        match difference.cmp(&Decimal::ZERO) {
            std::cmp::Ordering::Greater => Direction::Up,
            std::cmp::Ordering::Less => Direction::Down,
            std::cmp::Ordering::Equal => Direction::Same,
        }
    }
}

impl Effect {
    /// How the function moves where both rules give a value.
    ///
    /// ```
    /// use tierbook::rule::{Rate, Rule, effect};
    /// # let flat = |ratio| Rule::flat(Rate::from_percent(ratio).unwrap(), tierbook::Span::new(0, 0));
    /// let effect = effect::effect(&flat("85"), &flat("80")).unwrap();
    /// assert_eq!(effect.value(), effect::Direction::Down);
    /// ```
    pub fn value(&self) -> Direction {
        self.intervals.iter().fold(Direction::Same, |all, interval| all.and(interval.direction))
    }

    /// How the last cap moves; no limit is higher than any.
    ///
    /// ```
    /// use tierbook::rule::{Rate, Rule, effect};
    /// # let flat = |ratio| Rule::flat(Rate::from_percent(ratio).unwrap(), tierbook::Span::new(0, 0));
    /// let effect = effect::effect(&flat("85"), &flat("80")).unwrap();
    /// assert_eq!(effect.limit(), effect::Direction::Same); // neither has one
    /// ```
    pub fn limit(&self) -> Direction {
        match self.limits {
            (Some(before), Some(after)) => Direction::of(after - before),
            (Some(_), None) => Direction::Up,
            (None, Some(_)) => Direction::Down,
            (None, None) => Direction::Same,
        }
    }

    /// Stricter or looser: a higher margin, a lower collateral value and a lower limit are stricter. Only
    /// where none of these moves does the highest leverage decide: its steps say less than the margin that
    /// follows from them.
    ///
    /// ```
    /// use tierbook::rule::{Rate, Rule, effect};
    /// # let flat = |ratio| Rule::flat(Rate::from_percent(ratio).unwrap(), tierbook::Span::new(0, 0));
    /// let effect = effect::effect(&flat("85"), &flat("80")).unwrap();
    /// assert_eq!(effect.verdict(), effect::Verdict::Tightened); // the asset counts for less
    /// ```
    pub fn verdict(&self) -> Verdict {
        let turned = |direction: Direction| match direction {
            Direction::Up => Direction::Down,
            Direction::Down => Direction::Up,
            other => other,
        };
        let value = if self.higher_is_looser { self.value() } else { turned(self.value()) };
        let moved = match value.and(self.limit()) {
            Direction::Same => self.leverage,
            moved => moved,
        };
        match moved {
            Direction::Up => Verdict::Loosened,
            Direction::Down => Verdict::Tightened,
            Direction::Mixed => Verdict::Mixed,
            Direction::Same => Verdict::NoEffect,
        }
    }
}

/// What replacing `before` by `after` does; `None` where the two are of different kinds, or where a figure
/// needs more digits than are computed exactly.
///
/// ```
/// use tierbook::rule::{Rate, Rule, effect::effect};
/// # let flat = |ratio| Rule::flat(Rate::from_percent(ratio).unwrap(), tierbook::Span::new(0, 0));
/// assert!(effect(&flat("85"), &flat("80")).unwrap().unbounded); // the loss grows with the amount
/// ```
pub fn effect(before: &Rule, after: &Rule) -> Option<Effect> {
    // What another class does depends on the tiers of both classes.
    if before.kind() != after.kind() || before.kind() == RuleKind::Class {
        return None;
    }
    let limits = (before.limit(), after.limit());
    let higher_is_looser = before.kind() != RuleKind::Contract;
    let (before, after) = (before.tiers(), after.tiers());
    let mut parts = Parts::default();
    let (mut i, mut j, mut from) = (0, 0, Decimal::ZERO);
    while let (Some(one), Some(other)) = (before.get(i), after.get(j)) {
        let to = match (one.cap, other.cap) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        if to.is_none_or(|to| to > from) {
            parts.segment(from, to, one, other)?;
        }
        i += usize::from(one.cap.is_some() && one.cap == to);
        j += usize::from(other.cap.is_some() && other.cap == to);
        let Some(to) = to else { break };
        from = to;
    }
    Some(Effect {
        intervals: parts.intervals,
        largest_rise: parts.largest_rise,
        largest_fall: parts.largest_fall,
        unbounded: parts.unbounded,
        limits,
        leverage: parts.leverage.unwrap_or(Direction::Same),
        higher_is_looser,
    })
}

/// The parts of an effect that have been found so far, from 0 on.
#[derive(Default)]
struct Parts {
    intervals: Vec<Interval>,
    largest_rise: Option<Change>,
    largest_fall: Option<Change>,
    unbounded: bool,
    leverage: Option<Direction>,
}

impl Parts {
    /// Adds the segment over `from` up to `to`, on which both rules are one line each.
    fn segment(&mut self, from: Decimal, to: Option<Decimal>, before: &Tier, after: &Tier) -> Option<()> {
        let leverage =
            before.max_leverage().zip(after.max_leverage()).map_or(Direction::Same, |(before, after)| {
                Direction::of(Decimal::from(after) - Decimal::from(before))
            });
        self.leverage = Some(self.leverage.map_or(leverage, |all| all.and(leverage)));
        let slope = decimal::subtract(after.rate, before.rate)?;
        let intercept = decimal::subtract(before.amount, after.amount)?;
        let difference = |at: Decimal| decimal::add(decimal::multiply(slope, at)?, intercept);
        let at_start = difference(from)?;
        let start = Bound { at: from, exact: true };
        let Some(to) = to else {
            // Far out the slope alone decides; where the sign turns before, the lines cross.
            self.unbounded |= !slope.is_zero();
            let far = if slope.is_zero() { at_start } else { slope };
            return self.signs(start, None, at_start, far, (slope, intercept));
        };
        let at_end = difference(to)?;
        self.note(from, at_start);
        self.note(to, at_end);
        self.signs(start, Some(Bound { at: to, exact: true }), at_start, at_end, (slope, intercept))
    }

    /// Adds the intervals of a segment on which the difference goes from `at_start` to (the sign of)
    /// `at_end`.
    fn signs(
        &mut self,
        from: Bound,
        to: Option<Bound>,
        at_start: Decimal,
        at_end: Decimal,
        (slope, intercept): (Decimal, Decimal),
    ) -> Option<()> {
        let (first, last) = (Direction::of(at_start), Direction::of(at_end));
        match (first, last) {
            (Direction::Same, last) => self.interval(from, to, last),
            (first, Direction::Same) => self.interval(from, to, first),
            (first, last) if first == last => self.interval(from, to, first),
            (first, last) => {
                let crossing = crossing(slope, intercept)?;
                self.interval(from, Some(crossing), first);
                self.interval(crossing, to, last);
            }
        }
        Some(())
    }

    fn interval(&mut self, from: Bound, to: Option<Bound>, direction: Direction) {
        match self.intervals.last_mut() {
            Some(last) if last.direction == direction => last.to = to,
            _ => self.intervals.push(Interval { from, to, direction }),
        }
    }

    fn note(&mut self, at: Decimal, by: Decimal) {
        let change = Some(Change { at, by });
        if by > self.largest_rise.map_or(Decimal::ZERO, |largest| largest.by) {
            self.largest_rise = change;
        }
        if by < self.largest_fall.map_or(Decimal::ZERO, |largest| largest.by) {
            self.largest_fall = change;
        }
    }
}

/// Where slope · notional + intercept is 0; `None` where the quotient overflows. The slope is not 0.
fn crossing(slope: Decimal, intercept: Decimal) -> Option<Bound> {
    let quotient = (-intercept).checked_div(slope)?;
    let at = quotient.round_dp_with_strategy(12, rust_decimal::RoundingStrategy::ToZero).normalize();
    Some(Bound { at, exact: decimal::multiply(at, slope) == Some((-intercept).normalize()) })
}
