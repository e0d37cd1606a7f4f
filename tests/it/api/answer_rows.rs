//! The rows of an answer of the library are those that the language gives for the same question.

use std::collections::BTreeSet;

use tierbook::language::Measure;
use tierbook::positions::Side;
use tierbook::rows::{Isolated, IsolatedMargin};
use tierbook::{Answer, At, Decimal, ErrorCode, Row, Snapshot, Status, Subject, Timestamp};

use super::one_answer::{Dice, forms};
use crate::shared_folder::shared;

const AMOUNTS: [&str; 9] =
    ["0", "1", "5000", "10000", "60000", "60000.01", "123456.789", "900000", "99999999999"];

/// What a handle answers: its status, and its rows.
fn found<T>(answer: Answer<T>) -> (Status, Vec<Row>) {
    (answer.status(), answer.rows().unwrap())
}

/// The same question to the handle of the library and, after its subject, to the language.
fn by_handle(
    rules: &Snapshot,
    (subject, measure): (&Subject, Measure),
    (amount, leverage): (Decimal, u32),
    at: At,
) -> Option<((Status, Vec<Row>), String)> {
    let name = subject.to_string();
    let at_amount = format!(" at {amount}");
    let contract = || rules.contract(&name).unwrap();
    let asset = || rules.collateral(&name).unwrap();
    let is_contract = subject.program().has_contracts();
    Some(match measure {
        Measure::Tiers if is_contract => (found(contract().tiers(at)), String::new()),
        Measure::Tiers => (found(asset().tiers(at)), String::new()),
        Measure::Ratio if !is_contract => (found(asset().ratio(amount, at)), at_amount),
        Measure::Collateral if !is_contract => (found(asset().value(amount, at)), at_amount),
        _ if !is_contract => return None,
        Measure::Mmr => (found(contract().mmr(amount, at)), at_amount),
        Measure::Margin => (found(contract().margin(amount, at)), at_amount),
        Measure::InitialMargin if leverage == 1 => {
            (found(contract().initial_margin(amount, None, at)), at_amount)
        }
        Measure::InitialMargin => {
            let answer = contract().initial_margin(amount, Some(leverage), at);
            (found(answer), format!("{at_amount} with {leverage}x"))
        }
        Measure::LiquidationPrice => {
            let side = if leverage % 2 == 0 { Side::Long } else { Side::Short };
            let margin = match leverage {
                75.. => IsolatedMargin::Amount(Decimal::from(leverage)),
                leverage => IsolatedMargin::Leverage(leverage),
            };
            let position = Isolated::new(side, amount, Decimal::new(2, 2), margin);
            (found(contract().liquidation_price(position, at)), format!(" {position}"))
        }
        Measure::MaxLeverage => (found(contract().max_leverage(amount, at)), at_amount),
        Measure::Tier => (found(contract().tier(amount, at)), at_amount),
        Measure::Room => (found(contract().room(amount, at)), at_amount),
        Measure::Limit => (found(contract().limit(at)), String::new()),
        Measure::MaxPosition => (found(contract().max_position(leverage, at)), format!(" at {leverage}x")),
        // The library has no method for these.
        Measure::Amount | Measure::Ratio | Measure::Collateral => return None,
    })
}

#[test]
fn the_rows_of_an_answer_are_those_of_the_language() {
    let forms = forms();
    let sources = forms.with_image.sources().unwrap();
    let published: Vec<Timestamp> = sources.iter().map(|it| it.source.published_at.0).collect();
    let recorded: Vec<Timestamp> = sources.iter().map(|it| it.recorded_at.0).collect();
    let moments = [&published[..], &["2026-02-06T06:30Z".parse().unwrap()]].concat();
    let cases = std::env::var("TIERBOOK_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(500);
    let (mut dice, mut statuses, mut measures) = (Dice(19), BTreeSet::new(), BTreeSet::new());
    let stored = forms.with_image.subjects();
    let of_programs: Vec<Vec<&Subject>> = stored
        .iter()
        .map(Subject::program)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|program| stored.iter().filter(|it| it.program() == program).collect())
        .collect();
    for _ in 0..cases {
        let of_program = dice.one_of(&of_programs);
        let subject = *dice.one_of(of_program);
        let measure = *dice.one_of(Measure::ALL);
        let amount: Decimal = dice.one_of(&AMOUNTS).parse().unwrap();
        let leverage = *dice.one_of(&[1, 2, 5, 20, 75, 999]);
        let mut at = At::valid(dice.time(&moments));
        let mut clauses = format!(" as of {}", at.valid_at);
        if dice.below(2) == 0 {
            let known_at = dice.time(&published);
            at = at.known_at(known_at);
            clauses += &format!(" known at {known_at}");
        }
        if dice.below(4) == 0 {
            let recorded_by = *dice.one_of(&recorded);
            at = at.recorded_by(recorded_by);
            clauses += &format!(" recorded by {recorded_by}");
        }
        let rules = *dice.one_of(&[&forms.with_image, &forms.by_journal]);
        let Some(((status, rows), argument)) = by_handle(rules, (subject, measure), (amount, leverage), at)
        else {
            continue;
        };
        let query = format!("{} of {subject}{argument}{clauses}", measure.words());
        let asked = match rules.query(&query) {
            Err(error) if error.code() == ErrorCode::WrongMeasure => {
                assert!(rows.is_empty(), "{query}");
                continue;
            }
            asked => asked.unwrap_or_else(|error| panic!("{query}: {error:?}")),
        };
        assert_eq!(rows, asked, "{query}");
        let first = serde_json::to_value(&rows[0]).unwrap();
        assert_eq!(first["status"], status.name(), "{query}");
        statuses.insert(status.name());
        measures.insert(measure);
    }
    assert_eq!(measures.len(), Measure::ALL.len() - 1, "all but `amount`: {measures:?}");
    let of_seed = ["value", "above_limit", "unknown", "not_known_then"];
    let of_shared: &[&str] = if shared().is_some() { &["ended"] } else { &[] };
    for status in of_seed.iter().chain(of_shared) {
        assert!(statuses.contains(status), "{status} is not in {statuses:?}");
    }
}
