//! The compiled timeline and the general way give the same answers: value, status, tier, kind of certainty and
//! statement; and so do tables in whole numbers and in decimals.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use tierbook::compiled::{Asked, CompiledTimeline, TableAt};
use tierbook::decimal::Decimal;
use tierbook::liquidation::Side;
use tierbook::query::eval::evaluate::{brief, evaluate};
use tierbook::query::plan::MeasurePlan;
use tierbook::query::plan::at::Argument;
use tierbook::query::plan::isolated::{Isolated, IsolatedMargin};
use tierbook::query::rows::{CertaintyKind, Row, Status};
use tierbook::query::syntax::measure::{Measure, Takes};
use tierbook::query::{StoredRules, answer};
use tierbook::rule::fixed::{Figures, Fixed, PlaceInTiers};
use tierbook::rule::{Number, PrintedTier, Rate, Rule};
use tierbook::rulebook::resolve::Resolved;
use tierbook::rulebook::{Knowledge, Rulebook};
use tierbook::sorted::{Highs, below, highs};
use tierbook::statement::{At, StatementId, Subject};
use tierbook::text::Span;
use tierbook::time::{TimeSpan, Timestamp, ValidTime};

use super::documents::{TICKS, arb_documents};
use super::invariants::{TICK, arb_limits, knowledge, records, subject, timestamp};
use crate::tests::common::dice::Dice;

/// An answer, without words.
pub(super) type Found = (Status, Option<Decimal>, Option<u32>, Option<CertaintyKind>, Option<StatementId>);

pub(super) fn general(
    subject: &Subject,
    measure: Measure,
    at: Option<Argument>,
    basis: At,
    stored: &StoredRules,
) -> Found {
    let plan = MeasurePlan::of(measure, subject.clone(), at, basis).into();
    let rows = answer(&plan, stored).expect("no source is named");
    let [Row::Measure(row)] = rows.as_slice() else { panic!("{rows:?}") };
    let timeline = stored.rulebook.timeline(subject).expect("a timeline");
    let statement = match stored.rulebook.resolve(timeline, basis) {
        Resolved::InForce(in_force) => Some(in_force.set_by.id),
        Resolved::Ended { by } | Resolved::Launched { by, .. } => Some(by.id),
        _ => None,
    };
    let tier = row.tier.as_ref().map(|tier| tier.number);
    (row.status, row.value, tier, row.certainty.as_ref().map(|certainty| certainty.kind), statement)
}

/// A whole table the general way: the status and the certainty of its last tier, and the rule; `None` of one ratio for any
/// amount, which is no table.
fn general_table(subject: &Subject, basis: At, stored: &StoredRules) -> Option<TableAt> {
    let plan = MeasurePlan::of(Measure::Tiers, subject.clone(), None, basis).into();
    let mut rows = answer(&plan, stored).expect("no source is named");
    let Some(Row::Tier(row)) = rows.pop() else { return None };
    let timeline = stored.rulebook.timeline(subject).expect("a timeline");
    let rule = match stored.rulebook.resolve(timeline, basis) {
        Resolved::InForce(in_force) => Some(in_force.rule.shared().clone()),
        _ => None,
    };
    Some(TableAt { status: row.status, rule, kind: row.certainty.map(|certainty| certainty.kind) })
}

