//! The boxes of everything that is known: each time is in one, and what it has is what the language answers.

use proptest::prelude::*;
use tierbook::compiled::boxes::{Boxes, KnownBox};
use tierbook::decimal::Decimal;
use tierbook::query::StoredRules;
use tierbook::query::plan::at::Argument;
use tierbook::query::rows::{CertaintyKind, Status};
use tierbook::query::syntax::measure::Measure;
use tierbook::rule::{Rule, RuleKind};
use tierbook::rulebook::{Knowledge, Rulebook};
use tierbook::statement::{At, SourceId};
use tierbook::time::{RecordedTime, Timestamp, ValidTime};

use super::compiled::{general, question, shared_texts};
use super::documents::{TICKS, arb_documents};
use super::invariants::{TICK, arb_limits, knowledge, records, subject, timestamp};
use crate::tests::common::dice::Dice;

/// An answer, with the source of the statement.
type Found = (Status, Option<Decimal>, Option<CertaintyKind>, Option<SourceId>);

/// The boxes that contain a basis; without a time of knowledge or of recording, the last.
fn at(boxes: &Boxes, basis: At) -> Vec<KnownBox> {
    let contains = |it: &&KnownBox| {
        it.valid.contains(basis.valid_at)
            && basis.known_at.map_or(it.known.to.is_none(), |at| it.known.contains(at))
            && basis.recorded_by.map_or(it.recorded.to.is_none(), |at| it.recorded.contains(at))
    };
    boxes.all.iter().filter(contains).copied().collect()
}

/// What a box answers: the row of a tier that a join would find.
fn answer(boxes: &Boxes, of: &KnownBox, measure: Measure, notional: Decimal) -> Found {
    let source = boxes.source(&of.content);
    let Some((rule, _)) = boxes.rule(&of.content) else {
        return (of.content.status, None, boxes.certainty(&of.content, None), source);
    };
    let joined = |tier: &&tierbook::rule::Tier| {
        (notional > tier.floor || (tier.number == 1 && notional.is_zero()))
            && tier.cap.is_none_or(|cap| notional <= cap)
    };
    let mut tiers = rule.tiers().iter().filter(joined);
    let (tier, other) = (tiers.next(), tiers.next());
    assert!(other.is_none(), "{notional} is in two tiers");
    let place = tier.filter(|_| rule.kind() != RuleKind::Flat).map(|tier| tier.number as usize - 1);
    let certainty = boxes.certainty(&of.content, place);
    let value = tier.and_then(|tier| match measure {
        Measure::Mmr => Some(tier.rate),
        _ => tier.value(notional),
    });
    let status = match (tier, value) {
        (None, _) => Status::AboveLimit,
        (Some(_), None) => Status::Unknown,
        _ => Status::Value,
    };
    (status, value, certainty, source)
}

/// What the language answers, as far as a table has it.
fn expected(
    subject: &tierbook::statement::Subject,
    measure: Measure,
    notional: Decimal,
    basis: At,
    stored: &StoredRules,
) -> Found {
    let (status, value, _, certainty, statement) =
        general(subject, measure, Some(Argument::Amount(notional)), basis, stored);
    let settled = |kind| if kind == CertaintyKind::Unconfirmed { CertaintyKind::Settled } else { kind };
    (status, value, certainty.map(settled), statement.map(|id| id.source))
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(18), ..ProptestConfig::with_cases(3000) })]

    #[test]
    fn each_time_is_in_one_box_whose_answer_is_that_of_the_language(
        all in arb_documents(), ticks in -1..TICKS + 80, aside in prop_oneof![Just(-1), Just(0), Just(1), 0..TICK],
        limits in arb_limits(),
    ) {
        let records = records(&all);
        let sources = records.sources.clone();
        let stored = StoredRules { tx: 1, rulebook: Rulebook::new(records), sources, ..StoredRules::default() };
        let Knowledge { known_at, recorded_by } = knowledge(limits);
        let valid_at = ValidTime(Timestamp::from_micros(timestamp(ticks).micros() + aside).expect("in range"));
        let basis = At { valid_at, known_at, recorded_by };
        if let Some(boxes) = Boxes::of(&subject(), &stored) {
            let first: Option<RecordedTime> = boxes.all.iter().filter_map(|it| it.recorded.from).min();
            let found = at(&boxes, basis);
            if recorded_by.is_some_and(|by| Some(by) < first) {
                prop_assert!(found.is_empty());
            } else {
                prop_assert_eq!(found.len(), 1, "{:?}", basis);
                let five = Decimal::from(5);
                let expected = expected(&subject(), Measure::Mmr, five, basis, &stored);
                prop_assert_eq!(answer(&boxes, &found[0], Measure::Mmr, five), expected);
            }
        }
    }
}

#[test]
fn the_boxes_of_the_shared_texts_answer_as_the_language_does() {
    let folder = tempfile::tempdir().unwrap();
    let Some(database) = shared_texts(folder.path()) else { return };
    let snapshot = database.snapshot().unwrap();
    let stored = snapshot.everything().unwrap();
    let mut dice = Dice::seeded(18);
    let mut asked = std::collections::BTreeMap::<_, usize>::new();
    for subject in snapshot.subjects() {
        let boxes = Boxes::of(subject, &stored).expect("boxes");
        let measure = if subject.program().has_contracts() { Measure::Margin } else { Measure::Collateral };
        for _ in 0..20 {
            let (_, amount, basis) = question(subject, &stored, &mut dice);
            let recorded_by = [None, boxes.all[dice.below(boxes.all.len())].recorded.from][dice.below(2)];
            let basis = At { recorded_by, ..basis };
            let found = at(&boxes, basis);
            assert_eq!(found.len(), 1, "{subject} {basis:?}");
            let caps = |rule: &Rule| rule.tiers().iter().filter_map(|tier| tier.cap).collect::<Vec<_>>();
            let caps = boxes.rule(&found[0].content).map(|(rule, _)| caps(rule)).unwrap_or_default();
            let amount = match (dice.below(3), amount) {
                (0, _) if !caps.is_empty() => caps[dice.below(caps.len())],
                (1, Some(Argument::Amount(amount))) => amount,
                _ => Decimal::ZERO,
            };
            let found = answer(&boxes, &found[0], measure, amount);
            assert_eq!(
                found,
                expected(subject, measure, amount, basis, &stored),
                "{subject} {amount} {basis:?}"
            );
            *asked.entry((found.0.name(), found.2)).or_default() += 1;
        }
    }
    assert!(asked.len() >= 8 && asked.values().sum::<usize>() > 5_000, "{asked:?}");
}
