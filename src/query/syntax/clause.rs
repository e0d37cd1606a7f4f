//! The clauses of the language, each with its words, what follows them and what it is for.

/// What follows the words of a clause.
///
/// ```
/// use tierbook::language::{Clause, Value};
/// let is_time = |clause: &&Clause| clause.row().value == Value::Timestamp;
/// assert!(Clause::ALL.iter().filter(is_time).any(|clause| *clause == Clause::AsOf));
/// assert_eq!(Clause::Within.row().value, Value::TimeSpan);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Value {
    /// One or several notionals, amounts or leverages.
    Amounts,
    /// One notional or amount.
    Amount,
    /// One leverage.
    Leverage,
    /// One price.
    Price,
    /// One amount of money.
    Margin,
    /// A timestamp.
    Timestamp,
    /// A time span.
    TimeSpan,
    /// A program.
    Program,
    /// A word of the language.
    Word,
    /// Conditions on a change.
    Conditions,
    /// Nothing.
    Nothing,
}

/// A clause and all that is known of it.
///
/// ```
/// use tierbook::language::Clause;
/// let row = Clause::AsOf.row();
/// assert_eq!((row.form, row.left_out), ("as of V", "now"));
/// ```
#[derive(Debug)]
pub struct ClauseRow {
    /// Its words.
    pub words: &'static str,
    /// What follows them.
    pub value: Value,
    /// The clause as the forms of statements show it.
    pub form: &'static str,
    /// A value that can follow.
    pub example: &'static str,
    /// What it is for.
    pub meaning: &'static str,
    /// What it means to leave it out.
    pub left_out: &'static str,
}

macro_rules! clauses {
    ($($clause:ident $words:literal $value:ident $form:literal $example:literal $meaning:literal $left_out:literal;)*) => {
        /// A clause of the language.
        ///
        /// ```
        /// use tierbook::language::{Clause, parse};
        /// let statement = parse("mmr of ACTUSDT at 60000 as of 2026-02-07 on usdm")?.remove(0);
        /// let clauses: Vec<Clause> = statement.clauses.iter().map(|given| given.clause).collect();
        /// assert_eq!(clauses, [Clause::At, Clause::AsOf, Clause::On]);
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum Clause {
            $(#[doc = $meaning] $clause,)*
        }

        impl Clause {
            /// Every clause, in the order of the documentation.
            pub const ALL: &[Clause] = &[$(Clause::$clause),*];

            /// What is known of it.
            ///
            /// ```
            /// use tierbook::language::Clause;
            /// assert_eq!(Clause::Within.row().meaning, "not later than this after `as of`");
            /// ```
            pub fn row(self) -> &'static ClauseRow {
                match self {
                    $(Clause::$clause => &ClauseRow {
                        words: $words, value: Value::$value, form: $form, example: $example,
                        meaning: $meaning, left_out: $left_out,
                    },)*
                }
            }
        }
    };
}

clauses! {
    At "at" Amounts "at NUMBER, …" "60000"
        "the notionals, amounts or leverages; of a measure each subject can have its own: `margin of A, B at 60k, C at 2m`" "refused where the measure needs one";
    With "with" Leverage "with LEVERAGE" "4x"
        "the leverage; `initial margin` and `liquidation` only"
        "the highest leverage of the tier; for `liquidation`, `margin`";
    Long "long" Amount "long NUMBER" "60000"
        "the notional of a long position at its entry price; `liquidation` only" "`short`";
    Short "short" Amount "short NUMBER" "60000"
        "the notional of a short position at its entry price; `liquidation` only" "`long`";
    Entry "entry" Price "entry PRICE" "0.02"
        "the price at which the position was opened; `liquidation` only" "refused";
    Margin "margin" Margin "margin AMOUNT" "12000"
        "the isolated wallet of the position, without unrealized profit; `liquidation` only" "`with`";
    UpTo "up to" Amount "up to NUMBER" "250000"
        "the notional at which the chart ends" "the last cap";
    AsOf "as of" Timestamp "as of V" "2026-02-06T07:00Z"
        "the time at which the rule is in force" "now";
    KnownAt "known at" Timestamp "known at K" "2026-02-05"
        "only what was published by K counts" "everything stored";
    RecordedBy "recorded by" Timestamp "recorded by R" "tx=1"
        "only what this database had recorded by R counts; `recorded by tx=12` names a transaction"
        "everything stored";
    Vs "vs" Timestamp "vs V" "2026-02-07"
        "the second time, after `as of`, `known at` or `recorded by`" "`diff`: the next announced change; `chart` draws one side";
    By "by" Word "by WORD" "published"
        "the time in which `since`, `until` and the order count (for `knowledge`: the time that is followed); `by size`: \
         the largest change of margin or value first; for `chart tiers`: what shades the areas"
        "`effective`; for `knowledge`, `published`; for `chart tiers`, `rate`";
    Since "since" Timestamp "since A" "2026-02-01"
        "from A on" "from the beginning";
    Until "until" Timestamp "until B" "2026-03-01"
        "before B" "without end";
    Within "within" TimeSpan "within SPAN" "72h"
        "not later than this after `as of`" "without end";
    Where "where" Conditions "where CONDITION, …" "margin at 100000 up by 10%"
        "only the changes that meet all conditions" "every change";
    On "on" Program "on PROGRAM" "usdm"
        "`usdm`, `coinm`, `pm`, `pm-pro` or `cross`, of other exchanges `linear` or `inverse`, or with the venue: \
         `binance:usdm`, `bybit:linear`" "any program";
    AsPublished "as published" Nothing "as published" ""
        "refuse to answer where the printed bounds are broken" "repair them, with a warning";
}

impl Clause {
    /// Its words.
    ///
    /// ```
    /// use tierbook::language::Clause;
    /// assert_eq!(Clause::KnownAt.words(), "known at");
    /// ```
    pub fn words(self) -> &'static str {
        self.row().words
    }

    /// The clause of those words.
    ///
    /// ```
    /// use tierbook::language::Clause;
    /// assert_eq!(Clause::of("As Of"), Some(Clause::AsOf)); // in any case
    /// assert_eq!(Clause::of("before"), None);
    /// ```
    pub fn of(words: &str) -> Option<Clause> {
        Clause::ALL.iter().copied().find(|clause| clause.words().eq_ignore_ascii_case(words))
    }
}
