//! One answer as a card: the value first, then its basis, how certain it is, and where it comes from.

use crate::decimal::Decimal;
use crate::query::rows::{
    Certainty, CertaintyKind, ClassRef, Context, MeasureRow, SourceRef, Status, TierKind, TierView, Warning,
};
use crate::query::syntax::measure::Measure;
use crate::render::figures;
use crate::render::style::OutputStyle;
use crate::rule::Reading;
use crate::statement::{RecordedSource, Source};
use crate::text::counted;
use crate::time::ValidTime;

/// How far the details of a card are set in, labels included.
const INDENT: usize = 15;

/// What was measured, in which unit, and what came out: what the certainty is about.
#[derive(Clone, Copy, Debug)]
pub struct Measured<'a> {
    /// The measure.
    pub measure: Measure,
    /// The unit of its value.
    pub unit: &'a str,
    /// The value, where there is one.
    pub value: Option<Decimal>,
}

/// A measure of one subject at one notional.
pub fn measure(row: &MeasureRow, style: OutputStyle) -> String {
    let at = row.at.map(figures::asked).unwrap_or_default();
    let question = format!("{} of {}{at}", row.measure.words(), row.context.subject);
    let answer = answer(row.status, row.value, row.measure, &row.unit);
    let heading = heading(&format!("{question}: {answer}"), style);
    // An answer that is broken over two lines stays plain.
    let bold =
        heading.trim_end().strip_suffix(&answer).map(|of| format!("{of}{}\n", coloured(&answer, "1", style)));
    let mut text = bold.unwrap_or(heading);
    if let Some(message) = &row.message {
        text += &detail("because", message, style);
    }
    if let Some(tier) = &row.tier {
        text += &detail("tier", &tier_line(tier, &row.context, row.measure, &row.unit), style);
    }
    let measured = Measured { measure: row.measure, unit: &row.unit, value: row.value };
    text += &provenance(&row.context, row.certainty.as_ref(), Some(measured), style);
    text += &detail("cite", &row.address.to_string(), style);
    text + &warnings(&row.warnings, style)
}

/// A value in its unit, or why there is none.
pub fn answer(status: Status, value: Option<Decimal>, measure: Measure, unit: &str) -> String {
    match (value, status) {
        (Some(value), _) => figures::value(value, measure, unit),
        (None, status) => status.name().replace('_', " "),
    }
}

/// The lines that say when, how certain, and from where, as text.
pub fn provenance(
    context: &Context,
    certainty: Option<&Certainty>,
    measured: Option<Measured>,
    style: OutputStyle,
) -> String {
    let lines = provenance_lines(context, certainty, measured).into_iter();
    lines.map(|(label, text)| detail(label, &text, style)).collect()
}

/// The lines that say when, how certain, and from where, with their labels; for one measure with the value
/// under the other rule and the bytes of the row, for a whole table with the bytes of the table.
pub fn provenance_lines(
    context: &Context,
    certainty: Option<&Certainty>,
    measured: Option<Measured>,
) -> Vec<(&'static str, String)> {
    let basis = &context.basis;
    let place = |source: &SourceRef| {
        let document = &source.recorded.source;
        let span = source.row_span.filter(|_| measured.is_some()).unwrap_or(source.span);
        format!("{}, {}, bytes {span}", named(&source.recorded), published(document))
    };
    let of_class = |class: &ClassRef| {
        let from = class.source.as_ref().map_or(String::new(), |source| format!(" by {}", place(source)));
        format!("tiers of {}, confirmed {}{from}", class.subject.name(), class.last_confirmed_at)
    };
    let lines = [
        ("as of", Some(basis.valid_at.to_string())),
        ("known at", basis.known_at.map(|at| at.to_string())),
        ("recorded by", basis.recorded_by.map(|at| at.to_string())),
        ("in force", context.in_force_since.map(|at| format!("since {at}"))),
        ("seen", context.seen_since.map(|at| seen_since(at, context.changed_after))),
        ("certainty", certainty.map(|certainty| certainty_line(certainty, measured))),
        ("confirmed", context.last_confirmed_at.map(|at| confirmed(at, context))),
        ("next change", context.next_change_at.map(|at| format!("announced for {at}"))),
        ("class", context.class.as_ref().map(of_class)),
        ("source", context.source.as_ref().map(place)),
    ];
    lines.into_iter().filter_map(|(label, text)| Some((label, text?))).collect()
}

/// Since when something was seen: "since A, changed after B".
pub fn seen_since(at: ValidTime, changed_after: Option<ValidTime>) -> String {
    let changed = changed_after.map_or(String::new(), |after| format!(", changed after {after}"));
    format!("since {at}{changed}")
}

/// When a rule was confirmed last, and how many tables are unchanged after that time.
fn confirmed(at: ValidTime, context: &Context) -> String {
    let asked = context.basis.valid_at;
    let days = asked.0.since(at.0).micros() / 86_400_000_000;
    let when = match days {
        _ if at > asked => format!("{at}, after the time asked about"),
        0 => format!("{at}, within a day"),
        days => format!("{at}, {} before", counted(days.unsigned_abs(), "day")),
    };
    if context.in_force_since == Some(at) {
        return match context.holds {
            Some(percent) => format!("not yet; about {percent} % of announced changes are in force by then"),
            None => "not yet; no figure for this program".to_string(),
        };
    }
    match context.holds {
        Some(100) if at > asked => when,
        Some(percent) => format!("{when}; about {percent} % of tables are unchanged by then"),
        None => format!("{when}; no figure for this program"),
    }
}

