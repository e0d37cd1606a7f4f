//! Random documents about one subject, as plain numbers, with everything that is said about them later.
use proptest::prelude::*;

/// Times are small counts of ticks; one tick of valid and of publication time is six hours.
pub const TICKS: i64 = 20;
/// Publications are few, so that many are equal.
pub const PUBLICATIONS: i64 = 6;
/// One transaction has the time of its number.
pub const TRANSACTIONS: i64 = 1000;

#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Change {
        window: i64,
        rule: u8,
    },
    Observation {
        rule: Option<u8>,
    },
    End,
    /// A complete snapshot of which the subject is not part.
    Lists(Reach),
    Launch {
        leverage: Option<u32>,
    },
    Conversion,
    /// A launch is put off: until the time of the document, or from then until further notice.
    Postponed {
        anew: bool,
    },
}

/// What a complete snapshot is complete of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reach {
    All,
    /// It names the subject, but could not read it.
    AllButIt,
    /// Contracts settled in a currency, which the subject is not.
    OtherCurrency,
}

impl Content {
    pub fn starts_life(&self) -> bool {
        matches!(self, Content::Launch { .. } | Content::Postponed { anew: true })
    }

    pub fn postpones(&self) -> bool {
        matches!(self, Content::Postponed { .. })
    }
}

/// A document, with everything that is said about it later.
#[derive(Clone, Debug)]
pub struct Document {
    pub at: i64,
    pub content: Content,
    /// It is about the contracts of the token, whatever they are called.
    pub of_token: bool,
    /// A second statement of the same time and kind; of a launch, the table that it starts with.
    pub second: Option<u8>,
    pub published: i64,
    pub recorded: i64,
    pub repost: Option<Repost>,
    pub retracted: Option<Retracted>,
    /// Replaced by the document so many places after it, as recorded then.
    pub superseded: Option<(usize, i64)>,
    /// Unloaded by the transaction of that time.
    pub unloaded: Option<i64>,
}

/// The same bytes once more.
#[derive(Clone, Debug)]
pub struct Repost {
    pub published: i64,
    pub recorded: i64,
    /// Where it shows what is seen at its own time, that time.
    pub at: i64,
    pub corrects: bool,
}

#[derive(Clone, Debug)]
pub struct Retracted {
    pub published: i64,
    pub recorded: i64,
    /// The retraction itself is unloaded again.
    pub undone: Option<i64>,
}

impl Document {
    pub fn plain(at: i64, content: Content, published: i64, recorded: i64) -> Document {
        let (second, repost, retracted, superseded, unloaded) = (None, None, None, None, None);
        let of_token = false;
        Document {
            at,
            content,
            of_token,
            second,
            published,
            recorded,
            repost,
            retracted,
            superseded,
            unloaded,
        }
    }

    pub fn observes(&self) -> bool {
        matches!(self.content, Content::Observation { .. } | Content::Lists(_))
    }

    /// What it states, with its place in the document.
    pub fn contents(&self) -> Vec<(u32, Content)> {
        let second = self.second.and_then(|rule| match self.content {
            Content::Change { window, .. } => Some(Content::Change { window, rule }),
            Content::Observation { .. } => Some(Content::Observation { rule: Some(rule) }),
            Content::Launch { .. } => Some(Content::Change { window: 0, rule }),
            _ => None,
        });
        let first = u32::from(!matches!(self.content, Content::Lists(_)));
        [(first, self.content.clone())].into_iter().chain(second.map(|content| (2, content))).collect()
    }

    /// Its recordings: time of the statement, publication, recording, and whether it is a correction.
    pub fn recordings(&self) -> Vec<(i64, i64, i64, bool)> {
        let at = |repost: &Repost| if self.observes() { repost.at } else { self.at };
        let again = self.repost.iter().map(|it| (at(it), it.published, it.recorded, it.corrects));
        [(self.at, self.published, self.recorded, false)].into_iter().chain(again).collect()
    }
}

pub fn arb_document() -> impl Strategy<Value = Document> {
    use proptest::option::weighted;
    let content = prop_oneof![
        4 => (0..6_i64, 0..3_u8).prop_map(|(window, rule)| Content::Change { window, rule }),
        5 => weighted(0.9, 0..3_u8).prop_map(|rule| Content::Observation { rule }),
        2 => Just(Content::End),
        1 => Just(Content::Lists(Reach::All)),
        1 => prop_oneof![Just(Reach::AllButIt), Just(Reach::OtherCurrency)].prop_map(Content::Lists),
        3 => weighted(0.8, 1..9_u32).prop_map(|leverage| Content::Launch { leverage }),
        1 => Just(Content::Conversion),
        2 => any::<bool>().prop_map(|anew| Content::Postponed { anew }),
    ];
    let times = || (0..PUBLICATIONS, 0..TRANSACTIONS);
    let repost = (times(), 0..TICKS, proptest::bool::weighted(0.4))
        .prop_map(|(times, at, corrects)| Repost { published: times.0, recorded: times.1, at, corrects });
    let retracted = (times(), weighted(0.3, 0..TRANSACTIONS)).prop_map(|(times, undone)| Retracted {
        published: times.0,
        recorded: times.1,
        undone,
    });
    let later = (
        weighted(0.2, repost),
        weighted(0.15, retracted),
        weighted(0.15, (1..4_usize, 0..TRANSACTIONS)),
        weighted(0.1, 0..TRANSACTIONS),
    );
    (0..TICKS, content, weighted(0.2, 0..3_u8), times(), later, proptest::bool::weighted(0.3)).prop_map(
        |(at, content, second, (published, recorded), (repost, retracted, superseded, unloaded), token)| {
            Document {
                at,
                of_token: token && matches!(content, Content::End | Content::Postponed { .. }),
                content,
                second,
                published,
                recorded,
                repost,
                retracted,
                superseded,
                unloaded,
            }
        },
    )
}

/// Documents of which every recording has a transaction of its own.
pub fn arb_documents() -> impl Strategy<Value = Vec<Document>> {
    proptest::collection::vec(arb_document(), 0..9).prop_map(|mut all| {
        let mut place = 0;
        let mut own = |recorded: &mut i64| {
            *recorded = *recorded * 100 + place;
            place += 1;
        };
        for document in &mut all {
            own(&mut document.recorded);
            document.repost.iter_mut().for_each(|it| own(&mut it.recorded));
            document.retracted.iter_mut().for_each(|it| {
                own(&mut it.recorded);
                it.undone.iter_mut().for_each(&mut own);
            });
            document.superseded.iter_mut().for_each(|(_, recorded)| own(recorded));
            document.unloaded.iter_mut().for_each(&mut own);
        }
        all
    })
}

/// Every other retraction names one statement.
pub fn retracts_all(place: usize) -> bool {
    place.is_multiple_of(2)
}