fn compiled(
    timeline: &CompiledTimeline,
    measure: Measure,
    at: Option<Argument>,
    basis: At,
    stored: &StoredRules,
) -> Option<Found> {
    timeline.compile_knowledge(stored);
    let found = timeline.answer(&Asked::new(measure, at, basis), stored)?;
    let statement = found.statement.and_then(|it| timeline.statement(it.in_timeline));
    Some((found.status, found.value, found.tier.map(|tier| tier as u32 + 1), found.kind, statement))
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(16), ..ProptestConfig::with_cases(3000) })]

    #[test]
    fn a_compiled_timeline_answers_as_the_general_way_does(
        all in arb_documents(), ticks in -1..TICKS + 80, aside in prop_oneof![Just(-1), Just(0), Just(1), 0..TICK],
        limits in arb_limits(),
    ) {
        let records = records(&all);
        let sources = records.sources.clone();
        let stored = StoredRules { tx: 1, rulebook: Rulebook::new(records), sources, ..StoredRules::default() };
        let subject = subject();
        let Knowledge { known_at, recorded_by } = knowledge(limits);
        let valid_at = Timestamp::from_micros(timestamp(ticks).micros() + aside).expect("in range");
        let basis = At { valid_at: ValidTime(valid_at), known_at, recorded_by };
        if let Some(timeline) = CompiledTimeline::new(&subject, recorded_by, &stored) {
            timeline.compile_knowledge(&stored);
            if let Some(found) = timeline.table(basis, &stored) {
                general_table(&subject, basis, &stored).map_or(Ok(()), |general| {
                    prop_assert_eq!(found, general);
                    Ok(())
                })?;
            }
            // `limit` has no argument that a flat ratio of these documents could be asked at.
            for (measure, at) in [(Measure::Mmr, Some(Argument::Amount(Decimal::from(5)))), (Measure::Limit, None)] {
                let found = compiled(&timeline, measure, at, basis, &stored);
                if let Some(found) = found {
                    prop_assert_eq!(found, general(&subject, measure, at, basis, &stored));
                }
            }
        }
    }
}

/// Few questions may take the general way, or the property above says nothing.
#[test]
fn hardly_any_question_takes_the_general_way() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut general = 0;
    for _ in 0..1_000 {
        let all = arb_documents().new_tree(&mut runner).expect("documents").current();
        let ticks = (0..TICKS).new_tree(&mut runner).expect("a time").current();
        let stored = StoredRules { tx: 1, rulebook: Rulebook::new(records(&all)), ..StoredRules::default() };
        let basis = At::valid(timestamp(ticks).plus(TimeSpan::minutes(7)));
        let timeline = CompiledTimeline::new(&subject(), None, &stored);
        general += usize::from(
            timeline.is_some_and(|it| compiled(&it, Measure::Limit, None, basis, &stored).is_none()),
        );
    }
    assert_eq!(general, 0, "only a moment before an unseen change takes it");
}

#[test]
fn the_loaded_texts_are_answered_alike_both_ways() {
    let folder = tempfile::tempdir().unwrap();
    let Some(database) = shared_texts(folder.path()) else { return };
    let snapshot = database.snapshot().unwrap();
    let stored = snapshot.rules(tierbook::snapshot::wanted::Wanted::rules(snapshot.subjects())).unwrap();
    let mut dice = Dice::seeded(16);
    let mut compared = 0;
    let mut asked: BTreeMap<(&str, Option<CertaintyKind>), usize> = BTreeMap::new();
    for subject in snapshot.subjects() {
        let timeline = CompiledTimeline::new(subject, None, &stored).expect("a timeline");
        for _ in 0..40 {
            let (measure, at, basis) = question(subject, &stored, &mut dice);
            let tables = timeline.table(basis, &stored).zip(general_table(subject, basis, &stored));
            if let Some((table, general)) = tables {
                assert_eq!(table, general, "{subject} {basis:?}");
                compared += 1;
            }
            let Some(found) = compiled(&timeline, measure, at, basis, &stored) else { continue };
            assert_eq!(
                found,
                general(subject, measure, at, basis, &stored),
                "{subject} {measure:?} {at:?} {basis:?}"
            );
            *asked.entry((found.0.name(), found.3)).or_default() += 1;
        }
    }
    assert!(compared > 10_000, "{compared} tables");
    assert!(asked.len() >= 8 && asked.values().sum::<usize>() > 10_000, "{asked:?}");
}

/// A database with the shared texts; `None` where there are none.
pub(super) fn shared_texts(folder: &std::path::Path) -> Option<tierbook::Database> {
    let shared = crate::tests::common::shared()?;
    let database = tierbook::Database::create(folder.join("db")).unwrap();
    for folder in ["announcements", "announcements-more", "exchange/snapshots"] {
        let mut writer = database.writer().unwrap();
        for file in tierbook::files_of(&shared.join(folder)).unwrap() {
            if file.extension().is_some_and(|it| it == "txt" || it == "json") {
                // What some of them lack does not matter here.
                let options =
                    tierbook::LoadOptions { allow_unread: true, ..tierbook::LoadOptions::default() };
                drop(writer.load(file, options));
            }
        }
    }
    Some(database)
}

