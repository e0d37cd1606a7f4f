//! The invariants of DESIGN section 9 that resolution has to keep, as properties over random statements,
//! against a naive model that steps through time tick by tick and shares no code with the program.
use std::sync::Arc;

use proptest::prelude::*;
use tierbook::rule::{Rate, Rule};
use tierbook::rulebook::history::StatementOutcome;
use tierbook::rulebook::resolve::{Resolved, RuleCertainty};
use tierbook::rulebook::{Knowledge, Rulebook};
use tierbook::statement::*;
use tierbook::text::Span;
use tierbook::time::{PublishedTime, RecordedTime, TimeSpan, Timestamp, ValidTime};

/// Times of the model are small counts of ticks; one tick is one microsecond.
const TICKS: i64 = 24;

#[derive(Clone, Debug)]
enum Content {
    Change {
        window: i64,
        rule: u8,
    },
    Observation {
        rule: Option<u8>,
    },
    End,
    /// A complete snapshot of which the subject is not part.
    Lists,
}

#[derive(Clone, Debug)]
struct Entry {
    at: i64,
    content: Content,
    published: i64,
    recorded: i64,
    retracted: Option<(i64, i64)>,
}

fn arb_entry() -> impl Strategy<Value = Entry> {
    let content = prop_oneof![
        4 => (0..6_i64, 0..4_u8).prop_map(|(window, rule)| Content::Change { window, rule }),
        4 => proptest::option::weighted(0.9, 0..4_u8).prop_map(|rule| Content::Observation { rule }),
        1 => Just(Content::End),
        2 => Just(Content::Lists),
    ];
    let retracted = proptest::option::weighted(0.2, (0..TICKS, 0..TICKS));
    (0..TICKS, content, 0..TICKS, 0..TICKS, retracted).prop_map(
        |(at, content, published, recorded, retracted)| Entry { at, content, published, recorded, retracted },
    )
}

/// Statements with recording and publication times of their own, so that no tie is left to the document
/// order.
fn arb_statements() -> impl Strategy<Value = Vec<Entry>> {
    proptest::collection::vec(arb_entry(), 0..9).prop_map(|mut all| {
        for (place, entry) in all.iter_mut().enumerate() {
            entry.recorded = entry.recorded * 10 + place as i64;
            entry.published = entry.published * 10 + place as i64;
        }
        all
    })
}

fn timestamp(ticks: i64) -> Timestamp {
    Timestamp::from_micros(1_700_000_000_000_000 + ticks).expect("within the years known")
}

fn ticks(at: ValidTime) -> i64 {
    at.0.micros() - 1_700_000_000_000_000
}

fn rule(number: u8) -> Arc<Rule> {
    let ratio = Rate::from_percent(&number.to_string()).expect("a rate");
    Arc::new(Rule::flat(ratio, Span::new(0, 1)))
}

fn number_of(rule: &Rule) -> u8 {
    rule.printed()[0].rate.text().parse().expect("a number")
}

fn subject() -> Subject {
    Subject::new("binance", Program::Pm, "X").expect("a subject")
}

fn source_of(place: usize, retracting: bool) -> SourceId {
    SourceId::of(&Sha256::of(&[&place.to_be_bytes(), &[u8::from(retracting)]]))
}

