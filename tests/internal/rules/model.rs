//! A naive model of resolution: it steps through time tick by tick over statements that are plain numbers, and
//! shares no code with the program.
use super::documents::{Content, Document, Reach, TICKS, retracts_all};
use super::launches::{Launches, launches};

/// Four ticks are the day that shows a new life after an end.
const DAY: i64 = 4;

/// The time of the question: what was published by K, and recorded by R.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub known_at: Option<i64>,
    pub recorded_by: Option<i64>,
}

impl Limits {
    fn published(self, at: i64) -> bool {
        self.known_at.is_none_or(|limit| at <= limit)
    }

    fn recorded(self, at: i64) -> bool {
        self.recorded_by.is_none_or(|limit| at <= limit)
    }
}

/// A statement of one recording.
#[derive(Clone, Debug)]
pub struct Event {
    pub document: usize,
    pub ordinal: u32,
    pub at: i64,
    pub content: Content,
    pub of_token: bool,
    pub published: i64,
    pub recorded: i64,
}

impl Event {
    fn observes(&self) -> bool {
        matches!(self.content, Content::Observation { .. } | Content::Lists(_))
    }

    /// Whether it says something of the subject.
    fn concerns(&self) -> bool {
        !matches!(self.content, Content::Lists(Reach::AllButIt | Reach::OtherCurrency))
    }

    fn known(&self) -> Known {
        match self.content {
            Content::Change { rule, .. } | Content::Observation { rule: Some(rule) } => Known::Rule(rule),
            Content::Launch { .. } | Content::Postponed { .. } => Known::Launched,
            Content::Observation { rule: None } | Content::End | Content::Lists(_) => Known::Nothing,
            Content::Conversion => panic!("a conversion states no rule"),
        }
    }
}

/// What a statement says of the subject.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Known {
    Rule(u8),
    /// It has none.
    Nothing,
    /// It exists, and its rule is not stated.
    Launched,
}

impl Known {
    fn rule(self) -> Option<u8> {
        if let Known::Rule(rule) = self { Some(rule) } else { None }
    }
}

pub fn events(all: &[Document]) -> Vec<Event> {
    let mut events = Vec::new();
    for (place, document) in all.iter().enumerate() {
        for (at, published, recorded, _) in document.recordings() {
            events.extend(document.contents().into_iter().map(|(ordinal, content)| Event {
                document: place,
                ordinal,
                at,
                content,
                of_token: document.of_token,
                published,
                recorded,
            }));
        }
    }
    events
}

/// Why a statement does not count.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Hidden {
    NotYet,
    /// Another recording of the same document counts.
    Replaced,
    /// Unloaded, retracted or superseded.
    Gone,
}

fn hidden(all: &[Document], event: &Event, limits: Limits) -> Option<Hidden> {
    let document = &all[event.document];
    if !limits.recorded(event.recorded) {
        return Some(Hidden::NotYet);
    }
    let unloaded = |recorded: i64| document.unloaded.is_some_and(|at| at > recorded && limits.recorded(at));
    if unloaded(event.recorded) {
        return Some(Hidden::Gone);
    }
    let live: Vec<(i64, i64, i64, bool)> = document
        .recordings()
        .into_iter()
        .filter(|(_, _, recorded, _)| limits.recorded(*recorded) && !unloaded(*recorded))
        .collect();
    let correction = live.iter().filter(|it| it.3).map(|it| it.2).max();
    let replaced = match correction {
        Some(correction) if document.observes() => event.recorded < correction,
        Some(correction) => event.recorded != correction,
        None if document.observes() => false,
        None => live.iter().min_by_key(|it| (it.1, it.2)).is_some_and(|first| first.2 != event.recorded),
    };
    if replaced {
        return Some(Hidden::Replaced);
    }
    if !limits.published(event.published) {
        return Some(Hidden::NotYet);
    }
    withdrawn(all, event.document, event.ordinal, limits).then_some(Hidden::Gone)
}

