//! From a frame to its transaction.

use std::collections::HashMap;
use std::sync::Arc;

use super::encode::sighting_leaf;
use super::form::{NO_HASH, chained};
use super::header::{Header, Wrong, header};
use super::parts::{LinkV2, PartV2, PieceV2, PlacedTableV2};
use super::pieces;
use super::stored::{Fragment, Stored};
use crate::limits;
use crate::statement::Sha256;
use crate::store::merkle;
use crate::store::schema::rules::RuleV1;
use crate::store::schema::scalars::{HashV1, SpanV1, TimestampV1};
use crate::store::schema::{
    ClaimV1, CompleteSnapshotV1, CurrencySnapshotV1, FindingV1, NamedRuleV1, PlacedRuleV1, RetractionV1,
    StatementV1, TransactionV1,
};

fn damaged(why: impl Into<String>) -> Wrong {
    Wrong::Damaged(why.into())
}

/// The content of a frame.
pub(super) struct Content {
    pub link: LinkV2,
    pub header: Header,
    pub stored: Arc<Stored>,
    table_of: Vec<(usize, usize)>,
    document: Vec<PieceV2>,
    /// Whether the document is lost, and nothing else is.
    is_document_lost: bool,
    statements: Vec<Says>,
    complete_snapshots: Vec<CompleteSnapshotV1>,
    currency_snapshots: Vec<CurrencySnapshotV1>,
    retractions: Vec<RetractionV1>,
    findings: Vec<FindingV1>,
    /// The leaves before the statements, and those after them.
    leaves: (Vec<Sha256>, Vec<Sha256>),
}

/// Statements in their order.
enum Says {
    Statement(StatementV1<PlacedTableV2>, Sha256),
    Sightings(usize, TimestampV1),
}

impl Content {
    /// Reads the lines of a frame of transaction `tx`. What it refers to is not looked at yet.
    ///
    /// # Errors
    /// A line is not what it should be, or is not known.
    pub fn read(tx: u64, text: &[u8]) -> Result<Content, Wrong> {
        let text = text.strip_suffix(b"\n").ok_or_else(|| damaged("its last line has no end"))?;
        let mut lines = text.split(|byte| *byte == b'\n');
        let mut next = || lines.next().ok_or_else(|| damaged("it has too few lines"));
        let link: LinkV2 =
            serde_json::from_slice(next()?).map_err(|error| Wrong::Unknown(error.to_string()))?;
        let header_line = next()?;
        let mut content = Content {
            link,
            header: header(tx, header_line)?,
            stored: Arc::default(),
            table_of: Vec::new(),
            document: Vec::new(),
            is_document_lost: false,
            statements: Vec::new(),
            complete_snapshots: Vec::new(),
            currency_snapshots: Vec::new(),
            retractions: Vec::new(),
            findings: Vec::new(),
            leaves: (vec![merkle::leaf(&[header_line])], Vec::new()),
        };
        let mut stored = Stored::default();
        for line in lines {
            let part = serde_json::from_slice(line).map_err(|error| Wrong::Unknown(error.to_string()))?;
            content.add(part, line, &mut stored)?;
        }
        content.stored = Arc::new(stored);
        Ok(content)
    }

