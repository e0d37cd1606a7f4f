//! How long queries, their parameters and the configuration may be, and what may be in them.

use tierbook::language::{Clause, Parameters, parse};
use tierbook::{ErrorCode, limits};

use crate::cli::tool::Tool;

#[test]
fn a_query_of_the_most_bytes_is_parsed_and_one_more_is_refused() {
    let most = limits::QUERY_BYTES;
    let query = |bytes: usize| format!("sources #{}", ".".repeat(bytes - 9));
    assert_eq!(parse(&query(most)).unwrap().len(), 1);
    let error = parse(&query(most + 1)).unwrap_err();
    let message = format!("the query has {} bytes; at most {most} are read", most + 1);
    assert_eq!((error.code(), error.message()), (ErrorCode::QueryTooLong, message.as_str()));
}

/// A line of standard input takes no more memory than a query, however long it is.
#[test]
fn a_line_at_the_prompt_may_have_the_most_bytes_of_a_query() {
    let tool = Tool::seeded();
    let most = limits::QUERY_BYTES;
    let line = |bytes: usize| format!("limit of ACTUSDT as of 2026-02-07 {}", " ".repeat(bytes - 34));
    let asked = |line: String| {
        let input = format!("{line}\nlimit of IPUSDT as of 2026-02-07\n");
        tool.run_with_input(["--format", "jsonl", "repl"], input.as_bytes())
    };
    let ran = asked(line(most));
    assert_eq!((ran.out.lines().count(), ran.err.as_str(), ran.code), (2, "", 0), "{}", ran.err);
    for bytes in [most + 1, 100 * most] {
        let ran = asked(line(bytes));
        // The line after it is read from its start.
        assert_eq!((ran.out.lines().count(), ran.code), (1, 2), "{}", ran.text());
        let message = format!("a line of standard input has more than {most} bytes");
        assert!(ran.err.contains("[query_too_long]") && ran.err.contains(&message), "{}", ran.err);
    }
}

#[test]
fn a_text_of_the_most_statements_is_parsed_and_one_more_is_refused_plain_or_not() {
    let most = limits::QUERY_STATEMENTS;
    for statement in ["mmr of A at 1;", "sources;"] {
        assert_eq!(parse(&statement.repeat(most)).unwrap().len(), most);
        let error = parse(&statement.repeat(most + 1)).unwrap_err();
        let message = format!("{} statements in one query; at most {most} are read", most + 1);
        assert_eq!((error.code(), error.message()), (ErrorCode::TooManyStatements, message.as_str()));
        assert_eq!(error.hints(), ["ask in several queries"]);
    }
}

#[test]
fn explain_is_nested_as_deep_as_the_limit_and_no_deeper() {
    let nested = |depth: usize| parse(&("explain ".repeat(depth) + "mmr of A at 1"));
    assert!(nested(limits::QUERY_NESTING).unwrap()[0].is_explained);
    let error = nested(limits::QUERY_NESTING + 1).unwrap_err();
    let message = format!("`explain` is written more than {} times", limits::QUERY_NESTING);
    assert_eq!((error.code(), error.message()), (ErrorCode::NestedTooDeep, message.as_str()));
    // As deep as a query is long: an error too, and no end of the stack.
    assert!(nested(limits::QUERY_BYTES / "explain ".len() - 2).is_err());
}

#[test]
fn a_value_of_the_most_bytes_is_bound_and_a_longer_one_is_refused() {
    let most = limits::PARAMETER_BYTES;
    let mut parameters = Parameters::default();
    assert!(parameters.set("n", &"1".repeat(most)).is_ok());
    // Blanks around it are no part of it.
    assert!(parameters.set("n", &format!(" {} ", "1".repeat(most))).is_ok());
    for error in [
        parameters.set("n", &"1".repeat(most + 1)).unwrap_err(),
        Parameters::read(&[format!("n={}", "1".repeat(most + 1))]).unwrap_err(),
    ] {
        assert_eq!(error.message(), format!("the value of `$n` has {} bytes", most + 1));
        assert_eq!(error.hints(), [format!("at most {most} are read")]);
    }
}