fn rulebook(all: &[Entry]) -> Rulebook {
    let recorded = |(place, entry): (usize, &Entry)| {
        let claim = match &entry.content {
            Content::Lists => return None,
            Content::Change { window, rule: number } => Claim::Change {
                effective_at: ValidTime(timestamp(entry.at)),
                rollout: TimeSpan::from_micros(*window),
                rule: rule(*number),
            },
            Content::Observation { rule: number } => {
                Claim::Observation { seen_at: ValidTime(timestamp(entry.at)), rule: number.map(rule) }
            }
            Content::End => Claim::End { effective_at: ValidTime(timestamp(entry.at)) },
        };
        Some(Recorded {
            id: StatementId { source: source_of(place, false), ordinal: 1 },
            statement: Statement { subject: subject(), claim, span: Span::new(0, 1) },
            published_at: PublishedTime(timestamp(entry.published)),
            recorded_at: RecordedTime(timestamp(entry.recorded)),
            tx: TxId(entry.recorded as u64),
        })
    };
    let snapshot = |(place, entry): (usize, &Entry)| {
        matches!(entry.content, Content::Lists).then(|| RecordedCompleteSnapshot {
            source: source_of(place, false),
            snapshot: CompleteSnapshot {
                venue: "binance".to_string(),
                program: Program::Pm,
                seen_at: ValidTime(timestamp(entry.at)),
            },
            published_at: PublishedTime(timestamp(entry.published)),
            recorded_at: RecordedTime(timestamp(entry.recorded)),
            tx: TxId(entry.recorded as u64),
        })
    };
    let retraction = |(place, entry): (usize, &Entry)| {
        entry.retracted.map(|(published, recorded)| RecordedRetraction {
            by: source_of(place, true),
            retraction: Retraction {
                source: source_of(place, false),
                ordinal: if place % 2 == 0 || matches!(entry.content, Content::Lists) {
                    None
                } else {
                    Some(1)
                },
                kind: RetractionKind::Retract,
                reason: String::new(),
            },
            published_at: PublishedTime(timestamp(published)),
            recorded_at: RecordedTime(timestamp(recorded)),
        })
    };
    Rulebook::new(
        all.iter().enumerate().filter_map(recorded).collect(),
        all.iter().enumerate().filter_map(retraction).collect(),
        &all.iter().enumerate().filter_map(snapshot).collect::<Vec<_>>(),
    )
}

/// What the naive model expects at an time.
#[derive(Clone, Debug, PartialEq)]
enum Answer {
    Unknown,
    NotKnownThen,
    Ended,
    Rule { number: u8, since: i64, certainty: Sure },
}

#[derive(Clone, Debug, PartialEq)]
enum Sure {
    Settled,
    RollingOut { until: i64, other: Option<u8> },
    UnseenChange { after: i64, by: i64, other: Option<u8> },
}

/// The state of the world of the model: what is in force, and since which event.
#[derive(Clone, Debug, PartialEq)]
struct State {
    rule: Option<u8>,
    since: i64,
    /// What was in force before: nothing known, no rule, or a rule.
    before: Option<Option<u8>>,
    window_closes: i64,
    last_seen: i64,
    set_by_sighting: bool,
}

/// Steps from tick 0 to `until` over what is visible; `None` until there was a statement.
fn state_at(visible: &[&Entry], until: i64) -> Option<State> {
    let mut state: Option<State> = None;
    for now in 0..=until {
        let counts = |entry: &&Entry| state.is_some() || !matches!(entry.content, Content::Lists);
        let mut entries_now: Vec<&Entry> =
            visible.iter().copied().filter(|entry| entry.at == now).filter(counts).collect();
        entries_now.sort_by_key(|entry| (entry.published, entry.recorded));
        let observations: Vec<Option<u8>> = entries_now
            .iter()
            .filter_map(|entry| match entry.content {
                Content::Observation { rule } => Some(rule),
                Content::Lists => Some(None),
                _ => None,
            })
            .collect();
        let mut changes = entries_now.iter().filter_map(|entry| match entry.content {
            Content::Change { window, rule } => Some((Some(rule), window)),
            Content::End => Some((None, 0)),
            Content::Observation { .. } | Content::Lists => None,
        });
        let before = state.as_ref().map(|state| state.rule);
        if let Some((rule, window)) = changes.next_back() {
            let window_closes = if observations.contains(&rule) { now } else { now + window };
            state = Some(State {
                rule,
                since: now,
                before,
                window_closes,
                last_seen: now,
                set_by_sighting: false,
            });
            continue;
        }
        // Of observations that contradict each other at one time the later published counts.
        let Some(&sighted) = observations.last() else { continue };
        match &mut state {
            Some(state) if sighted == state.rule => {
                state.last_seen = now;
                state.window_closes = state.window_closes.min(now);
            }
            Some(state) if now < state.window_closes && state.before == Some(sighted) => {}
            _ => {
                state = Some(State {
                    rule: sighted,
                    since: now,
                    before,
                    window_closes: now,
                    last_seen: now,
                    set_by_sighting: true,
                });
            }
        }
    }
    state
}

