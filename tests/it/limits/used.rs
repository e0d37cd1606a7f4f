//! The list of the bounds itself: each is used, and pages name those that there are.

use std::path::Path;

use crate::cli::tool::root;

fn names() -> Vec<String> {
    let text = std::fs::read_to_string(root().join("src/limits.rs")).unwrap();
    let name = |line: &str| Some(line.strip_prefix("pub const ")?.split(':').next()?.to_string());
    text.lines().filter_map(name).collect()
}

/// The files of a folder with one of the endings, as one text.
fn all(folder: &Path, endings: &[&str], into: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        let is_of_them = |ending: &&str| path.extension().is_some_and(|it| it == *ending);
        if path.is_dir() {
            all(&path, endings, into);
        } else if endings.iter().any(is_of_them) && !path.ends_with("src/limits.rs") {
            into.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// The words of a text that are names of constants.
fn words(text: &str) -> std::collections::BTreeSet<&str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).collect()
}

#[test]
fn every_bound_is_used_in_the_program() {
    let mut code = String::new();
    all(&root().join("src"), &["rs"], &mut code);
    let code: String =
        code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let used = words(&code);
    let idle: Vec<String> = names().into_iter().filter(|name| !used.contains(name.as_str())).collect();
    assert_eq!(idle, [""; 0]);
}

#[test]
fn the_pages_name_bounds_that_there_are() {
    let mut pages = std::fs::read_to_string(root().join("README.md")).unwrap();
    all(&root().join("docs"), &["md"], &mut pages);
    let known = names();
    let named = pages.split("`limits::").skip(1).map(|rest| rest.split('`').next().unwrap());
    let unknown: Vec<&str> = named.filter(|name| !known.iter().any(|it| it == name)).collect();
    assert_eq!(unknown, [""; 0]);
}
