//! The prompt without a terminal, and statements from standard input.

use super::tool::Tool;

#[test]
fn piped_statements_are_answered_without_a_prompt() {
    let tool = Tool::seeded();
    let ran = tool.run_with_input(
        ["--format", "jsonl", "repl"],
        b"mmr of ACTUSDT at 60000\n as of 2026-02-07\nsources\n",
    );
    // The first line is whole by itself, the second is not a statement: an error never ends the session.
    assert_eq!(ran.out.lines().count(), 2, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("no statement starts with `as`"), "{}", ran.err);
}

#[test]
fn a_statement_may_take_several_lines_until_it_is_complete() {
    let tool = Tool::seeded();
    let input = "mmr of\nACTUSDT,\nIPUSDT at 1k as of\n2026-02-07\n";
    let ran = tool.run_with_input(["--format", "jsonl", "repl"], input.as_bytes());
    assert_eq!((ran.out.lines().count(), ran.code), (2, 0), "{}", ran.err);
}

#[test]
fn an_unfinished_last_statement_is_an_error_and_not_lost() {
    let tool = Tool::seeded();
    let ran = tool.run_with_input(["repl"], b"mmr of ACTUSDT at");
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("`at` what?"), "{}", ran.err);
}

#[test]
fn exit_ends_the_session_and_help_shows_examples() {
    let tool = Tool::seeded();
    let ran = tool.run_with_input(["repl"], b"help\nexit\nmrr\n");
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("mmr of PIPPINUSDT at 60000") && ran.err.is_empty(), "{}", ran.text());
}

#[test]
fn a_dash_reads_statements_from_standard_input() {
    let tool = Tool::seeded();
    let input = b"mmr of ACTUSDT at 1 as of 2026-02-07;\nlimit of ACTUSDT\n  as of 2026-02-07;\n";
    let ran = tool.run_with_input(["--format", "jsonl", "query", "-"], input);
    assert_eq!((ran.out.lines().count(), ran.code), (2, 0), "{}", ran.err);
}

#[test]
fn bad_input_of_any_kind_is_an_error_with_exit_code_2() {
    let tool = Tool::seeded();
    for input in [
        &b"\xff\xfe"[..],
        b"",
        b";;;",
        &b"explain ".repeat(5000),
        &b"(".repeat(70_000),
        &b"a,".repeat(30_000),
    ] {
        let ran = tool.run_with_input(["query", "-"], input);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{:?}", &input[..input.len().min(20)]);
        assert!(ran.err.starts_with("error["), "{}", ran.err);
    }
}

#[test]
fn options_may_follow_the_query_and_a_lost_answer_is_an_error() {
    let tool = Tool::seeded();
    let words =
        ["query", "mmr", "of", "ACTUSDT", "at", "60000", "as", "of", "2026-02-07", "--format", "jsonl"];
    assert!(tool.run(words).out.starts_with('{'));
    assert_eq!(tool.run(["query", "mmr of ACTUSDT at", "-5"]).code, 2);
    let help = tool.run::<_, &str>([]);
    assert!(help.code == 2 && help.err.contains("Examples:"), "{}", help.text());
    if let Ok(full) = std::fs::File::options().write(true).open("/dev/full") {
        let status = tool.command().args(["query", "limit of ACTUSDT"]).stdout(full).status().unwrap();
        assert_eq!(status.code(), Some(4));
    }
}

#[test]
fn a_source_is_named_by_its_file_or_by_the_first_digits_of_its_id_in_any_case() {
    let tool = Tool::seeded();
    let id = tool.row("sources")["id"].as_str().unwrap().to_string();
    for name in ["binance-2026-02-03.txt", &id, &id[..5], &id.to_uppercase()] {
        assert_eq!(tool.rows(&format!("source {name}")).0.len(), 69, "{name}");
    }
}

#[test]
fn an_error_that_comes_from_a_pinned_clause_names_it_and_not_the_text() {
    let tool = Tool::seeded();
    for asked in ["mmr of ACTUSDT at 60000", "changes of ACTUSDT", "history of limit of ACTUSDT"] {
        let ran = tool.run_with_input(["repl"], format!("set on pm\n{asked}\n").as_bytes());
        assert!(ran.err.contains("`on pm` is set for this session: `unset on` removes it"), "{}", ran.err);
        assert!(!ran.err.contains("leave"), "{}", ran.err);
        // What is underlined is the name, which the user wrote.
        let carets = ran.err.lines().find(|line| line.contains('^')).unwrap();
        assert_eq!(carets.find('^'), Some("1 | ".len() + asked.find("ACTUSDT").unwrap()), "{}", ran.err);
    }
    let ran = tool.run_with_input(["repl"], b"set on pm\nmmr of ACTUSDT at 60000\n");
    assert!(ran.err.contains("for this statement alone, write `on usdm`"), "{}", ran.err);
    let ran =
        tool.run_with_input(["repl"], b"set on pm\nunset on\nmmr of ACTUSDT at 60000 as of 2026-02-07\n");
    assert!(ran.out.contains("10 %") && ran.err.is_empty(), "{}", ran.text());
    // A clause of the text is to blame itself.
    let ran = tool.run_with_input(["repl"], b"set on usdm\nmmr of ACTUSDT at 60000 on pm\n");
    assert!(ran.err.contains("leave it out") && !ran.err.contains("unset"), "{}", ran.err);
}
