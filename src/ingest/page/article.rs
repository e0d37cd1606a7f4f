//! Where on a page the announcement is: after its title, up to its closing date, without what a site puts
//! around and between.

use std::collections::BTreeSet;

use crate::ingest::announcement;
use crate::ingest::scan;
use crate::ingest::view::html::Page;
use crate::ingest::view::{Mark, View};
use crate::statement::Precision;
use crate::text::Span;
use crate::time::{PublishedTime, Timestamp};

/// The announcement on a page.
#[derive(Debug)]
pub struct Article {
    /// Its text, from its title on.
    pub view: View,
    /// Its title; empty where it has none.
    pub title: String,
    /// When it was published, as far as the page's head or a line of its own states it.
    pub published_at: Option<(PublishedTime, Precision)>,
}

/// Finds the announcement on a page with tables at `tables`, all of which are part of it.
pub fn find(page: &Page, tables: &[Span]) -> Article {
    let text = page.view.text();
    let first = tables.first().map_or(text.len(), |table| table.start);
    let last = tables.last().map_or(0, |table| table.end);
    let (title, start) = title(page, first);
    let article = article(page, Span::new(start, last.max(start)));
    let own = Lines::of(page);
    let lines: Vec<Span> = lines(text, Span::new(start, article.end)).collect();
    let end = closing(text, &lines, last).unwrap_or(article.end);
    let mut view = View::default();
    for (number, line) in lines.iter().filter(|line| line.start < end).enumerate() {
        let dated = own.dated(text, *line) || (number < 2 && is_bare_date(line.of(text)));
        let link = line.start >= last && own.links.contains(line);
        if !dated && !link {
            view.append(&page.view, *line);
            view.push_as("\n", Span::new(view.last(), view.last()));
        }
    }
    Article { view, title, published_at: published(page, &own, Span::new(start, end)) }
}

/// The title, and where the text after it starts. A first-level heading that names contracts is that of a
/// table; of several others that one is the title which the head of the page repeats.
fn title(page: &Page, first_table: usize) -> (String, usize) {
    let text = page.view.text();
    let marked =
        page.view.marks().iter().filter(|(mark, _)| *mark == Mark::Title).map(|(_, span)| trim(text, *span));
    let titles: Vec<Span> = marked
        .filter(|span| !span.is_empty() && !announcement::is_heading(&one_line(span.of(text))))
        .collect();
    let head = &page.title[..page.title.floor_char_boundary(HEAD_TITLE_BYTES)];
    let repeated = titles.iter().take(MOST_TITLES).find(|span| head.contains(&one_line(span.of(text))));
    if let Some(title) = repeated.or(titles.first()) {
        let start = if title.end <= first_table { title.end } else { 0 };
        return (one_line(title.of(text)), start);
    }
    let named = |line: &Span| line.end - line.start >= TITLE_BYTES && page.title.starts_with(line.of(text));
    let line = lines(text, Span::new(0, first_table)).find(named);
    (page.title.clone(), line.map_or(0, |line| line.end))
}

/// Most headings that are compared with the title in the head of the page, and most bytes of that.
const MOST_TITLES: usize = 500;
const HEAD_TITLE_BYTES: usize = 2_000;

/// Shortest line that is taken for the title because the head of the page starts with it, in bytes.
const TITLE_BYTES: usize = 20;

/// The smallest article, or main part of the page, that contains a part of its text; else the whole page.
fn article(page: &Page, inner: Span) -> Span {
    let articles = page.view.marks().iter().filter(|(mark, _)| *mark == Mark::Article).map(|(_, span)| *span);
    let around = articles.filter(|span| span.start <= inner.start && inner.end <= span.end);
    around.min_by_key(|span| span.end - span.start).unwrap_or(Span::new(0, page.view.text().len()))
}

/// The end of the closing date after the last table: the only line there that is nothing but a date, or the
/// first one under a signature or thanks.
fn closing(text: &str, lines: &[Span], last_table: usize) -> Option<usize> {
    let after = lines.iter().enumerate().filter(|(_, line)| line.start >= last_table);
    let dates: Vec<(usize, &Span)> = after.filter(|(_, line)| is_date(line.of(text))).collect();
    let signed = |number: usize| {
        let above = number.checked_sub(1).and_then(|above| lines.get(above)).map_or("", |line| line.of(text));
        above.ends_with("Team") || above.starts_with("Thank")
    };
    match dates[..] {
        [(_, only)] => Some(only.end),
        _ => dates.iter().find(|(number, _)| signed(*number)).map(|(_, line)| line.end),
    }
}

