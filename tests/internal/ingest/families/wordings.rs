//! Delistings and postponements in other words, layouts and forms.

use super::{accepted, stated};
use crate::tests::common::{codes, draft};

const END: &str = "Users are not allowed to open new positions for the aforementioned contract(s) starting from \
    2026-05-08 08:30 (UTC).";

fn announcement(words: &str) -> String {
    format!("# Notice of May\n\nFellow readers,\n\n{words}\n\nThank you!\n\nThe Team\n\n2026-05-05\n")
}

fn read(words: &str) -> Vec<String> {
    stated(&accepted("x.txt", &announcement(words)).unwrap_or_else(|| panic!("refused: {words}")))
}

#[test]
fn a_sentence_that_ends_contracts_is_read_in_any_wording() {
    let one = ["usdm:ABCUSDT ends 2026-05-08T09:00Z"];
    for words in [
        "Futures will close all positions and conduct an automatic settlement on USDⓈ-M ABCUSDT perpetual contract at \
         2026-05-08 09:00 (UTC).",
        "Futures will close all positions and conduct an automatic settlement USDⓈ-M ABCUSDT Perpetual Contract at \
         2026-05-08  09:00 (UTC).",
        "Futures will close all positions and conduct an automatic settlement on the ABCUSDT USDⓈ-M Perpetual \
         Contract at 2026-05-08 09:00:00 (UTC). The contract will be delisted after the settlement is complete.",
        "At 2026-05-08 09:00 (UTC),Futures will close all positions and conduct an automatic settlement on the \
         USDⓈ-M ABCUSDT perpetual contract(s).",
        "Futures will delist the USDⓈ-Margined ABCUSDT Perpetual Contract at 2026-05-08 09:00 (UTC).",
        "Futures will delist the ABCUSDT perpetual contract. At 2026-05-08 09:00 (UTC), Futures will close all \
         positions and conduct an automatic settlement on the aforementioned contract.",
        "Futures will close all positions and conduct an automatic settlement on the following contract:\n\n\
         2026-05-08 09:00 (UTC): USDⓈ-M ABCUSDT Perpetual Contract\n\n",
    ] {
        assert_eq!(read(&format!("{words}{END}")), one, "{words}");
        assert_eq!(read(&format!("{words}\n\nNote:\n\n{END}")), one, "{words}");
    }
}

#[test]
fn a_sentence_with_two_lists_has_a_time_for_each() {
    let words = "Futures will close all positions and conduct an automatic settlement on USDⓈ-M ABCUSDT and DEFUSDT \
        Perpetual Contracts at 2026-05-08 09:00 (UTC) and COIN-M GHIUSD_PERP Perpetual Contract at 2026-05-08 09:30 \
        (UTC).";
    let ends = [
        "coinm:GHIUSD ends 2026-05-08T09:30Z",
        "usdm:ABCUSDT ends 2026-05-08T09:00Z",
        "usdm:DEFUSDT ends 2026-05-08T09:00Z",
    ];
    assert_eq!(read(words), ends);
}

/// The same lists of ends and of last orders in a layout: glued, or each item on its line with what is before it.
fn lists(glue: &str) -> String {
    let list = |clock: [&str; 2]| {
        let [one, two] = clock;
        format!(
            "2026-05-08 {one} (UTC): USDⓈ-M ABCUSDT, 1000DEFUSDT and B3USDT Perpetual Contracts{glue}2026-05-09 {two} \
             (UTC): COIN-M GHIUSD and JKLUSD perpetual contracts"
        )
    };
    let (ends, orders) = (list(["09:00", "09:30"]), list(["08:30", "09:00"]));
    let first = glue.trim_start_matches('\n');
    format!(
        "Futures will close all positions and conduct an automatic settlement the following perpetual contract(s) as \
         below:\n\n{first}{ends}\n\nThe contracts will be delisted after the settlement is complete.\n\nUsers are not \
         allowed to open new orders for the aforementioned contract(s) as below:{glue}{orders}\n\nDuring the final \
         hour nothing is supported."
    )
}

