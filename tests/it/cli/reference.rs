//! What the program prints about itself: help, completions for shells, manual pages.

use std::process::{Command, Stdio};

use super::console::shell_words;
use super::tool::{Tool, root};

/// The names of the commands, as the help lists them.
fn commands(tool: &Tool) -> Vec<String> {
    let help = tool.run(["--help"]).out;
    let list = help.split_once("Commands:").unwrap().1.split_once("\n\n").unwrap().0;
    let lines = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    lines.filter_map(|line| line.split_whitespace().next()).map(str::to_string).collect()
}

#[test]
fn help_knows_every_command_and_the_language() {
    let tool = Tool::empty();
    let commands = commands(&tool);
    assert!(commands.len() >= 16, "{commands:?}");
    for command in &commands {
        let (asked, long) = (tool.run(["help", command]), tool.run([command, "--help"]));
        assert_eq!((asked.code, asked.out.trim()), (0, long.out.trim()), "{command}");
    }
    assert_eq!(tool.run(["help"]).out.trim(), tool.run(["-h"]).out.trim());
    let unknown = tool.run(["help", "langauge"]);
    assert!(
        unknown.code == 2 && unknown.err.contains("did you mean `tierbook help language`?"),
        "{}",
        unknown.err
    );
}

#[test]
fn the_help_of_a_command_has_its_own_options_and_an_example_that_runs() {
    let tool = Tool::seeded();
    // Some examples write files: they run in a folder in which the files of the repository can be read.
    let folder = tempfile::tempdir().unwrap();
    for name in ["seed", "docs"] {
        std::os::unix::fs::symlink(root().join(name), folder.path().join(name)).unwrap();
    }
    let options = tool.run(["help", "options"]).out;
    for command in commands(&tool) {
        let help = tool.run([command.as_str(), "--help"]).out;
        for option in ["--db", "--format", "--config"] {
            assert!(options.contains(&format!("{option} <")), "{options}");
            assert!(!help.contains(&format!("{option} <")), "{help}");
        }
        assert!(help.contains("tierbook help options"), "{help}");
        let example = help.split_once("Example:\n  tierbook ").expect(&help).1.lines().next().unwrap();
        // It runs until it is ended: tests/it/server/command.rs.
        if command == "serve" {
            continue;
        }
        let mut process = tool.command();
        let output = process
            .args(shell_words(example))
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        // That of `impact` has a position that a change affects.
        let answered =
            output.status.code().is_some_and(|code| code <= 1 || (command == "impact" && code == 5));
        assert!(answered, "{example}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn the_help_on_the_language_is_its_reference() {
    let tool = Tool::empty();
    let help = tool.run(["help", "language"]);
    assert_eq!((help.code, help.err.as_str()), (0, ""));
    assert_eq!(help.out, tierbook::language::reference());
}

#[test]
fn every_shell_gets_completions_that_know_the_commands() {
    let tool = Tool::empty();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = tool.run(["completions", shell]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{shell}");
        for command in commands(&tool) {
            assert!(ran.out.contains(&command), "{shell} does not know {command}");
        }
        assert!(ran.out.contains("TIERBOOK_DB") || shell == "bash", "{shell} explains the options");
    }
    assert_eq!(tool.run(["completions", "tcsh"]).code, 2);
}

/// Runs a checker on a text; `None` with a visible line where the checker is not installed.
fn checked(program: &str, arguments: &[&str], text: &[u8]) -> Option<String> {
    use std::io::Write;
    let started = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = started else {
        eprintln!("skipped: there is no {program} here");
        return None;
    };
    child.stdin.take().unwrap().write_all(text).unwrap();
    let output = child.wait_with_output().unwrap();
    let messages = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{program}: {messages}");
    Some(messages)
}

#[test]
fn the_completions_are_right_in_the_syntax_of_their_shells() {
    let tool = Tool::empty();
    for (shell, arguments) in [("bash", &["-n"][..]), ("zsh", &["-n"]), ("fish", &["--no-execute"])] {
        let script = tool.run(["completions", shell]).out;
        if let Some(messages) = checked(shell, arguments, script.as_bytes()) {
            assert_eq!(messages, "", "{shell}");
        }
    }
}

#[test]
fn bash_completes_a_command_and_an_option() {
    let tool = Tool::empty();
    let script = tool.run(["completions", "bash"]).out;
    let asking = "\nasked() { COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _tierbook tierbook \"${@: -1}\" \"${@: -2:1}\"; \
                  echo \"${COMPREPLY[@]}\"; }\nasked tierbook rec\nasked tierbook query --fi\n";
    let Ok(output) = Command::new("bash").args(["-c", &(script + asking)]).output() else {
        eprintln!("skipped: there is no bash here");
        return;
    };
    let offered = String::from_utf8(output.stdout).unwrap();
    assert_eq!(offered, "reconcile\n--file\n", "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn every_command_has_a_manual_page_that_renders_without_a_warning() {
    let tool = Tool::empty();
    let folder = tool.dir().with_file_name("pages").join("man1");
    let ran = tool.run(["man", folder.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let mut expected: Vec<String> =
        commands(&tool).iter().map(|command| format!("tierbook-{command}.1")).collect();
    let of_sets = ["list", "remove", "save", "show"].map(|command| format!("tierbook-positions-{command}.1"));
    expected.extend(of_sets);
    expected.push("tierbook.1".to_string());
    expected.sort();
    let mut pages: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    pages.sort();
    assert_eq!(pages, expected);
    for page in pages {
        let bytes = std::fs::read(folder.join(&page)).unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        let title = text.lines().find(|line| line.starts_with(".TH ")).expect("a title");
        assert!(title.contains(page.trim_end_matches(".1")), "{title}");
        assert!(text.contains(".SH NAME") && text.contains(".SH SYNOPSIS"), "{page}");
        // The macros of man(7) and a few requests; whatever else stood there would print nothing.
        let known = [".TH", ".SH", ".TP", ".PP", ".RS", ".RE", ".IP", ".br", ".ie", ".el", ".nf", ".fi"];
        for line in text.lines().filter(|line| line.starts_with('.')) {
            assert!(known.contains(&line.split(' ').next().unwrap()), "{page}: {line}");
        }
        if let Some(messages) = checked("groff", &["-K", "utf8", "-man", "-ww", "-z", "-Tutf8"], &bytes) {
            assert_eq!(messages, "", "{page}");
        }
    }
    let refused = tool.run(["man", "/dev/null/pages"]);
    assert!(refused.code == 4 && refused.err.contains("cannot write"), "{}", refused.text());
}
