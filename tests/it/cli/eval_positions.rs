//! `eval` of measures of positions: the columns that tools have, and the same prices as the language.

use super::tool::{Ran, Tool};

const OPTIONS: [&str; 3] = ["--measures", "liquidation_price", "--allow-unknown"];

fn eval(tool: &Tool, text: &str, options: &[&str]) -> Ran {
    let path = tool.dir().with_file_name("rows.csv");
    std::fs::write(&path, text).unwrap();
    tool.run([&["eval", path.to_str().unwrap()], options].concat())
}

/// The price and the status of the one row of a file.
fn answer(tool: &Tool, header: &str, row: &str, options: &[&str]) -> String {
    let ran = eval(tool, &format!("{header}\n{row}\n"), &[&OPTIONS[..], options].concat());
    let line = ran.out.lines().last().unwrap_or_default();
    let answers = line.strip_prefix(row).unwrap_or_else(|| panic!("{row}: {}", ran.text()));
    answers.split(',').skip(1).take(2).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_position_is_read_from_the_columns_that_tools_have() {
    let tool = Tool::seeded();
    let (long, short) = ("0.017592592592592593 value", "0.021925925925925925 value");
    for (header, row, expected) in [
        ("symbol,notional,entry_price,leverage,time", "ACTUSDT,60000,0.02,5,2026-02-07", long),
        ("symbol,notional,entry_price,leverage,time", "ACTUSDT,-60000,0.02,5x,2026-02-07", short),
        ("symbol,side,notional,entry_price,leverage,time", "ACTUSDT,Sell,60k,0.02,5,2026-02-07", short),
        ("symbol,side,notional,entry_price,leverage,time", "ACTUSDT,,60000,0.02,5,2026-02-07", long),
        // The exchange's own names; the wallet counts before the leverage, and the quantity before the notional.
        (
            "symbol,positionSide,positionAmt,entryPrice,isolatedWallet,leverage,notional,time",
            "ACTUSDT,BOTH,-3000000,0.02,12000,20,66000,2026-02-07",
            short,
        ),
        (
            "symbol,positionSide,positionAmt,entryPrice,isolatedWallet,leverage,notional,time",
            "ACTUSDT,LONG,3000000,0.02,12000,20,66000,2026-02-07",
            long,
        ),
        (
            "symbol,side,contracts,contractSize,entryPrice,leverage,time",
            "ACT/USDT:USDT,long,3000,1000,0.02,5,2026-02-07",
            long,
        ),
        // An empty cell is filled by the other column.
        (
            "symbol,quantity,notional,entry_price,isolated_margin,leverage,time",
            "ACTUSDT,,60000,0.02,,5,2026-02-07",
            long,
        ),
        ("symbol,notional,entry_price,leverage,time", "ACTUSDT,60000,0.02,1,2026-02-07", " no_limit"),
        ("symbol,notional,entry_price,leverage,time", "ACTUSDT,-700000,0.02,1,2026-02-07", " above_limit"),
        ("symbol,notional,entry_price,leverage,time", "ACTUSDT,900000,0.02,5,2026-02-07", " above_limit"),
        ("symbol,notional,entry_price,leverage,time", "ACTUSDT,60000,0.02,5,2026-01-07", " unknown"),
        (
            "symbol,notional,entry_price,leverage,time",
            "NOSUCHUSDT,60000,0.02,5,2026-02-07",
            " unknown_subject",
        ),
    ] {
        assert_eq!(answer(&tool, header, row, &[]), expected, "{header}\n{row}");
    }
    let named = [
        "--side",
        "s",
        "--quantity",
        "q",
        "--entry-price",
        "e",
        "--isolated-margin",
        "m",
        "--contract-size",
        "c",
    ];
    let row = "ACTUSDT,short,3000,1000,0.02,12000,2026-02-07";
    assert_eq!(answer(&tool, "symbol,s,q,c,e,m,time", row, &named), short);
}

#[test]
fn what_a_position_lacks_or_cannot_have_is_named_with_its_column() {
    let tool = Tool::seeded();
    let header = "symbol,side,quantity,notional,entry_price,isolated_margin,leverage,margin_mode,time";
    for (row, named) in [
        ("ACTUSDT,upward,,60000,0.02,,5,,2026-02-07", "line 2 column `side`: `upward` is no side"),
        (
            "ACTUSDT,long,,60000,0,,5,,2026-02-07",
            "line 2 column `entry_price`: nothing is opened at a price of 0",
        ),
        ("ACTUSDT,long,,60000,,,5,,2026-02-07", "line 2 column `entry_price`: it is empty"),
        ("ACTUSDT,long,,,0.02,,5,,2026-02-07", "line 2 column `notional`: it is empty"),
        ("ACTUSDT,long,,60000,0.02,,,,2026-02-07", "line 2 column `leverage`: it is empty"),
        (
            "ACTUSDT,long,,60000,0.02,,5,CROSSED,2026-02-07",
            "line 2 column `margin_mode`: the margin of the position is `CROSSED`",
        ),
    ] {
        let ran = eval(&tool, &format!("{header}\n{row}\n"), &OPTIONS);
        assert!(ran.code == 4 && ran.err.contains(named) && ran.out.is_empty(), "{row}: {}", ran.text());
        let ran =
            eval(&tool, &format!("{header}\n{row}\n"), &[&OPTIONS[..], &["--on-error", "null"]].concat());
        assert!(ran.out.contains(",,unreadable,"), "{row}: {}", ran.text());
    }
    for (header, hint) in [
        ("symbol,notional,leverage,time", "--entry-price COLUMN"),
        ("symbol,notional,entry_price,time", "--isolated-margin COLUMN"),
        ("symbol,notional,entry_price,time", "--leverage COLUMN"),
        ("symbol,entry_price,leverage,time", "--notional COLUMN"),
    ] {
        let ran = eval(&tool, &format!("{header}\n"), &OPTIONS);
        assert!(ran.code == 4 && ran.err.contains(hint), "{header}: {}", ran.text());
    }
}

#[test]
fn a_contract_of_the_coin_needs_its_contract_size_for_a_quantity_and_takes_a_notional_in_the_coin() {
    let tool = Tool::empty();
    let bracket = |bracket: u32, floor: u32, cap: u32, rate: &str, cum: u32| {
        serde_json::json!({"bracket": bracket, "initialLeverage": 20, "qtylFloor": floor, "qtyCap": cap,
            "maintMarginRatio": rate, "cum": cum})
    };
    let brackets = [bracket(1, 0, 100, "0.01", 0), bracket(2, 100, 1000, "0.02", 1)];
    let table = serde_json::json!([{"symbol": "BTCUSD_PERP", "brackets": brackets}]).to_string();
    let path = tool.dir().with_file_name("brackets-20260201T000000Z.json");
    std::fs::write(&path, table).unwrap();
    let ran = tool.run(["load", path.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    // 1,000 contracts of 100 USD at 50,000 are 2 BTC.
    let header = "symbol,side,quantity,contract_size,entry_price,isolated_margin,time";
    assert_eq!(answer(&tool, header, "BTCUSD_PERP,long,1000,100,50000,0.5,2026-02-07", &[]), "40400 value");
    let of_notional = "symbol,side,quantity,notional,entry_price,isolated_margin,time";
    assert_eq!(
        answer(&tool, of_notional, "BTCUSD_PERP,short,1000,2,50000,0.5,2026-02-07", &[]),
        "66000 value"
    );
    let without =
        "symbol,side,quantity,entry_price,isolated_margin,time\nBTCUSD_PERP,long,1000,50000,0.5,2026-02-07\n";
    let ran = eval(&tool, without, &OPTIONS);
    assert!(ran.code == 4 && ran.err.contains("--contract-size COLUMN"), "{}", ran.text());
    // Units of an inverse contract have a notional without an end: 100 ÷ 30,000.
    let endless = answer(&tool, header, "BTCUSD_PERP,long,1,100,30000,0.001,2026-02-07", &[]);
    // P = 100 · 1.01 ÷ (0.001 + 100 ÷ 30,000) = 303,000 ÷ 13.
    assert_eq!(endless, "23307.692307692307692308 value");
}

#[test]
fn random_positions_have_the_prices_of_the_language() {
    let tool = Tool::seeded();
    let mut state = 7_u64;
    let mut below = |end: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % end
    };
    let (mut file, mut questions) =
        (String::from("symbol,side,notional,entry_price,leverage,isolated_margin,time\n"), Vec::new());
    for _ in 0..300 {
        let name = ["ACTUSDT", "IPUSDT", "MAVIAUSDT"][below(3) as usize];
        let side = ["long", "short"][below(2) as usize];
        let (notional, entry) = (below(1_000_000), format!("0.{:05}", 1 + below(99_999)));
        let time = ["2026-02-05", "2026-02-06T07:00Z", "2026-03-01"][below(3) as usize];
        let leverage = 1 + below(30);
        let (cells, clause) = match below(2) {
            0 => (format!("{leverage},"), format!("with {leverage}x")),
            _ => (format!("{leverage},{}", notional / leverage), format!("margin {}", notional / leverage)),
        };
        file += &format!("{name},{side},{notional},{entry},{cells},{time}\n");
        questions
            .push(format!("liquidation of {name} {side} {notional} entry {entry} {clause} as of {time}"));
    }
    let ran = eval(&tool, &file, &OPTIONS);
    let (rows, _) = tool.rows(&questions.join("; "));
    assert_eq!((rows.len(), ran.out.lines().count()), (300, 301), "{}", ran.err);
    let mut values = 0;
    for (line, row) in ran.out.lines().skip(1).zip(&rows) {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_string();
        let holds = text(&row["holds"]);
        let expected = [text(&row["value"]), text(&row["status"]), text(&row["certainty"]["kind"]), holds];
        let answers: Vec<&str> = line.split(',').skip(7).take(4).collect();
        assert_eq!(answers, expected, "{line}\n{row}");
        values += usize::from(!row["value"].is_null());
    }
    assert!((200..300).contains(&values), "{values}");
}

#[test]
fn the_parameters_of_a_statement_are_columns_of_positions_too() {
    let tool = Tool::seeded();
    let rows = "symbol,notional,entry_price,leverage,time\nACTUSDT,60000,0.02,5,2026-02-07\n";
    let ask = "liquidation of $symbol short $notional entry $entry_price with $leverage as of $time";
    let ran = eval(&tool, rows, &["--ask", ask]);
    assert!(ran.out.contains(",0.021925925925925925,USDT,value,"), "{}", ran.text());
}

#[test]
fn a_column_that_is_named_is_there_and_one_that_is_not_used_is_told() {
    let tool = Tool::seeded();
    let rows = "symbol,notional,lev,time\nACTUSDT,60000,5,2026-02-07\n";
    for option in [
        "--leverage",
        "--side",
        "--quantity",
        "--contract-size",
        "--entry-price",
        "--isolated-margin",
        "--notional",
    ] {
        for measures in ["mmr", "limit"] {
            let ran = eval(&tool, rows, &["--measures", measures, option, "nosuch"]);
            assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{option}: {}", ran.text());
            assert!(
                ran.err.contains("there is no column `nosuch`; the columns are symbol, notional, lev"),
                "{}",
                ran.err
            );
        }
        let ask = "mmr of $symbol at $notional as of $time";
        let ran = eval(&tool, rows, &["--ask", ask, option, "lev"]);
        assert_eq!(ran.code, 2, "{option}: {}", ran.text());
        assert!(ran.err.contains(&format!("`{option}` is not taken with a statement")), "{}", ran.err);
    }
    let note = "note: `--leverage lev` is not used: no measure that is asked needs it";
    let unused = eval(&tool, rows, &["--leverage", "lev"]);
    assert_eq!((unused.code, unused.err.contains(note)), (0, true), "{}", unused.text());
    let used = eval(&tool, rows, &["--leverage", "lev", "--measures", "initial_margin"]);
    assert_eq!((used.code, used.err.contains("not used")), (0, false), "{}", used.text());
}

#[test]
fn a_value_that_its_column_cannot_have_costs_its_row_only_where_that_is_asked_for() {
    let tool = Tool::seeded();
    let rows = "symbol,notional,time\nACTUSDT,60000,2026-02-07\nACTUSDT,0.1234567890123456789012,2026-02-07\n\
                ACTUSDT,70000,2026-02-07\n";
    let what =
        "line 3: the `margin` is 0.00617283945061728394506; its column has 38 digits, 18 of them decimals";
    let stopped = eval(&tool, rows, &[]);
    assert_eq!(
        (stopped.code, stopped.out.as_str(), stopped.err.contains(what)),
        (4, "", true),
        "{}",
        stopped.text()
    );
    let ask = "margin of $symbol at $notional as of $time";
    for (options, second, third) in [
        (&["--measures", "mmr,margin,room"][..], ",0.05,,,unreadable,", ",0.125,6750,0,value,"),
        (&["--measures", "margin"], ",,unreadable,", ",6750,value,"),
        (&["--ask", ask], ",,,unreadable,", ",6750,USDT,value,"),
    ] {
        let ran = eval(&tool, rows, &[&["--on-error", "null"], options].concat());
        let lines: Vec<&str> = ran.out.lines().collect();
        assert!(lines[2].contains(second) && lines[3].contains(third), "{}", ran.text());
        assert!(
            ran.err.contains("3 rows, 1 unreadable") && ran.err.contains("0.00617283945061728394506"),
            "{}",
            ran.err
        );
    }
}