/// The latest observation, from the start of the state at `at` on, that shows its rule before anything else
/// comes.
fn last_seen_of(visible: &[&Entry], at: i64) -> Option<(State, Option<State>)> {
    let state = state_at(visible, at)?;
    let mut last = state.clone();
    for later in at..=TICKS {
        let next = state_at(visible, later)?;
        if next.since != state.since {
            return Some((last, Some(next)));
        }
        last = next;
    }
    Some((last, None))
}

fn model(all: &[Entry], valid_at: i64, known_at: Option<i64>, recorded_by: Option<i64>) -> Answer {
    let within = |published: i64, recorded: i64, known_at: Option<i64>, recorded_by: Option<i64>| {
        known_at.is_none_or(|limit| published <= limit) && recorded_by.is_none_or(|limit| recorded <= limit)
    };
    let seen = |known_at, recorded_by| -> Vec<&Entry> {
        all.iter()
            .filter(|entry| within(entry.published, entry.recorded, known_at, recorded_by))
            .filter(|entry| !entry.retracted.is_some_and(|(p, r)| within(p, r, known_at, recorded_by)))
            .collect()
    };
    let visible = seen(known_at, recorded_by);
    let Some((last, next)) = last_seen_of(&visible, valid_at) else {
        let reached = state_at(&seen(None, None), valid_at).is_some();
        return if reached { Answer::NotKnownThen } else { Answer::Unknown };
    };
    let Some(number) = last.rule else { return Answer::Ended };
    let certainty = match next {
        _ if valid_at < last.window_closes => {
            Sure::RollingOut { until: last.window_closes, other: last.before.flatten() }
        }
        Some(next) if next.set_by_sighting && valid_at > last.last_seen => {
            Sure::UnseenChange { after: last.last_seen, by: next.since, other: next.rule }
        }
        _ => Sure::Settled,
    };
    Answer::Rule { number, since: last.since, certainty }
}

fn program(all: &[Entry], valid_at: i64, known_at: Option<i64>, recorded_by: Option<i64>) -> Answer {
    let book = rulebook(all);
    let Some(timeline) = book.timeline(&subject()) else { return Answer::Unknown };
    let basis = At {
        valid_at: ValidTime(timestamp(valid_at)),
        known_at: known_at.map(|at| PublishedTime(timestamp(at))),
        recorded_by: recorded_by.map(|at| RecordedTime(timestamp(at))),
    };
    match book.resolve(timeline, basis) {
        Resolved::Unknown { .. } => Answer::Unknown,
        Resolved::NotKnownThen { .. } => Answer::NotKnownThen,
        Resolved::Ended { .. } => Answer::Ended,
        Resolved::InForce(in_force) => Answer::Rule {
            number: number_of(in_force.rule),
            since: ticks(in_force.since),
            certainty: match in_force.certainty {
                RuleCertainty::Settled => Sure::Settled,
                RuleCertainty::RollingOut { until, other } => {
                    Sure::RollingOut { until: ticks(until), other: other.map(|rule| number_of(rule)) }
                }
                RuleCertainty::UnseenChange { after, by, other } => Sure::UnseenChange {
                    after: ticks(after),
                    by: ticks(by),
                    other: other.map(|rule| number_of(rule)),
                },
            },
        },
    }
}

/// The rule alone: what the invariants of time are about.
fn rule_in_force(answer: Answer) -> Result<u8, Answer> {
    match answer {
        Answer::Rule { number, .. } => Ok(number),
        none => Err(none),
    }
}

#[test]
fn of_sightings_that_contradict_each_other_the_later_published_counts() {
    let entry =
        |at, content, published| Entry { at, content, published, recorded: published, retracted: None };
    let stored = |first: u8, second: u8, valid_at| {
        let all = [
            entry(0, Content::Change { window: 0, rule: 1 }, 0),
            entry(5, Content::Observation { rule: Some(first) }, 10),
            entry(5, Content::Observation { rule: Some(second) }, 20),
        ];
        program(&all, valid_at, None, None)
    };
    let settled = |number, since| Answer::Rule { number, since, certainty: Sure::Settled };
    let unseen = Sure::UnseenChange { after: 0, by: 5, other: Some(2) };
    assert_eq!(stored(1, 2, 3), Answer::Rule { number: 1, since: 0, certainty: unseen });
    assert_eq!(stored(1, 2, 5), settled(2, 5));
    assert_eq!(stored(2, 1, 3), settled(1, 0));
    assert_eq!(stored(2, 1, 5), settled(1, 0));
}

