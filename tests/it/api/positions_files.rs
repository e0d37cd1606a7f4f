//! Files of positions: the columns, the forms, and what is said about how they were read.

mod exchange;
mod hostile;
mod page;
mod same;

use tierbook::positions::read::Parts;
use tierbook::positions::{Holding, MarginMode, Position, PositionsFile, PositionsForm, Side, read};
use tierbook::{Decimal, Error, ErrorCode};

fn number(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn file_of(text: &str) -> PositionsFile {
    read::read(text.as_bytes(), None).unwrap()
}

fn error(text: &str) -> Error {
    read::read(text.as_bytes(), None).unwrap_err()
}

#[test]
fn every_column_is_read() {
    let file = file_of(
        "symbol,side,quantity,notional,entry_price,mark_price,leverage,margin_mode,isolated_margin,contract_size\n\
         ACT/USDT:USDT,Long,3000000,60k,0.0201,0.02,5x,ISOLATED,\"12,000\",1\n",
    );
    let position = Position {
        quantity: Some(number("3000000")),
        notional: Some(number("60000")),
        entry_price: Some(number("0.0201")),
        mark_price: Some(number("0.02")),
        leverage: Some(5),
        margin_mode: Some(MarginMode::Isolated),
        isolated_margin: Some(number("12000")),
        contract_size: Some(number("1")),
        ..Position::of("ACT/USDT:USDT", Side::Long)
    };
    assert_eq!((file.account.positions, file.notices), (vec![position], Vec::new()));
    let file = file_of("symbol;side;notional;margin_mode;wallet_balance\nBTCUSDT;sell;1000;crossed;-5.5\n");
    let position = Position {
        notional: Some(number("1000")),
        margin_mode: Some(MarginMode::Cross),
        wallet_balance: Some(number("-5.5")),
        ..Position::of("BTCUSDT", Side::Short)
    };
    assert_eq!(file.account.positions, [position]);
}

#[test]
fn names_of_columns_are_read_in_every_spelling() {
    let expected = file_of("symbol,quantity,entry_price,margin_mode\nACTUSDT,-5,2,cross\n").account;
    for header in [
        "Symbol,Quantity,Entry Price,Margin Mode",
        "SYMBOL,position-amt,entryPrice,marginType",
        "contract,positionAmt,ENTRY_PRICE,marginMode",
        "instrument,qty,avg_entry_price,margin type",
        "ticker,contracts,entry,margin-mode",
    ] {
        let file = file_of(&format!("{header}\nACTUSDT,-5,2,cross\n"));
        assert_eq!((file.account, file.notices), (expected.clone(), Vec::new()), "{header}");
    }
    let by_flag = file_of("pair\tqty\tentry\tisolated\nACTUSDT\t-5\t2\tFalse\n");
    assert_eq!(by_flag.account, expected);
}

#[test]
fn without_a_side_the_sign_of_the_size_is_the_side() {
    let sides = |text: &str| {
        let file = file_of(text);
        file.account.positions.iter().map(|it| it.side).collect::<Vec<_>>()
    };
    assert_eq!(sides("symbol,quantity\nA,5\nB,-5\n"), [Side::Long, Side::Short]);
    assert_eq!(sides("symbol,notional\nA,5\nB,-5\n"), [Side::Long, Side::Short]);
    assert_eq!(
        sides("symbol,side,notional\nA,BOTH,5\nA,both,-5\nA,,-5\n"),
        [Side::Long, Side::Short, Side::Short]
    );
    // A size with a sign, and one without.
    assert_eq!(sides("symbol,quantity,notional\nA,5,-10\nB,-5,10\n"), [Side::Short, Side::Short]);
    assert_eq!(sides("symbol,side,quantity\nA,short,-5\nA,short,5\n"), [Side::Short, Side::Short]);
    assert_eq!(
        file_of("symbol,quantity\nA,5\nB,-5\n").notices,
        ["1 position has no side and a size above 0, and is read as long"]
    );
}

#[test]
fn a_side_that_contradicts_the_size_is_an_error() {
    let wrong = error("symbol,side,quantity\nA,long,-5\n");
    assert_eq!(wrong.message(), "line 2 column `side`: the side is long, but the size is below 0");
    // Where other rows have a side, a size above 0 may be that of a short.
    assert_eq!(error("symbol,side,quantity\nA,,5\n").message(), "line 2 column `side`: it is empty");
    assert_eq!(error("symbol\nA\n").message(), "line 2 column `side`: there is neither a side nor a size");
    assert_eq!(error("symbol,side\nA,up\n").message(), "line 2 column `side`: `up` is no side");
}

#[test]
fn a_hedge_is_two_positions_of_one_contract() {
    let file = file_of("symbol,positionSide,quantity\nA,LONG,5\nA,SHORT,-3\n");
    let held: Vec<_> = file.account.positions.iter().map(|it| (it.side, it.quantity)).collect();
    assert_eq!(held, [(Side::Long, Some(number("5"))), (Side::Short, Some(number("3")))]);
}

#[test]
fn closed_positions_are_left_out_and_counted() {
    // Their other cells do not matter: one of a contract without trades may have anything.
    let file = file_of("symbol,positionAmt,notional,leverage\nA,0.000,0,0\nB,5,,20\nC,0,,x\nD,,0.0,\n");
    assert_eq!((file.account.positions.len(), file.account.positions[0].symbol.as_str()), (1, "B"));
    assert!(
        file.notices.contains(&"3 closed positions of size 0 are left out".to_string()),
        "{:?}",
        file.notices
    );
    let wrong = error("symbol,side,quantity,notional\nA,long,0,500\n");
    assert_eq!(wrong.message(), "line 2 column `quantity`: it is 0, but the notional is not");
    // A position of which only the side is known has no size, which is not 0.
    assert_eq!(file_of("symbol,side\nA,long\n").account.positions.len(), 1);
}

#[test]
fn what_is_printed_as_0_for_none_is_none() {
    let file = file_of("symbol,side,quantity,notional,entry_price,mark_price\nA,long,5,0,0.0,0.00000\n");
    assert_eq!(
        file.account.positions,
        [Position { quantity: Some(number("5")), ..Position::of("A", Side::Long) }]
    );
}

#[test]
fn unknown_columns_are_named_once_with_the_nearest_known_one() {
    let file = file_of("symbol,side,note,entyr_price,my id\nA,long,x,1,2\nB,long,y,1,3\n");
    assert_eq!(
        file.notices,
        [
            "column `entyr_price` is not read: did you mean `entry_price`?",
            "columns that are not read: `note`, `my id`",
        ]
    );
    assert_eq!(
        file_of("symbol,side,amount,price\nA,long,5,2\n").notices,
        [
            "column `amount` is not read: call it `quantity` or `notional`",
            "column `price` is not read: call it `entry_price` or `mark_price`",
        ]
    );
    assert_eq!(
        file_of("symbol,side,size\nA,long,5\n").notices,
        ["`size` is read as the quantity; rename it to `notional` if it is in the quote currency"]
    );
}

#[test]
fn two_columns_for_one_thing_are_an_error_that_names_both() {
    let wrong = error("symbol,side,qty,Position Amt\nA,long,1,1\n");
    assert_eq!(wrong.code(), ErrorCode::ColumnTwice);
    assert_eq!(wrong.message(), "the columns `qty` and `Position Amt` are both the quantity");
    let wrong = error("[{\"symbol\": \"A\", \"side\": \"long\", \"symbol\": \"B\"}]");
    assert_eq!(wrong.message(), "row 1: there are two columns `symbol`");
}

#[test]
fn a_file_without_symbols_is_an_error_that_lists_its_columns() {
    let wrong = error("simbol,side,quantity\nA,long,1\n");
    assert_eq!(wrong.code(), ErrorCode::ColumnMissing);
    assert_eq!(wrong.message(), "there is no column `symbol`; the columns are simbol, side, quantity");
    assert_eq!(wrong.hints(), ["rename `simbol` to `symbol`"]);
    assert_eq!(wrong.exit_code(), 4);
}

#[test]
fn margin_modes_that_contradict_each_other_are_an_error() {
    for (text, message) in [
        (
            "symbol,side,marginMode,isolated\nA,long,cross,true\n",
            "line 2 column `isolated`: it contradicts the column `marginMode`",
        ),
        (
            "symbol,side,margin_mode,isolated_margin\nA,long,cross,5\n",
            "line 2 column `isolated_margin`: the position is cross, but has an isolated margin",
        ),
        ("symbol,side,margin_mode\nA,long,hedge\n", "line 2 column `margin_mode`: `hedge` is no margin mode"),
        (
            "symbol,side,isolated\nA,long,maybe\n",
            "line 2 column `isolated`: `maybe` is neither true nor false",
        ),
    ] {
        assert_eq!(error(text).message(), message);
    }
    let file = file_of("symbol,side,isolated_margin\nA,long,5\nB,long,0\nC,long,\n");
    let modes: Vec<_> = file.account.positions.iter().map(|it| it.margin_mode).collect();
    assert_eq!(modes, [Some(MarginMode::Isolated), None, None]);
}

#[test]
fn assets_are_rows_of_their_own() {
    let text = "symbol,side,notional,asset,amount,price,wallet_balance\n\
                BTCUSDT,long,60k,,,,\n\
                ,,,btc,0.5,60000,\n\
                ,,,pm-pro:eth,-2,,\n\
                ,,,USDT,,,1000\n";
    let account = file_of(text).account;
    let holding = |asset: &str, amount: &str, price: Option<&str>| Holding {
        asset: asset.to_string(),
        amount: number(amount),
        price: price.map(number),
    };
    assert_eq!(account.positions.len(), 1);
    assert_eq!(account.collateral, [holding("BTC", "0.5", Some("60000")), holding("pm-pro:ETH", "-2", None)]);
    assert_eq!(account.wallet_balances["USDT"], number("1000"));
    assert_eq!(file_of("collateral,amount,price\nBTC,0.5,60000\n").account.collateral[0].asset, "BTC");
    for (text, message) in [
        ("asset,amount\nBTC,1\nBTC,2\n", "line 3: `BTC` is there twice"),
        (
            "symbol,side,asset,amount\nA,long,BTC,1\n",
            "line 2 column `asset`: the row names a contract and an asset",
        ),
        (
            "asset,amount\nBTC,\n",
            "line 2 column `amount`: the asset has neither an amount nor a wallet balance",
        ),
        ("symbol,side,asset,amount\n,,,1\n", "line 2 column `symbol`: it is empty"),
    ] {
        assert_eq!(error(text).message(), message);
    }
}

#[test]
fn every_wrong_cell_is_named_up_to_ten() {
    let wrong = error("symbol,side,quantity,leverage\nA,long,abc,0\nB,long,1,2.5\n");
    assert_eq!(wrong.code(), ErrorCode::UnreadableLine);
    assert_eq!(wrong.message(), "line 2 column `quantity`: `abc` is not a number");
    assert_eq!(
        wrong.hints()[1..],
        [
            "also line 2 column `leverage`: `0` is not a leverage (write a whole number from 1 on: 5 or 5x)",
            "also line 3 column `leverage`: `2.5` is not a leverage (write a whole number from 1 on: 5 or 5x)",
        ]
    );
    let many = format!("symbol,side,leverage\n{}", "A,long,x\n".repeat(1000));
    let hints = error(&many).hints().to_vec();
    assert_eq!((hints.len(), hints[10].as_str()), (11, "and more; only the first are shown"));
}

#[test]
fn an_object_has_positions_wallets_and_collateral() {
    let file = file_of(
        r#"{"positions": [{"symbol": "ACTUSDT", "side": "long", "quantity": 3e6, "entryPrice": 0.02}],
            "wallet_balances": {"usdt": "1000.5"},
            "collateral": [{"asset": "BTC", "amount": 0.5, "price": 60000}]}"#,
    );
    assert_eq!(file.account.positions[0].quantity, Some(number("3000000")));
    assert_eq!(file.account.wallet_balances["USDT"], number("1000.5"));
    assert_eq!(file.account.collateral[0].price, Some(number("60000")));
    let wrong = error("{\"positions\": [],\n\"wallet_balance\": {}}");
    assert_eq!(wrong.message(), "line 2: unknown key `wallet_balance`");
    assert_eq!(wrong.hints(), ["did you mean `wallet_balances`?"]);
    let wrong = error(
        "[{\"symbol\": \"A\", \"side\": \"long\"},\n {\"symbol\": \"B\",\n  \"side\": \"long\",\n  \"leverage\": \"2x2\"}]",
    );
    assert_eq!(wrong.message(), "row 2, line 4 column `leverage`: `2x2` is not a leverage");
    assert_eq!(file_of("[]").notices, ["the file has no position"]);
    assert_eq!(file_of("{\"symbol\": \"A\", \"side\": \"long\"}").account.positions.len(), 1);
}

