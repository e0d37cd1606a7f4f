//! An asset as collateral: its ratio and its value at any time.

use crate::answer::Answer;
use crate::decimal::Decimal;
use crate::query::plan::at::Argument;
use crate::query::rows::TierView;
use crate::query::rows::over_time::VersionRow;
use crate::query::syntax::measure::Measure;
use crate::statement::{At, Subject};
use crate::subject_rules::SubjectRules;

/// The rules of one asset as collateral in a snapshot; [`Snapshot::collateral`](crate::Snapshot::collateral)
/// gives it.
///
/// Its rules are in memory: no method fails, opens a file or waits. A clone is a reference to the same rules.
///
/// ```
/// use tierbook::{At, Decimal};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let ltc = rules.collateral("LTC")?;
/// let at = At::valid("2026-02-07T00:00Z".parse()?);
/// assert_eq!(ltc.ratio(Decimal::from(1_000), at).value(), Some(&"0.8".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Collateral {
    rules: SubjectRules,
}

impl Collateral {
    pub(crate) fn new(rules: SubjectRules) -> Collateral {
        Collateral { rules }
    }

    /// The name of the asset, with its exchange and its program.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// assert_eq!(rules.collateral("LTC")?.subject().to_string(), "binance:pm:LTC");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn subject(&self) -> &Subject {
        self.rules.subject()
    }

    /// The collateral ratio of the tier that contains an amount, as a fraction. Where one ratio is for any
    /// amount (on `pm`), the amount does not matter.
    ///
    /// ```
    /// use tierbook::{At, Decimal};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let at = At::valid("2026-02-07T00:00Z".parse()?);
    /// let ratio = rules.collateral("pm-pro:STRK")?.ratio(Decimal::from(10_000), at);
    /// assert_eq!(ratio.unit(), "fraction");
    /// assert!(ratio.value().is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn ratio(&self, amount: Decimal, at: At) -> Answer<Decimal> {
        Answer::number(&self.rules, Measure::Ratio, Some(Argument::Amount(amount)), at)
    }

    /// What an amount is worth as collateral: each part of it counts at the ratio of its tier.
    ///
    /// ```
    /// use tierbook::{At, Decimal};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let at = At::valid("2026-02-07T00:00Z".parse()?);
    /// let value = rules.collateral("pm-pro:STRK")?.value(Decimal::from(500_000), at);
    /// assert_eq!(value.value(), Some(&Decimal::from(430_000)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn value(&self, amount: Decimal, at: At) -> Answer<Decimal> {
        Answer::number(&self.rules, Measure::Collateral, Some(Argument::Amount(amount)), at)
    }

    /// The whole table, in order; of one tier where one ratio is for any amount.
    ///
    /// ```
    /// use tierbook::At;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let tiers = rules.collateral("pm-pro:STRK")?.tiers(At::valid("2026-02-07T00:00Z".parse()?));
    /// assert_eq!(tiers.into_result()?[0].number, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tiers(&self, at: At) -> Answer<Vec<TierView>> {
        Answer::tiers(&self.rules, at)
    }

    /// Every version of the rule, in order of valid time, from everything stored.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// assert_eq!(rules.collateral("LTC")?.history().len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn history(&self) -> Vec<VersionRow> {
        self.rules.history()
    }
}
