//! A replica that follows a running server, while documents are loaded there.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tierbook::server::{Options, Request, Server};
use tierbook::{ErrorCode, JournalOrigin};

use super::{Published, origin, pull, table};

/// Runs `ask` with the address of a server of a database.
fn with_server(of: &Published, options: Options, ask: impl FnOnce(&str)) {
    let server = Arc::new(Server::new(of.database.clone(), options).unwrap());
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", socket.local_addr().unwrap());
    let ended = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| server.serve(socket, &|| ended.load(Ordering::Relaxed), |_| ()).unwrap());
        let asked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| ask(&address)));
        ended.store(true, Ordering::Relaxed);
        asked.unwrap();
    });
}

#[test]
fn a_replica_follows_a_server_while_documents_are_loaded_and_has_each_at_once() {
    let published = Published::with(2);
    let replica = published.replica("replica");
    with_server(&published, Options::default(), |address| {
        let origin = JournalOrigin::of(address, None).unwrap();
        assert_eq!(pull(&replica, &origin).unwrap().new_transactions, 3);
        for number in 0..6 {
            thread::scope(|scope| {
                let next = scope.spawn(|| replica.pull_next(&origin));
                thread::sleep(Duration::from_millis(60));
                table(&published.database, 20 + number);
                let loaded = Instant::now();
                let pulled = next.join().unwrap().unwrap().unwrap();
                assert_eq!(pulled.new_transactions, 1);
                // Far more than it takes, so that a busy machine is no failure.
                assert!(loaded.elapsed() < Duration::from_secs(10), "{:?}", loaded.elapsed());
            });
        }
        assert_eq!(replica.head().unwrap(), published.database.head().unwrap());
        // What it gives at once is what a publisher writes.
        published.publish();
        let other = published.replica("other");
        pull(&other, &JournalOrigin::of(&format!("{address}/v1/journal/"), None).unwrap()).unwrap();
        let of_folder = published.replica("of-folder");
        pull(&of_folder, &origin_of(&published)).unwrap();
        assert_eq!(other.head().unwrap(), of_folder.head().unwrap());
        assert!(published.database.verify_against(&origin, None).is_ok());
    });
}

fn origin_of(published: &Published) -> JournalOrigin {
    origin(&published.public())
}

#[test]
fn the_journal_needs_the_token_of_the_server() {
    let published = Published::with(0);
    let mut options = Options::default();
    options.tokens = vec!["0123456789abcdef".to_string()];
    with_server(&published, options, |address| {
        let replica = published.replica("replica");
        let error = pull(&replica, &JournalOrigin::of(address, None).unwrap()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::OriginUnreachable);
        assert!(error.hints().concat().contains("--token-file"), "{error:?}");
        let origin = JournalOrigin::of(address, Some("0123456789abcdef".to_string())).unwrap();
        assert_eq!(pull(&replica, &origin).unwrap().tx.0, 1);
    });
}

#[test]
fn segments_that_name_their_end_are_kept_for_ever_and_what_is_not_there_is_named() {
    let published = Published::with(3);
    let server = Server::new(published.database.clone(), Options::default()).unwrap();
    let get = |target: &str| server.answer(&Request::get(target));
    let fixed = get("/v1/journal/segments/000000000002.zst?to=3");
    assert_eq!(fixed.status, 200);
    assert!(fixed.header("cache-control").unwrap().contains("immutable"));
    assert_eq!(get("/v1/journal/segments/000000000002.zst").header("cache-control"), Some("no-cache"));
    assert_eq!(get("/v1/journal/head").header("cache-control"), Some("no-cache"));
    table(&published.database, 9);
    assert_eq!(get("/v1/journal/segments/000000000002.zst?to=3").body, fixed.body);
    assert!(
        get("/v1/journal/head?after=4").text().contains(" last 5 5 "),
        "{}",
        get("/v1/journal/head?after=4").text()
    );
    assert!(get("/v1/journal/head?after=5").text().contains(" last 0 5 "));
    assert_eq!(get("/v1/journal/index?tx=2").text().split(' ').nth(1), Some("2"));
    for target in [
        "/v1/journal/segments/000000000006.zst",
        "/v1/journal/segments/000000000002.zst?to=9",
        "/v1/journal/segments/000000000002.zst?to=1",
        "/v1/journal/segments/2.zst",
        "/v1/journal/segments/..%2f..%2fhead",
        "/v1/journal/index?tx=9",
    ] {
        let response = get(target);
        assert_eq!(response.status, 404, "{target}: {}", response.text());
    }
    for target in
        ["/v1/journal/head?after=x", "/v1/journal/index?tx=-1", "/v1/journal/segments/000000000002.zst?to=x"]
    {
        assert_eq!(get(target).status, 400, "{target}");
    }
}
