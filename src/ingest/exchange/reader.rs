//! What the reading of one exchange document has found so far.

use std::collections::BTreeSet;

use super::json::{Field, Value, quoted};
use crate::finding::{Finding, FindingCode};
use crate::ingest::draft::DraftStatement;
use crate::limits;
use crate::text::Span;

/// The exchange whose forms are read.
pub const VENUE: &str = "binance";

/// The statements and findings of a document.
#[derive(Default)]
pub struct Reader {
    /// What was read so far.
    pub statements: Vec<DraftStatement>,
    /// What was found so far.
    pub findings: Vec<Finding>,
    unread_keys: BTreeSet<String>,
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
    pub fn coded(self, code: FindingCode) -> Unread {
        Unread { code, ..self }
    }

    /// The same, said of a tier, counted from 1.
    pub fn in_tier(self, number: usize) -> Unread {
        Unread { tier: Some(number), ..self }
    }
}

impl Reader {
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

    /// Reports a key that is neither read nor known to be idle, once for each document.
    pub fn unread_key(&mut self, field: &Field) {
        if self.unread_keys.len() < limits::UNREAD_KEYS && self.unread_keys.insert(field.key.to_string()) {
            let message = format!("key `{}` is not read, here nor below", quoted(&field.key));
            self.findings.push(Finding::new(FindingCode::UnreadKey, field.value.span(), message));
        }
    }

    /// The values of `keys` in an object; `None` for those that are absent or null. Keys that are neither among them nor
    /// `idle` are reported.
    ///
    /// # Errors
    /// The value is no object, or one of the keys stands twice.
    pub fn pick<'a, const N: usize>(
        &mut self,
        object: Value<'a>,
        keys: [&str; N],
        idle: &[&str],
    ) -> Result<[Option<Value<'a>>; N], Unread> {
        let fields = object.fields();
        let fields =
            fields.ok_or_else(|| Unread::new(object.span(), format!("{} is no object", object.named())))?;
        let mut found = [None; N];
        for field in &fields {
            match keys.iter().position(|key| *key == field.key) {
                Some(index) if found[index].is_some() => return Err(twice(field, keys[index])),
                Some(index) => found[index] = Some(field.value).filter(|value| !value.is_null()),
                None if idle.contains(&field.key.as_ref()) => {}
                None => self.unread_key(field),
            }
        }
        Ok(found)
    }
}

/// The error of a key that says once more what `other` has said.
pub fn twice(field: &Field, other: &str) -> Unread {
    let why = match field.key == other {
        true => format!("key `{other}` stands twice"),
        false => format!("`{}` and `{other}` say the same thing twice", field.key),
    };
    Unread::new(field.value.span(), why)
}

/// A finding about a contract, an asset or the document.
pub fn about(name: &str, finding: Finding) -> Finding {
    Finding { subjects: vec![quoted(name).into_owned()], ..finding }
}