const LISTED: [&str; 5] = [
    "coinm:GHIUSD ends 2026-05-09T09:30Z",
    "coinm:JKLUSD ends 2026-05-09T09:30Z",
    "usdm:1000DEFUSDT ends 2026-05-08T09:00Z",
    "usdm:ABCUSDT ends 2026-05-08T09:00Z",
    "usdm:B3USDT ends 2026-05-08T09:00Z",
];

#[test]
fn a_list_of_ends_is_read_glued_and_with_an_item_a_line() {
    for glue in ["", "\n", "\n\n", "\n- ", "\n* ", "\n• "] {
        assert_eq!(read(&lists(glue)), LISTED, "{glue:?}");
        let draft = draft("x.txt", announcement(&lists(glue)).as_bytes());
        assert_eq!(codes(&draft), ["no_publication"; 0], "{glue:?}");
        let span = draft.statements[0].span.of(&draft.text);
        assert!(span.starts_with("2026-05-08 09:00 (UTC)") && span.ends_with("Contracts"), "{span}");
    }
}

#[test]
fn pages_markdown_and_mails_state_what_the_text_does() {
    let text = announcement(&lists("\n"));
    let html: Vec<String> =
        text.lines().skip(1).filter(|line| !line.is_empty()).map(|line| format!("<p>{line}</p>")).collect();
    let html = html.join("").replace("<p>2026-05-0", "<li>2026-05-0").replace("racts</p>", "racts</li>");
    let html = html.replace("<li>2026-05-05</p>", "<p>2026-05-05</p>");
    let page = format!("<html><head><title>Notice</title></head><body><h1>Notice</h1>{html}</body></html>");
    let markdown = text
        .replace("\nFutures", "\n**Futures**")
        .replace("USDⓈ-M ABC", "USDⓈ-M **ABC**")
        .replace("**ABCUSDT", "**ABCUSDT**");
    let mail: String = text.lines().map(|line| format!("{line}\r\n")).collect();
    for (file, text) in [("x.html", page), ("x.md", markdown), ("x.eml", mail)] {
        let draft = accepted(file, &text).unwrap_or_else(|| panic!("{file} is refused: {text}"));
        assert_eq!(stated(&draft), LISTED, "{file}: {text}");
    }
}

#[test]
fn what_contradicts_an_end_refuses_it_or_makes_it_doubtful() {
    let orders = |clock: &str| {
        format!(
            "{} {}",
            "Futures will close all positions and conduct an automatic settlement \
        on USDⓈ-M ABCUSDT Perpetual Contract at 2026-05-08 09:00 (UTC).",
            END.replace("08:30", clock)
        )
    };
    assert_eq!(read(&orders("08:00")).len(), 1);
    assert!(accepted("x.txt", &announcement(&orders("09:00"))).is_none());
    assert!(accepted("x.txt", &announcement(&orders("09:30"))).is_none());
    let long = draft("x.txt", announcement(&orders("02:30")).as_bytes());
    assert_eq!(codes(&long), ["instant_form"]);
    let titled = announcement(&orders("08:30"))
        .replace("Notice of May", "Futures Will Delist ABDUSDT Perpetual Contract");
    assert_eq!(codes(&draft("x.txt", titled.as_bytes())), ["contract_not_named"]);
    let lists = lists("").replacen("B3USDT", "B4USDT", 1);
    assert_eq!(codes(&draft("x.txt", announcement(&lists).as_bytes())), ["contract_not_named"]);
}

#[test]
fn bots_margin_pairs_and_last_orders_end_no_contract() {
    for words in [
        "At 2026-05-08 09:00 (UTC), the Arbitrage Bot will close all arbitrage strategies and conduct an automatic \
         settlement on the ABCUSDT symbol(s).",
        "At 2026-05-08 09:00 (UTC), Margin will close users’ positions, conduct an automatic settlement, and cancel \
         all pending orders on the aforementioned pairs.",
        "Please note that the contracts of the aforementioned token(s) trading is not affected and users may \
         continue trading until 2026-05-08 09:00 (UTC).",
        END,
    ] {
        assert_eq!(read(words), [""; 0], "{words}");
    }
}

