//! The page in a browser, as a person meets it: headless Chromium, driven over DevTools by a pipe, against a server in this
//! process. Without a browser the tests print `skipped`; with `TIERBOOK_REQUIRE_BROWSER=1` they fail then.

mod accessibility;
mod devtools;
mod pictures;
mod site;
mod views;
