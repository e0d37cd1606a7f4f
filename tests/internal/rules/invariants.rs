//! The invariants of DESIGN section 9 that resolution has to keep, as properties over random documents,
//! against the naive model.
use proptest::prelude::*;
use tierbook::rule::{PlacedRule, Rate, Rule};
use tierbook::rulebook::history::StatementOutcome;
use tierbook::rulebook::holds;
use tierbook::rulebook::resolve::{self, Resolved};
use tierbook::rulebook::{Knowledge, Records, Rulebook};
use tierbook::statement::*;
use tierbook::text::Span;
use tierbook::time::{PublishedTime, RecordedTime, TimeSpan, Timestamp, ValidTime};

use super::documents::{
    Content, Document, PUBLICATIONS, Reach, TICKS, TRANSACTIONS, arb_document, arb_documents, retracts_all,
};
use super::model::{Age, Answer, Doubt, Limits, Since, model};

/// A tick of valid and of publication time, six hours.
pub(super) const TICK: i64 = 6 * 3_600 * 1_000_000;
const START: i64 = 1_700_000_000_000_000;

pub(super) fn timestamp(ticks: i64) -> Timestamp {
    Timestamp::from_micros(START + ticks * TICK).expect("within the years known")
}

fn ticks(at: ValidTime) -> i64 {
    assert_eq!((at.0.micros() - START) % TICK, 0);
    (at.0.micros() - START) / TICK
}

pub(super) fn recorded_time(transaction: i64) -> RecordedTime {
    RecordedTime(Timestamp::from_micros(START + transaction).expect("within the years known"))
}

fn rule(number: u8) -> PlacedRule {
    let ratio = Rate::from_percent(&number.to_string()).expect("a rate");
    PlacedRule::from(Rule::flat(ratio, Span::new(0, 1)))
}

fn number_of(rule: &Rule) -> u8 {
    rule.printed()[0].rate.text().parse().expect("a number")
}

/// A contract, so that it can have ends of its token.
pub(super) fn subject() -> Subject {
    Subject::new("binance", Program::Usdm, "XUSDT").expect("a subject")
}

fn token() -> Subject {
    Subject::new("binance", Program::Token, "X").expect("a subject")
}

fn id(place: usize, part: &str) -> SourceId {
    SourceId::of(&Sha256::of(&[&place.to_be_bytes(), part.as_bytes()]))
}

fn claim(at: i64, content: &Content) -> Claim {
    let at = ValidTime(timestamp(at));
    match content {
        Content::Change { window, rule: number } => Claim::Change {
            effective_at: at,
            rollout: TimeSpan::from_micros(*window * TICK),
            rule: rule(*number),
        },
        Content::Observation { rule: number } => Claim::Observation { seen_at: at, rule: number.map(rule) },
        Content::End => Claim::End { effective_at: at },
        Content::Launch { leverage } => Claim::Launch { effective_at: at, max_leverage: *leverage },
        Content::Conversion => Claim::Conversion { effective_at: at, rollout: TimeSpan::ZERO },
        Content::Postponed { anew: true } => Claim::Postponed { from: ValidTime(timestamp(0)), to: Some(at) },
        Content::Postponed { anew: false } => Claim::Postponed { from: at, to: None },
        Content::Lists(_) => panic!("a complete snapshot states nothing about the subject"),
    }
}

