//! The tables of contracts at a basis, or all their versions.

use std::collections::BTreeSet;

use super::{Form, Selection};
use crate::contract::Contract;
use crate::decimal::Decimal;
use crate::error::{Error, ErrorCode, Result};
use crate::query::plan::names;
use crate::query::rows::{CertaintyKind, Status};
use crate::query::syntax::ast::Word;
use crate::rule::{Rule, Tier};
use crate::snapshot::Snapshot;
use crate::statement::{At, Program, Subject, symbol};
use crate::subject_rules::SubjectRules;
use crate::text::Span;
use crate::time::{PublishedTime, ValidTime};

/// Where contracts are when nobody names them.
const BINANCE: &str = "binance";

/// The table of a contract at a basis.
pub struct Table {
    pub subject: Subject,
    rules: SubjectRules,
    /// Its name in ccxt.
    pub unified: String,
    pub tiers: Vec<Bracket>,
    pub certainty: Option<CertaintyKind>,
    pub at: At,
    /// From when and until when the table is in force, where every version is asked for.
    pub period: Option<(ValidTime, Option<ValidTime>)>,
}

impl Table {
    /// When the source that states it was published.
    pub fn published_at(&self) -> Option<PublishedTime> {
        let answer = Contract::new(self.rules.clone()).tiers(self.at);
        answer.source().map(|source| source.recorded.source.published_at)
    }
}

/// A tier with the cap that is printed: a number also where it means that there is no limit.
pub struct Bracket {
    pub tier: Tier,
    pub cap: Decimal,
}

/// What was found of the contracts that are asked for.
#[derive(Default)]
pub struct Found {
    pub tables: Vec<Table>,
    pub without_rule: Vec<(Subject, Status)>,
    pub without_name: Vec<Subject>,
}

/// The tables of the contracts that a selection names, in the order of their names in ccxt.
///
/// # Errors
/// A name means nothing, or a contract that the form cannot have; or the database is damaged.
pub fn find(rules: &Snapshot, form: Form, selection: &Selection) -> Result<Found> {
    tables(rules, &subjects(rules, form, &selection.subjects)?, selection.at, selection.every_change)
}

/// The tables of some contracts at a basis, or all their versions, in the order of their names in ccxt.
///
/// # Errors
/// The database is damaged.
pub fn tables(rules: &Snapshot, subjects: &[Subject], at: At, every_change: bool) -> Result<Found> {
    let mut found = Found::default();
    for contract in rules.rules_of_all(subjects)? {
        let subject = contract.subject();
        let Some(unified) = symbol::unified_name(subject) else {
            found.without_name.push(subject.clone());
            continue;
        };
        let asked = if every_change { versions(&contract, at) } else { vec![(at, None)] };
        let before = found.tables.len();
        for (at, period) in &asked {
            let found_at = table(&contract, &unified, *at);
            found.tables.extend(found_at.map(|table| Table { period: *period, ..table }));
        }
        if found.tables.len() == before {
            let status = contract.table(at).status;
            let status = if status == Status::Value { Status::Unknown } else { status };
            found.without_rule.push((subject.clone(), status));
        }
    }
    found.tables.sort_by(|a, b| (&a.unified, a.at.valid_at).cmp(&(&b.unified, b.at.valid_at)));
    Ok(found)
}

type Period = (ValidTime, Option<ValidTime>);

fn versions(contract: &SubjectRules, at: At) -> Vec<(At, Option<Period>)> {
    let with_rule = contract.versions(at).into_iter().filter(|version| version.rule.is_some());
    with_rule.map(|it| (At { valid_at: it.from, ..at }, Some((it.from, it.until)))).collect()
}

fn table(contract: &SubjectRules, unified: &str, at: At) -> Option<Table> {
    let found = contract.table(at);
    Some(Table {
        subject: contract.subject().clone(),
        unified: unified.to_string(),
        tiers: brackets(found.rule.as_deref()?),
        certainty: found.kind,
        at,
        period: None,
        rules: contract.clone(),
    })
}

fn brackets(rule: &Rule) -> Vec<Bracket> {
    let printed = rule.printed().iter().map(|row| row.cap.value());
    rule.tiers().iter().zip(printed).map(|(tier, cap)| Bracket { tier: tier.clone(), cap }).collect()
}

/// The contracts that are named, else those of Binance that the form has by itself; each once.
fn subjects(rules: &Snapshot, form: Form, words: &[String]) -> Result<Vec<Subject>> {
    let stored = rules.subjects();
    if words.is_empty() {
        let usual = |it: &&Subject| it.venue() == BINANCE && form.programs().contains(&it.program());
        return Ok(stored.iter().filter(usual).cloned().collect());
    }
    let word = |text: &String| Word::new(text, Span::new(0, text.len()));
    let named: BTreeSet<Subject> =
        names::any_of(&words.iter().map(word).collect::<Vec<_>>(), stored)?.into_iter().collect();
    // A pattern means the contracts among what it matches; a name that means none is refused.
    let is_pattern = words.iter().any(|word| word.contains('*') || word.eq_ignore_ascii_case("all"));
    let (contracts, others): (Vec<Subject>, Vec<Subject>) =
        named.into_iter().partition(|subject| subject.program().has_contracts());
    if let Some(other) = others.first().filter(|_| !is_pattern || contracts.is_empty()) {
        return Err(Error::new(ErrorCode::WrongMeasure, format!("{other} is no contract"))
            .hint("assets are in the tables: tierbook export csv"));
    }
    check(form, &contracts)?;
    Ok(contracts)
}

/// Refuses contracts that a form cannot have, or not in one file.
fn check(form: Form, contracts: &[Subject]) -> Result<()> {
    let Some(first) = contracts.first() else { return Ok(()) };
    let name = form.name();
    let wrong = |message: String, hint: String| Err(Error::new(ErrorCode::WrongMeasure, message).hint(hint));
    if let Some(other) = contracts.iter().find(|it| it.venue() != first.venue()) {
        let message =
            format!("`{name}` has the contracts of one exchange, and these are of two: {first}, {other}");
        return wrong(
            message,
            format!("write a file for each: tierbook export {name} '{}:*'", first.venue()),
        );
    }
    if form == Form::Binance {
        if first.venue() != BINANCE {
            return wrong(
                format!("{first} is no contract of Binance"),
                "write another form: ccxt".to_string(),
            );
        }
        if let Some(other) = contracts.iter().find(|it| it.program() != first.program()) {
            let message = format!(
                "the exchange has a reply for {} and another for {}",
                first.program().name(),
                other.program().name()
            );
            return wrong(
                message,
                format!("write a file for each: tierbook export {name} '{}:*'", first.program().name()),
            );
        }
    }
    let in_coin = contracts.iter().find(|it| it.program().is_in_coin());
    match in_coin.filter(|_| matches!(form, Form::Freqtrade | Form::Artifact)) {
        Some(contract) => wrong(
            format!("the bounds of {contract} count the coin, and `{name}` has notionals"),
            "write another form: ccxt or binance".to_string(),
        ),
        None => Ok(()),
    }
}

impl Form {
    /// The programs that it has where no contract is named.
    fn programs(self) -> &'static [Program] {
        if self == Form::Ccxt { &[Program::Usdm, Program::Coinm] } else { &[Program::Usdm] }
    }
}
