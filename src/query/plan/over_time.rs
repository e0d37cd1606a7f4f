//! Plans of statements over the rules of subjects: which subjects, between which times, in what state of
//! knowledge.

use crate::decimal::Decimal;
use crate::error::{Error, ErrorCode};
use crate::query::plan::asked::reject_two_timelines;
use crate::query::plan::at::read_amount;
use crate::query::plan::basis::{Range, read_basis, read_other_basis, read_range, read_span};
use crate::query::plan::conditions::{Moves, read_condition};
use crate::query::plan::names;
use crate::query::syntax::ast::{Statement, Word};
use crate::query::syntax::language::{Clause, StatementKind};
use crate::rulebook::Knowledge;
use crate::statement::{At, Subject};
use crate::text::{Span, nearest};
use crate::time::{PublishedTime, Timestamp, ValidTime};

/// The rules of subjects, at two bases or in a range of time.
#[derive(Clone, PartialEq, Debug)]
pub struct SubjectsPlan {
    /// The subjects, each once and in order.
    pub subjects: Vec<Subject>,
    /// Notionals to compare besides the bounds of the tiers.
    pub at: Vec<Decimal>,
    /// What was known and recorded; with `after`, the first basis.
    pub basis: At,
    /// The second basis, where two are compared.
    pub after: Option<At>,
    /// What a drawing marks.
    pub marks: Marks,
    /// Which versions or changes.
    pub range: Range,
    /// The time that the range and the order count in.
    pub by: By,
    /// Whether the largest changes come first, whatever their times.
    pub largest_first: bool,
    /// What shades the areas of a drawing of tables.
    pub shade: Shade,
    /// What a change must meet.
    pub conditions: Vec<Moves>,
    /// Whether observations that show an unseen change are left out, because they cannot be in the future.
    pub announced_only: bool,
}

impl SubjectsPlan {
    /// The rules of subjects over all of valid time, as stored.
    pub fn of(subjects: Vec<Subject>) -> SubjectsPlan {
        SubjectsPlan {
            subjects,
            at: Vec::new(),
            basis: At::valid(Timestamp::FIRST),
            after: None,
            marks: Marks::default(),
            range: Range::default(),
            by: By::Effective,
            largest_first: false,
            shade: Shade::Rate,
            conditions: Vec::new(),
            announced_only: false,
        }
    }

    /// What was known and recorded.
    pub fn knowledge(&self) -> Knowledge {
        Knowledge { known_at: self.basis.known_at, recorded_by: self.basis.recorded_by }
    }
}

/// The times that a drawing over valid time marks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Marks {
    /// The time of the question, where it is given.
    pub as_of: Option<ValidTime>,
    /// When it is asked.
    pub today: Option<ValidTime>,
}

impl Marks {
    /// Those of a statement. Where all three of its times are given, the day on which it is asked changes nothing.
    fn of(statement: &Statement, basis: At, now: Timestamp) -> Marks {
        let is_given = |clause: &Clause| statement.given(*clause).is_some();
        let are_all_given = [Clause::AsOf, Clause::KnownAt, Clause::RecordedBy].iter().all(is_given);
        Marks {
            as_of: is_given(&Clause::AsOf).then_some(basis.valid_at),
            today: (!are_all_given).then_some(ValidTime(now)),
        }
    }
}

/// The time by which changes are picked and ordered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    /// When they take effect.
    Effective,
    /// When they were published.
    Published,
    /// When they were recorded.
    Recorded,
}

impl By {
    /// `effective`, `published` or `recorded`.
    pub fn name(self) -> &'static str {
        match self {
            By::Effective => "effective",
            By::Published => "published",
            By::Recorded => "recorded",
        }
    }
}

/// What shades the areas of a drawing of tables.
///
/// ```
/// use tierbook::{Row, rows::Shade};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let rows = rules.query("chart tiers of ACTUSDT by leverage as of 2026-02-05")?;
/// let Some(Row::TierPeriod(row)) = rows.first() else { panic!() };
/// assert_eq!(row.shade, Shade::Leverage);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shade {
    /// The maintenance margin rate, or the collateral ratio.
    Rate,
    /// The highest leverage.
    Leverage,
}

impl Shade {
    /// `rate` or `leverage`.
    ///
    /// ```
    /// assert_eq!(tierbook::rows::Shade::Leverage.name(), "leverage");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Shade::Rate => "rate",
            Shade::Leverage => "leverage",
        }
    }
}

/// Plans a statement over the rules of subjects.
pub(super) fn subjects(
    statement: &Statement,
    stored: &[Subject],
    now: Timestamp,
) -> Result<SubjectsPlan, Error> {
    if statement.kind == StatementKind::ChartTiers {
        return tables(statement, stored, now);
    }
    let by = statement.value(Clause::By);
    let largest_first = by.is_some_and(|word| word.text.eq_ignore_ascii_case("size"));
    let by = by.filter(|_| !largest_first).map(|word| read_by(word, statement.kind.orders())).transpose()?;
    let conditions = statement.given(Clause::Where).map_or(&[][..], |given| given.conditions.as_slice());
    let amounts = statement.values(Clause::At).iter().map(read_amount);
    let plan = SubjectsPlan {
        subjects: named(statement, stored)?,
        basis: read_basis(statement, now)?,
        after: read_other_basis(statement, now)?,
        marks: Marks::default(),
        at: amounts.collect::<Result<_, Error>>()?,
        range: read_range(statement, now)?,
        by: by.unwrap_or(By::Effective),
        largest_first,
        shade: Shade::Rate,
        conditions: conditions.iter().map(read_condition).collect::<Result<_, _>>()?,
        announced_only: false,
    };
    match statement.kind {
        StatementKind::Diff if is_of_names_alone(statement) => Err(vs_missing(statement)),
        StatementKind::Upcoming => upcoming(plan, statement),
        _ => Ok(plan),
    }
}