/// The records of these documents, as the store has them.
pub(super) fn records(all: &[Document]) -> Records {
    let mut records = Records::default();
    for (place, document) in all.iter().enumerate() {
        let source = id(place, "");
        for (at, published, recorded, corrects) in document.recordings() {
            let (published_at, recorded_at) = (PublishedTime(timestamp(published)), recorded_time(recorded));
            let tx = TxId(recorded as u64);
            for (ordinal, content) in document.contents() {
                if let Content::Lists(reach) = content {
                    let (venue, program) = ("binance".to_string(), Program::Usdm);
                    let currencies = (reach == Reach::OtherCurrency).then(|| ["USDC".to_string()].into());
                    let except = match reach {
                        Reach::AllButIt => [subject().name().to_string()].into(),
                        Reach::All | Reach::OtherCurrency => ["Y".to_string()].into(),
                    };
                    let seen_at = ValidTime(timestamp(at));
                    let snapshot = CompleteSnapshot { venue, program, currencies, except, seen_at };
                    records.complete.push(RecordedCompleteSnapshot {
                        source,
                        snapshot,
                        published_at,
                        recorded_at,
                        tx,
                    });
                    continue;
                }
                let subject = if document.of_token { token() } else { subject() };
                let statement = Statement { subject, claim: claim(at, &content), span: Span::new(0, 1) };
                let id = StatementId { source, ordinal };
                records.statements.push(vec![Recorded { id, statement, published_at, recorded_at, tx }]);
            }
            records.sources.push(RecordedSource {
                source: Source {
                    id: source,
                    sha256: Sha256::of(&[&place.to_be_bytes(), b""]),
                    file: String::new(),
                    title: String::new(),
                    published_at,
                    precision: Precision::Exact,
                    origin: Origin::Text,
                },
                recorded_at,
                tx,
                observes: document.observes(),
            });
            if corrects {
                let (place, kind) = ((place, ""), RetractionKind::Correct(None));
                records.retractions.push(about(&source, None, kind, place, (published, recorded)));
            }
        }
        let mut command = |part, ordinal, kind, times| {
            records.retractions.push(about(&source, ordinal, kind, (place, part), times));
        };
        if let Some(retracted) = &document.retracted {
            let ordinal =
                (!retracts_all(place)).then_some(u32::from(!matches!(document.content, Content::Lists(_))));
            command("retract", ordinal, RetractionKind::Retract, (retracted.published, retracted.recorded));
            if let Some(undone) = retracted.undone {
                let (of, kind) = (id(place, "retract"), RetractionKind::Unload(None));
                records.retractions.push(about(&of, None, kind, (place, "undo"), (0, undone)));
            }
        }
        let mut command = |part, kind, times| {
            records.retractions.push(about(&source, None, kind, (place, part), times));
        };
        if let Some((by, recorded)) = document.superseded {
            command("supersede", RetractionKind::Supersede(id(place + by, "")), (PUBLICATIONS, recorded));
        }
        if let Some(recorded) = document.unloaded {
            command("unload", RetractionKind::Unload(None), (PUBLICATIONS, recorded));
        }
    }
    records
}

fn about(
    source: &SourceId,
    ordinal: Option<u32>,
    kind: RetractionKind,
    (place, part): (usize, &str),
    (published, recorded): (i64, i64),
) -> RecordedRetraction {
    RecordedRetraction {
        by: id(place, part),
        retraction: Retraction { source: *source, ordinal, kind, reason: String::new() },
        published_at: PublishedTime(timestamp(published)),
        recorded_at: recorded_time(recorded),
        tx: TxId(recorded as u64),
    }
}

pub(super) fn knowledge(limits: Limits) -> Knowledge {
    Knowledge {
        known_at: limits.known_at.map(|at| PublishedTime(timestamp(at))),
        recorded_by: limits.recorded_by.map(recorded_time),
    }
}

