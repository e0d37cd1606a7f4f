//! Names and words that others chose: a terminal never acts on them, and no line of a report is theirs.

use std::fs;
use std::path::PathBuf;

use super::tool::{Tool, root, seed};

/// Everything a name must not do: a title for the window, colours, text that runs backwards, letters without width,
/// a line of a report, markup.
const NAME: &str = "a\u{1b}]0;own\u{7}\u{1b}[31mb\u{9b}2Jc\u{202e}d\u{200b}e\u{2066}\n1 file loaded: all is well <script>x.txt";

/// The characters that no text for people may have.
fn acted_on(text: &str) -> Vec<char> {
    let acts = |c: &char| {
        (c.is_control() && !matches!(c, '\n' | '\t'))
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
    };
    text.chars().filter(acts).collect()
}

#[track_caller]
fn harmless(text: &str) {
    assert_eq!(acted_on(text), Vec::<char>::new(), "{text:?}");
}

/// A folder with the seed under a hostile name.
fn named(tool: &Tool) -> PathBuf {
    let folder = tool.dir().with_file_name("documents");
    fs::create_dir_all(&folder).unwrap();
    fs::copy(seed(), folder.join(NAME.replace('/', "-"))).unwrap();
    folder
}

#[test]
fn the_name_of_a_file_is_shown_on_one_line_and_nothing_acts_on_it() {
    let tool = Tool::empty();
    let folder = named(&tool);
    for command in ["check", "load", "load"] {
        let ran = tool.run([command, folder.to_str().unwrap()]);
        harmless(&ran.text());
        assert!(
            ran.err.contains("a�]0;own��[31mb�2Jc[U+202E]d[U+200B]e[U+2066]�1 file loaded"),
            "{}",
            ran.err
        );
        assert!(!ran.err.lines().any(|line| line.starts_with("1 file loaded")), "{}", ran.err);
    }
    for query in
        ["sources", "findings", "statements of source ee2413a8367c", "explain mmr of ACTUSDT at 60000"]
    {
        let ran = tool.run(["query", query]);
        harmless(&ran.text());
        assert!(ran.out.len() > 40 || ran.code == 2, "{query}: {}", ran.text());
    }
    for command in [&["log"][..], &["status"], &["verify"], &["export", "sources", "/dev/null/x"]] {
        harmless(&tool.run(command).text());
    }
}

#[test]
fn an_answer_for_programs_has_the_name_as_it_is() {
    let tool = Tool::empty();
    tool.run(["load", named(&tool).to_str().unwrap()]);
    let (rows, _) = tool.rows("sources");
    assert_eq!(rows[0]["file"], NAME);
    let csv = tool.run(["--format", "csv", "query", "sources"]).out;
    assert!(csv.contains(NAME), "{csv}");
}

#[test]
fn a_document_cannot_write_to_the_terminal_by_its_title_its_words_or_its_findings() {
    let tool = Tool::seeded();
    let text = fs::read_to_string(seed()).unwrap();
    let hostile = "\u{1b}[2J\u{202e}\u{9b}31m\u{200b}";
    let folder = tool.dir().with_file_name("documents");
    fs::create_dir_all(&folder).unwrap();
    // In a name, in a figure, in the title, and everywhere.
    for (name, from) in [("subject", "ACTUSDT"), ("figure", "5,000"), ("word", "Binance"), ("blank", "\n")] {
        let to = format!("{from}{hostile}");
        fs::write(folder.join(format!("{name}.txt")), text.replacen(from, &to, 12)).unwrap();
    }
    let title = format!("title = \"x{}\"\n", "\\u001b[2J\\u202e\\u200b");
    fs::write(folder.join("title.toml"), title).unwrap();
    fs::write(folder.join("tables.json"), format!("[{{\"symbol\": \"X{hostile}\", \"brackets\": []}}]"))
        .unwrap();
    for command in ["check", "load"] {
        harmless(&tool.run([command, "--allow-unread", folder.to_str().unwrap()]).text());
    }
    for query in ["sources", "findings", "subjects", "upcoming"] {
        harmless(&tool.run(["query", query]).text());
    }
    harmless(&tool.run(["log", "--all"]).text());
}

#[test]
fn words_of_a_command_a_positions_file_a_configuration_and_a_mark_are_shown_only() {
    let tool = Tool::seeded();
    let hostile = "x\u{1b}[2J\u{202e}\u{9b}31m\u{200b}y";
    let place = |name: &str, text: String| {
        let path = tool.dir().with_file_name(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_string()
    };
    let positions = place("p.csv", format!("symbol,notional\n{hostile},5\nACTUSDT,{hostile}\n"));
    let config = place("c.toml", format!("[aliases]\n\"{}\" = \"mmr of {hostile}\"\n", "x\\u001b"));
    for words in [
        &["impact", &positions][..],
        &["eval", &positions],
        &["--config", &config, "aliases"],
        &["query", &format!("mmr of {hostile} at 5")],
        &["query", "--set", &format!("a={hostile}"), "mmr of $a at 5"],
        &["unload", "ee2413a8367c", "--reason", hostile],
        &["log"],
        &["load", hostile],
        &["pull", hostile],
        &[hostile],
    ] {
        let ran = tool.run(words);
        harmless(&ran.text());
        assert!(!ran.text().is_empty(), "{words:?}");
    }
    fs::write(tool.dir().join("replica"), format!("tierbook replica 1: {hostile}\n")).unwrap();
    for words in [&["status"][..], &["load", seed().to_str().unwrap()], &["detach"]] {
        harmless(&tool.run(words).text());
    }
}

#[test]
fn the_names_of_members_are_names_only() {
    let tool = Tool::empty();
    let text = fs::read(seed()).unwrap();
    let archive = tool.dir().with_file_name("all.zip");
    let mut zip = zip::ZipWriter::new(fs::File::create(&archive).unwrap());
    let options = zip::write::SimpleFileOptions::default();
    for name in ["../../escaped.txt", "/tmp/tierbook-absolute.txt", "..\\escaped.txt", NAME] {
        zip.start_file(name, options).unwrap();
        std::io::Write::write_all(&mut zip, &text).unwrap();
    }
    zip.add_symlink("link.txt", "/etc/passwd", options).unwrap();
    zip.start_file("nested.zip", options).unwrap();
    zip.finish().unwrap();
    let ran = tool.run(["load", archive.to_str().unwrap()]);
    harmless(&ran.text());
    // What a link leads to is not read: its text is that of a document, and no document.
    assert!(ran.err.contains("link.txt: not loaded") && !ran.err.contains("root:"), "{}", ran.err);
    let folder = archive.parent().unwrap();
    let mut there: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    there.sort();
    assert_eq!(there, ["all.zip", "db"]);
    for escaped in ["/tmp/tierbook-absolute.txt", "/tmp/escaped.txt", "escaped.txt"] {
        assert!(!root().join(escaped).exists(), "{escaped}");
    }
}