#[test]
fn an_amount_of_the_most_digits_is_read_and_one_more_is_refused_with_the_true_reason() {
    let tool = Tool::seeded();
    let most = limits::NUMBER_DIGITS;
    let asked = |amount: &str| tool.run(["query", &format!("tier of ACTUSDT at {amount} as of 2026-02-07")]);
    let decimals = |digits: usize| format!("1.{}", "2".repeat(digits - 1));
    assert_eq!(asked(&decimals(most)).code, 0);
    let over = asked(&decimals(most + 1));
    assert!(over.code == 2 && over.err.contains(&format!("has more than {most} digits")), "{}", over.err);
    // It has no more digits than it may have, but what it stands for has.
    let thousands = asked(&format!("{}b", "2".repeat(most)));
    assert!(thousands.err.contains("more digits than are computed with exactly"), "{}", thousands.err);
}

#[test]
fn a_leverage_without_its_x_is_understood_up_to_the_limit() {
    let tool = Tool::seeded();
    let asked = |leverage: &str| {
        tool.run(["query", &format!("max position of ACTUSDT at {leverage} as of 2026-02-07")])
    };
    let most = limits::BARE_LEVERAGE;
    let refused = |text: String| asked(&text).err.contains("[not_a_leverage]");
    assert!(!refused(most.to_string()) && !refused(format!("{}x", most + 1)));
    let over = asked(&(most + 1).to_string());
    let message = format!("`{}` looks like a notional; a leverage comes here", most + 1);
    assert!(over.code == 2 && over.err.contains(&message) && over.err.contains("write 10x"), "{}", over.err);
}

/// The file of aliases that the program finds.
fn config(tool: &Tool, text: &str) {
    let folder = tool.dir().with_file_name(".config").join("tierbook");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), text).unwrap();
}

#[test]
fn a_configuration_of_the_most_bytes_is_read_and_one_more_is_refused() {
    let tool = Tool::empty();
    let text = "[alias.act]\nquery = \"mmr of ACTUSDT at 60000\"\n";
    let most = limits::CONFIG_BYTES as usize;
    let listed = |bytes: usize| {
        config(&tool, &format!("{text}#{}", " ".repeat(bytes - text.len() - 1)));
        tool.run(["aliases"])
    };
    let ran = listed(most);
    assert!(ran.code == 0 && ran.out.contains("act"), "{}", ran.text());
    let ran = listed(most + 1);
    let message = format!("is longer than {most} bytes");
    assert!(
        ran.code != 0 && ran.err.contains("[config_too_long]") && ran.err.contains(&message),
        "{}",
        ran.text()
    );
    assert!(ran.err.contains("check that it is the right one"), "{}", ran.err);
}

#[test]
fn the_most_aliases_are_kept_and_those_after_them_are_left_out_with_an_error() {
    let tool = Tool::empty();
    let most = limits::CONFIG_ALIASES;
    let listed = |count: usize| {
        let alias = |number: usize| format!("[alias.a{number}]\nquery = \"sources\"\n");
        config(&tool, &(0..count).map(alias).collect::<String>());
        tool.run(["--format", "csv", "aliases"])
    };
    let ran = listed(most);
    assert_eq!((ran.err.as_str(), ran.code, ran.out.contains(&format!("a{}", most - 1))), ("", 0, true));
    let ran = listed(most + 1);
    assert!(ran.err.contains(&format!("there are more than {most} aliases")), "{}", ran.err);
    assert!(ran.err.contains(&format!("[alias.a{most}]")) && ran.err.contains("remove those"), "{}", ran.err);
    assert!(ran.out.contains(&format!("a{}", most - 1)) && !ran.out.contains(&format!("a{most}")));
}

#[test]
fn a_clause_is_found_in_the_longest_query() {
    let names = "A,".repeat((limits::QUERY_BYTES - 40) / 2);
    let statement = parse(&format!("mmr of {names}A at 1 as of 2026-02-07")).unwrap().remove(0);
    assert_eq!(statement.value(Clause::AsOf).unwrap().text, "2026-02-07");
}
