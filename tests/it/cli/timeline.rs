//! Drawings over valid time: what is not known is never a solid line, and the axis is the one asked for.

use tierbook::{Row, Timestamp};

use super::drawn::{Drawn, TODAY, drawn, observed, of, pixel, rows_on, svg_on, text_on};
use super::tool::Tool;

const QUERY: &str = "chart history of mmr of ACTUSDT at 60000 since 2026-01-01 until 2026-02-10";
const ENDS: [&str; 2] = ["2026-01-01T00:00Z", "2026-02-10T00:00Z"];

#[test]
fn a_solid_line_never_goes_beyond_the_last_observation_of_a_rule() {
    let drawn = drawn(&svg_on(&observed(), QUERY, TODAY));
    let day = |day: &str| pixel(&drawn, ENDS, &format!("2026-01-{day}T00:00Z"));
    let solid = of(&drawn, "step");
    assert_eq!(solid.len(), 2, "{drawn:?}");
    let ends = [(day("01"), day("11")), (day("21"), day("31"))];
    for (line, (from, to)) in solid.iter().zip(ends) {
        assert!((line.from - from).abs() < 0.3, "{line:?} {from}");
        assert!((line.to - to).abs() < 0.3, "{line:?} {to}");
    }
    // Nothing solid, not even an upright line, is between the two observations of different rules.
    for path in drawn.iter().filter(|path| ["step", "riser"].contains(&path.class.as_str())) {
        assert!(path.to <= day("11") + 0.3 || path.from >= day("21") - 0.3, "{path:?}");
        assert!(path.class != "riser", "{path:?}");
    }
}

#[test]
fn between_two_observations_both_values_are_dashed_and_the_interval_is_shaded() {
    let drawn = drawn(&svg_on(&observed(), QUERY, TODAY));
    let [after, by] = ["11", "21"].map(|day| pixel(&drawn, ENDS, &format!("2026-01-{day}T00:00Z")));
    let near = |path: &Drawn| (path.from - after).abs() < 0.3 && (path.to - by).abs() < 0.3;
    let dashed: Vec<&Drawn> = of(&drawn, "step unsure").into_iter().filter(|path| near(path)).collect();
    assert_eq!(dashed.len(), 2, "{drawn:?}");
    assert_ne!(dashed[0].heights, dashed[1].heights);
    for line in &dashed {
        assert!(line.title.contains("5 % or 12 %, not certain: unseen change"), "{line:?}");
    }
    let shades: Vec<&Drawn> = of(&drawn, "shade").into_iter().filter(|path| near(path)).collect();
    assert_eq!(shades.len(), 1, "{drawn:?}");
    assert!(dashed.iter().all(|line| shades[0].heights.contains(&line.heights[0])), "{drawn:?}");
}

#[test]
fn a_terminal_dashes_and_shades_what_happened_unseen() {
    let text = text_on(&observed(), QUERY, TODAY);
    let row = |label: &str| text.lines().find(|line| line.contains(label)).unwrap();
    let columns = |line: &str| -> Vec<char> { line.split('┤').nth(1).unwrap().chars().collect() };
    let (seen, before) = (columns(row("12 % ┤")), columns(row(" 5 % ┤")));
    // The axis has 40 days: a column in the middle of each period tells its stroke.
    let at = |cells: &[char], day: usize| cells.get(day * 92 / 40).copied().unwrap_or(' ');
    assert_eq!((at(&before, 5), at(&before, 15), at(&before, 25)), ('─', '┄', ' '), "{text}");
    assert_eq!((at(&seen, 5), at(&seen, 15), at(&seen, 25)), (' ', '┄', '─'), "{text}");
    assert!(text.contains('░') && !text.contains(['╭', '╮', '╯', '╰']), "{text}");
    assert!(text.contains("┄┄┄          not certain: unseen change"), "{text}");
    assert!(text.contains("an unseen change happened somewhere in it"), "{text}");
}

