//! Table headers: found by the words that columns are named with, glued together or not.

use super::header_words::{
    is_conjunction, is_header_word, is_understood, rank_of, remark_at, side_of, unit_of, word_at, words_of,
};
use crate::ingest::scan;
use crate::text::Span;

/// The three kinds of tables.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TableKind {
    /// Leverage and margin tiers of contracts.
    Tiers,
    /// Flat collateral ratios of assets.
    Flat,
    /// Tiered collateral ratios of assets.
    Collateral,
}

/// Whether a side shows the state before or after the change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// Before.
    Previous,
    /// After.
    New,
}

impl Side {
    /// The word for it in findings.
    pub fn name(self) -> &'static str {
        match self {
            Side::Previous => "Previous",
            Side::New => "New",
        }
    }
}

/// A table header.
#[derive(Clone, PartialEq, Debug)]
pub struct Header {
    /// Its bytes.
    pub span: Span,
    /// What table it heads.
    pub kind: TableKind,
    /// The sides from left to right: one or two.
    pub sides: Vec<Side>,
    /// The currency of the bounds, where a remark in brackets names it.
    pub unit: Option<String>,
    /// The ranks that remarks in brackets name, from left to right.
    pub ranks: Vec<u32>,
}

/// The next header that starts at or after `from`, and the offset where the search for another goes on.
pub fn next(text: &str, from: usize) -> Option<Header> {
    let mut at = from;
    while let Some(start) = next_word(text, at) {
        if let Some(joint) = word_at(text, start).filter(|word| is_conjunction(word.of(text))) {
            at = joint.end;
            continue;
        }
        let run = run_at(text, start);
        if let Some(header) = run.header() {
            return Some(header);
        }
        at = run.end.max(scan::skip(text, start, char::is_alphanumeric)).max(start + 1);
    }
    None
}

/// The start of the next word of ASCII letters.
fn next_word(text: &str, at: usize) -> Option<usize> {
    text.as_bytes().get(at..)?.iter().position(u8::is_ascii_alphabetic).map(|offset| at + offset)
}

/// A run of header words and remarks.
struct HeaderRun<'a> {
    start: usize,
    end: usize,
    words: Vec<&'a str>,
    remarks: Vec<&'a str>,
}

fn run_at(text: &str, start: usize) -> HeaderRun<'_> {
    let mut run = HeaderRun { start, end: start, words: Vec::new(), remarks: Vec::new() };
    let mut lower_case_seen = false;
    loop {
        let at = scan::skip(text, run.end, |c| scan::is_blank(c) || matches!(c, '|' | '&' | '/' | '*'));
        let remark =
            remark_at(text, at).filter(|remark| !run.words.is_empty() && is_understood(remark.of(text)));
        if let Some(remark) = remark {
            run.words.extend(words_of(remark.of(text)));
            run.remarks.push(remark.of(text));
            run.end = remark.end + 1;
            continue;
        }
        let Some(word) = word_at(text, at) else { return run };
        let shouted = word.of(text).bytes().all(|b| b.is_ascii_uppercase());
        if (shouted && lower_case_seen) || !is_header_word(word.of(text)) {
            return run;
        }
        lower_case_seen |= !shouted;
        run.words.push(word.of(text));
        run.end = word.end;
    }
}

impl HeaderRun<'_> {
    fn header(&self) -> Option<Header> {
        let has = |words: &[&str]| {
            self.words.iter().any(|word| words.iter().any(|known| known.eq_ignore_ascii_case(word)))
        };
        let kind =
            if has(&["leverage"]) && has(&["position", "positions", "notional"]) && has(&["margin", "mmr"]) {
                TableKind::Tiers
            } else if !has(&["collateral"]) || !has(&["ratio", "ratios", "rate", "rates"]) {
                return None;
            } else if has(&["floor", "cap", "rank"]) {
                TableKind::Collateral
            } else if has(&["asset", "assets", "coin", "coins", "token", "tokens"])
                && self.words.iter().any(|word| side_of(word).is_some())
            {
                TableKind::Flat
            } else {
                return None;
            };
        let mut units: Vec<String> = self.remarks.iter().filter_map(|remark| unit_of(remark)).collect();
        units.dedup();
        if units.len() > 1 {
            return None;
        }
        Some(Header {
            span: Span::new(self.start, self.end),
            kind,
            sides: self.sides()?,
            unit: units.pop(),
            ranks: self.remarks.iter().filter_map(|remark| rank_of(remark)).collect(),
        })
    }

    /// The sides from left to right, as the words for them follow each other: once (`Before … After`), or
    /// once for the table and once for its columns (`Previous … New … Before … After`). A header without such
    /// words names the new state. `None` where the words contradict each other, so that no side is certain.
    fn sides(&self) -> Option<Vec<Side>> {
        let mut sides: Vec<Side> = self
            .words
            .iter()
            .filter_map(|word| side_of(word))
            .map(|side| if side == 0 { Side::Previous } else { Side::New })
            .collect();
        sides.dedup();
        match sides.len() {
            0 => Some(vec![Side::New]),
            1 => Some(sides),
            count if count % 2 == 0 => Some(sides[..2].to_vec()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glued_column_names_are_a_header_and_the_first_asset_is_not() {
        let text =
            "Coin (Pro)Before (Rank 9)After (Rank 7)Tier (USD)Collateral RatioFloorCapFloorCapUNI, TON0";
        let header = next(text, 0).expect("a header");
        assert!(header.span.of(text).ends_with("FloorCap"));
        assert_eq!(
            (header.kind, header.ranks, header.unit),
            (TableKind::Collateral, vec![9, 7], Some("USD".into()))
        );
    }

    #[test]
    fn the_order_of_sides_is_the_order_of_their_first_words() {
        let new_first =
            "New Leverage Position (SOL) Margin Rate Previous Leverage Position (SOL) Margin Rate5x";
        let header = next(new_first, 0).expect("a header");
        assert_eq!((header.sides, header.unit.as_deref()), (vec![Side::New, Side::Previous], Some("SOL")));
        let lost = "evious Leverage Tiers New Leverage Tiers Leverage Before Position Before Margin Rate Before \
                    Leverage After Position After Margin Rate After5x";
        assert!(next(lost, 0).is_none(), "new, before, after: no side is certain");
    }

    #[test]
    fn sentences_are_no_headers() {
        let prose = "# New collateral ratios, and new leverage and margin tiers, for positions in X. A lower collateral \
                     ratio lowers the maintenance margin ratio of all positions before and after.";
        assert!(next(prose, 0).is_none());
    }
}
