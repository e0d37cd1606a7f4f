//! An explanation for people: the question as resolved, the answer, the winner's own words, and every
//! candidate.

use crate::query::rows::Explanation;
use crate::query::rows::explanation::Candidate;
use crate::render::card;
use crate::render::style::OutputStyle;

/// The text of an explanation, with its answer as already drawn.
pub fn text(explanation: &Explanation, answer: &str, style: OutputStyle) -> String {
    let mut text = format!("{}\n{answer}", card::heading(&explanation.question, style));
    for winner in explanation.winner.iter().chain(&explanation.class_winner) {
        let place = format!("(statement {}, tx {}, hash {})", winner.statement, winner.tx, winner.hash);
        text += &format!("\n{}", card::heading(&format!("in the words of the source {place}"), style));
        // The row that answers is enough; a whole table is quoted only where the whole table was asked for.
        if winner.row_words.is_empty() {
            text += &format!("  bytes {}: {}\n", winner.span, winner.words.replace('\n', "\n  "));
        }
        for row in &winner.row_words {
            text += &format!("  {row}\n");
        }
        for finding in &winner.findings {
            let line = format!("{} ({})", finding.message, finding.code.as_str());
            text += &card::detail(finding.code.severity().name(), &line, style);
        }
    }
    text += "\nconsidered\n";
    let subject = |candidate: &Candidate| candidate.recorded.statement.subject.clone();
    let several = explanation.candidates.windows(2).any(|pair| subject(&pair[0]) != subject(&pair[1]));
    for candidate in &explanation.candidates {
        let (recorded, claim) = (&candidate.recorded, &candidate.recorded.statement.claim);
        let of = if several { format!("{} ", subject(candidate)) } else { String::new() };
        let line = format!(
            "{of}{} ({}, published {}, recorded {}, tx {}): {}: {}",
            claim.valid_at(),
            recorded.id,
            recorded.published_at,
            recorded.recorded_at,
            recorded.tx,
            candidate.outcome,
            candidate.because
        );
        text += &card::detail(claim.kind(), &line, style);
    }
    text
}
