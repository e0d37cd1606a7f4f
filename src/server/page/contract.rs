//! The view of a contract or an asset: its table, the year, what the next change does, its versions, and how to cite that.

use super::super::asked::Asked;
use super::super::problem::{Problem, Refusal};
use super::super::query;
use super::ask::Question;
use super::basis::{self, Reach};
use super::frame::{Place, View};
use super::html::{Html, classed, link, name, tag};
use super::links::{Address, contract};
use super::{compared, copies, history, in_force, year};
use crate::query::rows::Row;
use crate::query::rows::over_time::VersionRow;
use crate::statement::subject::CLASS;
use crate::statement::{Program, Subject};
use crate::subject_rules::SubjectRules;
use crate::time::{DAY, TimeSpan, Timestamp};

/// How far before the time of the question the slider begins.
const YEAR: TimeSpan = TimeSpan::from_micros(365 * 24 * 3_600 * 1_000_000);

/// Most times at which a slider stops.
const STOPS: usize = 400;

/// The view of the subject of a name, or of the choice where it means several.
///
/// # Errors
/// It means none, or the database is damaged.
pub fn view(asked: &Asked, named: &str) -> Result<View, Problem> {
    let subjects = asked
        .rules
        .named(&[named.to_string()])
        .map_err(|error| Problem { status: 404, ..Problem::from(error) })?;
    match subjects.as_slice() {
        [] => Err(Problem::of(Refusal::NoSuchPath, format!("nothing is stored of `{named}`"))),
        [subject] => of_subject(asked, subject),
        several => Ok(choice(asked, named, several)),
    }
}

fn choice(asked: &Asked, named: &str, subjects: &[Subject]) -> View {
    let item = |subject: &Subject| {
        tag(
            "li",
            link(&contract(asked, subject).to_string(), name(subject.name()))
                .and(Html::from(format!(", {}", market(subject)))),
        )
    };
    let list = tag("ul", subjects.iter().map(item).collect::<Html>());
    View::new(Place::Contracts, named, tag("p", "The name means several:").and(list))
}

fn of_subject(asked: &Asked, subject: &Subject) -> Result<View, Problem> {
    let versions = versions(asked, subject)?;
    let address = Address::open(&["contract", &subject.to_string()]);
    let by = asked.request.parameter("by").filter(|by| *by == "leverage");
    let kept: Vec<(&str, &str)> = by.map(|by| ("by", by)).into_iter().collect();
    let reach = reach(asked, subject, &versions)?;
    let mut body = basis::form(asked, &address, &kept, Some(&reach));
    let (table, answer) = in_force::section(asked, subject)?;
    // What the script replaces when a slider moves.
    let mut answers = table;
    if has_own_tiers(subject) {
        answers = answers.and(year::section(asked, subject, &address)?);
    } else if subject.program() == Program::Cross {
        answers = answers.and(year::section_of_class(asked, subject, answer.as_ref(), &versions)?);
    }
    answers = answers.and(compared::section(asked, subject)?);
    answers = answers.and(history::section(asked, subject, &versions));
    answers = answers.and(copies::section(asked, subject, answer.as_ref()));
    body = body.and(super::html::element("div", &[("id", "answer"), ("aria-live", "off")], answers));
    let view = View::new(Place::Contracts, subject.name(), classed("div", "contract", body));
    let is_final = answer.as_ref().is_some_and(query::is_final);
    Ok(View { above: market(subject), is_final, ..view })
}

/// Whether its tiers are its own, and not those of a class.
fn has_own_tiers(subject: &Subject) -> bool {
    match subject.program() {
        Program::Cross => subject.name().starts_with(CLASS),
        Program::Token => false,
        _ => true,
    }
}

/// `Binance, USD-margined contracts`.
pub fn market(subject: &Subject) -> String {
    let program = match subject.program() {
        Program::Usdm => "contracts margined in a stablecoin (usdm)",
        Program::Coinm => "contracts margined in the coin (coinm)",
        Program::Linear => "linear contracts",
        Program::Inverse => "inverse contracts",
        Program::Pm => "collateral under portfolio margin (pm)",
        Program::PmPro => "collateral under portfolio margin pro (pm-pro)",
        Program::Cross => "collateral of cross margin loans (cross)",
        Program::Token => "all contracts of a token",
    };
    format!("{}, {program}", subject.venue())
}

/// Every version at the state of knowledge that is asked for, the first first.
fn versions(asked: &Asked, subject: &Subject) -> Result<Vec<VersionRow>, Problem> {
    if subject.program() == Program::Token {
        return Ok(Vec::new());
    }
    let rows = Question::about("history of", subject).rows(asked)?.into_iter();
    Ok(rows.filter_map(|row| if let Row::Version(row) = row { Some(*row) } else { None }).collect())
}

/// Where the sliders move: over a year and what is announced, and over the times at which something became known.
fn reach(asked: &Asked, subject: &Subject, versions: &[VersionRow]) -> Result<Reach, Problem> {
    let rules = asked.rules.rules_of_all(std::slice::from_ref(subject))?;
    let statements = || rules.iter().flat_map(SubjectRules::statements);
    let first = versions.first().map_or(asked.at.valid_at.0, |first| first.from.0);
    let last = versions.last().map_or(asked.now, |last| last.from.0).max(asked.now);
    let asked_at = asked.at.valid_at.0;
    let since = first.max(asked_at.min(asked.now).minus(YEAR)).min(asked_at);
    let until = last.max(asked_at);
    let beyond = if until > asked.now { DAY } else { TimeSpan::from_micros(0) };
    Ok(Reach {
        valid: [since, until.plus(beyond)],
        published: stops(statements().map(|recorded| recorded.published_at.0)),
        recorded: stops(statements().map(|recorded| recorded.recorded_at.0)),
    })
}

/// Times in order, each once; of many the newest.
fn stops(times: impl Iterator<Item = Timestamp>) -> Vec<Timestamp> {
    let mut times: Vec<Timestamp> = times.collect();
    times.sort_unstable();
    times.dedup();
    times.split_off(times.len().saturating_sub(STOPS))
}
