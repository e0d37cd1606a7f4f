//! History, knowledge and the plane of random statements: the plane has no hole, and the other two are its
//! lines.
use proptest::prelude::*;
use tierbook::query::rows::over_time::{PlaneRow, StepRow};
use tierbook::query::rows::{Row, Status};
use tierbook::query::{StoredRules, answer, parse, plan};
use tierbook::rule::{PlacedRule, Rate, Rule};
use tierbook::rulebook::{Records, Rulebook};
use tierbook::statement::*;
use tierbook::text::Span;
use tierbook::time::{PublishedTime, RecordedTime, TimeSpan, Timestamp, ValidTime};

const TICKS: i64 = 12;

fn timestamp(ticks: i64) -> Timestamp {
    Timestamp::parse_rfc3339("2026-01-01T00:00:00Z").unwrap().plus(TimeSpan::minutes(ticks as u32))
}

fn subject() -> Subject {
    Subject::parse("binance:pm:LTC").unwrap()
}

#[derive(Clone, Debug)]
struct Entry {
    kind: u8,
    at: i64,
    rule: u8,
    published: i64,
    retracted: Option<i64>,
}

fn arb_entry() -> impl Strategy<Value = Vec<Entry>> {
    let entry = (0u8..4, 0..TICKS, 1u8..4, 0..TICKS, prop::option::weighted(0.25, 0..TICKS));
    let entry = entry.prop_map(|(kind, at, rule, published, retracted)| Entry {
        kind,
        at,
        rule,
        published,
        retracted,
    });
    prop::collection::vec(entry, 1..8)
}

fn stored(all: &[Entry]) -> StoredRules {
    let id = |place: usize, by: bool| SourceId::of(&Sha256::of(&[&place.to_be_bytes(), &[u8::from(by)]]));
    let (mut statements, mut retractions) = (Vec::new(), Vec::new());
    for (place, entry) in all.iter().enumerate() {
        let ratio = Rate::from_percent(&entry.rule.to_string()).unwrap();
        let rule = PlacedRule::from(Rule::flat(ratio, Span::new(0, 1)));
        let at = ValidTime(timestamp(entry.at));
        let claim = match entry.kind {
            0 | 1 => {
                Claim::Change { effective_at: at, rollout: TimeSpan::minutes(u32::from(entry.kind)), rule }
            }
            2 => Claim::Observation { seen_at: at, rule: Some(rule) },
            _ => Claim::End { effective_at: at },
        };
        statements.push(Recorded {
            id: StatementId { source: id(place, false), ordinal: 1 },
            statement: Statement { subject: subject(), claim, span: Span::new(0, 1) },
            published_at: PublishedTime(timestamp(entry.published)),
            recorded_at: RecordedTime(timestamp(100 + place as i64)),
            tx: TxId(place as u64 + 1),
        });
        retractions.extend(entry.retracted.map(|published| RecordedRetraction {
            by: id(place, true),
            retraction: Retraction {
                source: id(place, false),
                ordinal: None,
                kind: RetractionKind::Retract,
                reason: "a misprint".to_string(),
            },
            published_at: PublishedTime(timestamp(published)),
            recorded_at: RecordedTime(timestamp(200 + place as i64)),
            tx: TxId(200 + place as u64),
        }));
    }
    let source = |id: &SourceId, published_at, recorded_at, tx, observes| RecordedSource {
        source: Source {
            id: *id,
            sha256: Sha256::of(&[]),
            file: String::new(),
            title: String::new(),
            published_at,
            precision: Precision::Exact,
            origin: Origin::Text,
        },
        recorded_at,
        tx,
        observes,
    };
    let observes = |it: &Recorded| it.statement.claim.is_observation();
    let documents = statements
        .iter()
        .map(|it| source(&it.id.source, it.published_at, it.recorded_at, it.tx, observes(it)));
    let commands = retractions.iter().map(|it| source(&it.by, it.published_at, it.recorded_at, it.tx, false));
    let sources = documents.chain(commands).collect();
    let records = Records { statements: vec![statements], retractions, sources, ..Records::default() };
    StoredRules { tx: 99, rulebook: Rulebook::new(records), ..StoredRules::default() }
}

fn ask(text: &str, stored: &StoredRules) -> Vec<Row> {
    let statement = &parse(text).unwrap()[0];
    let plan = plan(statement, &[subject()], timestamp(1000)).unwrap();
    answer(&plan, stored).unwrap()
}

fn plane(stored: &StoredRules) -> Vec<PlaneRow> {
    let rows = ask("plane of ratio of LTC", stored).into_iter();
    rows.map(|row| if let Row::Plane(row) = row { *row } else { panic!("not a rectangle") }).collect()
}

