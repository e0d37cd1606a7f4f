//! `$name` in a statement: a value in its place, and nothing but a value.

use super::tool::Tool;

fn error(tool: &Tool, arguments: &[&str]) -> String {
    let ran = tool.run(arguments);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}: {}", ran.text());
    ran.err
}

#[test]
fn a_parameter_stands_wherever_a_value_stands() {
    let tool = Tool::seeded();
    for (written, bound, meant) in [
        (
            "mmr of ACTUSDT at $n as of 2026-02-07",
            &["n=60,000"][..],
            "mmr of ACTUSDT at 60000 as of 2026-02-07",
        ),
        (
            "margin of $s, IPUSDT at 1k, $n as of $t",
            &["s=usdm:ACTUSDT", "n=60k", "t=2026-02-06 14:30 (UTC+8)"],
            "margin of ACTUSDT, IPUSDT at 1k, 60k as of 2026-02-06T06:30Z",
        ),
        (
            "max position of ACTUSDT at $leverage as of 2026-02-07",
            &["leverage=10x"],
            "max position of ACTUSDT at 10x as of 2026-02-07",
        ),
        ("ratio of LTC on $p as of 2026-02-07", &["p=pm"], "ratio of LTC on pm as of 2026-02-07"),
        (
            "chart margin of $s up to $n as of $a vs $b",
            &["s=ACTUSDT", "n=70k", "a=2026-02-06T06:00Z", "b=2026-02-07"],
            "chart margin of ACTUSDT up to 70k as of 2026-02-06T06:00Z vs 2026-02-07",
        ),
        ("upcoming within $w", &["w=3 days"], "upcoming within 3 days"),
        (
            "changes since $a until $b where margin at $n up by $size",
            &["a=2026-02-01", "b=2026-03-01", "n=100000", "size=10%"],
            "changes since 2026-02-01 until 2026-03-01 where margin at 100000 up by 10%",
        ),
        (
            "diff ACTUSDT at $n as of $a vs $b",
            &["n=600000", "a=2026-02-06T06:00Z", "b=2026-02-06T08:00Z"],
            "diff ACTUSDT at 600000 as of 2026-02-06T06:00Z vs 2026-02-06T08:00Z",
        ),
        ("subjects matching $which", &["which=A*USDT"], "subjects matching A*USDT"),
        ("source $id", &["id=ee2413"], "source ee2413"),
        ("findings in $id", &["id=ee2413"], "findings in ee2413"),
        (
            "explain mmr of $s at $n as of 2026-02-07",
            &["s=ACTUSDT", "n=1"],
            "explain mmr of ACTUSDT at 1 as of 2026-02-07",
        ),
        (
            "limit of ACTUSDT recorded by $r as of 2026-02-07",
            &["r=tx=1"],
            "limit of ACTUSDT recorded by tx=1 as of 2026-02-07",
        ),
    ] {
        let mut arguments = vec!["--format", "jsonl", "query", written];
        bound.iter().for_each(|binding| arguments.extend(["--set", binding]));
        let (ran, wanted) = (tool.run(&arguments), tool.run(["--format", "jsonl", "query", meant]));
        assert_eq!(ran.err, "", "{written}");
        assert_eq!(ran.out, wanted.out, "{written}");
    }
}

#[test]
fn a_value_that_is_not_of_the_kind_is_a_mistake_that_names_parameter_value_and_place() {
    let tool = Tool::seeded();
    for (query, name, value) in [
        ("mmr of ACTUSDT at $n", "n", "1 as of now; tiers of ACTUSDT"),
        ("mmr of ACTUSDT at $n", "n", "1k, 60k"),
        ("mmr of ACTUSDT at $n", "n", "10x"),
        ("mmr of $n at 1", "n", "ACTUSDT at 1; mmr of IPUSDT"),
        ("mmr of $n at 1", "n", "ACTUSDT, IPUSDT"),
        ("mmr of $n at 1", "n", "A*"),
        ("mmr of $n at 1", "n", "all"),
        ("history of $n", "n", "all"),
        ("mmr of ACTUSDT at 1 as of $n", "n", "2026-02-07 known at 2026-02-01"),
        ("mmr of ACTUSDT at 1 as of $n", "n", "2026-02-07T07:00"),
        ("mmr of ACTUSDT at 1 recorded by $n", "n", "2099-01-01"),
        ("max position of ACTUSDT at $n", "n", "60000"),
        ("upcoming within $n", "n", "3 days where tightened"),
        ("mmr of ACTUSDT at 1 on $n", "n", "usdm as published"),
        ("changes where limit down by $n", "n", "10% and tightened"),
    ] {
        let drawn = error(&tool, &["query", query, "--set", &format!("{name}={value}")]);
        assert!(drawn.contains(&format!("`${name}` is bound to `{value}`")), "{drawn}");
        let line = drawn.lines().find(|line| line.contains('^')).expect("a caret");
        let shown = drawn.lines().find(|line| line.starts_with("1 | ")).expect("the query");
        assert!(shown.ends_with(query), "{drawn}");
        assert_eq!(line.find('^'), shown.find(&format!("${name}")), "{drawn}");
    }
}

#[test]
fn what_is_not_bound_and_what_is_bound_in_vain_are_mistakes() {
    let tool = Tool::seeded();
    let unbound = error(&tool, &["query", "limit of ACTUSDT; mmr of ACTUSDT at $notional"]);
    assert!(unbound.contains("--set notional=VALUE"), "{unbound}");
    let typo = error(&tool, &["query", "mmr of ACTUSDT at $notional", "--set", "notinal=5"]);
    assert!(typo.contains("`$notinal` is bound; did you mean that?"), "{typo}");
    let unused = error(&tool, &["query", "mmr of ACTUSDT at $n", "--set", "n=5", "--set", "m=6"]);
    assert!(unused.contains("`$m` is bound, but no statement uses it"), "{unused}");
    // In quotes it is a name, not a parameter.
    let quoted = error(&tool, &["query", "mmr of \"$n\" at 1", "--set", "n=ACTUSDT"]);
    assert!(quoted.contains("unused_parameter"), "{quoted}");
    for binding in
        ["n", "n=", "n= ", "=5", "$n=5", "1n=5", "n m=5", "n=\u{1b}[31m", &format!("n={}", "9".repeat(201))]
    {
        let drawn = error(&tool, &["query", "mmr of ACTUSDT at $n", "--set", binding]);
        assert!(drawn.starts_with("error[not_a_") && !drawn.contains('\u{1b}'), "{binding}: {drawn}");
    }
    let twice = error(&tool, &["query", "mmr of ACTUSDT at $n", "--set", "n=1", "--set", "n=2"]);
    assert!(twice.contains("bound twice"), "{twice}");
    for place in ["mmr of ACTUSDT at $", "mmr of ACTUSDT at $1", "mmr of ACTUSDT at $a-b"] {
        assert!(error(&tool, &["query", place]).contains("not_a_parameter"), "{place}");
    }
}

#[test]
fn a_certificate_takes_parameters_and_keeps_their_values() {
    let tool = Tool::seeded();
    let query = ["certificate", "mmr of $s at 60000 as of 2026-02-07", "--set", "s=ACTUSDT"];
    let ran = tool.run(query);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let certificate: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert!(certificate["query"].as_str().unwrap().starts_with("mmr of binance:usdm:ACTUSDT at 60000"));
}