fn program(all: &[Document], valid_at: i64, limits: Limits) -> Answer {
    let book = Rulebook::new(records(all));
    // Without a statement about the subject nobody asks: the model has nothing either.
    let Some(timeline) = book.timeline(&subject()) else {
        return Answer::Unknown { gone: false, put_off: false };
    };
    let Knowledge { known_at, recorded_by } = knowledge(limits);
    let in_force = match book
        .resolve(timeline, At { valid_at: ValidTime(timestamp(valid_at)), known_at, recorded_by })
    {
        Resolved::Unknown { gone, put_off, .. } => {
            return Answer::Unknown { gone: gone.is_some(), put_off: put_off.is_some() };
        }
        Resolved::NotKnownThen { .. } => return Answer::NotKnownThen,
        Resolved::Ended { .. } => return Answer::Ended,
        Resolved::Launched { max_leverage, .. } => return Answer::Launched { leverage: max_leverage },
        Resolved::InForce(in_force) => in_force,
    };
    let number = |rule: Option<&PlacedRule>| rule.map(|rule| number_of(rule));
    let stated = |recorded: &Recorded| number(recorded.statement.claim.rule());
    let doubt = |doubt: &resolve::Doubt| match doubt {
        resolve::Doubt::Contradicted { others } => {
            Doubt::Contradicted(others.iter().map(|other| stated(other)).collect())
        }
        resolve::Doubt::RollingOut { until, other } => {
            Doubt::RollingOut { until: ticks(*until), other: number(*other) }
        }
        resolve::Doubt::UnseenChange { after, by, other } => {
            Doubt::UnseenChange { after: ticks(*after), by: ticks(*by), other: number(*other) }
        }
        resolve::Doubt::Converted { by } => Doubt::Converted(ticks(by.statement.claim.valid_at())),
        resolve::Doubt::AnnouncedTwice { other } => Doubt::AnnouncedTwice(stated(other)),
    };
    Answer::Rule {
        number: number_of(in_force.rule),
        since: match in_force.since {
            resolve::Since::Announced(at) => Since::Announced(ticks(at)),
            resolve::Since::Seen { at, changed_after } => {
                Since::Seen { at: ticks(at), changed_after: changed_after.map(ticks) }
            }
        },
        doubts: in_force.doubts.iter().map(doubt).collect(),
        last_confirmed: ticks(in_force.last_confirmed_at),
        is_confirmed: in_force.is_confirmed,
        age: match in_force.age {
            holds::Age::ConfirmedLater => None,
            holds::Age::Since { age, is_announced, seen_otherwise, after_change } => Some(Age {
                ticks: age.micros() / TICK,
                is_announced,
                seen_otherwise: seen_otherwise.map(|span| span.micros() / TICK),
                after_change: after_change.map(|span| span.micros() / TICK),
            }),
        },
        next_change: in_force.next_change.map(|recorded| ticks(recorded.statement.claim.valid_at())),
    }
}

fn next_change_after(all: &[Document], valid_at: i64, limits: Limits) -> Option<i64> {
    let book = Rulebook::new(records(all));
    let Knowledge { known_at, recorded_by } = knowledge(limits);
    let at = At { valid_at: ValidTime(timestamp(valid_at)), known_at, recorded_by };
    book.next_change_after(book.timeline(&subject())?, at).map(ticks)
}

fn sources(place: usize) -> String {
    id(place, "").as_str().to_string()
}

const EVERYTHING: Limits = Limits { known_at: None, recorded_by: None };

/// The rule alone: what the invariants of time are about.
fn rule_in_force(answer: Answer) -> Result<u8, Answer> {
    match answer {
        Answer::Rule { number, .. } => Ok(number),
        none => Err(none),
    }
}

fn observation(at: i64, rule: u8, published: i64) -> Document {
    Document::plain(at, Content::Observation { rule: Some(rule) }, published, at * 10 + published)
}

#[test]
fn of_observations_that_contradict_each_other_the_later_published_counts() {
    let stored = |first: u8, second: u8, valid_at| {
        let change = Document::plain(0, Content::Change { window: 0, rule: 1 }, 0, 0);
        let all = [change, observation(5, first, 1), observation(5, second, 2)];
        program(&all, valid_at, EVERYTHING)
    };
    let doubts = |answer| match answer {
        Answer::Rule { number, doubts, .. } => (number, doubts),
        other => panic!("{other:?}"),
    };
    let unseen = Doubt::UnseenChange { after: 0, by: 5, other: Some(2) };
    assert_eq!(doubts(stored(1, 2, 3)), (1, vec![unseen]));
    assert_eq!(doubts(stored(1, 2, 5)), (2, Vec::new()));
    assert_eq!(doubts(stored(2, 1, 3)), (1, Vec::new()));
    assert_eq!(doubts(stored(2, 1, 5)), (1, Vec::new()));
}

