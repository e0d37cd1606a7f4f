//! A text of the query language.

use tierbook::language::{Statement, end_of_words, next, parse};
use tierbook::render::{self, Format, OutputStyle, diagnostic};
use tierbook::{ErrorCode, Timestamp};

use super::support::{Stored, check_error, with_stored};

/// Parses it, completes it and asks it.
pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    assert!(end_of_words(text) <= text.len());
    let completed = next(text);
    assert!(text.get(completed.start..).is_some());
    let drawn = |error: &tierbook::Error| {
        check_error(error);
        assert!(error.span().is_none_or(|span| text.get(span.range()).is_some()), "{error:?}");
        assert!(diagnostic::error(error, Some(text), OutputStyle::PLAIN).contains(error.message()));
    };
    match parse(text) {
        Err(error) => drawn(&error),
        Ok(statements) => with_stored(|stored| {
            for statement in statements.iter().take(4) {
                ask(stored, statement).unwrap_or_else(|error| drawn(&error));
            }
        }),
    }
}

/// Asks a statement; the query of its certificate is its text, of which parsing and asking give the same again.
fn ask(stored: &Stored, statement: &Statement) -> Result<(), tierbook::Error> {
    let now: Timestamp = "2026-03-15T00:00Z".parse()?;
    let rows = stored.rules.answer(statement, now)?;
    for row in &rows {
        assert!(serde_json::to_value(row).is_ok_and(|value| value.is_object()), "{row:?}");
    }
    for format in [Format::Table, Format::Json, Format::Csv] {
        render::rows(&rows, format, OutputStyle { colour: true, width: Some(40) });
    }
    let certificate = match stored.database.certificate(statement, now) {
        Err(error) if error.code() == ErrorCode::NotCertifiable => return Ok(()),
        certificate => certificate?,
    };
    let printed = certificate["query"].as_str().unwrap_or_default();
    let again = parse(printed).unwrap_or_else(|error| panic!("{printed}: {error}"));
    assert_eq!(again.len(), 1, "{printed}");
    let certified =
        stored.database.certificate(&again[0], now).unwrap_or_else(|error| panic!("{printed}: {error}"));
    assert_eq!(certified, certificate, "{printed}");
    Ok(())
}
