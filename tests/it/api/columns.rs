//! Columns answer each row as one question does.

use tierbook::language::Measure;
use tierbook::{
    At, Columns, Database, Decimal, ErrorCode, LoadOptions, Notionals, Snapshot, Status, SubjectHandle,
    Timestamp,
};

/// Numbers that look random.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

fn seeded() -> (tempfile::TempDir, Snapshot) {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::create(folder.path()).unwrap();
    database.writer().unwrap().load("seed/binance-2026-02-03.txt", LoadOptions::default()).unwrap();
    let rules = database.snapshot().unwrap();
    (folder, rules)
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Rows about contracts of the seed and one that it does not have, at times around its own.
struct Asked {
    names: Vec<String>,
    handles: Vec<SubjectHandle>,
    notionals: Vec<Decimal>,
    times: Vec<Timestamp>,
    known_at: Vec<Timestamp>,
}

fn asked(rules: &Snapshot, rows: usize) -> Asked {
    let contracts = rules.subjects().iter().filter(|it| it.program().has_contracts());
    let names: Vec<String> =
        contracts.map(|it| it.name().to_string()).chain(["NOSUCHUSDT".to_string()]).collect();
    let mut dice = Dice(5);
    let start = time("2026-02-01T00:00Z").micros();
    let moment = |dice: &mut Dice| {
        Timestamp::from_micros(start + dice.below(10 * 24 * 60) as i64 * 60_000_000).unwrap()
    };
    let mut all = Asked {
        names: Vec::new(),
        handles: Vec::new(),
        notionals: Vec::new(),
        times: Vec::new(),
        known_at: Vec::new(),
    };
    for _ in 0..rows {
        all.names.push(names[dice.below(names.len() as u64) as usize].clone());
        all.notionals.push(Decimal::new(dice.below(150_000_000) as i64, 2));
        all.times.push(moment(&mut dice));
        all.known_at.push(moment(&mut dice));
    }
    all.handles = rules.handles(&all.names);
    all
}

#[test]
fn each_row_is_answered_as_one_question_is() {
    let (_folder, rules) = seeded();
    let all = asked(&rules, 3_000);
    for measure in [
        Measure::Mmr,
        Measure::Margin,
        Measure::MaxLeverage,
        Measure::InitialMargin,
        Measure::Room,
        Measure::Limit,
    ] {
        let columns = Columns::new(measure, &all.handles, &all.notionals, &all.times).known_at(&all.known_at);
        let answers = rules.evaluate(&columns).unwrap();
        for row in 0..all.names.len() {
            let Ok(contract) = rules.contract(&all.names[row]) else {
                assert_eq!((answers.statuses()[row], answers.value(row)), (Status::UnknownSubject, None));
                continue;
            };
            let (notional, at) = (all.notionals[row], At::valid(all.times[row]).known_at(all.known_at[row]));
            let one = match measure {
                Measure::Mmr => contract.mmr(notional, at),
                Measure::Margin => contract.margin(notional, at),
                Measure::InitialMargin => contract.initial_margin(notional, None, at),
                Measure::Room => contract.room(notional, at),
                Measure::Limit => contract.limit(at),
                _ => {
                    let one = contract.max_leverage(notional, at);
                    assert_eq!(answers.value(row), one.value().map(|it| Decimal::from(*it)));
                    assert_eq!(answers.leverages()[row], one.value().copied().unwrap_or(0));
                    continue;
                }
            };
            assert_eq!((answers.statuses()[row], answers.value(row)), (one.status(), one.value().copied()));
            assert_eq!(answers.certainties()[row], one.certainty_kind());
            assert_eq!(answers.certainties()[row], one.certainty().map(|it| it.kind));
            assert_eq!(Some(answers.tiers()[row]).filter(|it| *it > 0), one.tier_number());
            let place = answers.statements()[row];
            let id = place.map(|it| (rules.sources().unwrap()[it.source as usize].source.id, it.ordinal));
            assert_eq!(id, one.statement().map(|it| (it.source, it.ordinal)));
        }
    }
}

#[test]
fn threads_units_and_used_columns_change_no_answer() {
    let (_folder, rules) = seeded();
    let all = asked(&rules, 100_000);
    let units: Vec<i64> = all
        .notionals
        .iter()
        .map(|it| i64::try_from((it * Decimal::from(100_000_000)).normalize().mantissa()).unwrap())
        .collect();
    let columns =
        Columns::new(Measure::Margin, &all.handles, &all.notionals, &all.times).known_at(&all.known_at);
    let one = rules.evaluate(&columns).unwrap();
    assert!(one.statuses().iter().filter(|it| **it == Status::Value).count() > 10_000);
    let mut used = rules.evaluate(&columns.recorded_by(time("2026-01-01T00:00Z"))).unwrap();
    assert!(
        used.statuses()
            .iter()
            .all(|it| [Status::NotKnownThen, Status::Unknown, Status::UnknownSubject].contains(it))
    );
    for threads in [0, 2, 3] {
        rules.evaluate_into(&columns.threads(threads), &mut used).unwrap();
        assert_eq!(used, one, "{threads} threads");
    }
    let in_units = Columns::new(Measure::Margin, &all.handles, Notionals::Units(&units), &all.times);
    assert_eq!(rules.evaluate(&in_units.known_at(&all.known_at)).unwrap(), one);
    // Whatever was recorded by now is everything.
    assert_eq!(rules.evaluate(&columns.recorded_by(Timestamp::now())).unwrap(), one);
    let fewer = Columns::new(Measure::Margin, &all.handles[..3], &all.notionals[..3], &all.times[..3]);
    rules.evaluate_into(&fewer, &mut used).unwrap();
    assert_eq!(used.values().len(), 3);
}

#[test]
fn columns_that_do_not_fit_are_refused_by_name() {
    let (_folder, rules) = seeded();
    let all = asked(&rules, 4);
    let refused = |columns: Columns| rules.evaluate(&columns).unwrap_err().code();
    let margin =
        |notionals, times| Columns::new(Measure::Margin, &all.handles, Notionals::Decimals(notionals), times);
    assert_eq!(refused(margin(&all.notionals[..3], &all.times)), ErrorCode::ColumnsDiffer);
    assert_eq!(refused(margin(&all.notionals, &all.times[..3])), ErrorCode::ColumnsDiffer);
    let fewer = margin(&all.notionals, &all.times).known_at(&all.known_at[..3]);
    assert_eq!(refused(fewer), ErrorCode::ColumnsDiffer);
    for measure in [Measure::Tiers, Measure::MaxPosition] {
        let columns = Columns::new(measure, &all.handles, &all.notionals, &all.times);
        assert_eq!(refused(columns), ErrorCode::NotInColumns);
    }
    let asset = rules.handles(["LTC"]);
    let columns = Columns::new(Measure::Mmr, &asset, &all.notionals[..1], &all.times[..1]);
    assert_eq!(refused(columns), ErrorCode::WrongMeasure);
    let (_other, others) = seeded();
    let columns = Columns::new(Measure::Mmr, &all.handles[..1], &all.notionals[..1], &all.times[..1]);
    assert_eq!(others.evaluate(&columns).unwrap_err().code(), ErrorCode::ForeignHandle);
    let none = Columns::new(Measure::Mmr, &[], &all.notionals[..0], &[]);
    assert!(rules.evaluate(&none).unwrap().values().is_empty());
}
