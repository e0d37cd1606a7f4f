//! Drawings, in the terminal and as SVG: what they show, and that nothing is lost in any form.

use serde_json::Value;
use tierbook::language::parse;
use tierbook::render::{Format, OutputStyle};
use tierbook::{Database, Row, Timestamp, render};

use super::tool::Tool;

const ROLLING: &str = "as of 2026-02-06T07:00Z";
const BOTH: &str = "as of 2026-02-06T06:00Z vs 2026-02-06T08:00Z";

fn rows(tool: &Tool, query: &str) -> Vec<Row> {
    let statement = parse(query).unwrap().remove(0);
    Database::at(&tool.dir()).answer(&statement, Timestamp::now()).unwrap().0
}

fn at_width(rows: &[Row], width: usize) -> String {
    render::rows(rows, Format::Table, OutputStyle { colour: false, width: Some(width) })
}

fn jsonl(tool: &Tool, query: &str) -> Vec<Value> {
    let ran = tool.run(["--format", "jsonl", "query", query]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The classes of the paths of a document, with their titles.
fn paths(svg: &str) -> Vec<(String, String)> {
    let document = roxmltree::Document::parse(svg).unwrap();
    let paths = document.descendants().filter(|node| node.has_tag_name("path"));
    let class = |path: roxmltree::Node| path.attribute("class").unwrap().to_string();
    let title =
        |path: roxmltree::Node| path.children().find_map(|child| child.text()).unwrap_or("").to_string();
    paths.map(|path| (class(path), title(path))).collect()
}

fn words(svg: &str) -> String {
    let document = roxmltree::Document::parse(svg).unwrap();
    document.descendants().filter(|node| node.has_tag_name("text")).filter_map(|node| node.text()).collect()
}

#[test]
fn an_svg_has_a_step_for_each_tier_of_each_side() {
    let tool = Tool::seeded();
    for measure in ["mmr", "margin", "max leverage", "amount"] {
        let svg = tool.run(["--format", "svg", "query", &format!("chart {measure} of ACTUSDT {BOTH}")]).out;
        for (side, as_of) in [("before", "2026-02-06T06:00Z"), ("after", "2026-02-06T08:00Z")] {
            let tiers = jsonl(&tool, &format!("tiers of ACTUSDT as of {as_of}"));
            let class = format!("step {side}");
            let steps: Vec<String> =
                paths(&svg).into_iter().filter(|(c, _)| *c == class).map(|(_, title)| title).collect();
            assert_eq!(steps.len(), tiers.len(), "{measure} {side}");
            for (step, tier) in steps.iter().zip(tiers) {
                assert!(step.starts_with(&format!("tier {}: ", tier["number"])), "{step}");
            }
        }
    }
}

#[test]
fn an_svg_is_plain_xml_that_bears_title_source_and_instants() {
    let tool = Tool::seeded();
    let svg = tool.run(["--format", "svg", "query", &format!("chart mmr of 我踏马来了USDT {BOTH}")]).out;
    let document = roxmltree::Document::parse(&svg).unwrap();
    assert!(document.descendants().all(|node| !node.has_tag_name("script")));
    let title = document.root_element().children().find(|node| node.has_tag_name("title"));
    assert_eq!(title.and_then(|node| node.text()), Some("mmr of binance:usdm:我踏马来了USDT"));
    let words = words(&svg);
    for part in
        ["ee2413a8367c", "published 2026-02-03T06:00:46Z", "2026-02-06T06:00:00Z", "2026-02-06T08:00:00Z"]
    {
        assert!(words.contains(part), "{part} in {words}");
    }
    assert_eq!(
        document.root_element().attribute("viewBox").map(|view| view.starts_with("0 0 960 ")),
        Some(true)
    );
}

#[test]
fn warnings_and_certainty_are_in_every_form_of_a_drawing() {
    let tool = Tool::seeded();
    let query = format!("chart mmr of ACTUSDT {ROLLING}");
    for form in ["json", "jsonl", "csv", "svg", "table"] {
        let out = tool.run(["--format", form, "query", &query]).out;
        assert_eq!(out.matches("repaired_floor").count(), if form == "svg" { 4 } else { 2 }, "{form}: {out}");
        assert!(out.contains("rolling out until") || out.contains("rolling_out"), "{form}");
        assert!(out.contains("2026-02-06T07:30:00Z"), "{form}");
    }
    let rows = rows(&tool, &query);
    for width in 40..=250 {
        let text = at_width(&rows, width);
        let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(joined.matches("(repaired_floor)").count(), 2, "{width}: {text}");
        assert!(joined.contains("rolling out until 2026-02-06T07:30:00Z"), "{width}: {text}");
    }
}

#[test]
fn a_drawing_fits_every_terminal() {
    let tool = Tool::seeded();
    let queries = [
        format!("chart margin of ACTUSDT {BOTH}"),
        format!("chart mmr of 我踏马来了USDT {ROLLING}"),
        format!("chart ratio of STRK {ROLLING}"),
    ];
    for query in queries {
        let rows = rows(&tool, &query);
        for width in 40..=250 {
            let text = at_width(&rows, width);
            let drawn: Vec<&str> = text.lines().filter(|line| line.contains(['┤', '│', '└'])).collect();
            assert!(drawn.len() > 5, "{text}");
            for line in drawn {
                assert!(textwrap::core::display_width(line) <= width, "{width}: {line}");
            }
        }
    }
}

#[test]
fn two_sides_are_told_apart_without_colour() {
    let tool = Tool::seeded();
    let text = tool.run(["query", &format!("chart mmr of ACTUSDT {BOTH}")]).out;
    assert!(!text.contains('\u{1b}'));
    for (side, across, upright) in [("before ╌╌╌", '╌', '╎'), ("after ━━━", '━', '┃')] {
        assert!(text.contains(side) && text.matches(across).count() > 5 && text.contains(upright), "{text}");
    }
}

#[test]
fn the_points_of_a_drawing_are_what_the_measure_answers_there() {
    let tool = Tool::seeded();
    for (measure, subject) in [("mmr", "ACTUSDT"), ("margin", "IPUSDT"), ("collateral", "pm-pro:STRK")] {
        let mut points = 0;
        for row in jsonl(&tool, &format!("chart {measure} of {subject} {ROLLING}")) {
            let Some(cap) = row["up_to"].as_str() else { continue };
            let asked = tool.row(&format!("{measure} of {subject} at {cap} {ROLLING}"));
            assert_eq!(row["value_up_to"], asked["value"], "{measure} of {subject} at {cap}");
            points += 1;
        }
        assert!(points >= 4, "{measure} of {subject}");
    }
}

#[test]
fn up_to_ends_a_drawing_exactly_there() {
    let tool = Tool::seeded();
    let rows = jsonl(&tool, &format!("chart margin of ACTUSDT up to 65000.5 {ROLLING}"));
    let last = rows.last().unwrap();
    assert_eq!((last["number"].as_u64(), last["up_to"].as_str()), (Some(3), Some("65000.5")));
    assert_eq!(last["value_up_to"], tool.row(&format!("margin of ACTUSDT at 65000.5 {ROLLING}"))["value"]);
}

#[test]
fn a_timeline_names_every_instant_of_change() {
    let tool = Tool::seeded();
    let query = "history of mmr of ACTUSDT at 60000";
    let steps = jsonl(&tool, query);
    assert_eq!(steps, jsonl(&tool, &format!("chart {query}")));
    let text = tool.run(["query", &format!("chart {query}")]).out;
    let svg = tool.run(["--format", "svg", "query", &format!("chart {query}")]).out;
    for step in steps {
        let from = step["from"].as_str().unwrap();
        assert!(text.contains(from) && words(&svg).contains(from), "{from}");
    }
}

#[test]
fn what_is_not_known_is_said_and_not_drawn() {
    let tool = Tool::seeded();
    let query = "chart mmr of ACTUSDT as of 2026-02-01";
    let ran = tool.run(["query", query]);
    assert_eq!(ran.code, 3);
    assert!(ran.out.contains("unknown") && !ran.out.contains('┤'), "{}", ran.out);
    let svg = tool.run(["--format", "svg", "query", query]).out;
    assert!(words(&svg).contains("2026-02-03T06:00:46Z"));
    assert!(paths(&svg).is_empty());
}

#[test]
fn svg_of_what_is_no_drawing_is_a_mistake() {
    let tool = Tool::seeded();
    let two = "chart mmr of ACTUSDT; chart mmr of IPUSDT";
    for arguments in [&["query", "mmr of ACTUSDT at 1"][..], &["query", two], &["head"], &["verify"]] {
        let ran = tool.run(["--format", "svg"].iter().chain(arguments));
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}");
        assert!(ran.err.contains("not_a_drawing"), "{}", ran.err);
    }
}

#[test]
fn histories_and_differences_bear_their_warnings_and_roll_outs_in_every_form() {
    let tool = Tool::seeded();
    let both = "diff ACTUSDT as of 2026-02-06T06:00Z vs 2026-02-06T07:00Z";
    for form in ["json", "csv", "table"] {
        let out = tool.run(["--format", form, "query", both]).out;
        assert_eq!(out.matches("repaired_floor").count(), 2, "{form}: {out}");
        assert!(out.contains("2026-02-06T07:30:00Z"), "{form}: {out}");
    }
    let repaired = "history of mmr of ACTUSDT at 300000";
    let rolling = "history of mmr of ACTUSDT at 60000";
    for chart in ["", "chart "] {
        for form in ["json", "csv", "table", "svg"].iter().filter(|form| !chart.is_empty() || **form != "svg")
        {
            let out = |query: &str| tool.run(["--format", form, "query", &format!("{chart}{query}")]).out;
            assert!(out(repaired).contains("repaired_floor"), "{chart}{repaired} as {form}");
            assert!(out(rolling).contains("2026-02-06T07:30:00Z"), "{chart}{rolling} as {form}");
        }
        for width in 40..=250 {
            let text = at_width(&rows(&tool, &format!("{chart}{repaired}")), width);
            assert!(text.contains("(repaired_floor)"), "{width}: {text}");
            let text = at_width(&rows(&tool, &format!("{chart}{rolling}")), width);
            assert!(text.contains("2026-02-06T07:30:00Z"), "{width}: {text}");
        }
    }
}

#[test]
fn a_drawing_of_two_equal_sides_says_so() {
    let tool = Tool::seeded();
    let told = |query: &str| tool.run(["query", query]).out.contains("both are the same");
    assert!(told("chart mmr of ACTUSDT as of 2026-02-07 vs 2026-02-08"));
    assert!(!told(&format!("chart mmr of ACTUSDT {BOTH}")));
}

#[test]
fn colours_are_for_terminals_that_want_them_and_change_no_letter() {
    let tool = Tool::seeded();
    let rows = rows(&tool, &format!("chart mmr of ACTUSDT {BOTH}"));
    let coloured = render::rows(&rows, Format::Table, OutputStyle { colour: true, width: Some(100) });
    let mut plain = String::new();
    let mut parts = coloured.split('\u{1b}');
    plain += parts.next().unwrap();
    parts.for_each(|part| plain += part.split_once('m').unwrap().1);
    assert!(coloured.contains('\u{1b}'));
    assert_eq!(plain, at_width(&rows, 100));
}

#[test]
fn two_contracts_are_compared_in_one_drawing_and_three_are_not() {
    let tool = Tool::seeded();
    let drawings = |names: &str| {
        let svg = tool.run(["--format", "svg", "query", &format!("chart mmr of {names} {ROLLING}")]).out;
        let document = roxmltree::Document::parse(&svg).unwrap();
        let groups = document.descendants().filter(|node| node.has_tag_name("g")).count();
        (groups, paths(&svg).iter().filter(|(class, _)| class.starts_with("step")).count())
    };
    let tiers = |name: &str| jsonl(&tool, &format!("tiers of {name} {ROLLING}")).len();
    assert_eq!(drawings("ACTUSDT, IPUSDT"), (1, tiers("ACTUSDT") + tiers("IPUSDT")));
    assert_eq!(drawings("ACTUSDT, IPUSDT, TSLAUSDT").0, 3);
    let text = tool.run(["query", &format!("chart mmr of ACTUSDT, IPUSDT {ROLLING}")]).out;
    // Both are rolling out, so that dots and heavy dashes draw them.
    for line in ["first ···    binance:usdm:ACTUSDT, 6 tiers", "second ┅┅┅   binance:usdm:IPUSDT, 11 tiers"]
    {
        assert!(text.contains(line), "{text}");
    }
}
