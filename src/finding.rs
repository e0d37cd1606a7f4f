//! A finding: something in a source that is wrong, odd or contradictory, kept as data beside its statements.

use crate::text::Span;

/// How bad a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Worth knowing; the reading does not depend on it.
    Note,
    /// The text breaks a law of its kind; the reading repairs it or has to be taken with care.
    Warning,
    /// Something could not be read; the document is refused unless the user allows it.
    Error,
}

impl Severity {
    /// `note`, `warning` or `error`.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

macro_rules! codes {
    ($($variant:ident $name:literal $severity:ident $meaning:literal;)*) => {
        /// What a finding is about. The names are stable: scripts and the documentation rely on them.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Code {
            $(#[doc = $meaning] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &[Code] = &[$(Code::$variant),*];

            /// The stable name, in snake case.
            pub fn name(self) -> &'static str {
                match self { $(Code::$variant => $name,)* }
            }

            /// How bad it is.
            pub fn severity(self) -> Severity {
                match self { $(Code::$variant => Severity::$severity,)* }
            }

            /// One sentence for the documentation.
            pub fn meaning(self) -> &'static str {
                match self { $(Code::$variant => $meaning,)* }
            }

            /// The code of that name.
            pub fn from_name(name: &str) -> Option<Code> {
                Code::ALL.iter().copied().find(|code| code.name() == name)
            }
        }
    };
}

codes! {
    UnreadText "unread_text" Error "Digits of a table, or text that looks like a table, ended in no statement.";
    Truncated "truncated" Error "The text ends before its own end: in a table, or without the closing date of an announcement.";
    NoSubject "no_subject" Error "A table is under no heading that names a contract or an asset.";
    NoInstant "no_instant" Error "No instant can be found at which a table takes effect.";
    SeveralInstants "several_instants" Error "More than one instant could be meant for a table.";
    UnreadRollout "unread_rollout" Error "A sentence tells how long a change takes in words that are not read.";
    CapOrder "cap_order" Error "The caps of a table do not rise, so that no reading of it is safe.";
    NotARate "not_a_rate" Error "A rate is not between 0 and 100 percent.";
    FloorNotBelowCap "floor_not_below_cap" Warning "A tier is printed with a floor at or above its cap.";
    Gap "gap" Warning "A tier is printed with a floor above the cap before it.";
    Overlap "overlap" Warning "A tier is printed with a floor below the cap before it.";
    ZeroWidthTier "zero_width_tier" Warning "Two tiers have the same cap; nothing falls into the second.";
    RateOrder "rate_order" Warning "A maintenance margin rate falls, or a collateral ratio does not fall, from one tier to the next.";
    LeverageOrder "leverage_order" Warning "Leverage does not fall from one tier to the next.";
    LeverageGap "leverage_gap" Note "The leverages of neighbouring tiers leave some out, or name some twice.";
    UnusualLeverage "unusual_leverage" Note "The highest leverage of a tier is one that the exchange hardly ever uses; a digit may be changed.";
    RoundedRate "rounded_rate" Warning "A rate of one over a leverage is printed with fewer digits than the exchange uses elsewhere.";
    UnusualRate "unusual_rate" Note "A maintenance margin rate is one that the exchange does not use for its leverage, or a collateral ratio is 0 or no multiple of 2.5 percent.";
    RateAboveMargin "rate_above_margin" Warning "A maintenance margin rate is not below the initial margin of its leverage.";
    RatioLeap "ratio_leap" Warning "A collateral ratio changes by more than 50 points.";
    DigitsInName "digits_in_name" Note "Digits glued to what follows are read as the end of a name that is printed nowhere else.";
    RankMissing "rank_missing" Warning "A side of a collateral table has no rank, though its header has a column for it.";
    RankDiffers "rank_differs" Warning "Two tables of one rank differ, though a rank stands for one table.";
    OpenEnd "open_end" Warning "The last tier of a collateral table does not end at the open end that all others have.";
    RateScale "rate_scale" Note "A rate is printed with other decimals than the rest of its table.";
    UnreadContract "unread_contract" Warning "A contract is named in the text, but no table of it was read.";
    UnusualName "unusual_name" Warning "A contract is named as none of its program is; a sign or a letter may be lost.";
    InstantForm "instant_form" Warning "An instant is printed with one digit where others have two, or is at no quarter of an hour; digits may be lost or changed.";
    UnusualRollout "unusual_rollout" Warning "A change takes a length of time that none before it took.";
    NumberForm "number_form" Warning "A number is printed with separators in unusual places.";
    SideMissing "side_missing" Note "A table or row has only one of its two sides.";
    UnmarkedCell "unmarked_cell" Note "An absent cell bears no mark; its side follows from the chains of the tiers.";
    AmbiguousSide "ambiguous_side" Warning "Two ways to share the cells between Previous and New are equally good.";
    AmbiguousSplit "ambiguous_split" Warning "Glued digits can be split in more than one good way.";
    DuplicateSubject "duplicate_subject" Warning "A subject is named twice in one list, or has two rows in one table.";
    SameInstant "same_instant" Warning "One document has two different tables for a subject at one instant.";
    DateMismatch "date_mismatch" Warning "The date printed in the text is not the day of the publication instant that was given, or a change is days before it or months behind it.";
    NoPublication "no_publication" Warning "No publication time is known; the source counts as published when it was recorded.";
    AccountBrackets "account_brackets" Error "The brackets of a contract are multiplied for one account; they are not the exchange's own.";
    AmountDiffers "amount_differs" Warning "A printed maintenance amount is not the one that floors and rates give.";
    UnifiedDiffers "unified_differs" Warning "A tool's figure differs from the exchange's own figure beside it, which is taken.";
    TierNumbers "tier_numbers" Warning "The printed numbers of the tiers of a table are not 1, 2, 3 and so on.";
    UnreadKey "unread_key" Note "A key of an exchange's reply is not one that is read.";
    MaybeRevision "maybe_revision" Warning "The document looks like a newer edition of one that is held, and says something otherwise; both count.";
    UnseenChange "unseen_change" Warning "A sighting differs from the rule held, and no change explains it.";
    UnseenEnd "unseen_end" Warning "A complete listing lacks a subject that had a rule, and no statement says when it ended.";
    NotCarriedOut "not_carried_out" Warning "The first sighting after an announced change still shows the rule before it.";
    CarriedOutOtherwise "carried_out_otherwise" Warning "No sighting shows the rule that was announced; the first one after it shows yet another.";
    AnnouncedTwice "announced_twice" Warning "Two sources announce different rules for one instant.";
    SeenTwice "seen_twice" Warning "Two sources show different rules at one instant.";
}

/// One finding.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Finding {
    /// What it is about.
    pub code: Code,
    /// What was found, with the figures, in one sentence without a full stop.
    pub message: String,
    /// The bytes of the document that it is about.
    pub span: Span,
    /// The names of the subjects concerned; empty where it concerns the document.
    pub subjects: Vec<String>,
}

impl Finding {
    /// A finding about a place of the document, concerning no subject in particular.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Finding {
        Finding { code, message: message.into(), span, subjects: Vec::new() }
    }

    /// Whether it is about a row of a statement with the span `whole`: its place touches the row, and it is not about the
    /// statement as a whole, unless that is its only row. Which subjects it concerns is not looked at.
    pub fn touches(&self, row: Span, whole: Span) -> bool {
        let place = self.span;
        place.start < row.end && row.start < place.end && (place != whole || row == whole)
    }
}
