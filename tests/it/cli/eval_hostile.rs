//! `eval` of files, and in folders, of others.

use std::fs;
use std::os::unix::fs::symlink;

use super::tool::{Tool, root};

/// A file of the corpus of the fuzz target of columns, without the byte that chooses its form.
fn of_corpus(name: &str) -> Vec<u8> {
    let bytes = fs::read(root().join("fuzz/corpus/columns").join(name)).unwrap();
    bytes[1..].to_vec()
}

#[test]
fn a_file_that_makes_its_reader_panic_is_an_error_and_nothing_else_is_printed() {
    let tool = Tool::seeded();
    // A column that starts before the file does.
    let path = tool.dir().with_file_name("rows.parquet");
    fs::write(&path, of_corpus("a4c0c455708949359c0c17a439df310249544bf4")).unwrap();
    let ran = tool.run(["eval", path.to_str().unwrap(), "--as-of", "2026-02-07"]);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""));
    assert!(ran.err.starts_with("error[not_columns]: ") && !ran.err.contains("panicked"), "{}", ran.err);
    assert!(ran.err.contains("it contradicts itself") && !ran.err.contains(".rs:"), "{}", ran.err);
}

#[test]
fn a_file_of_many_groups_in_one_another_is_an_error_and_not_the_end_of_the_process() {
    let tool = Tool::seeded();
    let path = tool.dir().with_file_name("rows.parquet");
    fs::write(&path, of_corpus("f3fea22bf29044b9d4f53b60fc12200590a4011d")).unwrap();
    let path = path.to_str().unwrap();
    for words in [vec!["eval", path], vec!["impact", path]] {
        let ran = tool.run(words.clone());
        assert!(ran.err.contains("nested more than 64 levels deep"), "{words:?}: {}", ran.text());
    }
}

#[test]
fn what_eval_writes_follows_no_link_that_others_put_there() {
    let tool = Tool::seeded();
    let folder = tool.dir().with_file_name("shared");
    let kept = tool.dir().with_file_name("kept");
    fs::create_dir(&folder).unwrap();
    fs::write(&kept, "mine").unwrap();
    // Whatever number the process gets.
    for number in 0..5_000 {
        let number = std::process::id() + number;
        symlink(&kept, folder.join(format!("out.csv.{number}.part"))).unwrap();
    }
    let rows = tool.dir().with_file_name("rows.csv");
    fs::write(&rows, "symbol,notional,time\nACTUSDT,60000,2026-02-06T08:00Z\n").unwrap();
    let out = folder.join("out.csv");
    let ran = tool.run(["eval", rows.to_str().unwrap(), "-o", out.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert_eq!(fs::read_to_string(&kept).unwrap(), "mine");
    assert!(fs::symlink_metadata(&out).unwrap().is_file());
    assert!(fs::read_to_string(&out).unwrap().contains(",0.1,"));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 5_001);
}