#[test]
fn toml_is_strict_and_names_the_line() {
    let file = file_of(
        "# mine\n[wallet_balances]\nUSDT = 1_000.50\n\n[[positions]]\nsymbol = \"ACTUSDT\"\nside = \"long\"\n\
         entry_price = 0.123456789012345678901\nleverage = 5\n[[collateral]]\nasset = \"BTC\"\namount = \"0.5\"\n",
    );
    // A float of 64 bits has 17 digits.
    assert_eq!(file.account.positions[0].entry_price, Some(number("0.123456789012345678901")));
    assert_eq!(file.account.wallet_balances["USDT"], number("1000.5"));
    assert_eq!(file.account.collateral[0].amount, number("0.5"));
    for (text, message, hint) in [
        (
            "[[positions]]\nsymbol = \"A\"\nentyr_price = 1\n",
            "line 3: unknown key `entyr_price`",
            "did you mean `entry_price`?",
        ),
        (
            "[[position]]\nsymbol = \"A\"\n",
            "line 1: unknown table or key `position`",
            "did you mean `positions`?",
        ),
        (
            "[[positions]]\nsymbol = \"A\"\nquantity = 60k\n",
            "line 3: string values must be quoted, expected literal string, so this is not TOML",
            "write a number that TOML does not have in quotes: \"60k\"",
        ),
        (
            "[[positions]]\nsymbol = \"A\"\nquantity = 99999999999999999999\n",
            "line 3: invalid type: integer `99999999999999999999` as i128, expected any valid TOML value",
            "write a number that TOML does not have in quotes: \"60k\"",
        ),
        (
            "symbol = \"A\"\n",
            "line 1: unknown table or key `symbol`",
            "write [[positions]] on a line before the columns of a position",
        ),
        (
            "[[positions]]\nsymbol = \"A\"\nside = \"long\"\nleverage = 0\n",
            "line 4 column `leverage`: `0` is not a leverage",
            "write a whole number from 1 on: 5 or 5x",
        ),
        (
            "[[positions]]\nsymbol = \"A\"\nside = \"long\"\nmark_price = nan\n",
            "line 4 column `mark_price`: `nan` is not a number",
            "write a number like 60000, 0.25, 60k or 1e-7; leave the cell empty where there is none",
        ),
    ] {
        let wrong = error(text);
        assert_eq!((wrong.message(), wrong.hints()[0].as_str()), (message, hint));
    }
}

