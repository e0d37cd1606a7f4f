//! Files of statements, comments, and errors with file, line and column.

use super::tool::{Ran, Tool};

fn script(tool: &Tool, text: &str) -> Ran {
    let path = tool.dir().with_file_name("ask.tb");
    std::fs::write(&path, text).unwrap();
    tool.run(["--format", "jsonl", "query", "--file", path.to_str().unwrap()])
}

#[test]
fn a_file_of_statements_is_answered_in_order() {
    let tool = Tool::seeded();
    let text = "# what I hold\nmmr of ACTUSDT at 60000 as of 2026-02-07; -- the small one\n\nlimit of\n  IPUSDT # the other\n  as of 2026-02-07;\n";
    let ran = script(&tool, text);
    assert_eq!((ran.code, ran.err.as_str(), ran.out.lines().count()), (0, "", 2), "{}", ran.text());
    assert!(ran.out.lines().next().unwrap().contains("\"mmr\""), "{}", ran.out);
    let piped = tool.run_with_input(["--format", "jsonl", "query", "--file", "-"], text.as_bytes());
    assert_eq!(piped.out, ran.out);
}

#[test]
fn an_error_is_reported_with_file_line_and_column() {
    let tool = Tool::seeded();
    let syntax = script(&tool, "limit of ACTUSDT;\n\n  mrr of ACTUSDT at 1;\n");
    assert_eq!((syntax.code, syntax.out.as_str()), (2, ""), "nothing is asked where one cannot be read");
    assert!(
        syntax.err.contains("ask.tb:3:3") && syntax.err.contains("did you mean `mmr`?"),
        "{}",
        syntax.err
    );
    let meaning = script(&tool, "limit of ACTUSDT;\nmmr of ACTUST -- who?\n  at 1;\nlimit of IPUSDT");
    assert_eq!((meaning.code, meaning.out.lines().count()), (2, 2), "the others are answered");
    assert!(meaning.err.contains("ask.tb:2:8"), "{}", meaning.err);
    let crlf = script(&tool, "limit of ACTUSDT;\r\n# ≤ 我\r\nlimit of 我, ACTUST\r\n");
    assert!(crlf.err.contains("ask.tb:3:10"), "{}", crlf.err);
    let wide = script(&tool, "limit of 我踏马来了USDT, ACTUST");
    assert!(wide.err.contains("ask.tb:1:21"), "{}", wide.err);
    let marked = script(&tool, "\u{feff}# saved by an editor\nlimit of IPUSDT as of 2026-02-07");
    assert_eq!((marked.code, marked.out.lines().count()), (0, 1), "{}", marked.err);
    let stdin = tool.run_with_input(["query", "--file", "-"], b"\n mrr");
    assert!(stdin.err.contains("standard input:2:2"), "{}", stdin.err);
}

#[test]
fn the_worst_exit_code_of_a_script_counts() {
    let tool = Tool::seeded();
    for (text, code) in [
        ("limit of ACTUSDT as of 2026-02-07", 0),
        ("limit of ACTUSDT as of 2026-02-07; limit of ACTUSDT as of 2020-01-01", 3),
        ("limit of ACTUSDT as of 2020-01-01; limit of ACTUST; limit of IPUSDT", 2),
        ("-- nothing\n;# at all", 2),
        ("", 2),
    ] {
        assert_eq!(script(&tool, text).code, code, "{text}");
    }
    let absent = tool.run(["query", "--file", "absent.tb"]);
    assert!(absent.code == 4 && absent.err.contains("absent.tb"), "{}", absent.text());
    let binary = tool.dir().with_file_name("binary.tb");
    std::fs::write(&binary, b"limit of ACTUSDT;\n\xff").unwrap();
    let ran = tool.run(["query", "--file", binary.to_str().unwrap()]);
    assert!(ran.code == 2 && ran.err.contains("from line 2 on"), "{}", ran.text());
    assert_eq!(tool.run(["query", "--file", "a.tb", "limit of ACTUSDT"]).code, 2, "one or the other");
    assert_eq!(tool.run(["query"]).code, 2);
}

