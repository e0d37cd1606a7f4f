//! Seeds in TOML: what they state, at which place, and what is refused, with line and field.

use crate::tests::common::{codes, show, statement_lines};
use tierbook::error::Error;
use tierbook::ingest::{self, Draft, DraftClaim, Input};
use tierbook::statement::{Precision, RetractionKind};
use tierbook::text::Span;

fn try_read(text: &str) -> Result<Draft, Error> {
    ingest::read(&Input { file: "seed.toml", bytes: text.as_bytes(), published_at: None, complete: None })
}

fn read(text: &str) -> Draft {
    try_read(text).unwrap_or_else(|error| panic!("{error:?}\n{text}"))
}

/// A seed with a source and these entries.
fn seed(entries: &str) -> String {
    format!("[source]\ntitle = \"T\"\npublished_at = \"2026-02-03T06:00:46Z\"\n{entries}")
}

const TABLE: &str = r#"tiers = [
  { leverage = "6 - 10x", floor = "0", cap = "10,000", mmr = "5%" },
  { leverage = "5x", floor = "10,000", cap = "60,000", mmr = "10%" },
  { leverage = "1 - 4x", floor = "60,000", cap = "100,000", mmr = "12.5%" },
]
"#;

fn change(fields: &str) -> String {
    seed(&format!("[[change]]\n{fields}{TABLE}"))
}

#[test]
fn each_kind_of_entry_is_read() {
    let text = seed(&format!(
        r#"
[[change]]
subject = "binance:usdm:ACTUSDT"
effective_at = "2026-02-06 06:30 (UTC)"
rollout = "1 hour"
{TABLE}
[[change]]
subjects = ["ZRO", "pm:FET"]
program = "pm"
effective_at = 2026-02-06T06:00:00Z
ratio = "30%"

[[sighting]]
subject = "pm-pro:STRK"
rank = 8
collateral = [ {{ cap = "200,000", ratio = "100%" }}, {{ cap = 400_000, ratio = "80 %" }} ]

[[sighting]]
subject = "binance:coinm:BTCUSD_PERP"
seen_at = 2026-02-01
absent = true

[[end]]
subject = "usdm:OLDUSDT"
effective_at = "2026-03-01"

[[listing]]
of = "binance:usdm"

[[listing]]
of = "pm"
seen_at = "2026-02-02"
"#
    ));
    let draft = read(&text);
    let tiers = "USDT 6 - 10x 0=0 10,000=10000 5; 5x 10,000=10000 60,000=60000 10; \
                 1 - 4x 60,000=60000 100,000=100000 12.5";
    let shown: Vec<String> =
        draft.statements.iter().map(|s| format!("{} {}", s.subject, show(&s.claim))).collect();
    assert_eq!(
        shown,
        [
            format!("binance:usdm:ACTUSDT change at 2026-02-06T06:30:00Z within 1 h: {tiers}"),
            "binance:pm:ZRO change at 2026-02-06T06:00:00Z within 0 s: 30=0.3".to_string(),
            "binance:pm:FET change at 2026-02-06T06:00:00Z within 0 s: 30=0.3".to_string(),
            "binance:pm-pro:STRK seen at publication: USD rank Some(8) 0=0 200,000=200000 100; \
             200,000=200000 400000=400000 80"
                .to_string(),
            "binance:coinm:BTCUSD seen at 2026-02-01T00:00:00Z: no rule".to_string(),
            "binance:usdm:OLDUSDT ends at 2026-03-01T00:00:00Z".to_string(),
        ]
    );
    let listed = draft.complete_snapshots.iter().map(|snapshot| {
        (snapshot.venue.as_str(), snapshot.program.name(), snapshot.seen_at.map(|at| at.to_string()))
    });
    let day = Some("2026-02-02T00:00:00Z".to_string());
    assert_eq!(listed.collect::<Vec<_>>(), [("binance", "usdm", None), ("binance", "pm", day)]);
}