#[test]
fn the_form_is_known_by_the_bytes_and_the_name() {
    use PositionsForm::{Arrow, ArrowStream, Csv, Json, JsonLines, Parquet, Toml};
    for (name, start, form) in [
        ("", "symbol,side\n", Csv),
        ("", "\u{feff}symbol;side\r\n", Csv),
        ("", "[{\"symbol\": 1}]", Json),
        ("", " \n[]", Json),
        ("", "[[positions]]\n", Toml),
        ("", "[wallet_balances]\n", Toml),
        ("", "# mine\n[[positions]]\n", Toml),
        ("", "positions = []\n", Toml),
        ("p.toml", "# empty\n", Toml),
        ("p.csv", "# a\n", Csv),
        ("", "{\"a\": 1}\n{\"a\": 2}\n", JsonLines),
        ("p.jsonl", "{\n\"positions\": []\n}", Json),
        ("p.json", "{\"a\": 1}\n\n{\"a\": 2}\n", JsonLines),
        ("p.csv", "PAR1", Parquet),
        ("", "ARROW1\0\0", Arrow),
    ] {
        assert_eq!(PositionsForm::of(name, start.as_bytes()), form, "{name} {start:?}");
    }
    assert_eq!(PositionsForm::of("", b"\xff\xff\xff\xff\x10\0\0\0"), ArrowStream);
    for name in PositionsForm::names() {
        assert_eq!(name.parse::<PositionsForm>().unwrap().name(), name);
    }
    let wrong = "xlsx".parse::<PositionsForm>().unwrap_err();
    assert_eq!(wrong.code(), ErrorCode::FormMissing);
}

