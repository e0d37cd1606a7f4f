//! Folders that are loaded and checked: what is read, what is left out, and that the user is told.

use std::fs;
use std::path::{Path, PathBuf};

use super::tool::{Ran, Tool, seed};

/// A folder with documents, other files, hidden files, subfolders and a link that leads back.
fn mixed(tool: &Tool) -> PathBuf {
    let folder = tool.dir().with_file_name("inbox");
    fs::create_dir_all(folder.join("2025/12")).unwrap();
    fs::create_dir_all(folder.join(".git")).unwrap();
    let text = fs::read_to_string(seed()).unwrap();
    let names = [
        "b-20260203T060046Z.md",
        "a-20260203T060047Z.TXT",
        "2025/z-20260203T060044Z.htm",
        "2025/12/y-20260203T060045Z.eml",
        ".hidden.txt",
        ".git/c.txt",
    ];
    for (place, name) in names.iter().enumerate() {
        fs::write(folder.join(name), format!("{text}{}", "\n".repeat(place))).unwrap();
    }
    for name in ["README.md", "data.csv", "notes.pdf", "table.xlsx", "2025/more.csv"] {
        fs::write(folder.join(name), "other").unwrap();
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink("..", folder.join("2025/back")).unwrap();
    folder
}

/// The names of the files that a run reports, in its order.
fn reported(ran: &Ran, folder: &Path, outcome: &str) -> Vec<String> {
    let prefix = format!("{}/", folder.display());
    let lines = ran.err.lines().filter_map(|line| line.strip_prefix(&prefix)?.split_once(outcome));
    lines.map(|(name, _)| name.to_string()).collect()
}

#[test]
fn a_folder_is_read_without_its_subfolders_and_what_is_left_out_is_named_in_one_line() {
    let tool = Tool::empty();
    let folder = mixed(&tool);
    let named = format!(
        "{}: 5 skipped: 2025/, README.md, data.csv and 2 more (--recursive reads subfolders)",
        folder.display()
    );
    for (command, outcome) in [("check", ": readable"), ("load", ": loaded as")] {
        let ran = tool.run([Path::new(command), &folder]);
        assert_eq!(reported(&ran, &folder, outcome), ["b-20260203T060046Z.md", "a-20260203T060047Z.TXT"]);
        assert_eq!(ran.err.lines().filter(|line| line.contains("skipped")).collect::<Vec<_>>(), [&named]);
        assert_eq!(ran.err.lines().next(), Some(named.as_str()), "before anything is recorded");
    }
    let dry_run = tool.run([Path::new("load"), Path::new("--dry-run"), &folder]);
    assert!(dry_run.err.contains(&named), "{}", dry_run.err);
}

#[test]
fn recursive_reads_subfolders_in_the_order_of_the_times_and_follows_no_link() {
    let tool = Tool::empty();
    let folder = mixed(&tool);
    for (command, outcome) in [("check", ": readable"), ("load", ": loaded as")] {
        let ran = tool.run([Path::new(command), Path::new("--recursive"), &folder]);
        assert_eq!(
            reported(&ran, &folder, outcome),
            [
                "2025/z-20260203T060044Z.htm",
                "2025/12/y-20260203T060045Z.eml",
                "b-20260203T060046Z.md",
                "a-20260203T060047Z.TXT",
            ],
            "{}",
            ran.text()
        );
        let named = "6 skipped: 2025/back/, 2025/more.csv, README.md and 3 more\n";
        assert!(ran.err.contains(named), "{}", ran.err);
    }
}

#[test]
fn markdown_about_a_folder_is_skipped_and_an_announcement_that_cannot_be_read_is_not() {
    let tool = Tool::empty();
    let folder = tool.dir().with_file_name("notes");
    fs::create_dir_all(&folder).unwrap();
    fs::copy(seed(), folder.join("a.txt")).unwrap();
    // It shows figures of tables, but states no rule and no time.
    fs::write(folder.join("about.md"), "# Misprints\n\nCells like 5,00,00050.00% and 0 < P ≤ 5.\n").unwrap();
    let ran = tool.run([Path::new("check"), &folder]);
    assert!(ran.code == 1 && ran.err.contains("1 skipped: about.md\n"), "{}", ran.text());
    fs::rename(folder.join("about.md"), folder.join("about-20260203T060046Z.md")).unwrap();
    let ran = tool.run([Path::new("check"), &folder]);
    assert!(ran.code == 4 && ran.err.contains("error["), "{}", ran.text());
    assert!(!ran.err.contains("skipped"), "{}", ran.err);
}

#[test]
fn a_folder_without_a_document_names_the_option_that_may_help() {
    let tool = Tool::empty();
    let folder = tool.dir().with_file_name("outer");
    fs::create_dir_all(folder.join("inner")).unwrap();
    fs::copy(seed(), folder.join("inner/a.txt")).unwrap();
    let ran = tool.run([Path::new("load"), &folder]);
    assert!(ran.code == 4 && ran.err.contains("no_announcement"), "{}", ran.text());
    assert!(ran.err.contains("--recursive"), "{}", ran.err);
    assert_eq!(tool.run([Path::new("load"), Path::new("-r"), &folder]).code, 0);
    let ran = tool.run([Path::new("check"), &folder.join("inner")]);
    assert!(!ran.err.contains("skipped"), "nothing is left out: {}", ran.err);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_file_outside_is_skipped_and_one_within_the_folder_is_read() {
    let tool = Tool::empty();
    let folder = tool.dir().with_file_name("sent");
    fs::create_dir_all(folder.join("data")).unwrap();
    fs::copy(seed(), folder.join("data/a.txt")).unwrap();
    std::os::unix::fs::symlink("data/a.txt", folder.join("within.txt")).unwrap();
    let outside = tool.dir().with_file_name("outside.txt");
    fs::write(&outside, fs::read_to_string(seed()).unwrap() + "\n").unwrap();
    std::os::unix::fs::symlink(&outside, folder.join("outside.txt")).unwrap();
    for arguments in [&["check"][..], &["load"], &["load", "--recursive"]] {
        let ran = tool.run(arguments.iter().map(Path::new).chain([&*folder]));
        assert!(ran.err.contains("skipped: ") && ran.err.contains("outside.txt"), "{}", ran.err);
        assert!(!ran.err.contains("outside.txt: ") && ran.err.contains("within.txt: "), "{}", ran.err);
    }
    assert_eq!(tool.rows("sources").0.len(), 1);
    // Who names a link means what it leads to.
    assert_eq!(tool.run([Path::new("load"), &folder.join("outside.txt")]).code, 0);
}

#[test]
fn a_load_before_a_question_is_silent_about_what_it_leaves_out() {
    let tool = Tool::empty();
    let folder = mixed(&tool);
    let ran = tool.run(["--load", folder.to_str().unwrap(), "query", "sources"]);
    assert!(ran.code == 0 && !ran.err.contains("skipped"), "{}", ran.text());
}
