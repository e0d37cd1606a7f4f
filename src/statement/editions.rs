//! Two editions of one document: how they differ, and when two documents may be editions of one.

use std::collections::{BTreeMap, BTreeSet};

use crate::rule::difference::{AlignedTier, align};
use crate::statement::{Claim, Statement, Subject};
use crate::time::{TimeSpan, ValidTime};

/// A statement about a subject that only one edition has, or that differs in the two.
///
/// ```
/// use tierbook::{FileOutcome, LoadInput, LoadOptions};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// let text = std::fs::read_to_string("seed/binance-2026-02-03.txt")?.replace("LTC85%80%", "LTC85%75%");
/// let report = database.writer()?.load(LoadInput::bytes("newer.txt", text), LoadOptions::default())?;
/// let FileOutcome::Loaded(document, _) = &report.files[0].outcome else { panic!() };
/// let edited = &document.editions[0].differences[0];
/// assert_eq!(edited.subject.to_string(), "binance:pm:LTC");
/// assert_eq!(edited.tiers[0].differences[0].by(), Some("-0.05".parse()?)); // 80 % → 75 %
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Edited {
    /// The subject.
    pub subject: Subject,
    /// In the older edition; `None` where only the newer one has it.
    pub older: Option<Stated>,
    /// In the newer edition; `None` where only the older one has it.
    pub newer: Option<Stated>,
    /// The tiers that differ; none where the rules are the same, or where an edition states none.
    pub tiers: Vec<AlignedTier>,
}

/// A statement, but for its rule.
///
/// ```
/// use tierbook::{FileOutcome, LoadInput, LoadOptions};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// let text = std::fs::read_to_string("seed/binance-2026-02-03.txt")?.replace("LTC85%80%", "LTC85%75%");
/// let report = database.writer()?.load(LoadInput::bytes("newer.txt", text), LoadOptions::default())?;
/// let FileOutcome::Loaded(document, _) = &report.files[0].outcome else { panic!() };
/// let newer = document.editions[0].differences[0].newer.unwrap();
/// assert_eq!((newer.kind, newer.ordinal), ("change", 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stated {
    /// Its place among the statements of its edition, counted from 1.
    pub ordinal: u32,
    /// the kind of [`Claim::kind`].
    pub kind: &'static str,
    /// From when it applies, or when it was seen.
    pub valid_at: ValidTime,
    /// How long its roll-out may take; zero where the text does not state it.
    pub rollout: TimeSpan,
}

impl Edited {
    /// `added`, `removed` or `changed`.
    ///
    /// ```
    /// use tierbook::{FileOutcome, LoadInput, LoadOptions};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let text = std::fs::read_to_string("seed/binance-2026-02-03.txt")?.replace("LTC85%80%", "");
    /// let report = database.writer()?.load(LoadInput::bytes("newer.txt", text), LoadOptions::default())?;
    /// let FileOutcome::Loaded(document, _) = &report.files[0].outcome else { panic!() };
    /// assert_eq!(document.editions[0].differences[0].how(), "removed");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn how(&self) -> &'static str {
        match (&self.older, &self.newer) {
            (None, _) => "added",
            (_, None) => "removed",
            _ => "changed",
        }
    }
}

/// What differs in the newer edition, by subject. Statements of one subject are paired by their time, else by
/// their order. The time of an observation does not count where it shows the same rule: that of a *Previous*
/// table is the publication of its edition. Nor does the place of anything in its text.
pub fn compare(older: &[Statement], newer: &[Statement]) -> Vec<Edited> {
    let mut sides: BTreeMap<(&Subject, bool), [Vec<Numbered>; 2]> = BTreeMap::new();
    for (side, statements) in [older, newer].into_iter().enumerate() {
        for (place, statement) in statements.iter().enumerate() {
            let is_observation = statement.claim.is_observation();
            let both = sides.entry((&statement.subject, is_observation)).or_default();
            both[side].push((place as u32 + 1, &statement.claim));
        }
    }
    let mut edited = Vec::new();
    for ((subject, is_observation), [older, newer]) in sides {
        for (older, newer) in pairs(older, newer) {
            if let (Some((_, one)), Some((_, other))) = (older, newer)
                && one.same_rule(other)
                && (is_observation || same_time(one, other))
            {
                continue;
            }
            let rules = older.and_then(|(_, one)| one.rule()).zip(newer.and_then(|(_, other)| other.rule()));
            let tiers = rules.map(|(one, other)| align(one, other)).unwrap_or_default();
            edited.push(Edited {
                subject: subject.clone(),
                older: older.map(stated),
                newer: newer.map(stated),
                tiers: tiers.into_iter().filter(|tier| !tier.is_equal()).collect(),
            });
        }
    }
    edited
}

/// Whether two documents may be editions of one: both announce something for a subject, and either they have
/// one title and one publication, or of what each announces more than half is for a subject and a time of the
/// other's.
///
/// `one` and `other` are what they announce. It takes more than a contract in common, because exchanges
/// announce several steps of one contract within days, under one title.
pub fn may_be_editions(one: &Announced, other: &Announced, same_title_and_publication: bool) -> bool {
    let common = one.intersection(other).count();
    let subjects: BTreeSet<&Subject> = one.iter().map(|(subject, _)| subject).collect();
    let shares_a_subject = other.iter().any(|(subject, _)| subjects.contains(subject));
    (same_title_and_publication && shares_a_subject) || (2 * common > one.len() && 2 * common > other.len())
}

/// The changes and ends that a document announces, by subject and time.
pub type Announced = BTreeSet<(Subject, ValidTime)>;

/// What statements announce.
pub fn announced(statements: &[Statement]) -> Announced {
    let announces = |statement: &&Statement| !statement.claim.is_observation();
    let announced = statements.iter().filter(announces);
    announced.map(|statement| (statement.subject.clone(), statement.claim.valid_at())).collect()
}

/// A claim and its place among the statements of its document, counted from 1.
type Numbered<'a> = (u32, &'a Claim);

/// Each claim with its partner on the other side: of the same time, else the next in order.
fn pairs<'a>(
    older: Vec<Numbered<'a>>,
    mut newer: Vec<Numbered<'a>>,
) -> Vec<(Option<Numbered<'a>>, Option<Numbered<'a>>)> {
    let mut pairs = Vec::new();
    let mut left = Vec::new();
    for one in older {
        match newer.iter().position(|(_, claim)| claim.valid_at() == one.1.valid_at()) {
            Some(place) => pairs.push((Some(one), Some(newer.remove(place)))),
            None => left.push(one),
        }
    }
    let (mut left, mut newer) = (left.into_iter(), newer.into_iter());
    loop {
        match (left.next(), newer.next()) {
            (None, None) => return pairs,
            pair => pairs.push(pair),
        }
    }
}

fn same_time(one: &Claim, other: &Claim) -> bool {
    one.valid_at() == other.valid_at() && rollout(one) == rollout(other)
}

fn rollout(claim: &Claim) -> TimeSpan {
    match claim {
        Claim::Change { rollout, .. } | Claim::Conversion { rollout, .. } => *rollout,
        _ => TimeSpan::ZERO,
    }
}

fn stated((ordinal, claim): Numbered) -> Stated {
    Stated { ordinal, kind: claim.kind(), valid_at: claim.valid_at(), rollout: rollout(claim) }
}
