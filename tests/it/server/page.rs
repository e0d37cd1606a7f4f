//! The page as it is sent: nothing of it comes from elsewhere, is run inside of it, or is markup of others. What it does in a
//! browser is tested in `browser`.

use tierbook::server::{Options, Request};

use super::Served;

const VIEWS: [&str; 9] = [
    "/",
    "/?q=act",
    "/contract/ACTUSDT?asOf=2026-02-05",
    "/contract/pm:LTC?asOf=2026-02-05",
    "/contract/LTC",
    "/changes?asOf=2026-02-05&of=*USDT",
    "/sources",
    "/source/ee2413?span=4114-4150",
    "/positions",
];

/// Asked as a browser does, so that it comes compressed; how many bytes.
fn compressed(served: &Served, target: &str) -> usize {
    let answer = served.server.answer(&Request::get(target).with_header("accept-encoding", "gzip"));
    assert_eq!(answer.status, 200, "{target}");
    answer.body.len()
}

/// The attributes and elements that the policy of the page forbids, or that lead elsewhere.
fn forbidden(page: &str) -> Vec<&str> {
    let marks = [
        " style=\"",
        "<style",
        "javascript:",
        " onclick",
        " onerror",
        " onload",
        "http://",
        "https://",
        "//cdn",
    ];
    let inline = page.contains("<script>").then_some("<script>");
    marks.into_iter().filter(|mark| page.contains(mark)).chain(inline).collect()
}

#[test]
fn no_view_has_a_script_or_a_style_of_its_own_or_anything_from_elsewhere() {
    let served = Served::seeded();
    for view in VIEWS {
        let answer = served.get(view);
        assert_eq!(answer.status, 200, "{view}: {}", answer.text());
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        let page = answer.text().replace("&#39;http://localhost/", "");
        assert_eq!(forbidden(&page), Vec::<&str>::new(), "{view}");
        assert_eq!(page.matches("<h1>").count(), 1, "{view}");
    }
}

#[test]
fn everything_a_view_needs_is_below_300_kilobytes() {
    let served = Served::seeded();
    let assets = ["page.css", "page.js", "positions.js", "icon.svg"];
    let assets: usize = assets.iter().map(|name| compressed(&served, &format!("/assets/{name}"))).sum();
    let largest = VIEWS.iter().map(|view| compressed(&served, view)).max().unwrap();
    assert!(assets < 20_000, "{assets}");
    assert!(assets + largest < 300_000, "{assets} and {largest}");
    assert_eq!(served.get("/assets/Cargo.toml").status, 404);
}

#[test]
fn what_is_searched_for_and_what_is_not_found_is_text() {
    let served = Served::seeded();
    for target in [
        "/?q=%3Cscript%3Ealert(1)%3C/script%3E",
        "/?q=%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E",
        "/contract/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "/changes?of=%3Cscript%3Ealert(1)%3C/script%3E",
        "/changes?since=%3Cscript%3E",
        "/source/%22%3E%3Cscript%3E",
        "/contract/ACTUSDT?by=%22%3E%3Cscript%3E&since=%3Cscript%3E",
        "/contract/ACTUSDT?asOf=%3Cscript%3E",
    ] {
        let page = served.get(target);
        let text = page.text();
        assert!(!text.contains("<script>") && !text.contains("<img"), "{target}: {text}");
    }
    let missing = served.get("/contract/ACTUST");
    assert_eq!((missing.status, missing.header("content-type")), (404, Some("text/html; charset=utf-8")));
    assert!(missing.text().contains("did you mean `ACTUSDT`?"), "{}", missing.text());
}

