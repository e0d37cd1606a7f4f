//! Tables in the forms of the exchange and of tools, for programs that read only those.
//!
//! They state what tierbook inferred for one time, and have the marker of such files, so
//! that they are not loaded as if somebody had observed them. `docs/formats.md` describes each form.
//!
//! ```
//! use tierbook::At;
//! use tierbook::exchange_forms::{Form, Selection, export};
//! # let folder = tempfile::tempdir()?;
//! # let database = tierbook::Database::create(folder.path().join("db"))?;
//! # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
//! let rules = database.snapshot()?;
//! let mut selection = Selection::at(At::valid("2026-02-06T08:00Z".parse()?));
//! selection.subjects = vec!["ACTUSDT".to_string()];
//! let exported = export(&rules, Form::Binance, &selection)?;
//! assert!(exported.text().contains(r#"{"bracket":2,"initialLeverage":5,"notionalCap":60000,"notionalFloor":10000,"#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod python;
mod contracts;
mod exchange;
#[cfg(feature = "server")]
mod collateral;
mod artifact;
#[cfg(feature = "server")]
mod information;

use crate::error::{Error, ErrorCode, Result};
use crate::query::rows::{CertaintyKind, Status};
use crate::snapshot::Snapshot;
use crate::statement::{At, Subject, TxId, symbol};
use crate::time::ValidTime;
use contracts::{Found, Table};

/// The forms.
///
/// ```
/// use tierbook::exchange_forms::Form;
/// assert_eq!(Form::named("ccxt"), Some(Form::Ccxt));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Form {
    /// The reply of Binance to `leverageBracket`.
    Binance,
    /// What `fetch_leverage_tiers` of ccxt gives.
    Ccxt,
    /// The file of tiers that the backtests of freqtrade read.
    Freqtrade,
    /// A versioned bracket artifact of each contract.
    Artifact,
}

impl Form {
    /// All forms.
    ///
    /// ```
    /// use tierbook::exchange_forms::Form;
    /// assert_eq!(Form::ALL.map(Form::name), ["binance", "ccxt", "freqtrade", "artifact"]);
    /// ```
    pub const ALL: [Form; 4] = [Form::Binance, Form::Ccxt, Form::Freqtrade, Form::Artifact];

    /// Its name.
    ///
    /// ```
    /// assert_eq!(tierbook::exchange_forms::Form::Artifact.name(), "artifact");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Form::Binance => "binance",
            Form::Ccxt => "ccxt",
            Form::Freqtrade => "freqtrade",
            Form::Artifact => "artifact",
        }
    }

    /// The form of that name.
    ///
    /// ```
    /// assert_eq!(tierbook::exchange_forms::Form::named("csv"), None);
    /// ```
    pub fn named(name: &str) -> Option<Form> {
        Form::ALL.into_iter().find(|form| form.name() == name)
    }
}

/// Which tables are wanted.
///
/// ```
/// use tierbook::exchange_forms::Selection;
/// let selection = Selection::at(tierbook::At::valid("2026-02-07T00:00Z".parse()?));
/// assert!(selection.subjects.is_empty() && !selection.every_change);
/// # Ok::<(), tierbook::Error>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Selection {
    /// Names or patterns of contracts; empty for all USDⓈ-M contracts, of [`Form::Ccxt`] also the COIN-M ones.
    pub subjects: Vec<String>,
    /// The basis.
    pub at: At,
    /// Every version of a table instead of the one at the basis, whose valid time then does not count; only of
    /// [`Form::Artifact`].
    pub every_change: bool,
}

impl Selection {
    /// All contracts at a basis.
    ///
    /// ```
    /// use tierbook::{At, exchange_forms::Selection};
    /// assert!(Selection::at(At::valid("2026-02-07T00:00Z".parse()?)).subjects.is_empty());
    /// # Ok::<(), tierbook::Error>(())
    /// ```
    pub fn at(at: At) -> Selection {
        Selection { subjects: Vec::new(), at, every_change: false }
    }
}

