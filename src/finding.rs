//! A finding: something in a source that is wrong, suspicious or contradictory, stored as data beside its
//! statements.

use std::fmt;

use crate::text::Span;

/// How serious a finding is.
///
/// ```
/// use tierbook::{FindingCode, Severity};
/// assert_eq!(FindingCode::Truncated.severity(), Severity::Error);
/// assert!(Severity::Error > Severity::Warning);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Worth knowing; the reading does not depend on it.
    Note,
    /// The text breaks an invariant of its kind; the reading repairs it, or should be checked by a person.
    Warning,
    /// Something could not be read; the document is refused unless the user allows it.
    Error,
}

impl Severity {
    /// `note`, `warning` or `error`.
    ///
    /// ```
    /// assert_eq!(tierbook::Severity::Warning.name(), "warning");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

macro_rules! codes {
    ($($variant:ident $name:literal $severity:ident $meaning:literal $fix:literal;)*) => {
        /// What a finding is about. The names are stable: scripts and the documentation rely on them.
        ///
        /// ```
        /// use tierbook::FindingCode;
        /// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
        /// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
        /// let findings = document.findings().iter();
        /// let rounded = findings.filter(|finding| finding.code == FindingCode::RoundedRate);
        /// assert!(rounded.count() > 0);
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[non_exhaustive]
        pub enum FindingCode {
            $(#[doc = $meaning] $variant,)*
        }

        impl FindingCode {
            /// Every code, in the order of the documentation.
            pub const ALL: &[FindingCode] = &[$(FindingCode::$variant),*];

            /// The stable name, in snake case.
            ///
            /// ```
            /// assert_eq!(tierbook::FindingCode::Gap.as_str(), "gap");
            /// ```
            pub fn as_str(self) -> &'static str {
                match self { $(FindingCode::$variant => $name,)* }
            }

            /// How serious it is.
            ///
            /// ```
            /// use tierbook::{FindingCode, Severity};
            /// let refused = FindingCode::ALL.iter().filter(|code| code.severity() == Severity::Error);
            /// assert!(refused.copied().any(|code| code == FindingCode::UnreadText));
            /// ```
            pub fn severity(self) -> Severity {
                match self { $(FindingCode::$variant => Severity::$severity,)* }
            }

            /// What was found, in one sentence.
            ///
            /// ```
            /// for code in tierbook::FindingCode::ALL {
            ///     assert!(code.meaning().ends_with('.'));
            /// }
            /// ```
            pub fn meaning(self) -> &'static str {
                match self { $(FindingCode::$variant => $meaning,)* }
            }

            /// What to do about it, in one sentence or two.
            ///
            /// ```
            /// use tierbook::FindingCode;
            /// assert!(FindingCode::Truncated.fix().starts_with("Copy the whole announcement again"));
            /// ```
            pub fn fix(self) -> &'static str {
                match self { $(FindingCode::$variant => $fix,)* }
            }

            /// The code with that name.
            ///
            /// ```
            /// use tierbook::FindingCode;
            /// assert_eq!(FindingCode::from_name("gap"), Some(FindingCode::Gap));
            /// ```
            pub fn from_name(name: &str) -> Option<FindingCode> {
                FindingCode::ALL.iter().copied().find(|code| code.as_str() == name)
            }
        }
    };
}

