//! The bounds of publications, witnesses and tokens.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tierbook::{Database, Error, ErrorCode, JournalOrigin, Sha256, Timestamp, limits, witness};

use crate::cli::tool::Tool;

/// A database that is published; both are removed with the folder.
fn published() -> (TempDir, Database, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::create(folder.path().join("db")).unwrap();
    let public = folder.path().join("public");
    database.publish(&public).unwrap();
    (folder, database, public)
}

fn origin(public: &Path) -> JournalOrigin {
    JournalOrigin::of(public.to_str().unwrap(), None).unwrap()
}

/// Why a publication is refused by a new replica, and by its publisher.
fn refused(database: &Database, public: &Path) -> [Error; 2] {
    let replica = Database::at(&public.with_file_name("replica"));
    let pulled = replica.pull(&origin(public), &mut |_| ()).unwrap_err();
    assert!(!replica.dir().exists());
    [pulled, database.publish(public).map(drop).unwrap_err()]
}

/// Writes a head and an index in which a number of bytes stands in the place of that of the segment.
fn with_segment_of(public: &Path, bytes: u64) {
    let index = fs::read_to_string(public.join("index")).unwrap();
    let mut words: Vec<&str> = index.trim_end().split(' ').collect();
    let bytes = bytes.to_string();
    words[3] = &bytes;
    let segment = words.join(" ");
    let index = format!("{segment}\n");
    let sha256 = Sha256::of(&[index.as_bytes()]);
    let head = format!("tierbook publication 1: index {} {sha256} last {segment}\n", index.len());
    fs::write(public.join("index"), index).unwrap();
    fs::write(public.join("head"), head).unwrap();
}

fn sparse(path: &Path, bytes: u64) {
    File::create(path).unwrap().set_len(bytes).unwrap();
}

#[test]
fn a_head_of_the_most_bytes_is_read_and_a_longer_one_is_not() {
    let (_folder, database, public) = published();
    let of_length = |bytes: u64| {
        let start = "tierbook publication 2: ";
        let head = format!("{start}{}", "n".repeat(bytes as usize - start.len()));
        fs::write(public.join("head"), head).unwrap();
        database.publish(&public).unwrap_err().code()
    };
    assert_eq!(of_length(limits::PUBLISHED_HEAD_BYTES), ErrorCode::UnknownFormat);
    assert_eq!(of_length(limits::PUBLISHED_HEAD_BYTES + 1), ErrorCode::DamagedPublication);
}

#[test]
fn an_index_of_the_most_bytes_is_looked_for_and_a_longer_one_is_refused_before_it_is_read() {
    let (_folder, database, public) = published();
    let (head, most) = (fs::read_to_string(public.join("head")).unwrap(), limits::PUBLISHED_INDEX_BYTES);
    let length = fs::metadata(public.join("index")).unwrap().len();
    let of_length = |bytes: u64| {
        let head = head.replacen(&format!("index {length} "), &format!("index {bytes} "), 1);
        fs::write(public.join("head"), head).unwrap();
        refused(&database, &public)
    };
    for error in of_length(most) {
        let what = format!("`index` has {length} bytes, but its head states {most}");
        assert!(error.message().ends_with(&what), "{error}");
    }
    for error in of_length(most + 1) {
        let what = format!("its index has {} bytes, more than the limit of {most}", most + 1);
        assert!(error.message().ends_with(&what), "{error}");
        assert_eq!(error.code(), ErrorCode::DamagedPublication);
    }
}

#[test]
fn a_segment_of_the_most_bytes_is_fetched_and_a_longer_one_is_refused_before_it_is_read() {
    let (_folder, database, public) = published();
    let most = limits::SEGMENT_MOST_BYTES;
    let over = format!("has {} bytes, more than the limit of {most}", most + 1);
    with_segment_of(&public, most);
    for error in refused(&database, &public) {
        assert!(error.message().contains("000000000000.zst"), "{error}");
        assert!(error.message().contains("does not have the"), "{error}");
    }
    with_segment_of(&public, most + 1);
    for error in refused(&database, &public) {
        assert!(error.message().contains("000000000000.zst") && error.message().ends_with(&over), "{error}");
    }
    let error = database.verify_against(&origin(&public), None).unwrap_err();
    assert!(error.message().ends_with(&over), "{error}");
}

