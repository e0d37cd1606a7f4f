//! The order in which the nineteen announcements and the sixteen snapshots are loaded does not matter to any
//! answer.

use std::collections::BTreeSet;

use tierbook::rulebook::resolve::{Doubt, Resolved};
use tierbook::rulebook::{Records, Rulebook, Timeline};
use tierbook::statement::{At, Batch, Recorded, RecordedCompleteSnapshot, RecordedSource, StatementId, TxId};
use tierbook::time::{PublishedTime, RecordedTime, TimeSpan, Timestamp, ValidTime};

/// The rulebook of these documents, recorded in this order.
fn rulebook(batches: &[Batch], order: impl Iterator<Item = usize>) -> Rulebook {
    let first = Timestamp::parse_rfc3339("2026-11-01T00:00:00Z").unwrap();
    let mut records = Records::default();
    for (tx, batch) in order.enumerate().map(|(tx, place)| (tx, &batches[place])) {
        let recorded_at = RecordedTime(first.plus(TimeSpan::minutes(tx as u32)));
        let (published_at, tx) = (batch.source.published_at, TxId(tx as u64 + 1));
        for (place, statement) in batch.statements.iter().cloned().enumerate() {
            let id = StatementId { source: batch.source.id, ordinal: place as u32 + 1 };
            records.statements.push(vec![Recorded { id, statement, published_at, recorded_at, tx }]);
        }
        records.sources.push(RecordedSource {
            source: batch.source.clone(),
            recorded_at,
            tx,
            observes: batch.observes(),
        });
        for snapshot in batch.complete_snapshots.iter().cloned() {
            let source = batch.source.id;
            records.complete.push(RecordedCompleteSnapshot {
                source,
                snapshot,
                published_at,
                recorded_at,
                tx,
            });
        }
    }
    Rulebook::new(records)
}

/// A doubt, without what belongs to the recording.
fn doubt(doubt: &Doubt) -> String {
    let ids = |all: &[&Recorded]| all.iter().map(|recorded| recorded.id.to_string()).collect::<Vec<_>>();
    match doubt {
        Doubt::Contradicted { others } => format!("contradicted {:?}", ids(others)),
        Doubt::Converted { by } => format!("converted {}", by.id),
        Doubt::AnnouncedTwice { other } => format!("announced twice {:?}", ids(&[other])),
        Doubt::RollingOut { until, .. } => format!("rolling out until {until}"),
        Doubt::UnseenChange { after, by, .. } => format!("unseen change after {after} by {by}"),
    }
}

/// The answer about a subject at a basis, without what belongs to the recording.
fn answer(book: &Rulebook, timeline: &Timeline, basis: At) -> String {
    match book.resolve(timeline, basis) {
        Resolved::InForce(in_force) => format!(
            "{} {:?} {} {:?} confirmed {:?} {:?} next {:?}",
            in_force.set_by.id,
            in_force.since,
            crate::tests::common::show_rule(in_force.rule),
            in_force.doubts.iter().map(doubt).collect::<Vec<_>>(),
            in_force.last_confirmed_at,
            in_force.age,
            in_force.next_change.map(|recorded| &recorded.id),
        ),
        Resolved::Ended { by } => format!("ended by {}", by.id),
        Resolved::Launched { by, max_leverage } => format!("launched by {} {max_leverage:?}", by.id),
        Resolved::Unknown { first, .. } => format!("unknown, first {:?}", first.map(|recorded| &recorded.id)),
        Resolved::NotKnownThen { by } => format!("not known then: {}", by.id),
    }
}

#[test]
fn announcements_and_snapshots_answer_alike_in_whatever_order_they_are_loaded() {
    let Some(shared) = crate::tests::common::shared() else { return };
    let mut files = crate::tests::common::announcements(&shared);
    files.dedup_by(|a, b| a.1 == b.1);
    for entry in std::fs::read_dir(shared.join("exchange/snapshots")).unwrap().map(Result::unwrap) {
        files.push((entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap()));
    }
    assert_eq!(files.len(), 18 + 16, "the announcement posted twice is one source");
    files.extend(crate::tests::common::texts_in(&shared.join("announcements-more")));
    files.sort_by(|a, b| a.1.cmp(&b.1));
    files.dedup_by(|a, b| a.1 == b.1);
    let never = RecordedTime(Timestamp::LAST);
    let drafts = files.iter().map(|(file, bytes)| crate::tests::common::draft(file, bytes));
    let stating = drafts.filter(|draft| !draft.statements.is_empty());
    let batches: Vec<Batch> = stating.map(|draft| draft.batch(never)).collect();
    assert!(batches.len() > 18 + 16 + 90, "{}", batches.len());
    let forward = rulebook(&batches, 0..batches.len());
    let backward = rulebook(&batches, (0..batches.len()).rev());
    let mixed = rulebook(&batches, (0..batches.len()).map(|place| place * 13 % batches.len()));
    let timestamps: BTreeSet<Timestamp> = batches.iter().map(|batch| batch.source.published_at.0).collect();
    let mut asked = 0;
    for timeline in forward.timelines().step_by(5) {
        for at in timestamps.iter().step_by(3).map(|at| at.plus(TimeSpan::minutes(600))) {
            let bases = [None, Some(PublishedTime(at.minus(TimeSpan::minutes(60 * 24 * 30))))]
                .map(|known_at| At { valid_at: ValidTime(at), known_at, recorded_by: None });
            for basis in bases {
                let found = answer(&forward, timeline, basis);
                for other in [&backward, &mixed] {
                    let same = other.timeline(timeline.subject()).unwrap();
                    assert_eq!(answer(other, same, basis), found, "{} at {basis:?}", timeline.subject());
                }
                asked += 1;
            }
        }
    }
    eprintln!("{asked} questions have one answer in three orders of loading");
    assert!(asked > 10_000);
}
