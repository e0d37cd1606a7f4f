//! The frame of every view: head, navigation, foot.

use super::super::asked::Asked;
use super::super::response::{Freshness, HTML, Response};
use super::html::{Html, classed, element, link, tag, text, time};
use super::links::Address;

/// A view in its frame.
pub struct View {
    /// The title of the window and the heading.
    pub title: String,
    /// What comes before the heading in small letters; empty for nothing.
    pub above: String,
    /// The part of the navigation that it belongs to.
    pub place: Place,
    /// Everything below the heading.
    pub body: Html,
    /// The status of HTTP.
    pub status: u16,
    /// Whether it never changes where its three times are fixed: what is unknown and lists may.
    pub is_final: bool,
}

/// The parts of the navigation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Contracts,
    Changes,
    Sources,
    Positions,
}

const PLACES: [(Place, &str, &[&str]); 4] = [
    (Place::Contracts, "Contracts", &[]),
    (Place::Changes, "Changes", &["changes"]),
    (Place::Sources, "Sources", &["sources"]),
    (Place::Positions, "Positions", &["positions"]),
];

impl View {
    /// A view of a part.
    pub fn new(place: Place, title: impl Into<String>, body: Html) -> View {
        View { title: title.into(), above: String::new(), place, body, status: 200, is_final: false }
    }

    /// As an answer.
    pub fn response(self, asked: &Asked) -> Response {
        let freshness = match asked.is_fixed() && self.is_final {
            _ if self.status != 200 => Freshness::NotStored,
            true => Freshness::Immutable,
            false => Freshness::Revalidated,
        };
        let status = self.status;
        let page = format!("<!doctype html>\n{}\n", self.document(asked).into_string());
        asked.with_basis(Response::new(status, HTML, page).fresh(freshness))
    }

    fn document(self, asked: &Asked) -> Html {
        let title = match self.title.as_str() {
            "tierbook" => self.title.clone(),
            title => format!("{title} · tierbook"),
        };
        let meta = |name, content| element("meta", &[("name", name), ("content", content)], "");
        let head = Html::from([
            element("meta", &[("charset", "utf-8")], ""),
            meta("viewport", "width=device-width, initial-scale=1"),
            meta("color-scheme", "light dark"),
            tag("title", title),
            element("link", &[("rel", "stylesheet"), ("href", "/assets/page.css")], ""),
            element("link", &[("rel", "icon"), ("type", "image/svg+xml"), ("href", "/assets/icon.svg")], ""),
            element(
                "link",
                &[
                    ("rel", "alternate"),
                    ("type", "application/atom+xml"),
                    ("title", "Changes of margin rules"),
                    ("href", "/v1/changes.atom"),
                ],
                "",
            ),
        ]);
        let script = |address| element("script", &[("src", address), ("defer", "")], "");
        let scripts = match self.place {
            Place::Positions => script("/assets/positions.js"),
            _ => Html::default(),
        };
        let head = head.and(script("/assets/page.js")).and(scripts);
        let above = if self.above.is_empty() { Html::default() } else { classed("p", "above", self.above) };
        let heading = tag("h1", tag("bdi", self.title));
        let main = element("main", &[("id", "main"), ("tabindex", "-1")], above.and(heading).and(self.body));
        let skip = element("a", &[("class", "skip"), ("href", "#main")], "Skip to the content");
        let body = tag("body", [skip, header(asked, self.place), main, foot(asked)]);
        element("html", &[("lang", "en")], tag("head", head).and(body))
    }
}

fn header(asked: &Asked, place: Place) -> Html {
    let item = |(of, words, parts): &(Place, &'static str, &[&str])| {
        let address = Address::of(asked, parts).to_string();
        let mut attributes = vec![("href", address.as_str())];
        if *of == place {
            attributes.push(("aria-current", "page"));
        }
        tag("li", element("a", &attributes, *words))
    };
    let list = tag("ul", PLACES.iter().map(item).collect::<Html>());
    let brand = element("a", &[("class", "brand"), ("href", "/")], "tierbook");
    tag("header", brand.and(element("nav", &[("aria-label", "Views")], list)))
}

/// What everything rests on: the newest transaction.
fn foot(asked: &Asked) -> Html {
    let head = asked.rules.head();
    let recorded =
        head.recorded_at.map_or(Html::default(), |at| text(", recorded ").and(time(&at.to_string())));
    let hash = head.hash.to_string();
    let state = tag(
        "p",
        [
            text(format!("Transaction {}", head.tx)),
            recorded,
            text(", head "),
            tag("code", hash.get(..12).unwrap_or(&hash)),
            text(". All times are UTC. Read-only."),
        ],
    );
    let links = [("/openapi.json", "API"), ("/v1/changes.atom", "Feed of changes"), ("/v1/head", "Head")];
    let links: Html = links.into_iter().map(|(address, words)| tag("li", link(address, words))).collect();
    tag("footer", state.and(element("nav", &[("aria-label", "Data")], tag("ul", links))))
}
