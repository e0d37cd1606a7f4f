//! What a person does on the page: search, move a slider, follow a link, copy, ask for the impact, print.

use serde_json::{Value, json};

use super::devtools::Browser;
use super::site::Site;

/// Moves a slider to a place between 0 and its end, as a hand does.
fn move_slider(browser: &mut Browser, name: &str, place: &str) {
    browser.value(&format!(
        "(() => {{ const slider = document.querySelector('.slider[data-for={name}]'); slider.value = {place}; \
         slider.dispatchEvent(new Event('input', {{bubbles: true}})); }})()"
    ));
}

/// The cells of the first table of a section.
fn cells(browser: &mut Browser, section: &str) -> Vec<Vec<String>> {
    let rows = browser.value(&format!(
        "[...document.querySelectorAll('#{section} tbody')][0] ? \
         [...document.querySelectorAll('#{section} table')[0].tBodies[0].rows].map((row) => \
         [...row.cells].map((cell) => cell.textContent)) : []"
    ));
    serde_json::from_value(rows).unwrap()
}

/// That nothing went wrong and nothing was asked of another machine.
fn assert_quiet(browser: &Browser, site: &Site) {
    assert_eq!(browser.complaints(), Vec::<String>::new());
    let elsewhere: Vec<String> =
        browser.requests().into_iter().filter(|address| !address.starts_with(&site.address)).collect();
    assert_eq!(elsewhere, Vec::<String>::new());
}

#[test]
fn a_search_finds_a_contract_and_leads_to_its_tiers() {
    let Some(mut browser) = Browser::start() else { return };
    let site = Site::seeded();
    browser.go(&site.at("/?asOf=2026-02-07"));
    browser.value("document.getElementById('q').focus()");
    browser.type_text("actu");
    browser.wait_for("document.querySelectorAll('#answer tbody tr').length === 1");
    assert_eq!(browser.text("location.search"), "?q=actu&asOf=2026-02-07T00%3A00%3A00Z");
    browser.value("document.querySelector('#answer tbody a').click()");
    browser.wait_for(
        "location.pathname === '/contract/binance:usdm:ACTUSDT' && document.readyState === 'complete'",
    );
    let tiers = cells(&mut browser, "in-force");
    assert_eq!(tiers.len(), 6);
    assert_eq!(tiers[1], ["2", "10,000", "60,000", "10 %", "5x", "500"]);
    assert_quiet(&browser, &site);
}

#[test]
fn without_a_script_the_page_can_be_read_and_asked() {
    let Some(mut browser) = Browser::start() else { return };
    let site = Site::seeded();
    browser.call("Emulation.setScriptExecutionDisabled", json!({"value": true}));
    browser.go(&site.at("/contract/ACTUSDT?asOf=2026-02-05"));
    assert_eq!(cells(&mut browser, "in-force").len(), 7);
    let hidden =
        browser.value("[...document.querySelectorAll('.slider, .copy')].every((part) => part.hidden)");
    assert_eq!(hidden, json!(true));
    let drawn = browser.value("document.querySelectorAll('#year svg path.area').length");
    assert!(drawn.as_u64().unwrap() > 20, "{drawn}");
    browser.value("document.getElementById('basis-asOf').value = '2026-02-07'");
    browser.value("document.querySelector('form.basis button[type=submit]').click()");
    browser.wait_for("location.search.includes('asOf=2026-02-07') && document.readyState === 'complete'");
    assert_eq!(cells(&mut browser, "in-force").len(), 6);
}

#[test]
fn a_slider_moves_the_three_times_and_the_address_with_them() {
    let Some(mut browser) = Browser::start() else { return };
    let site = Site::seeded();
    browser.go(&site.at("/contract/ACTUSDT?asOf=2026-02-05"));
    assert_eq!(cells(&mut browser, "in-force").len(), 7);
    // Its right end is after the announced change.
    move_slider(&mut browser, "asOf", "slider.max");
    browser.wait_for("document.querySelectorAll('#in-force tbody tr').length === 6");
    let address = browser.text("location.href");
    assert!(address.contains("asOf=20"), "{address}");
    // What was published by the first document is all that there is; before it nothing is known.
    move_slider(&mut browser, "knownAt", "0");
    browser.wait_for("location.search.includes('knownAt=2026-02-03T06%3A00%3A46Z')");
    move_slider(&mut browser, "knownAt", "slider.max");
    browser.wait_for("!location.search.includes('knownAt')");
    // With the keys, too.
    browser.value("document.querySelector('.slider[data-for=asOf]').focus()");
    browser.press("Home", 36);
    browser.wait_for("document.querySelectorAll('#in-force tbody tr').length === 7");
    let spoken =
        browser.text("document.querySelector('.slider[data-for=asOf]').getAttribute('aria-valuetext')");
    assert_eq!(spoken, "2026-02-03T06:01:00Z", "the first minute that is not before the first source");
    // The address alone gives the same view.
    let shown = cells(&mut browser, "in-force");
    let address = browser.text("location.href");
    browser.go("about:blank");
    browser.go(&address);
    assert_eq!(cells(&mut browser, "in-force"), shown);
    assert_quiet(&browser, &site);
}

