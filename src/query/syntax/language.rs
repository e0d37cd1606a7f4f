//! The language, specified once: every statement here and every clause in `clause`, with its words, what it
//! takes and what it is for.
//!
//! The parser's checks, the plan, completion, messages about typos, the reference (`tierbook help language`,
//! docs/language-reference.md) and its examples are made from these tables. A new statement needs its line of
//! the grammar (`grammar/query.pest`), a row here, and the function that evaluates it (`query/eval/answer`).

pub use crate::query::syntax::clause::{Clause, ClauseRow, Value};
use crate::query::syntax::measure::{Measure, Takes};

/// What a statement is asked of.
///
/// ```
/// use tierbook::language::{Over, StatementKind};
/// let over_measures = StatementKind::ALL.iter().filter(|kind| kind.row().over == Over::Measure);
/// assert_eq!(over_measures.count(), 6);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Over {
    /// A measure of subjects.
    Measure,
    /// Subjects, at least one.
    Subjects,
    /// Subjects, or all where none is named.
    AnySubjects,
    /// A saved set of positions, which the library does not have.
    Positions,
    /// What is stored: sources, findings and names.
    Stored,
}

/// A statement and all that is known of it.
///
/// ```
/// use tierbook::language::{StatementKind, parse};
/// let row = StatementKind::Changes.row();
/// assert!(row.is_explained);
/// assert!(row.examples.iter().all(|example| parse(example).is_ok()));
/// ```
#[derive(Debug)]
pub struct StatementRow {
    /// The words that it starts with; none where a measure comes first.
    pub words: &'static str,
    /// What it is asked of.
    pub over: Over,
    /// What follows the words, in front of the clauses.
    pub form: &'static str,
    /// The clauses that it takes.
    pub clauses: &'static [Clause],
    /// Whether `explain` can come before it.
    pub is_explained: bool,
    /// What it answers.
    pub meaning: &'static str,
    /// Statements of this kind; the first is what hints show.
    pub examples: &'static [&'static str],
}

macro_rules! statements {
    ($($statement:ident $words:literal $over:ident $form:literal $explained:literal [$($clause:ident)*]
        $meaning:literal [$($example:literal)*];)*) => {
        /// A kind of statement.
        ///
        /// ```
        /// use tierbook::language::{StatementKind, parse};
        /// let statements = parse("changes; sources")?;
        /// assert_eq!(statements[0].kind, StatementKind::Changes);
        /// assert_eq!(statements[1].kind, StatementKind::Sources);
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum StatementKind {
            $(#[doc = $meaning] $statement,)*
        }

        impl StatementKind {
            /// Every kind, in the order of the documentation.
            pub const ALL: &[StatementKind] = &[$(StatementKind::$statement),*];

            /// What is known of it.
            ///
            /// ```
            /// use tierbook::language::StatementKind;
            /// assert_eq!(StatementKind::History.row().examples, ["history of ACTUSDT"]);
            /// ```
            pub fn row(self) -> &'static StatementRow {
                match self {
                    $(StatementKind::$statement => &StatementRow {
                        words: $words, over: Over::$over, form: $form, clauses: &[$(Clause::$clause),*],
                        is_explained: $explained, meaning: $meaning, examples: &[$($example),*],
                    },)*
                }
            }
        }
    };
}

