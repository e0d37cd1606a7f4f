//! The files that pages need: they are in the program, and nothing is fetched from anywhere else.

use super::super::problem::{Problem, Refusal};
use super::super::response::{Freshness, Response};
use crate::render::chart;

const PAGE: &str = include_str!("../assets/page.css");
const PRINT: &str = include_str!("../assets/print.css");
const SCRIPT: &str = include_str!("../assets/page.js");
const POSITIONS: &str = include_str!("../assets/positions.js");
const ICON: &str = include_str!("../assets/icon.svg");

/// A file of that name.
///
/// # Errors
/// There is none.
pub fn asset(name: &str) -> Result<Response, Problem> {
    let (media_type, body) = match name {
        "page.css" => {
            ("text/css; charset=utf-8", format!("{PAGE}\nsvg.chart{{\n{}}}\n{PRINT}", chart::STYLE))
        }
        "page.js" => ("text/javascript; charset=utf-8", SCRIPT.to_string()),
        "positions.js" => ("text/javascript; charset=utf-8", POSITIONS.to_string()),
        "icon.svg" => ("image/svg+xml", ICON.to_string()),
        _ => return Err(Problem::of(Refusal::NoSuchPath, format!("there is no file {name}"))),
    };
    Ok(Response::new(200, media_type, body).fresh(Freshness::Revalidated))
}
