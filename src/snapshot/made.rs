//! A snapshot that is made of records in memory: the database as it would be.

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use super::loaded::Loaded;
use super::{Inner, Snapshot};
use crate::error::Result;
use crate::finding::Finding;
use crate::query::StoredRules;
use crate::rulebook::{Records, Rulebook};
use crate::statement::{Program, Sha256, SourceId, TxId};
use crate::store::Head;
use crate::time::RecordedTime;

impl Snapshot {
    /// The snapshot of a database that would have these records, the last of them recorded in this transaction. What the
    /// database has already is taken from `base`; `findings` are those of the records that it has not. The hash of its head
    /// is that of `base`: nothing is recorded.
    ///
    /// # Errors
    /// The database is damaged or gone.
    pub(crate) fn with_records(
        base: Option<&Snapshot>,
        dir: &Path,
        (tx, recorded_at): (TxId, RecordedTime),
        records: Records,
        findings: Vec<(SourceId, TxId, Finding)>,
    ) -> Result<Snapshot> {
        let stored = base.map(Snapshot::everything).transpose()?;
        let mut rules = StoredRules { tx: tx.0, sources: records.sources.clone(), ..StoredRules::default() };
        rules.findings = stored.map_or_else(Default::default, |stored| stored.findings.clone());
        for (source, tx, finding) in findings {
            rules.findings.entry(source).or_default().push((tx, finding));
        }
        rules.rulebook = Rulebook::new(records);
        let subjects = rules.rulebook.timelines().map(|it| it.subject().clone());
        let gone = base.map_or_else(Vec::new, |base| base.inner.gone.clone());
        let mut all: Vec<_> = subjects.chain(gone.iter().cloned()).collect();
        all.sort();
        all.dedup();
        let is_known = |it: &&_| gone.binary_search(*it).is_err();
        let subjects =
            all.iter().filter(is_known).filter(|it| it.program() != Program::Token).cloned().collect();
        let hash = base.map_or(Sha256([0; 32]), |base| base.head().hash);
        Ok(Snapshot {
            inner: Arc::new(Inner {
                dir: dir.to_path_buf(),
                stamp: None,
                head: Head { tx, hash, recorded_at: Some(recorded_at) },
                subjects,
                gone,
                all,
                lost: base.map_or_else(Vec::new, |base| base.lost().to_vec()),
                sources: OnceLock::from(rules.sources.clone()),
                loaded: Mutex::new(Loaded::Everything(Arc::new(rules))),
                opened: Mutex::new(None),
                handles: OnceLock::new(),
            }),
            until: None,
        })
    }
}
