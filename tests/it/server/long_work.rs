//! Work that takes long: how much of it one request may ask for, and that it ends when nobody waits any more.

use std::time::Duration;

use tierbook::limits;
use tierbook::server::{Options, Request, Response};

use super::{Served, brackets};

const HEAD: &str = "symbol,side,notional,entry_price,mark_price,leverage,margin_mode,wallet_balance\n";

/// A server whose answers have no time at all.
fn without_time() -> Served {
    let mut options = Options::default();
    options.limits.answer = Duration::ZERO;
    Served::with(options, &[])
}

fn impact(served: &Served, parameters: &str, rows: &str) -> Response {
    let request = Request::get(&format!("/v1/impact?from=csv&asOf=2026-02-04{parameters}"));
    served.server.answer(&request.with_body(format!("{HEAD}{rows}")))
}

#[test]
fn an_impact_that_takes_too_long_ends_whatever_is_asked() {
    let (slow, served) = (without_time(), Served::seeded());
    for (parameters, rows) in [
        ("", "ACTUSDT,long,60000,0.02,0.02,5,isolated,\n"),
        ("", "ACTUSDT,long,60000,0.02,0.02,5,cross,1000\n"),
        ("", "NEVERHEARDOF,long,60000,0.02,0.02,5,cross,1000\n"),
        ("&sizes=1k..100k", "ACTUSDT,long,60000,0.02,0.02,5,cross,1000\n"),
        ("&price=ACTUSDT%3D1", "ACTUSDT,long,60000,0.02,0.02,5,cross,1000\n"),
    ] {
        assert_eq!(impact(&served, parameters, rows).status, 200, "{parameters} {rows}");
        let answer = impact(&slow, parameters, rows);
        assert_eq!(answer.status, 503, "{parameters} {rows}: {}", answer.text());
        assert!(answer.text().contains("\"code\":\"too_slow\""), "{}", answer.text());
        assert!(answer.header("retry-after").is_some());
    }
}

#[test]
fn a_request_changes_the_most_prices_and_one_more_is_refused() {
    let served = Served::seeded();
    let prices = |count: usize| {
        impact(&served, &"&price=*%3D%2B1%25".repeat(count), "ACTUSDT,long,60000,0.02,0.02,5,cross,1000\n")
    };
    assert_eq!(prices(limits::IMPACT_PRICES).status, 200);
    let refused = prices(limits::IMPACT_PRICES + 1);
    assert_eq!((refused.status, refused.text().contains("more than 100 prices")), (400, true));
}

/// Leg by leg at each bound these took minutes.
#[test]
fn hundreds_of_cross_positions_of_one_contract_are_judged_in_a_moment() {
    let served = Served::seeded();
    let row = |place: usize| {
        let side = if place.is_multiple_of(3) { "short" } else { "long" };
        format!("ACTUSDT,{side},{},0.02,0.02,5,cross,1000000\n", 1000 + 7 * (place % 50))
    };
    let rows: String = (0..600).map(row).collect();
    let began = std::time::Instant::now();
    let answer = impact(&served, "&format=jsonl", &rows);
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    let rows = answer.text().lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let of_positions = rows.filter(|row| row["symbol"] == "ACTUSDT");
    let prices: Vec<_> = of_positions.map(|row| row["now"]["liquidation_price"].clone()).collect();
    assert!(prices.len() >= 600 && prices.iter().all(|one| *one == prices[0]), "{:?}", &prices[..2]);
}

#[test]
fn the_head_of_the_journal_after_a_transaction_is_read_from_it_once() {
    let served = Served::with(
        Options::default(),
        &[
            ("usdm-20260210T000000Z.json", &brackets(&[("ACTUSDT", "0.02")])),
            ("usdm-20260211T000000Z.json", &brackets(&[("ACTUSDT", "0.03")])),
            ("usdm-20260212T000000Z.json", &brackets(&[("ACTUSDT", "0.04")])),
        ],
    );
    let first = served.get("/v1/journal/head?after=1");
    assert_eq!(first.status, 200, "{}", first.text());
    let moved = served.database.dir().with_file_name("elsewhere");
    for file in std::fs::read_dir(served.database.dir()).unwrap() {
        let file = file.unwrap();
        // What tells whether something is new stays.
        if !file.file_name().to_string_lossy().contains("head") {
            std::fs::create_dir_all(&moved).unwrap();
            std::fs::rename(file.path(), moved.join(file.file_name())).unwrap();
        }
    }
    assert_eq!(served.get("/v1/journal/head?after=1").text(), first.text());
    assert_ne!(served.get("/v1/journal/head?after=2").status, 200, "the journal is gone");
}