statements! {
    Measure "" Measure "MEASURE of SUBJECT, …" true [At With Long Short Entry Margin AsOf KnownAt RecordedBy On AsPublished]
        "A figure, or a table, of the rule in force."
        ["mmr of ACTUSDT at 60000 as of 2026-02-06T07:00Z"];
    History "history" Subjects "of SUBJECT, …" true [Since Until KnownAt RecordedBy On]
        "The versions of the table, each with its period and the statement that set it. `until` is the first time that \
         belongs to the next version; the effect is against the version before. A version that ends with an observation, \
         and not with an announced change, was certain until it was last confirmed: after that the rule changed at a \
         time that nobody published."
        ["history of ACTUSDT"];
    MeasureHistory "history" Measure "of MEASURE of SUBJECT, …" true
        [At With Long Short Entry Margin Since Until KnownAt RecordedBy On AsPublished]
        "A measure as steps over valid time; equal neighbours are one step."
        ["history of mmr of ACTUSDT at 60000, 300000"];
    Knowledge "knowledge" Measure "of MEASURE of SUBJECT, …" true
        [At With Long Short Entry Margin AsOf By Since Until KnownAt RecordedBy On AsPublished]
        "How the answer for one time changed as more was published or, `by recorded`, as more was recorded, with the \
         sources of each step."
        ["knowledge of mmr of ACTUSDT at 60000 as of 2026-02-07"];
    Plane "plane" Measure "of MEASURE of SUBJECT, …" true [At With Long Short Entry Margin Since Until RecordedBy On AsPublished]
        "A measure over valid time and publication time at once: the areas with one answer. A line along valid time is a \
         `history` with `known at`, a line along publication time a `knowledge`. A capital letter \
         marks an area in which an answer is contradicted, doubtful or changed unseen."
        ["plane of mmr of ACTUSDT at 60000"];
    Diff "diff" Subjects "SUBJECT, …" true [At AsOf KnownAt RecordedBy Vs On]
        "The rule at two times, or in two states of knowledge, tier by tier, and what that does to the margin. Without \
         `vs` it is the rule now, or at `as of`, against that after the next announced change. A star \
         marks a tier that differs, an arrow a figure that rose or fell. The margin is compared at every bound of a tier, \
         where the two margins cross, and at the notionals after `at`. *Tightened*: the margin is higher somewhere and \
         lower nowhere (for collateral, the value is lower), or the limit falls; *loosened*: the other way round; \
         *mixed*: both; *no effect*: every answer is the same. The highest leverage decides only where margin and limit \
         stay as they are."
        ["diff ACTUSDT at 600000 as of 2026-02-06T06:00Z vs 2026-02-06T08:00Z"
         "diff ACTUSDT as of 2026-02-07 known at 2026-02-02 vs 2026-02-04"];
    Changes "changes" AnySubjects "[of SUBJECT, …]" true [Since Until By Where KnownAt RecordedBy On]
        "What changed, when, and whether that tightened or loosened the rule. The first observation of a subject is no \
         change: what is known begins there. An unseen change has the time at which it was first observed, marked \
         `(seen)`; JSON gives in `after` since when it may have been so. A condition of `where` is a measure, at a \
         notional where it needs one, with `up`, `down` or `changed`, and `by` at least that much (an amount, or a \
         percentage of the value before); or `tightened`, `loosened`, `mixed` or `no_effect`. Above a limit the margin \
         counts as unbounded, the leverage and the room as 0."
        ["changes of ACTUSDT, IPUSDT, LTC since 2026-02-01"
         "changes of *USDT where margin at 100000 up by 10% and limit down"
         "changes of A*USDT, I*USDT since 2026-02-01 until 2026-03-01 where tightened by size"];
    Upcoming "upcoming" AnySubjects "[of SUBJECT, …]" true [AsOf Within Where KnownAt RecordedBy On]
        "The announced changes that take effect later than now; with `as of V`, later than V, as known at V (or at \
         `known at`)."
        ["upcoming of ACT*, IP* as of 2026-02-04 within 3 days"
         "upcoming within 2 weeks"];
    Report "report" AnySubjects "[of SUBJECT, …]" false [Since Until KnownAt RecordedBy On]
        "What each source did, and all together. Notice is the time from publication to effect; a change is retroactive \
         where it took effect before it was published. *Not done* and *otherwise* count what a source announced and no \
         observation showed (`not_carried_out`, `carried_out_otherwise` of `findings`), *unseen* the changes that a source \
         shows and that nobody had announced. `since` and `until` count by publication."
        ["report"];
    Impact "impact" Positions "of NAME" false [AsOf KnownAt RecordedBy]
        "What each announced change that takes effect after now, or after `as of`, does to the positions of a saved set: \
         margin, leverage and liquidation price now and then, with a verdict. `tierbook positions save NAME FILE` saves a \
         set, for the user and never in the database; `tierbook impact FILE` judges a file. In the library it is \
         `Snapshot::impact`."
        ["impact of positions as of 2026-02-05 known at 2026-02-05"];
    Chart "chart" Measure "MEASURE of SUBJECT, …" false [UpTo AsOf KnownAt RecordedBy Vs On]
        "A measure over the notional or amount, drawn: `mmr`, `max leverage`, `amount` and `ratio` as steps, `margin`, \
         `initial margin`, `room` and `collateral` as lines. With `vs`, before and after in one drawing. Two subjects of one currency share a drawing. \
         What is not certain is dashed."
        ["chart mmr of ACTUSDT as of 2026-02-06T06:00Z vs 2026-02-06T08:00Z"];
    ChartHistory "chart history" Measure "of MEASURE of SUBJECT, …" false
        [At With Long Short Entry Margin Since Until KnownAt RecordedBy On AsPublished]
        "A measure over valid time, drawn, with the time of each change below. A solid line is certain; a dashed one is \
         not, and what makes it uncertain is written below. Where an observation shows a change that nobody announced, \
         and in a roll-out, both values are dashed and the interval between them is shaded; a point is an observation \
         that nothing confirms later. Where nothing is known, there is no line. The axis goes from `since` to `until`; \
         without them, from the first step to today, which is marked."
        ["chart history of mmr of ACTUSDT at 60000 until 2026-03-01"];
    ChartTiers "chart tiers" Subjects "of SUBJECT, …" false [By AsOf Since Until KnownAt RecordedBy On]
        "The whole table over valid time, drawn: the notionals or amounts of each tier as an area, shaded by its rate, or \
         `by leverage`; each interval of notionals ten times as large is equally high. A vertical line is a change: \
         `▼` is announced, `▽` announced with a roll-out, `◇` seen. What is hatched is not certain, and what makes it so is \
         written below; where there is no rule, nothing is drawn. The axis goes from `since` to `until`; without them, from \
         a year before now, or `as of`, but not before anything is known, to a little beyond the last announced change. \
         `as of` is marked, and today is, unless all three times are given: such a drawing is the same for ever. Below \
         is each version of the table, as in `history`."
        ["chart tiers of ACTUSDT as of 2026-02-05 since 2026-02-03 until 2026-02-09"];
    Subjects "subjects" Stored "[matching PATTERN]" false []
        "The stored subjects, the times of their first and newest statements, and how many statements there are."
        ["subjects matching \"A*USDT\""];
    Sources "sources" Stored "" false []
        "The stored documents: id, publication, when recorded, how many statements and findings."
        ["sources"];
    Source "source" Stored "ID" false []
        "One document and its statements; ID is the first digits of its id, or the name of the file."
        ["source ee2413"];
    Findings "findings" Stored "[of SUBJECT, … | in ID]" false []
        "What was wrong or unexpected in the documents; announcements.md lists the codes. The sources are also compared: \
         an observation of another rule than the one known until then is an `unseen_change`, or `not_carried_out` where \
         an announcement had stated otherwise."
        ["findings of ACTUSDT"];
}

