//! A contract: its margin, its leverage and its tiers at any time.

use crate::answer::Answer;
use crate::compiled::Compiled;
use crate::decimal::Decimal;
use crate::query::plan::at::Argument;
use crate::query::plan::isolated::Isolated;
use crate::query::rows::over_time::VersionRow;
use crate::query::rows::{TierKind, TierView};
use crate::query::syntax::measure::Measure;
use crate::statement::{At, Recorded, Subject};
use crate::subject_rules::SubjectRules;
use crate::time::ValidTime;

/// The rules of one contract in a snapshot; [`Snapshot::contract`](crate::Snapshot::contract) gives it.
///
/// Its rules are in memory: no method fails, opens a file or waits. A clone is a reference to the same rules.
///
/// A notional is the size of a position: a negative one, as that of a short is often written, has the rules of the same
/// size.
///
/// ```
/// use tierbook::{At, Decimal};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let contract = rules.contract("ACTUSDT")?;
/// assert_eq!(contract.subject().to_string(), "binance:usdm:ACTUSDT");
/// let at = At::valid("2026-02-06T08:00Z".parse()?);
/// assert_eq!(contract.margin(Decimal::from(60_000), at).value(), Some(&Decimal::from(5_500)));
/// assert_eq!(contract.margin(Decimal::from(-60_000), at).value(), Some(&Decimal::from(5_500)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Contract {
    rules: SubjectRules,
}

impl Contract {
    pub(crate) fn new(rules: SubjectRules) -> Contract {
        Contract { rules }
    }

    /// When the next announced change after a basis takes effect, also where no rule is in force there.
    pub(crate) fn next_change_after(&self, at: At) -> Option<ValidTime> {
        self.rules.next_change_after(at)
    }

