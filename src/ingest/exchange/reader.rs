//! What the reading of one exchange document has found so far.

use std::collections::BTreeSet;

use crate::finding::{Finding, FindingCode};
use crate::ingest::draft::DraftStatement;
use crate::json::{JsonField, JsonValue, quoted};
use crate::limits;
use crate::statement::Market;
use crate::text::Span;

/// The statements and findings of a document.
#[derive(Default)]
pub struct ExchangeReader {
    /// Whose contracts they are about.
    pub market: Market,
    /// What was read so far.
    pub statements: Vec<DraftStatement>,
    /// What was found so far.
    pub findings: Vec<Finding>,
    unread_keys: BTreeSet<String>,
    /// How often a key was not known, reported or not.
    unread_key_count: usize,
}

/// How far the reading of a document is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    statements: usize,
    findings: usize,
    unread_keys: usize,
}

/// Why a contract or an asset cannot be read and is left out.
#[derive(Debug)]
pub struct Unread {
    /// The finding that it becomes, an error.
    pub code: FindingCode,
    /// The bytes that cannot be read.
    pub span: Span,
    /// The tier, counted from 1, where it is about one.
    pub tier: Option<usize>,
    /// Why, without the name of the contract.
    pub why: String,
}

impl Unread {
    /// A value that is not what it should be.
    pub fn new(span: Span, why: impl Into<String>) -> Unread {
        Unread { code: FindingCode::UnreadText, span, tier: None, why: why.into() }
    }

    /// The same under another code.
    pub fn with_code(self, code: FindingCode) -> Unread {
        Unread { code, ..self }
    }

    /// The same, about a tier, counted from 1.
    pub fn in_tier(self, number: usize) -> Unread {
        Unread { tier: Some(number), ..self }
    }
}

impl ExchangeReader {
    /// Nothing read yet, of a document of that market.
    pub fn of(market: &Market) -> ExchangeReader {
        ExchangeReader { market: market.clone(), ..ExchangeReader::default() }
    }

    /// How far the reading is.
    pub fn progress(&self) -> Progress {
        let (statements, findings) = (self.statements.len(), self.findings.len());
        Progress { statements, findings, unread_keys: self.unread_key_count }
    }

    /// Takes out the statement that was read since `before`, if nothing else was found.
    pub fn only_statement_since(&mut self, before: Progress) -> Option<DraftStatement> {
        let with_one = Progress { statements: before.statements + 1, ..before };
        if self.progress() == with_one { self.statements.pop() } else { None }
    }

    /// Adds what was read of a contract or asset, or the error why it is left out.
    pub fn add(&mut self, name: &str, read: Result<DraftStatement, Unread>) {
        match read {
            Ok(statement) => self.statements.push(statement),
            Err(unread) => self.leave_out(name, unread),
        }
    }

    /// Adds the error why something is left out.
    pub fn leave_out(&mut self, name: &str, unread: Unread) {
        let tier = unread.tier.map_or(String::new(), |tier| format!(", tier {tier}"));
        let message = format!("{}{tier}: {}", quoted(name), unread.why);
        self.findings.push(about(name, Finding::new(unread.code, unread.span, message)));
    }

    /// Reports a key that is neither read nor ignored on purpose, once for each document. After [`limits::UNREAD_KEYS`] that
    /// there are more is reported.
    pub fn unread_key(&mut self, field: &JsonField) {
        self.unread_key_count += 1;
        if self.unread_keys.len() > limits::UNREAD_KEYS || !self.unread_keys.insert(field.key.to_string()) {
            return;
        }
        let message = match self.unread_keys.len() > limits::UNREAD_KEYS {
            false => format!("key `{}` is unknown and ignored", quoted(&field.key)),
            true => format!(
                "more than {} keys are unknown and ignored; the rest is not named",
                limits::UNREAD_KEYS
            ),
        };
        self.findings.push(Finding::new(FindingCode::UnreadKey, field.value.span(), message));
    }

    /// The values of `keys` in an object; `None` for those that are absent or null. Keys that are neither
    /// among them nor `ignored` are reported.
    ///
    /// # Errors
    /// The value is not an object, or one of the keys occurs twice.
    pub fn pick<'a, const N: usize>(
        &mut self,
        object: JsonValue<'a>,
        keys: [&str; N],
        ignored: &[&str],
    ) -> Result<[Option<JsonValue<'a>>; N], Unread> {
        let fields = fields_of(object)?;
        let mut found = [None; N];
        for field in &fields {
            match keys.iter().position(|key| *key == field.key) {
                Some(index) if found[index].is_some() => return Err(duplicate_key(field, keys[index])),
                Some(index) => found[index] = Some(field.value).filter(|value| !value.is_null()),
                None if ignored.contains(&field.key.as_ref()) => {}
                None => self.unread_key(field),
            }
        }
        Ok(found)
    }
}

/// The fields of an object.
///
/// # Errors
/// The value is not an object.
pub fn fields_of(value: JsonValue<'_>) -> Result<Vec<JsonField<'_>>, Unread> {
    let not_object = || Unread::new(value.span(), format!("{} is not an object", value.named()));
    value.fields().ok_or_else(not_object)
}

/// The values of the list under `key`.
///
/// # Errors
/// The value is not a list.
pub fn items_of<'a>(value: JsonValue<'a>, key: &str) -> Result<Vec<JsonValue<'a>>, Unread> {
    let not_list = || Unread::new(value.span(), format!("`{key}` is {}, not a list", value.named()));
    value.items().ok_or_else(not_list)
}

/// The error of a key that has the same meaning as `other`.
pub fn duplicate_key(field: &JsonField, other: &str) -> Unread {
    let why = match field.key == other {
        true => format!("key `{other}` occurs twice"),
        false => format!("`{}` and `{other}` have the same meaning; only one of them is allowed", field.key),
    };
    Unread::new(field.value.span(), why)
}

/// A finding about a contract, an asset or the document.
pub fn about(name: &str, finding: Finding) -> Finding {
    Finding { subjects: vec![quoted(name).into_owned()], ..finding }
}
