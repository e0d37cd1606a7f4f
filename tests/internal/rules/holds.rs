//! How long an answer holds: the curves, the cases of the estimate, and whether it is calibrated.
#![allow(clippy::cast_precision_loss, reason = "shares are estimates")]

use std::collections::{BTreeMap, BTreeSet};

use tierbook::rulebook::curves::program_of;
use tierbook::rulebook::holds::{Age, Curve};
use tierbook::rulebook::resolve::Resolved;
use tierbook::rulebook::{Knowledge, Records, Rulebook};
use tierbook::statement::*;
use tierbook::time::{PublishedTime, RecordedTime, TimeSpan, Timestamp, ValidTime};

const HOUR: i64 = 3_600 * 1_000_000;
const DAY: i64 = 24 * HOUR;

fn span(micros: i64) -> TimeSpan {
    TimeSpan::from_micros(micros)
}

fn usual_curve() -> Curve {
    let subject = Subject::parse("binance:usdm:ACTUSDT").unwrap();
    let book = Rulebook::new(Records::default());
    book.curve(&subject, Knowledge::default()).expect("a default")
}

fn since(age: i64) -> Age {
    Age::Since { age: span(age), is_announced: false, seen_otherwise: None, after_change: None }
}

fn is_near(found: f64, expected: f64) -> bool {
    (found - expected).abs() < 1e-9
}

#[test]
fn the_usual_curve_goes_through_what_was_measured_and_falls_on_beyond_it() {
    let curve = usual_curve();
    for (days, share) in
        [(0, 1.0), (7, 0.93), (14, 0.87), (30, 0.74), (60, 0.61), (90, 0.51), (180, 0.30), (365, 0.19)]
    {
        assert!(
            is_near(curve.share(span(days * DAY)), share),
            "{days} days: {}",
            curve.share(span(days * DAY))
        );
    }
    let mut last = 1.0;
    for day in 1..3_000 {
        let share = curve.share(span(day * DAY));
        assert!(share < last && share > 0.0, "{day} days: {share}");
        last = share;
    }
    assert!(last < 0.02, "it falls on beyond the last point: {last}");
}

#[test]
fn an_announced_change_starts_at_nine_of_ten_and_joins_the_curve_from_below() {
    let curve = usual_curve();
    let announced = |age: i64| {
        let age = Age::Since {
            age: span(age),
            is_announced: true,
            seen_otherwise: None,
            after_change: Some(span(age)),
        };
        age.holds(Some(&curve)).probability.unwrap()
    };
    assert!(is_near(announced(0), 0.9) && is_near(announced(7 * DAY), 0.9));
    assert!(is_near(announced(30 * DAY), 0.74));
    assert!(
        (0..400).all(|day| announced(day * DAY) <= since(day * DAY).holds(Some(&curve)).probability.unwrap())
    );
}

#[test]
fn between_two_equal_observations_it_is_certain() {
    let holds = Age::ConfirmedLater.holds(None);
    assert_eq!((holds.probability, holds.is_fresh, holds.percent()), (Some(1.0), true, Some(100)));
}

#[test]
fn before_an_unseen_change_it_is_the_chance_that_the_change_had_not_come_yet() {
    let curve = usual_curve();
    let at = |days: i64| {
        let seen_otherwise = Some(span(30 * DAY));
        let age =
            Age::Since { age: span(days * DAY), is_announced: false, seen_otherwise, after_change: None };
        age.holds(Some(&curve))
    };
    assert!(is_near(at(0).probability.unwrap(), 1.0));
    assert!(is_near(at(7).probability.unwrap(), (0.93 - 0.74) / (1.0 - 0.74)));
    assert!(is_near(at(30).probability.unwrap(), 0.0));
}

#[test]
fn a_change_counts_as_fresh_for_a_day_from_the_end_of_its_window() {
    let curve = usual_curve();
    let after = |micros: i64| {
        let age = span(micros + HOUR);
        let after_change = Some(span(micros));
        let age = Age::Since { age, is_announced: true, seen_otherwise: None, after_change };
        (age.holds(Some(&curve)).is_fresh, age.holds(None).is_fresh)
    };
    assert_eq!([after(0), after(DAY), after(DAY + 1)], [(true, true), (true, true), (false, false)]);
}