fn steps(text: &str, stored: &StoredRules) -> Vec<StepRow> {
    let rows = ask(text, stored).into_iter();
    rows.map(|row| if let Row::Step(row) = row { *row } else { panic!("not a step") }).collect()
}

type Cell = (Status, Option<tierbook::decimal::Decimal>);

/// The one rectangle that contains a point.
fn cell(plane: &[PlaneRow], valid_at: Timestamp, known_at: Timestamp) -> Cell {
    let contains = |row: &&PlaneRow| {
        row.valid_from.is_none_or(|from| from.0 <= valid_at)
            && row.valid_until.is_none_or(|until| valid_at < until.0)
            && row.known_from.is_none_or(|from| from.0 <= known_at)
            && row.known_until.is_none_or(|until| known_at < until.0)
    };
    let containing: Vec<&PlaneRow> = plane.iter().filter(contains).collect();
    assert_eq!(containing.len(), 1, "{valid_at} {known_at}: {containing:?}");
    (containing[0].status, containing[0].value)
}

fn on_line(steps: &[StepRow], at: Timestamp) -> Option<Cell> {
    let contains = |step: &&StepRow| {
        step.from.is_none_or(|from| from <= at) && step.until.is_none_or(|until| at < until)
    };
    steps.iter().find(contains).map(|step| (step.status, step.value))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn history_and_knowledge_are_lines_of_the_plane_and_single_answers_its_points(all in arb_entry()) {
        let stored = stored(&all);
        let plane = plane(&stored);
        for known in -1..=TICKS {
            let known_at = if known < 0 { timestamp(0).just_before() } else { timestamp(known) };
            let history = steps(&format!("history of ratio of LTC known at {known_at}"), &stored);
            for valid in 0..=TICKS {
                let valid_at = timestamp(valid);
                let point = cell(&plane, valid_at, known_at);
                match on_line(&history, valid_at) {
                    Some(found) => prop_assert_eq!(found, point),
                    None => prop_assert!(matches!(point.0, Status::Unknown | Status::NotKnownThen)),
                }
                let Row::Measure(row) = &ask(&format!("ratio of LTC as of {valid_at} known at {known_at}"), &stored)[0]
                    else { panic!("not a measure") };
                prop_assert_eq!((row.status, row.value), point);
            }
        }
        for valid in 0..=TICKS {
            let knowledge = steps(&format!("knowledge of ratio of LTC as of {}", timestamp(valid)), &stored);
            for known in 0..=TICKS {
                let point = cell(&plane, timestamp(valid), timestamp(known));
                prop_assert_eq!(on_line(&knowledge, timestamp(known)), Some(point));
            }
            prop_assert!(knowledge.windows(2).all(|pair| (pair[0].status, pair[0].value) != (pair[1].status, pair[1].value)));
        }
    }

    /// partition: from the first statement on every time is in one period, and neighbours follow one another.
    #[test]
    fn the_periods_of_a_history_neither_overlap_nor_leave_holes(all in arb_entry()) {
        let stored = stored(&all);
        let rows: Vec<_> = ask("history of LTC", &stored).into_iter()
            .map(|row| if let Row::Version(row) = row { row } else { panic!("not a version") }).collect();
        prop_assert!(rows.windows(2).all(|pair| pair[0].until == Some(pair[1].from)));
        prop_assert!(rows.last().is_none_or(|last| last.until.is_none()));
        let steps = steps("history of ratio of LTC", &stored);
        prop_assert!(steps.windows(2).all(|pair| pair[0].until == pair[1].from));
        prop_assert!(steps.windows(2).all(|pair| (pair[0].status, pair[0].value) != (pair[1].status, pair[1].value)));
    }

    /// Each change of the list is a step of the history that it belongs to, and no step is missing.
    #[test]
    fn changes_are_the_steps_between_versions(all in arb_entry()) {
        let stored = stored(&all);
        let versions = ask("history of LTC", &stored).len();
        let first_is_observation = matches!(&ask("history of LTC", &stored)[..], [Row::Version(row), ..] if row.kind == "observation");
        let expected = versions - usize::from(first_is_observation);
        prop_assert_eq!(ask("changes of LTC", &stored).len(), expected);
        let (mut early, mut late) = (0, 0);
        for row in ask(&format!("changes of LTC until {}", timestamp(5)), &stored) {
            let Row::Change(row) = row else { panic!("not a change") };
            prop_assert!(row.effective_at.0 < timestamp(5));
            early += 1;
        }
        for row in ask(&format!("changes of LTC since {}", timestamp(5)), &stored) {
            let Row::Change(row) = row else { panic!("not a change") };
            prop_assert!(row.effective_at.0 >= timestamp(5));
            late += 1;
        }
        prop_assert_eq!(early + late, expected);
    }
}
