//! The examples of docs/replication.md, run by a shell in a folder of their own.

use std::process::Command;

use crate::cli::tool::root;

/// What differs from run to run: hashes, and the lengths of what is compressed with the time of the run.
fn steady(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", steady_line(line))).collect()
}

fn steady_line(line: &str) -> String {
    let words = line.split(' ').map(|word| match word {
        hash if hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => "HASH",
        word => word,
    });
    let words: Vec<&str> = words.collect();
    let is_length = |at: usize| words.get(at + 1).is_some_and(|next| next.starts_with("byte"));
    (0..words.len()).map(|at| if is_length(at) { "N" } else { words[at] }).collect::<Vec<_>>().join(" ")
}

fn run(command: &str, folder: &std::path::Path) -> String {
    let script = format!("tierbook() {{ \"$TIERBOOK\" \"$@\"; }}\n{command}");
    let seed = folder.join("seed");
    if !seed.exists() {
        std::os::unix::fs::symlink(root().join("seed"), seed).unwrap();
    }
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]).current_dir(folder).env("TIERBOOK", env!("CARGO_BIN_EXE_tierbook"));
    shell.env("TIERBOOK_DB", folder.join("rules")).env("HOME", folder).env_remove("TIERBOOK_CONFIG");
    let output = shell.output().unwrap();
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn every_example_of_the_page_on_replicas_prints_what_is_below_it() {
    let path = root().join("docs/replication.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (mut fresh, mut printed, mut expected) = (String::new(), String::new(), String::new());
    let (mut inside, mut count) = (false, 0);
    for line in page.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        }
        if let (true, Some(command)) = (inside, line.strip_prefix("$ ")) {
            count += 1;
            let output = run(command, folder.path());
            printed += &output;
            fresh += &format!("{line}\n{output}");
        } else if inside && !line.starts_with("```") {
            expected += &format!("{line}\n");
        } else {
            fresh += &format!("{line}\n");
        }
    }
    if std::env::var("TIERBOOK_BLESS").is_ok_and(|value| value == "1") {
        std::fs::write(&path, fresh).unwrap();
        return;
    }
    assert!(count >= 6);
    assert_eq!(steady(&printed), steady(&expected), "TIERBOOK_BLESS=1 writes it again");
}

#[test]
fn a_publication_is_checked_without_the_program_as_the_page_says() {
    let published = super::Published::with(4);
    let page = std::fs::read_to_string(root().join("docs/replication.md")).unwrap();
    let (_, script) = page.split_once("```sh\ncd public\n").unwrap();
    let (script, _) = script.split_once("```").unwrap();
    let output = Command::new("sh").args(["-ec", script]).current_dir(published.public()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let lines: Vec<&str> = text.lines().collect();
    let segments = lines.iter().filter(|line| line.ends_with(".zst: OK")).count();
    assert_eq!(segments, 3, "{text}");
    let head = std::fs::read_to_string(published.public().join("head")).unwrap();
    assert!(lines.contains(&format!("{}  -", head.split(' ').nth(5).unwrap()).as_str()), "{text}");
    assert_eq!(lines.last(), Some(&"5"), "{text}");
}