/// A random question about a subject, often at a moment at which something happens.
pub(super) fn question(
    subject: &Subject,
    stored: &StoredRules,
    dice: &mut Dice,
) -> (Measure, Option<Argument>, At) {
    let statements = stored.rulebook.timeline(subject).expect("a timeline").statements();
    let moment = |dice: &mut Dice| {
        let recorded = &statements[dice.below(statements.len())];
        let near = [recorded.statement.claim.valid_at().0, recorded.published_at.0][dice.below(2)];
        let aside = [-1, 0, 1, 3_600_000_000, 40 * 86_400_000_000, 400 * 86_400_000_000][dice.below(6)];
        Timestamp::from_micros(near.micros() + aside).expect("in range")
    };
    let measures: Vec<Measure> = Measure::ALL
        .iter()
        .copied()
        .filter(|it| it.applies_to(subject.program()) && *it != Measure::Tiers)
        .collect();
    let measure = measures[dice.below(measures.len())];
    let amount = Decimal::new(dice.below(9_000_000_000) as i64, dice.below(4) as u32);
    let at = match measure.takes() {
        Takes::Nothing => None,
        Takes::Leverage => Some(Argument::Leverage(1 + dice.below(130) as u32)),
        Takes::Amount | Takes::AmountIfTiered => Some(Argument::Amount(amount)),
        Takes::Position => Some(Argument::Isolated(position(amount, dice))),
    };
    let mut basis = At::valid(moment(dice));
    if dice.below(2) == 0 {
        basis = basis.known_at(moment(dice));
    }
    (measure, at, basis)
}

/// A random isolated position of a notional.
fn position(notional: Decimal, dice: &mut Dice) -> Isolated {
    let side = [Side::Long, Side::Short][dice.below(2)];
    let entry_price = Decimal::new(1 + dice.below(9_000_000) as i64, dice.below(6) as u32);
    let margin = match dice.below(2) {
        0 => IsolatedMargin::Leverage(1 + dice.below(130) as u32),
        _ => IsolatedMargin::Amount(Decimal::new(dice.below(1_000_000_000) as i64, dice.below(4) as u32)),
    };
    Isolated::new(side, notional, entry_price, margin)
}

fn arb_number(most: i64) -> impl Strategy<Value = Decimal> {
    (0..most, 0_u32..11).prop_map(|(digits, scale)| Decimal::new(digits, scale))
}