#[test]
fn a_segment_in_no_index_is_looked_at_up_to_the_most_bytes() {
    let (_folder, database, public) = published();
    let left_over = public.join("segments/000000000001.zst");
    database.writer().unwrap().load(crate::cli::tool::seed(), tierbook::LoadOptions::default()).unwrap();
    let most = limits::SEGMENT_MOST_BYTES;
    let over = format!("has more than the {most} bytes that a segment may have");
    for (bytes, is_over) in [(most, false), (most + 1, true)] {
        sparse(&left_over, bytes);
        let error = database.publish(&public).unwrap_err();
        assert_eq!(error.code(), ErrorCode::DamagedPublication, "{error}");
        assert_eq!(error.message().ends_with(&over), is_over, "{error}");
    }
    fs::remove_file(&left_over).unwrap();
    database.publish(&public).unwrap();
}

#[test]
fn a_log_of_heads_of_the_most_bytes_is_read_and_a_longer_one_is_refused_before_it_is_read() {
    let (folder, _database, public) = published();
    let (log, most) = (folder.path().join("heads.jsonl"), limits::WITNESS_LOG_BYTES);
    let seen = |bytes: u64| {
        sparse(&log, bytes);
        let error = witness(&origin(&public), &log, Timestamp::now()).unwrap_err();
        assert_eq!(error.hints().len(), 1, "{error:?}");
        error.message().to_string()
    };
    assert!(seen(most).contains("line 1, is no line of a log of heads"));
    let over = seen(most + 1);
    assert!(over.ends_with(&format!("it has {} bytes, and at most {most} are read", most + 1)), "{over}");
}

#[test]
#[cfg(feature = "replicate")]
fn a_file_of_a_token_has_the_most_bytes_and_not_one_more() {
    let tool = Tool::empty();
    let (file, most) = (tool.dir().with_file_name("token"), limits::TOKEN_FILE_BYTES as usize);
    let pulled = |text: &str| {
        fs::write(&file, text).unwrap();
        let ran = tool.run(["pull", "http://127.0.0.1:9/", "--token-file", file.to_str().unwrap()]);
        assert_eq!(ran.code, 4, "{}", ran.err);
        ran.err
    };
    let start = "secret\n# ";
    let whole = format!("{start}{}", "n".repeat(most - start.len()));
    assert!(pulled(&whole).contains("cannot fetch http://127.0.0.1:9"));
    let over = format!("it has more than {most} bytes");
    assert!(pulled(&format!("{whole}n")).contains(&over));
    // Also where the last letter that is read is cut in two.
    assert!(pulled(&format!("{whole}\u{9f99}")).contains(&over));
    assert!(pulled(&format!("{}\u{9f99}", &whole[1..])).contains(&over));
}

#[test]
#[cfg(feature = "server")]
fn a_file_of_tokens_of_a_server_has_the_most_bytes_and_not_one_more() {
    let tool = Tool::seeded();
    let (file, most) = (tool.dir().with_file_name("tokens"), limits::TOKEN_FILE_BYTES as usize);
    let served = |bytes: usize| {
        fs::write(&file, "# ".repeat(bytes / 2) + &" ".repeat(bytes % 2)).unwrap();
        let ran = tool.run(["serve", "--listen", "127.0.0.1:0", "--token-file", file.to_str().unwrap()]);
        assert_ne!(ran.code, 0, "{}", ran.err);
        ran.err
    };
    assert!(served(most).contains("needs a line with a token"));
    let over = served(most + 1);
    assert!(over.contains(&format!("it has more than {most} bytes")), "{over}");
}
