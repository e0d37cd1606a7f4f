//! A query as written: no clock is read, no name looked up, no number converted.

use crate::query::syntax::language::{Clause, StatementKind};
use crate::query::syntax::measure::Measure;
use crate::text::Span;

/// What comes before the number of a transaction, in place of a time.
pub const TX: &str = "tx=";

/// A word of the query and its place.
///
/// ```
/// use tierbook::language::parse;
/// let text = "mmr of \"ACTUSDT\" at 60000";
/// let statement = parse(text)?.remove(0);
/// let word = &statement.subjects[0];
/// assert_eq!((word.text.as_str(), word.span.of(text)), ("ACTUSDT", "\"ACTUSDT\""));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Word {
    /// The word, without quotes.
    pub text: String,
    /// Its bytes in the query text, quotes included.
    pub span: Span,
    /// The parameter that it is written as, without the `$`: then `text` is what is bound to it, and `$name`
    /// before anything is.
    pub parameter: Option<String>,
}

impl Word {
    /// A word as it is written.
    ///
    /// ```
    /// use tierbook::{Span, language::{Word, parse}};
    /// let mut statement = parse("mmr of ACTUSDT at 60000")?.remove(0);
    /// statement.subjects.push(Word::new("IPUSDT", Span::new(0, 0))); // one more subject, from a program
    /// assert_eq!(statement.subjects.len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(text: impl Into<String>, span: Span) -> Word {
        Word { text: text.into(), span, parameter: None }
    }
}

/// One statement.
///
/// ```
/// use tierbook::language::{Measure, StatementKind, parse};
/// let statement = parse("explain mmr of ACTUSDT at 60000")?.remove(0);
/// assert_eq!(statement.kind, StatementKind::Measure);
/// assert_eq!(statement.measure.map(|(measure, _)| measure), Some(Measure::Mmr));
/// assert!(statement.is_explained);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// Which row of the language it is.
    pub kind: StatementKind,
    /// Whether `explain` comes before it.
    pub is_explained: bool,
    /// The measure that is asked for, and its place; `None` where the statement has none.
    pub measure: Option<(Measure, Span)>,
    /// The subjects; empty for all, where the statement allows that.
    pub subjects: Vec<Word>,
    /// The pattern of `subjects matching`, or the source of `source` and `findings in`.
    pub argument: Option<Word>,
    /// The clauses as they are written, each at most once.
    pub clauses: Vec<GivenClause>,
    /// The whole statement.
    pub span: Span,
}

/// A clause of a statement.
///
/// ```
/// use tierbook::language::{Clause, parse};
/// let statement = parse("diff ACTUSDT as of 2026-02-06 vs 2026-02-07")?.remove(0);
/// let given = &statement.clauses[0];
/// assert_eq!((given.clause, given.values[0].text.as_str()), (Clause::AsOf, "2026-02-06"));
/// assert_eq!(given.other.as_ref().unwrap().text, "2026-02-07");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GivenClause {
    /// Which one.
    pub clause: Clause,
    /// What follows it; empty for `as published` and `where`.
    pub values: Vec<Word>,
    /// The time after `vs`.
    pub other: Option<Word>,
    /// The conditions of `where`.
    pub conditions: Vec<Condition>,
    /// Further subjects of `at`, with what they are asked at: `B at 2m` in `at 60k, B at 2m`.
    pub own: Vec<OwnAt>,
    /// The whole clause.
    pub span: Span,
}

/// Subjects with notionals of their own.
///
/// ```
/// use tierbook::language::{Clause, parse};
/// let statement = parse("margin of ACTUSDT at 60k, IPUSDT at 2m as of 2026-02-07")?.remove(0);
/// let own = &statement.given(Clause::At).unwrap().own[0];
/// assert_eq!((own.subjects[0].text.as_str(), own.values[0].text.as_str()), ("IPUSDT", "2m"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwnAt {
    /// The subjects.
    pub subjects: Vec<Word>,
    /// What they are asked at.
    pub values: Vec<Word>,
}

/// A condition on a change: `margin at 100000 up by 10%`, `limit down`, `tightened`.
///
/// ```
/// use tierbook::language::{Clause, Measure, parse};
/// let statement = parse("changes where margin at 100000 up by 10%")?.remove(0);
/// let condition = &statement.given(Clause::Where).unwrap().conditions[0];
/// assert_eq!(condition.measure, Some(Measure::Margin));
/// assert_eq!(condition.by.as_ref().unwrap().text, "10%");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Condition {
    /// The measure that must change; `None` for a verdict.
    pub measure: Option<Measure>,
    /// The notional or leverage at which it must change.
    pub at: Option<Word>,
    /// `with`, and the clauses of a position: `liquidation long 60k entry 0.02 with 5x up`.
    pub clauses: Vec<GivenClause>,
    /// The direction, or the verdict; `None` where it is missing.
    pub moves: Option<Word>,
    /// By how much at least.
    pub by: Option<Word>,
    /// The whole condition.
    pub span: Span,
}