#[test]
fn classes_lives_and_tokens_are_read_and_the_old_word_for_observations_too() {
    let draft = read(&seed(
        r#"
[[change]]
subjects = ["binance:cross:ENA", "cross:JTO"]
effective_at = "2026-05-05 06:00 (UTC)"
rollout = "30 minutes"
class = 7

[[observation]]
subject = "cross:ENA"
class = 6

[[observation]]
subject = "cross:class-7"
rank = 7
collateral = [ { cap = "200,000", ratio = "100%" }, { cap = "100,000,000,000", ratio = "0%" } ]

[[sighting]]
subject = "pm:LTC"
ratio = "80%"

[[launch]]
subject = "usdm:NEWUSDT"
effective_at = "2026-05-06 10:00 (UTC)"
max_leverage = 50

[[launch]]
subject = "usdm:BTCUSDT_260925"
effective_at = "2026-05-06 11:00 (UTC)"

[[conversion]]
subject = "usdm:PREUSDT"
effective_at = "2026-05-07 10:00 (UTC)"
rollout = "3 hours"

[[postponed]]
subject = "usdm:NEWUSDT"
from = "2026-05-06 10:00 (UTC)"
to = "2026-05-08 10:00 (UTC)"

[[postponed]]
subject = "token:A2Z"

[[end]]
subject = "token:A2Z"
effective_at = "2026-05-09 09:00 (UTC)"
"#,
    ));
    let shown: Vec<String> =
        draft.statements.iter().map(|s| format!("{} {}", s.subject, show(&s.claim))).collect();
    let starts = [
        "binance:cross:ENA change at 2026-05-05T06:00:00Z within 30 min: ",
        "binance:cross:JTO change at 2026-05-05T06:00:00Z within 30 min: ",
        "binance:cross:ENA seen at publication: ",
        "binance:cross:class-7 seen at publication: USD rank Some(7) 0=0 200,000=200000 100",
        "binance:pm:LTC seen at publication: ",
        "binance:usdm:NEWUSDT launched at 2026-05-06T10:00:00Z up to Some(50)",
        "binance:usdm:BTCUSDT_260925 launched at 2026-05-06T11:00:00Z up to None",
        "binance:usdm:PREUSDT converted at 2026-05-07T10:00:00Z within 3 h",
        "binance:usdm:NEWUSDT postponed from Some(",
        "binance:token:A2Z postponed from None to None",
        "binance:token:A2Z ends at 2026-05-09T09:00:00Z",
    ];
    assert_eq!(shown.len(), starts.len(), "{shown:#?}");
    for (found, start) in shown.iter().zip(starts) {
        assert!(found.starts_with(start), "{found} is not {start}");
    }
    let classes: Vec<Option<u32>> =
        draft.statements.iter().filter_map(|it| it.claim.rule()).map(|rule| rule.rank()).collect();
    assert_eq!(classes, [Some(7), Some(7), Some(6), Some(7), None]);
    assert_eq!(codes(&draft), ["date_mismatch"], "only that May is far from February");
}

#[test]
fn statements_about_statements_are_read() {
    let draft = read(&seed(
        r#"
[[retract]]
source = "EE2413A8367C"
reason = "never happened"

[[revise]]
source = "ee2413a8367cd7a4276e7c17f8a0cf8982b7194e0fd8f8fdff823666aa9a50c7"
statements = [3, 5]
reason = "more exact here"

[[postpone]]
source = "ee2413a8367c"
statement = 7
effective_at = "2026-02-08 06:30 (UTC)"
rollout = "30 min"
reason = "maintenance"
"#,
    ));
    let retracted: Vec<(&str, Option<u32>, RetractionKind, &str)> = draft
        .retractions
        .iter()
        .map(|draft| &draft.retraction)
        .map(|w| (w.source.as_str(), w.ordinal, w.kind.clone(), w.reason.as_str()))
        .collect();
    let id = "ee2413a8367c";
    assert_eq!(
        retracted,
        [
            (id, None, RetractionKind::Retract, "never happened"),
            (id, Some(3), RetractionKind::Revise, "more exact here"),
            (id, Some(5), RetractionKind::Revise, "more exact here"),
        ]
    );
    let postponed = &draft.postponements[0];
    assert_eq!(
        (postponed.statement.to_string().as_str(), postponed.effective_at.to_string().as_str()),
        ("ee2413a8367c.7", "2026-02-08T06:30:00Z")
    );
    assert_eq!(postponed.rollout.map(|span| span.to_string()).as_deref(), Some("30 min"));
    assert!(postponed.span.of(&draft.text).starts_with("[[postpone]]"));
}

#[test]
fn every_notation_of_a_time_is_read_in_quotes_and_without() {
    for notation in [
        "\"2026-02-06 06:30 (UTC)\"",
        "\"2026-02-06T06:30Z\"",
        "\"2026-02-06 14:30 (UTC+8)\"",
        "2026-02-06T06:30:00Z",
        "2026-02-06 06:30Z",
        "2026-02-06T14:30:00+08:00",
    ] {
        let draft = read(&change(&format!("subject = \"usdm:ACTUSDT\"\neffective_at = {notation}\n")));
        let DraftClaim::Change { effective_at, .. } = draft.statements[0].claim else { panic!("no change") };
        assert_eq!(effective_at.to_string(), "2026-02-06T06:30:00Z", "{notation}");
    }
}