/// A table in a form.
///
/// ```
/// use tierbook::{At, exchange_forms::{Form, Selection, export}};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let selection = Selection::at(At::valid("2026-02-06T07:00Z".parse()?));
/// let exported = export(&rules, Form::Artifact, &selection)?;
/// assert_eq!(exported.tables[0].subject.name(), "ACTUSDT");
/// assert_eq!(exported.tables[0].certainty, Some(tierbook::CertaintyKind::RollingOut));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct ExportedTable {
    /// The contract.
    pub subject: Subject,
    /// How certain the table is.
    pub certainty: Option<CertaintyKind>,
    /// Since when it is in force, where it is one of every version.
    pub valid_from: Option<ValidTime>,
    /// JSON: an object; or a key with its value.
    pub json: String,
}

impl ExportedTable {
    /// The name of a file of its own.
    ///
    /// ```
    /// use tierbook::{At, exchange_forms::{Form, Selection, export}};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let selection = Selection::at(At::valid("2026-02-07T00:00Z".parse()?));
    /// assert_eq!(export(&rules, Form::Artifact, &selection)?.tables[0].file_name(), "ACTUSDT.json");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn file_name(&self) -> String {
        let since = self.valid_from.map_or(String::new(), |from| {
            let time = from.to_string();
            format!("-{}", time.replace(['-', ':'], ""))
        });
        format!("{}{since}.json", self.subject.name())
    }
}

/// What was exported, and what was left out.
///
/// ```
/// use tierbook::{At, exchange_forms::{Form, Selection, export}};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let early = Selection::at(At::valid("2026-01-01T00:00Z".parse()?));
/// let exported = export(&rules, Form::Ccxt, &early)?;
/// assert_eq!((exported.tables.len(), exported.without_rule.len()), (0, 10));
/// assert_eq!(exported.text(), "{}\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Exported {
    /// The form.
    pub form: Form,
    /// The tables, in the order of the contracts' names in ccxt, then of valid time.
    pub tables: Vec<ExportedTable>,
    /// The contracts that have no rule at the basis, and why.
    pub without_rule: Vec<(Subject, Status)>,
    /// The contracts that have no name in ccxt, because their currency is not known.
    pub without_name: Vec<Subject>,
}

impl Exported {
    /// All tables as one document.
    ///
    /// ```
    /// use tierbook::{At, exchange_forms::{Form, Selection, export}};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let selection = Selection::at(At::valid("2026-02-07T00:00Z".parse()?));
    /// let text = export(&rules, Form::Freqtrade, &selection)?.text();
    /// let tiers: serde_json::Value = serde_json::from_str(&text)?;
    /// assert_eq!(tiers["ACT/USDT:USDT"][1]["maxNotional"], 60000.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn text(&self) -> String {
        let [open, close] = match self.form {
            Form::Binance | Form::Artifact => ["[", "]"],
            Form::Ccxt | Form::Freqtrade => ["{", "}"],
        };
        if self.tables.is_empty() {
            return format!("{open}{close}\n");
        }
        let tables: Vec<&str> = self.tables.iter().map(|table| table.json.as_str()).collect();
        format!("{open}\n{}\n{close}\n", tables.join(",\n"))
    }
}

/// The tables of contracts in a form.
///
/// ```
/// use tierbook::{At, exchange_forms::{Form, Selection, export}};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let mut selection = Selection::at(At::valid("2026-02-07T00:00Z".parse()?));
/// selection.every_change = true;
/// selection.subjects = vec!["ACT/USDT:USDT".to_string()];
/// let exported = export(&rules, Form::Artifact, &selection)?;
/// assert_eq!(exported.tables[1].file_name(), "ACTUSDT-20260206T063000Z.json");
/// assert!(exported.tables[0].json.contains(r#""valid_to":"2026-02-06T06:30:00Z""#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A name means nothing that is stored (`unknown_subject`), or a contract that the form cannot have (`wrong_measure`);
/// every version is asked for in another form (`clause_not_taken`); or the database is damaged.
pub fn export(rules: &Snapshot, form: Form, selection: &Selection) -> Result<Exported> {
    if selection.every_change && form != Form::Artifact {
        let message = format!("`{}` has one table of a contract, not every version", form.name());
        return Err(Error::new(ErrorCode::ClauseNotTaken, message)
            .hint("every version: tierbook export artifact --every change, or tierbook export csv"));
    }
    let json = |table: &Table, marker: &str| in_form(table, form, marker);
    written(rules, form, selection.at, contracts::find(rules, form, selection)?, json)
}