#[test]
fn the_contracts_of_tokens_end_as_those_of_tokens() {
    let sentence = "Futures will close all positions and conduct an automatic settlement on the contracts of the \
        aforementioned token(s) at 2026-05-08 09:00 (UTC).";
    let ends = ["token:ABC ends 2026-05-08T09:00Z", "token:D2E ends 2026-05-08T09:00Z"];
    for list in
        ["Alpha (ABC)Delta Two (D2E)", "Alpha (ABC)\nDelta Two (D2E)", "- Alpha (ABC)\n- Delta Two (D2E)"]
    {
        let words = format!(
            "We delist the following token(s) at 2026-05-12 03:00 (UTC):\n\n{list}\n\nNote:\n\n{sentence}"
        );
        assert_eq!(read(&words), ends, "{list}");
        let titled = |title: &str| announcement(&words).replace("Notice of May", title);
        let same =
            accepted("x.txt", &titled("We Will Delist ABC, D2E on 2026-05-12")).expect("a text that is read");
        assert_eq!(
            (stated(&same), codes(&same)),
            (ends.map(str::to_string).to_vec(), vec!["contract_not_named"])
        );
        assert!(accepted("x.txt", &titled("We Will Delist ABC, D3E on 2026-05-12")).is_none());
    }
    let swap =
        announcement(sentence).replace("Notice of May", "Binance Will Support the Alpha (ABC) Token Swap");
    assert_eq!(stated(&accepted("x.txt", &swap).expect("a text that is read")), ends[..1]);
    assert!(accepted("x.txt", &announcement(sentence)).is_none());
}

#[test]
fn launches_are_put_off_in_any_wording() {
    for (words, line) in [
        (
            "The trading start time for the ABCUSDT Perpetual Contract, originally set at 2026-05-08 09:00 (UTC), \
             will be postponed until further notice.",
            "usdm:ABCUSDT put off from 2026-05-08T09:00Z to further notice",
        ),
        (
            "The launch of USDⓈ-M ABCUSDT Perpetual Contract will be postponed to 2026-05-08 09:00:00 (UTC).",
            "usdm:ABCUSDT put off from ? to 2026-05-08T09:00Z",
        ),
        (
            "The trading start time for Alpha (ABC) on Binance Alpha and Binance Futures, originally set at 2026-05-07 \
             09:00 (UTC) and 2026-05-07 09:30 (UTC) respectively, will be postponed to 2026-05-08 09:00 (UTC) and \
             2026-05-08 09:30 (UTC) respectively.",
            "token:ABC put off from 2026-05-07T09:30Z to 2026-05-08T09:30Z",
        ),
        (
            "The trading start time for Alpha (ABC) on Binance Futures and Binance Alpha, originally set at 2026-05-07 \
             09:30 (UTC) and 2026-05-07 09:00 (UTC) respectively, will be postponed as follows:\n\nBinance Futures: \
             2026-05-08 09:30 (UTC)Binance Alpha: 2026-05-08 09:00 (UTC)",
            "token:ABC put off from 2026-05-07T09:30Z to 2026-05-08T09:30Z",
        ),
    ] {
        assert_eq!(read(words), [line], "{words}");
    }
    let spot = "Due to a delay, the trading start time for Alpha (ABC), originally set at 2026-05-07 09:00 (UTC), will \
        be postponed to 2026-05-08 09:00 (UTC).";
    assert_eq!(read(spot), [""; 0]);
    let backwards = "The launch of ABCUSDT Perpetual Contract, originally set at 2026-05-08 09:00 (UTC), will be \
        postponed to 2026-05-07 09:00 (UTC).";
    assert!(accepted("x.txt", &announcement(backwards)).is_none());
}
