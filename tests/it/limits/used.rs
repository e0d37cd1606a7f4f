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
        let is_of_them = |ending: &&str| path.to_str().unwrap().ends_with(*ending);
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
    all(&root().join("src"), &[".rs"], &mut code);
    let code: String =
        code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let used = words(&code);
    let idle: Vec<String> = names().into_iter().filter(|name| !used.contains(name.as_str())).collect();
    assert_eq!(idle, [""; 0]);
}

#[test]
fn every_bound_is_named_by_a_test_or_says_why_not() {
    let (mut tests, mut code) = (String::new(), String::new());
    all(&root().join("tests"), &[".rs"], &mut tests);
    all(&root().join("src"), &["/tests.rs"], &mut tests);
    all(&root().join("src"), &[".rs"], &mut code);
    let of_units =
        code.split("#[cfg(test)]\nmod tests").skip(1).map(|rest| rest.split("\n}\n").next().unwrap());
    let units: String = of_units.collect();
    let (tests, units) = (words(&tests), words(&units));
    let list = std::fs::read_to_string(root().join("src/limits.rs")).unwrap();
    let says = |name: &str| {
        let before = list.split(&format!("pub const {name}:")).next().unwrap();
        let own = before.rsplit("\n\n").next().unwrap();
        own.contains("Not tested") || own.contains("ested with ")
    };
    let is_open =
        |name: &String| !tests.contains(name.as_str()) && !units.contains(name.as_str()) && !says(name);
    assert_eq!(names().into_iter().filter(is_open).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn the_pages_name_bounds_that_there_are() {
    let mut pages = std::fs::read_to_string(root().join("README.md")).unwrap();
    all(&root().join("docs"), &[".md"], &mut pages);
    let known = names();
    let named = pages.split("`limits::").skip(1).map(|rest| rest.split('`').next().unwrap());
    let unknown: Vec<&str> = named.filter(|name| !known.iter().any(|it| it == name)).collect();
    assert_eq!(unknown, [""; 0]);
}
