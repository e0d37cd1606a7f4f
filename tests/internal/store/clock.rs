//! A clock that goes back, stops, or was far ahead: the times of transactions rise all the same, and who records is told.

use tierbook::Timestamp;
use tierbook::database::Database;
use tierbook::database::load::LoadOptions;
use tierbook::snapshot::records::curves;
use tierbook::statement::{Batch, TxId};
use tierbook::store::{self, Writer};
use tierbook::time::{RecordedTime, TimeSpan};

use crate::tests::common::dice::Dice;
use crate::tests::common::fault::Tally;
use crate::tests::store::build::{database, database_in_format_2, now, small, timestamp};
use crate::tests::store::look::{read, verified, wait_until_free};

/// The times of all transactions.
fn times(dir: &std::path::Path) -> Vec<RecordedTime> {
    read(dir).sources.iter().map(|recorded| recorded.recorded_at).collect()
}

#[test]
fn the_times_of_transactions_rise_whatever_the_clock_does() {
    for (_folder, dir) in [database(0), database_in_format_2(0)] {
        let mut tally = Tally::default();
        let (mut dice, mut clock, mut last) = (Dice::seeded(17), now(), None);
        let rounds = 60;
        let mut writer = Some(Writer::open(&dir, curves).unwrap());
        for number in 1..=rounds {
            clock = match dice.below(5) {
                0 => clock.plus(TimeSpan::minutes(dice.below(100_000) as u32)),
                1 => clock.minus(TimeSpan::minutes(dice.below(100_000) as u32)),
                2 => clock.minus(TimeSpan::from_micros(1)),
                3 => clock.plus(TimeSpan::from_micros(1)),
                _ => clock,
            };
            // Another process now and then.
            if dice.once_in(5) {
                drop(writer.take());
                wait_until_free(&dir);
                writer = Some(Writer::open(&dir, curves).unwrap());
            }
            let head = writer.as_mut().unwrap().commit(clock, |_| small(number)).unwrap();
            let expected = last.map_or(clock, |RecordedTime(last): RecordedTime| {
                clock.max(last.plus(TimeSpan::from_micros(1)))
            });
            if head.recorded_at == Some(RecordedTime(expected)) {
                tally.kept += 1;
            } else {
                tally.wrong.push(format!("{number}: {:?}", head.recorded_at));
            }
            last = head.recorded_at;
        }
        drop(writer);
        assert!(times(&dir).is_sorted_by(|one, next| one < next));
        assert_eq!(times(&dir).len() as u64, rounds);
        assert_eq!(verified(&dir).problems, [] as [String; 0]);
        tally.end("clock backwards, stopped or ahead", &format!("{rounds} transactions"));
    }
}

#[test]
fn a_clock_that_is_more_than_a_minute_behind_is_reported_once() {
    let (_folder, dir) = database(0);
    let notes = |writer: &Writer| writer.notices().iter().filter(|it| it.contains("the clock is at")).count();
    let mut writer = Writer::open(&dir, curves).unwrap();
    for (clock, expected) in [
        (now(), 0),
        (now(), 0),
        (now().minus(TimeSpan::from_micros(59_000_000)), 0),
        (now().minus(TimeSpan::minutes(2)), 1),
        (now().minus(TimeSpan::minutes(3)), 1),
        (now().plus(TimeSpan::minutes(1)), 1),
    ] {
        let number = writer.head().tx.0;
        writer.commit(clock, |_| small(number)).unwrap();
        assert_eq!(notes(&writer), expected, "{clock}");
    }
}

#[test]
fn what_is_recorded_while_the_last_transaction_is_in_the_future_is_recorded_and_found() {
    let (_folder, dir) = database(0);
    let future = timestamp("2099-01-01T00:00:00Z");
    Writer::open(&dir, curves).unwrap().commit(future, |_| small(1)).unwrap();
    wait_until_free(&dir);
    let database = Database::open(&dir).unwrap();
    let loaded =
        database.writer().unwrap().load("seed/binance-2026-02-03.txt", LoadOptions::default()).unwrap();
    assert!(
        loaded.notices.iter().any(|notice| notice.contains("recorded at 2099-01-01T00:00:00Z")),
        "{:?}",
        loaded.notices
    );
    assert!(Timestamp::now() < future);
    let head = database.head().unwrap();
    assert_eq!(
        (head.tx, head.recorded_at),
        (TxId(2), Some(RecordedTime(future.plus(TimeSpan::from_micros(1)))))
    );
    assert_eq!(database.snapshot().unwrap().subjects().len(), 34);
    assert_eq!(verified(&dir).problems, [] as [String; 0]);
}

#[test]
fn at_the_end_of_time_nothing_is_recorded_and_nothing_is_lost() {
    let (_folder, dir) = database_in_format_2(0);
    let mut writer = Writer::open(&dir, curves).unwrap();
    writer.commit(Timestamp::LAST, |_| small(1)).unwrap();
    let error = writer.commit(now(), |_| -> Batch { unreachable!() }).unwrap_err();
    assert_eq!(error.code().as_str(), "end_of_time");
    drop(writer);
    assert_eq!(read(&dir).head.tx, TxId(1));
    assert!(store::verify(&dir, None, curves).unwrap().problems.is_empty());
}
