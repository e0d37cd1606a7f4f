//! Errors as the exchange's API has them: `{"code":-1121,"msg":"Invalid symbol."}`.

use std::borrow::Cow;

use super::response::{JSON, Response};

/// An error of the exchange's API.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExchangeError {
    pub status: u16,
    pub code: i32,
    pub message: Cow<'static, str>,
}

/// A symbol is unknown, or has no rule at the basis.
pub const INVALID_SYMBOL: ExchangeError =
    ExchangeError { status: 400, code: -1121, message: Cow::Borrowed("Invalid symbol.") };

impl ExchangeError {
    /// The error of a code; the message is a sentence with a full stop, as the exchange's are.
    pub fn new(status: u16, code: i32, message: impl Into<Cow<'static, str>>) -> ExchangeError {
        ExchangeError { status, code, message: message.into() }
    }

    /// As an answer.
    pub fn response(&self) -> Response {
        let body = serde_json::json!({"code": self.code, "msg": self.message});
        Response::new(self.status, JSON, body.to_string())
    }
}
