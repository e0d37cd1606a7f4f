//! A rule: the whole table of one subject, as published and as read.
//!
//! Every rule is a table of tiers: leverage and maintenance margin tiers of a contract, collateral ratios of
//! an asset by amount, or one collateral ratio for any amount, which is a table of a single open tier. A rule
//! keeps what was printed, text beside number, and has the reading that answers are made from. Two rules are
//! *the same* when they give the same answers, whatever digits they were printed with.

pub mod printed;
pub mod tiers;
mod placed;
pub mod difference;
pub mod effect;
pub(crate) mod fixed;
pub(crate) mod distinct;

pub use placed::PlacedRule;
pub use printed::{Leverage, Number, PrintedTier, Rate, Reading};
pub use tiers::{LeverageRange, Tier, Unreadable};

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::decimal::Decimal;
use crate::text::Span;

/// What a rule is about, and so what its tiers have.
///
/// ```
/// use tierbook::rule::RuleKind;
/// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
/// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
/// let rules = document.statements().iter().filter_map(|statement| statement.claim.rule());
/// let flat = rules.filter(|rule| rule.kind() == RuleKind::Flat);
/// assert_eq!(flat.count(), 44); // 22 assets, each before and after
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RuleKind {
    /// Leverage and maintenance margin tiers of a contract.
    Contract,
    /// One collateral ratio for any amount of an asset.
    Flat,
    /// Collateral ratios of an asset by amount.
    Collateral,
    /// The class of an asset: its collateral ratios are those of the class.
    Class,
}

impl RuleKind {
    /// The names of the cells of a printed row in answers, in the order of [`PrintedTier::cells`].
    ///
    /// ```
    /// use tierbook::rule::RuleKind;
    /// assert_eq!(RuleKind::Contract.cell_names(), ["leverage", "floor", "cap", "mmr"]);
    /// ```
    pub fn cell_names(self) -> &'static [&'static str] {
        match self {
            RuleKind::Contract => &["leverage", "floor", "cap", "mmr"],
            RuleKind::Flat => &["ratio"],
            RuleKind::Collateral => &["floor", "cap", "ratio"],
            RuleKind::Class => &[],
        }
    }
}

/// The rule of one subject: caps that never fall, amounts computed exactly. It has at least one tier, or is the
/// class of an asset.
///
/// ```
/// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
/// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
/// let statement = document.statements().iter().find(|it| it.subject.name() == "ACTUSDT").unwrap();
/// let rule = statement.claim.rule().unwrap();
/// let tier = rule.tier_at(60_000.into()).unwrap();
/// assert_eq!(tier.value(60_000.into()), Some(5_500.into())); // 60,000 × 10 % − 500
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Rule {
    kind: RuleKind,
    unit: String,
    rank: Option<u32>,
    printed: Vec<PrintedTier>,
    tiers: Vec<Tier>,
}

impl Rule {
    /// Reads the printed table of a contract in quote units of `unit`: caps as printed, floors as the caps
    /// before.
    ///
    /// ```
    /// use tierbook::rule::{Leverage, Number, PrintedTier, Rate, Rule};
    /// let row = PrintedTier {
    ///     leverage: Some(Leverage { min: None, max: 20, text: "20x".into() }),
    ///     floor: Number::read("0").unwrap(),
    ///     cap: Number::read("5,000").unwrap(),
    ///     rate: Rate::from_percent("2.50").unwrap(),
    ///     cells: Vec::new(), // made by a program: no place in a source
    /// };
    /// let rule = Rule::contract("USDT", vec![row]).unwrap();
    /// assert_eq!((rule.highest_leverage(), rule.limit()), (Some(20), Some(5_000.into())));
    /// ```
    ///
    /// # Errors
    /// The table is empty or too long, a cap falls, or an amount would have to be rounded.
    pub fn contract(unit: &str, printed: Vec<PrintedTier>) -> Result<Rule, Unreadable> {
        let tiers = tiers::read(&printed)?;
        Ok(Rule { kind: RuleKind::Contract, unit: unit.to_string(), rank: None, printed, tiers })
    }