codes! {
    UnreadText "unread_text" Error
        "Digits of a table, or text that looks like a table, became part of no statement."
        "Compare the place with the original; correct a copying error, or load the rest with `--allow-unread`.";
    Truncated "truncated" Error
        "The text ends too early: within a table, or without the closing date of an announcement."
        "Copy the whole announcement again, down to its closing date.";
    NoSubject "no_subject" Error
        "No contract or asset is named for a table."
        "Add the heading that names the contract, as the exchange prints it, or write the rule as a seed in TOML.";
    NoTimestamp "no_instant" Error
        "No effective time was found for a table."
        "Copy the sentence with the effective time (`2026-02-06 06:30 (UTC)`) too, or write the rule as a seed in TOML.";
    SeveralTimestamps "several_instants" Error
        "More than one effective time is possible for a table."
        "Load the parts of the announcement as separate files with one time each, or write the rules as a seed in TOML.";
    UnreadRollout "unread_rollout" Error
        "A sentence states how long an update takes, in words that are not understood."
        "Write the rules as a seed in TOML with `rollout`, or load the rest with `--allow-unread`.";
    CapOrder "cap_order" Error
        "The caps of a table do not rise, so that no reading of it is safe."
        "Compare the caps with the original; if the exchange printed them so, wait for its correction or a snapshot.";
    UnreadSide "unread_side" Error
        "A cell or a row inside a table cannot be read, so that its side of the contracts or assets of the table is not stored; the rest of the document is."
        "Compare the place with the original. Write the side that is named as a seed in TOML and load it, or correct a copying error.";
    NotARate "not_a_rate" Error
        "A rate is not between 0 % and 100 %."
        "Compare the rate with the original and correct a copying error.";
    FloorNotBelowCap "floor_not_below_cap" Warning
        "The printed floor of a tier is not below its cap."
        "Nothing if the caps are right: answers use the cap of the tier before as the floor. Check with a snapshot.";
    Gap "gap" Warning
        "The printed floor of a tier is above the cap of the tier before it."
        "Nothing if the caps are right: answers use the cap of the tier before as the floor. Check with a snapshot.";
    Overlap "overlap" Warning
        "The printed floor of a tier is below the cap of the tier before it."
        "Nothing if the caps are right: answers use the cap of the tier before as the floor. Check with a snapshot.";
    ZeroWidthTier "zero_width_tier" Warning
        "Two neighbouring tiers have the same cap, so that no notional is in the second."
        "Compare both caps with the original; one of them is probably a typo.";
    RateOrder "rate_order" Warning
        "A maintenance margin rate falls, or a collateral ratio does not fall, from one tier to the next."
        "Compare both rates with the original; one of them is probably a typo.";
    LeverageOrder "leverage_order" Warning
        "Leverage does not fall from one tier to the next."
        "Compare both leverages with the original; one of them is probably a typo.";
    LeverageGap "leverage_gap" Note
        "Neighbouring tiers leave out some leverages, or allow some twice."
        "Usually nothing: answers use the highest leverage of a tier. Check with a snapshot if leverage matters.";
    UnusualLeverage "unusual_leverage" Note
        "The exchange hardly ever uses the highest leverage of this tier; a digit may be wrong."
        "Compare the leverage with the original, or check with a snapshot.";
    RoundedRate "rounded_rate" Warning
        "A rate of one divided by a leverage is printed with fewer digits than the exchange uses elsewhere."
        "Check the rate with a snapshot; small differences of the margin are possible.";
    UnusualRate "unusual_rate" Note
        "The exchange does not use this maintenance margin rate with this leverage, or a collateral ratio is 0 or no multiple of 2.5 %."
        "Compare the rate with the original, or check with a snapshot.";
    RateAboveMargin "rate_above_margin" Warning
        "A maintenance margin rate is not below the initial margin rate, which is one divided by the leverage."
        "Compare rate and leverage with the original; one of them is probably a typo.";
    RatioLeap "ratio_leap" Warning
        "A collateral ratio changes by more than 50 percentage points."
        "Compare both ratios with the original; a digit may be missing.";
    DigitsInName "digits_in_name" Note
        "Digits next to other digits are read as the end of a name that the text contains nowhere else."
        "Check the name; if the digits are not part of it, separate them in the file.";
    RankMissing "rank_missing" Warning
        "One side of a collateral table has no rank, although the header has a column for it."
        "Usually nothing: ratios do not depend on the rank. Compare the table with the original.";
    RankDiffers "rank_differs" Warning
        "Two tables of the same rank differ, although a rank identifies one table."
        "Compare both tables with the original; one of them, or a rank, is probably a typo.";
    OpenEnd "open_end" Warning
        "The last tier of a collateral table has a limit, unlike those of all other tables."
        "Compare the last cap with the original; a digit may be missing.";
    RateScale "rate_scale" Note
        "A rate is printed with another number of decimals than the rest of its table."
        "Compare the rate with the original; a digit may be missing.";
    UnreadContract "unread_contract" Warning
        "The text names a contract, but no table of it was read."
        "Check whether the announcement has a table of this contract that is missing in the file.";
    UnusualName "unusual_name" Warning
        "The name of a contract is unlike all others of its program; a character may be missing."
        "Compare the name with the original; correct a copying error in the file and load it again.";
    TimestampForm "instant_form" Warning
        "A time is printed with one digit where others have two, or is not at a quarter of an hour; a digit may be wrong."
        "Compare the time with the original; correct it with `tierbook reschedule` if it is wrong.";
    UnusualRollout "unusual_rollout" Warning
        "An update is announced to take a time that no update before it took."
        "Compare the sentence with the original; a digit may be wrong.";
    NumberForm "number_form" Warning
        "A number is printed with separators in unusual places."
        "Compare the number with the original; a digit may be missing.";
    SideMissing "side_missing" Note
        "A table or a row has only one of its two sides, Previous and New."
        "Nothing if the exchange printed it so: a contract may be new, or end.";
    UnmarkedCell "unmarked_cell" Note
        "The text does not mark which cell is absent; the side of the others follows from the floors and caps."
        "Compare the row with the original; usually nothing.";
    AmbiguousSide "ambiguous_side" Warning
        "The cells fit Previous and New equally well in two ways."
        "Compare the table with the original; load a copy that keeps its columns (HTML or Markdown).";
    AmbiguousSplit "ambiguous_split" Warning
        "Digits without a separator can be split in more than one good way."
        "Compare the row with the original; load a copy that keeps its columns (HTML or Markdown).";
    DuplicateSubject "duplicate_subject" Warning
        "A contract or an asset is named twice in one list, or has two rows in one table."
        "Compare the names with the original; one of them may be a typo.";
    SameTimestamp "same_instant" Warning
        "One document has two different tables for a contract at the same time."
        "Check which table is right and retract the other statement with `tierbook retract`.";
    DateMismatch "date_mismatch" Warning
        "The date in the text is not the day of the publication time that was given, or a change is days before or months after it."
        "Check the publication time and load again with `--published-at`, or correct the change with `tierbook reschedule`.";
    NoPublication "no_publication" Warning
        "The publication time is not known; the source counts as published when it was recorded."
        "Load the document again with `--published-at`, or add the time to its file name or its front matter.";
    AccountBrackets "account_brackets" Error
        "The brackets of a contract are multiplied for one account, so that they are not the exchange's own."
        "Save the brackets from an account without a multiplier (`notionalCoef` 1), or use the public page.";
    AmountDiffers "amount_differs" Warning
        "A printed maintenance amount is not the one that follows from floors and rates."
        "Answers use the computed amount; compare floors and rates with the exchange's page.";
    UnifiedDiffers "unified_differs" Warning
        "A figure of the tool that saved the file differs from the exchange's own figure beside it, which is used."
        "Usually nothing; report it to the authors of the tool.";
    TierNumbers "tier_numbers" Warning
        "The printed numbers of the tiers of a table are not 1, 2, 3 and so on."
        "Check whether a tier is missing in the file, and save it again.";
    UnreadKey "unread_key" Note
        "The exchange's reply has a key that tierbook does not know and does not read."
        "Nothing; if the key affects margin rules, report it to the authors of tierbook.";
    MaybeRevision "maybe_revision" Warning
        "The document looks like a newer edition of a stored one, with other content; both count."
        "Read both; if the new one replaces the old one: `tierbook supersede OLD --by NEW`.";
    UnseenChange "unseen_change" Warning
        "An observation differs from the rule in force, and no announced change explains it."
        "Look for an announcement that is not loaded yet, and load it.";
    UnseenEnd "unseen_end" Warning
        "A complete snapshot lacks a contract that had a rule, and no statement states when it ended."
        "Look for the announcement of the delisting; check that the snapshot is complete.";
    NotCarriedOut "not_carried_out" Warning
        "The first observation after an announced change still shows the rule before it."
        "Look for a notice that postpones or cancels the change, and record it with `tierbook reschedule` or `retract`.";
    CarriedOutOtherwise "carried_out_otherwise" Warning
        "No observation shows the rule that was announced; the first one after it shows another."
        "Look for a correction of the announcement, and load it with `--revises SOURCE`.";
    Converted "converted" Warning
        "A pre-market contract becomes an ordinary one; exchanges often widen its tiers then without announcing it."
        "Load an observation from after the conversion.";
    ContractNotNamed "contract_not_named" Warning
        "A text ends the contracts of a token, or one that it names only in passing; which contracts it means is inferred."
        "Look whether the exchange still lists the contract, and load that list as an observation.";
    OpenStart "open_start" Warning
        "A launch is announced for some time after a time, not for a time of its own."
        "Load an observation from after the launch.";
    UnreadStart "unread_start" Error
        "A text seems to say that a contract starts, but which one, when, or with what leverage cannot be decided; it is not stored."
        "Compare the places that the message names with the original; correct a copying error in the file and load it again.";
    UnreadLeverage "unread_leverage" Warning
        "The highest leverage of a contract that starts is missing, or printed in a way that cannot be assigned to it; its launch is stored without."
        "Compare the table with the original, or load an observation from after the launch.";
    UnreadRatio "unread_ratio" Error
        "The class of an asset, or the collateral ratios of an asset or a class, cannot be read without doubt; they are not stored."
        "Compare the place with the original; correct a copying error in the file and load it again, or write the rule as a seed in TOML.";
    PlacesDiffer "places_differ" Warning
        "Two places of one text state different times or leverages of a contract or an asset; that of the sentence or list of it counts."
        "Compare both places with the original, or load an observation from after the launch.";
    AnnouncedTwice "announced_twice" Warning
        "Two sources announce different rules for the same time."
        "Check which one is right and retract the other statement with `tierbook retract`.";
    HiddenText "hidden_text" Warning
        "A style sheet of the page hides a part of it, always or under a condition."
        "Compare what was read with the page in a browser; load the text as it is copied from there if they differ.";
    SeenTwice "seen_twice" Warning
        "Two sources show different rules at the same time."
        "Check the times of both files; retract the wrong statement with `tierbook retract`.";
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One finding.
/// ```
/// use tierbook::{ReadOptions, read};
/// let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
/// let document = read(&bytes, &ReadOptions::default())?;
/// let finding = &document.findings()[0];
/// assert_eq!(finding.code.as_str(), "rounded_rate");
/// assert!(finding.span.of(document.text()).contains("16.70"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Finding {
    /// What it is about.
    pub code: FindingCode,
    /// What was found, with the figures, in one sentence without a full stop.
    pub message: String,
    /// The bytes of the document that it is about.
    pub span: Span,
    /// The names of the subjects concerned; empty where it concerns the document.
    pub subjects: Vec<String>,
}

