//! The measures: what can be asked of a rule, of which programs, and what comes after `at`.

use crate::statement::Program;

/// What comes after `at`.
///
/// ```
/// use tierbook::language::{Measure, Takes};
/// assert_eq!(Measure::Mmr.takes(), Takes::Amount); // mmr of ACTUSDT at 60000
/// assert_eq!(Measure::MaxPosition.takes(), Takes::Leverage); // max position of ACTUSDT at 10x
/// assert_eq!(Measure::Limit.takes(), Takes::Nothing); // limit of ACTUSDT
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Takes {
    /// A notional or an amount, which must be given.
    Amount,
    /// An amount where the ratio depends on it.
    AmountIfTiered,
    /// A leverage, which must be given.
    Leverage,
    /// Nothing, but `long` or `short`, `entry`, and `with` or `margin`: an isolated position.
    Position,
    /// Nothing.
    Nothing,
}

macro_rules! measures {
    ($($variant:ident $words:literal $key:literal $takes:ident $meaning:literal $details:literal $example:literal;)*) => {
        /// What is asked of a rule.
        ///
        /// ```
        /// use tierbook::Row;
        /// use tierbook::language::Measure;
        /// # let folder = tempfile::tempdir()?;
        /// # let database = tierbook::Database::create(folder.path().join("db"))?;
        /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
        /// # let rules = database.snapshot()?;
        /// let rows = rules.query("margin of ACTUSDT at 60000 as of 2026-02-07")?;
        /// let Some(Row::Measure(row)) = rows.first() else { panic!() };
        /// assert_eq!((row.measure, row.unit.as_str()), (Measure::Margin, "USDT"));
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Measure {
            $(#[doc = $meaning] $variant,)*
        }

        impl Measure {
            /// Every measure, in the order of the documentation.
            pub const ALL: &[Measure] = &[$(Measure::$variant),*];

            /// The words of the language.
            ///
            /// ```
            /// use tierbook::language::Measure;
            /// assert_eq!(Measure::MaxLeverage.words(), "max leverage");
            /// ```
            pub fn words(self) -> &'static str {
                match self { $(Measure::$variant => $words,)* }
            }

            /// The name in machine answers.
            ///
            /// ```
            /// use tierbook::language::Measure;
            /// assert_eq!(Measure::MaxLeverage.key(), "max_leverage");
            /// ```
            pub fn key(self) -> &'static str {
                match self { $(Measure::$variant => $key,)* }
            }

            /// What comes after `at`.
            ///
            /// ```
            /// use tierbook::language::{Measure, Takes};
            /// let mut without = Measure::ALL.iter().filter(|measure| measure.takes() == Takes::Nothing);
            /// assert_eq!(without.next(), Some(&Measure::Tiers)); // `tiers of ACTUSDT`, without `at`
            /// ```
            pub fn takes(self) -> Takes {
                match self { $(Measure::$variant => Takes::$takes,)* }
            }

            /// One sentence for help and documentation.
            ///
            /// ```
            /// use tierbook::language::Measure;
            /// assert_eq!(Measure::Tiers.meaning(), "The whole table.");
            /// ```
            pub fn meaning(self) -> &'static str {
                match self { $(Measure::$variant => $meaning,)* }
            }

            /// What else the reference states.
            ///
            /// ```
            /// use tierbook::language::Measure;
            /// assert!(Measure::Amount.details().starts_with("Binance calls it `cum`."));
            /// ```
            pub fn details(self) -> &'static str {
                match self { $(Measure::$variant => $details,)* }
            }

            /// A statement that asks for it.
            ///
            /// ```
            /// use tierbook::language::Measure;
            /// # let folder = tempfile::tempdir()?;
            /// # let database = tierbook::Database::create(folder.path().join("db"))?;
            /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
            /// # let rules = database.snapshot()?;
            /// for measure in Measure::ALL {
            ///     assert!(!rules.query(measure.example())?.is_empty());
            /// }
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            pub fn example(self) -> &'static str {
                match self { $(Measure::$variant => $example,)* }
            }
        }
    };
}

