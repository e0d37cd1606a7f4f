//! Aliases as text.

use serde_json::{Value, json};

use crate::query::syntax::alias::Alias;
use crate::render::columns::{Column, drawn};
use crate::render::csv;
use crate::render::style::{Format, OutputStyle};

/// The aliases in a form; for people also where none is.
///
/// ```
/// use tierbook::language::Alias;
/// use tierbook::render::{Format, OutputStyle, aliases};
/// let query = "limit of ACTUSDT".to_string();
/// let statement = tierbook::language::parse(&query)?.pop();
/// let alias = Alias { name: "act".into(), query, doc: String::new(), statement };
/// let text = aliases::text(&[alias], Format::Csv, OutputStyle::PLAIN);
/// assert_eq!(text, "name,query,doc,readable\nact,limit of ACTUSDT,,true\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn text(aliases: &[Alias], format: Format, style: OutputStyle) -> String {
    match format {
        Format::Table | Format::Svg if aliases.is_empty() => "no alias is defined\n".to_string(),
        Format::Table | Format::Svg => {
            let columns = [Column::Name("alias"), Column::Name("is short for"), Column::Words("doc")];
            let records = aliases.iter().map(|alias| {
                let broken = if alias.statement.is_none() { "(cannot be read) " } else { "" };
                vec![alias.name.clone(), on_one_line(&alias.query), format!("{broken}{}", alias.doc)]
            });
            drawn(&columns, records.collect(), style)
        }
        Format::Json => format!("{:#}\n", Value::from(aliases.iter().map(object).collect::<Vec<_>>())),
        Format::Jsonl => aliases.iter().map(|alias| format!("{}\n", object(alias))).collect(),
        Format::Csv => {
            let fields = |alias| {
                let Alias { name, query, doc, statement }: &Alias = alias;
                vec![name.as_str(), query, doc.as_str(), if statement.is_some() { "true" } else { "false" }]
            };
            let head = vec!["name", "query", "doc", "readable"];
            csv::lines(&[head].into_iter().chain(aliases.iter().map(fields)).collect::<Vec<_>>())
        }
    }
}

fn object(alias: &Alias) -> Value {
    json!({"name": alias.name, "query": alias.query, "doc": alias.doc, "readable": alias.statement.is_some()})
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