/// A table of rising caps, some with an open end, some of huge or oddly scaled figures.
fn arb_rule() -> impl Strategy<Value = Rule> {
    let tier = (prop_oneof![arb_number(100_000), arb_number(i64::MAX)], 0_i64..=100_000_000_000, 0_u32..12);
    (proptest::collection::vec(tier, 1..25), any::<bool>()).prop_filter_map("a table", |(tiers, is_open)| {
        let mut cap = Decimal::ZERO;
        let count = tiers.len();
        let mut printed = Vec::new();
        for (place, (step, rate, scale)) in tiers.into_iter().enumerate() {
            cap += step;
            let rate = Rate::from_fraction(Decimal::new(rate % 10_i64.pow(scale.min(11)), scale))?;
            let is_last = place + 1 == count;
            let number = if is_last && is_open { Number::no_limit("") } else { Number::with_text("", cap) };
            let floor = Number::with_text("", Decimal::ZERO);
            printed.push(PrintedTier {
                leverage: None,
                floor,
                cap: number,
                rate,
                cells: vec![Span::new(0, 1)],
            });
        }
        Rule::collateral("USD", None, printed).ok()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(17), ..ProptestConfig::with_cases(6000) })]

    #[test]
    fn whole_numbers_and_decimals_give_the_same(
        rule in arb_rule(), notional in prop_oneof![arb_number(200_000), arb_number(i64::MAX)], at_cap in 0_usize..40,
    ) {
        let cap = rule.tiers().get(at_cap).and_then(|tier| tier.cap);
        let notional = cap.unwrap_or(notional);
        let at = Some(Argument::Amount(notional));
        let measures = [Measure::Collateral, Measure::Ratio, Measure::Limit, Measure::Tier, Measure::Amount, Measure::Room];
        for measure in measures {
            let full = evaluate(&rule.clone().into(), measure, at, false);
            let number = full.tier.as_ref().map(|tier| tier.number as usize - 1);
            let short = brief(&rule, measure, at);
            prop_assert_eq!((short.status, short.value, short.tier), (full.status, full.value, number));
        }
        let mut figures = Figures::default();
        if let (Some(table), Some(fixed)) = (figures.add(&rule), Fixed::of(notional)) {
            let expected = rule.tier_at(notional).map(|tier| tier.number - 1);
            let (index, tier) = match figures.place(Some(table), Some(fixed)) {
                PlaceInTiers::In(index, tier) => (Some(index), Some(tier)),
                _ => (None, None),
            };
            prop_assert_eq!(index, expected);
            if let Some(value) = tier.and_then(|tier| tier.value(table, fixed)) {
                let value = value.without_zeros().decimal();
                let exact = rule.tiers()[index.unwrap_or(0) as usize].value(notional);
                prop_assert_eq!(value, exact);
                let printed = |value: Option<Decimal>| value.map(|it| it.to_string());
                prop_assert_eq!(printed(value), printed(exact.map(|it| it.normalize())));
            }
        }
    }
}

#[test]
fn the_figures_of_an_exchange_fit_whole_numbers() {
    let tier = |cap: &str, rate: &str| PrintedTier {
        leverage: None,
        floor: Number::with_text("0", Decimal::ZERO),
        cap: Number::read(cap).unwrap(),
        rate: Rate::from_percent(rate).unwrap(),
        cells: vec![Span::new(0, 1)],
    };
    let rule = Rule::collateral("USD", None, vec![tier("50,000", "0.65"), tier("600,000", "16.67")]).unwrap();
    let mut figures = Figures::default();
    let table = figures.add(&rule).unwrap();
    let place = |notional: &str| figures.place(Some(table), Fixed::of(notional.parse().unwrap()));
    for (notional, expected) in
        [("50000", (0, "325")), ("50000.00000001", (1, "325.000000001667")), ("600000", (1, "92010"))]
    {
        let fixed = Fixed::of(notional.parse().unwrap()).unwrap();
        let PlaceInTiers::In(index, tier) = place(notional) else { panic!("no tier of {notional}") };
        let value = tier.value(table, fixed).unwrap().without_zeros().decimal().unwrap().to_string();
        assert_eq!((index, value.as_str()), expected, "{notional}");
    }
    assert_eq!(place("600000.00000001"), PlaceInTiers::AboveLast);
    assert_eq!(Fixed::of("0.000000001".parse().unwrap()), None, "more decimals than it counts");
    assert_eq!(Fixed::of("-1".parse().unwrap()), None);
    assert_eq!(Fixed::of("92233720369".parse().unwrap()), None, "too large");
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(18), ..ProptestConfig::with_cases(2000) })]

    // Many have the same high half, so that the low ones decide.
    #[test]
    fn sorted_numbers_are_searched_by_halves_as_by_halving(
        numbers in vec(prop_oneof![0..200_i64, any::<i64>(), (0..6_i64, 0..4_i64).prop_map(|(high, low)| high << 32 | low)], 0..70),
        others in vec(any::<i64>(), 3),
    ) {
        let mut numbers = numbers;
        numbers.sort_unstable();
        let highs: Vec<Highs> = highs(&numbers).collect();
        let near = numbers.iter().flat_map(|it| [it.saturating_sub(1), *it, it.saturating_add(1)]);
        for number in near.chain(others).chain([i64::MIN, i64::MAX]) {
            prop_assert_eq!(below(&highs, &numbers, number), numbers.partition_point(|it| *it < number), "{}", number);
        }
    }
}