#[test]
fn the_publication_is_known_as_exactly_as_it_is_written_and_the_user_goes_before_it() {
    let end = "[[end]]\nsubject = \"usdm:ACTUSDT\"\neffective_at = \"2026-02-06\"\n";
    for (written, publication) in [
        ("published_at = \"2026-02-03T06:00:46Z\"\n", Some(("2026-02-03T06:00:46Z", Precision::Exact))),
        ("published_at = 2026-02-03T06:00:46Z\n", Some(("2026-02-03T06:00:46Z", Precision::Exact))),
        ("published_at = \"2026-02-03\"\n", Some(("2026-02-04T12:00:00Z", Precision::Day))),
        ("published_at = 2026-02-03\n", Some(("2026-02-04T12:00:00Z", Precision::Day))),
        ("", None),
    ] {
        let draft = read(&format!("[source]\ntitle = \"T\"\n{written}{end}"));
        let read = draft.publication.map(|(at, precision)| (at.to_string(), precision));
        assert_eq!(read, publication.map(|(at, precision)| (at.to_string(), precision)), "{written}");
        assert_eq!(codes(&draft).contains(&"no_publication"), publication.is_none(), "{written}");
    }
    let published_at = tierbook::time::Timestamp::parse_rfc3339("2026-02-04T00:00:01Z");
    let text = seed(end);
    let input = Input { file: "seed.toml", bytes: text.as_bytes(), published_at, complete: None };
    let given = ingest::read(&input).unwrap().publication.map(|(at, precision)| (Some(at.0), precision));
    assert_eq!(given, Some((published_at, Precision::Exact)));
}

#[test]
fn spans_quote_the_entry_and_each_cell() {
    let text = change("subject = \"usdm:ACTUSDT\" # as mailed\neffective_at = \"2026-02-06\"\n");
    let draft = read(&text);
    let statement = &draft.statements[0];
    let words = statement.span.of(&text);
    assert!(words.starts_with("[[change]]\nsubject") && words.ends_with("mmr = \"12.5%\" },\n]"), "{words}");
    let table = statement.claim.rule().unwrap();
    let quoted: Vec<Vec<&str>> =
        table.printed().iter().map(|row| row.cells.iter().map(|cell| cell.of(&text)).collect()).collect();
    assert_eq!(
        quoted,
        [
            ["6 - 10x", "0", "10,000", "5%"],
            ["5x", "10,000", "60,000", "10%"],
            ["1 - 4x", "60,000", "100,000", "12.5%"]
        ]
    );
    let flat = seed(
        "[[end]]\nsubject=\"pm:A\"\neffective_at=2026-02-04\n[[sighting]]\nsubject=\"pm:LTC\"\nratio=\"3.330 %\"",
    );
    let draft = read(&flat);
    let ratio = &draft.statements[1].claim.rule().unwrap().printed()[0];
    assert_eq!((ratio.span().of(&flat), ratio.rate.text()), ("3.330 %", "3.330"));
}

#[test]
fn numbers_are_read_as_printed_and_a_misprint_keeps_its_print_and_its_number() {
    let text = seed(
        r#"
[[sighting]]
subject = "usdm:ACTUSDT"
tiers = [
  { max_leverage = 75, cap = 5_000, mmr = 1.e-1 },
]
"#,
    )
    .replace("1.e-1", "\"0.65%\"");
    let draft = read(&text);
    assert!(
        show(&draft.statements[0].claim).ends_with("USDT 75x 0=0 5000=5000 0.65"),
        "{:?}",
        statement_lines(&draft)
    );
    let table = draft.statements[0].claim.rule().unwrap();
    assert_eq!(
        (table.printed()[0].leverage.as_ref().unwrap().min, table.tiers()[0].leverage.unwrap().min),
        (None, 1)
    );

    let misprint = seed(
        r#"
[[sighting]]
subject = "usdm:ACTUSDT"
tiers = [
  { leverage = "2 - 10x", cap = "1,00,000", cap_value = "100000", mmr = "5%" },
  { leverage = "1x", floor = "100,000", cap = "200.000", cap_value = 200000, mmr = "50,0", mmr_value = "0.5" },
]
"#,
    );
    let draft = read(&misprint);
    assert!(
        show(&draft.statements[0].claim)
            .ends_with("2 - 10x 0=0 1,00,000=100000 5; 1x 100,000=100000 200.000=200000 50,0"),
        "{:?}",
        statement_lines(&draft)
    );
    let found: Vec<(&str, &str)> =
        draft.findings.iter().map(|f| (f.code.as_str(), f.span.of(&misprint))).collect();
    assert_eq!(found.iter().map(|(code, _)| *code).collect::<Vec<_>>(), ["number_form"; 3]);
    assert!(found[0].1.starts_with("{ leverage = \"2 - 10x\"") && found[0].1.ends_with('}'), "{found:?}");
    assert_eq!(draft.findings[0].subjects, ["ACTUSDT"]);
}