/// Two sources may agree against a third: which of them has the greatest id does not matter.
#[test]
fn an_observation_of_the_same_time_settles_no_contradiction() {
    for place in 0..3 {
        let mut rules = [1; 3];
        rules[place] = 2;
        let all = rules.map(|rule| observation(5, rule, 1));
        let Answer::Rule { doubts, .. } = program(&all, 6, EVERYTHING) else { panic!("no rule") };
        assert!(matches!(doubts[..], [Doubt::Contradicted(_)]), "{rules:?}: {doubts:?}");
        let Answer::Rule { number, .. } = program(&all, 6, EVERYTHING) else { panic!("no rule") };
        let later: Vec<Document> = all.iter().cloned().chain([observation(8, number, 1)]).collect();
        let doubts_at = |at| match program(&later, at, EVERYTHING) {
            Answer::Rule { doubts, .. } => doubts.len(),
            other => panic!("{other:?}"),
        };
        assert_eq!((doubts_at(7), doubts_at(8)), (1, 0), "from the first observation that confirms it");
    }
}

pub(super) fn arb_limits() -> impl Strategy<Value = Limits> {
    let known_at = proptest::option::weighted(0.5, 0..PUBLICATIONS);
    let recorded_by = proptest::option::weighted(0.4, 0..TRANSACTIONS * 100);
    (known_at, recorded_by).prop_map(|(known_at, recorded_by)| Limits { known_at, recorded_by })
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(14), ..ProptestConfig::with_cases(3000) })]

    #[test]
    fn resolution_agrees_with_the_naive_model(
        all in arb_documents(), valid_at in 0..TICKS, limits in arb_limits(),
    ) {
        let (next_change, expected) = model(&all, &sources, valid_at, limits);
        let is_asked = all.iter().any(|it| !matches!(it.content, Content::Lists(_)) && !it.of_token);
        prop_assert!(!is_asked || program(&all, valid_at, limits) == expected,
            "{:?}\n instead of {:?}", program(&all, valid_at, limits), expected);
        prop_assert!(!is_asked || next_change_after(&all, valid_at, limits) == next_change);
    }

    /// repeat, and no foresight: what is recorded after R or published after K changes nothing at (K, R),
    /// save whether an answer is unknown or was not known then, which is about what came later.
    #[test]
    fn what_comes_later_never_changes_an_answer(
        all in arb_documents(), more in arb_documents(), valid_at in 0..TICKS,
        known_at in 0..PUBLICATIONS, recorded_by in 0..TRANSACTIONS * 100,
    ) {
        let limits = Limits { known_at: Some(known_at), recorded_by: Some(recorded_by) };
        let before = program(&all, valid_at, limits);
        let mut both = all.clone();
        both.extend(more.into_iter().map(|mut document| {
            let again = document.repost.iter_mut();
            if document.at % 2 == 0 {
                document.recorded += recorded_by + 1;
                again.for_each(|it| it.recorded += recorded_by + 1);
            } else {
                document.published += known_at + 1;
                again.for_each(|it| it.published += known_at + 1);
            }
            document
        }));
        let after = program(&both, valid_at, limits);
        let nothing = |answer: &Answer| matches!(answer, Answer::Unknown { .. } | Answer::NotKnownThen);
        prop_assert!(before == after || (nothing(&before) && nothing(&after)), "{before:?} became {after:?}");
    }

    /// order: whatever the order of recording, the answers are the same. Corrections and unloads are about what
    /// was recorded before them.
    #[test]
    fn the_order_of_loading_never_matters(
        all in arb_documents(), order in any::<prop::sample::Index>(), valid_at in 0..TICKS, limits in arb_limits(),
    ) {
        let limits = Limits { recorded_by: None, ..limits };
        let mut all = all;
        for document in &mut all {
            document.unloaded = None;
            document.repost.iter_mut().for_each(|it| it.corrects = false);
            document.retracted.iter_mut().for_each(|it| it.undone = None);
        }
        let mut shuffled = all.clone();
        let turn = |recorded: i64| {
            let shift = order.index(TRANSACTIONS as usize * 100) as i64;
            // Odd factors permute the numbers below a power of two.
            ((recorded * (2 * shift + 1)) + shift) & ((1 << 20) - 1)
        };
        for document in &mut shuffled {
            document.recorded = turn(document.recorded);
            document.repost.iter_mut().for_each(|it| it.recorded = turn(it.recorded));
            document.retracted.iter_mut().for_each(|it| it.recorded = turn(it.recorded));
            document.superseded.iter_mut().for_each(|(_, recorded)| *recorded = turn(*recorded));
        }
        prop_assert_eq!(program(&all, valid_at, limits), program(&shuffled, valid_at, limits));
    }

    /// locality: a statement at E never changes which rule answers before E, at the same state of knowledge. A
    /// postponement is about an earlier launch, and what else is stated decides which one that is.
    #[test]
    fn a_statement_has_no_effect_before_its_own_time(
        all in arb_documents(), new in arb_document(), limits in arb_limits(),
    ) {
        let limits = Limits { recorded_by: None, ..limits };
        let mut with: Vec<Document> = all.into_iter().filter(|it| !it.content.postpones()).collect();
        let new = if new.content.postpones() { Document { content: Content::End, ..new } } else { new };
        // It is the last, so that no document before it is superseded by it.
        with.extend((0..3).map(|_| Document::plain(TICKS, Content::End, PUBLICATIONS + 9, 0)));
        let without = with.clone();
        let recorded = TRANSACTIONS * 200;
        with.push(Document { second: new.second, of_token: new.of_token, ..Document::plain(new.at, new.content.clone(), new.published, recorded) });
        for valid_at in 0..new.at {
            prop_assert_eq!(
                rule_in_force(program(&without, valid_at, limits)),
                rule_in_force(program(&with, valid_at, limits))
            );
        }
    }

    /// What was unloaded before R leaves the answers of a database in which it was never recorded.
    #[test]
    fn what_is_unloaded_never_happened(all in arb_documents(), valid_at in 0..TICKS, limits in arb_limits()) {
        let limits = Limits { recorded_by: None, ..limits };
        let mut all = all;
        let Some(document) = all.first_mut() else { return Ok(()) };
        document.unloaded = Some(TRANSACTIONS * 200);
        let found = rule_in_force(program(&all, valid_at, limits));
        all[0].content = Content::End;
        all[0].recorded = TRANSACTIONS * 300;
        all[0].published = PUBLICATIONS + 9;
        (all[0].repost, all[0].unloaded, all[0].at) = (None, None, TICKS);
        let expected = rule_in_force(program(&all, valid_at, Limits { known_at: limits.known_at.or(Some(PUBLICATIONS + 5)), ..limits }));
        if let (Ok(_), _) | (_, Ok(_)) = (&found, &expected) {
            prop_assert_eq!(found, expected);
        }
    }

    /// partition: versions follow one another without gap or overlap, and every statement has one outcome.
    #[test]
    fn versions_neither_overlap_nor_leave_holes(all in arb_documents(), limits in arb_limits()) {
        let book = Rulebook::new(records(&all));
        let Some(timeline) = book.timeline(&subject()) else { return Ok(()) };
        let history = book.history(timeline, knowledge(limits));
        prop_assert!(history.versions().windows(2).all(|pair| pair[0].from < pair[1].from));
        prop_assert_eq!(history.outcomes().len(), timeline.statements().len());
        let first_visible = timeline.statements().iter().zip(history.outcomes())
            .find(|(_, outcome)| !matches!(outcome, StatementOutcome::Unseen(_) | StatementOutcome::NothingToEnd
                | StatementOutcome::PutOff(_) | StatementOutcome::PutsOff | StatementOutcome::NothingToPutOff
                | StatementOutcome::NothingToConvert))
            .map(|(recorded, _)| recorded.statement.claim.valid_at());
        prop_assert_eq!(history.versions().first().map(|version| version.from), first_visible);
    }
}
