//! From a transaction to its frame.

use std::collections::HashMap;
use std::io::Write;
use std::sync::Arc;

use serde::Serialize;

use super::form::{NO_HASH, chained};
use super::frames;
use super::lost::LostV1;
use super::parts::{DOCUMENT, FORMAT, FormerV2, HeaderV2, LinkV2, PartV2, PieceV2, PlacedTableV2};
use super::pieces::Document;
use super::stored::{Bases, Fragment, Sought, Stored};
use crate::limits;
use crate::statement::Sha256;
use crate::store::schema::scalars::{HashV1, SpanV1, TimestampV1};
use crate::store::schema::{ClaimV1, HeaderV1, PlacedRuleV1, StatementV1, TransactionV1};
use crate::store::{layout, merkle};

/// The bytes of a frame, and what follows from them.
pub(super) struct Frame {
    pub bytes: Vec<u8>,
    pub root: Sha256,
    pub hash: Sha256,
    /// The bytes that it uses of each base.
    pub used: Vec<u64>,
    pub stored: Arc<Stored>,
}

/// The first frame, of transaction 0.
///
/// # Errors
/// There is not enough memory.
pub(super) fn first(header: &HeaderV1, former: Option<FormerV2>) -> Result<Frame, String> {
    let mut content = Content::default();
    content.leaf(header)?;
    if let Some(former) = former {
        content.leaf(&PartV2::Former(former))?;
    }
    content.frame(NO_HASH, &Bases::default(), Vec::new(), Stored::default())
}

/// Refuses a transaction that nobody reads.
///
/// # Errors
/// It has more than [`limits::JOURNAL_LINE_BYTES`], in words.
pub(super) fn check_length(bytes: usize) -> Result<(), String> {
    let most = limits::JOURNAL_LINE_BYTES;
    if bytes <= most {
        return Ok(());
    }
    Err(format!("the transaction has {bytes} bytes, more than the limit of {most}"))
}

/// The header of the first frame of a database.
pub(super) fn first_header(created_at: TimestampV1) -> HeaderV1 {
    HeaderV1 { tx: 0, format: FORMAT.to_string(), created_at }
}

/// The frame of a transaction that follows `previous` and may refer to `bases`.
///
/// # Errors
/// It is larger than a frame may be, in words.
pub(super) fn frame(previous: Sha256, made_by: &TransactionV1, bases: &Bases) -> Result<Frame, String> {
    let mut content = Content::default();
    let is_document = made_by.text_is_document;
    let text_sha256 =
        if is_document { made_by.source.sha256.0 } else { Sha256::of(&[made_by.text.as_bytes()]) };
    content.leaf(&HeaderV2 {
        tx: made_by.tx,
        kind: DOCUMENT.to_string(),
        recorded_at: made_by.recorded_at,
        source: made_by.source.clone(),
        published_by: made_by.published_by.clone(),
        text_is_document: is_document,
        observes: layout::observes(made_by),
        statements: made_by.statements.len(),
        leaves: leaves(made_by),
        text_sha256: HashV1(text_sha256),
    })?;
    let mut statements = Statements::new(made_by, bases);
    for statement in &made_by.statements {
        statements.add(statement)?;
    }
    let Statements { tables, stored, mut document, says, used, end, .. } = statements;
    document.push(made_by.text.get(end..).unwrap_or_default());
    content.text.extend_from_slice(&tables.lines);
    for Fragment { fragment, .. } in &stored.fragments {
        content.line(&PartV2Ref::Fragment(fragment))?;
    }
    match made_by.is_text_lost {
        true => content.line(&PartV2::LostDocument {})?,
        false => content.line(&PartV2Ref::Document(&document.pieces))?,
    }
    for part in &says {
        match part {
            Says::Line(line) => content.leaf_line(line),
            Says::Sightings { count, seen_at, leaves } => {
                content.leaves.extend(leaves);
                content.line(&PartV2::Sightings { count: *count, seen_at: *seen_at })?;
            }
        }
    }
    for listing in &made_by.complete_snapshots {
        content.leaf(&PartV2::Listing(listing.clone()))?;
    }
    for listing in &made_by.currency_snapshots {
        content.leaf(&PartV2::ListingByCurrency(listing.clone()))?;
    }
    for retraction in &made_by.retractions {
        content.leaf(&PartV2::Withdrawal(retraction.clone()))?;
    }
    for finding in &made_by.findings {
        content.leaf(&PartV2::Finding(finding.clone()))?;
    }
    content.frame(previous, bases, used, stored)
}

