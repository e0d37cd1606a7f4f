//! Files that no program should write: each is an error that says what is wrong, or is read as it is.

use tierbook::positions::{PositionsForm, read};
use tierbook::{ErrorCode, limits};

use super::{error, file_of, number};

#[test]
fn an_empty_file_is_an_error_and_one_of_a_header_has_no_position() {
    for text in ["", " \n\t\r\n", "\u{feff}", "\u{feff}\n"] {
        assert_eq!(error(text).code(), ErrorCode::DocumentEmpty, "{text:?}");
    }
    for form in ["csv", "json", "jsonl", "toml", "parquet", "arrow", "arrows"] {
        let form: PositionsForm = form.parse().unwrap();
        assert_eq!(read::read(b"", Some(form)).unwrap_err().code(), ErrorCode::DocumentEmpty);
    }
    let file = file_of("symbol,side\n");
    assert_eq!(
        (file.account.positions.len(), file.notices),
        (0, vec!["the file has no position".to_string()])
    );
}

#[test]
fn a_number_that_is_none_or_not_exact_is_named_with_a_hint() {
    let long = "9".repeat(50_000);
    let cases = [
        ("NaN", "`NaN` is not a number"),
        ("nan", "`nan` is not a number"),
        ("inf", "`inf` is not a number"),
        ("-Infinity", "`-Infinity` is not a number"),
        ("null", "`null` is not a number"),
        ("1e999", "`1e999` has more than 24 digits"),
        ("1e-999", "`1e-999` has more than 24 digits"),
        ("1e99999999999999999999", "`1e99999999999999999999` has more than 24 digits"),
        ("--5", "`--5` is not a number"),
        ("5x", "`5x` is not a number"),
        ("0x10", "`0x10` is not a number"),
        ("1.2.3", "`1.2.3` is not a number"),
        ("12:30", "`12:30` is not a number"),
        ("5 USDT", "`5 USDT` is not a number"),
        ("1234567890123456789012345", "`1234567890123456789012345` has more than 24 digits"),
    ];
    for (cell, message) in cases {
        let wrong = error(&format!("symbol,side,entry_price\nA,long,{cell}\n"));
        assert_eq!(wrong.message(), format!("line 2 column `entry_price`: {message}"), "{cell}");
        assert!(!wrong.hints().is_empty());
    }
    let wrong = error(&format!("symbol,side,entry_price\nA,long,{long}\n"));
    assert!(wrong.message().ends_with("9…` has more than 24 digits") && wrong.message().len() < 400);
    let wrong = error("symbol,side,entry_price\nA,long,-0.5\n");
    assert_eq!(wrong.message(), "line 2 column `entry_price`: a price is not below 0");
    let wrong = error("symbol,side,contract_size\nA,long,0\n");
    assert_eq!(wrong.message(), "line 2 column `contract_size`: a contract has more than 0 units");
    let wrong = error("symbol,side,entry_price\nA,long,\"1,23\"\n");
    assert!(wrong.message().contains("the commas of `1,23` are not before groups of three digits"));
}

#[test]
fn numbers_are_read_with_all_their_digits() {
    for (cell, value) in [
        ("1e-7", "0.0000001"),
        ("0.123456789012345678901", "0.123456789012345678901"),
        ("60k", "60000"),
        ("1.5m", "1500000"),
        ("\"60,000.50\"", "60000.50"),
        ("60_000", "60000"),
        ("+5", "5"),
        ("0.30000000000000004", "0.30000000000000004"),
    ] {
        let file = file_of(&format!("symbol,side,quantity\nA,long,{cell}\n"));
        assert_eq!(file.account.positions[0].quantity, Some(number(value)), "{cell}");
    }
    let file = file_of("[{\"symbol\": \"A\", \"side\": \"long\", \"quantity\": 0.123456789012345678901}]");
    assert_eq!(file.account.positions[0].quantity, Some(number("0.123456789012345678901")));
}

#[test]
fn a_comma_between_semicolons_is_not_guessed() {
    let wrong = error("symbol;side;entry_price\nA;long;1,234\n");
    assert_eq!(
        wrong.message(),
        "line 2 column `entry_price`: the comma of `1,234` may be a decimal point or not"
    );
    assert_eq!(
        file_of("symbol;side;entry_price\nA;long;1.234\n").account.positions[0].entry_price,
        Some(number("1.234"))
    );
}

#[test]
fn a_leverage_is_a_whole_number() {
    for good in ["5", "5x", "5X", "5.0", "5.00x", "5 x", "5e0"] {
        let file = file_of(&format!("symbol,side,leverage\nA,long,{good}\n"));
        assert_eq!(file.account.positions[0].leverage, Some(5), "{good}");
    }
    for bad in ["0", "-5", "2.5", "x", "5xx", "4294967296", "five"] {
        let wrong = error(&format!("symbol,side,leverage\nA,long,{bad}\n"));
        let message = format!("line 2 column `leverage`: `{bad}` is not a leverage");
        assert_eq!(wrong.message(), message);
    }
}

