//! The bounds of positions: of their files, of an account, of what is shown, and of saved sets.

use std::fs::{self, File};
use std::io::{self, Read};

use tierbook::positions::read::{self, PositionsFile, PositionsForm};
use tierbook::positions::{Account, MarginMode, Position, Side};
use tierbook::{At, Database, Error, ErrorCode, limits};

use crate::cli::tool::{Ran, Tool};

/// Positions of which the first ones are affected by what the seed announces.
fn positions(affected: usize, all: usize) -> String {
    let [some, others] = ["ACTUSDT,long,60k\n", "NOSUCHUSDT,long,1\n"];
    format!("symbol,side,notional\n{}{}", some.repeat(affected), others.repeat(all - affected))
}

fn read_csv(text: String) -> Result<PositionsFile, Error> {
    PositionsFile::from_reader(io::Cursor::new(text), Some(PositionsForm::Csv))
}

#[test]
fn an_account_of_the_most_positions_is_read_and_one_more_is_refused() {
    let most = limits::POSITIONS;
    let file = read_csv(positions(0, most)).unwrap();
    assert_eq!(file.account.positions.len(), most);
    let over = read_csv(positions(0, most + 1)).unwrap_err();
    assert_eq!(over.code(), ErrorCode::TooLarge);
    assert_eq!(over.message(), format!("there are more than {most} positions in the file"));
}

#[test]
fn so_many_positions_share_a_margin_and_one_more_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let rules = Database::create(folder.path().join("db")).unwrap().snapshot().unwrap();
    let shared = Position { margin_mode: Some(MarginMode::Cross), ..Position::of("ACTUSDT", Side::Long) };
    let judged = |count: usize| {
        let parts = [Ok(vec![shared.clone(); count])];
        let at = At::valid("2026-02-05T00:00Z".parse().unwrap());
        rules.impact_in_parts(parts, at, &|row| row, &mut |_| Ok(())).map(drop)
    };
    let most = limits::CROSS_POSITIONS;
    judged(most).unwrap();
    let over = judged(most + 1).unwrap_err();
    assert_eq!(over.code(), ErrorCode::TooManyPositions);
    assert_eq!(over.message(), format!("more than {most} positions share a margin"));
}

#[test]
fn a_text_of_the_most_bytes_is_read_and_one_more_is_refused() {
    let most = limits::POSITIONS_BYTES;
    let wrong = |bytes: u64| {
        let blank = io::repeat(b' ').take(bytes);
        PositionsFile::from_reader(blank, Some(PositionsForm::Toml)).unwrap_err().message().to_string()
    };
    // It is read, and then is too long for a file of this form.
    assert!(wrong(most).starts_with(&format!("the file has {most} bytes of TOML")), "{}", wrong(most));
    assert_eq!(wrong(most + 1), format!("the text has more than {most} bytes"));
}

#[test]
fn a_file_in_toml_of_the_most_bytes_is_read_and_one_more_is_refused() {
    let most = limits::POSITIONS_TOML_BYTES;
    let read = |bytes: usize| {
        read::read(format!("#{}", "n".repeat(bytes - 1)).as_bytes(), Some(PositionsForm::Toml))
    };
    assert_eq!(read(most).unwrap().account, Account::default());
    let over = read(most + 1).unwrap_err();
    assert_eq!(over.code(), ErrorCode::TooLarge);
    assert_eq!(over.message(), format!("the file has {} bytes of TOML; at most {most} are read", most + 1));
}

#[test]
fn so_many_assets_of_collateral_and_of_wallets_are_read_and_one_more_is_refused() {
    let most = limits::POSITIONS_ASSETS;
    for (header, row) in [("asset,amount", ",1"), ("asset,wallet_balance", ",1")] {
        let file = |count: usize| {
            let rows: String = (0..count).map(|number| format!("COIN{number}{row}\n")).collect();
            read_csv(format!("{header}\n{rows}"))
        };
        let account = file(most).unwrap().account;
        assert_eq!(account.collateral.len() + account.wallet_balances.len(), most, "{header}");
        let over = file(most + 1).unwrap_err();
        assert!(over.message().contains(&format!("there are more than {most} assets")), "{over}");
    }
}

#[test]
fn the_most_errors_of_a_file_are_shown_and_that_there_are_more() {
    let most = limits::POSITIONS_ERRORS;
    let hints = |errors: usize| {
        let rows = "ACTUSDT,up,1\n".repeat(errors);
        let error = read_csv(format!("symbol,side,notional\n{rows}")).unwrap_err();
        let others = error.hints().iter().filter(|hint| hint.starts_with("also line")).count();
        let more = error.hints().iter().any(|hint| hint == "and more; only the first are shown");
        (1 + others, more)
    };
    assert_eq!(hints(most), (most, false));
    assert_eq!(hints(most + 1), (most, true));
}

/// What changes do to positions that are judged part by part.
fn impact(tool: &Tool, affected: usize) -> Ran {
    let positions = positions(affected, limits::POSITIONS + 1);
    let at = ["--as-of", "2026-02-05", "--known-at", "2026-02-05"];
    tool.run_with_input(["impact", "-"].iter().chain(&at), positions.as_bytes())
}

#[test]
fn the_most_rows_of_affected_positions_are_shown_and_that_there_are_more() {
    let (tool, most) = (Tool::seeded(), limits::IMPACT_SHOWN);
    let note = format!("note: only the first {most} rows are shown; all of them: --format csv\n");
    for (affected, is_cut) in [(most, false), (most + 1, true)] {
        let ran = impact(&tool, affected);
        assert_eq!(ran.code, 5, "{}", ran.err);
        assert!(ran.err.contains(&format!("{affected} positions affected\n")), "{}", ran.err);
        assert_eq!(ran.err.contains(&note), is_cut, "{}", ran.err);
        assert_eq!(ran.out.matches("ACTUSDT long   60,000").count(), most, "{}", ran.out);
    }
}

#[test]
fn a_saved_set_has_a_name_of_the_most_bytes_and_not_of_one_more() {
    let (tool, most) = (Tool::empty(), limits::SET_NAME_BYTES);
    let saved = |bytes: usize| {
        let name = "n".repeat(bytes);
        tool.run_with_input(["positions", "save", &name, "-"], b"symbol,side,notional\nACTUSDT,long,60k\n")
    };
    assert_eq!(saved(most).code, 0, "{}", saved(most).err);
    let over = saved(most + 1);
    assert_eq!(over.code, 2, "{}", over.err);
    let hint = format!("use letters, digits, - and _, at most {most} of them");
    assert!(
        over.err.contains("cannot be the name of a saved set") && over.err.contains(&hint),
        "{}",
        over.err
    );
    assert_eq!(tool.run(["positions", "list"]).out.lines().count(), 1);
}

#[test]
fn a_file_that_is_too_long_for_memory_is_not_saved() {
    let tool = Tool::empty();
    let (file, most) = (tool.dir().with_file_name("long.csv"), limits::PIPED_PARQUET_BYTES);
    File::create(&file).unwrap().set_len(most + 1).unwrap();
    let ran = tool.run(["positions", "save", "long", file.to_str().unwrap()]);
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(ran.err.contains(&format!("long.csv has more than {most} bytes")), "{}", ran.err);
    fs::remove_file(file).unwrap();
}
