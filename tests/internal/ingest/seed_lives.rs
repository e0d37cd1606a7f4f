//! Seeds of classes, launches, conversions and postponements: what they state, and what is refused.

use crate::tests::common::{codes, show};
use tierbook::ingest::{self, Draft, Input};

fn seed(entries: &str) -> String {
    format!("[source]\ntitle = \"T\"\npublished_at = \"2026-02-03T06:00:46Z\"\n{entries}")
}

fn try_read(entries: &str) -> tierbook::Result<Draft> {
    let text = seed(entries);
    ingest::read(&Input { file: "seed.toml", bytes: text.as_bytes(), published_at: None, complete: None })
}

#[test]
fn each_kind_of_statement_about_a_life_or_a_class_is_read() {
    let entries = r#"
[[launch]]
subject = "usdm:XPLUSDT"
effective_at = "2026-02-06 06:30 (UTC)"
max_leverage = 5

[[launch]]
subject = "usdm:A2ZUSDT"
effective_at = "2026-02-06"

[[conversion]]
subject = "usdm:XPLUSDT"
effective_at = "2026-02-08"
rollout = "1 hour"

[[postponed]]
subject = "token:XAN"
from = "2026-02-09"
to = "2026-02-10 10:30 (UTC)"

[[postponed]]
subject = "usdm:GAIBUSDT"

[[change]]
subjects = ["cross:ENA", "binance:cross:C98"]
effective_at = "2026-02-06"
class = 7

[[observation]]
subject = "cross:class-7"
rank = 7
collateral = [ { cap = "200,000", ratio = "100%" }, { cap = "100,000,000,000", ratio = "0%" } ]

[[sighting]]
subject = "cross:ENA"
class = 6

[[end]]
subject = "token:A2Z"
effective_at = "2026-02-20"
"#;
    let draft = try_read(entries).unwrap_or_else(|error| panic!("{error:?}"));
    let stated: Vec<String> =
        draft.statements.iter().map(|it| format!("{} {}", it.subject, show(&it.claim))).collect();
    let at = |time: &str| {
        format!("Some({:?})", tierbook::Timestamp::parse_rfc3339(time).map(tierbook::ValidTime).unwrap())
    };
    assert_eq!(
        stated,
        [
            "binance:usdm:XPLUSDT launched at 2026-02-06T06:30:00Z up to Some(5)".to_string(),
            "binance:usdm:A2ZUSDT launched at 2026-02-06T00:00:00Z up to None".into(),
            "binance:usdm:XPLUSDT converted at 2026-02-08T00:00:00Z within 1 h".into(),
            format!(
                "binance:token:XAN postponed from {} to {}",
                at("2026-02-09T00:00:00Z"),
                at("2026-02-10T10:30:00Z")
            ),
            "binance:usdm:GAIBUSDT postponed from None to None".into(),
            "binance:cross:ENA change at 2026-02-06T00:00:00Z within 0 s: class Some(7)".into(),
            "binance:cross:C98 change at 2026-02-06T00:00:00Z within 0 s: class Some(7)".into(),
            "binance:cross:class-7 seen at publication: USD rank Some(7) 0=0 200,000=200000 100; \
             200,000=200000 100,000,000,000=100000000000 0"
                .into(),
            "binance:cross:ENA seen at publication: class Some(6)".into(),
            "binance:token:A2Z ends at 2026-02-20T00:00:00Z".into(),
        ]
    );
    assert!(codes(&draft).iter().all(|code| *code == "unusual_rate"), "{:?}", codes(&draft));
}

/// The message and the first hint of a refusal, as it is drawn.
fn drawn(entries: &str) -> String {
    let error = try_read(entries).expect_err(entries);
    assert_eq!(error.exit_code(), 4);
    let hint = error.hints().first().map_or(String::new(), |hint| format!(" = help: {hint}"));
    format!("error[{}]: {}{hint}", error.code().as_str(), error.message())
}

#[test]
fn an_error_in_such_a_seed_names_its_line_and_what_goes_there() {
    let at = "effective_at = \"2026-02-06\"\n";
    for (entries, expected) in [
        (
            "[[launch]]\nsubject = \"usdm:XPLUSDT\"\n".to_string(),
            "error[seed_missing]: line 4: [[launch]] needs `effective_at` = help: write effective_at = \"2026-02-06 06:30 (UTC)\"",
        ),
        (
            format!("[[launch]]\nsubject = \"usdm:XPLUSDT\"\n{at}ratio = \"5%\"\n"),
            "error[seed_field]: line 7: [[launch]] has no field `ratio` here = help: leave it out",
        ),
        (
            format!("[[change]]\nsubject = \"usdm:XPLUSDT\"\n{at}max_leverage = 5\n"),
            "error[seed_field]: line 7: [[change]] has no field `max_leverage` here = help: leave it out",
        ),
        (
            format!("[[postponed]]\nsubject = \"usdm:XPLUSDT\"\n{at}"),
            "error[seed_field]: line 6: [[postponed]] has no field `effective_at` here = help: leave it out",
        ),
        (
            format!("[[change]]\nsubject = \"usdm:XPLUSDT\"\n{at}class = 7\n"),
            "error[seed_rule]: line 7: `class` does not go with the program usdm: a contract has `tiers`",
        ),
        (
            format!("[[change]]\nsubject = \"cross:ENA\"\n{at}ratio = \"80%\"\n"),
            "error[seed_rule]: line 7: `ratio` does not go with the program cross: an asset has `class`, a class `collateral`",
        ),
        (
            format!("[[change]]\nsubject = \"token:A2Z\"\n{at}ratio = \"80%\"\n"),
            "error[seed_rule]: line 7: `ratio` does not go with the program token: of its contracts only ends and postponements can be stated",
        ),
    ] {
        let drawn = drawn(&entries);
        assert!(drawn.starts_with(expected), "{drawn}\n{expected}");
    }
    for (entries, line) in [
        (format!("[[change]]\nsubject = \"cross:ENA\"\n{at}class = 0\n"), "line 7"),
        (format!("[[lanch]]\nsubject = \"cross:ENA\"\n{at}"), "did you mean `launch`?"),
    ] {
        let drawn = drawn(&entries);
        assert!(drawn.contains(line), "{drawn}");
    }
}
