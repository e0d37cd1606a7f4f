//! What a trader tries first: "what does tomorrow's announcement do to my positions?", with the files that there are, and
//! with what the help says.

use serde_json::Value;

use super::tool::{Ran, Tool};

const AS_OF: [&str; 2] = ["--as-of", "2026-02-05"];

/// A spreadsheet, as it is typed.
const SPREADSHEET: &str = "Symbol,Side,Size,Entry Price,Mark,Lev,Isolated Margin\n\
    ACTUSDT,Long,\"3,000,000\",0.0201,0.02,5x,\"12,000\"\nIPUSDT,Short,\"1,000,000\",2.05,2,5x,\"400,000\"\n";

/// The reply of positionRisk, version 3.
const REPLY: &str = r#"[
{"symbol":"ACTUSDT","positionSide":"BOTH","positionAmt":"3000000","entryPrice":"0.0201","breakEvenPrice":"0.02011",
 "markPrice":"0.02000000","unRealizedProfit":"-300.0","liquidationPrice":"0.0175","isolatedMargin":"11700.0",
 "notional":"60000.0","marginAsset":"USDT","isolatedWallet":"12000.0","initialMargin":"12000.0","maintMargin":"5400",
 "positionInitialMargin":"12000.0","openOrderInitialMargin":"0","adl":2,"bidNotional":"0","askNotional":"0",
 "updateTime":1770000000000},
{"symbol":"IPUSDT","positionSide":"BOTH","positionAmt":"-1000000","entryPrice":"2.05","breakEvenPrice":"2.049",
 "markPrice":"2.0","unRealizedProfit":"50000","liquidationPrice":"2.2","isolatedMargin":"0","notional":"-2000000",
 "marginAsset":"USDT","isolatedWallet":"0","initialMargin":"400000","maintMargin":"154507.5",
 "positionInitialMargin":"400000","openOrderInitialMargin":"0","adl":2,"bidNotional":"0","askNotional":"0",
 "updateTime":1770000000000}]"#;

/// What `json.dump(exchange.fetch_positions())` writes.
const CCXT: &str = r#"[
{"info":{"symbol":"ACTUSDT","isolatedWallet":"12000","positionInitialMargin":"12000"},"id":null,"symbol":"ACT/USDT:USDT",
 "contracts":3000000.0,"contractSize":1.0,"unrealizedPnl":-300.0,"leverage":null,"liquidationPrice":0.0175,
 "collateral":11700.0,"notional":60000.0,"markPrice":0.02,"entryPrice":0.0201,"timestamp":1770000000000,
 "initialMargin":12000.0,"initialMarginPercentage":0.2,"maintenanceMargin":5400.0,"maintenanceMarginPercentage":0.09,
 "marginRatio":0.4615,"datetime":"2026-02-02T02:40:00.000Z","marginMode":"isolated","side":"long","hedged":false,
 "percentage":-2.5,"stopLossPrice":null,"takeProfitPrice":null},
{"info":{},"symbol":"IP/USDT:USDT","contracts":1000000.0,"contractSize":1.0,"leverage":5.0,"notional":2000000.0,
 "markPrice":2.0,"entryPrice":2.05,"marginMode":"cross","side":"short","hedged":false}]"#;

fn impact(tool: &Tool, file: (&str, &str), options: &[&str]) -> Ran {
    let path = tool.dir().with_file_name(file.0);
    std::fs::write(&path, file.1).unwrap();
    tool.run([&["impact", path.to_str().unwrap()][..], &AS_OF, options].concat())
}

#[test]
fn a_spreadsheet_a_reply_of_the_exchange_and_one_of_ccxt_are_answered_at_the_first_try() {
    let tool = Tool::seeded();
    for file in [("mine.csv", SPREADSHEET), ("risk.json", REPLY), ("ccxt.json", CCXT)] {
        let ran = impact(&tool, file, &[]);
        assert_eq!(ran.code, 5, "{}: {}", file.0, ran.text());
        for part in [
            "5x is above the 3x that the new table allows at this size, from 2026-02-06 06:30Z",
            "the maintenance margin rises by 81,015 USDT: 154,507.5 → 235,522.5",
            "the maintenance margin rises by 100 USDT: 5,400 → 5,500",
            "the liquidation price moves nearer: 0.0176 → 0.017703703703703704",
        ] {
            assert!(ran.out.contains(part), "{}: {part} in {}", file.0, ran.text());
        }
    }
}

