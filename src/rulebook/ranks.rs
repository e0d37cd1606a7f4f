//! The tables of the ranks of collateral, over all sources: one rank, one table.

use std::collections::BTreeMap;

use crate::rulebook::contradictions::{Contradicted, Contradiction};
use crate::rulebook::{Knowledge, Rulebook, Visibility};
use crate::statement::{Program, Recorded};

impl Rulebook {
    /// The statements whose table differs from that of their rank in the source published last before theirs,
    /// in order of publication; one for each rank and source, though a source gives a table to many assets.
    pub fn rank_changes(&self) -> Vec<Contradicted<'_>> {
        let mut found = Vec::new();
        let mut last: BTreeMap<u32, &Recorded> = BTreeMap::new();
        for (rank, by) in self.ranked() {
            let Some(against) = last.insert(rank, by) else { continue };
            if against.id.source != by.id.source && !by.statement.claim.same_rule(&against.statement.claim) {
                let (after, until) = (against.statement.claim.valid_at(), by.statement.claim.valid_at());
                found.push(Contradicted { how: Contradiction::RankDiffers(rank), by, against, after, until });
            }
        }
        found
    }

    /// The visible statements with a ranked table, in order of publication. Classes under cross margin are numbered
    /// otherwise, and are subjects of their own.
    fn ranked(&self) -> Vec<(u32, &Recorded)> {
        let visible = self.timelines().flat_map(|timeline| {
            let all = timeline.statements().iter();
            all.filter(|recorded| self.visibility(recorded, Knowledge::default()) == Visibility::Visible)
        });
        let rank = |recorded: &Recorded| {
            let is_ranked = recorded.statement.subject.program() == Program::PmPro;
            recorded.statement.claim.rule().filter(|_| is_ranked)?.rank()
        };
        let mut ranked: Vec<(u32, &Recorded)> =
            visible.filter_map(|recorded| Some((rank(recorded)?, recorded))).collect();
        ranked.sort_by_key(|(_, recorded)| (recorded.published_at, recorded.tx, &recorded.id));
        ranked
    }
}