/// The frame of a lost transaction with this hash; the root is zeros where it is not known.
///
/// # Errors
/// There is not enough memory.
pub(super) fn lost(lost: &LostV1, root: Sha256, hash: Sha256, bases: &Bases) -> Result<Frame, String> {
    let mut content = Content::default();
    content.line(lost)?;
    content.frame_of(root, hash, bases, vec![0; bases.list.len()], Stored::default())
}

/// How many leaves a transaction has: the header, and all that it states.
fn leaves(made_by: &TransactionV1) -> usize {
    let snapshots = made_by.complete_snapshots.len() + made_by.currency_snapshots.len();
    1 + made_by.statements.len() + snapshots + made_by.retractions.len() + made_by.findings.len()
}

/// As [`PartV2`], of what is not owned.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum PartV2Ref<'a> {
    Fragment(&'a super::parts::FragmentV2),
    Document(&'a [PieceV2]),
}

/// The lines of a frame but the first, and the hashes of its leaves.
#[derive(Default)]
struct Content {
    text: Vec<u8>,
    leaves: Vec<Sha256>,
}

impl Content {
    fn line(&mut self, part: &impl Serialize) -> Result<(), String> {
        serde_json::to_writer(&mut self.text, part).map_err(|error| error.to_string())?;
        self.text.push(b'\n');
        Ok(())
    }

    fn leaf(&mut self, part: &impl Serialize) -> Result<(), String> {
        let line = serde_json::to_vec(part).map_err(|error| error.to_string())?;
        self.leaf_line(&line);
        Ok(())
    }

    fn leaf_line(&mut self, line: &[u8]) {
        self.leaves.push(merkle::leaf(&[line]));
        self.text.extend_from_slice(line);
        self.text.push(b'\n');
    }

    /// The frame of all this.
    fn frame(self, previous: Sha256, bases: &Bases, used: Vec<u64>, stored: Stored) -> Result<Frame, String> {
        let root = merkle::root(&self.leaves);
        self.frame_of(root, chained(previous, root), bases, used, stored)
    }

    fn frame_of(
        self,
        root: Sha256,
        hash: Sha256,
        bases: &Bases,
        used: Vec<u64>,
        stored: Stored,
    ) -> Result<Frame, String> {
        let places = bases.list.iter().map(|base| base.place).collect();
        let link = LinkV2 { hash: HashV1(hash), root: HashV1(root), bases: places };
        let mut text = serde_json::to_vec(&link).map_err(|error| error.to_string())?;
        text.push(b'\n');
        text.extend_from_slice(&self.text);
        check_length(text.len())?;
        Ok(Frame { bytes: frames::written(&text)?, root, hash, used, stored: Arc::new(stored) })
    }
}

/// A line that is a leaf, or observations of fragments with their leaves.
enum Says {
    Line(Vec<u8>),
    Sightings { count: usize, seen_at: TimestampV1, leaves: Vec<Sha256> },
}

/// The statements of a transaction, split into what is stored and what is referred to.
struct Statements<'a> {
    made_by: &'a TransactionV1,
    bases: &'a Bases,
    /// Whether the document is cut into fragments: only what shows what was in force comes again.
    is_cut: bool,
    tables: Tables<'a>,
    stored: Stored,
    /// The new fragments by their text.
    new: HashMap<&'a str, usize>,
    document: Document,
    says: Vec<Says>,
    used: Vec<u64>,
    /// Up to where the document is in `document`.
    end: usize,
    buffer: Vec<u8>,
}