#[test]
fn a_permalink_gives_the_same_view_after_more_was_loaded() {
    let Some(mut browser) = Browser::start() else { return };
    let site = Site::seeded();
    browser.go(&site.at("/contract/ACTUSDT?asOf=2026-02-05"));
    let link = browser.text("document.querySelector('#cite .facts a').href");
    for time in ["asOf=", "knownAt=", "recordedBy="] {
        assert!(link.contains(time), "{link}");
    }
    let before = cells(&mut browser, "in-force");
    let other = std::fs::read_to_string(super::site::seed()).unwrap().replace("10.00%", "11.00%");
    site.load("binance-20260204T000000Z.txt", &other);
    browser.go(&link);
    assert_eq!(cells(&mut browser, "in-force"), before);
    let cited = browser.text("[...document.querySelectorAll('#cite .facts code')][0].textContent");
    assert!(cited.starts_with("binance:usdm:ACTUSDT/tiers@v=2026-02-05T00:00:00Z;"), "{cited}");
    assert!(cited.ends_with(";tx=1"), "{cited}");
}

#[test]
fn code_is_copied_and_says_what_was_asked() {
    let Some(mut browser) = Browser::start() else { return };
    let site = Site::seeded();
    browser.go(&site.at("/contract/ACTUSDT?asOf=2026-02-07"));
    let code =
        browser.value("[...document.querySelectorAll('.copies code')].map((code) => code.textContent)");
    let code: Vec<String> = serde_json::from_value(code).unwrap();
    assert_eq!(code[0], "tierbook query 'tiers of binance:usdm:ACTUSDT as of 2026-02-07T00:00:00Z'");
    assert!(code[1].starts_with(&format!("curl '{}/v1/query?q=tiers%20of%20", site.address)), "{code:?}");
    assert!(code[2].contains("rules.query(\"tiers of binance:usdm:ACTUSDT as of"), "{code:?}");
    // The address of `curl` answers what the page shows.
    let address = code[1].trim_start_matches("curl '").trim_end_matches('\'');
    let answer: Value = browser.value(&format!("fetch('{address}').then((reply) => reply.json())"));
    assert_eq!(answer.as_array().map(Vec::len), Some(6), "{answer}");
    browser.value(
        "(() => { navigator.clipboard.writeText = async (text) => { window.copied = text; }; \
         document.querySelector('.copies button.copy').click(); })()",
    );
    browser.wait_for("window.copied === document.querySelector('.copies code').textContent");
    assert_quiet(&browser, &site);
}

#[test]
fn what_an_answer_rests_on_is_highlighted_in_its_source() {
    let Some(mut browser) = Browser::start() else { return };
    let site = Site::seeded();
    browser.go(&site.at("/source/binance-2026-02-03.txt?span=4114-4150#words"));
    assert_eq!(
        browser.text("document.getElementById('words').textContent"),
        "5x10,000 < Position ≤ 60,00010.00%"
    );
    let seen = browser.value(
        "(() => { const place = document.getElementById('words').getBoundingClientRect(); \
         return place.top >= 0 && place.bottom <= innerHeight; })()",
    );
    assert_eq!(seen, json!(true), "the words are on the screen");
    browser.go(&site.at("/contract/ACTUSDT?asOf=2026-02-07"));
    browser.value("[...document.querySelectorAll('#in-force dd a')].find((link) => link.href.includes('/source/')).click()");
    browser.wait_for("document.getElementById('words')?.textContent.includes('60,00010.00%') ?? false");
}