#[test]
fn invariants_are_checked_on_what_is_printed_on_both_sides_of_each_boundary() {
    let table = |floor: &str, rate: &str| {
        change("subjects = [\"usdm:ACTUSDT\", \"usdm:IPUSDT\"]\neffective_at = \"2026-02-06\"\n")
            .replace("floor = \"60,000\"", floor)
            .replace("12.5%", rate)
    };
    for (floor, rate, found) in [
        ("floor = \"60,000\"", "12.5%", vec![]),
        ("floor = \"60,001\"", "12.5%", vec!["gap"]),
        ("floor = \"59,999\"", "12.5%", vec!["overlap"]),
        ("floor = \"100,000\"", "12.5%", vec!["floor_not_below_cap", "gap"]),
        ("floor = \"60,000\"", "10%", vec![]),
        ("floor = \"60,000\"", "9.99%", vec!["rate_order", "unusual_rate"]),
        ("floor = \"60,000\"", "25%", vec!["rate_above_margin"]),
    ] {
        let draft = read(&table(floor, rate));
        assert_eq!(codes(&draft), found, "{floor} {rate}");
        for finding in &draft.findings {
            assert!(finding.span.of(&draft.text).starts_with("{ leverage = \"1 - 4x\""), "{finding:?}");
            assert_eq!(finding.subjects, ["ACTUSDT", "IPUSDT"]);
        }
    }
    let omitted = read(&table("", "12.5%").replace("x\", , cap", "x\", cap"));
    assert_eq!(codes(&omitted), [""; 0], "a floor that is not given is the cap before");
    assert_eq!(omitted.statements[0].claim, {
        let table = omitted.statements[0].claim.rule().unwrap();
        assert_eq!(table.printed()[2].floor.text(), "60,000");
        assert_eq!(table.printed()[2].cells[1], table.printed()[2].span());
        omitted.statements[0].claim.clone()
    });
}

#[test]
fn what_contradicts_itself_or_is_far_from_its_publication_is_found() {
    let twice = seed(&format!(
        "[[change]]\nsubject=\"usdm:ACTUSDT\"\neffective_at=\"2026-02-06\"\n{TABLE}\
         [[change]]\nsubject=\"usdm:ACTUSDT\"\neffective_at=\"2026-02-06\"\n{}",
        TABLE.replace("60,000", "70,000")
    ));
    assert_eq!(codes(&read(&twice)), ["same_instant"]);
    for (year, found) in [("2026", vec![]), ("2025", vec!["date_mismatch"]), ("2027", vec!["date_mismatch"])]
    {
        let text = change(&format!("subject = \"usdm:ACTUSDT\"\neffective_at = \"{year}-02-06\"\n"));
        assert_eq!(codes(&read(&text)), found, "{year}");
    }
}

/// The first line and hint of a refusal, as it is drawn.
fn refusal(text: &str) -> (String, String) {
    let error = try_read(text).expect_err(text);
    assert_eq!(error.exit_code(), 4);
    (error.message().to_string(), error.hints().first().cloned().unwrap_or_default())
}