impl<'a> Statements<'a> {
    fn new(made_by: &'a TransactionV1, bases: &'a Bases) -> Statements<'a> {
        let rules = made_by.rules.iter().enumerate().map(|(place, named)| (named.id.0, place)).collect();
        Statements {
            made_by,
            bases,
            is_cut: layout::observes(made_by),
            tables: Tables { made_by, bases, rules, hashes: HashMap::new(), lines: Vec::new() },
            stored: Stored::default(),
            new: HashMap::new(),
            document: Document::default(),
            says: Vec::new(),
            used: vec![0; bases.list.len()],
            end: 0,
            buffer: Vec::new(),
        }
    }

    fn add(&mut self, statement: &'a StatementV1) -> Result<(), String> {
        if let ClaimV1::Observation { seen_at, rule: Some(placed) } = &statement.claim
            && let Some(text) = self.fragment_text(statement.span)
        {
            return self.sighting(statement, *seen_at, placed, text);
        }
        let claim = statement.claim.with_rule(|placed| {
            let table = HashV1(self.tables.named(placed, false, &mut self.used, &mut self.stored)?);
            let cells =
                PlacedTableV2::relative(&placed.cells, statement.span).map(Iterator::collect).collect();
            Ok::<_, String>(PlacedTableV2 { table, cells })
        })?;
        let stated = StatementV1 { subject: statement.subject.clone(), claim, span: statement.span };
        let line = serde_json::to_vec(&PartV2::Statement(stated)).map_err(|error| error.to_string())?;
        self.says.push(Says::Line(line));
        Ok(())
    }

    /// The text of a statement that may be a fragment of its own.
    fn fragment_text(&self, span: SpanV1) -> Option<&'a str> {
        let (start, end) = (usize::try_from(span.0).ok()?, usize::try_from(span.1).ok()?);
        let text = self.made_by.text.get(start..end)?;
        let is_next = start >= self.end && self.made_by.text.is_char_boundary(self.end);
        (self.is_cut && is_next && text.len() >= limits::JOURNAL_FRAGMENT_BYTES).then_some(text)
    }

    fn sighting(
        &mut self,
        statement: &'a StatementV1,
        seen_at: TimestampV1,
        placed: &'a PlacedRuleV1,
        text: &'a str,
    ) -> Result<(), String> {
        let span = statement.span;
        let known = self.bases.table(&placed.id.0).map(|(_, _, hash)| hash);
        let of = |table| Sought { text, subject: &statement.subject, table, cells: &placed.cells, span };
        let found = known.and_then(|table| self.bases.fragment(&of(table)));
        let (base, number) = match found {
            Some(found) => found,
            None => {
                let table = self.tables.named(placed, true, &mut self.used, &mut self.stored)?;
                (self.bases.list.len(), self.new_fragment(&of(table))?)
            }
        };
        let stored = self.bases.list.get(base).map_or(&self.stored, |base| &*base.stored);
        let rule = stored.fragments.get(number).map_or("", |fragment| fragment.rule.as_str());
        let leaf = sighting_leaf(&mut self.buffer, &statement.subject, seen_at, rule, span)?;
        if let Some(used) = self.used.get_mut(base) {
            *used += text.len() as u64;
        }
        self.document.push(self.made_by.text.get(self.end..span.0 as usize).unwrap_or_default());
        self.document.refer(base, number);
        self.end = span.1 as usize;
        match self.says.last_mut() {
            Some(Says::Sightings { count, seen_at: at, leaves }) if *at == seen_at => {
                *count += 1;
                leaves.push(leaf);
            }
            _ => self.says.push(Says::Sightings { count: 1, seen_at, leaves: vec![leaf] }),
        }
        Ok(())
    }

    fn new_fragment(&mut self, sought: &Sought<'a>) -> Result<usize, String> {
        if let Some(number) = self.new.get(sought.text)
            && self.stored.fragments.get(*number).is_some_and(|fragment| sought.is(&fragment.fragment))
        {
            return Ok(*number);
        }
        let number = self.stored.fragments.len();
        self.stored.add_fragment(sought.fragment())?;
        self.new.insert(sought.text, number);
        Ok(number)
    }
}