    /// The name of the contract, with its exchange and its program.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// assert_eq!(rules.contract("ACTUSDT")?.subject().to_string(), "binance:usdm:ACTUSDT");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn subject(&self) -> &Subject {
        self.rules.subject()
    }

    /// The maintenance margin rate of the tier that contains a notional, as a fraction.
    ///
    /// ```
    /// use tierbook::{At, Decimal};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let contract = rules.contract("ACTUSDT")?;
    /// let before = At::valid("2026-02-06T06:00Z".parse()?);
    /// assert_eq!(contract.mmr(Decimal::from(60_000), before).value(), Some(&"0.125".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn mmr(&self, notional: Decimal, at: At) -> Answer<Decimal> {
        Answer::number(&self.rules, Measure::Mmr, Some(of_size(notional)), at)
    }

    /// The maintenance margin of a notional: notional × rate − maintenance amount, exact, in the currency of
    /// the table.
    ///
    /// ```
    /// use tierbook::{At, Decimal};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let at = At::valid("2026-02-06T08:00Z".parse()?);
    /// let margin = rules.contract("ACTUSDT")?.margin(Decimal::from(65_000), at);
    /// assert_eq!(margin.into_result()?, Decimal::from(6_125)); // 65,000 × 12.5 % − 2,000
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn margin(&self, notional: Decimal, at: At) -> Answer<Decimal> {
        Answer::number(&self.rules, Measure::Margin, Some(of_size(notional)), at)
    }

    /// The initial margin of a notional: notional ÷ leverage, in the currency of the table. Without a leverage
    /// the highest of the tier counts; a leverage above that has the status `AboveLimit`. A quotient that does
    /// not end is rounded up at the 8th decimal, with the warning `rounded_up`.
    ///
    /// ```
    /// use tierbook::{At, Decimal, Status};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let (contract, at) = (rules.contract("ACTUSDT")?, At::valid("2026-02-06T08:00Z".parse()?));
    /// let margin = |leverage| contract.initial_margin(Decimal::from(60_000), leverage, at);
    /// assert_eq!(margin(None).value(), Some(&Decimal::from(12_000))); // the tier allows 5x
    /// assert_eq!(margin(Some(4)).value(), Some(&Decimal::from(15_000)));
    /// assert_eq!(margin(Some(10)).status(), Status::AboveLimit);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn initial_margin(&self, notional: Decimal, leverage: Option<u32>, at: At) -> Answer<Decimal> {
        let argument =
            leverage.map_or(of_size(notional), |leverage| Argument::AmountWith(notional.abs(), leverage));
        Answer::number(&self.rules, Measure::InitialMargin, Some(argument), at)
    }

    /// The price at which an isolated position is liquidated, in the quote currency: where its margin balance is its
    /// maintenance margin, in the tier of its notional at that price. It is rounded to the safe side at the 18th decimal,
    /// with the warning `rounded`. The status is `NoLimit` where no price liquidates it, and `AboveLimit` where that would
    /// be above the last cap.
    ///
    /// ```
    /// use tierbook::positions::Side;
    /// use tierbook::rows::{Isolated, IsolatedMargin};
    /// use tierbook::{At, Decimal, Status};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let (contract, at) = (rules.contract("ACTUSDT")?, At::valid("2026-02-06T08:00Z".parse()?));
    /// let long = |margin| Isolated::new(Side::Long, Decimal::from(60_000), "0.02".parse().unwrap(), margin);
    /// let price = contract.liquidation_price(long(IsolatedMargin::Amount(13_750.into())), at);
    /// // 3,000,000 units: 13,750 − 3,000,000 × (0.02 − P) = 3,000,000 × P × 10 % − 500
    /// assert_eq!(price.value().unwrap().to_string(), "0.016944444444444445");
    /// let unlevered = contract.liquidation_price(long(IsolatedMargin::Leverage(1)), at);
    /// assert_eq!(unlevered.status(), Status::NoLimit); // it loses no more than its margin
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn liquidation_price(&self, position: Isolated, at: At) -> Answer<Decimal> {
        Answer::number(&self.rules, Measure::LiquidationPrice, Some(Argument::Isolated(position)), at)
    }

    /// The highest leverage that a notional allows.
    ///
    /// ```
    /// use tierbook::{At, Decimal};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let at = At::valid("2026-02-06T08:00Z".parse()?);
    /// assert_eq!(rules.contract("ACTUSDT")?.max_leverage(Decimal::from(60_000), at).value(), Some(&5));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn max_leverage(&self, notional: Decimal, at: At) -> Answer<u32> {
        let question = (Measure::MaxLeverage, Some(of_size(notional)), at);
        let brief = |found: &Compiled| found.tier.map(|_| found.leverage);
        Answer::of(&self.rules, question, brief, |row| match row.tier.as_ref()?.kind {
            TierKind::Contract { max_leverage, .. } => Some(max_leverage),
            TierKind::Collateral { .. } => None,
        })
    }

    /// How far a notional is from the cap of its tier, in the currency of the table. The status is `NoLimit` in a last
    /// tier without a cap.
    ///
    /// ```
    /// use tierbook::{At, Decimal};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let at = At::valid("2026-02-06T08:00Z".parse()?);
    /// let room = rules.contract("ACTUSDT")?.room(Decimal::from(55_000), at);
    /// assert_eq!(room.value(), Some(&Decimal::from(5_000))); // its tier ends at 60,000
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn room(&self, notional: Decimal, at: At) -> Answer<Decimal> {
        Answer::number(&self.rules, Measure::Room, Some(of_size(notional)), at)
    }

    /// The tier that contains a notional.
    ///
    /// ```
    /// use tierbook::{At, Decimal};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let at = At::valid("2026-02-06T08:00Z".parse()?);
    /// let tier = rules.contract("ACTUSDT")?.tier(Decimal::from(60_000), at).into_result()?;
    /// assert_eq!((tier.number, tier.cap), (2, Some(Decimal::from(60_000))));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tier(&self, notional: Decimal, at: At) -> Answer<TierView> {
        let question = (Measure::Tier, Some(of_size(notional)), at);
        Answer::in_full(&self.rules, question, |row| row.tier.clone())
    }

    /// The whole table, in order.
    ///
    /// ```
    /// use tierbook::At;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let tiers = rules.contract("ACTUSDT")?.tiers(At::valid("2026-02-06T08:00Z".parse()?));
    /// assert_eq!(tiers.into_result()?.len(), 6);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tiers(&self, at: At) -> Answer<Vec<TierView>> {
        Answer::tiers(&self.rules, at)
    }

    /// The last cap: the largest notional that has a rule. The status is `Value` and the value `None` where
    /// there is no limit.
    ///
    /// ```
    /// use tierbook::{At, Decimal};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let limit = rules.contract("ACTUSDT")?.limit(At::valid("2026-02-06T08:00Z".parse()?));
    /// assert_eq!(limit.value(), Some(&Decimal::from(800_000)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn limit(&self, at: At) -> Answer<Decimal> {
        Answer::number(&self.rules, Measure::Limit, None, at)
    }

    /// The largest notional that a leverage allows. The status is `Value` and the value `None` where there is
    /// no limit.
    ///
    /// ```
    /// use tierbook::{At, Decimal, Status};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let (contract, at) = (rules.contract("ACTUSDT")?, At::valid("2026-02-06T08:00Z".parse()?));
    /// assert_eq!(contract.max_position(10, at).value(), Some(&Decimal::from(10_000)));
    /// assert_eq!(contract.max_position(50, at).status(), Status::AboveLimit);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn max_position(&self, leverage: u32, at: At) -> Answer<Decimal> {
        Answer::number(&self.rules, Measure::MaxPosition, Some(Argument::Leverage(leverage)), at)
    }

    /// Every statement about the contract, in order of valid time; those of one time in the order in which later ones
    /// win. Also those that were retracted or never came into force, and an absence for each complete snapshot
    /// without the contract, which has the number 0.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let contract = rules.contract("ACTUSDT")?;
    /// let kinds: Vec<_> = contract.statements().iter().map(|it| it.statement.claim.kind()).collect();
    /// assert_eq!(kinds, ["observation", "change"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn statements(&self) -> &[Recorded] {
        self.rules.statements()
    }

    /// Every version of the rule, in order of valid time, from everything stored.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let history = rules.contract("ACTUSDT")?.history();
    /// let since: Vec<String> = history.iter().map(|version| version.from.to_string()).collect();
    /// assert_eq!(since, ["2026-02-03T06:00:46Z", "2026-02-06T06:30:00Z"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn history(&self) -> Vec<VersionRow> {
        self.rules.history()
    }
}

/// A notional is a size: a negative one is that of a short, which has the same rules.
fn of_size(notional: Decimal) -> Argument {
    Argument::Amount(notional.abs())
}