/// Retracted, or superseded by a document that counts.
fn withdrawn(all: &[Document], place: usize, ordinal: u32, limits: Limits) -> bool {
    let document = &all[place];
    let retracted = document.retracted.as_ref().is_some_and(|it| {
        let undone = it.undone.is_some_and(|at| at > it.recorded && limits.recorded(at));
        let reaches = retracts_all(place) || ordinal <= 1;
        reaches && limits.recorded(it.recorded) && limits.published(it.published) && !undone
    });
    let superseded = document.superseded.is_some_and(|(by, recorded)| {
        let newer = place + by;
        limits.recorded(recorded) && newer < all.len() && is_public(all, newer, limits)
    });
    retracted || superseded
}

/// Whether a document counts as a whole, though a newer edition may have replaced it. A retraction of one of its
/// statements does not matter to that.
fn is_public(all: &[Document], place: usize, limits: Limits) -> bool {
    let mut all = all.to_vec();
    all[place].superseded = None;
    let all = &all;
    let of_it = events(all).into_iter().filter(|event| event.document == place);
    let whole =
        |event: Event| Event { ordinal: if retracts_all(place) { event.ordinal } else { 9 }, ..event };
    of_it.map(whole).any(|event| hidden(all, &event, limits).is_none())
}

/// What the naive model expects.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Nothing reaches that time, and whether something did that is gone.
    Unknown {
        gone: bool,
        put_off: bool,
    },
    /// It exists, with at most that leverage; no table is known.
    Launched {
        leverage: Option<u32>,
    },
    NotKnownThen,
    Ended,
    Rule {
        number: u8,
        since: Since,
        doubts: Vec<Doubt>,
        last_confirmed: i64,
        /// `None` where it is confirmed later.
        age: Option<Age>,
        /// By another document than the one that set it.
        is_confirmed: bool,
        next_change: Option<i64>,
    },
}

