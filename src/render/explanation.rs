//! An explanation for people: the question as resolved, the answer, every candidate, and the winner's own words.

use crate::query::rows::Explanation;
use crate::render::surface::Surface;
use crate::render::table;

/// The text of an explanation, with its answer as already drawn.
pub fn text(explanation: &Explanation, answer: &str, surface: Surface) -> String {
    let mut text = format!("{}\n\n{answer}", explanation.question);
    let records = explanation.candidates.iter().map(|candidate| {
        let (recorded, claim) = (&candidate.recorded, &candidate.recorded.statement.claim);
        vec![
            recorded.id.to_string(),
            claim.kind().to_string(),
            claim.valid_at().to_string(),
            recorded.published_at.to_string(),
            recorded.recorded_at.to_string(),
            format!("{}: {}", candidate.fate, candidate.because),
        ]
    });
    let header = ["statement", "kind", "valid at", "published", "recorded", "what became of it"];
    text += "\nconsidered\n";
    text += &table::drawn(&header, records.collect(), &[], surface);
    if let Some(winner) = &explanation.winner {
        text += &format!(
            "\nin the words of the source (bytes {}, statement {}, tx {}, hash {})\n  {}\n",
            winner.span,
            winner.statement,
            winner.tx,
            winner.hash,
            winner.words.replace('\n', "\n  ")
        );
        for row in &winner.row_words {
            text += &format!("  of which the row: {row}\n");
        }
        for finding in &winner.findings {
            text += &format!(
                "  {}: {} ({})\n",
                finding.code.severity().name(),
                finding.message,
                finding.code.name()
            );
        }
    }
    text
}