#[test]
fn a_document_is_text_whatever_is_in_it() {
    let evil = "<!-- --><script>alert(1)</script>\u{202e}\n\
                [source]\npublished_at = \"2026-02-01T00:00:00Z\"\n";
    let evil = format!(
        "# {evil}[[observation]]\nsubject = \"usdm:<b>EVIL\"\nunit = \"USDT\"\n\
                        tiers = [{{ floor = \"0\", cap = \"10,000\", mmr = \"1%\", leverage = \"1 - 20x\" }}]\n"
    );
    let served = Served::with(Options::default(), &[("<i>.toml", &evil)]);
    for target in ["/source/%3Ci%3E.toml", "/sources", "/contract/%3Cb%3EEVIL", "/?q=evil", "/changes"] {
        let answer = served.get(target);
        assert_eq!(answer.status, 200, "{target}: {}", answer.text());
        for mark in ["<i>", "<b>", "<script>", "\u{202e}"] {
            assert!(!answer.text().contains(mark), "{mark} in {target}");
        }
    }
    assert!(
        served.get("/source/%3Ci%3E.toml").text().contains("&lt;script&gt;alert(1)&lt;/script&gt;[U+202E]")
    );
}

#[test]
fn a_view_at_three_times_may_be_kept_for_ever_and_another_only_until_it_changes() {
    let served = Served::seeded();
    let page = served.get("/contract/ACTUSDT?asOf=2026-02-05");
    assert_eq!(page.header("cache-control"), Some("no-cache"));
    let permalink = page.text().split("<dt>permalink</dt><dd><a href=\"").nth(1).unwrap();
    let permalink = permalink.split('"').next().unwrap().replace("&amp;", "&");
    let kept = served.get(&permalink);
    assert!(kept.header("cache-control").unwrap().contains("immutable"), "{permalink}");
    assert_eq!(kept.header("x-tierbook-as-of"), Some("2026-02-05T00:00:00Z"));
}

#[test]
fn every_link_of_a_view_leads_to_an_answer() {
    let served = Served::seeded();
    for view in VIEWS {
        let page = served.get(view);
        let links = page.text().split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let mut links: Vec<String> =
            links.map(|link| link.replace("&amp;", "&").replace("&#39;", "'")).collect();
        links.sort();
        links.dedup();
        // Of many links to versions and changes some are enough.
        let step = (links.len() / 25).max(1);
        for link in links.iter().step_by(step).filter(|link| !link.starts_with('#')) {
            let target = link.split('#').next().unwrap();
            let answer = served.get(target);
            assert_eq!(answer.status, 200, "{view} → {link}: {}", answer.text());
        }
    }
}

#[test]
fn the_times_of_a_view_go_with_every_link_of_it() {
    let served = Served::seeded();
    let page = served.get("/?q=act&asOf=2026-02-05&knownAt=2026-02-04");
    let contract =
        "/contract/binance:usdm:ACTUSDT?asOf=2026-02-05T00:00:00Z&amp;knownAt=2026-02-04T00:00:00Z";
    assert!(page.text().contains(contract), "{}", page.text());
    assert!(page.text().contains("/changes?asOf=2026-02-05T00:00:00Z&amp;knownAt="));
    // A form without a script sends its empty fields.
    assert_eq!(served.get("/contract/ACTUSDT?asOf=2026-02-05&knownAt=&recordedBy=").status, 200);
}

#[test]
fn the_view_of_a_contract_has_what_the_language_answers() {
    let served = Served::seeded();
    let page = served.get("/contract/ACTUSDT?asOf=2026-02-05").text().to_string();
    for tier in served.json("/v1/query?q=tiers+of+ACTUSDT+as+of+2026-02-05").as_array().unwrap() {
        let leverage = tier["max_leverage"].as_u64().unwrap();
        assert!(page.contains(&format!("{leverage}x</td>")), "{leverage}: {page}");
    }
    for part in [
        "announced for <time datetime=\"2026-02-06T06:30:00Z\">",
        "<strong class=\"verdict\">tightened</strong>",
        "/source/ee2413a8367c?span=",
        "binance:usdm:ACTUSDT/tiers@v=2026-02-05T00:00:00Z;tx=1",
        "<svg class=\"chart\"",
    ] {
        assert!(page.contains(part), "{part}");
    }
    // An asset of several programs is a choice.
    let choice = served.get("/contract/LTC").text().to_string();
    assert!(
        choice.contains("/contract/binance:pm:LTC") || choice.contains("<h1><bdi>LTC</bdi></h1>"),
        "{choice}"
    );
}