#[test]
fn an_error_names_its_line_and_field_and_how_to_fix_it() {
    let subject = "subject = \"usdm:ACTUSDT\"\n";
    let row = |row: &str| format!("{subject}effective_at = \"2026-02-06\"\ntiers = [\n{row}\n]\n");
    for (entry, message, hint) in [
        // Unknown names.
        (
            format!("[[change]]\n{subject}efective_at = \"2026-02-06\"\n{TABLE}"),
            "line 6: unknown field `efective_at`",
            "did you mean `effective_at`?",
        ),
        (
            format!("[[end]]\n{subject}effective_at = \"2026-02-06\"\nrolout = \"1 h\"\n"),
            "line 7: unknown field `rolout`",
            "did you mean `rollout`?",
        ),
        (
            format!("[[change]]\n{}", row("{ leverage = \"1x\", flor = \"0\", cap = \"5\", mmr = \"50%\" }")),
            "line 8: unknown field `flor`",
            "did you mean `floor`?",
        ),
        ("[[chnage]]\nx = 1\n".into(), "line 4: unknown field `chnage`", "did you mean `change`?"),
        (
            "[change]\nx = 1\n".into(),
            "line 4: invalid type: table, expected a list: `[change]`",
            "write [[…]] with double brackets",
        ),
        // What is missing.
        (
            "[[end]]\neffective_at = \"2026-02-06\"\n".into(),
            "line 4: [[end]] needs `subject`",
            "write subject = \"binance:usdm:ACTUSDT\"",
        ),
        (
            format!("[[change]]\n{}", row("{ leverage = \"1x\", mmr = \"50%\" }")),
            "line 8: missing field `cap`: `{ leverage",
            "docs/seeds.md lists the fields",
        ),
        (
            format!("[[change]]\n{}", row("{ cap = \"5\", mmr = \"50%\" }")),
            "line 8: the tier needs `leverage`",
            "write leverage = \"6 - 10x\"",
        ),
        (
            "[[retract]]\nsource = \"ee2413a8367c\"\n".into(),
            "line 4: missing field `reason`",
            "docs/seeds.md lists",
        ),
        (
            "[[retract]]\nsource = \"ee2413a8367c\"\nreason = \" \"\n".into(),
            "line 6: `reason`: it is empty",
            "write why",
        ),
        (
            "[[postpone]]\nsource = \"ee2413a8367c\"\neffective_at = 2026-02-08\nreason = \"r\"\n".into(),
            "line 4: [[postpone]] needs `statement`",
            "name the change",
        ),
        // Types and numbers.
        (
            format!("[[change]]\n{}", row("[\"1x\", 1, 1, \"0\", \"0\", \"5\", \"5\", \"50%\", \"0.5\"]")),
            "line 8: a list is written where a table belongs",
            "write [source] once",
        ),
        (
            format!("[[change]]\n{}", row("{ leverage = \"1x\", cap = 0x10, mmr = \"50%\" }")),
            "line 8: `cap` is of type integer, not a number in quotes",
            "write cap = ",
        ),
        (
            "[[end]]\nsubject = 5\neffective_at = \"2026-02-06\"\n".into(),
            "line 5: invalid type: integer `5`, expected a string: `subject = 5`",
            "write text in quotes",
        ),
        (
            format!("[[change]]\n{}", row("{ leverage = \"1x\", cap = 10.5, mmr = \"50%\" }")),
            "line 8: `cap` is a number with a dot",
            "write it in quotes, as printed: cap = \"10.5\"",
        ),
        (
            format!("[[change]]\n{}", row("{ leverage = \"1x\", cap = \"1,00,000\", mmr = \"50%\" }")),
            "line 8: `cap`: `1,00,000` is not a number",
            "write 10,000 or 10000; where it is printed so, add the number: cap_value = \"100000\"",
        ),
        (
            format!("[[change]]\n{}", row("{ leverage = \"1x\", cap = -5, mmr = \"50%\" }")),
            "line 8: `cap`: `-5` is not a number",
            "write 10,000",
        ),
        (
            format!("[[change]]\n{}", row("{ leverage = \"1x\", cap = \"10k\", mmr = \"50%\" }")),
            "line 8: `cap`: `10k` is not a number",
            "write 10,000",
        ),
        (
            format!("[[change]]\n{}", row("{ leverage = \"1x\", cap = \"5\", mmr = \"0.05\" }")),
            "line 8: `mmr`: `0.05` has no percent sign",
            "write mmr = \"0.05%\" or \"5%\"",
        ),
        (
            format!("[[change]]\n{}", row("{ leverage = \"1x\", cap = \"5\", mmr = 1 }")),
            "line 8: `mmr`: `1` has no percent sign",
            "write mmr = \"1%\" or \"100%\"",
        ),
        (
            format!("[[change]]\n{}", row("{ leverage = \"1x\", cap = \"5\", mmr = \"101%\" }")),
            "line 8: `mmr`: `101%` is not a rate from 0 % to 100 %",
            "write mmr = \"5%\"",
        ),
        (
            format!("[[change]]\n{}", row("{ leverage = \"10 - 6x\", cap = \"5\", mmr = \"5%\" }")),
            "line 8: `leverage`: `10 - 6x` is not a leverage",
            "write 6 - 10x, or 5x",
        ),
        (
            format!("[[change]]\n{}", row("{ max_leverage = 10000, cap = \"5\", mmr = \"5%\" }")),
            "line 8: `max_leverage`: more than 9999",
            "",
        ),
        (
            format!(
                "[[change]]\n{}",
                row(
                    "{ leverage = \"1x\", floor = \"0\", cap = \"5\", mmr = \"50%\" },\n{ leverage = \"1x\", cap = \"4\", mmr = \"60%\" }"
                )
            ),
            "line 9: the cap of tier 2 is below the cap of the tier before it",
            "correct it: such a table cannot be read safely",
        ),
        (
            format!("[[change]]\n{subject}effective_at = \"2026-02-06\"\ntiers = []\n"),
            "line 7: the table has no tier",
            "correct it",
        ),
        // Times and time spans.
        (
            format!("[[end]]\n{subject}effective_at = \"2026-02-06 06:30\"\n"),
            "line 6: `effective_at`: `2026-02-06 06:30` has a clock time but no zone",
            "add Z for UTC: 2026-02-06T06:30Z",
        ),
        (
            format!("[[end]]\n{subject}effective_at = \"tomorrow\"\n"),
            "line 6: `effective_at`: `tomorrow` is not a time",
            "write 2026-02-06T07:00Z",
        ),
        (
            format!("[[end]]\n{subject}effective_at = true\n"),
            "line 6: `effective_at` is of type boolean, not a timestamp",
            "write effective_at =",
        ),
        (
            format!("[[change]]\n{subject}effective_at = \"2026-02-06\"\nrollout = \"a while\"\n{TABLE}"),
            "line 7: `rollout`: `a while` is not a time span",
            "write \"1 hour\"",
        ),
        // Subjects.
        (
            "[[end]]\nsubject = \"ACTUSDT\"\neffective_at = 2026-02-06\n".into(),
            "line 5: `subject`: `ACTUSDT` has no program",
            "write \"binance:usdm:ACTUSDT\", or add program = \"usdm\"",
        ),
        (
            "[[end]]\nsubject = \"usdm:actusdt\"\neffective_at = 2026-02-06\n".into(),
            "line 5: `subject`: `actusdt` is in lower case",
            "write ACTUSDT",
        ),
        (
            "[[end]]\nsubject = \"usdt:ACTUSDT\"\neffective_at = 2026-02-06\n".into(),
            "line 5: `subject`: there is no program `usdt`",
            "did you mean usdm?",
        ),
        (
            "[[end]]\nsubjects = [\"usdm:ACTUSDT\", \"usdm:ACTUSDT\"]\neffective_at = 2026-02-06\n".into(),
            "line 5: `subjects`: binance:usdm:ACTUSDT is named twice in one list",
            "leave one out",
        ),
        (
            "[[end]]\nsubject = \"usdm:A USDT\"\neffective_at = 2026-02-06\n".into(),
            "line 5: `subject`: `usdm:A USDT` cannot be a subject",
            "write",
        ),
        (
            "[[end]]\nsubject = \"usdm:AUSDT\"\nsubjects = [\"pm:A\"]\neffective_at = 2026-02-06\n".into(),
            "line 6: `subjects`: `subject` is given as well",
            "write one of them",
        ),
        (
            format!("[[change]]\nsubjects = [\"usdm:ABCDEF\"]\neffective_at = 2026-02-06\n{TABLE}"),
            "line 4: [[change]] needs `unit`",
            "state the currency",
        ),
        (
            "[[end]]\nsubject = \"usdm:BTCUSD_PERP\"\neffective_at = 2026-02-06\n".into(),
            "line 5: `subject`: `BTCUSD_PERP` is a contract of the program coinm",
            "write coinm:BTCUSD",
        ),
        // Rules.
        (
            format!("[[change]]\nsubjects = [\"usdm:AUSDT\", \"pm:A\"]\neffective_at = 2026-02-06\n{TABLE}"),
            "line 4: [[change]] has one rule for contracts and for assets",
            "write an entry for each",
        ),
        (
            format!("[[change]]\n{subject}effective_at = 2026-02-06\n"),
            "line 4: [[change]] has no rule",
            "write tiers",
        ),
        (
            format!("[[change]]\n{subject}effective_at = 2026-02-06\nratio = \"5%\"\n{TABLE}"),
            "line 7: [[change]] has two rules, `tiers` and `ratio`",
            "leave one out",
        ),
        (
            format!("[[change]]\n{subject}effective_at = 2026-02-06\nratio = \"5%\"\n"),
            "line 7: `ratio` does not go with the program usdm",
            "",
        ),
        (
            format!("[[sighting]]\n{subject}absent = true\n{TABLE}"),
            "line 4: [[observation]] has a rule, and `absent = true` states that there was none",
            "remove one of the two",
        ),
        (
            format!("[[change]]\n{subject}effective_at = 2026-02-06\nrank = 5\n{TABLE}"),
            "line 7: [[change]] has no field `rank` here",
            "leave it out",
        ),
        // Classes, lives and tokens.
        (
            "[[change]]\nsubject = \"cross:ENA\"\neffective_at = 2026-02-06\nratio = \"5%\"\n".into(),
            "line 7: `ratio` does not go with the program cross: an asset has `class`, a class `collateral`",
            "",
        ),
        (
            "[[change]]\nsubject = \"pm:LTC\"\neffective_at = 2026-02-06\nclass = 7\n".into(),
            "line 7: `class` does not go with the program pm: an asset has `ratio` or `collateral`",
            "",
        ),
        (
            "[[change]]\nsubject = \"cross:ENA\"\neffective_at = 2026-02-06\nclass = 0\n".into(),
            "line 7: invalid value: integer `0`, expected a whole number from 1 on",
            "docs/seeds.md",
        ),
        (
            format!("[[change]]\n{subject}effective_at = 2026-02-06\nclass = 7\n{TABLE}"),
            "line 7: [[change]] has two rules, `tiers` and `class`",
            "leave one out",
        ),
        (
            format!("[[end]]\n{subject}effective_at = 2026-02-06\nclass = 7\n"),
            "line 7: [[end]] has no field `class` here",
            "leave it out",
        ),
        (
            format!("[[launch]]\n{subject}max_leverage = 5\n"),
            "line 4: [[launch]] needs `effective_at`",
            "write effective_at",
        ),
        (
            format!("[[conversion]]\n{subject}effective_at = 2026-02-06\nmax_leverage = 5\n"),
            "line 7: [[conversion]] has no field `max_leverage` here",
            "leave it out",
        ),
        (
            format!("[[postponed]]\n{subject}effective_at = 2026-02-06\n"),
            "line 6: [[postponed]] has no field `effective_at` here",
            "leave it out",
        ),
        (
            format!("[[launch]]\n{subject}effective_at = 2026-02-06\n{TABLE}"),
            "line 7: [[launch]] has no field `tiers` here",
            "leave it out",
        ),
        (
            "[[change]]\nsubject = \"token:A2Z\"\neffective_at = 2026-02-06\nratio = \"5%\"\n".into(),
            "line 7: `ratio` does not go with the program token: of its contracts only ends and postponements can be stated",
            "",
        ),
        // Statements about statements, and what only an export has.
        (
            "[[revise]]\nsource = \"ee24\"\nreason = \"r\"\n".into(),
            "line 5: `source`: `ee24` is not the id of a source",
            "write its twelve hexadecimal digits",
        ),
        (
            "[[revise]]\nsource = \"ee2413a8367c\"\nstatement = 0\nreason = \"r\"\n".into(),
            "line 6: invalid value: integer `0`, expected a whole number from 1 on",
            "docs/seeds.md",
        ),
        (
            "[[finding]]\ncode = \"gap\"\nmessage = \"m\"\n".into(),
            "line 4: [[finding]] is for exports only",
            "leave it out",
        ),
        (
            format!("[[end]]\n{subject}statement = 1\neffective_at = 2026-02-06\n"),
            "line 6: [[end]] has no field `statement` here",
            "",
        ),
        (
            "[[listing]]\nof = \"usd\"\n".into(),
            "line 5: `of`: there is no program `usd`",
            "did you mean usdm?",
        ),
    ] {
        let (found, hinted) = refusal(&seed(&entry));
        assert!(found.starts_with(message), "\n  {found}\nis not\n  {message}\n{entry}");
        assert!(hinted.starts_with(hint), "\n  {hinted}\nis not\n  {hint}\n{entry}");
    }
}

