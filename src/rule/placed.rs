//! A rule at its place in a document: thousands of statements share one table, each at a place of its own.

use std::ops::Deref;
use std::sync::Arc;

use crate::rule::{PrintedTier, Rule};
use crate::text::Span;

/// A shared rule, and where its printed cells are in the document that states it.
///
/// The places in the rule itself are relative, so that documents which print the same table share it. A clone is
/// a handle on the same rule.
///
/// ```
/// use std::sync::Arc;
/// use tierbook::Span;
/// use tierbook::rule::{PlacedRule, Rate, Rule};
/// let rule = PlacedRule::from(Arc::new(Rule::flat(Rate::from_percent("80").unwrap(), Span::new(40, 43))));
/// let shared = rule.relative();
/// assert_eq!((shared.row_span(0), shared.printed()[0].span()), (Span::new(40, 43), Span::new(0, 3)));
/// assert_eq!(shared, rule);
/// ```
#[derive(Clone, Debug)]
pub struct PlacedRule {
    rule: Arc<Rule>,
    /// What is added to the places in the rule.
    offset: usize,
}

impl PlacedRule {
    /// A rule whose places are counted from `offset`.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use tierbook::Span;
    /// use tierbook::rule::{PlacedRule, Rate, Rule};
    /// let rule = Arc::new(Rule::flat(Rate::from_percent("80").unwrap(), Span::new(2, 4)));
    /// let (one, other) = (PlacedRule::new(rule.clone(), 100), PlacedRule::new(rule, 700));
    /// assert_eq!((one.row_span(0).start, other.row_span(0).start), (102, 702));
    /// assert!(one.same(&other) && one != other); // the same table at two places
    /// ```
    pub fn new(rule: Arc<Rule>, offset: usize) -> PlacedRule {
        PlacedRule { rule, offset }
    }

    /// The shared rule, whose places are relative.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use tierbook::rule::{PlacedRule, Rule};
    /// let rule = Arc::new(Rule::class(7));
    /// assert!(Arc::ptr_eq(PlacedRule::new(rule.clone(), 5).shared(), &rule));
    /// ```
    pub fn shared(&self) -> &Arc<Rule> {
        &self.rule
    }

    /// The place in the document that places in the rule are counted from.
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    /// The same rule at the same place, with its places counted from its first cell.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use tierbook::Span;
    /// # use tierbook::rule::{PlacedRule, Rate, Rule};
    /// let at = |start| Arc::new(Rule::flat(Rate::from_percent("80").unwrap(), Span::new(start, start + 3)));
    /// let (one, other) = (PlacedRule::from(at(40)).relative(), PlacedRule::from(at(90)).relative());
    /// assert_eq!(one.shared(), other.shared());
    /// ```
    #[must_use]
    pub fn relative(&self) -> PlacedRule {
        let cells = self.rule.printed().iter().flat_map(|row| &row.cells);
        let first = cells.map(|cell| cell.start).min().unwrap_or(0);
        let relative = |place: Span| Span::new(place.start - first, place.end - first);
        PlacedRule { rule: Arc::new(self.rule.with_places(&relative)), offset: self.offset + first }
    }

    /// The printed cells of a row, counted from 0, in the document; none where the rule has no such row.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use tierbook::Span;
    /// # use tierbook::rule::{PlacedRule, Rate, Rule};
    /// let rule = Rule::flat(Rate::from_percent("80").unwrap(), Span::new(2, 4));
    /// let placed = PlacedRule::new(Arc::new(rule), 100);
    /// assert_eq!(placed.cells(0).collect::<Vec<_>>(), [Span::new(102, 104)]);
    /// assert_eq!(placed.cells(1).count(), 0);
    /// ```
    pub fn cells(&self, row: usize) -> impl Iterator<Item = Span> {
        let cells = self.rule.printed().get(row).map_or(&[][..], |row| &row.cells);
        cells.iter().map(|cell| self.place(*cell))
    }

    /// The whole of a row, counted from 0, in the document.
    ///
    /// ```
    /// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
    /// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
    /// let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
    /// let rule = document.statements().iter().find(of_act).and_then(|it| it.claim.rule()).unwrap();
    /// assert!(rule.row_span(1).of(document.text()).starts_with("5x10,000"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn row_span(&self, row: usize) -> Span {
        self.place(self.rule.printed().get(row).map_or(Span::new(0, 0), PrintedTier::span))
    }

    /// The whole of each row in the document.
    ///
    /// ```
    /// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
    /// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
    /// let rule = document.statements()[0].claim.rule().unwrap();
    /// assert_eq!(rule.row_spans().count(), rule.tiers().len());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn row_spans(&self) -> impl Iterator<Item = Span> {
        self.rule.printed().iter().map(|row| self.place(row.span()))
    }

    /// The same rule with the places of its cells as `place` gives them: those of the source that a text was
    /// made from.
    pub(crate) fn with_places(&self, place: &impl Fn(Span) -> Span) -> PlacedRule {
        Arc::new(self.rule.with_places(&|cell| place(self.place(cell)))).into()
    }

    fn place(&self, cell: Span) -> Span {
        Span::new(cell.start + self.offset, cell.end + self.offset)
    }
}

impl From<Arc<Rule>> for PlacedRule {
    fn from(rule: Arc<Rule>) -> PlacedRule {
        PlacedRule { rule, offset: 0 }
    }
}

impl From<Rule> for PlacedRule {
    fn from(rule: Rule) -> PlacedRule {
        Arc::new(rule).into()
    }
}

impl Deref for PlacedRule {
    type Target = Rule;

    fn deref(&self) -> &Rule {
        &self.rule
    }
}

/// Equal rules at the same place, wherever the places are counted from.
impl PartialEq for PlacedRule {
    fn eq(&self, other: &PlacedRule) -> bool {
        if self.offset == other.offset {
            return Arc::ptr_eq(&self.rule, &other.rule) || self.rule == other.rule;
        }
        let from_start = |placed: &PlacedRule| placed.with_places(&|cell| cell).rule;
        from_start(self) == from_start(other)
    }
}
