//! Two rules side by side: which tier of one is which of the other, and in which figures they differ.

use crate::decimal::{self, Decimal};
use crate::rule::{Rule, RuleKind, Tier};

/// A pair of corresponding tiers, or a tier that only one side has.
///
/// ```
/// use tierbook::rule::difference::align;
/// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
/// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
/// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
/// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
/// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
/// let tiers = align(before, after);
/// let numbers: Vec<_> = tiers.iter().map(|tier| (tier.before, tier.after)).collect();
/// assert_eq!(numbers[..3], [(Some(1), None), (Some(2), Some(1)), (Some(3), Some(2))]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AlignedTier {
    /// The number of the tier before, counted from 1; `None` where only the other side has it.
    pub before: Option<u32>,
    /// The number of the tier after, counted from 1; `None` where only the other side has it.
    pub after: Option<u32>,
    /// The figures that differ; of a tier that only one side has, all of its figures.
    pub differences: Vec<Difference>,
}

/// One figure on both sides.
///
/// ```
/// use tierbook::rule::difference::{Field, align};
/// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
/// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
/// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
/// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
/// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
/// let cap = &align(before, after)[1].differences[0]; // of the tier of 5 %
/// assert_eq!((cap.field, cap.before, cap.after), (Field::Cap, Some(15_000.into()), Some(10_000.into())));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// Which figure.
    pub field: Field,
    /// Before; `None` for no limit, and where the tier is missing.
    pub before: Option<Decimal>,
    /// After; `None` for no limit, and where the tier is missing.
    pub after: Option<Decimal>,
}

impl Difference {
    /// By how much the figure differs; `None` where one side is missing or has no limit.
    ///
    /// ```
    /// use tierbook::rule::difference::align;
    /// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
    /// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
    /// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
    /// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
    /// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
    /// assert_eq!(align(before, after)[1].differences[0].by(), Some((-5_000).into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn by(&self) -> Option<Decimal> {
        decimal::subtract(self.after?, self.before?)
    }
}

/// A figure of a tier that answers depend on. Floors and amounts follow from these.
///
/// ```
/// use tierbook::rule::difference::{Field, align};
/// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
/// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
/// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
/// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
/// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
/// let tiers = align(before, after);
/// let differs = |field| tiers.iter().flat_map(|tier| &tier.differences).any(|it| it.field == field);
/// assert!(differs(Field::Cap) && !differs(Field::Ratio));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Field {
    /// The cap, in the currency of the table.
    Cap,
    /// The maintenance margin rate, as a fraction.
    Mmr,
    /// The highest leverage.
    MaxLeverage,
    /// The collateral ratio, as a fraction.
    Ratio,
}

impl Field {
    /// `cap`, `mmr`, `max_leverage` or `ratio`, as in machine answers.
    ///
    /// ```
    /// use tierbook::rule::difference::Field;
    /// assert_eq!(Field::MaxLeverage.name(), "max_leverage");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Field::Cap => "cap",
            Field::Mmr => "mmr",
            Field::MaxLeverage => "max_leverage",
            Field::Ratio => "ratio",
        }
    }
}

impl AlignedTier {
    /// Whether both sides have the tier, with the same figures.
    ///
    /// ```
    /// use tierbook::rule::difference::align;
    /// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
    /// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
    /// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
    /// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
    /// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
    /// let equal = align(before, after).into_iter().filter(|tier| tier.is_equal());
    /// assert_eq!(equal.map(|tier| tier.before).collect::<Vec<_>>(), [Some(5)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_equal(&self) -> bool {
        self.before.is_some() && self.after.is_some() && self.differences.is_empty()
    }
}

/// The figures of one tier, each under its field.
type Figures = Vec<(Field, Option<Decimal>)>;

/// Pairs the tiers of two rules so that as few figures as possible differ, in the order of both. Tiers
/// without a figure in common are not paired, except of rules of a single tier. O(n·m) in the numbers of
/// tiers, which are bounded.
///
/// ```
/// use tierbook::rule::difference::align;
/// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
/// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
/// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
/// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
/// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
/// let tiers = align(before, after);
/// assert_eq!((tiers.len(), tiers[0].after), (7, None)); // the first tier is gone
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn align(before: &Rule, after: &Rule) -> Vec<AlignedTier> {
    let (before, after) = (figures(before), figures(after));
    let single = before.len() == 1 && after.len() == 1;
    // cost[i][j]: of the best pairing of what is left from tier i and tier j on.
    let mut cost = vec![vec![0; after.len() + 1]; before.len() + 1];
    for i in (0..=before.len()).rev() {
        for j in (0..=after.len()).rev() {
            if let Some(best) = steps(&cost, &before, &after, (i, j), single).into_iter().min() {
                cost[i][j] = best.0;
            }
        }
    }
    let (mut i, mut j, mut aligned) = (0, 0, Vec::new());
    while let Some((_, step)) = steps(&cost, &before, &after, (i, j), single).into_iter().min() {
        let (one, other) = match step {
            Step::Pair => (before.get(i), after.get(j)),
            Step::BeforeAlone => (before.get(i), None),
            Step::AfterAlone => (None, after.get(j)),
        };
        aligned.push(AlignedTier {
            before: one.map(|_| i as u32 + 1),
            after: other.map(|_| j as u32 + 1),
            differences: differences(one, other),
        });
        i += usize::from(one.is_some());
        j += usize::from(other.is_some());
    }
    aligned
}