    fn add(&mut self, part: PartV2, line: &[u8], stored: &mut Stored) -> Result<(), Wrong> {
        let leaf = || merkle::leaf(&[line]);
        match part {
            PartV2::Table(rule) => {
                let json = line.strip_prefix(br#"{"table":"#).and_then(|json| json.strip_suffix(b"}"));
                let json = json.ok_or_else(|| damaged("a table has another form"))?;
                stored.add_table(rule, json).map_err(damaged)?;
            }
            PartV2::TableOf(base, number) => self.table_of.push((base, number)),
            PartV2::Fragment(fragment) if fragment.text.len() < limits::JOURNAL_FRAGMENT_BYTES => {
                return Err(damaged("a fragment is shorter than any"));
            }
            PartV2::Fragment(fragment) => stored.add_fragment(fragment).map_err(damaged)?,
            PartV2::Document(pieces) => self.document.extend(pieces),
            PartV2::LostDocument {} => self.is_document_lost = true,
            PartV2::Sightings { count, seen_at } => self.statements.push(Says::Sightings(count, seen_at)),
            PartV2::Statement(statement) => self.statements.push(Says::Statement(statement, leaf())),
            PartV2::Former(former) => {
                self.leaves.0.push(leaf());
                match &mut self.header {
                    Header::First(_, place) => *place = Some(former),
                    _ => return Err(damaged("it has the hashes of another chain")),
                }
            }
            PartV2::Listing(listing) => {
                self.leaves.1.push(leaf());
                self.complete_snapshots.push(listing);
            }
            PartV2::ListingByCurrency(listing) => {
                self.leaves.1.push(leaf());
                self.currency_snapshots.push(listing);
            }
            PartV2::Withdrawal(retraction) => {
                self.leaves.1.push(leaf());
                self.retractions.push(retraction);
            }
            PartV2::Finding(finding) => {
                self.leaves.1.push(leaf());
                self.findings.push(finding);
            }
        }
        Ok(())
    }

    /// Whether anything of a base of the link is used. A fragment has its table in its own frame.
    pub fn uses(&self, base: usize) -> bool {
        let is_run = |piece: &PieceV2| matches!(piece, PieceV2::Run(run) if run.0 == base);
        self.document.iter().any(is_run) || self.table_of.iter().any(|(of, _)| *of == base)
    }

    /// What the frame refers to, once it is there: one for each base of the link. One that is not used may be empty.
    ///
    /// # Errors
    /// The content does not have its hash, which follows `previous`, or refers to what is not there.
    pub fn checked(self, previous: Sha256, bases: Vec<Arc<Stored>>) -> Result<Decoded, Wrong> {
        let decoded = self.with_bases(bases).map_err(damaged)?;
        if let Header::Lost(_) = &decoded.content.header {
            // What had the root is lost; where it is not known, only what follows shows that the hash is right.
            let LinkV2 { hash, root, .. } = &decoded.content.link;
            let is_right = root.0 == NO_HASH || hash.0 == chained(previous, root.0);
            return if is_right { Ok(decoded) } else { Err(damaged("its root does not match its hash")) };
        }
        let leaves = decoded.leaves().map_err(damaged)?;
        if let Header::Document(header) = &decoded.content.header
            && (header.leaves, header.statements)
                != (leaves.len(), leaves.len() - 1 - decoded.content.leaves.1.len())
        {
            return Err(damaged("it has not as many parts as it states"));
        }
        let root = merkle::root(&leaves);
        let link = &decoded.content.link;
        if link.root.0 != root || link.hash.0 != chained(previous, root) {
            return Err(damaged("the content does not match its hash"));
        }
        Ok(decoded)
    }

    /// The frame with what it refers to; its hash is not looked at.
    ///
    /// # Errors
    /// A fragment is missing, in words.
    pub fn with_bases(self, bases: Vec<Arc<Stored>>) -> Result<Decoded, String> {
        let length = |base, number| Some(self.fragment(&bases, base, number)?.fragment.text.len());
        Ok(Decoded { fragments: pieces::placed(&self.document, length)?, bases, content: self })
    }

    fn fragment<'a>(&'a self, bases: &'a [Arc<Stored>], base: usize, number: usize) -> Option<&'a Fragment> {
        let stored = if base == bases.len() { &self.stored } else { bases.get(base)? };
        stored.fragments.get(number)
    }
}

/// A frame that has its hash, and what it refers to.
pub(super) struct Decoded {
    pub content: Content,
    bases: Vec<Arc<Stored>>,
    fragments: Vec<(usize, usize, SpanV1)>,
}

impl Decoded {
    /// The hashes of the leaves.
    ///
    /// # Errors
    /// The statements do not agree with the document, in words.
    pub fn leaves(&self) -> Result<Vec<Sha256>, String> {
        let mut leaves = self.content.leaves.0.clone();
        let mut buffer = Vec::new();
        self.each_statement(|statement| {
            leaves.push(match statement {
                Stated::Statement(_, leaf) => leaf,
                Stated::Sighting(fragment, seen_at, span) => {
                    let subject = &fragment.fragment.subject;
                    sighting_leaf(&mut buffer, subject, seen_at, &fragment.rule, span)?
                }
            });
            Ok(())
        })?;
        leaves.extend(&self.content.leaves.1);
        Ok(leaves)
    }

    fn each_statement<'a>(
        &'a self,
        mut each: impl FnMut(Stated<'a>) -> Result<(), String>,
    ) -> Result<(), String> {
        let mut fragments = self.fragments.iter();
        for says in &self.content.statements {
            match says {
                Says::Statement(statement, leaf) => each(Stated::Statement(statement, *leaf))?,
                Says::Sightings(count, seen_at) => {
                    for _ in 0..*count {
                        let (base, number, span) = fragments.next().ok_or("a fragment is missing")?;
                        let fragment = self.content.fragment(&self.bases, *base, *number);
                        each(Stated::Sighting(fragment.ok_or("a fragment is missing")?, *seen_at, *span))?;
                    }
                }
            }
        }
        Ok(())
    }

    /// What each base of the link stores.
    pub fn bases(&self) -> &[Arc<Stored>] {
        &self.bases
    }

    /// The bytes that the frame uses of each base, and whether it uses a table of it.
    pub fn used(&self) -> Vec<u64> {
        let mut used = vec![0; self.bases.len()];
        for (base, _, span) in &self.fragments {
            if let Some(used) = used.get_mut(*base) {
                *used += span.1 - span.0;
            }
        }
        for (base, _) in &self.content.table_of {
            if let Some(used) = used.get_mut(*base) {
                *used += 1;
            }
        }
        used
    }

