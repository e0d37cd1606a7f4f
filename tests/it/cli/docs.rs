//! Every example in README and docs is run.

use super::console::{check_markdown, shell_words};
use super::tool::{Tool, root};

#[test]
fn the_first_command_of_the_readme_prints_the_answer_on_a_fresh_clone() {
    let tool = Tool::empty();
    assert!(check_markdown(&root().join("README.md"), &tool) >= 1);
}

#[test]
fn every_command_of_the_table_in_the_readme_runs() {
    let tool = Tool::seeded();
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let commands: Vec<&str> = readme
        .lines()
        .filter(|line| line.starts_with("| ") && !line.contains('…'))
        .filter_map(|line| line.rsplit_once("`tierbook ")?.1.split_once('`'))
        .map(|(command, _)| command)
        .collect();
    assert!(commands.len() >= 12, "{commands:?}");
    for command in commands.iter().filter(|command| command.starts_with("query ")) {
        let ran = tool.run(shell_words(command));
        assert!([0, 3].contains(&ran.code), "{command}: {}", ran.text());
    }
    let help = tool.run(["--help"]).out;
    for command in commands {
        let name = command.split(' ').next().unwrap();
        assert!(help.lines().any(|line| line.trim_start().starts_with(name)), "{name} is no command");
    }
}

#[test]
fn every_example_in_the_documentation_prints_what_stands_below_it() {
    if std::env::var("TIERBOOK_BLESS").is_ok_and(|value| value == "1") {
        let (path, (written, made)) = (root().join("docs/language.md"), grammar());
        let fresh = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, fresh.replace(&format!("```ebnf\n{written}"), &format!("```ebnf\n{made}")))
            .unwrap();
    }
    let pages = [
        "language.md",
        "architecture.md",
        "announcements.md",
        "store.md",
        "corrections.md",
        "auditing.md",
        "seeds.md",
    ];
    for page in pages {
        let tool = Tool::seeded();
        check_markdown(&root().join("docs").join(page), &tool);
    }
}

#[test]
fn the_seeds_of_the_documentation_are_the_files_that_its_examples_load() {
    let page = std::fs::read_to_string(root().join("docs/seeds.md")).unwrap();
    let blocks: Vec<&str> =
        page.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert_eq!(blocks.len(), 2);
    for (block, file) in blocks.into_iter().zip(["notice.toml", "postponed.toml"]) {
        let text = std::fs::read_to_string(root().join("docs/examples").join(file)).unwrap();
        assert_eq!(block, text, "{file}");
    }
}

/// The text of the block of a kind that stands behind `before`.
fn block<'a>(page: &'a str, kind: &str, before: &str) -> &'a str {
    let rest = page.split_once(before).expect(before).1;
    let rest = rest.split_once(&format!("```{kind}\n")).expect(kind).1;
    rest.split_once("```").expect("its end").0
}

/// The grammar as it stands in the page of the language, and as it is made.
fn grammar() -> (String, String) {
    let page = std::fs::read_to_string(root().join("docs/language.md")).unwrap();
    (block(&page, "ebnf", "## The whole grammar").to_string(), tierbook::query::syntax::grammar::ebnf())
}

#[test]
fn the_grammar_of_the_documentation_is_made_from_the_one_that_the_program_reads_by() {
    // The test of the examples writes it anew, since it writes the page.
    if !std::env::var("TIERBOOK_BLESS").is_ok_and(|value| value == "1") {
        let (written, made) = grammar();
        assert_eq!(written, made, "TIERBOOK_BLESS=1 writes it anew");
    }
}