#[test]
fn names_are_short_and_have_no_control_characters() {
    let long = "A".repeat(limits::SUBJECT_BYTES + 1);
    assert!(error(&format!("symbol,side\n{long},long\n")).message().contains("longer than 64 bytes"));
    let wrong = error("symbol,side\nA\u{1b}[31m,long\n");
    assert!(wrong.message().contains("characters that no name has") && !wrong.message().contains('\u{1b}'));
    assert!(error("symbol,side\n\"A\nB\",long\n").message().starts_with("line 2 column `symbol`"));
}

#[test]
fn text_in_another_encoding_is_named() {
    let bytes = |bytes: &[u8]| read::read(bytes, None).unwrap_err();
    let utf16: Vec<u8> = "\u{feff}symbol,side\nA,long\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(bytes(&utf16).message().contains("UTF-16"));
    let wrong = bytes(b"symbol,side,note\nA,long,ok\nB,long,\xff\n");
    assert_eq!(wrong.message(), "line 3 column `note`: it is no UTF-8 text");
    assert!(bytes(b"sym\xffbol,side\n").message().contains("no UTF-8 text"));
    assert_eq!(bytes(b"[{\"symbol\": \"\xff\"}]").code(), ErrorCode::NotText);
    assert_eq!(bytes(b"[[positions]]\nsymbol = \"\xff\"\n").message(), "the text is no UTF-8 text: line 2");
    assert!(bytes(b"PK\x03\x04....").message().contains("workbook"));
}

#[test]
fn marks_and_line_ends_of_other_systems_are_read() {
    let plain = file_of("symbol,side,notional\nA,long,5\nB,short,6\n").account;
    for text in [
        "\u{feff}symbol,side,notional\r\nA,long,5\r\nB,short,6\r\n",
        "symbol,side,notional\rA,long,5\rB,short,6",
        "\n\nsymbol;side;notional\n\nA;long;5\n;;\nB;short;6\n\n",
        "symbol\tside\tnotional\nA\tlong\t5\nB\tshort\t6\n",
        " symbol , side , notional \n A , long , 5 \n B , short , 6 \n",
        "\u{feff}[{\"symbol\": \"A\", \"side\": \"long\", \"notional\": 5}, {\"symbol\": \"B\", \"side\": \"short\", \"notional\": 6}]\r\n",
        "\u{feff}{\"symbol\": \"A\", \"side\": \"long\", \"notional\": 5}\r\n{\"symbol\": \"B\", \"side\": \"short\", \"notional\": 6}",
        "\u{feff}[[positions]]\r\nsymbol = \"A\"\r\nside = \"long\"\r\nnotional = 5\r\n[[positions]]\r\nsymbol = \"B\"\r\nside = \"short\"\r\nnotional = 6\r\n",
    ] {
        assert_eq!(file_of(text).account, plain, "{text:?}");
    }
}

#[test]
fn what_is_no_list_of_positions_is_named() {
    for (text, code, words) in [
        ("[1, 2]", ErrorCode::UnreadableLine, "row 1: `1` is no object"),
        ("[[{\"symbol\": 1}]]", ErrorCode::UnreadableLine, "row 1: a list is no object"),
        ("{\"a\": 1}", ErrorCode::UnknownForm, "the document is an object without positions"),
        ("{\"positions\": {}}", ErrorCode::NotColumns, "`positions` is an object, not a list"),
        (
            "{\"positions\": [], \"Positions\": []}",
            ErrorCode::DuplicateKey,
            "key `Positions` occurs twice in one object",
        ),
        ("{\"assets\": 5, \"positions\": []}", ErrorCode::NotColumns, "`assets` is `5`, not a list"),
        ("{\"wallet_balances\": []}", ErrorCode::NotColumns, "`wallet_balances` is a list, not an object"),
        (
            "{\"code\": -2015, \"msg\": \"Invalid API-key, IP, or permissions for action.\"}",
            ErrorCode::ErrorReply,
            "the exchange refused the request: Invalid API-key, IP, or permissions for action. (code -2015)",
        ),
        (
            "[{'symbol': 'A', 'side': None}]",
            ErrorCode::PythonText,
            "this is a dictionary as Python prints it",
        ),
        ("[{\"symbol\": \"A\",}]", ErrorCode::NotJson, "line 1, column"),
        ("[{\"symbol\": \"A\"", ErrorCode::NotJson, "line 1, column"),
        ("[{\"symbol\": \"A\", \"quantity\": NaN}]", ErrorCode::NotJson, "line 1, column"),
        (
            "[{\"side\": \"long\"}]",
            ErrorCode::UnreadableLine,
            "row 1: there is no column `symbol`; the columns are side",
        ),
        (
            "[{\"symbol\": [1], \"side\": \"long\"}]",
            ErrorCode::UnreadableLine,
            "row 1 column `symbol`: a list is no name",
        ),
        (
            "[{\"symbol\": \"A\", \"side\": {}}]",
            ErrorCode::UnreadableLine,
            "row 1 column `side`: an object is no word",
        ),
        (
            "[{\"symbol\": \"A\", \"quantity\": true}]",
            ErrorCode::UnreadableLine,
            "row 1 column `quantity`: `true` is not a number",
        ),
        ("[[positions]]\nsymbol = \n", ErrorCode::NotColumns, "line 2:"),
        ("positions = 5\n", ErrorCode::NotColumns, "line 1:"),
        (
            "[[positions]]\nsymbol = 2026-02-06\nside = \"long\"\n",
            ErrorCode::UnreadableLine,
            "line 2 column `symbol`: a time is no name",
        ),
        (
            "{\"symbol\": \"A\", \"side\": \"long\"}\n[]\n",
            ErrorCode::UnreadableLine,
            "line 2 is not a JSON object",
        ),
    ] {
        let wrong = error(text);
        assert_eq!((wrong.code(), wrong.exit_code()), (code, 4), "{text}: {wrong}");
        assert!(wrong.message().starts_with(words), "{text}: {wrong}");
        assert!(!wrong.hints().is_empty(), "{text}: {wrong}");
    }
}