    /// The transaction.
    ///
    /// # Errors
    /// The document does not have its hash, or a table is missing, in words.
    pub fn transaction(&self) -> Result<TransactionV1, String> {
        if self.content.is_document_lost {
            return self.without_text();
        }
        let text = self.text()?;
        match &self.content.header {
            Header::Document(header) if Sha256::of(&[text.as_bytes()]) != header.text_sha256.0 => {
                Err("the document does not have its hash".to_string())
            }
            _ => self.made(text, false),
        }
    }

    /// The transaction without the text of its document, which is lost.
    ///
    /// # Errors
    /// A table is missing, in words.
    pub fn without_text(&self) -> Result<TransactionV1, String> {
        self.made(String::new(), true)
    }

    fn made(&self, text: String, is_text_lost: bool) -> Result<TransactionV1, String> {
        let header = match &self.content.header {
            Header::Document(header) => header,
            Header::Lost(lost) => return Ok(lost.transaction(self.content.link.hash.0)),
            Header::First(..) => return Err("it is the first one, which has no document".to_string()),
        };
        let mut tables = self.tables()?;
        let mut statements = Vec::new();
        self.each_statement(|stated| {
            statements.push(match stated {
                Stated::Statement(statement, _) => {
                    let claim = statement.claim.with_rule(|rule| tables.placed(rule, statement.span))?;
                    StatementV1 { subject: statement.subject.clone(), claim, span: statement.span }
                }
                Stated::Sighting(Fragment { fragment, .. }, seen_at, span) => {
                    let rule = Some(tables.placed(&fragment.rule, span)?);
                    let claim = ClaimV1::Observation { seen_at, rule };
                    StatementV1 { subject: fragment.subject.clone(), claim, span }
                }
            });
            Ok(())
        })?;
        let content = &self.content;
        Ok(TransactionV1 {
            tx: header.tx,
            recorded_at: header.recorded_at,
            source: header.source.clone(),
            rules: tables.named,
            statements,
            complete_snapshots: content.complete_snapshots.clone(),
            currency_snapshots: content.currency_snapshots.clone(),
            retractions: content.retractions.clone(),
            findings: content.findings.clone(),
            text_is_document: header.text_is_document,
            published_by: header.published_by.clone(),
            text,
            is_text_lost,
        })
    }

    /// The document.
    fn text(&self) -> Result<String, String> {
        let mut text = String::new();
        for piece in &self.content.document {
            match piece {
                PieceV2::Text(piece) => text.push_str(piece),
                PieceV2::Run(run) => {
                    for number in run.1..run.1.saturating_add(run.2) {
                        if number > run.1 {
                            text.push_str(&run.3);
                        }
                        let fragment = self.content.fragment(&self.bases, run.0, number);
                        text.push_str(&fragment.ok_or("a fragment is missing")?.fragment.text);
                    }
                }
            }
        }
        Ok(text)
    }

    /// The tables that a statement may name.
    fn tables(&self) -> Result<Tables<'_>, String> {
        let all = self.bases.iter().chain([&self.content.stored]).flat_map(|stored| &stored.tables);
        let by_hash = all.map(|table| (table.hash, (HashV1(table.id), &table.rule))).collect();
        let is_missing = |(base, number): &(usize, usize)| {
            self.bases.get(*base).is_none_or(|stored| stored.tables.get(*number).is_none())
        };
        if self.content.table_of.iter().any(is_missing) {
            return Err("a table is missing".to_string());
        }
        Ok(Tables { by_hash, named: Vec::new(), known: HashMap::new() })
    }
}

/// A statement, or an observation of a fragment at its place.
enum Stated<'a> {
    Statement(&'a StatementV1<PlacedTableV2>, Sha256),
    Sighting(&'a Fragment, TimestampV1, SpanV1),
}

/// Tables by their hashes, and those named so far, in the order of first use.
struct Tables<'a> {
    by_hash: HashMap<Sha256, (HashV1, &'a RuleV1)>,
    named: Vec<NamedRuleV1>,
    known: HashMap<Sha256, HashV1>,
}

impl Tables<'_> {
    fn placed(&mut self, placed: &PlacedTableV2, span: SpanV1) -> Result<PlacedRuleV1, String> {
        let hash = placed.table.0;
        let id = match self.known.get(&hash) {
            Some(id) => *id,
            None => {
                let (id, rule) =
                    self.by_hash.get(&hash).ok_or_else(|| format!("the table {hash} is missing"))?;
                self.named.push(NamedRuleV1 { id: *id, rule: (*rule).clone() });
                self.known.insert(hash, *id);
                *id
            }
        };
        Ok(PlacedRuleV1 { id, cells: placed.placed(span)? })
    }
}