/// The tables of subjects, to be drawn.
fn tables(statement: &Statement, stored: &[Subject], now: Timestamp) -> Result<SubjectsPlan, Error> {
    let subjects = named(statement, stored)?;
    let place = statement.subjects.first().map_or(statement.span, |word| word.span);
    reject_two_timelines(&subjects, place)?;
    let by = statement.value(Clause::By);
    let shade = by.map(|word| read_shade(word, statement.kind.orders())).transpose()?;
    let is_asset = |subject: &&Subject| !subject.program().has_contracts();
    if let (Some(Shade::Leverage), Some(word), Some(asset)) = (shade, by, subjects.iter().find(is_asset)) {
        let message = format!("{asset} is an asset, which has no leverage");
        return Err(Error::new(ErrorCode::WrongMeasure, message)
            .at(word.span, "contracts only")
            .hint(format!("chart tiers of {} is shaded by the ratio", asset.name())));
    }
    let (basis, range) = (read_basis(statement, now)?, read_range(statement, now)?);
    let (marks, shade) = (Marks::of(statement, basis, now), shade.unwrap_or(Shade::Rate));
    Ok(SubjectsPlan { basis, marks, range, shade, ..SubjectsPlan::of(subjects) })
}

/// The announced changes that take effect from `as of` on, as known then; from now on, as known now, where it
/// is left out.
fn upcoming(plan: SubjectsPlan, statement: &Statement) -> Result<SubjectsPlan, Error> {
    let from = plan.basis.valid_at.0;
    let within = statement.value(Clause::Within).map(read_span).transpose()?;
    let range = Range { since: Some(from), until: within.map(|span| from.plus(span)) };
    // What was announced for later than an earlier day is what was published by then.
    let as_of = statement.given(Clause::AsOf).map(|_| PublishedTime(from));
    let basis = At { known_at: plan.basis.known_at.or(as_of), ..plan.basis };
    Ok(SubjectsPlan { basis, range, announced_only: true, ..plan })
}

/// Whether a difference names several subjects and no time: as if they were to be compared.
fn is_of_names_alone(statement: &Statement) -> bool {
    let times = [Clause::AsOf, Clause::KnownAt, Clause::RecordedBy];
    statement.subjects.len() > 1 && times.iter().all(|clause| statement.given(*clause).is_none())
}

fn vs_missing(statement: &Statement) -> Error {
    let end = Span::new(statement.span.end, statement.span.end);
    let names: Vec<&str> = statement.subjects.iter().map(|word| word.text.as_str()).collect();
    let at = statement.value(Clause::At).map_or("60000", |at| at.text.as_str());
    Error::new(ErrorCode::VsMissing, "`diff` compares two times, not two subjects")
        .at(end, "write `as of` and two times")
        .hint(format!("to compare subjects: mmr of {} at {at}", names.join(", ")))
        .hint(format!("each with its next announced change: diff {} as of now", names.join(", ")))
}

/// The subjects that the statement names, or all, in order and each once.
fn named(statement: &Statement, stored: &[Subject]) -> Result<Vec<Subject>, Error> {
    let on = statement.value(Clause::On).map(names::read_on).transpose()?;
    let named = &statement.subjects;
    let mut subjects = if named.is_empty() { stored.to_vec() } else { names::any_of(named, stored)? };
    subjects.retain(|subject| on.as_ref().is_none_or(|on| on.allows(subject)));
    subjects.sort();
    subjects.dedup();
    match (statement.value(Clause::On), named.first()) {
        (Some(word), Some(first)) if subjects.is_empty() => {
            let message = format!("no rule of `{}` on {} is stored", first.text, word.text);
            Err(Error::new(ErrorCode::NotOnProgram, message)
                .at(word.span, "not on this program")
                .hint("leave `on` out"))
        }
        _ => Ok(subjects),
    }
}

/// Reads what follows `by`.
///
/// # Errors
/// It is none of `allowed`.
pub(super) fn read_by(word: &Word, allowed: &[&'static str]) -> Result<By, Error> {
    match read_order(word, allowed)? {
        "published" => Ok(By::Published),
        "recorded" => Ok(By::Recorded),
        _ => Ok(By::Effective),
    }
}

fn read_shade(word: &Word, allowed: &[&'static str]) -> Result<Shade, Error> {
    let name = read_order(word, allowed)?;
    Ok(if name == Shade::Leverage.name() { Shade::Leverage } else { Shade::Rate })
}

/// The one of the allowed words that is written.
fn read_order(word: &Word, allowed: &[&'static str]) -> Result<&'static str, Error> {
    let text = word.text.to_lowercase();
    if let Some(known) = allowed.iter().find(|known| **known == text) {
        return Ok(known);
    }
    let error = Error::new(ErrorCode::UnknownTime, format!("`by {}` is not known here", word.text))
        .at(word.span, format!("expected {}", allowed.join(", ")));
    Err(match nearest(&text, allowed.iter().copied()) {
        Some(near) => error.hint(format!("did you mean `by {near}`?")),
        None => error.hint(format!("write `by {}`", allowed[0])),
    })
}