#[test]
fn changes_are_listed_with_what_is_announced_first() {
    let Some(mut browser) = Browser::start() else { return };
    let site = Site::seeded();
    browser.go(&site.at("/changes?asOf=2026-02-05&of=ACTUSDT"));
    let upcoming = cells(&mut browser, "upcoming");
    assert_eq!(upcoming.len(), 1, "{upcoming:?}");
    assert!(upcoming[0][1].contains("ACTUSDT") && upcoming[0][2].contains("tightened"), "{upcoming:?}");
    assert_eq!(upcoming[0][3], "20x → 10x");
    browser.go(&site.at("/changes?asOf=2026-02-08&of=ACTUSDT"));
    assert_eq!(cells(&mut browser, "upcoming").len(), 0);
    assert_eq!(cells(&mut browser, "past").len(), 1);
    assert_quiet(&browser, &site);
}

#[test]
fn positions_stay_in_the_browser_and_their_impact_is_shown() {
    let Some(mut browser) = Browser::start() else { return };
    let site = Site::seeded();
    browser.go(&site.at("/positions?asOf=2026-02-05"));
    browser.value("document.getElementById('positions-text').focus()");
    browser.type_text("symbol,side,notional\nACTUSDT,long,60000\n<img src=x onerror=alert(1)>,long,5\n");
    browser.value("document.querySelector('#positions button[type=submit]').click()");
    browser.wait_for("document.querySelectorAll('#positions-result tbody tr').length === 2");
    let status = browser.text("document.getElementById('positions-status').textContent");
    assert_eq!(status, "1 change affects a position.");
    let row = browser.text(
        "[...document.querySelectorAll('#positions-result tr')].find((row) => row.textContent.includes('ACTUSDT')).textContent",
    );
    assert!(row.contains("5,400 → 5,500") && row.contains("2026-02-06 06:30"), "{row}");
    assert_eq!(browser.value("document.querySelectorAll('#positions-result img').length"), json!(0));
    // They are there again after a while, and gone when they are to be forgotten.
    browser.go(&site.at("/positions?asOf=2026-02-05"));
    browser.wait_for("document.querySelectorAll('#positions-result tbody tr').length === 2");
    browser.value("document.getElementById('positions-clear').click()");
    assert_eq!(browser.value("localStorage.length"), json!(0));
    // What cannot be read has an error with a hint.
    browser.value("(() => { document.getElementById('positions-text').value = 'hello'; })()");
    browser.value("document.querySelector('#positions button[type=submit]').click()");
    browser.wait_for(
        "!['Asking …', 'Forgotten.'].includes(document.getElementById('positions-status').textContent)",
    );
    let elsewhere = browser.requests().into_iter().any(|address| !address.starts_with(&site.address));
    assert!(!elsewhere);
}

#[test]
fn names_and_documents_of_others_are_text_and_nothing_else() {
    let Some(mut browser) = Browser::start() else { return };
    let seed = r#"
        [source]
        published_at = "2026-02-01T00:00:00Z"
        title = "<script>window.hacked = 1</script> \u202e"
        [[observation]]
        subject = "usdm:<b>'EVIL&USDT"
        tiers = [{ floor = "0", cap = "10,000", mmr = "1%", leverage = "1 - 20x" }]
        # </pre></script><script>window.hacked = 2</script> and a mark:
    "#;
    let seed = seed.replace("and a mark:", "and a mark: \u{202e}");
    let site = Site::with("<i>evil\u{202e}.toml", &seed);
    browser.go(&site.at("/?q=EVIL"));
    assert_eq!(cells(&mut browser, "answer").len(), 1);
    assert_eq!(browser.text("document.querySelector('#answer tbody th').textContent"), "<b>'EVIL&USDT");
    browser.value("document.querySelector('#answer tbody a').click()");
    browser.wait_for("location.pathname.startsWith('/contract/') && document.readyState === 'complete'");
    assert_eq!(browser.text("document.querySelector('h1').textContent"), "<b>'EVIL&USDT");
    assert_eq!(browser.value("document.querySelectorAll('main b, main i').length"), json!(0));
    browser.value("[...document.querySelectorAll('#in-force dd a')].find((link) => link.href.includes('/source/')).click()");
    browser.wait_for("location.pathname.startsWith('/source/') && document.readyState === 'complete'");
    let text = browser.text("document.querySelector('.document').textContent");
    assert!(text.contains("<script>window.hacked = 2</script>") && text.contains("mark: [U+202E]"), "{text}");
    assert!(!browser.text("document.documentElement.outerHTML").contains('\u{202e}'));
    assert_eq!(browser.value("typeof window.hacked"), json!("undefined"));
    assert_quiet(&browser, &site);
}

