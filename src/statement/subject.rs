//! Subjects: what a rule is about, and under which program of which exchange.

use std::fmt;
use std::sync::Arc;

use crate::json::quoted;
use crate::limits;

/// The programs of an exchange under which a name can have a rule.
/// ```
/// use tierbook::Program;
///
/// assert_eq!(Program::from_name("PM-Pro"), Some(Program::PmPro));
/// assert_eq!(Program::ALL.map(Program::name), ["usdm", "coinm", "linear", "inverse", "pm", "pm-pro", "cross"]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Program {
    /// Contracts margined in a stablecoin.
    Usdm,
    /// Contracts margined in the coin.
    Coinm,
    /// Contracts of any other exchange that are margined in the currency that they are quoted in.
    Linear,
    /// Contracts of any other exchange that are margined in the coin.
    Inverse,
    /// Assets as collateral under portfolio margin.
    Pm,
    /// Assets as collateral under portfolio margin pro, by tiers.
    PmPro,
    /// Assets as collateral of cross margin loans, by the tiers of their class; and the classes, `class-7`.
    Cross,
    /// All contracts of a token, whatever they are called: what sources state of them without naming them. It
    /// has no rules of its own.
    Token,
}

impl Program {
    /// Every program that has rules, in the order of answers.
    pub const ALL: [Program; 7] = [
        Program::Usdm,
        Program::Coinm,
        Program::Linear,
        Program::Inverse,
        Program::Pm,
        Program::PmPro,
        Program::Cross,
    ];

    /// `usdm`, `coinm`, `linear`, `inverse`, `pm`, `pm-pro`, `cross` or `token`.
    ///
    /// ```
    /// use tierbook::Program;
    /// assert_eq!(Program::PmPro.name(), "pm-pro");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Program::Usdm => "usdm",
            Program::Coinm => "coinm",
            Program::Linear => "linear",
            Program::Inverse => "inverse",
            Program::Pm => "pm",
            Program::PmPro => "pm-pro",
            Program::Cross => "cross",
            Program::Token => "token",
        }
    }

    /// The program of that name, in any case.
    ///
    /// ```
    /// use tierbook::Program;
    /// assert_eq!(Program::from_name("usdm"), Some(Program::Usdm));
    /// ```
    pub fn from_name(name: &str) -> Option<Program> {
        let known = Program::ALL.into_iter().chain([Program::Token]);
        known.into_iter().find(|program| program.name().eq_ignore_ascii_case(name))
    }

    /// Whether the collateral ratio of its assets depends on the amount.
    ///
    /// ```
    /// use tierbook::Program;
    /// assert!(Program::PmPro.has_tiered_ratios() && !Program::Pm.has_tiered_ratios());
    /// ```
    pub fn has_tiered_ratios(self) -> bool {
        matches!(self, Program::PmPro | Program::Cross)
    }

    /// Whether its subjects are contracts (with tiers of leverage) rather than assets (with collateral
    /// ratios).
    ///
    /// ```
    /// use tierbook::Program;
    /// assert!(Program::Coinm.has_contracts() && !Program::Pm.has_contracts());
    /// ```
    pub fn has_contracts(self) -> bool {
        matches!(self, Program::Usdm | Program::Coinm | Program::Linear | Program::Inverse)
    }

    /// Whether its contracts are margined in the coin that they are about.
    ///
    /// ```
    /// use tierbook::Program;
    /// assert!(Program::Coinm.is_in_coin() && !Program::Usdm.is_in_coin());
    /// ```
    pub fn is_in_coin(self) -> bool {
        matches!(self, Program::Coinm | Program::Inverse)
    }
}

/// Before the number of a class of assets in the name of its subject: `binance:cross:class-7`.
pub const CLASS: &str = "class-";