#[test]
fn every_statement_is_documented_with_its_form_and_an_example() {
    let page = |name: &str| std::fs::read_to_string(root().join("docs").join(name)).unwrap();
    let seeds = page("seeds.md");
    let page = page("language.md");
    let forms = block(&page, "text", "## Every statement");
    for word in tierbook::query::syntax::typos::statement_words().filter(|word| *word != "max") {
        let is_measure =
            tierbook::query::syntax::measure::Measure::ALL.iter().any(|measure| measure.words() == word);
        let form = if is_measure { "MEASURE of" } else { word };
        assert!(
            forms.lines().any(|line| line.split(' ').next() == form.split(' ').next()),
            "{word} has no form"
        );
        let examples = page
            .lines()
            .chain(seeds.lines())
            .filter_map(|line| line.strip_prefix("$ tierbook ")?.split_once("query "));
        let is_asked = |text: &str| text.trim_start_matches(['"', '\'']).starts_with(word);
        assert!(examples.into_iter().any(|(_, text)| is_asked(text)), "{word} has no example");
    }
    // Each form, with something in every place and every clause, can be read.
    let places = [
        ("MEASURE", "mmr"),
        ("SUBJECT, …", "ACTUSDT, IPUSDT"),
        ("NUMBER, …", "1k, 60000"),
        ("NUMBER", "60000"),
        ("CONDITION, …", "margin at 100000 up by 10%, limit down"),
        ("PROGRAM", "usdm"),
        ("LENGTH", "3 days"),
        ("PATTERN", "\"A*\""),
        ("STATEMENT", "sources"),
        (" | in ID", ""),
        ("|published|recorded", ""),
        ("published|recorded", "published"),
        ("ID", "ee24"),
        ("[", ""),
        ("]", ""),
    ];
    for form in
        forms.lines().filter(|line| !["explain", "ALIAS", "SUBJECT"].iter().any(|w| line.starts_with(w)))
    {
        let mut text =
            places.iter().fold(form.to_string(), |text, (place, value)| text.replace(place, value));
        let timestamps = [
            ("V", "2026-02-06"),
            ("K", "2026-02-05"),
            ("R", "tx=1"),
            ("A", "2026-02-01"),
            ("B", "2026-03-01"),
        ];
        let word = |word: &str| {
            timestamps.iter().find(|(place, _)| *place == word).map_or(word, |(_, value)| value).to_string()
        };
        text = text.split(' ').map(word).collect::<Vec<_>>().join(" ");
        let read = tierbook::query::parse(&text);
        assert!(read.is_ok(), "{form}\n{text}\n{read:?}");
    }
}

#[test]
fn the_examples_of_the_language_are_the_files_that_its_commands_read() {
    let page = std::fs::read_to_string(root().join("docs/language.md")).unwrap();
    let file = |name: &str| std::fs::read_to_string(root().join("docs/examples").join(name)).unwrap();
    assert_eq!(block(&page, "text", "examples/morning.tb"), file("morning.tb"));
    assert_eq!(block(&page, "toml", "examples/config.toml"), file("config.toml"));
}

#[test]
fn every_measure_is_documented() {
    let page = |name: &str| std::fs::read_to_string(root().join("docs").join(name)).unwrap();
    let language = page("language.md");
    for measure in tierbook::query::syntax::measure::Measure::ALL {
        assert!(language.contains(&format!("`{} of", measure.words())), "{}", measure.words());
    }
}

#[test]
fn every_example_of_the_help_runs() {
    let tool = Tool::seeded();
    let help = tool.run(["--help"]).out;
    let examples = help.lines().filter_map(|line| line.trim().strip_prefix("tierbook query "));
    let mut count = 0;
    for example in examples {
        // What the example is for stands behind it, after several blanks.
        let words = shell_words(example.split("   ").next().unwrap());
        let ran = tool.run([&["query".to_string()], &words[..]].concat());
        assert!([0, 3].contains(&ran.code), "{example}: {}", ran.text());
        count += 1;
    }
    assert!(count >= 5, "{help}");
    for line in tool.run_with_input(&["repl"], b"help\n").out.lines().filter(|line| line.starts_with("  ")) {
        for query in line.split("   ").map(str::trim).filter(|part| part.contains(" of ")) {
            let ran = tool.run(["query", query]);
            assert!([0, 3].contains(&ran.code), "{query}: {}", ran.text());
        }
    }
}