/// One step of a pairing; of equally good ones the first is taken.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Pair,
    BeforeAlone,
    AfterAlone,
}

/// What a tier without a partner costs; a pair costs two for each figure that differs.
const ALONE: usize = 3;

/// The steps that are possible from a place, each with the cost of all that follows.
fn steps(
    cost: &[Vec<usize>],
    before: &[Figures],
    after: &[Figures],
    (i, j): (usize, usize),
    single: bool,
) -> Vec<(usize, Step)> {
    let mut steps = Vec::with_capacity(3);
    if let (Some(one), Some(other)) = (before.get(i), after.get(j)) {
        let differing = differences(Some(one), Some(other)).len();
        if single || differing < one.len().max(other.len()) {
            steps.push((2 * differing + cost[i + 1][j + 1], Step::Pair));
        }
    }
    if i < before.len() {
        steps.push((ALONE + cost[i + 1][j], Step::BeforeAlone));
    }
    if j < after.len() {
        steps.push((ALONE + cost[i][j + 1], Step::AfterAlone));
    }
    steps
}

fn differences(before: Option<&Figures>, after: Option<&Figures>) -> Vec<Difference> {
    let value = |figures: Option<&Figures>, field: Field| {
        figures.and_then(|figures| figures.iter().find(|(name, _)| *name == field)).map(|(_, value)| *value)
    };
    let fields = [Field::Cap, Field::Mmr, Field::MaxLeverage, Field::Ratio].into_iter();
    let differing = fields.filter(|field| value(before, *field) != value(after, *field));
    let difference = |field: Field| Difference {
        field,
        before: value(before, field).flatten(),
        after: value(after, field).flatten(),
    };
    differing.map(difference).collect()
}

fn figures(rule: &Rule) -> Vec<Figures> {
    let figures = |tier: &Tier| match rule.kind() {
        RuleKind::Contract => vec![
            (Field::Cap, tier.cap),
            (Field::Mmr, Some(tier.rate)),
            (Field::MaxLeverage, tier.max_leverage().map(Decimal::from)),
        ],
        RuleKind::Flat => vec![(Field::Ratio, Some(tier.rate))],
        RuleKind::Collateral | RuleKind::Class => {
            vec![(Field::Cap, tier.cap), (Field::Ratio, Some(tier.rate))]
        }
    };
    rule.tiers().iter().map(figures).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::rule::{Leverage, Number, PrintedTier, Rate};
    use crate::text::Span;

    fn table(rows: &[(u32, &str, &str)]) -> Rule {
        let printed = rows.iter().map(|(leverage, cap, rate)| PrintedTier {
            leverage: Some(Leverage { min: None, max: *leverage, text: format!("{leverage}x") }),
            floor: Number::read("0").unwrap(),
            cap: Number::read(cap).unwrap(),
            rate: Rate::from_percent(rate).unwrap(),
            cells: vec![Span::new(0, 0); 4],
        });
        Rule::contract("USDT", printed.collect()).unwrap()
    }

    fn numbers(aligned: &[AlignedTier]) -> Vec<(Option<u32>, Option<u32>, usize)> {
        aligned.iter().map(|tier| (tier.before, tier.after, tier.differences.len())).collect()
    }

    #[test]
    fn a_tier_that_only_one_side_has_is_alone_and_the_others_keep_their_partners() {
        let before = table(&[(20, "5,000", "2.5"), (10, "10,000", "5"), (5, "50,000", "10")]);
        let after = table(&[(10, "10,000", "5"), (5, "40,000", "10"), (1, "80,000", "50")]);
        let aligned = align(&before, &after);
        assert_eq!(
            numbers(&aligned),
            [(Some(1), None, 3), (Some(2), Some(1), 0), (Some(3), Some(2), 1), (None, Some(3), 3)]
        );
        let cap = &aligned[2].differences[0];
        assert_eq!(
            (cap.field, cap.before, cap.after),
            (Field::Cap, Some(50_000.into()), Some(40_000.into()))
        );
    }

    #[test]
    fn equal_rules_align_without_a_difference_and_tables_with_nothing_in_common_do_not_align() {
        let one = table(&[(20, "5,000", "2.5"), (10, "10,000", "5")]);
        assert!(align(&one, &one).iter().all(AlignedTier::is_equal));
        let other = table(&[(50, "7,000", "1"), (25, "9,000", "2")]);
        assert!(align(&one, &other).iter().all(|tier| tier.before.is_none() || tier.after.is_none()));
    }

    #[test]
    fn a_missing_limit_is_a_difference_from_a_cap() {
        let (one, other) = (table(&[(1, "5,000", "50")]), table(&[(1, "99,999,999,999", "50")]));
        let aligned = align(&one, &other);
        assert_eq!(
            aligned[0].differences,
            [Difference { field: Field::Cap, before: Some(5_000.into()), after: None }]
        );
    }
}
