//! How certain an answer is, as rows have it.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::parts::Warning;
use super::serialize::{as_name, object, text};
use crate::decimal::Decimal;
use crate::statement::StatementId;
use crate::time::ValidTime;

/// The kinds of certainty; of those that apply to an answer the first one is its kind.
///
/// ```
/// use tierbook::CertaintyKind;
/// assert_eq!(CertaintyKind::RollingOut.name(), "rolling_out");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum CertaintyKind {
    /// Sources of the same time and publication state different rules.
    Contradicted,
    /// A roll-out is going on.
    RollingOut,
    /// The next observation shows another rule, and nobody announced when it came.
    UnseenChange,
    /// What was read may be another number, or is announced otherwise elsewhere.
    Doubtful,
    /// Nothing later confirms it, and it is old.
    Unconfirmed,
    /// It was confirmed or announced lately, and nothing speaks against it.
    #[default]
    Settled,
}

impl CertaintyKind {
    /// The name in machine answers.
    ///
    /// ```
    /// assert_eq!(tierbook::CertaintyKind::Settled.name(), "settled");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            CertaintyKind::Contradicted => "contradicted",
            CertaintyKind::RollingOut => "rolling_out",
            CertaintyKind::UnseenChange => "unseen_change",
            CertaintyKind::Doubtful => "doubtful",
            CertaintyKind::Unconfirmed => "unconfirmed",
            CertaintyKind::Settled => "settled",
        }
    }

    /// The same in words.
    ///
    /// ```
    /// assert_eq!(tierbook::CertaintyKind::RollingOut.words(), "rolling out");
    /// ```
    pub fn words(self) -> &'static str {
        match self {
            CertaintyKind::RollingOut => "rolling out",
            CertaintyKind::UnseenChange => "unseen change",
            other => other.name(),
        }
    }
}

/// How certain an answer is, with the same measure under the other rule.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::{At, CertaintyKind, Decimal};
/// let at = At::valid("2026-02-06T07:00Z".parse()?);
/// let answer = rules.contract("ACTUSDT")?.mmr(Decimal::from(60_000), at);
/// let certainty = answer.certainty().unwrap();
/// assert_eq!(certainty.kind, CertaintyKind::RollingOut);
/// assert_eq!(certainty.other, Some("0.125".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Certainty {
    /// The first kind that applies.
    pub kind: CertaintyKind,
    /// The others that apply, in their order.
    pub also: Vec<CertaintyKind>,
    /// When the roll-out ends.
    pub until: Option<ValidTime>,
    /// An unseen change came after this time …
    pub after: Option<ValidTime>,
    /// … and not later than this one.
    pub by: Option<ValidTime>,
    /// The same measure under the other rule of the first kind.
    pub other: Option<Decimal>,
    /// Everything that contradicts it, the nearest first.
    pub others: Vec<OtherValue>,
    /// Why it is doubtful.
    pub because: Vec<Warning>,
}

/// What another source states of the same time and publication.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// use tierbook::{At, Decimal};
/// let edited = std::fs::read_to_string("seed/binance-2026-02-03.txt")?.replace("7.50%", "7.40%");
/// let input = tierbook::LoadInput::bytes("binance-2026-02-03-copy.txt", edited);
/// # let options = tierbook::LoadOptions::default();
/// database.writer()?.load(input, options)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct OtherValue {
    /// The measure under it; `None` where it gives none.
    pub value: Option<Decimal>,
    /// The statement.
    pub statement: StatementId,
    /// The file of its source.
    pub file: String,
}

impl Certainty {
    /// Adds what applies at another time of the same period.
    pub(crate) fn add(&mut self, other: Certainty) {
        let mut kinds: Vec<CertaintyKind> = self.kinds().chain(other.kinds()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds.retain(|kind| *kind != CertaintyKind::Settled);
        let others = if self.others.is_empty() { other.others } else { std::mem::take(&mut self.others) };
        *self = Certainty {
            kind: kinds.first().copied().unwrap_or_default(),
            also: kinds.into_iter().skip(1).collect(),
            until: self.until.max(other.until),
            after: self.after.or(other.after),
            by: self.by.or(other.by),
            other: self.other.or(other.other),
            others,
            because: std::mem::take(&mut self.because),
        };
        for warning in other.because {
            if !self.because.contains(&warning) {
                self.because.push(warning);
            }
        }
    }

    /// Every kind that applies, in order.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// use tierbook::{At, CertaintyKind, Decimal};
    /// let at = At::valid("2026-02-06T07:00Z".parse()?);
    /// let answer = rules.contract("ACTUSDT")?.mmr(Decimal::from(60_000), at);
    /// assert!(answer.certainty().unwrap().kinds().eq([CertaintyKind::RollingOut]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn kinds(&self) -> impl Iterator<Item = CertaintyKind> + '_ {
        std::iter::once(self.kind).chain(self.also.iter().copied())
    }
}

as_name!(CertaintyKind: name);

object!(Certainty, |certainty|
    "kind": certainty.kind,
    ..|map: &mut S::SerializeMap| fields(certainty, map),
    "also": certainty.also,
);

/// The fields of the kinds that apply.
fn fields<M: SerializeMap>(certainty: &Certainty, map: &mut M) -> Result<(), M::Error> {
    if let Some(until) = &certainty.until {
        map.serialize_entry("until", until)?;
    }
    if let (Some(after), Some(by)) = (&certainty.after, &certainty.by) {
        map.serialize_entry("after", after)?;
        map.serialize_entry("by", by)?;
    }
    if !matches!(certainty.kind, CertaintyKind::Settled | CertaintyKind::Unconfirmed) {
        map.serialize_entry("other", &text(certainty.other))?;
    }
    if !certainty.others.is_empty() {
        map.serialize_entry("others", &certainty.others)?;
    }
    if !certainty.because.is_empty() {
        map.serialize_entry("because", &certainty.because)?;
    }
    Ok(())
}

object!(OtherValue, |other|
    "value": text(other.value),
    "statement": other.statement,
    "file": other.file,
);