#[test]
fn the_file_in_the_help_is_one_that_is_answered() {
    let tool = Tool::seeded();
    let help = tool.run(["impact", "--help"]).out;
    let rows = help
        .lines()
        .skip_while(|line| *line != "A file by hand:")
        .skip(1)
        .take_while(|line| !line.is_empty());
    let text: String = rows.map(|line| format!("{}\n", line.trim())).collect();
    assert_eq!(text.lines().count(), 3, "{help}");
    let ran = impact(&tool, ("help.csv", &text), &["--wallet", "usdt=500,000"]);
    assert_eq!((ran.code, ran.err.as_str()), (5, ""), "{}", ran.text());
    assert!(!ran.out.contains("left out"), "{}", ran.out);
    // Each column of the help is one that is read.
    let columns = help.lines().skip_while(|line| !line.starts_with("Columns ("));
    let columns = columns.skip(1).take_while(|line| !line.is_empty());
    let named =
        columns.filter_map(|line| line.strip_prefix("  ")?.split("  ").next()).flat_map(|it| it.split(", "));
    let named: Vec<&str> = named.map(str::trim).collect();
    assert!(named.len() > 8, "{named:?}");
    let header = impact(&tool, ("header.csv", &format!("{}\n", named.join(","))), &[]);
    assert!(!header.err.contains("not read") && header.code == 0, "{}", header.text());
}

#[test]
fn what_a_first_try_gets_wrong_is_named_with_what_to_write() {
    let tool = Tool::seeded();
    for (text, code, part) in [
        (
            "symbol,side,notional,Margin\nACTUSDT,long,60k,1\n",
            5,
            "column `Margin` is not read: call it `isolated_margin`",
        ),
        (
            "symbol,side,notional,equity\nACTUSDT,long,60k,1\n",
            5,
            "column `equity` is not read: call it `wallet_balance`",
        ),
        (
            "symbol,side,size (USDT)\nACTUSDT,long,1\n",
            5,
            "column `size (USDT)` is not read: call it `notional`",
        ),
        (
            "symbol,side,menge\nACTUSDT,long,60k\n",
            5,
            "its table changes; without a size (notional, or quantity with mark_price)",
        ),
        ("symbol,side,qty\nACTUSDT,long,60k\n", 5, "room, room ratio need mark_price"),
        ("coin,direction,amount\nACT,long,5\n", 4, "rename `coin` to `symbol`, and name contracts in it"),
        ("ACTUSDT,long,60000\n", 4, "the first line names the columns: symbol,side,notional,leverage"),
        (
            "symbol,side,notional\nACTUSDT,long,\"$60,000\"\n",
            4,
            "write the number without currency or unit: 12000",
        ),
        ("symbol,notional\nACTUSDT,0\n", 0, "there is no open position in the file"),
    ] {
        let ran = impact(&tool, ("try.csv", text), &[]);
        assert!(ran.code == code && ran.text().contains(part), "{text}: {}", ran.text());
    }
    let ran = impact(&tool, ("try.csv", "symbol\n"), &["--wallet", "5"]);
    assert!(
        ran.code == 2 && ran.err.contains("write the currency and its balance: --wallet USDT=25000"),
        "{}",
        ran.err
    );
    assert!(tool.run(["impact", "nosuch"]).err.contains("name a file of positions"));
}

#[test]
fn the_wallet_of_the_cross_positions_may_be_an_option() {
    let tool = Tool::seeded();
    let balance = |options: &[&str]| {
        let ran = impact(&tool, ("risk.json", REPLY), &[&["--format", "jsonl"], options].concat());
        let account = ran.out.lines().last().unwrap();
        serde_json::from_str::<Value>(account).unwrap()["now"]["margin_balance"].clone()
    };
    assert_eq!(balance(&[]), Value::Null);
    // And a profit of 50,000.
    assert_eq!(balance(&["--wallet", "USDT=500k"]), "550000");
    assert_eq!(balance(&["--wallet", "USDT=1", "--wallet", "USDC=5"]), "50001");
}

#[test]
fn at_the_prompt_impact_of_is_a_statement_also_where_it_is_not_complete() {
    let tool = Tool::seeded();
    let ask = |text: &str| tool.run_with_input(["repl"], text.as_bytes());
    for line in ["impact\n", "impact of\n", "IMPACT OF;\n"] {
        assert!(ask(line).err.contains("the set of positions is missing"), "{line}: {}", ask(line).text());
    }
    assert!(ask("impact of mine tomorrow\n").err.contains("expected one of: as of, known at, recorded by"));
    assert!(
        ask("impact of ACTUSDT\n").err.contains("it is a contract: diff ACTUSDT, or upcoming of ACTUSDT")
    );
    assert!(
        ask("impact of seed/account.csv\n").err.contains("it is a file: tierbook impact seed/account.csv")
    );
    assert_eq!(ask("impact seed/account.csv --as-of 2026-02-05\n").code, 5);
    assert!(ask("help\n").out.contains("impact positions.csv"));
}