#[test]
fn an_observation_that_nothing_confirms_is_a_point() {
    let tool = Tool::empty();
    tool.load_other_rule("20260101T000000Z", 0.05);
    tool.load_other_rule("20260121T000000Z", 0.12);
    let drawn = drawn(&svg_on(&tool, QUERY, TODAY));
    assert!(of(&drawn, "step").is_empty() && of(&drawn, "riser").is_empty(), "{drawn:?}");
    let points = of(&drawn, "point");
    let days: Vec<f64> = points.iter().filter(|point| !point.title.is_empty()).map(|p| p.from).collect();
    let expected = ["2026-01-01T00:00Z", "2026-01-21T00:00Z"].map(|at| pixel(&drawn, ENDS, at));
    assert!(days.len() == 2 && days.iter().zip(expected).all(|(a, b)| (a - b).abs() < 0.3), "{drawn:?}");
    assert!(text_on(&tool, QUERY, TODAY).contains('•'));
}

#[test]
fn what_nothing_confirms_any_more_is_dashed_from_the_last_confirmation() {
    let tool = observed();
    let ends = ["2026-01-01T00:00Z", "2026-09-01T00:00Z"];
    let query = "chart history of mmr of ACTUSDT at 60000 until 2026-09-01";
    let drawn = drawn(&svg_on(&tool, query, TODAY));
    let confirmed = pixel(&drawn, ends, "2026-01-31T00:00Z");
    let last = of(&drawn, "step unsure").into_iter().find(|path| path.title.contains("unconfirmed")).unwrap();
    assert!((last.from - confirmed).abs() < 0.3 && (last.to - pixel(&drawn, ends, ends[1])).abs() < 0.3);
    assert!(of(&drawn, "step").iter().all(|line| line.to <= confirmed + 0.3), "{drawn:?}");
    let Some(Row::Timeline(row)) = rows_on(&tool, query, TODAY).pop() else { panic!() };
    let confirmed = row.step.last_confirmed_at.map(|at| at.to_string());
    assert_eq!(confirmed.as_deref(), Some("2026-01-31T00:00:00Z"));
}

#[test]
fn since_and_until_are_the_ends_of_the_axis_even_where_no_step_starts() {
    let tool = observed();
    for [since, until] in
        [["2025-12-01T00:00Z", "2026-03-15T12:00Z"], ["2026-01-05T06:00Z", "2026-01-07T00:00Z"]]
    {
        let query = format!("chart history of mmr of ACTUSDT at 60000 since {since} until {until}");
        let svg = svg_on(&tool, &query, TODAY);
        let drawn = drawn(&svg);
        let first = "2026-01-01T00:00Z".max(since);
        let start = drawn.iter().filter(|p| p.class.starts_with("step")).map(|p| p.from).fold(1e9, f64::min);
        assert!((start - pixel(&drawn, [since, until], first)).abs() < 0.3, "{since} {until} {drawn:?}");
        let end = drawn.iter().filter(|p| p.class.starts_with("step")).map(|p| p.to).fold(0.0, f64::max);
        assert!((end - pixel(&drawn, [since, until], until)).abs() < 0.3, "{since} {until} {drawn:?}");
        let seconds = |at: &str| at.parse::<Timestamp>().unwrap().to_string();
        let axes = format!("{} to {}", seconds(since), seconds(until));
        assert!(svg.contains(&axes) && text_on(&tool, &query, TODAY).contains(&axes), "{axes}");
        assert!(svg.contains(&since[..10]) && svg.contains(&until[..10]));
    }
}