fn arb_limit() -> impl Strategy<Value = Option<i64>> {
    proptest::option::weighted(0.6, 0..TICKS * 10)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn resolution_agrees_with_the_naive_model(
        all in arb_statements(), valid_at in 0..TICKS, known_at in arb_limit(), recorded_by in arb_limit(),
    ) {
        prop_assert_eq!(program(&all, valid_at, known_at, recorded_by), model(&all, valid_at, known_at, recorded_by));
    }

    /// repeat, and no foresight: what is recorded after R or published after K changes nothing at (K, R),
    /// save that an unknown may turn into a not known then.
    #[test]
    fn what_comes_later_never_changes_an_answer(
        all in arb_statements(), more in arb_statements(), valid_at in 0..TICKS,
        known_at in 0..TICKS * 10, recorded_by in 0..TICKS * 10,
    ) {
        let before = program(&all, valid_at, Some(known_at), Some(recorded_by));
        let mut both = all.clone();
        both.extend(more.into_iter().map(|mut entry| {
            if entry.published % 2 == 0 { entry.recorded += recorded_by + 1 } else { entry.published += known_at + 1 }
            entry
        }));
        let after = program(&both, valid_at, Some(known_at), Some(recorded_by));
        let same = before == after || (before == Answer::Unknown && after == Answer::NotKnownThen);
        prop_assert!(same, "{before:?} became {after:?}");
    }

    /// order: with publications that differ, the order of recording never matters.
    #[test]
    fn the_order_of_loading_never_matters(
        all in arb_statements(), seed in any::<u64>(), valid_at in 0..TICKS, known_at in arb_limit(),
    ) {
        let mut shuffled = all.clone();
        let count = shuffled.len().max(1) as u64;
        for (place, entry) in shuffled.iter_mut().enumerate() {
            entry.recorded = ((place as u64).wrapping_mul(seed | 1) % count) as i64 * 100 + place as i64;
        }
        prop_assert_eq!(program(&all, valid_at, known_at, None), program(&shuffled, valid_at, known_at, None));
    }

    /// locality: a statement at E never changes which rule answers before E, at the same state of knowledge.
    #[test]
    fn a_statement_has_no_effect_before_its_own_time(
        all in arb_statements(), new in arb_entry(), known_at in arb_limit(),
    ) {
        let mut with = all.clone();
        with.push(Entry { published: new.published * 10 + 9, recorded: new.recorded * 10 + 9, retracted: None, ..new.clone() });
        for valid_at in 0..new.at {
            prop_assert_eq!(
                rule_in_force(program(&all, valid_at, known_at, None)),
                rule_in_force(program(&with, valid_at, known_at, None))
            );
        }
    }

    /// partition: versions follow one another without gap or overlap, and every statement has one outcome.
    #[test]
    fn versions_neither_overlap_nor_leave_holes(all in arb_statements(), known_at in arb_limit()) {
        let book = rulebook(&all);
        let Some(timeline) = book.timeline(&subject()) else { return Ok(()) };
        let knowledge = Knowledge { known_at: known_at.map(|at| PublishedTime(timestamp(at))), recorded_by: None };
        let history = book.history(timeline, knowledge);
        prop_assert!(history.versions().windows(2).all(|pair| pair[0].from < pair[1].from));
        prop_assert_eq!(history.outcomes().len(), timeline.statements().len());
        let first_visible = timeline.statements().iter().zip(history.outcomes())
            .find(|(_, outcome)| !matches!(outcome, StatementOutcome::Unseen(_) | StatementOutcome::NothingToEnd))
            .map(|(recorded, _)| recorded.statement.claim.valid_at());
        prop_assert_eq!(history.versions().first().map(|version| version.from), first_visible);
    }
}
