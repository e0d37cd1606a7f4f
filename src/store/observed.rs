//! What a transaction observed of each program, in short: for the curves of age, which need all observations of a
//! program.

use std::collections::BTreeMap;

use super::layout::observes;
use super::schema::scalars::HashV1;
use super::schema::{ClaimV1, CurrencySnapshotV1, TransactionV1};
use crate::statement::{Complete, ObservedProgram, ObservedTable, Sha256, SourceId, Subject, TxId, symbol};
use crate::time::ValidTime;

/// What a transaction observed of each program.
pub(super) fn observed(made_by: &TransactionV1, source: SourceId) -> BTreeMap<String, ObservedProgram> {
    let mut all: BTreeMap<String, ObservedProgram> = BTreeMap::new();
    if !observes(made_by) {
        return all;
    }
    let rules: BTreeMap<&HashV1, u64> =
        made_by.rules.iter().map(|named| (&named.id, named.rule.fingerprint())).collect();
    let snapshots = made_by.all_complete_snapshots();
    for statement in &made_by.statements {
        let ClaimV1::Observation { seen_at, rule } = &statement.claim else { continue };
        let Some((program, _)) = statement.subject.rsplit_once(':') else { continue };
        let observed = all.entry(program.to_string()).or_insert_with(|| ObservedProgram {
            source,
            tx: TxId(made_by.tx),
            complete: complete(program, &snapshots),
            tables: Vec::new(),
        });
        let subject = Subject::parse(&statement.subject);
        observed.tables.push(ObservedTable {
            seen_at: ValidTime(seen_at.0),
            subject: short(&statement.subject),
            currency: subject.as_ref().and_then(symbol::settlement).map_or(0, short),
            table: rule.as_ref().and_then(|placed| rules.get(&placed.id)).copied(),
        });
    }
    all
}

/// What complete snapshots name every subject of, of a program.
fn complete(program: &str, snapshots: &[CurrencySnapshotV1]) -> Complete {
    let of_it = |it: &&CurrencySnapshotV1| program.split_once(':') == Some((&it.venue, &it.program));
    let of_it: Vec<&CurrencySnapshotV1> = snapshots.iter().filter(of_it).collect();
    let currencies = of_it.iter().flat_map(|it| it.currencies.iter().flatten());
    let except = of_it.iter().flat_map(|it| &it.except);
    Complete {
        all: of_it.iter().any(|it| it.currencies.is_none()),
        currencies: currencies.map(|currency| short(currency)).collect(),
        except: except.map(|name| short(&format!("{program}:{name}"))).collect(),
    }
}

fn short(name: &str) -> u64 {
    Sha256::of(&[name.as_bytes()]).short()
}