#[test]
fn today_is_marked_where_the_axis_has_it_and_nowhere_else() {
    let tool = observed();
    let query = "chart history of mmr of ACTUSDT at 60000 since 2099-01-01 until 2100-01-01";
    let marks = |svg: &str| (of(&drawn(svg), "today").len(), svg.matches(">today<").count());
    let inside = svg_on(&tool, query, TODAY);
    assert_eq!(marks(&inside), (1, 1));
    let paths = drawn(&inside);
    let today = pixel(&paths, ["2099-01-01T00:00Z", "2100-01-01T00:00Z"], TODAY);
    assert!((of(&paths, "today")[0].from - today).abs() < 0.3);
    let text = text_on(&tool, query, TODAY);
    let words = text.lines().find(|line| line.trim() == "today").unwrap();
    let line = text.lines().find(|line| line.contains('┊')).unwrap();
    let column = |line: &str, part: &str| line.split(part).next().unwrap().chars().count();
    assert_eq!(column(words, "today"), column(line, "┊"), "{text}");
    for outside in ["2098-12-31T00:00Z", "2100-01-02T00:00Z"] {
        assert_eq!(marks(&svg_on(&tool, query, outside)), (0, 0));
        assert!(!text_on(&tool, query, outside).contains('┊'));
    }
}

#[test]
fn without_until_the_last_step_ends_today() {
    let drawn = drawn(&svg_on(&observed(), "chart history of mmr of ACTUSDT at 60000", TODAY));
    let edge = of(&drawn, "grid")[0].to;
    let is_edge = |place: f64| (place - edge).abs() < 0.01;
    assert!(is_edge(of(&drawn, "today")[0].from));
    let ends = of(&drawn, "step unsure").into_iter().map(|line| line.to).fold(0.0, f64::max);
    assert!(is_edge(ends), "{ends} {edge}");
}

#[test]
fn a_roll_out_shows_both_values_and_no_upright_line() {
    let tool = Tool::seeded();
    let query = "chart history of mmr of ACTUSDT at 60000 since 2026-02-06 until 2026-02-06T12:00Z";
    let drawn = drawn(&svg_on(&tool, query, TODAY));
    let ends = ["2026-02-06T00:00Z", "2026-02-06T12:00Z"];
    let [opens, closes] = ["2026-02-06T06:30Z", "2026-02-06T07:30Z"].map(|at| pixel(&drawn, ends, at));
    let window: Vec<&Drawn> = of(&drawn, "step unsure");
    assert_eq!(window.len(), 2, "{drawn:?}");
    for line in window {
        assert!((line.from - opens).abs() < 0.3 && (line.to - closes).abs() < 0.3, "{line:?}");
        assert!(line.title.contains("10 % or 12.5 %, not certain: rolling out"), "{line:?}");
    }
    assert!(of(&drawn, "shade").iter().any(|shade| (shade.from - opens).abs() < 0.3), "{drawn:?}");
    assert!(of(&drawn, "riser").is_empty() && of(&drawn, "step").len() == 2, "{drawn:?}");
}

#[test]
fn an_announced_change_without_a_roll_out_is_upright_at_its_time() {
    let text = std::fs::read_to_string(super::tool::seed()).unwrap();
    let text = text.replace("; each roll-out ends within about one hour.", ".");
    let tool = Tool::empty();
    let path = tool.dir().with_file_name("binance-2026-02-03.txt");
    std::fs::write(&path, text).unwrap();
    assert_eq!(tool.run(["load", path.to_str().unwrap()]).code, 0);
    let query = "chart history of mmr of ACTUSDT at 60000 since 2026-02-06 until 2026-02-06T12:00Z";
    let drawn = drawn(&svg_on(&tool, query, TODAY));
    let riser = pixel(&drawn, ["2026-02-06T00:00Z", "2026-02-06T12:00Z"], "2026-02-06T06:30Z");
    let risers = of(&drawn, "riser");
    assert!(risers.len() == 1 && (risers[0].from - riser).abs() < 0.3, "{drawn:?}");
    assert!(of(&drawn, "shade").is_empty() && of(&drawn, "step unsure").is_empty(), "{drawn:?}");
}

