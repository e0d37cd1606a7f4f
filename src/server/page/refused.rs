//! The view of a request that is refused: what is wrong, and what to do.

use super::super::problem::Problem;
use super::frame::{Place, View};
use super::html::{Html, classed, link, tag, text};

/// The view of a problem.
pub fn view(problem: &Problem) -> View {
    let detail = classed("p", "error", problem.detail.as_str());
    let query = problem.query.as_deref().map_or(Html::default(), |query| tag("pre", tag("code", query)));
    let hints: Html = problem.hints.iter().map(|hint| tag("li", hint.as_str())).collect();
    let hints = if hints.is_empty() { hints } else { tag("ul", hints) };
    let code = tag("p", [text("Code "), tag("code", problem.code), text(". "), link("/", "All contracts")]);
    let body = [detail, query, hints, code].into_iter().collect();
    View { status: problem.status, ..View::new(Place::Contracts, problem.title, body) }
}
