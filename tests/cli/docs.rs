//! Every example in README and docs is run.

use super::console::{check_markdown, shell_words};
use super::tool::{Tool, root};

#[test]
fn the_first_command_of_the_readme_prints_the_answer_on_a_fresh_clone() {
    let tool = Tool::empty();
    assert!(check_markdown(&root().join("README.md"), &tool) >= 1);
}

#[test]
fn every_example_in_the_documentation_prints_what_stands_below_it() {
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

#[test]
fn every_measure_and_every_finding_is_documented() {
    let page = |name: &str| std::fs::read_to_string(root().join("docs").join(name)).unwrap();
    let language = page("language.md");
    for measure in tierbook::query::measure::Measure::ALL {
        assert!(language.contains(&format!("`{} of", measure.words())), "{}", measure.words());
    }
    let findings = page("announcements.md") + &page("formats.md");
    for code in tierbook::finding::Code::ALL {
        assert!(findings.contains(&format!("`{}`", code.name())), "{}", code.name());
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
        let query = shell_words(example.split("   ").next().unwrap()).join(" ");
        let ran = tool.run(["query", &query]);
        assert!([0, 3].contains(&ran.code), "{query}: {}", ran.text());
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
