//! The side of a position.

use super::fraction::Fraction;

/// The side of a position.
///
/// ```
/// assert_eq!(tierbook::positions::Side::from_name("SHORT"), Some(tierbook::positions::Side::Short));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Side {
    /// It gains when the price rises.
    Long,
    /// It gains when the price falls.
    Short,
}

impl Side {
    /// The name in files, statements and answers.
    ///
    /// ```
    /// assert_eq!(tierbook::positions::Side::Long.name(), "long");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Side::Long => "long",
            Side::Short => "short",
        }
    }

    /// The side of a name, in any case: `long` or `buy`, `short` or `sell`.
    ///
    /// ```
    /// assert_eq!(tierbook::positions::Side::from_name("Buy"), Some(tierbook::positions::Side::Long));
    /// assert_eq!(tierbook::positions::Side::from_name("both"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Side> {
        match name.trim().to_ascii_lowercase().as_str() {
            "long" | "buy" => Some(Side::Long),
            "short" | "sell" => Some(Side::Short),
            _ => None,
        }
    }

    /// A number with the sign of the side.
    pub(super) fn signed(self, number: &Fraction) -> Fraction {
        match self {
            Side::Long => number.clone(),
            Side::Short => number.negative(),
        }
    }
}