#[test]
fn a_long_file_is_read_in_parts_and_not_into_one_account() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("positions.csv");
    let rows = "ACTUSDT,long,60k\n".repeat(tierbook::limits::POSITIONS + 50_000);
    std::fs::write(&path, format!("symbol,side,notional\n{rows}asset")).unwrap();
    let wrong = PositionsFile::open(&path, None).unwrap_err();
    assert_eq!(wrong.message(), "there are more than 100000 positions in the file");
    let mut parts = Parts::open(&path, None).unwrap();
    let sizes: Vec<Result<usize, Error>> = parts.by_ref().map(|part| part.map(|it| it.len())).collect();
    // The last line has one cell, which is found when it is reached; nothing follows an error.
    let Some((Err(last), whole)) = sizes.split_last() else { panic!("{sizes:?}") };
    assert_eq!(whole, vec![Ok(8_192); 18]);
    assert_eq!(last.message(), "line 150002 has 1 cells, but the header names 3 columns");
    assert!(parts.next().is_none());
}

#[test]
fn a_file_that_is_not_there_or_a_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let code = |path: &std::path::Path| PositionsFile::open(path, None).unwrap_err().code();
    assert_eq!(code(&folder.path().join("none.csv")), ErrorCode::CannotRead);
    assert_eq!(code(folder.path()), ErrorCode::IsFolder);
}
