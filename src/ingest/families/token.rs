//! The tokens that a document is about, where it ends their contracts without naming them.

use std::collections::BTreeSet;

use super::text;
use crate::ingest::announcement::document::Document;
use crate::ingest::scan;
use crate::limits;
use crate::statement::{Program, Subject};
use crate::text::Span;

/// Words of a title that tell that a token is replaced.
const REPLACED: [&str; 6] = ["swap", "rebrand", "redenominat", "upgrade", "migrat", "merg"];

/// The tokens whose contracts a sentence of a document ends that names none.
///
/// # Errors
/// No token is named as delisted or replaced, or two lists of them differ: as a message.
pub fn tokens(document: &Document) -> Result<Vec<Subject>, String> {
    let (listed, titled) = (listed(document), titled(&document.title));
    let names = match (&listed[..], &titled[..]) {
        ([], []) => replaced(&document.title).into_iter().collect(),
        ([], titled) => titled.to_vec(),
        (listed, []) => listed.to_vec(),
        (listed, titled) if same(listed, titled) => listed.to_vec(),
        (listed, titled) => {
            return Err(format!(
                "contracts of tokens end, but the tokens of the title ({}) are not those of the text ({})",
                quoted(titled),
                quoted(listed)
            ));
        }
    };
    let subject = |name: &String| Subject::new(&document.venue, Program::Token, name);
    let subjects: Vec<Subject> = names.iter().filter_map(subject).collect();
    if subjects.is_empty() || subjects.len() < names.len() {
        return Err("contracts end, but which ones, or of which tokens, is not understood".to_string());
    }
    Ok(subjects)
}

fn same(some: &[String], others: &[String]) -> bool {
    some.iter().collect::<BTreeSet<_>>() == others.iter().collect::<BTreeSet<_>>()
}

/// Names in a message, as far as it shows them.
fn quoted(names: &[String]) -> String {
    names.join(", ").chars().take(limits::MESSAGE_BYTES).collect()
}

/// The tokens of the list that a sentence about the following tokens announces: `Flamingo (FLM)Kadena (KDA)`.
fn listed(document: &Document) -> Vec<String> {
    let text = document.text.as_str();
    let lines = text::body_lines(document);
    let announces = |line: &Span| {
        let lower = line.of(text).to_lowercase();
        lower.contains("following") && lower.contains("token") && lower.trim_end().ends_with([':', '：'])
    };
    let Some(place) = lines.iter().position(announces) else { return Vec::new() };
    let items = lines[place + 1..].iter().map_while(|line| bracketed(line.of(text)));
    items.flatten().collect()
}

/// The symbols in the brackets of a line that ends with one; `None` for any other line.
fn bracketed(line: &str) -> Option<Vec<String>> {
    let parts = line.trim_end_matches(['.', ' ', ',', ';', '|']).strip_suffix([')', '）'])?;
    let items = parts.split([')', '）']);
    items
        .map(|item| Some(item.rsplit_once(['(', '（'])?.1.trim()).filter(|name| is_symbol(name)))
        .map(|name| name.map(str::to_string))
        .collect()
}

/// The tokens of a title: `Will Delist A, B, C on 2026-04-01`.
fn titled(title: &str) -> Vec<String> {
    let Some((_, after)) = title.split_once("Delist ") else { return Vec::new() };
    let list = after.split(" on ").next().unwrap_or("");
    let names = list.split([',', '，', '&']).flat_map(|part| part.split(" and "));
    let names: Vec<&str> = names.map(|name| name.trim_matches(scan::is_blank)).collect();
    if names.iter().all(|name| is_symbol(name)) {
        names.into_iter().map(str::to_string).collect()
    } else {
        Vec::new()
    }
}

/// The token that a title says is replaced: the first in brackets.
fn replaced(title: &str) -> Option<String> {
    let lower = title.to_lowercase();
    let is_replaced = REPLACED.iter().any(|word| lower.contains(word));
    let name = title.split_once(['(', '（'])?.1.split([')', '）']).next()?.trim();
    (is_replaced && is_symbol(name)).then(|| name.to_string())
}

/// Whether a word can be the symbol of a token.
pub fn is_symbol(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() && !c.is_ascii_lowercase())
}
