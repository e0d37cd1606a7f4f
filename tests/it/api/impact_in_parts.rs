//! Many positions: judged in parts they have the rows that they have as one account; and where changes are left out, the
//! answer says so.

use std::fmt::Write;

use tierbook::positions::{Account, Impact, MarginMode, Position, PositionRow, Side};
use tierbook::{At, Database, LoadInput, LoadOptions, Snapshot, limits};

use super::{seeded, time};

/// Positions of every kind, the same in each run.
fn positions(count: usize) -> Vec<Position> {
    let names = ["ACTUSDT", "IP/USDT:USDT", "ACT/USDT:USDT", "NOSUCHUSDT", "IPUSDT"];
    let mut state = 20_u64;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut position = || {
        let side = if draw(2) == 0 { Side::Long } else { Side::Short };
        let symbol = names[usize::try_from(draw(5)).unwrap()];
        let mode = [None, Some(MarginMode::Isolated), Some(MarginMode::Cross)];
        let mut maybe =
            |most| (draw(8) > 0).then(|| tierbook::Decimal::new(i64::try_from(draw(most)).unwrap() + 1, 3));
        Position {
            quantity: maybe(4_000_000_000),
            notional: maybe(900_000_000),
            entry_price: maybe(3_000),
            mark_price: maybe(3_000),
            isolated_margin: maybe(60_000_000),
            leverage: Some(u32::try_from(draw(12)).unwrap() + 1),
            margin_mode: mode[usize::try_from(draw(3)).unwrap()],
            ..Position::of(symbol, side)
        }
    };
    (0..count).map(|_| position()).collect()
}

/// The rows of positions in parts of a size, and the rest.
fn in_parts(rules: &Snapshot, positions: &[Position], size: usize, at: At) -> (Vec<PositionRow>, Impact) {
    let mut rows = Vec::new();
    let parts = positions.chunks(size).map(|part| Ok(part.to_vec()));
    let rest = rules.impact_in_parts(parts, at, &|row| row, &mut |row| {
        rows.push(row);
        Ok(())
    });
    (rows, rest.unwrap().impact(&wallet()).unwrap())
}

fn wallet() -> Account {
    Account { wallet_balances: [("USDT".to_string(), 5_000_000.into())].into(), ..Account::default() }
}