measures! {
    Mmr "mmr" "mmr" Amount
        "Maintenance margin rate of the tier that contains the notional."
        "People see percent, programs a fraction. A position on a cap is still in the tier below."
        "mmr of ACTUSDT at 60000, 60000.01 as of 2026-02-07";
    Margin "margin" "margin" Amount
        "Maintenance margin of a notional: notional × mmr − maintenance amount."
        "In the quote currency. Here 2,000,000 × 16.67 % − 97,877.5:"
        "margin of IPUSDT at 2m as of 2026-02-07";
    InitialMargin "initial margin" "initial_margin" Amount
        "Initial margin of a notional: notional ÷ leverage."
        "In the currency of `margin`. The leverage is that after `with`, or the highest that the tier of the notional \
         allows; a leverage above that is refused (`above_limit`). A quotient that does not end is rounded up at the 8th \
         decimal, with a warning."
        "initial margin of ACTUSDT at 60k with 4x as of 2026-02-07";
    LiquidationPrice "liquidation" "liquidation_price" Position
        "Price at which an isolated position is liquidated: there its margin balance is its maintenance margin."
        "The position is opened at the price after `entry`, with the notional after `long` or `short` at that price: in the quote \
         currency, of an inverse contract in the coin. Its margin is notional ÷ leverage, or what follows `margin`. The tier that \
         counts is that of the notional at the liquidation price, which is found exactly across the caps. The price has at most 18 \
         decimals, and is rounded to the safe side with a warning. A leverage above that of the tier gives the price and a warning. \
         Where no price liquidates it the status is `no_limit`; where that would be above the last cap, `above_limit`. \
         positions.md has the formulas."
        "liquidation of ACTUSDT long 60k entry 0.02 with 5x as of 2026-02-07";
    Amount "amount" "amount" Amount
        "Maintenance amount of the tier that contains the notional."
        "Binance calls it `cum`. It makes the margin continuous at every cap: 0 in tier 1; in tier n that of tier n−1 plus \
         floor of tier n × (mmr of tier n − mmr of tier n−1). Announcements do not print it; it is computed from the table."
        "amount of IPUSDT at 2m as of 2026-02-07";
    MaxLeverage "max leverage" "max_leverage" Amount
        "Highest leverage of the tier that contains the notional."
        ""
        "max leverage of ACTUSDT at 1k, 100k as of 2026-02-07";
    Tier "tier" "tier" Amount
        "The tier that contains the notional or amount."
        "Its number, bounds, rate, leverages and maintenance amount."
        "tier of ACTUSDT at 60k as of 2026-02-07";
    Tiers "tiers" "tiers" Nothing
        "The whole table."
        "With `as published` the floors are the printed ones, and maintenance amounts that depend on a broken floor are \
         `unknown`."
        "tiers of ACTUSDT as of 2026-02-07";
    Limit "limit" "limit" Nothing
        "The last cap: the largest notional that has a rule."
        "Where the last tier has no cap, there is a status `value`, no value, and a message."
        "limit of ACTUSDT as of 2026-02-07";
    Room "room" "room" Amount
        "How far a notional is from the cap of its tier: cap − notional."
        "In the currency of the table; beyond it the rate and the leverage of the next tier count. On a cap it is 0. In a last \
         tier without a cap there is no end of it (`no_limit`)."
        "room of ACTUSDT at 55k as of 2026-02-07";
    MaxPosition "max position" "max_position" Leverage
        "The largest notional that a leverage allows."
        "It is the cap of the last tier that allows the leverage; where none does, the status is `above_limit`."
        "max position of ACTUSDT at 10x as of 2026-02-07";
    Ratio "ratio" "ratio" AmountIfTiered
        "Collateral ratio of an asset, or of the tier that contains the amount."
        "On `pm` an asset has one ratio for any amount, and `at` may be left out. On `pm-pro` it depends on the amount; \
         without one only the `pm` row is given, with a warning."
        "ratio of STRK at 500000 as of 2026-02-07";
    Collateral "collateral" "collateral" Amount
        "Value of an amount as collateral, progressive over the tiers."
        "In USD. On `pm`: amount × ratio. On `pm-pro` each part of the amount counts at the ratio of its tier; here \
         200,000 × 100 % + 200,000 × 80 % + 100,000 × 70 %. **This reading is inferred**: it follows from the \"quick \
         addition number\" that the exchange gives with such tables, which makes the value continuous at every cap."
        "collateral of STRK at 500000 on pm-pro as of 2026-02-07";
}

impl Measure {
    /// Whether subjects of that program have this measure.
    ///
    /// ```
    /// use tierbook::{Program, language::Measure};
    /// assert!(Measure::Mmr.applies_to(Program::Usdm));
    /// assert!(!Measure::Mmr.applies_to(Program::Pm)); // collateral has a ratio
    /// ```
    pub fn applies_to(self, program: Program) -> bool {
        match self {
            Measure::Mmr
            | Measure::Margin
            | Measure::InitialMargin
            | Measure::LiquidationPrice
            | Measure::Amount
            | Measure::MaxLeverage
            | Measure::Room
            | Measure::MaxPosition => program.has_contracts(),
            Measure::Tier | Measure::Tiers | Measure::Limit => program != Program::Pm,
            Measure::Ratio | Measure::Collateral => !program.has_contracts(),
        }
    }

    /// Whether any contract, or any asset, has this measure.
    #[cfg(feature = "columnar")]
    pub(crate) fn is_of(self, contracts: bool) -> bool {
        Program::ALL.iter().any(|program| program.has_contracts() == contracts && self.applies_to(*program))
    }

    /// The first measure that has the word in its name: `leverage` is meant as `max leverage`.
    pub(crate) fn with_word(word: &str) -> Option<Measure> {
        let has = |measure: &&Measure| measure.words().split(' ').any(|part| part.eq_ignore_ascii_case(word));
        Measure::ALL.iter().find(has).copied()
    }

    /// Whether a leverage can follow `with`.
    ///
    /// ```
    /// use tierbook::language::Measure;
    /// assert!(Measure::InitialMargin.takes_with()); // initial margin of ACTUSDT at 60000 with 4x
    /// assert!(!Measure::Margin.takes_with());
    /// ```
    pub fn takes_with(self) -> bool {
        matches!(self, Measure::InitialMargin | Measure::LiquidationPrice)
    }

    /// Whether it rises or falls with the notional or amount inside a tier.
    ///
    /// ```
    /// use tierbook::language::Measure;
    /// assert!(Measure::Margin.is_line());
    /// assert!(!Measure::Mmr.is_line()); // the same in the whole tier
    /// ```
    pub fn is_line(self) -> bool {
        matches!(self, Measure::Margin | Measure::InitialMargin | Measure::Room | Measure::Collateral)
    }

    /// Whether the answer depends on the maintenance amount, and so on the floors of all tiers below.
    ///
    /// ```
    /// use tierbook::language::Measure;
    /// assert!(Measure::Margin.depends_on_lower_tiers()); // through the maintenance amount
    /// assert!(!Measure::Mmr.depends_on_lower_tiers());
    /// ```
    pub fn depends_on_lower_tiers(self) -> bool {
        matches!(self, Measure::Margin | Measure::LiquidationPrice | Measure::Amount | Measure::Collateral)
    }
}