#[test]
fn on_paper_there_are_no_controls_and_whole_tables() {
    let Some(mut browser) = Browser::start() else { return };
    let site = Site::seeded();
    browser.screen(1400, "dark");
    browser.go(&site.at("/contract/ACTUSDT?asOf=2026-02-05"));
    browser.media("print", "light");
    let shown = |browser: &mut Browser, what: &str| {
        let count = format!(
            "[...document.querySelectorAll('{what}')].filter((part) => part.offsetParent !== null).length"
        );
        browser.value(&count).as_u64().unwrap()
    };
    assert_eq!(shown(&mut browser, "button, .slider, header nav, input"), 0);
    assert!(shown(&mut browser, "#in-force table, #history table") == 2);
    assert_eq!(browser.text("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)");
    assert_eq!(browser.text("getComputedStyle(document.querySelector('.scroll')).overflowX"), "visible");
    let paper = browser.call("Page.printToPDF", json!({"printBackground": true}));
    assert!(paper["data"].as_str().unwrap().starts_with("JVBERi"), "a PDF");
}

#[test]
fn a_wrong_address_is_a_page_that_says_so() {
    let Some(mut browser) = Browser::start() else { return };
    let site = Site::seeded();
    browser.go(&site.at("/contract/ACTUST"));
    let text = browser.text("document.querySelector('main').textContent");
    assert!(text.contains("did you mean `ACTUSDT`?") && text.contains("unknown_subject"), "{text}");
    browser.go(&site.at("/contract/ACTUSDT?asOf=yesteryear"));
    assert!(browser.text("document.body.textContent").contains("yesteryear"));
}

#[test]
fn with_a_token_as_its_password_a_browser_opens_every_view_and_asks_for_more() {
    let Some(mut browser) = Browser::start() else { return };
    let token = "0123456789abcdef0123456789abcdef";
    let site = Site::guarded(token);
    browser.go(&site.at("/contract/ACTUSDT?asOf=2026-02-05"));
    assert!(browser.text("document.body.innerText").contains("token_missing"));
    let refused = browser.complaints().len();
    // What a person types into the window that asks for a name and a password.
    browser.go(&site.at("/").replace("http://", &format!("http://me:{token}@")));
    browser.go(&site.at("/contract/ACTUSDT?asOf=2026-02-05"));
    assert_eq!(cells(&mut browser, "in-force").len(), 7);
    move_slider(&mut browser, "asOf", "slider.max");
    browser.wait_for("document.querySelectorAll('#in-force tbody tr').length === 6");
    browser.go(&site.at("/positions?asOf=2026-02-05"));
    browser.value("document.getElementById('positions-example').click()");
    browser.wait_for("document.querySelectorAll('#positions-result tbody tr').length === 2");
    assert_eq!(browser.complaints().len(), refused, "{:?}", browser.complaints());
    assert_eq!(browser.text("document.cookie"), "");
}

#[test]
fn positions_are_pasted_in_any_form_that_is_text() {
    let Some(mut browser) = Browser::start() else { return };
    let site = Site::seeded();
    browser.go(&site.at("/positions?asOf=2026-02-05"));
    for (form, text) in [
        ("CSV", "symbol,side,notional\nACTUSDT,long,60000\n"),
        ("CSV of a spreadsheet", "symbol;side;notional\nACTUSDT;long;60000\n"),
        ("JSON", "[{\"symbol\": \"ACTUSDT\", \"side\": \"long\", \"notional\": 60000}]"),
        (
            "JSON lines",
            "{\"symbol\":\"ACTUSDT\",\"notional\":1}\n{\"symbol\":\"ACTUSDT\",\"notional\":60000}\n",
        ),
        ("TOML", "[[positions]]\nsymbol = \"ACTUSDT\"\nside = \"long\"\nnotional = 60_000\n"),
    ] {
        browser.value("document.getElementById('positions-result').replaceChildren()");
        browser.value(&format!("document.getElementById('positions-text').value = {}", json!(text)));
        browser.value("document.querySelector('#positions button[type=submit]').click()");
        browser.wait_for("!document.getElementById('positions-status').textContent.startsWith('Asking')");
        let [status, shown] = ["status", "result"]
            .map(|part| browser.text(&format!("document.getElementById('positions-{part}').textContent")));
        assert!(shown.contains("60,000"), "{form}: {status} {shown}");
    }
    assert_quiet(&browser, &site);
}
