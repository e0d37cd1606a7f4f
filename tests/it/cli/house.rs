//! The structure: data flows one way, and files have a readable size.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::tool::root;

/// The pipeline of `src/lib.rs`: what each module may use is what is listed before it, except what it must
/// not know.
const STRANGERS: &[(&str, &[&str])] = &[
    ("ingest", &["store", "rulebook", "query"]),
    ("store", &["ingest", "rulebook", "query"]),
    ("rulebook", &["ingest", "store"]),
    ("query", &["ingest", "store"]),
    ("render", &["ingest", "store"]),
];

/// Every source file as `a/b` with its text, the root `lib` and `main` left out.
fn files() -> BTreeMap<String, String> {
    fn walk(folder: &Path, prefix: &str, into: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            if entry.path().is_dir() {
                walk(&entry.path(), &format!("{prefix}{name}/"), into);
            } else if let Some(stem) = name.strip_suffix(".rs") {
                let name = format!("{prefix}{stem}");
                let name = name.strip_suffix("/mod").unwrap_or(&name).to_string();
                into.insert(name, fs::read_to_string(entry.path()).unwrap());
            }
        }
    }
    let mut files = BTreeMap::new();
    walk(&root().join("src"), "", &mut files);
    files
}

/// The files that a file's `use` and paths name, tests left out.
fn uses(name: &str, text: &str, files: &BTreeMap<String, String>) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]").next().unwrap();
    let code: String =
        code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let code = code.replace("pub(in crate::", "pub(in ");
    // The binary names the library from outside.
    let code = code.replace("tierbook::", "crate::");
    let above = |name: &str| name.rsplit_once('/').map_or(String::new(), |(parent, _)| parent.to_string());
    let (parent, grandparent) = (above(name), above(&above(name)));
    let code = code.replace("super::super::", &format!("crate::{}::", grandparent.replace('/', "::")));
    let code = code.replace("super::", &format!("crate::{}::", parent.replace('/', "::")));
    let code = code.replace("self::", &format!("crate::{}::", name.replace('/', "::")));
    let mut used = BTreeSet::new();
    for path in code.split("crate::").skip(1) {
        let tree: String = path.chars().take_while(|c| *c != ';' && *c != '(' && *c != ')').collect();
        for place in expanded(&tree) {
            let parts: Vec<&str> = place.split("::").collect();
            let longest =
                (1..=parts.len()).rev().map(|n| parts[..n].join("/")).find(|file| files.contains_key(file));
            used.extend(longest.filter(|file| file != name));
        }
    }
    used
}

/// `a::{b, c::d}` as `a::b` and `a::c::d`.
fn expanded(tree: &str) -> Vec<String> {
    let Some((head, rest)) = tree.split_once('{') else {
        return vec![
            tree.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).next().unwrap().to_string(),
        ];
    };
    let (mut parts, mut part, mut depth) = (Vec::new(), String::new(), 0);
    for c in rest.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(std::mem::take(&mut part));
                continue;
            }
            _ => {}
        }
        part.push(c);
    }
    parts.push(part);
    parts
        .iter()
        .filter(|part| !part.trim().is_empty())
        .flat_map(|part| expanded(&format!("{head}{}", part.trim())))
        .collect()
}

#[test]
fn data_flows_one_way_through_the_modules() {
    let library = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let lines = library.lines().map(|line| line.strip_prefix("pub ").unwrap_or(line));
    let modules = lines.filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'));
    // The binary uses the library.
    let order: Vec<&str> = modules.chain(["cli"]).collect();
    let place = |module: &str| order.iter().position(|known| *known == module).unwrap_or(usize::MAX);
    let files = files();
    for (name, text) in files.iter().filter(|(name, _)| !["lib", "main"].contains(&name.as_str())) {
        let module = name.split('/').next().unwrap();
        for used in uses(name, text, &files) {
            let other = used.split('/').next().unwrap();
            assert!(other == module || place(other) < place(module), "{name} uses {used}, which is above it");
            let strangers =
                STRANGERS.iter().filter(|(known, _)| *known == module).flat_map(|(_, strangers)| *strangers);
            assert!(strangers.clone().all(|stranger| *stranger != other), "{name} must not know {used}");
        }
    }
}

#[test]
fn data_flows_one_way_through_the_folders_of_the_query() {
    let order = ["syntax", "plan", "rows", "eval"];
    let place = |name: &str| {
        let folder = name.strip_prefix("query/")?.split('/').next()?;
        order.iter().position(|known| *known == folder)
    };
    let files = files();
    for (name, text) in files.iter().filter(|(name, _)| name.starts_with("query/")) {
        for used in uses(name, text, &files).iter().filter(|used| used.starts_with("query/")) {
            assert!(place(used).is_some() && place(used) <= place(name), "{name} uses {used}, a later step");
        }
    }
}

