//! What people write by habit, and the advice that they get: it leads to a question that is answered.

use super::tool::Tool;

/// A text that is refused, what its message must contain, and the same question as the advice has it.
const ADVICE: [(&str, &str, &str); 24] = [
    ("limit of ACTUSDT as of Feb 7 2026", "write 2026-02-07", "limit of ACTUSDT as of 2026-02-07"),
    ("limit of ACTUSDT as of 7 February 2026", "write 2026-02-07", "limit of ACTUSDT as of 2026-02-07"),
    (
        "limit of ACTUSDT as of Feb 7, 2026 07:00",
        "write 2026-02-07T07:00Z",
        "limit of ACTUSDT as of 2026-02-07T07:00Z",
    ),
    ("changes since 07.02.2026", "write 2026-02-07", "changes since 2026-02-07"),
    ("mmr of ACTUSDT at 60 000", "no space inside a number: 60000", "mmr of ACTUSDT at 60000"),
    ("mmr of ACTUSDT at 1 500 000", "no space inside a number: 1500000", "limit of ACTUSDT"),
    ("mmr of ACTUSDT at 100 200", "a comma between numbers: 100, 200", "mmr of ACTUSDT at 100, 200"),
    ("mmr of ACTUSDT at $60000", "has no `$`", "mmr of ACTUSDT at 60000"),
    ("mmr of ACTUSDT at $60,000", "has no `$`", "mmr of ACTUSDT at 60,000"),
    ("mmr of ACTUSDT at 60000USDT", "the number alone: 60000", "mmr of ACTUSDT at 60000"),
    ("mmr of ACTUSDT at 60000 USDT", "the number alone: at 60000", "mmr of ACTUSDT at 60000"),
    ("mmr of ACTUSDT at 2026-02-07", "as of 2026-02-07", "tiers of ACTUSDT as of 2026-02-07"),
    ("mmr of ACTUSDT at 60k at 2026-02-07", "as of 2026-02-07", "mmr of ACTUSDT at 60k as of 2026-02-07"),
    (
        "limit of ACTUSDT at 2026-02-07",
        "limit of ACTUSDT as of 2026-02-07",
        "limit of ACTUSDT as of 2026-02-07",
    ),
    ("tiers of ACTUSDT at yesterday", "tiers of ACTUSDT as of yesterday", "tiers of ACTUSDT as of yesterday"),
    ("history of ACTUSDT at 2026-02-07", "since 2026-02-07", "history of ACTUSDT since 2026-02-07"),
    ("tiers of all where leverage > 10", "max position of all at 10x", "max position of all at 10x"),
    ("subjects where leverage > 10", "max leverage of all at 60000", "max leverage of all at 60000"),
    (
        "changes where leverage down",
        "the measure is `max leverage`",
        "changes where max leverage at 60000 down",
    ),
    (
        "changes where max leverage < 10",
        "where max leverage at 60000 down",
        "changes where max leverage at 60000 down",
    ),
    (
        "chart mmr of ACTUSDT as of 2026-02-05 vs 2026-02-06 vs 2026-02-07",
        "chart history of mmr of ACTUSDT at 60000",
        "chart history of mmr of ACTUSDT at 60000",
    ),
    ("chart mmr of ACTUSDT vs IPUSDT", "chart mmr of ACTUSDT, IPUSDT", "chart mmr of ACTUSDT, IPUSDT"),
    (
        "chart mmr of ACTUSDT vs IPUSDT vs GUAUSDT",
        "chart mmr of ACTUSDT, IPUSDT, GUAUSDT",
        "chart mmr of ACTUSDT, IPUSDT, GUAUSDT",
    ),
    ("diff ACTUSDT vs IPUSDT", "mmr of ACTUSDT, IPUSDT at 60000", "mmr of ACTUSDT, IPUSDT at 60000"),
];

#[test]
fn what_people_write_by_habit_is_answered_with_advice_that_works() {
    let tool = Tool::seeded();
    for (text, advice, better) in ADVICE {
        let ran = tool.run(["query", text]);
        assert_eq!(ran.code, 2, "{text}: {}", ran.text());
        assert!(ran.err.contains(advice), "{text} is not answered with {advice}: {}", ran.err);
        let better = tool.run(["query", better]);
        assert_eq!((better.code, better.err.as_str()), (0, ""), "{text}: {}", better.text());
    }
}

#[test]
fn advice_never_offers_what_the_language_does_not_have() {
    let tool = Tool::seeded();
    let ran = tool.run(["query", "mmr of ACTUSDT at 60 000"]);
    assert!(!ran.err.contains("60, 000"), "{}", ran.err);
    let ran = tool.run(["query", "mmr of ACTUSDT at 60000 as of Feb 7 2026"]);
    assert!(!ran.err.contains("a notional comes after"), "{}", ran.err);
}
