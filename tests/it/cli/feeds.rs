//! Documents that come from elsewhere than a plain file: standard input, compressed files, archives, the history
//! of a git repository, and folders in which files arrive.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::tool::{Tool, seed};

const ANSWER: &str = "mmr of ACTUSDT at 60000 as of 2026-02-06T07:00Z";

fn loads(tool: &Tool, path: &Path) -> String {
    let ran = tool.run(["load", path.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    ran.err
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn in_folder(tool: &Tool, name: &str, bytes: &[u8]) -> PathBuf {
    let path = tool.dir().with_file_name(name);
    fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn a_document_is_loaded_from_standard_input_compressed_or_not() {
    let text = fs::read(seed()).unwrap();
    for bytes in [
        text.clone(),
        gzip(&text),
        ruzstd::encoding::compress_to_vec(text.as_slice(), ruzstd::encoding::CompressionLevel::Fastest),
    ] {
        let tool = Tool::empty();
        let ran = tool.run_with_input(["load", "-", "--published-at", "2026-02-03T06:00:46Z"], &bytes);
        assert!(
            ran.code == 0 && ran.err.contains("standard input: loaded as ee2413a8367c"),
            "{}",
            ran.text()
        );
        assert_eq!(tool.row(ANSWER)["value"], "0.1");
        // The same document from a file is the same source.
        assert!(loads(&tool, &seed()).contains("already loaded as ee2413a8367c"));
    }
    let tool = Tool::empty();
    let checked = tool.run_with_input(["check", "-"], &text);
    assert!(checked.err.contains("standard input: readable"), "{}", checked.text());
    let empty = tool.run_with_input(["load", "-"], b"");
    assert!(empty.code == 4 && empty.err.contains("document_empty"), "{}", empty.text());
    assert!(tool.journal().is_none(), "nothing is written");
}

#[test]
fn a_compressed_file_is_the_document_in_it() {
    let text = fs::read(seed()).unwrap();
    let zst = ruzstd::encoding::compress_to_vec(text.as_slice(), ruzstd::encoding::CompressionLevel::Fastest);
    for (name, bytes) in
        [("binance-20260203T060046Z.txt.gz", gzip(&text)), ("b-20260203T060046Z.txt.zst", zst)]
    {
        let tool = Tool::empty();
        let path = in_folder(&tool, name, &bytes);
        assert!(loads(&tool, &path).contains("loaded as ee2413a8367c"));
        let source = &tool.row(ANSWER)["source"];
        assert_eq!(source["file"], name.rsplit_once('.').unwrap().0);
        assert_eq!(source["published_at"], "2026-02-03T06:00:46Z");
        assert!(loads(&tool, &seed()).contains("already loaded"));
        // Cut off anywhere, nothing of it is stored.
        for cut in [bytes.len() - 1, bytes.len() / 2, 20, 5] {
            let tool = Tool::empty();
            let path = in_folder(&tool, name, &bytes[..cut]);
            let ran = tool.run(["load", path.to_str().unwrap()]);
            assert!(ran.code == 4 && ran.err.contains("damaged_archive"), "{cut} {}", ran.text());
            assert!(tool.journal().is_none());
        }
    }
}

#[test]
fn the_members_of_an_archive_are_documents_of_their_own() {
    let text = fs::read(seed()).unwrap();
    let mut later = text.clone();
    later.push(b'\n');
    let bytes = zip(&[
        ("more/later-20260203T060047Z.txt", &later),
        ("binance-20260203T060046Z.txt", &text),
        ("__MACOSX/._binance.txt", b"x"),
        ("more/.hidden.txt", b"x"),
        ("../../outside.txt", b"an announcement of nothing"),
        ("data.csv", b"x"),
    ]);
    let tool = Tool::empty();
    let path = in_folder(&tool, "all.zip", &bytes);
    let ran = tool.run(["load", path.to_str().unwrap()]);
    let reported: Vec<&str> = ran.err.lines().filter(|line| line.contains("loaded as")).collect();
    assert!(
        reported.len() == 2 && reported[0].contains("all.zip/binance-20260203T060046Z.txt"),
        "{}",
        ran.err
    );
    assert_eq!(tool.row(ANSWER)["source"]["file"], "all.zip/binance-20260203T060046Z.txt");
    assert!(!path.with_file_name("outside.txt").exists() && !Path::new("/outside.txt").exists());
    let again = tool.run(["load", path.to_str().unwrap()]);
    assert_eq!(again.err.matches("already loaded").count(), 2, "{}", again.err);
    let tool = Tool::empty();
    let cut = in_folder(&tool, "cut.zip", &bytes[..bytes.len() - 30]);
    let ran = tool.run(["load", cut.to_str().unwrap()]);
    assert!(ran.code == 4 && ran.err.contains("damaged_archive"), "{}", ran.text());
    let none = in_folder(&tool, "none.zip", &zip(&[("data.csv", b"x")]));
    let ran = tool.run(["load", none.to_str().unwrap()]);
    assert!(ran.code == 4 && ran.err.contains("no document is in"), "{}", ran.text());
    assert!(tool.journal().is_none());
}

#[test]
fn what_would_unpack_to_more_than_a_document_may_have_is_refused() {
    let tool = Tool::empty();
    let bomb = vec![b' '; tierbook::limits::DOCUMENT_BYTES as usize + 1];
    for (name, bytes) in [("bomb.txt.gz", gzip(&bomb)), ("bomb.zip", zip(&[("bomb.txt", &bomb)]))] {
        assert!(bytes.len() < 100_000, "it is small on the disk");
        let path = in_folder(&tool, name, &bytes);
        let ran = tool.run(["load", path.to_str().unwrap()]);
        assert!(ran.code == 4 && ran.err.contains("too_large"), "{name} {}", ran.text());
    }
    let path = in_folder(&tool, "all.tar.gz", &gzip(&[&[b'x'; 257][..], b"ustar", &[0; 300]].concat()));
    let ran = tool.run(["load", path.to_str().unwrap()]);
    assert!(ran.code == 4 && ran.err.contains("unpack it into a folder"), "{}", ran.text());
}

/// A repository in which versions of a file are committed.
struct Repository(PathBuf);

impl Repository {
    fn new(tool: &Tool) -> Repository {
        let folder = tool.dir().with_file_name("repository");
        fs::create_dir_all(folder.join("data")).unwrap();
        let repository = Repository(folder);
        repository.git(&["init", "-q", "."], 0);
        repository
    }

    fn git(&self, arguments: &[&str], day: u32) {
        let date = format!("2026-03-{:02}T10:00:00Z", day.max(1));
        let mut command = Command::new("git");
        command.current_dir(&self.0).args(["-c", "user.name=a", "-c", "user.email=a@example.com"]);
        let ran =
            command.args(arguments).env("GIT_COMMITTER_DATE", &date).env("HOME", &self.0).output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    }

    fn commit(&self, day: u32, text: &str) {
        fs::write(self.0.join("data/tiers.json"), text).unwrap();
        self.git(&["add", "-A"], day);
        self.git(&["commit", "-q", "--allow-empty", "-m", "data"], day);
    }
}

fn table(rate: &str) -> String {
    format!(
        r#"[{{"symbol":"ACTUSDT","brackets":[{{"bracket":1,"initialLeverage":5,"notionalCap":100000,"notionalFloor":0,"maintMarginRatio":{rate},"cum":0.0}}]}}]"#
    )
}

#[test]
fn every_version_of_a_file_in_git_is_an_observation_at_its_commit() {
    let tool = Tool::empty();
    let repository = Repository::new(&tool);
    for (day, text) in [(1, table("0.1")), (5, table("0.1")), (10, table("0.12")), (15, table("0.1"))] {
        repository.commit(day, &text);
    }
    repository.commit(18, "not a table");
    repository.git(&["rm", "-q", "data/tiers.json"], 20);
    repository.git(&["commit", "-q", "-m", "gone"], 20);
    let folder = repository.0.to_str().unwrap();
    let ran = tool.run(["load", "--git", folder, "data/tiers.json"]);
    assert_eq!(ran.code, 4, "one version cannot be read: {}", ran.text());
    assert_eq!(ran.err.matches(": loaded as").count(), 3, "{}", ran.err);
    assert!(ran.err.contains("published 2026-03-01T10:00:00Z (from the commit)"), "{}", ran.err);
    let mmr = |day: u32| tool.row(&format!("mmr of ACTUSDT at 10 as of 2026-03-{day:02}T12:00Z"));
    assert_eq!((&mmr(11)["value"], &mmr(16)["value"]), (&"0.12".into(), &"0.1".into()));
    // A return to earlier bytes is an observation of its own.
    assert_eq!(mmr(16)["last_confirmed_at"], "2026-03-15T10:00:00Z");
    assert_eq!(mmr(2)["source"]["published_by"], "commit");
    let journal = tool.journal();
    let again = tool.run(["load", "--git", folder, "data/tiers.json"]);
    assert_eq!(again.err.matches("already loaded").count(), 3, "{}", again.err);
    assert_eq!(tool.journal(), journal, "twice is once");
    let bare = tool.dir().with_file_name("bare.git");
    repository.git(&["clone", "-q", "--bare", ".", bare.to_str().unwrap()], 21);
    let again = tool.run(["load", "--git", bare.to_str().unwrap(), "data/tiers.json"]);
    assert_eq!(again.err.matches("already loaded").count(), 3, "{}", again.err);
}

#[test]
fn an_error_of_a_history_says_what_to_name() {
    let tool = Tool::empty();
    let repository = Repository::new(&tool);
    repository.commit(1, &table("0.1"));
    let folder = repository.0.to_str().unwrap();
    let elsewhere = tool.dir().with_file_name("none");
    fs::create_dir_all(&elsewhere).unwrap();
    for (repository, path, words) in [
        (folder, "data/tier.json", "did you mean data/tiers.json?"),
        (elsewhere.to_str().unwrap(), "tiers.json", "name the folder of a git repository"),
        ("no/such/folder", "tiers.json", "cannot read the history"),
    ] {
        let ran = tool.run(["load", "--git", repository, path]);
        assert!(ran.code == 4 && ran.err.contains(words), "{path} {}", ran.text());
    }
    assert!(tool.journal().is_none());
}

#[test]
fn a_watched_folder_is_loaded_as_files_arrive_and_the_wait_ends_on_a_signal() {
    let tool = Tool::empty();
    let folder = tool.dir().with_file_name("inbox");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("a-20260301T000000Z.json"), table("0.1")).unwrap();
    let mut command = tool.command();
    command.args(["load", "--watch", folder.to_str().unwrap()]);
    let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let wait_for = |count: usize| {
        let end = Instant::now() + Duration::from_secs(30);
        while tool.journal().map_or(0, |text| text.iter().filter(|byte| **byte == b'\n').count()) < count + 1
        {
            assert!(Instant::now() < end, "{count} documents");
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    wait_for(1);
    fs::write(folder.join("broken.json"), "{").unwrap();
    fs::write(folder.join("b-20260302T000000Z.json"), table("0.12")).unwrap();
    wait_for(2);
    // While it waits, others can write.
    assert!(loads(&tool, &seed()).contains("loaded as"));
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let ended = child.wait().unwrap();
    assert_eq!(ended.code(), Some(0), "it was told to end");
    let mut text = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut text).unwrap();
    assert_eq!(text.matches("loaded as").count(), 2, "{text}");
}

#[test]
fn the_snapshots_of_an_exchange_in_a_git_history_answer_as_their_files_do() {
    let Some(shared) = crate::shared_folder::shared() else { return };
    let mut files: Vec<PathBuf> =
        fs::read_dir(shared.join("exchange/snapshots")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (tool, plain) = (Tool::empty(), Tool::empty());
    let repository = Repository::new(&tool);
    for (day, file) in (1..).zip(files.iter().take(3)) {
        repository.commit(day, &fs::read_to_string(file).unwrap());
        let time = format!("2026-03-{day:02}T10:00:00Z");
        let ran = plain.run(["load", "-q", "--published-at", &time, file.to_str().unwrap()]);
        assert_eq!(ran.code, 0, "{}", ran.text());
    }
    let ran = tool.run(["load", "-q", "--git", repository.0.to_str().unwrap(), "data/tiers.json"]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    for day in 1..4 {
        let query = format!("tiers of all as of 2026-03-{day:02}T10:00:00Z");
        let tiers = |tool: &Tool| -> Vec<String> {
            let fields = ["subject", "number", "cap", "mmr", "max_leverage", "certainty"];
            tool.rows(&query)
                .0
                .iter()
                .map(|row| fields.map(|field| row[field].to_string()).join(" "))
                .collect()
        };
        assert!(tiers(&plain).len() > 100);
        assert_eq!(tiers(&tool), tiers(&plain));
    }
}
