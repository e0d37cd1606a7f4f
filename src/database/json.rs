//! What loading, verifying and reading found, as the JSON of the commands. The names of the fields are a contract with
//! scripts.

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::database::editions::Edition;
use crate::database::load::{DocumentSummary, FileOutcome, FileReport};
use crate::error::Error;
use crate::finding::Severity;
use crate::ingest::{DraftClaim, DraftStatement, OtherTopic};
use crate::query::rows::TierView;
use crate::store::{LostTransaction, Verified};

impl Serialize for FileReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (outcome, summary, tx, error) = match &self.outcome {
            FileOutcome::Loaded(summary, tx) => ("loaded", Some(summary), Some(tx.0), None),
            FileOutcome::Readable(summary) => ("readable", Some(summary), None, None),
            FileOutcome::AlreadyLoaded(_, tx) => ("already_loaded", None, Some(tx.0), None),
            FileOutcome::NoRule(summary, _) => ("no_rule", Some(summary), None, None),
            FileOutcome::Refused(summary, error) => ("refused", Some(summary), None, Some(error)),
            FileOutcome::Unreadable(error) => ("unreadable", None, None, Some(error)),
        };
        let source = match &self.outcome {
            FileOutcome::AlreadyLoaded(source, _) => Some(source.to_string()),
            _ => summary.map(|summary| summary.source.to_string()),
        };
        let topic = match &self.outcome {
            FileOutcome::NoRule(_, topic) => topic.map(OtherTopic::name),
            _ => None,
        };
        let publication = summary.and_then(|summary| summary.publication);
        let unread = |summary: &DocumentSummary| {
            summary.findings.iter().filter(|finding| finding.code.severity() == Severity::Error).count()
        };
        json!({
            "file": self.path.display().to_string(),
            "outcome": outcome,
            "topic": topic,
            "source": source,
            "tx": tx,
            "title": summary.map(|summary| summary.title.clone()),
            "published_at": publication.map(|(at, _)| at.to_string()),
            "precision": publication.map(|(_, precision)| precision.name()),
            "published_by": summary.map(|summary| summary.origin.name()),
            "statements": summary.map(|summary| summary.statements),
            "unread": summary.map(unread),
            "findings": summary.map(|s| &s.findings),
            "left_out": summary.map(|s| &s.left_out),
            "editions": summary.map(|s| s.editions.iter().map(edition_as_json).collect::<Vec<_>>()),
            "mistake": error.map(error_as_json),
        })
        .serialize(serializer)
    }
}

fn edition_as_json(edition: &Edition) -> Value {
    json!({
        "older": edition.older.id.as_str(),
        "file": edition.older.file,
        "revised": edition.is_revised,
        "differences": edition.differences,
    })
}

fn error_as_json(error: &Error) -> Value {
    json!({"code": error.code().as_str(), "message": error.message(), "hints": error.hints()})
}

impl Serialize for Verified {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        json!({
            "transactions": self.transactions,
            "statements": self.statements,
            "tx": self.head.tx.0,
            "hash": self.head.hash.to_string(),
            "found": self.found.map(|found| json!({
                "tx": found.tx.0,
                "recorded_at": found.recorded_at.map(|at| at.to_string()),
                "later": self.later(found),
            })),
            "lost": self.lost,
            "without_text": self.without_text,
            "problems": self.problems,
            "notes": self.notes,
        })
        .serialize(serializer)
    }
}

impl Serialize for LostTransaction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        json!({
            "tx": self.tx,
            "hash": self.hash.to_string(),
            "hash_from": self.hash_from,
            "confirmed": self.is_confirmed,
            "linked": self.is_linked,
            "recorded_at": self.recorded_at.map(|at| at.to_string()),
            "source": self.source.as_ref().map(|(id, _)| id.to_string()),
            "file": self.source.as_ref().map(|(_, file)| file),
        })
        .serialize(serializer)
    }
}

impl Serialize for DraftStatement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (valid_at, rollout) = match &self.claim {
            DraftClaim::Change { effective_at, rollout, .. }
            | DraftClaim::Conversion { effective_at, rollout } => {
                (Some(*effective_at), Some(rollout.micros() / 1_000_000))
            }
            DraftClaim::Previous { effective_at, .. }
            | DraftClaim::End { effective_at }
            | DraftClaim::Launch { effective_at, .. } => (Some(*effective_at), None),
            DraftClaim::Observation { seen_at, .. } => (*seen_at, None),
            DraftClaim::Postponed { to, .. } => (*to, None),
        };
        let max_leverage = match &self.claim {
            DraftClaim::Launch { max_leverage, .. } => *max_leverage,
            claim => claim.rule().and_then(|rule| rule.highest_leverage()),
        };
        let postponed_from = match &self.claim {
            DraftClaim::Postponed { from, .. } => *from,
            _ => None,
        };
        let tiers: Vec<TierView> = self.claim.rule().map(TierView::all).unwrap_or_default();
        json!({
            "subject": self.subject,
            "kind": self.claim.kind(),
            "valid_at": valid_at,
            "rollout_seconds": rollout,
            "max_leverage": max_leverage,
            "postponed_from": postponed_from,
            "tiers": tiers,
            "span": self.span,
        })
        .serialize(serializer)
    }
}
