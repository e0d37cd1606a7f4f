//! The rows of an audit: each figure of a log with its judgement, and the statements that it rests on.

use crate::decimal::{self, Decimal};
use crate::query::eval::audit::{Judgement, Used, Verdict};
use crate::query::eval::evaluate::evaluate;
use crate::query::rows::{CertaintyKind, Status};
use crate::rulebook::Timeline;
use crate::statement::{Precision, Recorded, StatementId, TxId};
use crate::time::{PublishedTime, ValidTime};

/// A figure of a log, judged.
///
/// ```
/// use tierbook::Timestamp;
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// let audit = database.audit("seed/decisions.csv".as_ref(), Timestamp::now(), &mut |_, _| {})?;
/// let row = audit.objections().next().unwrap(); // the old rate, used after its roll-out
/// assert_eq!((row.used.value, row.right), ("0.125".parse()?, Some("0.1".parse()?)));
/// assert_eq!(row.difference, Some("0.025".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct JudgedRow {
    /// The line of the log, counted from 1; the header counts.
    pub line: u64,
    /// The subject in full, or as the log writes it where none of that name is stored.
    pub subject: String,
    /// The figure and what it was used for.
    pub used: Used,
    /// The judgement.
    pub judgement: Judgement,
    /// The status that a query gives for the question, by everything stored.
    pub status: Status,
    /// The value under the rule in force, by everything stored.
    pub right: Option<Decimal>,
    /// Inside a roll-out window, the value under the rule before, which is right too.
    pub right_before: Option<Decimal>,
    /// Inside a roll-out window, which rule gives the figure: `new` or `old`.
    pub by_rule: Option<&'static str>,
    /// The value that could be known then.
    pub known_then: Option<Decimal>,
    /// The figure less the value that it is compared with: that of the rule before where it is right by that
    /// one.
    pub difference: Option<Decimal>,
    /// The statement of the rule in force, by everything stored.
    pub in_force: Option<JudgedStatement>,
    /// The statement of the rule that gives the figure.
    pub matched: Option<JudgedStatement>,
    /// Why it is not right, in a sentence without a full stop.
    pub message: Option<String>,
    /// How certain the right answer is, but for doubts about how its cells were read; `None` without a rule.
    pub certainty: Option<CertaintyKind>,
}

/// A statement in an audit.
///
/// ```
/// use tierbook::Timestamp;
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// let audit = database.audit("seed/decisions.csv".as_ref(), Timestamp::now(), &mut |_, _| {})?;
/// let row = audit.objections().next().unwrap();
/// let in_force = row.in_force.unwrap();
/// assert_eq!(in_force.statement.to_string(), "ee2413a8367c.55");
/// assert_eq!(in_force.from.to_string(), "2026-02-06T06:30:00Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct JudgedStatement {
    /// Its name.
    pub statement: StatementId,
    /// From when its rule is in force.
    pub from: ValidTime,
    /// When it was published.
    pub published_at: PublishedTime,
    /// The transaction that recorded it.
    pub tx: TxId,
}

impl JudgedStatement {
    fn of(recorded: &Recorded) -> JudgedStatement {
        JudgedStatement {
            statement: recorded.id,
            from: recorded.statement.claim.valid_at(),
            published_at: recorded.published_at,
            tx: recorded.tx,
        }
    }
}

impl JudgedRow {
    /// The row of a figure about a stored subject; `precision_of` gives how exactly a publication is known.
    pub(crate) fn of(
        line: u64,
        used: Used,
        verdict: &Verdict,
        timeline: &Timeline,
        precision_of: impl Fn(TxId) -> Precision,
    ) -> JudgedRow {
        let found =
            |place: Option<usize>| place.map(|place| JudgedStatement::of(&timeline.statements()[place]));
        let (in_force, matched) = (found(verdict.in_force), found(verdict.matched));
        let against = if verdict.by_rule_before { verdict.right_before } else { verdict.right };
        let rolling_out = verdict.right_before.is_some() && verdict.judgement == Judgement::Right;
        let rule = verdict.in_force.and_then(|place| timeline.statements()[place].statement.claim.rule());
        let no_value = rule
            .filter(|_| verdict.right.is_none())
            .and_then(|rule| evaluate(rule, used.measure, used.at, false).message);
        let why = why(&used, verdict, in_force.as_ref(), matched.as_ref(), no_value);
        let message = why.map(|message| {
            let unsure = matched.as_ref().filter(|_| verdict.judgement == Judgement::LookAhead);
            match unsure.map(|found| precision_of(found.tx)) {
                Some(Precision::Recorded) => format!("{message}; its source states no publication time"),
                Some(Precision::Day) => format!("{message}; its source states only a date"),
                _ => message,
            }
        });
        JudgedRow {
            line,
            subject: timeline.subject().to_string(),
            used,
            judgement: verdict.judgement,
            status: verdict.status,
            right: verdict.right,
            right_before: verdict.right_before,
            by_rule: rolling_out.then_some(if verdict.by_rule_before { "old" } else { "new" }),
            known_then: verdict.known_then,
            difference: against.and_then(|right| decimal::subtract(used.value, right)),
            in_force,
            matched,
            message,
            certainty: verdict.certainty,
        }
    }

    /// The row of a figure about an unknown name.
    pub(crate) fn not_held(line: u64, name: &str, used: Used) -> JudgedRow {
        JudgedRow {
            line,
            subject: name.to_string(),
            used,
            judgement: Judgement::Unknown,
            status: Status::Unknown,
            right: None,
            right_before: None,
            by_rule: None,
            known_then: None,
            difference: None,
            in_force: None,
            matched: None,
            message: Some(format!("no rule of `{name}` is stored")),
            certainty: None,
        }
    }
}

/// Why a figure is not right; `no_value` is why the rule in force gives no value.
fn why(
    used: &Used,
    verdict: &Verdict,
    in_force: Option<&JudgedStatement>,
    matched: Option<&JudgedStatement>,
    no_value: Option<String>,
) -> Option<String> {
    let newer = in_force.map(|found| format!("{} is in force since {}", found.statement, found.from));
    match (verdict.judgement, matched) {
        (Judgement::Right, _) => None,
        (Judgement::RightAsKnown, _) => {
            let later = in_force.filter(|found| found.published_at > used.known_at);
            Some(match later {
                Some(found) => format!("{} was published {}", found.statement, found.published_at),
                None => "what was known then has been retracted since".to_string(),
            })
        }
        (Judgement::LookAhead, Some(found)) if found.published_at > used.known_at => {
            Some(format!("{} was published {}", found.statement, found.published_at))
        }
        (Judgement::LookAhead, Some(found)) => {
            Some(format!("{} is in force from {} only", found.statement, found.from))
        }
        (Judgement::Stale, Some(found)) => {
            let old = format!("{} was in force from {}", found.statement, found.from);
            Some(newer.map_or(old.clone(), |newer| format!("{old}; {newer}")))
        }
        (Judgement::Wrong, _) => {
            let no_value = no_value.map_or(String::new(), |message| format!(": {message}"));
            Some(format!("no stored rule gives this value{no_value}"))
        }
        (Judgement::Ended, _) => {
            let by = in_force.map(|found| format!(" since {}, by {}", found.from, found.statement));
            Some(format!("no rule{}", by.unwrap_or_default()))
        }
        _ if no_value.is_some() => no_value,
        _ if in_force.is_some() => Some("the rule in force gives no value there".to_string()),
        _ => Some("no stored statement reaches the time".to_string()),
    }
}