#[test]
fn no_files_use_each_other_in_a_cycle() {
    let files = files();
    let graph: BTreeMap<&String, BTreeSet<String>> =
        files.iter().map(|(name, text)| (name, uses(name, text, &files))).collect();
    // What uses nothing left, or is used by nothing left, is in no cycle.
    let mut left = graph.clone();
    loop {
        let names: BTreeSet<String> = left.keys().map(|name| (*name).clone()).collect();
        let used: BTreeSet<String> = left.values().flatten().cloned().collect();
        left.retain(|name, uses| used.contains(*name) && uses.iter().any(|used| names.contains(used)));
        if left.len() == names.len() {
            break;
        }
    }
    assert!(left.is_empty(), "these use each other in a cycle: {:?}", left.keys());
}

#[test]
fn every_file_states_its_purpose_and_has_a_readable_size() {
    for (name, text) in files() {
        assert!(text.starts_with("//! "), "{name} does not state its purpose");
        let length = text.lines().count();
        assert!(length <= 400, "{name} has {length} lines: it would read better as two");
    }
}

#[test]
fn each_library_of_the_disk_and_of_the_language_has_one_home() {
    for (library, home) in [
        ("sled::", "store/index"),
        ("bincode::", "store/codec"),
        ("pest::", "query/syntax/parse"),
        ("rustyline::", "cli/repl"),
        ("signal_hook::", "cli/signals"),
        ("foldhash::", "snapshot/handles"),
        ("flate2::", "database/unpack|server/compress"),
        ("base64::", "server/guard|column_files/parquet_checks"),
        ("hyper::", "server/listen"),
        ("tokio::", "server/listen"),
        ("ureq::", "origin/http"),
        ("zstd::", "compression"),
        ("zip::", "database/archive"),
        ("annotate_snippets::", "render/diagnostic"),
        ("comfy_table::", "render/columns"),
        ("sha2::", "statement/source"),
        ("jiff::", "time"),
        ("etcetera::", "cli/environment"),
        ("indicatif::", "cli/progress"),
        ("csv::Writer", "render/csv|evaluation/output"),
        ("csv::ReaderBuilder", "database/audit|row_files"),
        ("arrow_array::", "column_types|column_files|render/record_batch|evaluation|tables|positions/read"),
        ("parquet::", "column_files|evaluation"),
        ("strsim::", "text"),
        ("html5gum::", "ingest/view/tokens"),
        ("toml::", "ingest/seed|positions/read|cli/config"),
        ("clap_mangen::", "cli/reference"),
    ] {
        let users: Vec<String> =
            files().into_iter().filter(|(_, text)| text.contains(library)).map(|(name, _)| name).collect();
        // Two homes where a library reads two forms.
        let at_home =
            |user: &String| home.split('|').any(|home| user == home || user.starts_with(&format!("{home}/")));
        assert!(!users.is_empty() && users.iter().all(at_home), "{library} is used by {users:?}");
    }
}

/// Calls that change files.
const WRITING_CALLS: &[&str] = &[
    "File::create",
    "File::options",
    "OpenOptions",
    "fs::write",
    "fs::rename",
    "fs::remove_",
    "fs::create_dir",
    "fs::copy",
    "fs::hard_link",
    "fs::set_permissions",
    "io::copy",
];

#[test]
fn the_store_changes_its_files_in_one_place_where_tests_can_disturb_it() {
    // The index is sled's, and the lock has no content that counts.
    let apart = ["store/disk", "store/index", "store/lock"];
    let files = files();
    let of_store = files.iter().filter(|(name, _)| *name == "store" || name.starts_with("store/"));
    for (name, text) in of_store.filter(|(name, _)| !apart.contains(&name.as_str())) {
        let text = text.replace("DiskFile::", "");
        for call in WRITING_CALLS {
            assert!(!text.contains(call), "{name} uses {call}; src/store/disk.rs has the calls that write");
        }
    }
}

/// Words that standard terms replaced, each with how often `src`, docs and README may still need it: `fate`
/// and `sighting` are words of the JSON contract and of seeds.
const RARE_WORDS: &[(&str, usize)] = &[
    ("said", 5),
    ("told", 5),
    ("bears", 0),
    ("mend", 0),
    ("fate", 4),
    ("parted", 0),
    ("clothes", 0),
    ("blast", 0),
    ("court", 0),
    ("slip", 2),
    ("stands", 10),
    ("behind", 10),
    ("held", 15),
    ("odd", 5),
    ("sighting", 40),
];

#[test]
fn words_are_those_of_the_glossary() {
    let mut text: String = files().into_values().collect::<Vec<_>>().join("\n");
    text += &fs::read_to_string(root().join("README.md")).unwrap();
    for entry in fs::read_dir(root().join("docs")).unwrap().map(Result::unwrap) {
        if entry.path().extension().is_some_and(|end| end == "md") {
            text += &fs::read_to_string(entry.path()).unwrap();
        }
    }
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for word in text.split(|c: char| !c.is_alphanumeric() && c != '_') {
        *counts.entry(word.to_lowercase()).or_default() += 1;
    }
    for (word, most) in RARE_WORDS {
        let count = counts.get(*word).copied().unwrap_or(0);
        assert!(count <= *most, "`{word}` is used {count} times; docs/glossary.md has the terms");
    }
}