impl GivenClause {
    /// A clause with one value.
    ///
    /// ```
    /// use tierbook::language::{Clause, GivenClause, Word, parse};
    /// use tierbook::{Span, Timestamp};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let mut statement = parse("mmr of ACTUSDT at 60000")?.remove(0);
    /// let time = Word::new("2026-02-07", Span::new(0, 0));
    /// statement.clauses.push(GivenClause::new(Clause::AsOf, time));
    /// assert_eq!(rules.answer(&statement, Timestamp::now())?.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(clause: Clause, value: Word) -> GivenClause {
        let span = value.span;
        GivenClause {
            clause,
            values: vec![value],
            other: None,
            conditions: Vec::new(),
            own: Vec::new(),
            span,
        }
    }

    fn words_mut(&mut self) -> impl Iterator<Item = &mut Word> {
        let conditions = self.conditions.iter_mut().flat_map(|condition| {
            let clauses = condition.clauses.iter_mut().flat_map(|given| &mut given.values);
            let words = [&mut condition.at, &mut condition.moves, &mut condition.by];
            words.into_iter().flatten().chain(clauses)
        });
        let own = self.own.iter_mut().flat_map(|own| own.subjects.iter_mut().chain(&mut own.values));
        self.values.iter_mut().chain(own).chain(&mut self.other).chain(conditions)
    }
}

impl Statement {
    /// A clause, where it is given.
    ///
    /// ```
    /// use tierbook::language::{Clause, parse};
    /// let statement = parse("mmr of ACTUSDT at 60000 as published")?.remove(0);
    /// assert!(statement.given(Clause::AsPublished).is_some());
    /// assert!(statement.given(Clause::AsOf).is_none()); // it asks about now
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn given(&self, clause: Clause) -> Option<&GivenClause> {
        self.clauses.iter().find(|given| given.clause == clause)
    }

    /// What follows a clause; empty where it is not given.
    ///
    /// ```
    /// use tierbook::language::{Clause, parse};
    /// let statement = parse("mmr of ACTUSDT at 1k, 60k")?.remove(0);
    /// let notionals = statement.values(Clause::At).iter().map(|word| word.text.as_str());
    /// assert_eq!(notionals.collect::<Vec<_>>(), ["1k", "60k"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn values(&self, clause: Clause) -> &[Word] {
        self.given(clause).map_or(&[], |given| given.values.as_slice())
    }

    /// The one value of a clause, where it is given.
    ///
    /// ```
    /// use tierbook::language::{Clause, parse};
    /// let statement = parse("changes since 2 days ago")?.remove(0);
    /// assert_eq!(statement.value(Clause::Since).unwrap().text, "2 days ago");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn value(&self, clause: Clause) -> Option<&Word> {
        self.values(clause).first()
    }

    /// The time after `vs` in a clause.
    ///
    /// ```
    /// use tierbook::language::{Clause, parse};
    /// let statement = parse("chart mmr of ACTUSDT known at 2026-02-02 vs 2026-02-04")?.remove(0);
    /// assert_eq!(statement.other(Clause::KnownAt).unwrap().text, "2026-02-04");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn other(&self, clause: Clause) -> Option<&Word> {
        self.given(clause)?.other.as_ref()
    }

    /// Whether it is the address of an answer, which gives the same answer for ever.
    ///
    /// ```
    /// use tierbook::language::parse;
    /// let address = "binance:usdm:ACTUSDT/mmr@at=60000;v=2026-02-07T00:00:00Z;tx=1";
    /// assert!(parse(address)?[0].is_address());
    /// assert!(!parse("mmr of ACTUSDT at 60000")?[0].is_address());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_address(&self) -> bool {
        self.value(Clause::RecordedBy).is_some_and(|word| word.text.starts_with(TX))
    }

    /// The words that values of parameters can replace, and all other words.
    ///
    /// ```
    /// use tierbook::language::parse;
    /// let mut statement = parse("mmr of $contract at $notional as of 2026-02-07")?.remove(0);
    /// let parameters = statement.words_mut().filter_map(|word| word.parameter.clone());
    /// assert_eq!(parameters.collect::<Vec<_>>(), ["contract", "notional"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn words_mut(&mut self) -> impl Iterator<Item = &mut Word> {
        let clauses = self.clauses.iter_mut().flat_map(GivenClause::words_mut);
        self.subjects.iter_mut().chain(&mut self.argument).chain(clauses)
    }

    /// Gives everything in it the place `span`.
    ///
    /// ```
    /// use tierbook::{Span, language::parse};
    /// let mut statement = parse("mmr of ACTUSDT at 60000")?.remove(0);
    /// let alias = Span::new(0, 3); // where the name of an alias stands for it
    /// statement.place_at(alias);
    /// assert!(statement.words_mut().all(|word| word.span == alias));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn place_at(&mut self, span: Span) {
        self.words_mut().for_each(|word| word.span = span);
        for given in &mut self.clauses {
            given.span = span;
            for condition in &mut given.conditions {
                condition.span = span;
                condition.clauses.iter_mut().for_each(|given| given.span = span);
            }
        }
        self.measure = self.measure.map(|(measure, _)| (measure, span));
        self.span = span;
    }
}
