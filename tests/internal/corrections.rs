//! A dry run says exactly what the correction then does, at every valid time and every time of knowledge; and an
//! undo brings every answer back.

use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use tierbook::database::Database;
use tierbook::database::corrections::{Correction, Reason};
use tierbook::query::rows::Row;
use tierbook::rule::{PlacedRule, RuleKind, Tier};
use tierbook::rulebook::Rulebook;
use tierbook::rulebook::resolve::{Doubt, Resolved};
use tierbook::snapshot::records::records;
use tierbook::statement::{At, RecordedSource, Subject, TxId};
use tierbook::store::Reader;
use tierbook::time::{PublishedTime, ValidTime};

use crate::tests::ingest::export::{Document, TICKS, arb_document, recorded, timestamp};

/// A correction of one of the documents, by numbers that are taken modulo what there is.
#[derive(Clone, Debug)]
struct Mistake {
    kind: u8,
    source: usize,
    other: usize,
    ordinal: u32,
    at: i64,
}

fn arb_mistake() -> impl Strategy<Value = Mistake> {
    (0..6_u8, 0..8_usize, 0..8_usize, 0..3_u32, 0..TICKS)
        .prop_map(|(kind, source, other, ordinal, at)| Mistake { kind, source, other, ordinal, at })
}

fn correction(mistake: &Mistake, sources: &[RecordedSource]) -> (Correction, Reason) {
    let id = |place: usize| sources[place % sources.len()].source.id.to_string();
    let source = id(mistake.source);
    let statement = match mistake.ordinal {
        0 => source.clone(),
        ordinal => format!("{source}.{ordinal}"),
    };
    let correction = match mistake.kind {
        0 => Correction::Unload { source, tx: None },
        1 => Correction::Retract { what: statement },
        2 => Correction::Supersede { older: source, newer: id(mistake.other) },
        3 => Correction::Reschedule {
            what: format!("{source}.{}", mistake.ordinal + 1),
            to: timestamp(mistake.at),
        },
        4 => Correction::Correct { source, published_at: timestamp(mistake.at), tx: None },
        _ => Correction::Undo { tx: Some(TxId(1 + (mistake.source % sources.len()) as u64)) },
    };
    (correction, Reason::new("a test").published_at(timestamp(mistake.at)))
}

/// A subject, a valid time and a time of knowledge.
type Point = (String, i64, i64);

/// What is answered at each point of the grid, without what a dry run does not speak of: whether it is confirmed
/// or doubtful by its findings, and from where it is cited.
fn answered(database: &Database, subjects: &[Subject]) -> BTreeMap<Point, String> {
    let reader = Reader::open(database.dir()).unwrap();
    let book = Rulebook::new(records(subjects, &reader).unwrap());
    let mut all = BTreeMap::new();
    for subject in subjects {
        for valid_at in 0..=TICKS + 3 {
            for known_at in 0..=TICKS {
                let at = At::valid(timestamp(valid_at)).known_at(timestamp(known_at));
                let resolved = book.timeline(subject).map(|timeline| book.resolve(timeline, at));
                all.insert((subject.to_string(), valid_at, known_at), essence(resolved.as_ref()));
            }
        }
    }
    all
}

fn essence(resolved: Option<&Resolved>) -> String {
    match resolved {
        Some(Resolved::InForce(in_force)) => {
            let doubts: Vec<String> = in_force.doubts.iter().map(doubt).collect();
            format!("{} {doubts:?}", table(Some(in_force.rule)))
        }
        Some(Resolved::Ended { .. }) => "ended".to_string(),
        _ => "unknown".to_string(),
    }
}

/// What makes two tables the same.
fn table(rule: Option<&PlacedRule>) -> String {
    let Some(rule) = rule else { return "none".to_string() };
    let tier = |tier: &Tier| {
        format!(
            "{:?} {} {:?}",
            tier.cap.map(|cap| cap.normalize()),
            tier.rate.normalize(),
            tier.max_leverage()
        )
    };
    let tiers = rule.tiers().iter().map(tier).collect::<Vec<_>>().join("; ");
    if rule.kind() == RuleKind::Class { format!("class {:?}", rule.rank()) } else { tiers }
}

fn doubt(doubt: &Doubt) -> String {
    match doubt {
        Doubt::Contradicted { others } => {
            let others = others.iter().map(|other| table(other.statement.claim.rule()));
            format!("contradicted {:?}", others.collect::<Vec<_>>())
        }
        Doubt::RollingOut { until, other } => format!("rolling out {until} {}", table(*other)),
        Doubt::UnseenChange { after, by, other } => format!("unseen {after} {by} {}", table(*other)),
        Doubt::Converted { by } => format!("converted {}", by.id),
        Doubt::AnnouncedTwice { other } => format!("announced {}", table(other.statement.claim.rule())),
    }
}

/// The points that the rows of a dry run name.
fn named(rows: &[Row], subjects: &[Subject]) -> BTreeSet<Point> {
    let mut points = BTreeSet::new();
    for row in rows {
        let Row::Affected(row) = row else { panic!("{row:?}") };
        assert!(subjects.contains(&row.subject), "{row:?}");
        for valid_at in 0..=TICKS + 3 {
            for known_at in 0..=TICKS {
                let (at, known) = (ValidTime(timestamp(valid_at)), PublishedTime(timestamp(known_at)));
                let inside = row.from <= at && row.until.is_none_or(|until| at < until);
                let known = row.known_from.is_none_or(|from| from <= known)
                    && row.known_until.is_none_or(|until| known < until);
                if inside && known {
                    points.insert((row.subject.to_string(), valid_at, known_at));
                }
            }
        }
    }
    points
}

fn check(documents: &[Document], mistake: &Mistake) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let database = recorded(&folder.path().join("db"), documents);
    let snapshot = database.snapshot().unwrap();
    let subjects = snapshot.subjects().to_vec();
    let (correction, reason) = correction(mistake, snapshot.sources().unwrap());
    let now = timestamp(TICKS + 1);
    let Ok((done, rows)) = database.dry_run_of(&correction, reason.clone(), now) else {
        return Ok(());
    };
    let before = answered(&database, &subjects);
    let corrected = database.writer().unwrap().correct(&correction, reason).unwrap();
    prop_assert_eq!(corrected.is_new, done.is_new);
    let after = answered(&database, &subjects);
    let changed: BTreeSet<Point> =
        before.iter().filter(|(point, old)| after[*point] != **old).map(|(point, _)| point.clone()).collect();
    prop_assert_eq!(&changed, &named(&rows, &subjects), "{:?}", rows);
    if corrected.is_new {
        database.writer().unwrap().correct(&Correction::Undo { tx: Some(corrected.tx) }, "undone").unwrap();
        prop_assert_eq!(answered(&database, &subjects), before);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn a_correction_does_what_its_dry_run_says_and_its_undo_undoes_it(
        documents in proptest::collection::vec(arb_document(), 1..4),
        mistake in arb_mistake(),
    ) {
        check(&documents, &mistake)?;
    }
}
