//! Loading and checking: what is refused is refused clearly, and changes nothing.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::tool::{Tool, seed, shared};

fn file(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn the_same_file_twice_is_one_source() {
    let tool = Tool::seeded();
    let journal = tool.journal();
    let ran = tool.run([Path::new("load"), &seed()]);
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("already loaded"), "{}", ran.err);
    assert_eq!(tool.journal(), journal);
    assert_eq!(tool.rows("sources").0.len(), 1);
}

#[test]
fn other_files_are_refused_with_exit_code_4_and_the_journal_is_unchanged() {
    let tool = Tool::seeded();
    let journal = tool.journal();
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read(seed()).unwrap();
    let huge = folder.path().join("huge.txt");
    fs::File::create(&huge).unwrap().set_len(200 << 20).unwrap();
    for path in [
        file(folder.path(), "truncated.txt", &text[..text.len() / 2]),
        file(folder.path(), "binary.txt", &[0, 159, 146, 150, 0, 1, 2, 3]),
        file(folder.path(), "not-utf8.txt", b"0 < Position \xff 5%"),
        file(folder.path(), "empty.txt", b""),
        file(folder.path(), "blank.txt", b"\n\n  \n"),
        file(
            folder.path(),
            "lost.txt",
            b"# Update on the Leverage & Margin Tiers\n\nMore soon.\n\n2026-02-03\n",
        ),
        huge,
        folder.path().join("absent.txt"),
    ] {
        for command in ["load", "check"] {
            let ran = tool.run([Path::new(command), &path]);
            assert_eq!(ran.code, 4, "{command} {}: {}", path.display(), ran.text());
            assert!(ran.text().contains("error["), "{}", ran.text());
        }
        assert_eq!(tool.journal(), journal, "{}", path.display());
    }
}

#[test]
fn an_announcement_cut_anywhere_is_refused() {
    let tool = Tool::seeded();
    let journal = tool.journal();
    let folder = tempfile::tempdir().unwrap();
    for source in [Some(seed()), shared("announcements/binance-20260203T060046Z.txt")].into_iter().flatten() {
        let text = fs::read(&source).unwrap();
        let end = text.trim_ascii_end().len();
        let cuts = (1..40).map(|part| end * part / 40).chain([end - 1, end - 3, end - 12]);
        let files: Vec<PathBuf> =
            cuts.map(|cut| file(folder.path(), &format!("cut-{cut:05}.txt"), &text[..cut])).collect();
        let ran = tool.run([Path::new("load")].into_iter().chain(files.iter().map(PathBuf::as_path)));
        assert_eq!(ran.code, 4);
        assert!(!ran.err.contains(": loaded as"), "{}", ran.err);
    }
    assert_eq!(tool.journal(), journal);
}

#[test]
fn a_bad_file_does_not_stop_the_others_and_decides_the_exit_code() {
    let tool = Tool::empty();
    let folder = tempfile::tempdir().unwrap();
    file(folder.path(), "a.txt", b"no table");
    fs::copy(seed(), folder.path().join("b.txt")).unwrap();
    file(folder.path(), "c.csv", b"not looked at");
    let ran = tool.run([Path::new("load"), folder.path()]);
    assert_eq!(ran.code, 4);
    assert_eq!(tool.rows("sources").0.len(), 1);
}

#[test]
fn a_load_continues_when_nobody_reads_its_report() {
    let tool = Tool::empty();
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read(seed()).unwrap();
    let paths = ["a.txt", "b.txt", "c.txt"].map(|name| {
        file(
            folder.path(),
            name,
            &[text.as_slice(), "\n".repeat(name.as_bytes()[0].into()).as_bytes()].concat(),
        )
    });
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = tool.command().arg("load").args(&paths).stdout(writer).status().unwrap();
    assert_eq!((status.code(), tool.rows("sources").0.len()), (Some(0), 3));
}

#[test]
fn two_first_loads_at_once_both_record() {
    let tool = Tool::empty();
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read(seed()).unwrap();
    let other = file(folder.path(), "other.txt", &[text.as_slice(), b"\n\n"].concat());
    let mut loads =
        [seed(), other].map(|path| tool.command().arg("load").arg(path).spawn().unwrap()).into_iter();
    assert!(loads.all(|mut load| load.wait().unwrap().success()));
    assert_eq!(tool.rows("sources").0.len(), 2);
}

#[test]
fn check_reports_and_writes_nothing() {
    let tool = Tool::empty();
    let in_words = tool.run([Path::new("check"), &seed()]);
    assert_eq!((in_words.code, in_words.out.as_str()), (1, ""), "it has findings, and they are no answer");
    assert!(in_words.err.contains("warning: "), "{}", in_words.err);
    let ran = tool.run([Path::new("--format"), Path::new("jsonl"), Path::new("check"), &seed()]);
    assert_eq!((ran.code, ran.err), (1, in_words.err), "the row is written as well");
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&report["outcome"], &report["statements"]), (&Value::from("readable"), &Value::from(68)));
    assert!(report["findings"].as_array().unwrap().iter().any(|finding| finding["code"] == "gap"));
    assert!(tool.journal().is_none());
}

