//! What changed, as rows and as a feed.

use super::{Served, brackets};

#[test]
fn changes_are_those_of_the_statement() {
    let served = Served::seeded();
    let all = served.json("/v1/changes");
    assert_eq!(all, served.json("/v1/query?q=changes"));
    assert_eq!(
        served.json("/v1/changes?of=ACTUSDT,IPUSDT&since=2026-02-04&until=2026-03-01&by=published"),
        served.json("/v1/query?q=changes+of+ACTUSDT,+IPUSDT+since+2026-02-04+until+2026-03-01+by+published")
    );
    assert_eq!(served.json("/v1/changes?of=ACTUSDT").as_array().unwrap().len(), 1);
    assert_eq!(served.problem("/v1/changes?of=NOSUCH").0, 404);
    assert_eq!(served.problem("/v1/changes?of=ACTUSDT+since+2020").0, 404, "a value is no syntax");
}

#[test]
fn the_feed_has_an_entry_for_each_change() {
    let served = Served::seeded();
    let response = served.get("/v1/changes.atom?of=ACTUSDT,TSLAUSDT");
    assert_eq!(response.header("content-type"), Some("application/atom+xml; charset=utf-8"));
    let feed = roxmltree::Document::parse(response.text()).unwrap();
    let named = |name: &'static str| {
        feed.descendants().filter(move |it| it.has_tag_name(("http://www.w3.org/2005/Atom", name)))
    };
    assert_eq!(named("entry").count(), 2);
    for name in ["id", "title", "updated"] {
        assert_eq!(named(name).count(), 3, "one of the feed and one of each entry: {name}");
    }
    let titles: Vec<&str> = named("title").filter_map(|it| it.text()).collect();
    assert!(titles.contains(&"ACTUSDT tightened at 2026-02-06T06:30:00Z"), "{titles:?}");
    let ids: std::collections::BTreeSet<&str> = named("id").filter_map(|it| it.text()).collect();
    assert_eq!(ids.len(), 3, "every id is another one");
}

#[test]
fn names_with_markup_are_text_in_the_feed() {
    let documents = [
        ("a-20260210T000000Z.json", brackets(&[("A&B<i>USDT", "0.02")])),
        ("b-20260211T000000Z.json", brackets(&[("A&B<i>USDT", "0.03")])),
    ];
    let documents: Vec<(&str, &str)> = documents.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let served = Served::with(tierbook::server::Options::default(), &documents);
    let response = served.get("/v1/changes.atom");
    let feed = roxmltree::Document::parse(response.text()).unwrap();
    let titles = feed.descendants().filter(|it| it.tag_name().name() == "title").filter_map(|it| it.text());
    assert!(titles.into_iter().any(|title| title.starts_with("A&B<i>USDT ")), "{}", response.text());
}