#[test]
fn an_error_in_the_source_or_the_syntax_names_its_line_too() {
    let end = "[[end]]\nsubject = \"usdm:ACTUSDT\"\neffective_at = 2026-02-06\n";
    for (text, message, hint) in [
        (end.to_string(), "line 1: there is no [source]", "write [source]"),
        (format!("title = \"x\"\n{end}"), "line 1: unknown field `title`", "known here: source, change"),
        (
            format!("[[source]]\ntitle = \"x\"\n{end}"),
            "line 1: a list is written where a table belongs",
            "write [source] once, in single brackets",
        ),
        (format!("[source]\ntitel = \"x\"\n{end}"), "line 2: unknown field `titel`", "did you mean `title`?"),
        (
            format!("[source]\ntitle = 5\n{end}"),
            "line 2: invalid type: integer `5`, expected a string: `title = 5`",
            "write text in quotes",
        ),
        (
            format!("[source]\nvenue = \"a b\"\n{end}"),
            "line 2: `venue`: `a b` cannot be the name of a venue",
            "write one word",
        ),
        (
            format!("[source]\nfile = \"a.txt\"\n{end}"),
            "line 2: `file`: only an export has it",
            "leave it out",
        ),
        (
            format!("[source]\nsha256 = \"12\"\n{end}"),
            "line 2: `sha256`: `12` is not a SHA-256",
            "only `export` writes it",
        ),
        (
            "[source]\ntitle = \"x\"\n".to_string(),
            "line 1: the seed has no statement",
            "docs/seeds.md shows the form",
        ),
        ("# nothing\n".to_string(), "the seed is empty", "docs/seeds.md shows the form"),
        (
            "[source\n".to_string(),
            "line 1, column 8: unclosed table, expected `]`",
            "write numbers, names and times in quotes",
        ),
        (
            "[source]\ntitle = x\n".to_string(),
            "line 2, column 9: string values must be quoted",
            "write numbers, names and times in quotes",
        ),
        ("[source]\ntitle = \"é\" é\n".to_string(), "line 2, column 13: ", "write numbers, names"),
        (
            "[[change]]\ntiers = [ { cap = 10,000 } ]\n".to_string(),
            "line 2, column 26: ",
            "write numbers, names",
        ),
        (
            "[source]\ntitle = \"a\"\ntitle = \"b\"\n".to_string(),
            "line 3, column 1: duplicate key",
            "write numbers, names",
        ),
    ] {
        let (found, hinted) = refusal(&text);
        assert!(found.starts_with(message), "\n  {found}\nis not\n  {message}\n{text}");
        assert!(hinted.starts_with(hint), "\n  {hinted}\nis not\n  {hint}\n{text}");
    }
}

