//! The server answers from the newest snapshot, while documents are loaded.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::{Served, brackets, load};

/// Waits until answers are from a transaction.
fn wait_for(served: &Served, tx: &str) {
    let until = Instant::now() + Duration::from_secs(30);
    while served.get("/v1/head").header("x-tierbook-tx") != Some(tx) {
        assert!(Instant::now() < until, "the head stays at {:?}", served.get("/v1/head").text());
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn answers_follow_what_is_loaded() {
    let served = Served::seeded();
    let symbol = "/fapi/v1/leverageBracket?symbol=BTCUSDT&asOf=2026-02-12";
    assert_eq!(served.get(symbol).status, 400);
    load(&served.database, "seen-20260210T000000Z.json", &brackets(&[("BTCUSDT", "0.004")]));
    wait_for(&served, "2");
    let found = served.get(symbol);
    assert!(found.status == 200 && found.text().contains("0.004"), "{}", found.text());
}

#[test]
fn no_answer_is_wrong_or_waits_while_a_load_runs() {
    let served = Served::seeded();
    let ended = AtomicBool::new(false);
    let fixed = "/as-of/2026-02-07/known-at/2026-02-05/fapi/v1/leverageBracket?symbol=ACTUSDT";
    let expected = served.get(fixed);
    let tables = |text: &str| text.split(",\"tierbook\"").next().unwrap().to_string();
    let expected_tables = tables(expected.text());
    thread::scope(|scope| {
        let readers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let (mut last, mut asked) = (0, 0);
                    while !ended.load(Ordering::Relaxed) {
                        let answer = served.get(fixed);
                        assert_eq!((answer.status, tables(answer.text())), (200, expected_tables.clone()));
                        let tx: u64 = answer.header("x-tierbook-tx").unwrap().parse().unwrap();
                        assert!(tx >= last, "the head went back from {last} to {tx}");
                        (last, asked) = (tx, asked + 1);
                    }
                    asked
                })
            })
            .collect();
        for day in 10..22 {
            let name = format!("seen-202602{day}T000000Z.json");
            load(&served.database, &name, &brackets(&[("BTCUSDT", &format!("0.0{day}"))]));
        }
        ended.store(true, Ordering::Relaxed);
        let asked: Vec<u64> = readers.into_iter().map(|reader| reader.join().unwrap()).collect();
        assert!(asked.iter().all(|asked| *asked > 0), "{asked:?}");
    });
    wait_for(&served, "13");
}