/// The leaf of an observation of a fragment: that of the statement with its table and cells.
pub(super) fn sighting_leaf(
    buffer: &mut Vec<u8>,
    subject: &str,
    seen_at: TimestampV1,
    rule: &str,
    span: SpanV1,
) -> Result<Sha256, String> {
    buffer.clear();
    buffer.extend_from_slice(br#"{"statement":{"subject":"#);
    serde_json::to_writer(&mut *buffer, subject).map_err(|error| error.to_string())?;
    let (start, end, seen_at) = (span.0, span.1, seen_at.0);
    write!(
        buffer,
        r#","claim":{{"sighting":{{"seen_at":"{seen_at}","rule":{rule}}}}},"span":[{start},{end}]}}}}"#
    )
    .map_err(|error| error.to_string())?;
    Ok(merkle::leaf(&[buffer]))
}

/// The tables that a frame names: their hashes, and the lines that state them.
struct Tables<'a> {
    made_by: &'a TransactionV1,
    bases: &'a Bases,
    /// By id: their places in the transaction.
    rules: HashMap<Sha256, usize>,
    /// By id: the hash, and whether the frame itself stores it.
    hashes: HashMap<Sha256, (Sha256, bool)>,
    lines: Vec<u8>,
}

impl Tables<'_> {
    /// The hash of a table. What a fragment needs is stored in the same frame, so that reading a fragment needs
    /// one frame only.
    fn named(
        &mut self,
        placed: &PlacedRuleV1,
        for_fragment: bool,
        used: &mut [u64],
        stored: &mut Stored,
    ) -> Result<Sha256, String> {
        let id = placed.id.0;
        match self.hashes.get(&id) {
            Some((hash, is_stored)) if *is_stored || !for_fragment => return Ok(*hash),
            _ => {}
        }
        let fail = |error: serde_json::Error| error.to_string();
        if let (false, Some((base, number, hash))) = (for_fragment, self.bases.table(&id)) {
            serde_json::to_writer(&mut self.lines, &PartV2::TableOf(base, number)).map_err(fail)?;
            self.lines.push(b'\n');
            if let Some(used) = used.get_mut(base) {
                *used += 1;
            }
            self.hashes.insert(id, (hash, false));
            return Ok(hash);
        }
        let place = self.rules.get(&id).and_then(|place| self.made_by.rules.get(*place));
        let rule = &place.ok_or_else(|| format!("the rule {id} is missing"))?.rule;
        let json = serde_json::to_vec(rule).map_err(fail)?;
        self.lines.extend_from_slice(br#"{"table":"#);
        self.lines.extend_from_slice(&json);
        self.lines.extend_from_slice(b"}\n");
        let hash = stored.add_table(rule.clone(), &json)?;
        self.hashes.insert(id, (hash, true));
        Ok(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_of_the_most_bytes_is_written_and_one_byte_more_is_refused() {
        let most = limits::JOURNAL_LINE_BYTES;
        assert_eq!(check_length(most), Ok(()));
        let over = check_length(most + 1).unwrap_err();
        assert_eq!(over, format!("the transaction has {} bytes, more than the limit of {most}", most + 1));
        let content = Content { text: vec![b' '; most], leaves: Vec::new() };
        let refused = content.frame(NO_HASH, &Bases::default(), Vec::new(), Stored::default());
        assert!(refused.err().unwrap().ends_with(&format!("more than the limit of {most}")));
    }
}