    /// Reads a printed table of collateral ratios in `unit`, as [`Rule::contract`] does. `rank` is the number
    /// of the shared schedule, where the source names it.
    ///
    /// ```
    /// use tierbook::rule::{Number, PrintedTier, Rate, Rule};
    /// let row = |floor, cap, percent| PrintedTier {
    ///     leverage: None,
    ///     floor: Number::read(floor).unwrap(),
    ///     cap: Number::read(cap).unwrap(),
    ///     rate: Rate::from_percent(percent).unwrap(),
    ///     cells: Vec::new(),
    /// };
    /// let rows = vec![row("0", "200,000", "100"), row("200,000", "400,000", "80")];
    /// let rule = Rule::collateral("USD", Some(8), rows).unwrap();
    /// let tier = rule.tier_at(300_000.into()).unwrap();
    /// assert_eq!(tier.value(300_000.into()), Some(280_000.into())); // the first 200,000 count in full
    /// ```
    ///
    /// # Errors
    /// As [`Rule::contract`].
    pub fn collateral(unit: &str, rank: Option<u32>, printed: Vec<PrintedTier>) -> Result<Rule, Unreadable> {
        let tiers = tiers::read(&printed)?;
        Ok(Rule { kind: RuleKind::Collateral, unit: unit.to_string(), rank, printed, tiers })
    }

