//! Pages without a rule, named for what they are.

use crate::error::{Error, ErrorCode};
use crate::ingest::view::Mark;
use crate::ingest::view::html::Page;

/// Most bytes of text on a page that is there to ask for a password; an article with a form beside it has
/// more.
const LOGIN_BYTES: usize = 2_000;

/// What the title of a login page is, alone or before `to` and the name of the site.
const LOGIN_TITLES: &[&str] =
    &["log in", "login", "log-in", "sign in", "signin", "sign-in", "登录", "登入", "ログイン"];

/// The error of a page in which no rule was found, where the page shows why.
pub fn no_announcement(page: &Page) -> Option<Error> {
    if is_login(page) {
        let error = Error::new(ErrorCode::LoginPage, "the page asks to log in; it is not the announcement");
        return Some(
            error.hint("open the announcement in a browser, log in if needed, and save the page there"),
        );
    }
    // Every rule has a percentage: where the text has one, what cannot be read of it is more to the point.
    if page.view.text().contains('%') {
        return None;
    }
    let tables = match (page.filled_tables, page.empty_tables) {
        (0, 1) => "the table on the page has no row".to_string(),
        (0, empty) if empty > 1 => format!("the {empty} tables on the page have no rows"),
        _ => return None,
    };
    Some(Error::new(ErrorCode::EmptyTable, tables).hint(WHEN_SHOWN))
}

const WHEN_SHOWN: &str =
    "save the page again once the browser shows its tables, or copy its text into a .txt file";

/// The error of a page without a table, with what may help: many sites fill their pages by scripts.
pub fn with_hint(error: Error) -> Error {
    if error.code == ErrorCode::NoTable { error.hint(WHEN_SHOWN) } else { error }
}

fn is_login(page: &Page) -> bool {
    let text = page.view.text();
    let headings = page.view.marks().iter().filter(|(mark, _)| *mark == Mark::Title);
    let headings = headings.map(|(_, span)| span.of(text));
    let is_short = text.len() <= LOGIN_BYTES;
    is_short && (page.asks_password || headings.chain([page.title.as_str()]).any(is_login_title))
}

/// Whether a part of a title, as in `Log in | Exchange`, is that of a login page.
fn is_login_title(title: &str) -> bool {
    let lower = title.to_lowercase();
    let mut parts = lower.split(['|', '–', '—', '·', ':']).flat_map(|part| part.split(" - ")).map(str::trim);
    parts.any(|part| {
        LOGIN_TITLES.iter().any(|login| {
            part.strip_prefix(login).is_some_and(|rest| rest.is_empty() || rest.starts_with(" to "))
        })
    })
}
