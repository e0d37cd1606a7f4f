//! The router: a path to the function that answers it.

use super::asked::Asked;
use super::drop_in::{self, collateral_rate, information, leverage_bracket};
use super::path::Path;
use super::problem::Problem;
use super::request::Request;
use super::response::Response;
use super::{certificate, changes, evaluate, impact, journal, operation, page, parameters, query, sources};
use crate::statement::Program;

/// Answers a request.
///
/// # Errors
/// The path does not take the method, or refuses the request.
pub fn route(asked: &Asked, path: Path) -> Result<Response, Problem> {
    path.check(asked.request.method)?;
    parameters::check(path, asked.request)?;
    match path {
        Path::Page => page::page(asked),
        Path::UsdmBrackets | Path::PortfolioUsdmBrackets => leverage_bracket(asked, Program::Usdm, false),
        Path::CoinmBrackets => leverage_bracket(asked, Program::Coinm, true),
        Path::PortfolioCoinmBrackets => leverage_bracket(asked, Program::Coinm, false),
        Path::UsdmInformation => information(asked),
        Path::CollateralRate => collateral_rate(asked),
        Path::Ping => Ok(Response::json("{}")),
        Path::Time => Ok(drop_in::time(asked)),
        Path::Query => query::query(asked),
        Path::Evaluate => evaluate::answered(asked),
        Path::Impact => impact::impact(asked),
        Path::Subjects => query::subjects(asked),
        Path::Sources => query::answered(asked, "sources"),
        Path::Source => sources::source(asked, asked.path.last().copied().unwrap_or_default()),
        Path::Changes => changes::rows(asked),
        Path::ChangesFeed => changes::feed(asked),
        Path::Certificate => certificate::certificate(asked),
        Path::Head => Ok(operation::head(asked)),
        Path::JournalHead => journal::head(asked),
        Path::JournalIndex => journal::index(asked),
        Path::JournalSegment => journal::segment(asked, asked.path.last().copied().unwrap_or_default()),
        Path::Citation => query::citation(asked),
        Path::Health => Ok(operation::health()),
        Path::Ready => operation::ready(asked),
        Path::Metrics => Ok(operation::metrics(asked)),
        Path::OpenApi => Ok(operation::open_api()),
    }
}

/// Whether the answer of a path may take so long that others should not wait for it.
pub fn takes_long(path: Path, request: &Request) -> bool {
    match path {
        Path::UsdmBrackets
        | Path::CoinmBrackets
        | Path::PortfolioUsdmBrackets
        | Path::PortfolioCoinmBrackets => request.parameter("symbol").is_none(),
        Path::Ping | Path::Time | Path::Head | Path::Health | Path::Ready | Path::Metrics | Path::OpenApi => {
            false
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_in_memory_is_answered_beside_the_long_answers() {
        let request = Request::get("/fapi/v1/leverageBracket?symbol=ACTUSDT");
        let short = Path::ALL.into_iter().filter(|path| !takes_long(*path, &request));
        let of_one = [
            Path::UsdmBrackets,
            Path::CoinmBrackets,
            Path::PortfolioUsdmBrackets,
            Path::PortfolioCoinmBrackets,
        ];
        let in_memory =
            [Path::Ping, Path::Time, Path::Head, Path::Health, Path::Ready, Path::Metrics, Path::OpenApi];
        let is_expected = |path: &Path| of_one.contains(path) || in_memory.contains(path);
        assert!(short.clone().all(|path| is_expected(&path)));
        assert_eq!(short.count(), of_one.len() + in_memory.len());
    }
}
