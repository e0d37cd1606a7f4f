//! The paths that there are.

use super::problem::{Problem, Refusal};
use super::request::Method;

/// A path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Path {
    Page,
    UsdmBrackets,
    UsdmInformation,
    Ping,
    Time,
    CoinmBrackets,
    PortfolioUsdmBrackets,
    PortfolioCoinmBrackets,
    CollateralRate,
    Query,
    Evaluate,
    Impact,
    Subjects,
    Sources,
    Source,
    Changes,
    ChangesFeed,
    Certificate,
    Head,
    JournalHead,
    JournalIndex,
    JournalSegment,
    Citation,
    Health,
    Ready,
    Metrics,
    OpenApi,
}

impl Path {
    /// All of them, in order.
    pub const ALL: [Path; 27] = [
        Path::Page,
        Path::UsdmBrackets,
        Path::UsdmInformation,
        Path::Ping,
        Path::Time,
        Path::CoinmBrackets,
        Path::PortfolioUsdmBrackets,
        Path::PortfolioCoinmBrackets,
        Path::CollateralRate,
        Path::Query,
        Path::Evaluate,
        Path::Impact,
        Path::Subjects,
        Path::Sources,
        Path::Source,
        Path::Changes,
        Path::ChangesFeed,
        Path::Certificate,
        Path::Head,
        Path::JournalHead,
        Path::JournalIndex,
        Path::JournalSegment,
        Path::Citation,
        Path::Health,
        Path::Ready,
        Path::Metrics,
        Path::OpenApi,
    ];

    /// The path that parts name.
    pub fn of(parts: &[&str]) -> Option<Path> {
        Some(match parts {
            [] | ["changes" | "sources" | "positions"] | ["contract" | "source" | "assets", _] => Path::Page,
            ["fapi", "v1", "leverageBracket"] => Path::UsdmBrackets,
            ["fapi", "v1", "exchangeInfo"] => Path::UsdmInformation,
            ["fapi", "v1", "ping"] => Path::Ping,
            ["fapi", "v1", "time"] => Path::Time,
            ["dapi", "v2", "leverageBracket"] => Path::CoinmBrackets,
            ["papi", "v1", "um", "leverageBracket"] => Path::PortfolioUsdmBrackets,
            ["papi", "v1", "cm", "leverageBracket"] => Path::PortfolioCoinmBrackets,
            ["sapi", "v2", "portfolio", "collateralRate"] => Path::CollateralRate,
            ["v1", "query"] => Path::Query,
            ["v1", "evaluate"] => Path::Evaluate,
            ["v1", "impact"] => Path::Impact,
            ["v1", "subjects"] => Path::Subjects,
            ["v1", "sources"] => Path::Sources,
            ["v1", "sources", _] => Path::Source,
            ["v1", "changes"] => Path::Changes,
            ["v1", "changes.atom"] => Path::ChangesFeed,
            ["v1", "certificate"] => Path::Certificate,
            ["v1", "head"] => Path::Head,
            ["v1", "journal", "head"] => Path::JournalHead,
            ["v1", "journal", "index"] => Path::JournalIndex,
            ["v1", "journal", "segments", _] => Path::JournalSegment,
            // A citation has a `/` in it.
            ["v1", "cite", _, ..] => Path::Citation,
            ["healthz"] => Path::Health,
            ["readyz"] => Path::Ready,
            ["metrics"] => Path::Metrics,
            ["openapi.json"] => Path::OpenApi,
            _ => return None,
        })
    }

    /// The path as docs/openapi.json has it.
    pub fn template(self) -> &'static str {
        match self {
            Path::Page => "/",
            Path::UsdmBrackets => "/fapi/v1/leverageBracket",
            Path::UsdmInformation => "/fapi/v1/exchangeInfo",
            Path::Ping => "/fapi/v1/ping",
            Path::Time => "/fapi/v1/time",
            Path::CoinmBrackets => "/dapi/v2/leverageBracket",
            Path::PortfolioUsdmBrackets => "/papi/v1/um/leverageBracket",
            Path::PortfolioCoinmBrackets => "/papi/v1/cm/leverageBracket",
            Path::CollateralRate => "/sapi/v2/portfolio/collateralRate",
            Path::Query => "/v1/query",
            Path::Evaluate => "/v1/evaluate",
            Path::Impact => "/v1/impact",
            Path::Subjects => "/v1/subjects",
            Path::Sources => "/v1/sources",
            Path::Source => "/v1/sources/{id}",
            Path::Changes => "/v1/changes",
            Path::ChangesFeed => "/v1/changes.atom",
            Path::Certificate => "/v1/certificate",
            Path::Head => "/v1/head",
            Path::JournalHead => "/v1/journal/head",
            Path::JournalIndex => "/v1/journal/index",
            Path::JournalSegment => "/v1/journal/segments/{file}",
            Path::Citation => "/v1/cite/{address}",
            Path::Health => "/healthz",
            Path::Ready => "/readyz",
            Path::Metrics => "/metrics",
            Path::OpenApi => "/openapi.json",
        }
    }

    /// The methods that it takes, as `Allow` has them.
    pub fn methods(self) -> &'static str {
        match self {
            Path::Query => "GET, POST",
            Path::Evaluate | Path::Impact => "POST",
            _ => "GET",
        }
    }

    /// Checks that it takes a method.
    ///
    /// # Errors
    /// It does not.
    pub fn check(self, method: Method) -> Result<(), Problem> {
        let methods = self.methods();
        let is_taken = match method {
            Method::Get => methods.contains("GET"),
            Method::Post => methods.contains("POST"),
            Method::Options | Method::Other => false,
        };
        if is_taken {
            return Ok(());
        }
        let problem = Problem::of(Refusal::MethodNotAllowed, format!("{} takes {methods}", self.template()));
        Err(Problem { allow: Some(methods), ..problem })
    }

    /// Whether it is the exchange's own, so that errors are as it has them.
    pub fn is_drop_in(parts: &[&str]) -> bool {
        parts.first().is_some_and(|first| ["fapi", "dapi", "papi", "sapi"].contains(first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_is_described_and_no_other() {
        let text = include_str!("../../docs/openapi.json");
        let description: serde_json::Value = serde_json::from_str(text).unwrap();
        let mut described: Vec<&str> =
            description["paths"].as_object().unwrap().keys().map(String::as_str).collect();
        let mut known: Vec<&str> = Path::ALL.iter().map(|path| path.template()).collect();
        described.sort_unstable();
        known.sort_unstable();
        assert_eq!(known, described);
    }

    #[test]
    fn the_page_of_the_server_has_every_path() {
        let page = include_str!("../../docs/server.md");
        for template in Path::ALL.map(Path::template) {
            let written =
                template.replace("{id}", "ID").replace("{address}", "ADDRESS").replace("{file}", "FILE");
            assert!(
                page.contains(&format!("`{written}`")) || page.contains(&format!("`{written}?")),
                "{written}"
            );
        }
    }

    #[test]
    fn a_template_names_its_path() {
        for (place, path) in Path::ALL.into_iter().enumerate() {
            assert_eq!(path as usize, place, "{path:?} is at another place of the list");
            let parts: Vec<&str> = path.template().split('/').filter(|part| !part.is_empty()).collect();
            assert_eq!(Path::of(&parts), Some(path));
        }
    }
}