#[test]
fn a_comment_may_replace_any_blank_and_changes_nothing() {
    let tool = Tool::seeded();
    let words = [
        "explain mmr of ACTUSDT , \"IPUSDT\" at 1k , 60,000 as of 2026-02-06 06:30 (UTC) known at 1 hour ago on usdm as published",
        "max leverage of ACTUSDT at 1 as of in 2 days recorded by now",
        "max position of ACTUSDT at 10x as of yesterday",
        "changes of ACTUSDT since 2026-02-01 until 2026-03-01 by published where margin at 100000 up by 10% and limit down",
        "diff ACTUSDT as of 2026-02-06T06:00Z vs 2026-02-06 08:00 UTC",
        "knowledge of mmr of ACTUSDT at 60000 as of 2026-02-07 by recorded",
        "upcoming of ACTUSDT within 3 days",
        "findings of ACTUSDT",
        "subjects matching \"A*\"",
    ];
    for plain in words {
        // A comment, with what would matter outside of one, between all words.
        let full = plain.split(' ').collect::<Vec<_>>().join(" # no \" of ; at 5 --\n--;\n ");
        let asked =
            |text: &str| tierbook::language::parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
        let unplaced = |text: &str| {
            let mut statements = asked(text);
            statements.iter_mut().for_each(|statement| statement.place_at(tierbook::Span::new(0, 0)));
            statements
        };
        assert_eq!(unplaced(&format!("-- first\n{full} # last")), unplaced(plain), "{plain}");
    }
    // Inside of a word or of quotes neither mark starts one.
    for (query, name) in [("limit of A#B", "A#B"), ("limit of A--B", "A--B"), ("limit of \"#A\"", "#A")] {
        assert!(
            tool.run(["query", query]).err.contains(&format!("no rule of `{name}` is stored")),
            "{query}"
        );
    }
}

#[test]
fn a_comment_after_the_last_word_leaves_a_statement_unfinished_at_the_prompt() {
    let tool = Tool::seeded();
    let input = b"mmr of ACTUSDT at # which?\n60000 as of 2026-02-07 # this\nlimit of IPUSDT -- whole\n# a comment alone\n";
    let ran = tool.run_with_input(["--format", "jsonl", "repl"], input);
    assert_eq!((ran.out.lines().count(), ran.err.as_str(), ran.code), (2, "", 0), "{}", ran.text());
}

#[test]
fn the_length_of_a_query_is_counted_in_bytes_and_the_message_names_the_true_count_or_the_limit() {
    let tool = Tool::seeded();
    let limit = tierbook::limits::QUERY_BYTES;
    assert_eq!(limit, 65_536);
    let path = tool.dir().with_file_name("long.tb");
    let file = path.to_str().unwrap();
    let long = |bytes: usize, fill: &str| {
        let text = "limit of ACTUSDT as of 2026-02-07 #";
        let count = (bytes - text.len()) / fill.len();
        let text = format!("{text}{}", fill.repeat(count));
        format!("{text}{}", ".".repeat(bytes - text.len()))
    };
    for fill in [".", "我"] {
        let (whole, over, far) = (long(limit, fill), long(limit + 1, fill), long(100_000, fill));
        for text in [&whole, &over, &far] {
            std::fs::write(&path, text).unwrap();
            let named = tool.run(["query", text]);
            let read = [
                (tool.run(["query", "--file", file]), file),
                (tool.run_with_input(["query", "--file", "-"], text.as_bytes()), "standard input"),
                (tool.run_with_input(["query", "-"], text.as_bytes()), "standard input"),
            ];
            if text.len() == limit {
                assert_eq!(named.code, 0, "{}", named.err);
                read.iter().for_each(|(ran, _)| assert_eq!(ran.code, 0, "{}", ran.err));
                continue;
            }
            let counted =
                format!("[query_too_long]: the query has {} bytes; at most 65536 are read", text.len());
            assert!(named.code == 2 && named.err.contains(&counted), "{}", named.err);
            for (ran, name) in read {
                let limited = format!("[query_too_long]: {name} has more than 65536 bytes");
                assert!(ran.code == 2 && ran.err.contains(&limited), "{}", ran.err);
            }
        }
    }
}