#[test]
fn the_publication_comes_from_the_option_the_header_the_name_or_the_text() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(seed()).unwrap();
    let bare = text.splitn(3, "---\n").nth(2).unwrap();
    let published = |name: &str, text: &str, option: Option<&str>| {
        let tool = Tool::empty();
        let path = file(folder.path(), name, text.as_bytes());
        let mut arguments = vec!["load", path.to_str().unwrap()];
        arguments.extend(option.into_iter().flat_map(|timestamp| ["--published-at", timestamp]));
        let ran = tool.run(arguments);
        assert_eq!(ran.code, 0, "{}", ran.text());
        let source = tool.row("sources");
        (
            source["published_at"].as_str().unwrap().to_string(),
            source["precision"].as_str().unwrap().to_string(),
        )
    };
    let pair = |at: &str, precision: &str| (at.to_string(), precision.to_string());
    assert_eq!(published("a.txt", &text, Some("2026-02-03T07:00Z")), pair("2026-02-03T07:00:00Z", "instant"));
    assert_eq!(published("b-20260203T080000Z.txt", &text, None), pair("2026-02-03T06:00:46Z", "instant"));
    assert_eq!(published("c-20260203T080000Z.txt", bare, None), pair("2026-02-03T08:00:00Z", "instant"));
    assert_eq!(published("d.txt", bare, None), pair("2026-02-04T12:00:00Z", "day"));
}

#[test]
fn the_same_bytes_published_earlier_are_known_earlier() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(seed()).unwrap();
    let bare = text.splitn(3, "---\n").nth(2).unwrap();
    let late = file(folder.path(), "post-20260203T070000Z.txt", bare.as_bytes());
    let early = file(folder.path(), "post-20260203T060046Z.txt", bare.as_bytes());
    let query = "mmr of ACTUSDT at 60000 as of 2026-02-07 known at 2026-02-03T06:30Z";
    let answer = |first: &Path, second: &Path| {
        let tool = Tool::holding(first);
        assert_eq!(tool.run([Path::new("load"), second]).code, 0);
        let row = tool.row(query);
        (row["value"].clone(), row["source"]["published_at"].clone())
    };
    let expected = (Value::from("0.1"), Value::from("2026-02-03T06:00:46Z"));
    assert_eq!(answer(&late, &early), expected, "the repost was loaded first");
    assert_eq!(answer(&early, &late), expected);
}

#[test]
fn a_publication_known_to_the_day_is_corrected_to_the_exact_time() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(seed()).unwrap();
    let bare = text.splitn(3, "---\n").nth(2).unwrap();
    let dated = file(folder.path(), "post.txt", bare.as_bytes());
    let tool = Tool::holding(&dated);
    let known_at =
        |time: &str| tool.row(&format!("mmr of ACTUSDT at 60000 as of 2026-02-07 known at {time}"));
    assert_eq!(
        known_at("2026-02-04T11:59:59Z")["status"],
        "not_known_then",
        "the day is not over everywhere"
    );
    let row = known_at("2026-02-04T12:00Z");
    assert_eq!(row["value"], "0.1");
    assert_eq!(row["warnings"][0]["code"], "published_day");
    assert_eq!(tool.rows("tiers of ACTUSDT as of 2026-02-07").0[0]["warnings"][0]["code"], "published_day");
    let before = row["tx"].as_u64().unwrap();
    let load = |at: &str| tool.run(["load", "--published-at", at, dated.to_str().unwrap()]);
    assert!(
        load("2026-02-03T06:00:46Z").err.contains("corrects the publication of"),
        "an explicit time does"
    );
    assert!(load("2026-02-03T06:00:46Z").err.contains("already loaded"), "the same again adds nothing");
    assert_eq!(known_at("2026-02-03T06:00:45Z")["status"], "not_known_then");
    assert_eq!(
        tool.row("mmr of ACTUSDT at 1k as of 2026-02-07 known at 2026-02-03T06:00:46Z")["tx"],
        before + 1
    );
    let once = Tool::holding(&dated).rows("findings").0.len();
    assert_eq!(tool.rows("findings").0.len(), once, "each finding once");
    assert_eq!(tool.run(["verify"]).code, 0);
}

#[test]
fn load_before_a_query_reports_only_new_files() {
    let tool = Tool::empty();
    let arguments = ["--load", "seed", "query", "mmr of ACTUSDT at 60000 as of 2026-02-06T07:00Z"];
    let first = tool.run(arguments);
    assert_eq!(first.code, 0);
    assert!(first.err.contains("loaded as") && first.out.contains("10 %"), "{}", first.text());
    let second = tool.run(arguments);
    assert_eq!((second.err.as_str(), second.out), ("", first.out));
}

