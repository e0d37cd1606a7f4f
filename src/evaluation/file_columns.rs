//! The columns of a file by their names.

use arrow_schema::Schema;

use crate::cells::Role;
use crate::error::{Error, ErrorCode, Result};
use crate::text::nearest;

/// The columns of a file.
pub struct FileColumns<'a> {
    pub schema: &'a Schema,
}

impl FileColumns<'_> {
    /// The column of that name.
    ///
    /// # Errors
    /// There are two.
    pub fn named(&self, name: &str) -> Result<Option<usize>> {
        let is_it = |place: &usize| self.schema.field(*place).name() == name;
        let mut found = (0..self.schema.fields().len()).filter(is_it);
        match (found.next(), found.next()) {
            (Some(_), Some(_)) => {
                Err(Error::new(ErrorCode::ColumnTwice, format!("there are two columns `{name}`"))
                    .hint("rename one of them"))
            }
            (first, _) => Ok(first),
        }
    }

    /// The column of a role: the one named, or else the first that is called as such columns are.
    ///
    /// # Errors
    /// The one named is missing or not unique.
    pub fn optional(&self, role: Role, name: Option<&str>) -> Result<Option<usize>> {
        if let Some(name) = name {
            return self.named(name)?.map(Some).ok_or_else(|| self.missing(name));
        }
        let is_called =
            |place: &usize, alias: &&&str| Role::is_called(self.schema.field(*place).name(), alias);
        let columns = 0..self.schema.fields().len();
        let place = |alias: &&str| columns.clone().find(|place| is_called(place, &alias));
        Ok(role.aliases().iter().find_map(place))
    }

    /// As [`FileColumns::optional`], of a column that must be there; `option` names it.
    ///
    /// # Errors
    /// There is none.
    pub fn required(&self, role: Role, name: Option<&str>, option: &str) -> Result<usize> {
        self.optional(role, name)?.ok_or_else(|| {
            let error = self.missing(option.trim_start_matches('-'));
            let error = error
                .hint(format!("name it: {option} COLUMN; it may be called {}", role.aliases().join(", ")));
            match role {
                Role::Time => error.hint("or give one time for all rows: --as-of 2026-02-06T07:00Z"),
                _ => error,
            }
        })
    }

    /// The names of all.
    pub fn names(&self) -> Vec<&str> {
        self.schema.fields().iter().map(|field| field.name().as_str()).collect()
    }

    /// The error of a column that is not there.
    pub fn missing(&self, name: &str) -> Error {
        self.without(format!("there is no column `{name}`"), nearest(name, self.names()))
    }

    /// The error of what is none of the columns, and the name that is nearest to it.
    pub fn without(&self, what: String, near: Option<&str>) -> Error {
        let message = format!("{what}; the columns are {}", self.names().join(", "));
        let error = Error::new(ErrorCode::ColumnMissing, message);
        match near {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error,
        }
    }
}
