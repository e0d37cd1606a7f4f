//! Observations after an announced end: thousands of them are folded in little time, and the second sight of a table
//! starts a new life wherever it is among them.

use std::time::Instant;

use tierbook::decimal::Decimal;
use tierbook::rule::{PlacedRule, Rate, Rule};
use tierbook::rulebook::history::StatementOutcome;
use tierbook::rulebook::{Knowledge, Records, Rulebook};
use tierbook::statement::{Claim, Recorded, Sha256, SourceId, Statement, StatementId, TxId};
use tierbook::text::Span;
use tierbook::time::{PublishedTime, ValidTime};

use super::invariants::{recorded_time, subject, timestamp};

/// The outcomes of a table, an end, and observations at the ticks after it, each of a table by its number.
fn outcomes(observed: impl Iterator<Item = (i64, i64)>) -> Vec<StatementOutcome> {
    let rule = |number: i64| {
        let percent = Decimal::new(number + 1, 4).to_string();
        PlacedRule::from(Rule::flat(Rate::from_percent(&percent).expect("a rate"), Span::new(0, 1)))
    };
    let at = |ticks: i64| ValidTime(timestamp(ticks));
    let first = Claim::Observation { seen_at: at(0), rule: Some(rule(0)) };
    let seen =
        observed.map(|(tick, number)| Claim::Observation { seen_at: at(tick), rule: Some(rule(number)) });
    let claims = [first, Claim::End { effective_at: at(1) }].into_iter().chain(seen);
    let mut records = Records::default();
    for (place, claim) in claims.enumerate() {
        let source = SourceId::of(&Sha256::of(&[&place.to_be_bytes()]));
        let statement = Statement { subject: subject(), claim, span: Span::new(0, 1) };
        records.statements.push(vec![Recorded {
            id: StatementId { source, ordinal: 1 },
            statement,
            published_at: PublishedTime(timestamp(0)),
            recorded_at: recorded_time(place as i64),
            tx: TxId(place as u64 + 1),
        }]);
    }
    let book = Rulebook::new(records);
    let timeline = book.timeline(&subject()).expect("a timeline");
    let history = book.history(timeline, Knowledge::default());
    history.outcomes().iter().skip(2).cloned().collect()
}

#[test]
fn thousands_of_tables_after_an_end_are_compared_in_little_time() {
    let began = Instant::now();
    let after = outcomes((0..8_000).map(|number| (number + 2, number)));
    assert!(after.iter().all(|outcome| *outcome == StatementOutcome::AfterEnd(1)), "{:?}", after.last());
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
    // The first of the tables is frozen; another one that is seen a day later, as late as it may be, starts a life.
    let again = |number: i64| outcomes((0..100).map(|it| (it + 2, it)).chain([(500, number)])).pop();
    assert_eq!(again(0), Some(StatementOutcome::AfterEnd(1)));
    assert_eq!(again(57), Some(StatementOutcome::Sets(2)));
    assert_eq!(again(100), Some(StatementOutcome::AfterEnd(1)), "seen once");
    // Less than a day later, four ticks, it does not.
    let within = |ticks: i64| outcomes([(2, 7), (3, 8), (3 + ticks, 8)].into_iter()).pop();
    assert_eq!(
        (within(3), within(4)),
        (Some(StatementOutcome::AfterEnd(1)), Some(StatementOutcome::Sets(2)))
    );
}
