//! Every example in README and docs is run.

use tierbook::language::{Over, StatementKind};

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
fn every_example_in_the_documentation_prints_the_output_below_it() {
    let pages = [
        "language.md",
        "answers.md",
        "architecture.md",
        "announcements.md",
        "store.md",
        "corrections.md",
        "auditing.md",
        "seeds.md",
        "formats.md",
        "performance.md",
        "positions.md",
        #[cfg(feature = "columnar")]
        "evaluation.md",
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
    let files = ["notice.toml", "postponed.toml", "lives.toml", "put-off.toml"];
    assert_eq!(blocks.len(), files.len());
    for (block, file) in blocks.into_iter().zip(files) {
        let text = std::fs::read_to_string(root().join("docs/examples").join(file)).unwrap();
        assert_eq!(block, text, "{file}");
    }
}

#[test]
fn the_commands_that_measure_exist() {
    let page = std::fs::read_to_string(root().join("docs/performance.md")).unwrap();
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let blocks = page.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let commands: Vec<&str> =
        blocks.flat_map(str::lines).map(|line| line.split(" #").next().unwrap().trim()).collect();
    assert!(commands.len() >= 6, "{commands:?}");
    for command in commands {
        let words: Vec<&str> = command.split(' ').collect();
        match words[..] {
            ["cargo", "bench", "--bench", name, ..] => {
                assert!(manifest.contains(&format!("[[bench]]\nname = \"{name}\"")), "{command}");
            }
            [script, ..] => assert!(root().join(script).is_file(), "{command}"),
            [] => {}
        }
    }
}

#[test]
fn the_joins_of_the_documentation_are_those_of_the_scripts() {
    let page = std::fs::read_to_string(root().join("docs/engines.md")).unwrap();
    let script = |engine: &str| {
        let name = format!("examples/engines/with_{}.py", engine.to_lowercase());
        std::fs::read_to_string(root().join(name)).ok()
    };
    let sections =
        page.split("\n## ").filter_map(|section| Some((section, script(section.lines().next()?)?)));
    let mut engines = 0;
    for (section, script) in sections {
        let blocks = ["```sql\n", "```python\n"].into_iter().flat_map(|kind| section.split(kind).skip(1));
        let blocks: Vec<&str> = blocks.map(|rest| rest.split("```").next().unwrap()).collect();
        assert!(!blocks.is_empty(), "{section}");
        for block in blocks {
            assert!(script.contains(block), "no script has:\n{block}");
        }
        engines += 1;
    }
    assert_eq!(engines, 6);
}

/// The text of the block of a kind after `before`.
fn block<'a>(page: &'a str, kind: &str, before: &str) -> &'a str {
    let rest = page.split_once(before).expect(before).1;
    let rest = rest.split_once(&format!("```{kind}\n")).expect(kind).1;
    rest.split_once("```").expect("its end").0
}

/// A page without the outputs of its examples.
fn without_outputs(page: &str) -> String {
    let mut inside = false;
    let is_kept = |line: &&str| {
        let fence = line.starts_with("```");
        inside = if fence { *line == "```console" } else { inside };
        fence || !inside || line.starts_with("$ ")
    };
    page.lines().filter(is_kept).map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_reference_of_the_language_is_made_from_its_tables() {
    let path = root().join("docs/language-reference.md");
    let made = tierbook::language::reference();
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    if std::env::var("TIERBOOK_BLESS").is_ok_and(|value| value == "1") && without_outputs(&written) != made {
        std::fs::write(&path, &made).unwrap();
    } else {
        assert_eq!(without_outputs(&written), made, "TIERBOOK_BLESS=1 writes it again");
    }
    assert!(check_markdown(&path, &Tool::seeded()) >= 25);
}

#[test]
fn every_form_of_the_reference_can_be_read() {
    // Something in every place, and every clause.
    let places = [
        ("MEASURE", "initial margin"),
        ("LEVERAGE", "4x"),
        ("SUBJECT, …", "ACTUSDT, IPUSDT"),
        ("NUMBER, …", "1k, 60000"),
        ("NUMBER", "60000"),
        ("CONDITION, …", "margin at 100000 up by 10%, limit down"),
        ("PROGRAM", "usdm"),
        ("SPAN", "3 days"),
        ("PATTERN", "\"A*\""),
        (" | in ID", ""),
        ("effective|published|recorded|size", "size"),
        ("published|recorded", "published"),
        ("ID", "ee24"),
        ("[", ""),
        ("]", ""),
    ];
    let times =
        [("V", "2026-02-06"), ("K", "2026-02-05"), ("R", "tx=1"), ("A", "2026-02-01"), ("B", "2026-03-01")];
    for kind in tierbook::language::StatementKind::ALL {
        let form = kind.form();
        let text = places.iter().fold(form.clone(), |text, (place, value)| text.replace(place, value));
        let word = |word: &str| {
            times.iter().find(|(place, _)| *place == word).map_or(word, |(_, value)| value).to_string()
        };
        let text = text.split(' ').map(word).collect::<Vec<_>>().join(" ");
        let read = tierbook::language::parse(&text);
        assert!(read.as_ref().is_ok_and(|read| read[0].kind == *kind), "{form}\n{text}\n{read:?}");
    }
}

#[test]
fn every_example_of_the_language_is_answered() {
    let tool = Tool::seeded();
    let is_of_database = |kind: &&StatementKind| kind.row().over != Over::Positions;
    for kind in StatementKind::ALL.iter().filter(is_of_database) {
        for (place, example) in kind.row().examples.iter().enumerate() {
            let ran = tool.run(["--format", "jsonl", "query", example]);
            let is_answered = ran.code == 0 && ran.out.starts_with('{');
            assert!(is_answered || place > 0, "{example}: {}", ran.text());
        }
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
fn every_example_of_the_help_runs() {
    let tool = Tool::seeded();
    let help = tool.run(["--help"]).out;
    let examples = help.lines().filter_map(|line| line.trim().strip_prefix("tierbook query "));
    let mut count = 0;
    for example in examples {
        // Its purpose follows after several blanks.
        let words = shell_words(example.split("   ").next().unwrap());
        let ran = tool.run([&["query".to_string()], &words[..]].concat());
        assert!([0, 3].contains(&ran.code), "{example}: {}", ran.text());
        count += 1;
    }
    assert!(count >= 5, "{help}");
    for line in tool.run_with_input(["repl"], b"help\n").out.lines().filter(|line| line.starts_with("  ")) {
        for query in line.split("   ").map(str::trim).filter(|part| part.contains(" of ")) {
            let ran = tool.run(["query", query]);
            assert!([0, 3].contains(&ran.code), "{query}: {}", ran.text());
        }
    }
}