/// An announcement of the class of two assets under cross margin, and of the tiers of two classes.
const CLASSES: &str = "# A venue updates the collateral ratio of some cross margin assets\n\nFellow readers,\n\nThe collateral \
ratio of assets under Cross Margin changes. It is completed within approximately 30 minutes.\n\nThe following assets \
will be adjusted on 2026-05-05 06:00 (UTC):\n\nAssetOld RankNew RankAAA67 BBB910 \n\nAsset No.Tiers (USD)Collateral \
Ratio60 - 400,000100.00%400,000 - 100,000,000,0000.00%70 - 200,000100.00%200,000 - 400,00080.00%400,000 - \
100,000,000,0000.00%\n\n2026-05-02\n";

#[test]
fn an_asset_of_a_class_has_the_drawing_of_its_class_while_it_is_in_it() {
    let served = Served::with(Options::default(), &[("binance-20260502T040000Z.txt", CLASSES)]);
    let year = |target: &str| {
        let page = served.get(target).text().to_string();
        let section = page.split("<section id=\"year\"").nth(1).unwrap_or_else(|| panic!("{target}: {page}"));
        section.split("</section>").next().unwrap().to_string()
    };
    let before = year("/contract/cross:AAA?asOf=2026-05-04");
    for words in [
        "<bdi>AAA</bdi> is in <bdi>class-6</bdi>",
        "until <time datetime=\"2026-05-05T06:00:00Z\">",
        "tiers of binance:cross:class-6",
        "to 2026-05-05T06:00:00Z;",
    ] {
        assert!(before.contains(words), "{words}: {before}");
    }
    let after = year("/contract/cross:AAA?asOf=2026-05-10");
    for words in [
        "is in <bdi>class-7</bdi> since <time datetime=\"2026-05-05T06:00:00Z\">",
        "valid time in UTC, 2026-05-05T06:00:00Z to ",
        "tiers of binance:cross:class-7",
    ] {
        assert!(after.contains(words), "{words}: {after}");
    }
    // No more is drawn than the time in the class, and no less is said than that nothing is drawn.
    let since = year("/contract/cross:AAA?asOf=2026-05-10&since=2026-01-01&until=2026-05-20");
    assert!(since.contains("2026-05-05T06:00:00Z to 2026-05-20T00:00:00Z"), "{since}");
    let none = year("/contract/cross:AAA?asOf=2026-05-10&until=2026-05-01");
    assert!(!none.contains("<svg") && none.contains("another class"), "{none}");
    let unknown = year("/contract/cross:BBB?asOf=2026-05-10");
    assert!(!unknown.contains("<svg") && unknown.contains("no tiers of a class are known"), "{unknown}");
    assert_eq!(served.get("/contract/cross:AAA?since=%3Cb%3E").status, 400);
}

#[test]
fn the_drawing_of_the_year_marks_today_except_in_a_view_for_ever() {
    let served = Served::seeded();
    let marks = |target: &str| {
        let page = served.get(target).text().to_string();
        [page.matches("<path class=\"asked\"").count(), page.matches("<path class=\"today\"").count()]
    };
    // Each drawing is there in two widths.
    let around = "since=2026-01-01&until=2100-01-01";
    assert_eq!(marks(&format!("/contract/ACTUSDT?{around}")), [0, 2]);
    assert_eq!(marks(&format!("/contract/ACTUSDT?asOf=2026-02-05&{around}")), [2, 2]);
    assert_eq!(marks(&format!("/contract/ACTUSDT?asOf=2090-01-01&{around}")), [2, 2]);
    assert_eq!(marks("/contract/ACTUSDT?asOf=2026-02-05"), [2, 0], "the axis ends before today");
    let recorded = served.database.snapshot().unwrap().head().recorded_at.unwrap();
    let fixed = format!("asOf=2026-02-05&knownAt=2026-02-04&recordedBy={recorded}");
    assert_eq!(marks(&format!("/contract/ACTUSDT?{fixed}&{around}")), [2, 0]);
}
