//! The page for browsers: views as HTML that can be read without a script, each at an address with its times.
//!
//! A view is made of the rows that the language answers, and of drawings of [`crate::render::chart`]. Markup is made in
//! `html` only, out of constants and of escaped text.

mod html;
mod links;
mod parts;
mod ask;
mod basis;
mod frame;
mod drawing;
mod in_force;
mod compared;
mod year;
mod history;
mod copies;
mod contract;
mod search;
mod changes;
mod words;
mod source;
mod positions;
mod refused;
mod assets;

use super::asked::Asked;
use super::problem::{Problem, Refusal};
use super::response::Response;

/// The view or the file that a path names. What is wrong with a request for a view is a view too.
///
/// # Errors
/// There is no such file.
pub fn page(asked: &Asked) -> Result<Response, Problem> {
    let view = match asked.path.as_slice() {
        [] => search::view(asked),
        ["contract", named] => contract::view(asked, named),
        ["changes"] => changes::view(asked),
        ["sources"] => source::all(asked),
        ["source", id] => source::view(asked, id),
        ["positions"] => Ok(positions::view(asked)),
        ["assets", name] => return assets::asset(name),
        _ => Err(Problem::of(Refusal::NoSuchPath, format!("there is no path /{}", asked.path.join("/")))),
    };
    Ok(view.unwrap_or_else(|problem| refused::view(&problem)).response(asked))
}
