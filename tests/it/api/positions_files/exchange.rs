//! Replies of the exchange and of ccxt, as they are saved. The files have the fields that the documentation of the API
//! lists, and those that ccxt 4.5.90 cites in `binance.py`.

use tierbook::positions::{MarginMode, Position, PositionsFile, Side};

use super::{file_of, number};

fn reply(name: &str) -> PositionsFile {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/api/positions_files");
    PositionsFile::open(format!("{folder}/{name}.json"), None).unwrap()
}

fn some(text: &str) -> Option<tierbook::Decimal> {
    Some(number(text))
}

#[test]
fn position_risk_v2_has_isolated_and_hedged_positions_and_closed_ones() {
    let file = reply("usdm-position-risk-v2");
    let act = Position {
        quantity: some("3000000"),
        notional: some("60000"),
        entry_price: some("0.02015"),
        mark_price: some("0.02"),
        leverage: Some(5),
        margin_mode: Some(MarginMode::Isolated),
        // Not the 11,550 that have the profit in them.
        isolated_margin: some("12000"),
        ..Position::of("ACTUSDT", Side::Long)
    };
    let long = Position {
        quantity: some("0.001"),
        notional: some("21.12305052"),
        entry_price: some("22185.2"),
        mark_price: some("21123.05052574"),
        leverage: Some(4),
        margin_mode: Some(MarginMode::Cross),
        ..Position::of("BTCUSDT", Side::Long)
    };
    let short = Position {
        side: Side::Short,
        quantity: some("0.002"),
        notional: some("42.24610105"),
        entry_price: some("22000"),
        ..long.clone()
    };
    assert_eq!(file.account.positions, [act, long, short]);
    assert_eq!(file.notices, ["1 closed position of size 0 is left out"]);
    assert!(file.account.wallet_balances.is_empty() && file.account.collateral.is_empty());
}

#[test]
fn position_risk_v3_has_leverage_and_margin_mode_by_its_other_figures() {
    let file = reply("usdm-position-risk-v3");
    let [ada, wld] = &file.account.positions[..] else { panic!("{file:?}") };
    assert_eq!(
        (ada.leverage, ada.margin_mode, ada.isolated_margin),
        (Some(20), Some(MarginMode::Cross), None)
    );
    // 1,992.4607925 ÷ 3 is 664.1535975: the exchange rounds 1 ÷ 3 up before.
    assert_eq!((wld.side, wld.leverage), (Side::Short, Some(3)));
    assert_eq!((wld.margin_mode, wld.isolated_margin), (Some(MarginMode::Isolated), some("199")));
    assert_eq!(
        file.notices,
        [
            "the margin mode of 2 positions follows from the isolated wallet: cross where it is 0",
            "the leverage of 2 positions is the notional divided by `positionInitialMargin`",
        ]
    );
}

#[test]
fn coin_margined_positions_are_in_contracts_without_their_size() {
    let file = reply("coinm-position-risk");
    let [with_wallet, documented] = &file.account.positions[..] else { panic!("{file:?}") };
    assert_eq!((with_wallet.quantity, with_wallet.contract_size), (some("2"), None));
    assert_eq!((with_wallet.notional, with_wallet.isolated_margin), (some("0.00524892"), some("0.00268058")));
    assert_eq!((documented.notional, documented.isolated_margin), (None, None));
    assert_eq!(documented.margin_mode, Some(MarginMode::Isolated));
    assert_eq!(
        file.notices,
        ["`isolatedMargin` of 1 position has the profit in it and is not read; `isolatedWallet` is missing"]
    );
}

#[test]
fn an_account_has_the_cross_wallet_of_each_currency() {
    let file = reply("usdm-account-v2");
    let balances: Vec<_> = file.account.wallet_balances.iter().map(|(it, sum)| (it.as_str(), *sum)).collect();
    // Not the 1,523.7 that have the isolated wallets in them.
    assert_eq!(balances, [("BUSD", number("0")), ("USDT", number("1323.72469206"))]);
    let [wld, btc] = &file.account.positions[..] else { panic!("{file:?}") };
    // 1,992.4607925 ÷ 849, which is exact; 0.001 of a price is not.
    assert_eq!((wld.mark_price, btc.mark_price), (some("2.3468325"), None));
    assert_eq!((wld.side, wld.leverage, wld.margin_mode), (Side::Short, Some(10), Some(MarginMode::Cross)));
    assert_eq!((btc.margin_mode, btc.isolated_margin), (Some(MarginMode::Isolated), some("200")));
    assert_eq!(
        file.notices,
        [
            "1 closed position of size 0 is left out",
            "the mark price of 1 position follows from the notional or the profit of each unit",
            "there is no mark price of 1 position; `positionRisk` has it",
        ]
    );
}