impl StatementKind {
    /// The kind that starts with those words; `over_measure` tells apart the two kinds of `history`.
    ///
    /// ```
    /// use tierbook::language::StatementKind;
    /// assert_eq!(StatementKind::of("history", false), Some(StatementKind::History));
    /// assert_eq!(StatementKind::of("history", true), Some(StatementKind::MeasureHistory));
    /// ```
    pub fn of(words: &str, over_measure: bool) -> Option<StatementKind> {
        let mut named = StatementKind::ALL.iter().copied().filter(|kind| kind.row().words == words);
        let is_measure = |kind: &StatementKind| kind.row().over == Over::Measure;
        named.clone().find(|kind| is_measure(kind) == over_measure).or_else(|| named.next())
    }

    /// The words that it starts with; `a measure` where a measure comes first.
    ///
    /// ```
    /// use tierbook::language::StatementKind;
    /// assert_eq!(StatementKind::Measure.name(), "a measure");
    /// assert_eq!(StatementKind::Diff.name(), "diff");
    /// ```
    pub fn name(self) -> &'static str {
        if self == StatementKind::Measure { "a measure" } else { self.row().words }
    }

    /// Whether it takes a clause.
    ///
    /// ```
    /// use tierbook::language::{Clause, StatementKind};
    /// assert!(StatementKind::Diff.takes(Clause::Vs));
    /// assert!(!StatementKind::Sources.takes(Clause::AsOf)); // it lists everything stored
    /// ```
    pub fn takes(self, clause: Clause) -> bool {
        self.row().clauses.contains(&clause)
    }

    /// The clauses that it takes where it asks for a measure: `with` goes with few of them, and `long` with one.
    ///
    /// ```
    /// use tierbook::language::{Clause, Measure, StatementKind};
    /// let clauses = |measure| StatementKind::Measure.clauses_with(Some(measure));
    /// assert!(clauses(Measure::InitialMargin).contains(&Clause::With));
    /// assert!(!clauses(Measure::Margin).contains(&Clause::With));
    /// ```
    pub fn clauses_with(self, measure: Option<Measure>) -> Vec<Clause> {
        let mut clauses = self.row().clauses.to_vec();
        clauses.retain(|clause| goes_with(*clause, measure));
        clauses
    }

    /// What can follow `by`, the first of them where it is left out.
    ///
    /// ```
    /// use tierbook::language::StatementKind;
    /// assert_eq!(StatementKind::Changes.orders()[0], "effective"); // without `by`
    /// ```
    pub fn orders(self) -> &'static [&'static str] {
        match self {
            StatementKind::Knowledge => &["published", "recorded"],
            StatementKind::ChartTiers => &["rate", "leverage"],
            _ => &["effective", "published", "recorded", "size"],
        }
    }

    /// Whether the answer is a drawing.
    ///
    /// ```
    /// use tierbook::language::StatementKind;
    /// assert!(StatementKind::Chart.draws());
    /// assert!(!StatementKind::History.draws());
    /// ```
    pub fn draws(self) -> bool {
        matches!(self, StatementKind::Chart | StatementKind::ChartHistory | StatementKind::ChartTiers)
    }

    /// Its form, with all clauses but those of one measure alone: `history of SUBJECT, … [since A] …`.
    ///
    /// ```
    /// use tierbook::language::StatementKind;
    /// assert_eq!(StatementKind::Findings.form(), "findings [of SUBJECT, … | in ID]");
    /// ```
    pub fn form(self) -> String {
        let row = self.row();
        let is_shown = |clause: &&Clause| **clause != Clause::Vs && !OF_POSITION.contains(clause);
        let optional = row.clauses.iter().filter(is_shown).map(|clause| match clause {
            Clause::By => format!("[by {}]", self.orders().join("|")),
            Clause::AsOf | Clause::KnownAt | Clause::RecordedBy if self.takes(Clause::Vs) => {
                let form = clause.row().form;
                format!("[{form} [vs {}]]", form.rsplit(' ').next().unwrap_or_default())
            }
            clause => format!("[{}]", clause.row().form),
        });
        let parts = [row.words.to_string(), row.form.to_string()].into_iter().chain(optional);
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// Whether a clause goes with the measure of its statement.
pub(super) fn goes_with(clause: Clause, measure: Option<Measure>) -> bool {
    let is_of_position = measure.is_some_and(|measure| measure.takes() == Takes::Position);
    match clause {
        Clause::At => !is_of_position,
        Clause::With => measure.is_some_and(Measure::takes_with),
        _ => is_of_position || !OF_POSITION.contains(&clause),
    }
}

/// The clauses of a measure of a position alone.
const OF_POSITION: [Clause; 4] = [Clause::Long, Clause::Short, Clause::Entry, Clause::Margin];

/// The words that a statement can start with.
///
/// ```
/// use tierbook::language::statement_words;
/// let begun: Vec<&str> = statement_words().filter(|word| word.starts_with("ma")).collect();
/// assert_eq!(begun, ["margin", "max leverage", "max position", "max"]);
/// ```
pub fn statement_words() -> impl Iterator<Item = &'static str> {
    let measures = Measure::ALL.iter().map(|measure| measure.words());
    measures.chain(statement_names()).chain(["explain", "max", "initial"])
}

/// The words that a statement besides the measures can start with.
///
/// ```
/// use tierbook::language::statement_names;
/// assert!(statement_names().any(|name| name == "history"));
/// assert!(!statement_names().any(|name| name == "mmr")); // a measure
/// ```
pub fn statement_names() -> impl Iterator<Item = &'static str> {
    let mut names: Vec<&str> = StatementKind::ALL.iter().map(|kind| kind.row().words).collect();
    names.retain(|words| !words.is_empty() && !words.contains(' '));
    names.dedup();
    names.into_iter()
}

/// The words that a clause starts with, or that join the parts of a statement: no alias can be named so.
///
/// ```
/// use tierbook::language::reserved_words;
/// assert!(reserved_words().any(|word| word == "as"));
/// assert!(!reserved_words().any(|word| word == "act"));
/// ```
pub fn reserved_words() -> impl Iterator<Item = &'static str> {
    let clauses = Clause::ALL.iter().filter_map(|clause| clause.words().split(' ').next());
    clauses.chain(["of", "in", "and", "ago", "all", "between", "from"])
}