/// Whether a line is nothing but `YYYY-MM-DD`.
fn is_date(line: &str) -> bool {
    Timestamp::parse_rfc3339(&format!("{line}T00:00Z")).is_some() && line.len() == 10
}

/// Whether a line is nothing but digits of a date, perhaps with a clock time, but without a zone.
fn is_bare_date(line: &str) -> bool {
    let signs = |c: char| c.is_ascii_digit() || matches!(c, '-' | '/' | ':' | '.' | ' ' | ',');
    line.len() >= 8 && line.chars().all(signs) && line.contains(['-', '/', '.'])
}

/// The lines of a page that are more than their words.
struct Lines {
    /// Those that are nothing but a link.
    links: BTreeSet<Span>,
    /// Those that are nothing but a time, with its machine-readable form.
    times: Vec<(Span, String)>,
}

impl Lines {
    fn of(page: &Page) -> Lines {
        let text = page.view.text();
        let marks = || page.view.marks().iter();
        let links = marks().filter(|(mark, _)| *mark == Mark::Link).map(|(_, span)| trim(text, *span));
        let times = marks().filter_map(|(mark, span)| match mark {
            Mark::Time(timestamp) => Some((trim(text, *span), timestamp.clone())),
            _ => None,
        });
        let mut times: Vec<(Span, String)> = times.collect();
        times.sort();
        Lines { links: links.collect(), times }
    }

    /// The time inside a line that is nothing else, besides words like `Published on`.
    fn time<'a>(&'a self, text: &'a str, line: Span) -> Option<&'a str> {
        let index = self.times.partition_point(|(span, _)| span.start < line.start);
        let (span, timestamp) = self.times.get(index).filter(|(span, _)| span.end <= line.end)?;
        let around = [Span::new(line.start, span.start), Span::new(span.end, line.end)];
        let published =
            around.iter().flat_map(|part| words(part.of(text))).all(|word| is_of_publication(&word));
        published.then_some(if timestamp.is_empty() { span.of(text) } else { timestamp })
    }

    /// Whether a line states when the page was published, not when a rule takes effect.
    fn dated(&self, text: &str, line: Span) -> bool {
        let dated = |word: &String| is_of_publication(word) || word.bytes().all(|b| b.is_ascii_digit());
        let states =
            |word: &String| ["published", "posted", "publication", "released"].contains(&word.as_str());
        let short = line.end - line.start <= DATE_LINE_BYTES;
        let all: Vec<String> = if short { words(line.of(text)).collect() } else { Vec::new() };
        self.time(text, line).is_some() || (all.iter().all(dated) && all.iter().any(states))
    }
}

/// Longest line that states when a page was published, in bytes.
const DATE_LINE_BYTES: usize = 80;

/// Words beside the time of a publication.
fn is_of_publication(word: &str) -> bool {
    ["published", "posted", "publication", "released", "date", "on", "at", "by", "utc", "gmt", "t", "z"]
        .contains(&word)
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// The publication that the head of the page gives, else that of the lines that state it; none where they
/// differ.
fn published(page: &Page, own: &Lines, article: Span) -> Option<(PublishedTime, Precision)> {
    let text = page.view.text();
    let head: BTreeSet<_> = page.published.iter().filter_map(|words| timestamp(words)).collect();
    let lines = lines(text, article).filter_map(|line| own.time(text, line));
    let stated: BTreeSet<_> = if head.is_empty() { lines.filter_map(timestamp).collect() } else { head };
    stated.first().filter(|_| stated.len() == 1).copied()
}

/// A time with its zone, or a day.
fn timestamp(words: &str) -> Option<(PublishedTime, Precision)> {
    let words = words.trim();
    let exactly =
        Timestamp::parse_rfc3339(words).map(|timestamp| (PublishedTime(timestamp), Precision::Exact));
    let day = || Timestamp::parse_rfc3339(&format!("{words}T00:00Z")).filter(|_| words.len() == 10);
    exactly.or_else(|| day().map(|day| (PublishedTime::of_day(day), Precision::Day)))
}

/// The lines of a part of text without blanks at their ends, empty ones left out.
fn lines(text: &str, span: Span) -> impl Iterator<Item = Span> {
    let mut at = span.start;
    let lines = span.of(text).split_inclusive('\n').map(move |line| {
        at += line.len();
        Span::new(at - line.len(), at)
    });
    lines.map(move |line| trim(text, line)).filter(|line| !line.is_empty())
}

fn trim(text: &str, span: Span) -> Span {
    let words = span.of(text);
    let start = span.start + words.len() - words.trim_start_matches(scan::is_blank).len();
    Span::new(start, span.start + words.trim_end_matches(scan::is_blank).len())
}

fn one_line(words: &str) -> String {
    words.replace('\n', " ")
}