/// The reply of the exchange about some contracts of one program; with both names of floors that count the coin where
/// `has_both`.
///
/// # Errors
/// The database is damaged.
#[cfg(feature = "server")]
pub(crate) fn reply(rules: &Snapshot, contracts: &[Subject], at: At, has_both: bool) -> Result<Exported> {
    let json = |table: &Table, marker: &str| exchange::contract(table, marker, has_both);
    written(rules, Form::Binance, at, contracts::tables(rules, contracts, at, false)?, json)
}

/// The reply of the exchange about assets of portfolio margin pro.
///
/// # Errors
/// The database is damaged.
#[cfg(feature = "server")]
pub(crate) fn reply_about_collateral(rules: &Snapshot, assets: &[Subject], at: At) -> Result<Exported> {
    let marker = marker(at, rules.tx_by(at.recorded_by)?);
    let (mut tables, mut without_rule) = (Vec::new(), Vec::new());
    for asset in rules.rules_of_all(assets)? {
        let (subject, found) = (asset.subject().clone(), asset.table(at));
        match &found.rule {
            Some(rule) => {
                let json = collateral::collateral(&subject, rule, &marker);
                tables.push(ExportedTable { subject, certainty: found.kind, valid_from: None, json });
            }
            None => without_rule.push((subject, found.status)),
        }
    }
    Ok(Exported { form: Form::Binance, tables, without_rule, without_name: Vec::new() })
}

/// What is known of contracts, and the marker.
#[cfg(feature = "server")]
pub(crate) struct Information {
    /// The objects of `symbols`.
    pub symbols: Vec<String>,
    /// The value of the marker.
    pub marker: String,
}

/// What is known of the contracts among some that have a rule.
///
/// # Errors
/// The database is damaged.
#[cfg(feature = "server")]
pub(crate) fn exchange_info(rules: &Snapshot, contracts: &[Subject], at: At) -> Result<Information> {
    let found = contracts::tables(rules, contracts, at, false)?;
    let marker = marker(at, rules.tx_by(at.recorded_by)?);
    Ok(Information { symbols: information::symbols(&found.tables), marker })
}

/// What was found, each table as `json` makes it of the table and the marker.
fn written(
    rules: &Snapshot,
    form: Form,
    at: At,
    found: Found,
    json: impl Fn(&Table, &str) -> String,
) -> Result<Exported> {
    let tx = rules.tx_by(at.recorded_by)?;
    let exported = |table: &Table| ExportedTable {
        json: json(table, &marker(table.at, tx)),
        subject: table.subject.clone(),
        certainty: table.certainty,
        valid_from: table.period.map(|period| period.0),
    };
    let tables = found.tables.iter().map(exported).collect();
    let (without_rule, without_name) = (found.without_rule, found.without_name);
    Ok(Exported { form, tables, without_rule, without_name })
}

fn in_form(table: &Table, form: Form, marker: &str) -> String {
    match form {
        Form::Binance => exchange::contract(table, marker, false),
        Form::Ccxt | Form::Freqtrade => exchange::unified(table, symbol::quote(&table.unified), marker),
        Form::Artifact => artifact::artifact(table, marker),
    }
}

/// The value of the marker: the basis, so that the file can be written again.
fn marker(at: At, tx: TxId) -> String {
    let known_at = at.known_at.map_or(String::new(), |time| format!(", \"known_at\": \"{time}\""));
    let recorded_by = at.recorded_by.map_or(String::new(), |time| format!(", \"recorded_by\": \"{time}\""));
    format!("{{\"inferred\": true, \"as_of\": \"{}\"{known_at}{recorded_by}, \"tx\": {tx}}}", at.valid_at)
}
