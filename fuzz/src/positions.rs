//! A positions file.

use tierbook::At;
use tierbook::positions::{PositionsForm, read};
use tierbook::render::{self, Format, OutputStyle};

use super::support::{check_error, chosen, with_stored};

/// Reads it, of the form that the first byte chooses or of any, and judges the account.
pub fn check(bytes: &[u8]) {
    let (form, bytes) = chosen(bytes);
    let form = match form {
        b'c' => Some(PositionsForm::Csv),
        b'j' => Some(PositionsForm::Json),
        b'l' => Some(PositionsForm::JsonLines),
        b't' => Some(PositionsForm::Toml),
        b'p' => Some(PositionsForm::Parquet),
        b'a' => Some(PositionsForm::Arrow),
        b's' => Some(PositionsForm::ArrowStream),
        _ => None,
    };
    let file = match read::read(bytes, form) {
        Ok(file) => file,
        Err(error) => return check_error(&error),
    };
    assert!(file.notices.iter().all(|notice| !notice.contains(char::is_control)), "{:?}", file.notices);
    let at = At::valid("2026-02-05T00:00Z".parse().unwrap());
    with_stored(|stored| match stored.rules.impact(&file.account, at) {
        Err(error) => check_error(&error),
        Ok(impact) => {
            let count = file.account.positions.len() as u64;
            assert!(impact.positions.iter().all(|row| (1..=count).contains(&(row.position as u64))));
            let rows = impact.into_rows();
            for row in &rows {
                assert!(serde_json::to_value(row).is_ok_and(|value| value.is_object()), "{row:?}");
            }
            render::rows(&rows, Format::Table, OutputStyle::PLAIN);
        }
    });
}