/// How old what is known is.
#[derive(Clone, Debug, PartialEq)]
pub struct Age {
    pub ticks: i64,
    pub is_announced: bool,
    /// After how many ticks something else was seen.
    pub seen_otherwise: Option<i64>,
    /// How many ticks ago a change was carried out.
    pub after_change: Option<i64>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Since {
    Announced(i64),
    Seen { at: i64, changed_after: Option<i64> },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Doubt {
    /// The rules of the others, the nearest first.
    Contradicted(Vec<Option<u8>>),
    RollingOut {
        until: i64,
        other: Option<u8>,
    },
    UnseenChange {
        after: i64,
        by: i64,
        other: Option<u8>,
    },
    /// Converted at that time.
    Converted(i64),
    AnnouncedTwice(Option<u8>),
}

/// What is in force, and since which statement.
#[derive(Clone, Debug)]
struct State {
    known: Known,
    from: i64,
    set_by: Event,
    before: Option<(Known, i64)>,
    window_closes: i64,
    seen: Vec<i64>,
    seen_in: Vec<usize>,
    converted: Vec<i64>,
    contradicted_by: Vec<Known>,
    announced_otherwise: Vec<Known>,
    /// After an announced end: what was seen since, and what was seen first.
    after_end: Vec<(i64, Known)>,
    frozen: Option<Known>,
}

impl State {
    fn sure_until(&self) -> i64 {
        self.seen.last().copied().unwrap_or(self.from)
    }
}

/// The states, each until the next.
fn states(visible: &[Event], sources: &dyn Fn(usize) -> String) -> Vec<State> {
    let mut states: Vec<State> = Vec::new();
    for now in 0..=TICKS + 1 {
        let mut entries: Vec<&Event> = visible.iter().filter(|event| event.at == now).collect();
        entries.sort_by_key(|event| order(event, sources));
        let (conversions, entries): (Vec<&Event>, Vec<&Event>) =
            entries.into_iter().partition(|event| event.content == Content::Conversion);
        let (launches, mut entries): (Vec<&Event>, Vec<&Event>) =
            entries.into_iter().partition(|event| event.content.starts_life());
        let lives = states.last().is_some_and(|state| state.known != Known::Nothing);
        // The end of a token's contracts says nothing of one that has no life, or whose end is stated by name.
        let named = entries.iter().any(|event| event.content == Content::End && !event.of_token);
        entries.retain(|event| !event.of_token || (lives && !named));
        if states.is_empty() {
            entries.retain(|event| !matches!(event.content, Content::Lists(_)));
        }
        let said = entries.last().map(|winner| winner.known());
        match launches.last() {
            // It ends and starts again at once, or it starts.
            Some(launch) if said == Some(Known::Nothing) || (said.is_none() && !lives) => {
                step(&mut states, launch, &[], now);
            }
            launch => {
                if let Some((winner, others)) = entries.split_last() {
                    let reborn = launch.is_some() && !lives;
                    if !reborn
                        && let Some(state) = states.last_mut()
                        && stays_ended(state, winner)
                    {
                        state.after_end.extend(entries.iter().map(|event| (now, event.known())));
                    } else {
                        step(&mut states, winner, others, now);
                    }
                }
            }
        }
        if let Some(state) = states.last_mut().filter(|state| matches!(state.known, Known::Rule(_))) {
            let restated = state.from == now && !state.set_by.observes();
            state.converted.extend(conversions.iter().map(|_| now).filter(|_| !restated));
        }
    }
    states
}

/// In which order statements of one time take precedence; the last wins.
pub fn order(event: &Event, sources: &dyn Fn(usize) -> String) -> impl Ord + use<> {
    (!event.observes(), event.published, sources(event.document), event.ordinal, event.recorded)
}

/// Whether an announced end stands although the subject is seen.
fn stays_ended(state: &mut State, winner: &Event) -> bool {
    if state.set_by.content != Content::End || !winner.observes() {
        return false;
    }
    let frozen = *state.frozen.get_or_insert(winner.known());
    let seen_a_day_before =
        state.after_end.iter().any(|(at, known)| *known == winner.known() && winner.at - at >= DAY);
    winner.known() != Known::Nothing && (winner.known() == frozen || !seen_a_day_before)
}

fn step(states: &mut Vec<State>, winner: &Event, others: &[&Event], now: i64) {
    let nearest_first = || others.iter().rev();
    let contradicted_by: Vec<Known> = nearest_first()
        .filter(|event| event.observes() == winner.observes() && event.published == winner.published)
        .map(|event| event.known())
        .filter(|known| *known != winner.known())
        .collect();
    let agrees = |event: &&&Event| event.observes() && event.known() == winner.known();
    let agreeing_in: Vec<usize> = others.iter().filter(agrees).map(|event| event.document).collect();
    let agreeing = agreeing_in.len();
    if let Some(state) = states.last_mut().filter(|_| winner.observes() && contradicted_by.is_empty()) {
        if state.known == winner.known() {
            state.seen.extend(std::iter::repeat_n(now, agreeing + 1));
            state.seen_in.extend(agreeing_in.into_iter().chain([winner.document]));
            state.window_closes = state.window_closes.min(now);
            return;
        }
        if now < state.window_closes && state.before.is_some_and(|(known, _)| known == winner.known()) {
            return;
        }
    }
    let window = if let Content::Change { window, .. } = winner.content { window } else { 0 };
    let elsewhere = |event: &&&Event| {
        !winner.observes()
            && !event.observes()
            && event.document != winner.document
            && event.published != winner.published
    };
    let announced_otherwise = nearest_first().filter(elsewhere).map(|event| event.known());
    let announced_otherwise = announced_otherwise.filter(|known| *known != winner.known()).collect();
    states.push(State {
        known: winner.known(),
        from: now,
        set_by: winner.clone(),
        before: states.last().map(|state| (state.known, state.sure_until())),
        window_closes: if agreeing > 0 { now } else { now + window },
        seen: vec![now; agreeing],
        seen_in: agreeing_in,
        converted: Vec::new(),
        contradicted_by,
        announced_otherwise,
        after_end: Vec::new(),
        frozen: None,
    });
}

/// When the next change is, and what is known.
pub fn model(
    all: &[Document],
    sources: &dyn Fn(usize) -> String,
    at: i64,
    limits: Limits,
) -> (Option<i64>, Answer) {
    let mut everything = events(all);
    everything.retain(Event::concerns);
    let visible = |limits: Limits| -> Launches {
        let visible = everything.iter().filter(|event| hidden(all, event, limits).is_none());
        launches(visible.cloned().collect(), sources)
    };
    let now = visible(limits);
    let found = states(&now.counting, sources);
    let next = next_change(&found, at);
    if let Some(place) = found.iter().rposition(|state| state.from <= at) {
        return (next, in_state(&found, place, at, &now));
    }
    let gone = |event: &Event| hidden(all, event, limits) == Some(Hidden::Gone);
    let later = states(&visible(Limits { known_at: None, recorded_by: None }).counting, sources);
    let put_off = now.are_put_off;
    let nothing = match later.iter().rfind(|state| state.from <= at) {
        Some(state) if gone(&state.set_by) => Answer::Unknown { gone: true, put_off },
        Some(_) => Answer::NotKnownThen,
        None => {
            Answer::Unknown { gone: everything.iter().any(|event| event.at <= at && gone(event)), put_off }
        }
    };
    (next, nothing)
}

fn in_state(states: &[State], place: usize, at: i64, launches: &Launches) -> Answer {
    let (state, next) = (&states[place], states.get(place + 1));
    let number = match state.known {
        Known::Rule(number) => number,
        Known::Nothing => return Answer::Ended,
        Known::Launched => return Answer::Launched { leverage: launches.leverage(&state.set_by) },
    };
    let announced = !state.set_by.observes();
    let next_seen = next.filter(|next| next.set_by.observes());
    let mut doubts = Vec::new();
    let confirmed = state.seen.iter().any(|seen| *seen <= at && (announced || *seen > state.from));
    if !state.contradicted_by.is_empty() && !confirmed {
        doubts.push(Doubt::Contradicted(state.contradicted_by.iter().map(|known| known.rule()).collect()));
    }
    if at < state.window_closes {
        let other = state.before.and_then(|(known, _)| known.rule());
        doubts.push(Doubt::RollingOut { until: state.window_closes, other });
    }
    if let Some(next) = next_seen.filter(|next| next.known != state.known && at > state.sure_until()) {
        let other = next.known.rule();
        doubts.push(Doubt::UnseenChange { after: state.sure_until(), by: next.from, other });
    }
    if let Some(converted) = state.converted.iter().rfind(|converted| **converted <= at)
        && !state.seen.iter().any(|seen| converted < seen && *seen <= at)
    {
        doubts.push(Doubt::Converted(*converted));
    }
    if let Some(other) = state.announced_otherwise.first().filter(|_| state.seen.is_empty()) {
        doubts.push(Doubt::AnnouncedTwice(other.rule()));
    }
    let again = next_seen.filter(|next| next.known == state.known).map(|next| next.from);
    let later = state.seen.iter().copied().find(|seen| *seen > at).or(again);
    let earlier = state.seen.iter().copied().rfind(|seen| *seen <= at).unwrap_or(state.from);
    Answer::Rule {
        number,
        since: if announced {
            Since::Announced(state.from)
        } else {
            Since::Seen { at: state.from, changed_after: state.before.map(|(_, sure_until)| sure_until) }
        },
        doubts,
        last_confirmed: later.unwrap_or(earlier),
        age: later.is_none().then(|| Age {
            ticks: at - earlier,
            is_announced: announced && !state.seen.iter().any(|seen| *seen <= at),
            seen_otherwise: next_seen
                .filter(|next| next.known != state.known)
                .map(|next| next.from - earlier),
            after_change: announced.then(|| (at - state.from.max(state.window_closes)).max(0)),
        }),
        is_confirmed: state.seen_in.iter().any(|document| *document != state.set_by.document),
        next_change: next_change(states, at),
    }
}

/// When the first change or end after a time is.
fn next_change(states: &[State], at: i64) -> Option<i64> {
    states.iter().find(|state| state.from > at && !state.set_by.observes()).map(|state| state.from)
}
