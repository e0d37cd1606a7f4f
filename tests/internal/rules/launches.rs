//! The part of the naive model that is about launches which are put off.
use super::documents::Content;
use super::model::{Event, order};

/// The statements that count, once those that are put off are left out.
#[derive(Debug, Default)]
pub struct Launches {
    pub counting: Vec<Event>,
    /// A launch is put off until further notice, and none was announced since.
    pub are_put_off: bool,
    /// Each postponement with the launch that it is about.
    about: Vec<(Event, Event)>,
}

impl Launches {
    /// The highest leverage that a launch states, or the launch that a postponement is about.
    pub fn leverage(&self, event: &Event) -> Option<u32> {
        if let Content::Launch { leverage } = event.content {
            return leverage;
        }
        let about = self.about.iter().find(|(postponement, _)| is(postponement, event));
        about.and_then(|(_, launch)| self.leverage(launch))
    }
}

fn is(one: &Event, other: &Event) -> bool {
    let key = |event: &Event| (event.document, event.ordinal, event.recorded);
    key(one) == key(other)
}

/// A postponement is about the launch that was announced last before it, put off already or not; what the document
/// of that launch announces with it is put off too. A launch whose life has ended when the postponement is published
/// is not meant. Of a token, it is about the launch of each of its contracts, and starts none where none is announced.
pub fn launches(visible: Vec<Event>, sources: &dyn Fn(usize) -> String) -> Launches {
    let mut postponements: Vec<&Event> = visible.iter().filter(|it| it.content.postpones()).collect();
    postponements.sort_by_key(|it| it.published);
    let (mut found, mut gone): (Launches, Vec<Event>) = (Launches::default(), Vec::new());
    let mut about_nothing: Vec<Event> = Vec::new();
    for by in postponements {
        let before = |event: &&Event| event.published < by.published;
        let starts = |event: &&Event| {
            event.content.starts_life() && !about_nothing.iter().any(|nothing| is(nothing, event))
        };
        let announced = visible.iter().filter(before).filter(starts);
        let last = announced.max_by_key(|it| (it.published, it.at, order(it, sources)));
        let has_ended = |launch: &Event| {
            let mut ends = visible.iter().filter(before).filter(|event| event.content == Content::End);
            ends.any(|end| launch.at < end.at && end.at <= by.published)
        };
        let Some(launch) = last.filter(|launch| !has_ended(launch)) else {
            if by.of_token {
                about_nothing.push(by.clone());
            }
            continue;
        };
        found.about.push((by.clone(), launch.clone()));
        let with_it = |event: &&Event| {
            (event.document, event.recorded) == (launch.document, launch.recorded)
                && event.at == launch.at
                && (is(event, launch) || matches!(event.content, Content::Change { .. }))
        };
        gone.extend(visible.iter().filter(with_it).cloned());
    }
    let counts = |event: &Event| {
        event.content != Content::Postponed { anew: false }
            && !gone.iter().chain(&about_nothing).any(|other| is(other, event))
    };
    let standing = |event: &&Event| {
        event.content == Content::Postponed { anew: false } && !about_nothing.iter().any(|it| is(it, event))
    };
    let put_off = visible.iter().filter(standing).map(|event| event.published).max();
    found.counting = visible.iter().filter(|event| counts(event)).cloned().collect();
    let announced_since = |at| found.counting.iter().any(|it| it.content.starts_life() && it.published >= at);
    found.are_put_off = put_off.is_some_and(|at| !announced_since(at));
    found
}