#[test]
fn what_was_seen_is_confirmed_while_nineteen_of_twenty_are_unchanged() {
    let curve = usual_curve();
    let fresh = |micros: i64| since(micros).holds(Some(&curve)).is_fresh;
    let last = (0..7 * 24).rev().find(|hours| fresh(hours * HOUR)).unwrap() * HOUR;
    assert!(curve.share(span(last)) >= 0.95 && curve.share(span(last + HOUR)) < 0.95);
    let holds = since(last + HOUR).holds(Some(&curve));
    assert_eq!((holds.percent(), holds.is_fresh), (Some(95), false), "compared before it is rounded");
}

#[test]
fn a_program_without_observations_has_no_figure_and_is_unconfirmed() {
    let subject = Subject::parse("binance:pm:LTC").unwrap();
    let book = Rulebook::new(Records::default());
    assert_eq!(book.curve(&subject, Knowledge::default()), None);
    let holds = since(0).holds(None);
    assert_eq!((holds.probability, holds.percent(), holds.is_fresh), (None, None, false));
}

/// The contracts of which the curve is made, and those that are asked.
fn builds_the_curve(subject: &Subject) -> bool {
    Sha256::of(&[subject.name().as_bytes()]).to_string().as_bytes()[0].is_multiple_of(2)
}

/// The snapshots, oldest first, with the times of their recording.
fn snapshots(shared: &std::path::Path) -> Vec<Batch> {
    let folder = std::fs::read_dir(shared.join("exchange/snapshots")).unwrap();
    let mut files: Vec<std::path::PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: std::path::PathBuf| {
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        crate::tests::common::draft(&file, &std::fs::read(&path).unwrap())
            .batch(RecordedTime(Timestamp::LAST))
    };
    files.into_iter().map(read).collect()
}

fn records(batches: &[Batch], first: Timestamp) -> Records {
    let mut records = Records::default();
    let mut numbers: BTreeMap<String, u64> = BTreeMap::new();
    for (place, batch) in batches.iter().enumerate() {
        let (tx, published_at) = (TxId(place as u64 + 1), batch.source.published_at);
        let recorded_at = RecordedTime(first.plus(TimeSpan::minutes(place as u32)));
        let source = &batch.source.id;
        let mut tables = Vec::new();
        for (ordinal, statement) in batch.statements.iter().cloned().enumerate() {
            if builds_the_curve(&statement.subject) {
                let short = |name: &str| Sha256::of(&[name.as_bytes()]).short();
                let subject = short(statement.subject.name());
                let currency = symbol::settlement(&statement.subject).map_or(0, short);
                let table = statement.claim.rule().map(|rule| {
                    let next = numbers.len() as u64;
                    *numbers.entry(crate::tests::common::show_rule(rule)).or_insert(next)
                });
                let seen_at = statement.claim.valid_at();
                tables.push(ObservedTable { seen_at, subject, currency, table });
            }
            let id = StatementId { source: *source, ordinal: ordinal as u32 + 1 };
            records.statements.push(vec![Recorded { id, statement, published_at, recorded_at, tx }]);
        }
        let currencies = batch.complete_snapshots.iter().flat_map(|it| it.currencies.iter().flatten());
        let currencies = currencies.map(|name| Sha256::of(&[name.as_bytes()]).short()).collect();
        let complete = Complete { currencies, ..Complete::default() };
        let observed = ObservedProgram { source: *source, tx, complete, tables };
        records.observed.entry("binance:usdm".to_string()).or_default().push(observed);
        records.complete.extend(batch.complete_snapshots.iter().cloned().map(|snapshot| {
            RecordedCompleteSnapshot { source: *source, snapshot, published_at, recorded_at, tx }
        }));
        records.sources.push(RecordedSource {
            source: batch.source.clone(),
            recorded_at,
            tx,
            observes: true,
        });
    }
    records
}

