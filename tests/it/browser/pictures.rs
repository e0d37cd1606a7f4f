//! The views in both schemes, on a screen and on a phone: nothing is wider than the page, and the colours are those of the
//! scheme. `TIERBOOK_SCREENSHOTS=FOLDER` keeps the pictures, of real data where the shared texts are there.

use std::path::PathBuf;

use serde_json::json;

use super::devtools::Browser;
use super::site::Site;
use crate::shared_folder::shared;

const WIDTHS: [u32; 2] = [1400, 390];
const SCHEMES: [&str; 2] = ["light", "dark"];

/// The views, each with a name for its picture.
const VIEWS: [(&str, &str); 8] = [
    ("search", "/?q=act&asOf=2026-02-04"),
    ("contract", "/contract/ACTUSDT?asOf=2026-02-04"),
    ("collateral", "/contract/pm-pro:STRK?asOf=2026-02-04"),
    ("now", "/contract/ACTUSDT"),
    ("changes", "/changes?asOf=2026-02-04"),
    ("source", "/source/binance-2026-02-03.txt?span=4114-4150#words"),
    ("positions", "/positions?asOf=2026-02-04"),
    ("refused", "/contract/NOSUCHUSDT"),
];

#[test]
fn every_view_fits_a_screen_and_a_phone_in_both_schemes() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = std::env::var_os("TIERBOOK_SCREENSHOTS").map(PathBuf::from);
    let real = folder.as_ref().and_then(|_| shared());
    let site = match &real {
        Some(shared) => {
            let seed = super::site::seed();
            let folders =
                ["announcements", "announcements-more", "exchange/snapshots"].map(|it| shared.join(it));
            let paths = [seed.as_path(), &folders[0], &folders[1], &folders[2]];
            Site::holding(&paths)
        }
        None => Site::seeded(),
    };
    for (name, path) in VIEWS {
        for width in WIDTHS {
            let mut grounds = Vec::new();
            for scheme in SCHEMES {
                browser.screen(width, scheme);
                browser.go(&site.at(path));
                if name == "positions" {
                    browser.value("document.getElementById('positions-example').click()");
                    browser.wait_for("document.querySelectorAll('#positions-result tbody tr').length > 1");
                }
                let wide = browser.value("document.documentElement.scrollWidth");
                assert!(wide.as_u64().unwrap() <= width.into(), "{name} at {width}: {wide}");
                grounds.push(browser.value("getComputedStyle(document.body).backgroundColor"));
                let picture = browser.picture();
                assert!(picture.starts_with(b"\x89PNG"));
                if let Some(folder) = &folder {
                    std::fs::create_dir_all(folder).unwrap();
                    std::fs::write(folder.join(format!("{name}-{width}-{scheme}.png")), picture).unwrap();
                }
            }
            assert_eq!(grounds, [json!("rgb(255, 255, 255)"), json!("rgb(13, 17, 23)")], "{name}");
        }
    }
}
