//! Pulls that are interrupted: nothing is lost, nothing is there twice, and nothing is there in part.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tierbook::{Database, ErrorCode, JournalOrigin};

use super::web::{Web, file, found, head};
use super::{Published, content, files, origin, pull, table, write};
use crate::cli::tool::Tool;
use crate::fault::Tally;

/// How often a pull is interrupted over the network.
const INTERRUPTIONS: usize = 100;

/// How often the process is killed.
const KILLS: usize = 20;

#[test]
fn a_pull_that_a_network_cuts_at_random_a_hundred_times_ends_with_what_the_origin_has() {
    let published = Published::with(9);
    let (cuts, bytes, dir) = (AtomicUsize::new(0), AtomicUsize::new(0), published.public());
    let random = Mutex::new(3_u64);
    let web = Web::answering(move |target, stream| {
        let Some(content) = found(&dir, target) else { return file(&dir, target, stream) };
        let mut random = random.lock().unwrap();
        *random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        let at = (*random >> 33) as usize % (content.len() * 3 / 2);
        bytes.fetch_add(content.len(), Ordering::Relaxed);
        // Segments are always cut, until it was often enough; the small files in a third of all cases.
        let is_cut = cuts.load(Ordering::Relaxed) < INTERRUPTIONS
            && (target.contains("segments") || at < content.len() / 2);
        drop(random);
        if !is_cut {
            return file(&dir, target, stream);
        }
        cuts.fetch_add(1, Ordering::Relaxed);
        head(stream, "200 OK", &format!("Content-Length: {}\r\n", content.len()))?;
        stream.write_all(&content[..at.min(content.len() - 1)])
    });
    let origin = JournalOrigin::of(&web.address, None).unwrap();
    let (mut tally, mut interrupted) = (Tally::default(), 0);
    let (replica, mut more) = (published.replica("replica"), 0);
    loop {
        let before = content(replica.dir());
        match pull(&replica, &origin) {
            Ok(_) if more == 0 => {
                // It goes on with what is new, and is interrupted again.
                more += 1;
                table(&published.database, 20);
                published.publish();
            }
            Ok(_) => break,
            Err(error) => {
                interrupted += 1;
                assert_eq!(error.code(), ErrorCode::OriginUnreachable, "{error:?}");
                if content(replica.dir()) == before {
                    tally.kept += 1;
                } else {
                    tally.lost.push(format!("interruption {interrupted}"));
                }
            }
        }
    }
    assert!(interrupted >= INTERRUPTIONS, "{interrupted}");
    assert_eq!(replica.head().unwrap(), published.database.head().unwrap());
    assert_eq!(replica.verify(None).unwrap().problems, Vec::<String>::new());
    assert_eq!(replica.snapshot().unwrap().query("sources").unwrap().len(), 11);
    tally.end("interrupted pulls", &format!("{interrupted} interruptions"));
}

#[test]
fn a_pull_that_is_killed_leaves_what_was_there_or_all_that_is_new() {
    let published = Published::with(6);
    let reference = published.replica("reference");
    pull(&reference, &published.origin()).unwrap();
    let tool = Tool::empty();
    let replica = Database::at(&tool.dir());
    let public = published.public().display().to_string();
    let mut tally = Tally::default();
    for number in 0..KILLS {
        if number % 4 == 3 {
            table(&published.database, 30 + number);
            published.publish();
        }
        let before = replica.head().ok();
        let mut command = tool.command();
        let mut child =
            command.args(["pull", &public]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis((number as u64 * 37) % 120));
        let _ = child.kill();
        child.wait().unwrap();
        match replica.head().ok() {
            after if after == before => tally.refused += 1,
            Some(after) if Some(after) == published.database.head().ok() => tally.kept += 1,
            other => tally.lost.push(format!("kill {number}: {other:?}")),
        }
    }
    pull(&replica, &published.origin()).unwrap();
    assert_eq!(replica.head().unwrap(), published.database.head().unwrap());
    tally.end("pulls that are killed", &format!("{KILLS} kills"));
}

#[test]
fn a_pull_beside_another_one_of_the_same_replica_reports_no_history_that_was_shortened() {
    for follows in [false, true] {
        let published = Published::with(1);
        let replica = published.replica("replica");
        pull(&replica, &published.origin()).unwrap();
        table(&published.database, 1);
        published.publish();
        let older = published.beside("older");
        write(&older, &files(&published.public()));
        table(&published.database, 2);
        published.publish();
        // Who asks first gets the older head and index; before they are used, another process has pulled what is newer.
        let (dir, public, asked) = (replica.dir().to_path_buf(), published.public(), AtomicUsize::new(0));
        let web = Web::answering(move |target, stream| {
            let number = asked.fetch_add(1, Ordering::SeqCst);
            if number == 0 {
                pull(&Database::at(&dir), &origin(&public)).unwrap();
            }
            let of = if number < 2 && !follows || number == 0 { &older } else { &public };
            file(of, target, stream)
        });
        let from = JournalOrigin::of(&web.address, None).unwrap();
        let pulled =
            if follows { replica.pull_next(&from).unwrap().unwrap() } else { pull(&replica, &from).unwrap() };
        let head = published.database.head().unwrap();
        assert_eq!((pulled.tx, pulled.hash, pulled.new_transactions), (head.tx, head.hash, 0));
        assert_eq!(
            content(replica.dir())[Path::new("journal.zst")],
            content(published.database.dir())[Path::new("journal.zst")]
        );
    }
}