#[test]
fn no_database_is_made_by_a_typo() {
    let tool = Tool::empty();
    for arguments in [&["query", "sources"][..], &["head"], &["verify"]] {
        let ran = tool.run(arguments);
        assert_eq!(ran.code, 4, "{arguments:?}");
        assert!(ran.err.contains("load"), "{}", ran.err);
    }
    assert!(!tool.dir().exists());
    assert_eq!(tool.run(["init"]).code, 0);
    assert_eq!(tool.run(["init"]).code, 4, "it exists already");
    assert_eq!(tool.rows("sources").0.len(), 0);
}

#[test]
fn a_head_noted_earlier_is_found_in_the_chain_and_a_flipped_byte_is_named() {
    let tool = Tool::seeded();
    let line = tool.run(["head"]).out;
    let head = line.split_whitespace().find(|word| word.len() == 64).unwrap().to_string();
    for noted in [&head, &line] {
        let ran = tool.run(["verify", "--head", noted]);
        assert_eq!(ran.code, 0, "{}", ran.text());
        assert!(ran.out.contains("the head is in the chain: tx 1, recorded 20"), "{}", ran.out);
        assert!(ran.out.contains("; nothing was recorded since\n"), "{}", ran.out);
    }
    assert_eq!(tool.run(["verify", "--head", &"0".repeat(64)]).code, 1);
    assert_eq!(tool.run(["verify", "--head", "abc"]).code, 2);
    let path = tool.journal_file();
    let mut journal = fs::read(&path).unwrap();
    let middle = journal.len() / 2;
    journal[middle] ^= 1;
    fs::write(&path, journal).unwrap();
    let verified = tool.run(["verify"]);
    assert!([1, 4].contains(&verified.code) && verified.text().contains('1'), "{}", verified.text());
    let asked = tool.run(["query", "mmr of ACTUSDT at 1 as of 2026-02-07"]);
    assert_eq!((asked.code, asked.out.as_str()), (4, ""), "nothing is answered from a broken chain");
}

/// The rows of a query over everything, without what names the transaction.
fn facts(tool: &Tool, query: &str) -> Vec<Value> {
    let (mut rows, _) = tool.rows(query);
    for row in &mut rows {
        row["tx"].take();
        row["address"].take();
        row["source"]["tx"].take();
    }
    rows
}

#[test]
fn the_order_in_which_announcements_are_loaded_never_matters() {
    let Some(folder) = shared("announcements") else { return };
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    let loaded = |files: &[PathBuf]| {
        let tool = Tool::empty();
        let ran = tool.run([Path::new("load")].into_iter().chain(files.iter().map(PathBuf::as_path)));
        assert_eq!(ran.code, 0, "{}", ran.text());
        tool
    };
    let forwards = loaded(&files);
    files.reverse();
    let backwards = loaded(&files);
    files.sort_by_key(|file| fs::metadata(file).unwrap().len() % 97);
    let shuffled = loaded(&files);
    for query in [
        "mmr of all at 1k, 100k, 1m as of 2025-09-16T12:00Z",
        "margin of all at 60000 as of 2025-12-13",
        "ratio of all as of 2026-01-01",
        "mmr of all at 100k as of 2026-03-19T06:40Z known at 2026-03-17T06:35Z",
        "tiers of all as of 2026-06-01",
    ] {
        let expected = facts(&forwards, query);
        assert!(expected.len() > 20, "{query}");
        assert_eq!(facts(&backwards, query), expected, "{query}");
        assert_eq!(facts(&shuffled, query), expected, "{query}");
    }
}

#[test]
fn a_cut_text_is_to_be_saved_again_and_the_hint_of_an_unread_one_names_its_folder() {
    let tool = Tool::empty();
    let seed = std::fs::read_to_string(super::tool::seed()).unwrap();
    let folder = tool.dir().with_file_name("inbox");
    std::fs::create_dir_all(&folder).unwrap();
    let cut = folder.join("cut.txt");
    let middle = seed.find("ACTUSDT").unwrap() + 400;
    let end = (middle..seed.len()).find(|at| seed.is_char_boundary(*at)).unwrap();
    std::fs::write(&cut, &seed[..end]).unwrap();
    let ran = tool.run(["load", cut.to_str().unwrap()]);
    assert_eq!(ran.code, 4, "{}", ran.text());
    assert!(ran.err.contains("save the whole announcement again"), "{}", ran.err);
    assert!(!ran.err.contains("--allow-unread"), "{}", ran.err);

    let strange = folder.join("strange.txt");
    std::fs::write(&strange, seed.replacen("\n---\n", "\n---\n\nmore 12,0005\n\n", 1)).unwrap();
    let ran = tool.run(["check", strange.to_str().unwrap()]);
    assert!(ran.err.contains(&format!("`tierbook check {}`", strange.display())), "{}", ran.err);
}
