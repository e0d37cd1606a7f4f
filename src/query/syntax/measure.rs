//! The measures: what can be asked of a rule, of which programs, and what goes behind `at`.

use crate::statement::Program;

/// What goes behind `at`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Takes {
    /// A notional or an amount, which must be given.
    Amount,
    /// An amount where the ratio depends on it.
    AmountIfTiered,
    /// A leverage, which must be given.
    Leverage,
    /// Nothing.
    Nothing,
}

macro_rules! measures {
    ($($variant:ident $words:literal $key:literal $takes:ident $meaning:literal;)*) => {
        /// What is asked of a rule.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Measure {
            $(#[doc = $meaning] $variant,)*
        }

        impl Measure {
            /// Every measure, in the order of the documentation.
            pub const ALL: &[Measure] = &[$(Measure::$variant),*];

            /// The words of the language.
            pub fn words(self) -> &'static str {
                match self { $(Measure::$variant => $words,)* }
            }

            /// The name in machine answers.
            pub fn key(self) -> &'static str {
                match self { $(Measure::$variant => $key,)* }
            }

            /// What goes behind `at`.
            pub fn takes(self) -> Takes {
                match self { $(Measure::$variant => Takes::$takes,)* }
            }

            /// One sentence for help and documentation.
            pub fn meaning(self) -> &'static str {
                match self { $(Measure::$variant => $meaning,)* }
            }
        }
    };
}

measures! {
    Mmr "mmr" "mmr" Amount "Maintenance margin rate of the tier that holds the notional.";
    Margin "margin" "margin" Amount "Maintenance margin of a notional: notional × mmr − maintenance amount.";
    Amount "amount" "amount" Amount "Maintenance amount of the tier that holds the notional.";
    MaxLeverage "max leverage" "max_leverage" Amount "Highest leverage of the tier that holds the notional.";
    Tier "tier" "tier" Amount "The tier that holds the notional or amount.";
    Tiers "tiers" "tiers" Nothing "The whole table.";
    Limit "limit" "limit" Nothing "The last cap: the largest notional that has a rule.";
    MaxPosition "max position" "max_position" Leverage "The largest notional that a leverage allows.";
    Ratio "ratio" "ratio" AmountIfTiered "Collateral ratio of an asset, or of the tier that holds the amount.";
    Collateral "collateral" "collateral" Amount "Value of an amount as collateral, progressive over the tiers.";
}

impl Measure {
    /// Whether subjects of that program have this measure.
    pub fn applies_to(self, program: Program) -> bool {
        match self {
            Measure::Mmr
            | Measure::Margin
            | Measure::Amount
            | Measure::MaxLeverage
            | Measure::MaxPosition => program.holds_contracts(),
            Measure::Tier | Measure::Tiers | Measure::Limit => program != Program::Pm,
            Measure::Ratio | Measure::Collateral => !program.holds_contracts(),
        }
    }

    /// Whether the answer depends on the maintenance amount, and so on the floors of all tiers below.
    pub fn depends_on_lower_tiers(self) -> bool {
        matches!(self, Measure::Margin | Measure::Amount | Measure::Collateral)
    }
}
