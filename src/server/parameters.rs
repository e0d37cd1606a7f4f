//! The parameters that each path takes. One that it does not know is refused: a time whose name is misspelled would be
//! answered as now.

use super::basis;
use super::path::Path;
use super::problem::{Problem, Refusal};
use super::request::Request;
use crate::text::nearest;

/// Those of which there may be several.
const SEVERAL: [&str; 2] = ["price", "set"];

/// The names that a path takes besides the three times; `None` where any is taken: clients of the exchange send what signs a
/// request, forms of the page what they have.
fn names(path: Path) -> Option<&'static [&'static str]> {
    Some(match path {
        Path::Query => &["q", "set", "format"],
        Path::Evaluate => &[
            "measures", "ask", "symbol", "notional", "time", "leverage", "zone", "on_error", "from", "format",
        ],
        Path::Impact => &["scale", "price", "sizes", "from", "format"],
        Path::Subjects => &["matching", "format"],
        Path::Sources | Path::Citation => &["format"],
        Path::Changes => &["of", "since", "until", "by", "format"],
        Path::ChangesFeed => &["of", "since", "until", "by"],
        Path::Certificate => &["q", "set"],
        Path::JournalHead => &["after", "wait"],
        Path::JournalIndex => &["tx"],
        Path::JournalSegment => &["to"],
        Path::Source => &[],
        _ => return None,
    })
}

/// Checks that a path takes the parameters of a request.
///
/// # Errors
/// It does not know one, or one is there twice.
pub fn check(path: Path, request: &Request) -> Result<(), Problem> {
    let Some(own) = names(path) else { return Ok(()) };
    let known = || own.iter().copied().chain(basis::parameters());
    for (place, (name, text)) in request.query.iter().enumerate() {
        // Their answers are JSON, also where that is asked for.
        let is_its_form =
            matches!(path, Path::Certificate | Path::Source) && name == "format" && text == "json";
        if !is_its_form && !known().any(|it| it == name) {
            let detail = format!("{} has no parameter `{name}`", path.template());
            let hint = match nearest(name, known()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it takes {}", known().collect::<Vec<_>>().join(", ")),
            };
            return Err(Problem::of(Refusal::BadRequest, detail).hint(hint));
        }
        let is_again = request.query[..place].iter().any(|(before, text)| before == name && !text.is_empty());
        if is_again && !text.is_empty() && !SEVERAL.contains(&name.as_str()) {
            let detail = format!("the parameter `{name}` is given twice");
            return Err(Problem::of(Refusal::BadRequest, detail).hint("give it once"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// The names in docs/openapi.json, without those in the path and without the three times.
    fn documented(path: Path) -> Vec<String> {
        let api: Value = serde_json::from_str(include_str!("../../docs/openapi.json")).unwrap();
        let method = if path.methods().contains("GET") { "get" } else { "post" };
        let listed = &api["paths"][path.template()][method]["parameters"];
        let resolved = |it: &Value| match it["$ref"].as_str() {
            Some(place) => api.pointer(&place[1..]).unwrap().clone(),
            None => it.clone(),
        };
        let all = listed.as_array().unwrap().iter().map(resolved).filter(|it| it["in"] == "query");
        let names = all.map(|it| it["name"].as_str().unwrap().to_string());
        names.filter(|name| basis::parameters().all(|time| time != name)).collect()
    }

    #[test]
    fn the_parameters_of_the_own_paths_are_those_of_their_description() {
        for path in Path::ALL {
            let Some(names) = names(path) else { continue };
            let (mut names, mut documented) = (names.to_vec(), documented(path));
            names.sort_unstable();
            documented.sort_unstable();
            assert_eq!(names, documented, "{}", path.template());
        }
    }

    #[test]
    fn what_a_path_does_not_take_is_refused_and_the_nearest_name_said() {
        let refused = |target: &str, path| match check(path, &Request::get(target)) {
            Ok(()) => String::new(),
            Err(problem) => format!("{}; {}", problem.detail, problem.hints.join("; ")),
        };
        for target in ["/v1/query?q=a&asOf=2026-02-07&set=a=1&set=b=2&knownAt=&knownAt=1", "/v1/query"] {
            assert_eq!(refused(target, Path::Query), "");
        }
        assert_eq!(refused("/v1/certificate?q=a&format=json", Path::Certificate), "");
        assert!(
            refused("/v1/certificate?q=a&format=csv", Path::Certificate).contains("no parameter `format`")
        );
        assert_eq!(refused("/fapi/v1/ping?signature=1&signature=2", Path::Ping), "");
        assert_eq!(
            refused("/v1/query?q=a&as_of=1", Path::Query),
            "/v1/query has no parameter `as_of`; did you mean `asOf`?"
        );
        assert_eq!(
            refused("/v1/subjects?x=1", Path::Subjects),
            "/v1/subjects has no parameter `x`; it takes matching, format, asOf, knownAt, recordedBy"
        );
        assert_eq!(
            refused("/v1/query?q=a&q=b", Path::Query),
            "the parameter `q` is given twice; give it once"
        );
    }
}