/// What a rule is about: a name under a program of a venue, `binance:usdm:ACTUSDT`. A clone is a handle on the
/// same name.
///
/// ```
/// use tierbook::{Program, Subject};
///
/// let subject = Subject::parse("binance:usdm:ACTUSDT").unwrap();
/// assert_eq!((subject.venue(), subject.program(), subject.name()), ("binance", Program::Usdm, "ACTUSDT"));
/// assert_eq!(subject.to_string(), "binance:usdm:ACTUSDT");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Subject(Arc<Names>);

/// The parts of a subject, in the order that sorts subjects.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
struct Names {
    venue: String,
    program: Program,
    name: String,
}

impl Subject {
    /// A subject, or `None` where venue or name is empty, longer than [`limits::SUBJECT_BYTES`], or contains
    /// a blank, a control character or one of `: , ; " * ?`. Case is kept.
    ///
    /// ```
    /// use tierbook::{Program, Subject};
    /// let act = Subject::new("binance", Program::Usdm, "ACTUSDT").unwrap();
    /// assert_eq!(act.to_string(), "binance:usdm:ACTUSDT");
    /// ```
    pub fn new(venue: &str, program: Program, name: &str) -> Option<Subject> {
        let fit = |text: &str| {
            let bad = |c: char| c.is_whitespace() || c.is_control() || ":,;\"*?".contains(c);
            !text.is_empty() && text.len() <= limits::SUBJECT_BYTES && !text.contains(bad)
        };
        let names = || Names { venue: venue.to_string(), program, name: name.to_string() };
        (fit(venue) && fit(name)).then(|| Subject(Arc::new(names())))
    }

    /// Why a text cannot be a name.
    pub(crate) fn unfit(name: &str) -> String {
        match name.len() > limits::SUBJECT_BYTES {
            true => format!(
                "`{}` is longer than {} bytes, the most of a name",
                quoted(name),
                limits::SUBJECT_BYTES
            ),
            false => format!("`{name}` cannot be the name of a subject"),
        }
    }

    /// The class of assets of that number, under cross margin.
    ///
    /// ```
    /// use tierbook::Subject;
    /// assert_eq!(Subject::class("binance", 7).unwrap().to_string(), "binance:cross:class-7");
    /// ```
    pub fn class(venue: &str, number: u32) -> Option<Subject> {
        Subject::new(venue, Program::Cross, &format!("{CLASS}{number}"))
    }

    /// Reads `venue:program:name`.
    ///
    /// ```
    /// use tierbook::Subject;
    /// assert_eq!(Subject::parse("binance:usdm:ACTUSDT").unwrap().name(), "ACTUSDT");
    /// assert!(Subject::parse("ACTUSDT").is_none());
    /// ```
    pub fn parse(text: &str) -> Option<Subject> {
        let mut parts = text.splitn(3, ':');
        let (venue, program, name) = (parts.next()?, parts.next()?, parts.next()?);
        Subject::new(venue, Program::from_name(program)?, name)
    }

    /// The exchange, in lower case: `binance`.
    ///
    /// ```
    /// let act = tierbook::Subject::parse("binance:usdm:ACTUSDT").unwrap();
    /// assert_eq!(act.venue(), "binance");
    /// ```
    pub fn venue(&self) -> &str {
        &self.0.venue
    }

    /// The program.
    ///
    /// ```
    /// let act = tierbook::Subject::parse("binance:usdm:ACTUSDT").unwrap();
    /// assert_eq!(act.program(), tierbook::Program::Usdm);
    /// ```
    pub fn program(&self) -> Program {
        self.0.program
    }

    /// The symbol of the contract or asset, as the exchange writes it.
    ///
    /// ```
    /// let act = tierbook::Subject::parse("binance:usdm:ACTUSDT").unwrap();
    /// assert_eq!(act.name(), "ACTUSDT");
    /// ```
    pub fn name(&self) -> &str {
        &self.0.name
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}:{}:{}", self.venue(), self.program().name(), self.name())
    }
}