#[test]
fn the_errors_of_values_are_reported_together_in_the_order_of_the_file() {
    let text = seed("[[end]]\nsubject = \"usdm:x\"\n[[end]]\nsubject = \"A\"\neffective_at = 2026-02-06\n");
    let error = try_read(&text).expect_err("three errors");
    assert_eq!(error.message(), "line 4: [[end]] needs `effective_at`");
    assert_eq!(
        error.hints()[1..],
        [
            "also line 5: `subject`: `x` is in lower case (write X)",
            "also line 7: `subject`: `A` has no program (write \"binance:pm:A\", or add program = \"pm\")"
        ]
    );
    let many = try_read(&seed(&"[[end]]\n".repeat(30))).expect_err("sixty errors");
    assert_eq!(many.hints().last().map(String::as_str), Some("and 50 more errors"));
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_change_nothing() {
    let text = change("subject = \"usdm:ACTUSDT\"\neffective_at = \"2026-02-06\"\n");
    let plain = read(&text);
    let other = read(&format!("\u{feff}{}", text.replace('\n', "\r\n")));
    assert_eq!(statement_lines(&plain), statement_lines(&other));
    let first_cell = |draft: &Draft| {
        draft.statements[0].claim.rule().unwrap().printed()[0].cells[2].of(&draft.text).to_string()
    };
    assert_eq!((first_cell(&plain), first_cell(&other)), ("10,000".to_string(), "10,000".to_string()));
}

#[test]
fn a_hostile_text_is_refused_quickly() {
    for hostile in [
        "[".repeat(1_000_000),
        format!("a={}", "[".repeat(1_000_000)),
        format!("a={}", "{a=".repeat(300_000)),
        "[[end]]\n".repeat(200_000),
        format!("[source]\n{}", "a.b.c.d.e = 1\n".repeat(50_000)),
        format!("[source]\ntitle = \"{}", "x".repeat(1_000_000)),
        format!("[source]\n{}", (0..50_000).map(|number| format!("k{number} = 1\n")).collect::<String>()),
    ] {
        let started = std::time::Instant::now();
        assert!(try_read(&hostile).is_err());
        assert!(started.elapsed().as_secs() < 20, "{} bytes {:?}", hostile.len(), &hostile[..20]);
    }
}

#[test]
fn cut_anywhere_a_seed_is_read_as_far_as_it_goes_or_refused_and_never_panics() {
    let text = seed(&format!(
        "[[change]]\nsubject = \"usdm:ACTUSDT\"\neffective_at = \"2026-02-06\"\n{TABLE}\
         [[postpone]]\nsource = \"ee2413a8367c\"\nstatement = 1\neffective_at = 2026-02-09\nreason = \"é\"\n"
    ));
    let whole = read(&text);
    for cut in (0..text.len()).filter(|cut| text.is_char_boundary(*cut)) {
        if let Ok(draft) = try_read(&text[..cut]) {
            assert!(draft.statements.len() <= whole.statements.len(), "{cut}");
            assert!(draft.statements.iter().all(|statement| whole.statements.contains(statement)), "{cut}");
        }
        let spoilt = format!("{}¤{}", &text[..cut], &text[cut..]);
        let _ = try_read(&spoilt);
    }
}

#[test]
fn a_span_lies_inside_its_document() {
    let text = change("subject = \"usdm:ACTUSDT\"\neffective_at = \"2026-02-06\"\n");
    let inside = |span: Span| span.end <= text.len() && text.get(span.range()).is_some();
    let draft = read(&text);
    assert!(draft.statements.iter().all(|statement| inside(statement.span)));
    assert!(
        draft
            .statements
            .iter()
            .flat_map(|statement| {
                let table = statement.claim.rule().unwrap();
                table.printed().iter().flat_map(|row| row.cells.clone()).collect::<Vec<_>>()
            })
            .all(inside)
    );
}
