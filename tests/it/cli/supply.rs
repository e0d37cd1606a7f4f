//! What the program is made of: listed without a place of this machine, built without the network, and without `unsafe`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::tool::root;

/// What `cargo metadata` says of all packages.
fn metadata() -> Value {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_string());
    let mut command = Command::new(cargo);
    let output = command.args(["metadata", "--locked", "--format-version", "1"]);
    let output = output.current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn texts<'a>(value: &'a Value, into: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => into.push(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, into)),
        Value::Object(fields) => fields.values().for_each(|field| texts(field, into)),
        _ => {}
    }
}

#[test]
fn the_list_of_parts_has_every_crate_with_licence_and_checksum_and_no_path() {
    let list = || Command::new(root().join(".ci/sbom")).output().unwrap();
    let output = list();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.stdout, list().stdout, "the same checkout gives the same list");
    let parts: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&parts["bomFormat"], &parts["specVersion"]), (&"CycloneDX".into(), &"1.5".into()));
    let components = parts["components"].as_array().unwrap();
    let names: BTreeSet<&str> = components.iter().map(|part| part["name"].as_str().unwrap()).collect();
    for name in ["sled", "bincode", "pest", "rustls", "zstd-sys"] {
        assert!(names.contains(name), "{name}");
    }
    assert!(!names.contains("proptest") && !names.contains("expectrl"), "what only tests use is no part");
    for part in components {
        let (licence, sum) = (&part["licenses"][0]["expression"], &part["hashes"][0]["content"]);
        assert!(licence.is_string() && sum.as_str().is_some_and(|sum| sum.len() == 64), "{part}");
    }
    let mut all = Vec::new();
    texts(&parts, &mut all);
    let home = std::env::var("HOME").unwrap_or_else(|_| "/root".to_string());
    let places =
        [format!("{}/", root().display()), format!("{home}/"), "file://".into(), "registry/src".into()];
    for text in all {
        assert!(!text.starts_with('/') && !places.iter().any(|place| text.contains(place)), "{text}");
    }
}

#[test]
fn no_build_script_fetches_anything() {
    let metadata = metadata();
    let mut scripts = 0;
    for package in metadata["packages"].as_array().unwrap() {
        for target in package["targets"].as_array().unwrap() {
            if target["kind"][0] != "custom-build" {
                continue;
            }
            scripts += 1;
            let text = fs::read_to_string(target["src_path"].as_str().unwrap()).unwrap();
            for word in ["TcpStream", "\"curl\"", "\"wget\"", "reqwest", "ureq", "attohttpc", "\"clone\""] {
                assert!(!text.contains(word), "{} has {word} in its build script", package["name"]);
            }
        }
    }
    assert!(scripts > 20, "{scripts} scripts were found");
}

#[test]
fn unsafe_code_is_where_the_structs_of_arrow_are_only() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(manifest.contains("unsafe_code = \"forbid\""));
    let mut found = BTreeSet::new();
    for folder in ["src", "python", "tests", "benches", "examples", "fuzz/src", "fuzz/fuzz_targets"] {
        each_source(&root().join(folder), &mut |path, text| {
            // In parts, so that this file is none of those.
            let forms = ["{", "fn", "impl", "extern"].map(|form| format!("{}safe {form}", "un"));
            let is_code = |line: &str| !line.trim_start().starts_with("//");
            if text
                .lines()
                .filter(|line| is_code(line))
                .any(|line| forms.iter().any(|form| line.contains(form)))
            {
                found.insert(path.strip_prefix(root()).unwrap().to_path_buf());
            }
        });
    }
    let read = ["python/arrow_reader/src/stream.rs", "python/src/arrow_stream.rs"];
    let made = ["fuzz/src/producer.rs", "fuzz/src/stream.rs", "fuzz/src/structs.rs"];
    assert_eq!(found, read.into_iter().chain(made).map(PathBuf::from).collect());
}

fn each_source(folder: &Path, see: &mut impl FnMut(&Path, &str)) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            each_source(&entry, see);
        } else if entry.extension().is_some_and(|ending| ending == "rs") {
            see(&entry, &fs::read_to_string(&entry).unwrap());
        }
    }
}

#[test]
fn every_test_that_the_page_on_security_names_is_there() {
    let page = fs::read_to_string(root().join("docs/security.md")).unwrap();
    let names: Vec<&str> = page.split('`').skip(1).step_by(2).filter(|words| words.contains("::")).collect();
    assert!(names.len() > 30, "{names:?}");
    for name in names {
        if let Some((module, test)) = name.split_once("::tests::") {
            let file = root().join("src").join(module.replace("::", "/")).with_extension("rs");
            let text = fs::read_to_string(file).expect(name);
            assert!(text.contains(&format!("    fn {test}()")), "{name}");
            continue;
        }
        let (folder, path) = match name.strip_prefix("tests::") {
            Some(path) => ("tests/internal", path),
            None => ("tests/it", name),
        };
        let mut parts = path.splitn(3, "::");
        let (Some(area), Some(file)) = (parts.next(), parts.next()) else { panic!("{name}") };
        let text = fs::read_to_string(root().join(folder).join(area).join(format!("{file}.rs"))).expect(name);
        let is_there = parts.next().is_none_or(|test| text.contains(&format!("\nfn {test}() {{")));
        assert!(is_there, "{name}");
    }
}
