//! Drawings of whole tables over valid time: an area for each tier while it is in force, at its bounds and in its
//! shade, and nothing where no rule is known.

use serde_json::Value;
use tierbook::render::{Format, OutputStyle};
use tierbook::{Database, Row, render};

use super::drawn::{Drawn, TODAY, drawn, observed, of, pixel, rows_on, svg_on, text_on};
use super::tool::Tool;

const QUERY: &str = "chart tiers of ACTUSDT since 2026-01-01 until 2026-02-10";
const ENDS: [&str; 2] = ["2026-01-01T00:00Z", "2026-02-10T00:00Z"];
const DAY: &str = "chart tiers of ACTUSDT since 2026-02-06 until 2026-02-07";
const DAY_ENDS: [&str; 2] = ["2026-02-06T00:00Z", "2026-02-07T00:00Z"];

fn jsonl(tool: &Tool, query: &str) -> Vec<Value> {
    let ran = tool.run(["--format", "jsonl", "query", query]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn areas(drawn: &[Drawn]) -> Vec<&Drawn> {
    drawn.iter().filter(|path| path.class.starts_with("area s") && !path.title.is_empty()).collect()
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 0.3
}

#[test]
fn each_period_has_the_tiers_that_the_table_answers_inside_it() {
    let tool = Tool::seeded();
    let periods = jsonl(&tool, DAY);
    assert_eq!(periods.len(), 2);
    for (period, inside) in periods.iter().zip(["2026-02-06T06:00Z", "2026-02-06T08:00Z"]) {
        let tiers = jsonl(&tool, &format!("tiers of ACTUSDT as of {inside}"));
        let drawn = period["tiers"].as_array().unwrap();
        assert_eq!(drawn.len(), tiers.len());
        for (drawn, tier) in drawn.iter().zip(tiers) {
            for field in
                ["number", "floor", "cap", "mmr", "min_leverage", "max_leverage", "maintenance_amount"]
            {
                assert_eq!(drawn[field], tier[field], "{field} at {inside}");
            }
        }
    }
    assert_eq!(periods[1]["from"], periods[0]["until"]);
    assert_eq!(periods[1]["from"], "2026-02-06T06:30:00Z");
}

#[test]
fn an_area_is_as_long_as_its_version_and_lies_on_the_one_below() {
    let tool = Tool::seeded();
    let drawn = drawn(&svg_on(&tool, DAY, TODAY));
    let change = pixel(&drawn, DAY_ENDS, "2026-02-06T06:30Z");
    let end = pixel(&drawn, DAY_ENDS, DAY_ENDS[1]);
    let all = areas(&drawn);
    let (before, after): (Vec<&Drawn>, Vec<&Drawn>) =
        all.iter().copied().partition(|area| near(area.to, change));
    assert_eq!((before.len(), after.len()), (7, 6), "{drawn:?}");
    for area in &after {
        assert!(near(area.from, change) && near(area.to, end), "{area:?}");
    }
    for tiers in [before, after] {
        for pair in tiers.windows(2) {
            let top = pair[0].heights.iter().copied().fold(f64::INFINITY, f64::min);
            let foot = pair[1].heights.iter().copied().fold(0.0, f64::max);
            assert!(near(top, foot) && top > 0.0, "{pair:?}");
            assert!(pair[0].class <= pair[1].class, "the rate rises with the tier: {pair:?}");
        }
    }
}

#[test]
fn equal_caps_are_equally_high_before_and_after() {
    let drawn = drawn(&svg_on(&Tool::seeded(), DAY, TODAY));
    let tops = |title: &str| -> Vec<f64> {
        let found = areas(&drawn).into_iter().filter(|area| area.title.contains(title));
        found.map(|area| area.heights.iter().copied().fold(f64::INFINITY, f64::min)).collect()
    };
    let same = tops("notional ≤ 250,000:");
    assert!(same.len() == 2 && near(same[0], same[1]), "{drawn:?}");
    assert!(tops("notional ≤ 5,000,000:")[0] < tops("notional ≤ 800,000:")[0]);
}

#[test]
fn what_changed_unseen_is_hatched_and_what_is_certain_is_not() {
    let drawn = drawn(&svg_on(&observed(), QUERY, TODAY));
    let at = |day: &str| pixel(&drawn, ENDS, &format!("2026-01-{day}T00:00Z"));
    let hatched = of(&drawn, "hatch other");
    assert_eq!(hatched.len(), 1, "{drawn:?}");
    assert!(near(hatched[0].from, at("11")) && near(hatched[0].to, at("21")), "{hatched:?}");
    assert!(hatched[0].title.contains("unseen change"));
    let text = text_on(&observed(), QUERY, TODAY);
    let column = |day: usize| {
        let lines = text.lines().filter(|line| line.contains('▓') || line.contains('*'));
        lines.filter_map(|line| line.split(['┤', '│']).nth(1)?.chars().nth(day * 91 / 40)).collect::<String>()
    };
    assert!((12..20).any(|day| column(day).contains('╱')), "{text}");
    assert!((1..10).chain(22..30).all(|day| !column(day).contains('╱')), "{text}");
    assert!(text.contains("╱╱╱          not certain: unseen change"), "{text}");
}

#[test]
fn what_nothing_confirms_is_dotted_from_the_last_confirmation() {
    let ends = ["2026-01-01T00:00Z", "2026-09-01T00:00Z"];
    let query = "chart tiers of ACTUSDT since 2026-01-01 until 2026-09-01";
    let drawn = drawn(&svg_on(&observed(), query, TODAY));
    let dotted = of(&drawn, "hatch unconfirmed");
    let last = dotted.iter().find(|hatch| near(hatch.to, pixel(&drawn, ends, ends[1]))).unwrap();
    assert!(near(last.from, pixel(&drawn, ends, "2026-01-31T00:00Z")), "{drawn:?}");
}

#[test]
fn a_change_has_the_sign_of_what_is_known_of_it() {
    let classes = |tool: &Tool, query: &str| -> Vec<String> {
        let drawn = drawn(&svg_on(tool, query, TODAY));
        let signs = drawn.into_iter().filter(|path| path.class.starts_with("sign") && !path.title.is_empty());
        signs.map(|path| path.class).collect()
    };
    assert_eq!(classes(&Tool::seeded(), DAY), ["sign rollout"]);
    assert_eq!(classes(&observed(), QUERY), ["sign seen"]);
    let text = std::fs::read_to_string(super::tool::seed()).unwrap();
    let text = text.replace("; each roll-out ends within about one hour.", ".");
    let tool = Tool::empty();
    let path = tool.dir().with_file_name("binance-2026-02-03.txt");
    std::fs::write(&path, text).unwrap();
    assert_eq!(tool.run(["load", path.to_str().unwrap()]).code, 0);
    assert_eq!(classes(&tool, DAY), ["sign"]);
    for (tool, query, sign) in [(Tool::seeded(), DAY, '▽'), (observed(), QUERY, '◇'), (tool, DAY, '▼')]
    {
        let text = text_on(&tool, query, TODAY);
        assert_eq!(text.matches(sign).count(), 2, "in the drawing and below it: {text}");
    }
}

#[test]
fn without_since_and_until_the_axis_is_a_year_and_what_is_announced() {
    let tool = Tool::empty();
    for stamp in ["20240101T000000Z", "20251201T000000Z"] {
        tool.load_other_rule(stamp, if stamp.starts_with("2024") { 0.05 } else { 0.06 });
    }
    let axis = |tool: &Tool, query: &str| {
        let Some(Row::TierPeriod(row)) = rows_on(tool, query, TODAY).pop() else { panic!() };
        [row.axis.since, row.axis.as_of.unwrap(), row.axis.until].map(|at| at.to_string())
    };
    let year = ["2025-02-05T00:00:00Z", "2026-02-05T00:00:00Z", "2026-02-05T00:00:00Z"];
    assert_eq!(axis(&tool, "chart tiers of ACTUSDT as of 2026-02-05"), year);
    // Nothing is known before the first observation, and a change is announced for 2026-02-06.
    let [since, as_of, until] = axis(&Tool::seeded(), "chart tiers of ACTUSDT as of 2026-02-05");
    assert_eq!((since.as_str(), as_of.as_str()), ("2026-02-03T06:00:46Z", "2026-02-05T00:00:00Z"));
    assert!(until.as_str() > "2026-02-06T06:30:00Z" && until.as_str() < "2026-02-08", "{until}");
}

#[test]
fn today_and_the_time_of_the_question_are_marked_where_the_axis_has_them() {
    let tool = Tool::seeded();
    let ends = ["2099-04-01T00:00Z", "2099-06-01T00:00Z"];
    let query = format!("chart tiers of ACTUSDT since {} until {}", ends[0], ends[1]);
    for (as_of, marks) in [
        // Before and after today, on it, and outside.
        (Some("2099-04-15T00:00Z"), vec!["as of", "today"]),
        (Some("2099-05-20T00:00Z"), vec!["as of", "today"]),
        (Some(TODAY), vec!["today"]),
        (Some("2026-02-05T00:00Z"), vec!["today"]),
        (None, vec!["today"]),
    ] {
        let query = query.clone() + &as_of.map_or(String::new(), |at| format!(" as of {at}"));
        let svg = svg_on(&tool, &query, TODAY);
        let drawn = drawn(&svg);
        let text = text_on(&tool, &query, TODAY);
        for (word, class, at) in [("as of", "asked", as_of), ("today", "today", Some(TODAY))] {
            let lines = of(&drawn, class);
            assert_eq!(lines.len(), usize::from(marks.contains(&word)), "{word} {query}");
            assert_eq!(svg.matches(&format!(">{word}<")).count(), lines.len(), "{word} {query}");
            assert_eq!(text.lines().filter(|line| line.trim() == word).count(), lines.len(), "{text}");
            for line in lines {
                assert!(near(line.from, pixel(&drawn, ends, at.unwrap())), "{word} {query}");
            }
        }
    }
}

#[test]
fn today_is_not_marked_outside_of_the_axis_and_where_nothing_depends_on_it() {
    let tool = Tool::seeded();
    let recorded = Database::at(&tool.dir()).snapshot().unwrap().head().recorded_at.unwrap();
    let around = "chart tiers of ACTUSDT since 2099-04-01 until 2099-06-01";
    let fixed = format!("as of 2099-04-15 known at 2026-02-07 recorded by {recorded}");
    for (query, asked) in [
        (format!("{DAY} as of 2026-02-06T12:00Z"), 1),
        (DAY.to_string(), 0),
        (format!("{around} {fixed}"), 1),
    ] {
        let drawn = drawn(&svg_on(&tool, &query, TODAY));
        assert_eq!((of(&drawn, "asked").len(), of(&drawn, "today").len()), (asked, 0), "{query}");
        assert_eq!(text_on(&tool, &query, TODAY).contains('┊'), asked == 1, "{query}");
    }
    // With all three times it is the same whenever it is asked for.
    let query = format!("{around} {fixed}");
    assert_eq!(svg_on(&tool, &query, TODAY), svg_on(&tool, &query, "2099-05-02T00:00Z"));
}

#[test]
fn nothing_is_drawn_before_anything_is_known() {
    let query = "chart tiers of ACTUSDT since 2025-12-01 until 2026-02-10";
    let drawn = drawn(&svg_on(&observed(), query, TODAY));
    let first = pixel(&drawn, ["2025-12-01T00:00Z", "2026-02-10T00:00Z"], "2026-01-01T00:00Z");
    assert!(!areas(&drawn).is_empty());
    assert!(areas(&drawn).iter().all(|area| area.from >= first - 0.3), "{drawn:?}");
    assert!(
        rows_on(&observed(), "chart tiers of ACTUSDT until 2025-12-31 since 2025-12-01", TODAY).is_empty()
    );
}

#[test]
fn known_at_and_recorded_by_hide_what_came_later() {
    let tool = observed();
    let known = rows_on(&tool, &format!("{QUERY} known at 2026-01-15"), TODAY);
    assert_eq!((known.len(), rows_on(&tool, QUERY, TODAY).len()), (1, 2));
    assert_eq!(rows_on(&tool, &format!("{QUERY} recorded by tx=2"), TODAY).len(), 1);
}

#[test]
fn a_leverage_shades_where_it_is_asked_for() {
    let tool = Tool::seeded();
    let figures = |query: &str| svg_on(&tool, query, TODAY);
    let by_leverage = figures(&format!("{DAY} by leverage"));
    assert!(by_leverage.contains("highest leverage") && by_leverage.contains(">20x</text>"), "{by_leverage}");
    assert!(figures(DAY).contains(">12.5 %</text>") && !figures(DAY).contains(">20x</text>"));
}

#[test]
fn a_pipe_gets_plain_text_and_a_terminal_the_same_in_colours() {
    let tool = Tool::seeded();
    let piped = tool.run(["query", DAY]);
    assert!(piped.code == 0 && !piped.out.contains('\u{1b}') && piped.out.contains('▓'), "{}", piped.out);
    let rows = rows_on(&tool, DAY, TODAY);
    let style = |colour| OutputStyle { colour, width: Some(100) };
    let coloured = render::rows(&rows, Format::Table, style(true));
    let mut parts = coloured.split('\u{1b}');
    let first = parts.next().unwrap().to_string();
    let plain = parts.fold(first, |plain, part| plain + part.split_once('m').unwrap().1);
    assert!(coloured.contains("\u{1b}[38;5;"));
    assert_eq!(plain, render::rows(&rows, Format::Table, style(false)));
}

#[test]
fn the_svg_has_a_title_a_description_and_both_schemes() {
    let svg = svg_on(&Tool::seeded(), "chart tiers of 我踏马来了USDT as of 2026-02-05", TODAY);
    let document = roxmltree::Document::parse(&svg).unwrap();
    let child = |name: &str| document.root_element().children().find(|node| node.has_tag_name(name));
    assert_eq!(child("title").and_then(|node| node.text()), Some("tiers of binance:usdm:我踏马来了USDT"));
    assert!(child("desc").and_then(|node| node.text()).unwrap().contains("ee2413a8367c"));
    assert!(svg.contains("prefers-color-scheme:dark"));
    assert!(
        document.descendants().all(|node| !node.has_tag_name("script") && node.attribute("style").is_none())
    );
}