#[test]
fn positions_in_parts_of_any_size_have_the_rows_of_one_account() {
    let (_folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    let (positions, at) = (positions(1_500), At::valid(time("2026-02-05T00:00Z")));
    let whole = rules.impact(&Account { positions: positions.clone(), ..wallet() }, at).unwrap();
    let is_shared = |row: &PositionRow| row.margin_mode == Some("cross");
    let (shared, mut own): (Vec<_>, Vec<_>) = whole.positions.into_iter().partition(is_shared);
    own.sort_by_key(|row| (row.position, row.change_at));
    assert!(shared.len() > 100 && own.len() > 500);
    assert!(own.iter().any(|row| row.now.liquidation_price.is_some() && row.then.is_some()));
    for size in [1, 256, 1_000, 2_000] {
        let (rows, rest) = in_parts(&rules, &positions, size, at);
        assert!(rows == own, "parts of {size}");
        assert!(rest.positions == shared && rest.accounts == whole.accounts, "parts of {size}");
    }
}

#[test]
fn an_error_comes_after_the_rows_before_it() {
    let (_folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    let failed = || tierbook::Error::new(tierbook::ErrorCode::CannotRead, "the disk is gone");
    let (mut count, at) = (0, At::valid(time("2026-02-07T00:00Z")));
    let parts = [Ok(positions(300)), Err(failed()), Ok(positions(10))];
    let own = positions(300).iter().filter(|it| it.mode() != Some(MarginMode::Cross)).count();
    let judged = rules.impact_in_parts(parts, at, &|row| row, &mut |_| {
        count += 1;
        Ok(())
    });
    assert_eq!((judged.err(), count), (Some(failed()), own));
    let parts = [Ok(positions(300))];
    let refused = rules.impact_in_parts(parts, at, &|row| row, &mut |_| Err(failed()));
    assert_eq!(refused.err(), Some(failed()));
}

/// A database in which a contract changes each minute from 2026-03-01 on, and another one never.
fn changing(count: usize) -> (tempfile::TempDir, Database) {
    let mut seed = r#"[source]
published_at = "2026-02-05 09:00 (UTC)"
[[observation]]
subject = "binance:usdm:IPUSDT"
tiers = [{ leverage = "1 - 5x", cap = "100,000", mmr = "1%" }]
"#
    .to_string();
    for minute in 0..count {
        let rate = 1 + minute % 5;
        writeln!(
            seed,
            "[[change]]\nsubject = \"binance:usdm:ACTUSDT\"\neffective_at = 2026-03-01T{:02}:{:02}:00Z\ntiers = [{{ leverage = \
             \"1 - 5x\", floor = \"0\", cap = \"100,000\", mmr = \"{rate}%\" }}]",
            minute / 60,
            minute % 60
        )
        .unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let database = Database::create(folder.path().join("db")).unwrap();
    let input = LoadInput::bytes("many.toml", seed);
    assert_eq!(database.writer().unwrap().load(input, LoadOptions::default()).unwrap().loaded(), 1);
    (folder, database)
}

#[test]
fn changes_that_are_left_out_are_in_the_notices_and_on_the_last_row() {
    let (_folder, database) = changing(limits::IMPACT_CHANGES + 1);
    let rules = database.snapshot().unwrap();
    let own = Position { notional: Some(60_000.into()), ..Position::of("ACTUSDT", Side::Long) };
    let shared = Position { margin_mode: Some(MarginMode::Cross), ..own.clone() };
    let is_marked = |row: &PositionRow| {
        row.then.as_ref().is_some_and(|then| then.warnings.iter().any(|it| it.code == "more_changes"))
    };
    // After the first change as many are left as are looked at.
    for (from, is_cut) in [("2026-03-01T00:00:00Z", false), ("2026-02-28T23:00:00Z", true)] {
        let at = At::valid(time(from));
        for position in [&own, &shared] {
            let account = Account { positions: vec![position.clone()], ..Account::default() };
            let impact = rules.impact(&account, at).unwrap();
            assert_eq!(impact.positions.len(), limits::IMPACT_CHANGES);
            assert_eq!(impact.notices.len(), usize::from(is_cut), "{from}: {:?}", impact.notices);
            let marked: Vec<_> = impact.positions.iter().filter(|row| is_marked(row)).collect();
            assert_eq!(marked.len(), usize::from(is_cut), "{from}");
            if let [row] = marked[..] {
                let last = row.change_at.unwrap();
                let notice = &impact.notices[0];
                assert!(notice.contains(&format!("ask again as of {last}")), "{notice}");
                // The hint holds: as of then the rest is there.
                let rest = rules.impact(&account, At::valid(last.0)).unwrap();
                assert_eq!((rest.positions.len(), rest.notices.len()), (1, 0));
                assert!(rest.positions[0].change_at > Some(last));
            }
        }
        // A contract without a change has none that is left out.
        let still = Position { symbol: "IPUSDT".to_string(), ..shared.clone() };
        let account = Account { positions: vec![shared.clone(), still], ..Account::default() };
        let impact = rules.impact(&account, at).unwrap();
        let row = impact.positions.iter().find(|row| row.position == 2).unwrap();
        assert!((row.then.as_ref(), &row.now.warnings[..]) == (None, &[]), "{row:?}");
        let (rows, rest) = in_parts(&rules, &[own.clone(), shared.clone()], 1, at);
        assert_eq!((rows.len(), rest.positions.len()), (limits::IMPACT_CHANGES, limits::IMPACT_CHANGES));
        assert_eq!(rest.notices.len(), 2 * usize::from(is_cut), "{:?}", rest.notices);
    }
}
