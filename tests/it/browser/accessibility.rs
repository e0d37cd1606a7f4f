//! The page for those who do not see it or use no mouse: axe-core finds nothing, the tree has landmarks, headings and names,
//! and the keys reach everything.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::devtools::Browser;
use super::site::Site;

const VIEWS: [&str; 8] = [
    "/?q=act&asOf=2026-02-04",
    "/contract/ACTUSDT?asOf=2026-02-05",
    "/contract/pm-pro:STRK?asOf=2026-02-05",
    "/changes?asOf=2026-02-05",
    "/sources",
    "/source/binance-2026-02-03.txt?span=4114-4150",
    "/positions?asOf=2026-02-05",
    "/contract/NOSUCHUSDT",
];

/// The text of axe-core, which `.ci/browser` installs; `None` with a visible line where it is not there.
fn axe() -> Option<String> {
    let named = std::env::var_os("TIERBOOK_AXE").map(PathBuf::from);
    let default =
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/axe/node_modules/axe-core/axe.min.js");
    let path = named.unwrap_or_else(default);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        let hint = format!("no axe-core at {}; .ci/browser installs it", path.display());
        assert!(std::env::var_os("TIERBOOK_REQUIRE_BROWSER").is_none(), "{hint}");
        eprintln!("skipped: {hint}");
    }
    text
}

#[test]
fn axe_finds_nothing_wrong_in_any_view_in_either_scheme() {
    let Some(mut browser) = Browser::start() else { return };
    let Some(axe) = axe() else { return };
    let site = Site::seeded();
    for view in VIEWS {
        for (width, scheme) in [(1400, "light"), (390, "dark")] {
            browser.screen(width, scheme);
            browser.go(&site.at(view));
            if view.starts_with("/positions") {
                browser.value("document.getElementById('positions-example').click()");
                browser.wait_for("document.querySelectorAll('#positions-result tbody tr').length > 1");
            }
            // It is told to the page from outside, which the page's own policy does not forbid.
            browser.value(&format!("{axe};true"));
            let found = browser.value(
                "axe.run().then((result) => result.violations.map((one) => \
                 [one.id, one.impact, one.nodes.map((node) => node.html.slice(0, 200))]))",
            );
            assert_eq!(found, json!([]), "{view} at {width}, {scheme}");
        }
    }
}

/// The nodes of the tree that assistive technology gets, as role and name.
fn tree(browser: &mut Browser) -> Vec<(String, String)> {
    let tree = browser.call("Accessibility.getFullAXTree", json!({}));
    let nodes = tree["nodes"].as_array().unwrap().iter().filter(|node| node["ignored"] != json!(true));
    let text = |value: &Value| value["value"].as_str().unwrap_or_default().to_string();
    nodes.map(|node| (text(&node["role"]), text(&node["name"]))).collect()
}

#[test]
fn the_tree_has_landmarks_headings_and_names() {
    let Some(mut browser) = Browser::start() else { return };
    let site = Site::seeded();
    browser.go(&site.at("/contract/ACTUSDT?asOf=2026-02-05"));
    let tree = tree(&mut browser);
    let has = |role: &str, name: &str| tree.iter().any(|(of, named)| of == role && named == name);
    for (role, name) in [
        ("banner", ""),
        ("navigation", "Views"),
        ("main", ""),
        ("contentinfo", ""),
        ("heading", "ACTUSDT"),
        ("region", "In force"),
        ("heading", "The year at a glance"),
        ("table", "Tiers of ACTUSDT: 7 tiers, up to 5,000,000; notional in USDT"),
        ("columnheader", "rate"),
        ("slider", "as of, slider"),
        ("textbox", "as of"),
        ("button", "Copy Python"),
        ("image", "tiers of binance:usdm:ACTUSDT"),
    ] {
        assert!(has(role, name), "{role} {name}: {tree:?}");
    }
    let levels =
        browser.value("[...document.querySelectorAll('h1,h2,h3')].map((it) => Number(it.tagName[1]))");
    let levels: Vec<u32> = serde_json::from_value(levels).unwrap();
    assert_eq!(levels[0], 1);
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1 && pair[1] > 1), "{levels:?}");
    let unnamed = browser.value(
        "[...document.querySelectorAll('input:not([type=hidden]), textarea')].filter((field) => \
         !field.labels?.length && !field.getAttribute('aria-label')).length",
    );
    assert_eq!(unnamed, json!(0));
}

#[test]
fn the_keys_reach_the_content_and_the_focus_is_seen() {
    let Some(mut browser) = Browser::start() else { return };
    let site = Site::seeded();
    browser.go(&site.at("/contract/ACTUSDT?asOf=2026-02-05"));
    browser.press("Tab", 9);
    assert_eq!(browser.text("document.activeElement.textContent"), "Skip to the content");
    let outlined =
        |browser: &mut Browser| browser.text("getComputedStyle(document.activeElement).outlineStyle");
    let left = browser.value("document.activeElement.getBoundingClientRect().left >= 0");
    assert_eq!(left, json!(true), "it is on the screen once it has the focus");
    browser.press("Enter", 13);
    browser.value("document.querySelector('a.skip').click()");
    browser.wait_for("document.activeElement.id === 'main'");
    let mut seen = Vec::new();
    for _ in 0..12 {
        browser.press("Tab", 9);
        seen.push(browser.text("document.activeElement.tagName + ' ' + (document.activeElement.className || document.activeElement.id)"));
        assert_eq!(outlined(&mut browser), "solid", "{seen:?}");
    }
    for place in ["INPUT basis-asOf", "INPUT slider", "DIV scroll"] {
        assert!(seen.iter().any(|it| it == place), "{place}: {seen:?}");
    }
}
