//! Publishers that mean harm: each is refused in time, within its limits, and nothing is left of it.

use std::io::Write;
use std::net::TcpStream;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use tierbook::{Database, Error, ErrorCode, JournalOrigin, Sha256};

use super::web::{Web, file, head};
use super::{Published, by_hand, files, origin, pull, write};

/// How long an answer may take here.
const WITHIN: Duration = Duration::from_millis(600);

/// Pulls from a server into a new folder; gives the error, after it was looked that nothing is there.
fn refused(web: &Web) -> Error {
    let folder = tempfile::tempdir().unwrap();
    let replica = Database::at(&folder.path().join("replica"));
    let began = Instant::now();
    let error = pull(&replica, &JournalOrigin::of(&web.address, None).unwrap().within(WITHIN)).unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}: {error}", began.elapsed());
    assert_eq!(error.exit_code(), 4, "{error:?}");
    assert!(!error.hints().is_empty(), "{error:?}");
    assert!(!replica.dir().join("journal.zst").exists() && !replica.dir().join("head").exists());
    error
}

/// A server of a publication, of which one file is answered in another way.
fn web(of: &Published, path: &'static str, answer: fn(&mut TcpStream) -> std::io::Result<()>) -> Web {
    let dir: PathBuf = of.public();
    Web::answering(move |target, stream| match target.contains(path) {
        true => answer(stream),
        false => file(&dir, target, stream),
    })
}

fn endless(stream: &mut TcpStream) -> std::io::Result<()> {
    head(stream, "200 OK", "")?;
    loop {
        stream.write_all(&[b'7'; 4096])?;
    }
}

fn slow(stream: &mut TcpStream) -> std::io::Result<()> {
    head(stream, "200 OK", "Content-Length: 200\r\n")?;
    loop {
        stream.write_all(b"t")?;
        sleep(Duration::from_millis(40));
    }
}

fn silent(stream: &mut TcpStream) -> std::io::Result<()> {
    sleep(Duration::from_secs(3));
    stream.flush()
}

#[test]
fn bodies_without_end_slow_ones_and_silence_are_given_up() {
    let published = Published::with(1);
    for path in ["head", "index", "segments"] {
        let error = refused(&web(&published, path, endless));
        let codes = [ErrorCode::DamagedPublication, ErrorCode::OriginUnreachable];
        assert!(codes.contains(&error.code()), "{path}: {error}");
        for answer in [slow, silent] {
            let error = refused(&web(&published, path, answer));
            assert_eq!(error.code(), ErrorCode::OriginUnreachable, "{path}: {error}");
            assert!(error.message().contains("timeout"), "{path}: {error}");
        }
    }
}

#[test]
fn wrong_lengths_redirects_and_other_answers_are_refused_with_what_to_do() {
    let published = Published::with(1);
    for path in ["head", "index", "segments"] {
        let error = refused(&web(&published, path, |stream| {
            head(stream, "200 OK", "Content-Length: 5000\r\n")?;
            stream.write_all(b"tierbook")
        }));
        assert_eq!(error.code(), ErrorCode::OriginUnreachable, "{path}: {error}");
        let error = refused(&web(&published, path, |stream| {
            head(stream, "302 Found", "Location: http://127.0.0.1:1/\u{9}rules\r\nContent-Length: 0\r\n")
        }));
        assert!(error.hints().concat().contains("redirects are not followed"), "{path}: {error:?}");
        assert!(!error.hints().concat().contains('\t'), "{error:?}");
        let error = refused(&web(&published, path, |stream| {
            head(stream, "401 Unauthorized", "Content-Length: 0\r\n")
        }));
        assert!(error.hints().concat().contains("--token-file"), "{path}: {error:?}");
        let error = refused(&web(&published, path, |stream| {
            head(stream, "500 Internal Server Error", "Content-Length: 0\r\n")
        }));
        assert!(error.message().contains("500"), "{path}: {error}");
    }
    let error =
        refused(&web(&published, "head", |stream| head(stream, "404 Not Found", "Content-Length: 0\r\n")));
    assert!(error.message().contains("nothing is published"), "{error}");
    let error =
        refused(&web(&published, "head", |stream| stream.write_all(b"\x16\x03\x01 no HTTP at all\r\n\r\n")));
    assert_eq!(error.code(), ErrorCode::OriginUnreachable, "{error}");
}