    /// One collateral ratio for any amount, printed at `place`.
    ///
    /// ```
    /// use tierbook::Span;
    /// use tierbook::rule::{Rate, Rule};
    /// let rule = Rule::flat(Rate::from_percent("80").unwrap(), Span::new(0, 2));
    /// assert_eq!((rule.tiers()[0].rate, rule.limit()), ("0.8".parse()?, None));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn flat(ratio: Rate, place: Span) -> Rule {
        let tiers = vec![Tier::open(ratio.fraction())];
        let printed = vec![PrintedTier::open(ratio, place)];
        Rule { kind: RuleKind::Flat, unit: "USD".to_string(), rank: None, printed, tiers }
    }

    /// The class of an asset, whose collateral ratios are the rule of the class.
    ///
    /// ```
    /// use tierbook::rule::Rule;
    /// let rule = Rule::class(7);
    /// assert_eq!((rule.rank(), rule.tiers().len()), (Some(7), 0));
    /// ```
    pub fn class(number: u32) -> Rule {
        let (printed, tiers) = (Vec::new(), Vec::new());
        Rule { kind: RuleKind::Class, unit: "USD".to_string(), rank: Some(number), printed, tiers }
    }

    /// What the rule is about.
    ///
    /// ```
    /// use tierbook::rule::RuleKind;
    /// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
    /// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
    /// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
    /// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
    /// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
    /// assert_eq!(after.kind(), RuleKind::Contract);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn kind(&self) -> RuleKind {
        self.kind
    }

    /// The currency in which notionals and amounts of this rule are counted.
    ///
    /// ```
    /// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
    /// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
    /// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
    /// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
    /// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
    /// assert_eq!(after.unit(), "USDT");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// The number of the shared schedule of a collateral table, where the source names it; of an asset's class
    /// its number.
    ///
    /// ```
    /// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
    /// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
    /// let ranks = document.statements().iter().filter_map(|statement| statement.claim.rule()?.rank());
    /// assert_eq!(ranks.collect::<Vec<_>>(), [8, 7, 8, 7]); // FET and STRK, after and before
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rank(&self) -> Option<u32> {
        self.rank
    }

    /// The rows as printed, in order.
    ///
    /// ```
    /// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
    /// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
    /// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
    /// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
    /// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
    /// let row = &after.printed()[4]; // the misprinted floor is kept
    /// assert_eq!((row.floor.text(), row.cap.text()), ("700,000", "500,000"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn printed(&self) -> &[PrintedTier] {
        &self.printed
    }

    /// The tiers as read, in order; empty only for the class of an asset.
    ///
    /// ```
    /// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
    /// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
    /// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
    /// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
    /// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
    /// let caps: Vec<_> = after.tiers().iter().filter_map(|tier| tier.cap).collect();
    /// assert_eq!(caps[..3], [10_000.into(), 60_000.into(), 70_000.into()]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tiers(&self) -> &[Tier] {
        &self.tiers
    }

    /// The tier of a notional or amount of 0 or more: `floor < notional <= cap`, and 0 in the first. `None`
    /// above the last cap.
    ///
    /// ```
    /// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
    /// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
    /// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
    /// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
    /// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
    /// let number = |notional: u32| after.tier_at(notional.into()).map(|tier| tier.number);
    /// assert_eq!([0, 10_000, 10_001].map(number), [Some(1), Some(1), Some(2)]);
    /// assert_eq!(number(800_001), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tier_at(&self, notional: Decimal) -> Option<&Tier> {
        let index = self.tiers.partition_point(|tier| tier.cap.is_some_and(|cap| cap < notional));
        self.tiers.get(index)
    }

    /// The last cap; `None` for no limit.
    ///
    /// ```
    /// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
    /// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
    /// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
    /// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
    /// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
    /// assert_eq!((before.limit(), after.limit()), (Some(5_000_000.into()), Some(800_000.into())));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn limit(&self) -> Option<Decimal> {
        self.tiers.last().and_then(|tier| tier.cap)
    }

    /// The last tier that allows `leverage`, whose cap is the largest notional at it; `None` where none does.
    ///
    /// ```
    /// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
    /// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
    /// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
    /// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
    /// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
    /// assert_eq!(after.last_tier_allowing(5).unwrap().cap, Some(60_000.into()));
    /// assert!(after.last_tier_allowing(20).is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn last_tier_allowing(&self, leverage: u32) -> Option<&Tier> {
        self.tiers.iter().rev().find(|tier| tier.max_leverage().is_some_and(|max| max >= leverage))
    }

    /// The highest leverage of any tier of a contract.
    ///
    /// ```
    /// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
    /// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
    /// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
    /// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
    /// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
    /// assert_eq!((before.highest_leverage(), after.highest_leverage()), (Some(20), Some(10)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn highest_leverage(&self) -> Option<u32> {
        self.tiers.iter().filter_map(Tier::max_leverage).max()
    }

    /// Whether both give the same answer to every question: kinds, caps, rates and highest leverages are
    /// equal as numbers. The printed digits, and a lowest leverage that only one of them states, do not
    /// count.
    ///
    /// ```
    /// use tierbook::Span;
    /// use tierbook::rule::{Rate, Rule};
    /// let flat = |percent| Rule::flat(Rate::from_percent(percent).unwrap(), Span::new(0, 0));
    /// assert!(flat("80").same(&flat("80.0")));
    /// assert!(!flat("80").same(&flat("85")));
    /// ```
    pub fn same(&self, other: &Rule) -> bool {
        // Most rules that are compared are one and the same table.
        if std::ptr::eq(self, other) {
            return true;
        }
        let same_class = self.kind != RuleKind::Class || self.rank == other.rank;
        self.kind == other.kind && same_class && self.figures().eq(other.figures())
    }

    /// What answers are made from, of each tier.
    fn figures(&self) -> impl Iterator<Item = impl Hash + PartialEq> {
        self.tiers.iter().map(|tier| (tier.cap, tier.rate, tier.max_leverage()))
    }

    /// A hash that is equal where rules are the same.
    pub(crate) fn hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        let class = if self.kind == RuleKind::Class { self.rank } else { None };
        (self.kind, class).hash(&mut hasher);
        self.figures().for_each(|figures| figures.hash(&mut hasher));
        hasher.finish()
    }

    /// The same rule with the places of its cells as `place` gives them: those of the source that a text was
    /// made from.
    ///
    /// ```
    /// use tierbook::Span;
    /// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
    /// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
    /// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
    /// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
    /// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
    /// let moved = after.with_places(&|place| Span::new(place.start + 100, place.end + 100));
    /// assert_eq!(moved.printed()[0].span().start, after.printed()[0].span().start + 100);
    /// assert!(moved.same(after));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_places(&self, place: &impl Fn(Span) -> Span) -> Rule {
        let mut rule = self.clone();
        rule.printed.iter_mut().flat_map(|row| &mut row.cells).for_each(|cell| *cell = place(*cell));
        rule
    }
}