#[test]
fn no_curve_knows_of_observations_published_later() {
    let Some(shared) = crate::tests::common::shared() else { return };
    let batches = snapshots(&shared);
    let first = Timestamp::parse_rfc3339("2026-11-01T00:00:00Z").unwrap();
    let whole = Rulebook::new(records(&batches, first));
    let subject = Subject::parse("binance:usdm:BTCUSDT").unwrap();
    assert_eq!(program_of(&subject), "binance:usdm");
    for count in 1..=batches.len() {
        let known_at = Some(batches[count - 1].source.published_at);
        let recorded_by = Some(RecordedTime(first.plus(TimeSpan::minutes(count as u32 - 1))));
        let part = Rulebook::new(records(&batches[..count], first));
        let expected = part.curve(&subject, Knowledge::default());
        for at in [Knowledge { known_at, recorded_by: None }, Knowledge { known_at: None, recorded_by }] {
            assert_eq!(whole.curve(&subject, at), expected, "{count} snapshots");
        }
    }
}

/// Answers of about one probability, and of which snapshots they are.
#[derive(Default)]
struct Bin {
    answers: usize,
    probabilities: f64,
    held: usize,
    snapshots: BTreeSet<usize>,
}

impl Bin {
    fn add(&mut self, other: &Bin) {
        self.answers += other.answers;
        self.probabilities += other.probabilities;
        self.held += other.held;
        self.snapshots.extend(&other.snapshots);
    }

    /// How far the mean probability is from the share that held, in points.
    fn is_off_by(&self) -> f64 {
        100.0 * (self.probabilities - self.held as f64) / self.answers as f64
    }
}

impl std::fmt::Display for Bin {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let percent = |sum: f64| 100.0 * sum / self.answers as f64;
        let (mean, held) = (percent(self.probabilities), percent(self.held as f64));
        let (answers, snapshots) = (self.answers, self.snapshots.len());
        write!(f, "{answers} answers of {snapshots} snapshots, mean {mean:.1} %, held {held:.1} %")
    }
}

/// The answers about one snapshot from what was known just before it, by tenths of probability.
fn asked_before(book: &Rulebook, batch: &Batch, number: usize) -> BTreeMap<u32, Bin> {
    let shown_at = batch.source.published_at.0.just_before();
    let known_at = Some(PublishedTime(shown_at));
    let basis = At { valid_at: ValidTime(shown_at), known_at, recorded_by: None };
    let shown: BTreeMap<&Subject, &Statement> =
        batch.statements.iter().map(|statement| (&statement.subject, statement)).collect();
    let mut bins: BTreeMap<u32, Bin> = BTreeMap::new();
    for timeline in book.timelines().filter(|timeline| !builds_the_curve(timeline.subject())) {
        let Resolved::InForce(in_force) = book.resolve(timeline, basis) else { continue };
        let curve = book.curve(timeline.subject(), Knowledge::of(&basis));
        let probability = in_force.age.holds(curve.as_ref()).probability.unwrap();
        let rule = shown.get(timeline.subject()).and_then(|statement| statement.claim.rule());
        bins.entry((probability * 10.0) as u32).or_default().add(&Bin {
            answers: 1,
            probabilities: probability,
            held: usize::from(rule.is_some_and(|rule| rule.same(in_force.rule))),
            snapshots: BTreeSet::from([number]),
        });
    }
    bins
}

/// Over time within five points, in bins of five snapshots and 200 answers or more. A tenth of probability has
/// the answers of one to four of the sixteen snapshots, which say almost the same: on some days the exchange
/// changes every second table, so that a tenth alone may be 19 points off.
#[test]
fn the_estimate_is_calibrated_over_time_on_contracts_left_out() {
    let Some(shared) = crate::tests::common::shared() else { return };
    let batches = snapshots(&shared);
    let first = Timestamp::parse_rfc3339("2026-11-01T00:00:00Z").unwrap();
    let book = Rulebook::new(records(&batches, first));
    let mut tenths: BTreeMap<u32, Bin> = BTreeMap::new();
    for (number, batch) in batches.iter().enumerate().skip(1) {
        let mut all = Bin::default();
        for (tenth, bin) in asked_before(&book, batch, number) {
            all.add(&bin);
            tenths.entry(tenth).or_default().add(&bin);
        }
        let age = batch.source.published_at.0.since(batches[number - 1].source.published_at.0).micros() / DAY;
        eprintln!("{} after {age} days: {all}", batch.source.published_at);
    }
    let mut bins: Vec<Bin> = vec![Bin::default()];
    for (tenth, bin) in &tenths {
        eprintln!("{} to {} %: {bin}", tenth * 10, tenth * 10 + 10);
        if bins.last().is_some_and(|last| last.snapshots.len() >= 5 && last.answers >= 200) {
            bins.push(Bin::default());
        }
        bins.last_mut().unwrap().add(bin);
    }
    for bin in &bins {
        eprintln!("five snapshots or more: {bin}");
        assert!(
            bin.snapshots.len() < 5 || bin.is_off_by().abs() <= 5.0,
            "not calibrated within 5 points: {bin}"
        );
    }
    assert!(bins.len() >= 3, "there are answers to judge");
}