#[test]
fn contradicted_steps_are_dashed_and_named_with_both_values() {
    let tool = Tool::seeded();
    let copy = std::fs::read_to_string(super::tool::seed()).unwrap().replace("12.50%", "12.40%");
    let path = tool.dir().with_file_name("binance-2026-02-03-copy.txt");
    std::fs::write(&path, copy).unwrap();
    assert_eq!(tool.run(["load", path.to_str().unwrap()]).code, 0);
    let query = "chart history of mmr of ACTUSDT at 60000 until 2026-02-06";
    let svg = svg_on(&tool, query, TODAY);
    let drawn = drawn(&svg);
    assert!(of(&drawn, "step").is_empty(), "{drawn:?}");
    assert!(of(&drawn, "step unsure").iter().any(|line| line.title.contains("contradicted")), "{drawn:?}");
    assert!(svg.contains("12.5 % or 12.4 %"), "{svg}");
    for picture in [svg, text_on(&tool, query, TODAY)] {
        assert!(picture.contains("not certain: contradicted"), "{picture}");
    }
}

#[test]
fn doubtful_steps_are_dashed_and_named() {
    // The rate of the tier falls below that of the tier before it.
    let text = std::fs::read_to_string(super::tool::seed()).unwrap();
    let tool = Tool::empty();
    let path = tool.dir().with_file_name("binance-2026-02-03.txt");
    std::fs::write(&path, text.replace("100,00012.50%", "100,0007.00%")).unwrap();
    assert_eq!(tool.run(["load", path.to_str().unwrap()]).code, 0);
    let query = "chart history of mmr of ACTUSDT at 60000 until 2026-02-06";
    let svg = svg_on(&tool, query, TODAY);
    let drawn = drawn(&svg);
    assert!(of(&drawn, "step").is_empty() && of(&drawn, "step unsure").len() == 1, "{drawn:?}");
    for picture in [svg, text_on(&tool, query, TODAY)] {
        assert!(picture.contains("not certain: doubtful"), "{picture}");
    }
}

#[test]
fn a_drawing_over_the_notional_is_dashed_where_its_rule_is_not_certain() {
    let tool = Tool::seeded();
    let rolling = "chart mmr of ACTUSDT as of 2026-02-06T07:00Z";
    let settled = "chart mmr of ACTUSDT as of 2026-02-06T08:00Z";
    let classes = |query: &str| {
        let drawn = drawn(&svg_on(&tool, query, TODAY));
        (of(&drawn, "step").len(), of(&drawn, "step unsure").len())
    };
    assert_eq!((classes(rolling), classes(settled)), ((0, 6), (6, 0)));
    let text = text_on(&tool, rolling, TODAY);
    assert!(text.contains("┄┄┄          not certain: rolling out"), "{text}");
    assert!(!text_on(&tool, settled, TODAY).contains('┄'));
}

#[test]
fn nothing_is_drawn_where_nothing_is_known_or_the_contract_has_ended() {
    let tool = observed();
    let query = "chart history of mmr of ACTUSDT at 60000 since 2025-12-01 until 2025-12-31";
    assert!(drawn(&svg_on(&tool, query, TODAY)).is_empty());
    let wider = "chart history of mmr of ACTUSDT at 60000 since 2025-12-01 until 2026-02-10";
    let paths = drawn(&svg_on(&tool, wider, TODAY));
    let ends = ["2025-12-01T00:00Z", "2026-02-10T00:00Z"];
    let first = pixel(&paths, ends, "2026-01-01T00:00Z");
    let curves = ["step", "step unsure", "riser", "shade", "point"];
    let titled = paths.iter().filter(|p| curves.contains(&p.class.as_str()) && p.class != "shade");
    assert!(titled.clone().count() >= 4);
    assert!(titled.into_iter().all(|path| path.from >= first - 0.3), "{paths:?}");
}

#[test]
fn a_plane_marks_the_areas_that_may_have_changed_unseen() {
    let text = observed().run(["query", "plane of mmr of ACTUSDT at 60000"]).out;
    assert!(text.contains("capital letters: somewhere in the area unseen change"), "{text}");
    let last = text.lines().find(|line| line.starts_with("  2026-01-21")).unwrap();
    assert!(last.trim_end().ends_with("Ab"), "{text}");
    let settled = Tool::seeded().run(["query", "plane of mmr of ACTUSDT at 60000"]).out;
    assert!(!settled.contains("capital letters"), "{settled}");
}