#[test]
fn an_account_of_version_3_has_neither_leverage_nor_entry_price() {
    let file = reply("usdm-account-v3");
    let [wld] = &file.account.positions[..] else { panic!("{file:?}") };
    let expected = Position {
        quantity: some("849"),
        notional: some("1992.4607925"),
        mark_price: some("2.3468325"),
        margin_mode: Some(MarginMode::Cross),
        ..Position::of("WLDUSDT", Side::Short)
    };
    assert_eq!(*wld, expected);
    assert_eq!(file.account.wallet_balances["USDT"], number("1023.72469206"));
}

#[test]
fn a_coin_margined_account_has_no_mark_price() {
    let file = reply("coinm-account");
    let [btc] = &file.account.positions[..] else { panic!("{file:?}") };
    // Neither the notional nor the profit of a contract in USD is in units of the base.
    assert_eq!((btc.mark_price, btc.notional), (None, some("0.00243939")));
    assert_eq!((btc.leverage, btc.margin_mode), (Some(10), Some(MarginMode::Cross)));
    assert_eq!(file.account.wallet_balances["BTC"], number("0.00241969"));
}

#[test]
fn an_account_in_multi_assets_mode_has_no_wallet_of_one_currency() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/api/positions_files");
    let text = std::fs::read_to_string(format!("{folder}/usdm-account-v2.json")).unwrap();
    let file = file_of(&text.replace("\"multiAssetsMargin\": false", "\"multiAssetsMargin\": true"));
    assert!(file.account.wallet_balances.is_empty());
    assert!(file.notices.iter().any(|notice| notice.contains("multi-assets mode")), "{:?}", file.notices);
    assert_eq!(file.account.positions.len(), 2);
    // Version 3 does not say it, which matters where two currencies have a balance.
    let of_version_3 = text.replace("\"multiAssetsMargin\": false,", "");
    let says = |text: &str| file_of(text).notices.iter().any(|it| it.contains("does not say whether"));
    let two = of_version_3.replace("\"crossWalletBalance\": \"0.00000000\"", "\"crossWalletBalance\": \"5\"");
    assert_eq!((says(&of_version_3), says(&two), says(&text)), (false, true, false));
}

#[test]
fn positions_of_ccxt_take_the_wallet_from_the_reply_in_them() {
    let file = reply("ccxt-fetch-positions");
    let act = Position {
        quantity: some("3000000"),
        notional: some("60000"),
        entry_price: some("0.02015"),
        mark_price: some("0.02"),
        leverage: Some(5),
        margin_mode: Some(MarginMode::Isolated),
        // Not the `collateral` of 12,450, which has the profit in it.
        isolated_margin: some("12000"),
        contract_size: some("1"),
        ..Position::of("ACT/USDT:USDT", Side::Short)
    };
    let btc = Position {
        quantity: some("2"),
        notional: some("0.00524892"),
        entry_price: some("37643.10000021"),
        mark_price: some("38103.05510455"),
        leverage: Some(2),
        margin_mode: Some(MarginMode::Cross),
        contract_size: some("100"),
        ..Position::of("BTC/USD:BTC", Side::Long)
    };
    assert_eq!(file.account.positions, [act, btc]);
    assert_eq!(
        file.notices,
        ["the leverage of 1 position is the notional divided by `positionInitialMargin`"]
    );
}

#[test]
fn a_reply_in_csv_reads_as_the_reply() {
    let csv = "symbol,positionAmt,entryPrice,markPrice,unRealizedProfit,leverage,marginType,isolatedMargin,\
               positionSide,notional,isolatedWallet\n\
               ACTUSDT,3000000,0.0201500,0.02000000,-450.00000000,5,isolated,11550.00000000,BOTH,60000.00000000,12000.00000000\n";
    assert_eq!(file_of(csv).account.positions[..], reply("usdm-position-risk-v2").account.positions[..1]);
}

#[test]
fn a_leverage_of_0_of_the_exchange_is_none() {
    // ccxt: portfolio-margin accounts may return leverage "0".
    let file =
        file_of(r#"[{"symbol": "CTSIUSDT", "leverage": "0", "positionSide": "SHORT", "positionAmt": "-5"}]"#);
    assert_eq!(file.account.positions[0].leverage, None);
    assert!(
        file.notices.contains(&"the leverage of 1 position is 0 in the reply, which is none".to_string())
    );
}