#[test]
fn nesting_and_length_are_bounded() {
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert_eq!(error(&deep(100_000)).code(), ErrorCode::UnreadableLine);
    let inside = format!("[{{\"symbol\": \"A\", \"side\": \"long\", \"x\": {}}}]", deep(100_000));
    assert_eq!(file_of(&inside).account.positions.len(), 1);
    let in_toml = format!("[[positions]]\nsymbol = {}\n", deep(10_000));
    assert_eq!(error(&in_toml).code(), ErrorCode::NotColumns);
    let long = format!("# {}\n", "x".repeat(limits::POSITIONS_TOML_BYTES));
    let wrong = read::read(long.as_bytes(), Some(PositionsForm::Toml)).unwrap_err();
    assert_eq!(wrong.code(), ErrorCode::TooLarge);
    let line = format!("symbol,side\nA,\"{}\n", "x".repeat(4 * limits::AUDIT_LINE_BYTES));
    assert_eq!(error(&line).code(), ErrorCode::UnreadableLine);
    let header: Vec<String> = (0..5000).map(|it| format!("c{it}")).collect();
    assert!(error(&format!("{}\n", header.join(","))).message().len() < 1000);
    let file = file_of(&format!("symbol,side,{}\nA,long{}\n", header.join(","), ",1".repeat(5000)));
    assert!(file.notices[0].len() < 2000, "{}", file.notices[0].len());
}

/// Each object has other keys: what is done for a shape is done for every row.
#[test]
fn a_file_of_other_keys_in_every_row_takes_no_longer_than_it_is_long() {
    let start = std::time::Instant::now();
    let row = |it: usize| {
        let keys: Vec<String> = (0..20).map(|key| format!("\"entry_pric_{it}_{key}\": 1")).collect();
        format!("{{\"symbol\": \"A\", \"side\": \"long\", {}}}", keys.join(", "))
    };
    let rows: Vec<String> = (0..5_000).map(row).collect();
    let file = file_of(&format!("[{}]", rows.join(",")));
    assert_eq!(file.account.positions.len(), 5_000);
    // Those that are named, and that there are more.
    assert!(file.notices.len() <= limits::UNREAD_KEYS + 1);
    // The nearest name of 100,000 keys would take a minute.
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn a_row_with_more_or_fewer_cells_than_the_header_is_named() {
    let wrong = error("symbol,side\nA,long\nB\n");
    assert_eq!(wrong.message(), "line 3 has 1 cells, but the header names 2 columns");
    assert_eq!(error("symbol,symbol\nA,B\n").code(), ErrorCode::ColumnTwice);
}

/// Nothing panics, whatever a byte becomes.
#[test]
fn every_byte_of_a_file_may_be_wrong() {
    let texts = [
        "symbol,side,quantity,leverage\nACTUSDT,long,5,5x\n",
        "[{\"symbol\": \"A\", \"positionAmt\": \"-5\", \"info\": {\"isolatedWallet\": \"5\"}}]",
        "[[positions]]\nsymbol = \"A\"\nquantity = 5.5\n[wallet_balances]\nUSDT = 5\n",
        "{\"assets\": [{\"asset\": \"USDT\", \"walletBalance\": \"5\"}], \"positions\": []}",
    ];
    for text in texts {
        for at in 0..text.len() {
            for byte in [0, b'"', b'[', b'}', b'\n', b',', b'e', b'-', 0xff, 0xc3] {
                let mut bytes = text.as_bytes().to_vec();
                bytes[at] = byte;
                if let Err(wrong) = read::read(&bytes, None) {
                    assert_eq!(wrong.exit_code(), 4, "{bytes:?}: {wrong}");
                }
                let _ = read::read(&bytes[..at], None);
            }
        }
    }
}

#[cfg(not(feature = "columnar"))]
#[test]
fn without_the_feature_parquet_and_arrow_are_refused_with_a_hint() {
    for start in [&b"PAR1...."[..], b"ARROW1\0\0", b"\xff\xff\xff\xff\x10\0\0\0"] {
        let wrong = read::read(start, None).unwrap_err();
        assert_eq!(wrong.code(), ErrorCode::NotColumns);
        assert_eq!(
            wrong.hints(),
            ["build with the feature `columnar`, or write the file as CSV, JSON or TOML"]
        );
    }
}
