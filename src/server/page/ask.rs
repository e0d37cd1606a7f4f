//! Questions of the page: statements of the language with values in the places of parameters, so that no name is ever
//! read as a word of it.

use super::super::asked::Asked;
use super::super::problem::Problem;
use super::super::query;
use crate::query::rows::Row;
use crate::statement::Subject;

/// A statement that is being written, with its values.
#[derive(Clone, Debug, Default)]
pub struct Question {
    text: String,
    values: Vec<(String, String)>,
}

impl Question {
    /// A statement about a subject: `words` end before its name.
    pub fn about(words: &str, subject: &Subject) -> Question {
        Question { text: words.to_string(), values: Vec::new() }.with("", "subject", &subject.to_string())
    }

    /// A statement about nothing in particular.
    pub fn plain(words: &str) -> Question {
        Question { text: words.to_string(), values: Vec::new() }
    }

    /// The same with words and a value after them.
    pub fn with(mut self, words: &str, name: &str, value: &str) -> Question {
        self.text += &format!(" {words} ${name}");
        self.values.push((name.to_string(), value.to_string()));
        self
    }

    /// The same with words after it.
    pub fn and(mut self, words: &str) -> Question {
        self.text += &format!(" {words}");
        self
    }

    /// Its rows at the basis of a request.
    ///
    /// # Errors
    /// It cannot be answered, or takes too long.
    pub fn rows(&self, asked: &Asked) -> Result<Vec<Row>, Problem> {
        asked.check_time()?;
        Ok(query::rows(asked, &self.text, &self.values)?.0.collect())
    }

    /// The statement as a person writes it, at the times that the request fixes.
    pub fn words(&self, asked: &Asked) -> String {
        let mut text = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        for (name, value) in &self.values {
            text = text.replace(&format!("${name}"), &quoted(value));
        }
        let is_free = |clause: &str| !text.contains(&format!(" {clause} "));
        let times = asked.basis.clauses().into_iter().filter(|(clause, _)| is_free(clause));
        let times: String = times.filter_map(|(clause, time)| Some(format!(" {clause} {}", time?))).collect();
        text + &times
    }
}

/// A value as the language takes it: in quotes where it has blanks or marks.
fn quoted(value: &str) -> String {
    match value.contains(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '#' | '$')) {
        true => format!("\"{}\"", value.replace('"', "")),
        false => value.to_string(),
    }
}