/// A source by its id and file; a command by its words.
pub fn named(recorded: &RecordedSource) -> String {
    let source = &recorded.source;
    if source.is_command() || source.is_lost() {
        return format!("tx {}, {}", recorded.tx, source.title);
    }
    format!("{} {}", source.id, source.file)
}

/// When a source was published, and where that comes from.
pub fn published(source: &Source) -> String {
    let words = source.origin.words();
    let from = if words.is_empty() { String::new() } else { format!(" ({words})") };
    match source.published_day() {
        Some(day) => {
            format!("published on {}, known from {}{from}", &day.to_string()[..10], source.published_at)
        }
        None => format!("published {}{from}", source.published_at),
    }
}

/// Warnings, each on a line of its own.
pub fn warnings(warnings: &[Warning], style: OutputStyle) -> String {
    let line = |warning: &Warning| {
        let text = detail("warning", &format!("{} ({})", warning.message, warning.code), style);
        coloured(text.trim_end_matches('\n'), "33", style) + "\n"
    };
    warnings.iter().map(line).collect()
}

/// How certain an answer is, in words.
pub fn certainty_line(certainty: &Certainty, measured: Option<Measured>) -> String {
    let other = |when: &str| match (certainty.other, measured) {
        (_, None) => String::new(),
        (Some(other), Some(measured)) if measured.value == Some(other) => format!("; {when}: the same here"),
        (Some(other), Some(measured)) => {
            format!("; {when}: {}", figures::value(other, measured.measure, measured.unit))
        }
        (None, Some(_)) => format!("; {when}: no value"),
    };
    let parts = certainty.kinds().map(|kind| match kind {
        CertaintyKind::RollingOut => {
            let until = certainty.until.map_or(String::new(), |until| format!(" until {until}"));
            format!(
                "rolling out{until}{}",
                if kind == certainty.kind { other("before") } else { String::new() }
            )
        }
        CertaintyKind::UnseenChange => {
            let span = certainty.after.zip(certainty.by);
            let span =
                span.map_or(String::new(), |(after, by)| format!(" after {after}, not later than {by}"));
            format!(
                "unseen change{span}{}",
                if kind == certainty.kind { other("then") } else { String::new() }
            )
        }
        CertaintyKind::Contradicted => {
            let others = certainty.others.iter().map(|other| match (other.value, measured) {
                (Some(value), Some(of)) => {
                    format!("{} by {}", figures::value(value, of.measure, of.unit), other.statement)
                }
                _ => format!("otherwise by {}", other.statement),
            });
            format!("contradicted: {}", others.collect::<Vec<_>>().join(", "))
        }
        CertaintyKind::Doubtful => {
            let because: Vec<&str> =
                certainty.because.iter().map(|warning| warning.message.as_str()).collect();
            format!("doubtful: {}", because.join("; "))
        }
        CertaintyKind::Unconfirmed | CertaintyKind::Settled => kind.words().to_string(),
    });
    parts.collect::<Vec<_>>().join("; also ")
}

fn tier_line(tier: &TierView, context: &Context, measure: Measure, unit: &str) -> String {
    let unit = match measure {
        // The unit of the bounds is not that of the value.
        Measure::Mmr | Measure::Ratio | Measure::MaxLeverage | Measure::Tier | Measure::LiquidationPrice => {
            ""
        }
        _ => unit,
    };
    let cap = tier.cap.map_or("no limit".to_string(), figures::grouped);
    let position = figures::position(&context.subject);
    let bounds = format!("{}: {} < {position} ≤ {cap} {unit}", tier.number, figures::grouped(tier.floor));
    let rest = match &tier.kind {
        TierKind::Contract { min_leverage, max_leverage, maintenance_amount } => {
            let amount = maintenance_amount.map_or("unknown".to_string(), figures::grouped);
            format!(
                ", {}, {}, maintenance amount {amount}",
                figures::percent(tier.rate),
                leverages(*min_leverage, *max_leverage)
            )
        }
        TierKind::Collateral { rank: Some(rank) } => {
            format!(", {}, rank {rank}", figures::percent(tier.rate))
        }
        TierKind::Collateral { rank: None } => format!(", {}", figures::percent(tier.rate)),
    };
    let repaired = if tier.reading == Reading::Repaired { ", repaired" } else { "" };
    format!("{}{rest}{repaired}", bounds.trim_end())
}

/// `5x`, or `6-10x`.
pub fn leverages(min: u32, max: u32) -> String {
    if min == max { format!("{max}x") } else { format!("{min}-{max}x") }
}

/// A labelled line that wraps to the width of a terminal, and never in a pipe.
pub fn detail(label: &str, text: &str, style: OutputStyle) -> String {
    let first = format!("  {label:<13}");
    let rest = " ".repeat(INDENT);
    let Some(width) = style.width else { return format!("{first}{text}\n") };
    // An address is copied as a whole.
    let options = wrapping(width, &first, &rest).break_words(label != "cite");
    textwrap::fill(text, options) + "\n"
}

/// A line above an answer, wrapped to the width of a terminal.
pub fn heading(text: &str, style: OutputStyle) -> String {
    let Some(width) = style.width else { return format!("{text}\n") };
    textwrap::fill(text, wrapping(width, "", "  ")) + "\n"
}

/// How text is wrapped to a width: at blanks, and inside a word only where it has no line to itself.
pub fn wrapping<'a>(width: usize, first: &'a str, rest: &'a str) -> textwrap::Options<'a> {
    textwrap::Options::new(width)
        .initial_indent(first)
        .subsequent_indent(rest)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
}

/// The text with a code of ANSI colours, where colours are wanted.
pub fn coloured(text: &str, code: &str, style: OutputStyle) -> String {
    if style.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_string() }
}