/// When each contract was first seen with each of its tables, and every time at which the exchange was observed,
/// from 2025 on.
fn observed_tables(shared: &std::path::Path) -> (BTreeMap<String, Vec<Timestamp>>, BTreeSet<Timestamp>) {
    let text = std::fs::read_to_string(shared.join("exchange/binance-usdm-tables.jsonl")).unwrap();
    let first = Timestamp::parse_rfc3339("2025-01-01T00:00:00Z").unwrap();
    let (mut tables, mut times) = (BTreeMap::<String, Vec<Timestamp>>::new(), BTreeSet::new());
    for line in text.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let time = |field: &str| row[field].as_str().and_then(Timestamp::parse_rfc3339);
        times.extend(["not_before", "observed_at"].into_iter().filter_map(time).filter(|at| *at >= first));
        tables.entry(row["symbol"].as_str().unwrap().to_string()).or_default().extend(time("observed_at"));
    }
    (tables, times)
}

/// Half of the contracts make the curve, the other half are asked at each observation what the one before says.
/// The file does not have when a contract was delisted, so that those count as unchanged.
#[test]
fn on_contracts_left_out_the_estimate_is_within_three_points() {
    let Some(shared) = crate::tests::common::shared() else { return };
    let (tables, times) = observed_tables(&shared);
    let subject = |name: &str| Subject::new("binance", Program::Usdm, name).unwrap();
    // The number of its table, `None` before the first.
    let table_at = |seen: &[Timestamp], at: Timestamp| {
        (seen.iter().filter(|first| **first <= at).count() as u64).checked_sub(1)
    };
    let mut records = Records::default();
    for (place, at) in times.iter().enumerate() {
        let (sha256, tx) = (Sha256::of(&[&place.to_be_bytes()]), TxId(place as u64 + 1));
        let source = SourceId::of(&sha256);
        let making = tables.iter().filter(|(name, _)| builds_the_curve(&subject(name)));
        let seen = making.filter_map(|(name, seen)| {
            let number = Sha256::of(&[name.as_bytes()]).short();
            let table = Some(table_at(seen, *at)?);
            Some(ObservedTable { seen_at: ValidTime(*at), subject: number, currency: 0, table })
        });
        let complete = Complete::default();
        let observed = ObservedProgram { source, tx, complete, tables: seen.collect() };
        records.observed.entry("binance:usdm".to_string()).or_default().push(observed);
        let (file, title, published_at) = (String::new(), String::new(), PublishedTime(*at));
        let (precision, origin) = (Precision::Exact, Origin::Text);
        let source = Source { id: source, sha256, file, title, published_at, precision, origin };
        records.sources.push(RecordedSource { source, recorded_at: RecordedTime(*at), tx, observes: true });
    }
    let curve = Rulebook::new(records).curve(&subject("ACTUSDT"), Knowledge::default()).unwrap();
    let mut tenths: BTreeMap<u32, Bin> = BTreeMap::new();
    let times: Vec<Timestamp> = times.into_iter().collect();
    for (number, pair) in times.windows(2).enumerate() {
        let probability = curve.share(pair[1].since(pair[0]));
        for (_, seen) in tables.iter().filter(|(name, _)| !builds_the_curve(&subject(name))) {
            let Some(before) = table_at(seen, pair[0]) else { continue };
            let bin = tenths.entry((probability * 10.0) as u32).or_default();
            bin.answers += 1;
            bin.probabilities += probability;
            bin.held += usize::from(table_at(seen, pair[1]) == Some(before));
            bin.snapshots.insert(number);
        }
    }
    let large: Vec<&Bin> = tenths.values().filter(|bin| bin.answers >= 200).collect();
    large.iter().for_each(|bin| println!("{bin}"));
    assert!(large.iter().map(|bin| bin.answers).sum::<usize>() > 10_000);
    assert!(large.iter().all(|bin| bin.is_off_by().abs() <= 3.0));
}