/// Pulls a publication that is made by hand from a folder.
fn refused_files(segments: &[(u64, u64, Sha256, Vec<u8>)]) -> Error {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("public"), &by_hand(segments));
    let replica = Database::at(&folder.path().join("replica"));
    let error = pull(&replica, &origin(&folder.path().join("public"))).unwrap_err();
    assert!(!replica.dir().exists(), "{error}");
    error
}

/// A frame as the journal has it, with its length before it.
fn frame(content: &[u8]) -> Vec<u8> {
    let frame = zstd::bulk::compress(content, 19).unwrap();
    [&[0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0][..], &u32::try_from(frame.len()).unwrap().to_le_bytes(), &frame]
        .concat()
}

#[test]
fn a_segment_that_unpacks_to_far_more_than_it_is_or_holds_something_else_is_refused() {
    let hash = Sha256::of(&[b"any"]);
    let bomb = frame(&vec![b'7'; 200 << 20]);
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    let nested = format!("{{\"hash\":{}", "[".repeat(1 << 20)).into_bytes();
    let segments = [bomb, frame(&nested), frame(b""), frame(b"{}\n"), Vec::new(), vec![0; 5000]];
    for (number, segment) in segments.into_iter().enumerate() {
        let error = refused_files(&[(0, 3, hash, segment)]);
        assert!(
            [ErrorCode::DamagedPublication, ErrorCode::UnknownFormat].contains(&error.code()),
            "{number}: {error:?}"
        );
        assert!(error.message().contains("segments/000000000000.zst"), "{number}: {error}");
    }
}

#[test]
fn an_index_with_enormous_numbers_is_refused_before_anything_is_fetched() {
    let published = Published::with(1);
    let whole = files(&published.public());
    let text = |name: &str| String::from_utf8(whole[&PathBuf::from(name)].clone()).unwrap();
    let (head_line, index) = (text("head"), text("index"));
    let number = index.split(' ').nth(3).unwrap();
    for huge in ["18446744073709551615", "99999999999999", "18446744073709551616", "-1", "0x10"] {
        let folder = tempfile::tempdir().unwrap();
        let mut edited = whole.clone();
        let index = index.replacen(number, huge, 1);
        let hash = Sha256::of(&[index.as_bytes()]);
        let words: Vec<&str> = head_line.split(' ').collect();
        let head = head_line.replacen(words[4], &index.len().to_string(), 1).replacen(
            words[5],
            &hash.to_string(),
            1,
        );
        edited.insert("head".into(), head.replacen(number, huge, 1).into_bytes());
        edited.insert("index".into(), index.into_bytes());
        write(&folder.path().join("public"), &edited);
        let replica = Database::at(&folder.path().join("replica"));
        let error = pull(&replica, &origin(&folder.path().join("public"))).unwrap_err();
        assert_eq!(error.code(), ErrorCode::DamagedPublication, "{huge}: {error}");
        assert!(!replica.dir().exists());
    }
}

#[test]
fn addresses_with_secrets_are_refused_and_a_token_is_not_sent_in_the_clear() {
    for address in [
        "http://user:secret@example.com/",
        "http://example.com/?token=secret",
        "http://",
        "gopher://example.com",
        "http://exa mple.com",
    ] {
        let error = JournalOrigin::of(address, None).unwrap_err();
        assert_eq!(error.code(), ErrorCode::BadOrigin, "{address}");
        assert_eq!(error.exit_code(), 2);
    }
    let token = || Some("secret".to_string());
    assert_eq!(
        JournalOrigin::of("http://example.com/rules", token()).unwrap_err().code(),
        ErrorCode::BadOrigin
    );
    for address in
        ["https://example.com/rules", "http://127.0.0.1:1/", "http://[::1]:1/", "http://localhost:1/"]
    {
        let origin = JournalOrigin::of(address, token()).unwrap();
        assert!(!format!("{origin:?}").contains("secret"));
    }
}

#[test]
fn what_is_asked_of_this_machine_goes_through_no_proxy_which_would_see_the_token() {
    let published = Published::with(1);
    let public = published.public();
    let web = Web::answering(move |target, stream| file(&public, target, stream));
    let (token, replica) = (published.beside("token"), published.beside("by-address"));
    std::fs::write(&token, "secret\n").unwrap();
    let mut pull = std::process::Command::new(env!("CARGO_BIN_EXE_tierbook"));
    pull.arg("--db").arg(&replica).args(["pull", &web.address, "--token-file"]).arg(&token);
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        // Nobody listens there.
        pull.env(name, "http://127.0.0.1:9");
    }
    let output = pull.env_remove("NO_PROXY").env_remove("no_proxy").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