impl FindingCode {
    /// Whether it is about one side of a table, one row, or the start of a contract, which is not stored, while the
    /// rest of the document is.
    ///
    /// ```
    /// use tierbook::FindingCode;
    /// assert!(FindingCode::UnreadSide.is_loss() && !FindingCode::UnreadText.is_loss());
    /// ```
    pub fn is_loss(self) -> bool {
        matches!(
            self,
            FindingCode::UnreadSide
                | FindingCode::CapOrder
                | FindingCode::UnreadStart
                | FindingCode::UnreadRatio
        )
    }

    /// Whether the document is refused because of it, unless the user allows it.
    pub(crate) fn refuses(self) -> bool {
        self.severity() == Severity::Error && !self.is_loss()
    }

    /// Whether what was read may be another number or another cell, so that the answers which rest on it are
    /// doubtful. Where a reading was repaired by the caps, the caps prove it.
    pub(crate) fn makes_doubtful(self) -> bool {
        matches!(
            self,
            FindingCode::UnusualRate
                | FindingCode::UnusualLeverage
                | FindingCode::LeverageGap
                | FindingCode::LeverageOrder
                | FindingCode::RateOrder
                | FindingCode::RateAboveMargin
                | FindingCode::RatioLeap
                | FindingCode::NumberForm
                | FindingCode::AmbiguousSide
                | FindingCode::AmbiguousSplit
                | FindingCode::OpenEnd
                | FindingCode::RankDiffers
                | FindingCode::AnnouncedTwice
                | FindingCode::Converted
                | FindingCode::ContractNotNamed
                | FindingCode::OpenStart
                | FindingCode::PlacesDiffer
        )
    }
}

impl Finding {
    /// A finding about a place of the document, concerning no subject in particular.
    ///
    /// ```
    /// use tierbook::{Finding, FindingCode, Span};
    /// let finding = Finding::new(FindingCode::Gap, Span::new(7, 12), "a floor is above a cap");
    /// assert!(finding.subjects.is_empty());
    /// ```
    pub fn new(code: FindingCode, span: Span, message: impl Into<String>) -> Finding {
        Finding { code, message: message.into(), span, subjects: Vec::new() }
    }

    /// Whether it is about a row of a statement with the span `whole`: its place touches the row, and it is
    /// not about the statement as a whole, unless that is its only row. Which subjects it concerns is not
    /// looked at.
    ///
    /// ```
    /// use tierbook::{Finding, FindingCode, Span};
    /// let finding = Finding::new(FindingCode::Gap, Span::new(22, 27), "a floor is above the cap before it");
    /// let (first, second, table) = (Span::new(0, 20), Span::new(20, 40), Span::new(0, 40));
    /// assert!(finding.touches(second, table) && !finding.touches(first, table));
    /// ```
    pub fn touches(&self, row: Span, whole: Span) -> bool {
        let place = self.span;
        place.start < row.end && row.start < place.end && (place != whole || row == whole)
    }
}
