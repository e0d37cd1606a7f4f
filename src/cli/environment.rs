//! What the program takes from the environment of its process: the one home of etcetera.

use std::path::PathBuf;

use etcetera::BaseStrategy;

use tierbook::{Error, ErrorCode};

/// Where files are, as the environment has it.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// The folder of the database that `TIERBOOK_DB` names.
    pub database: Option<PathBuf>,
    /// The configuration that `TIERBOOK_CONFIG` names.
    pub config: Option<PathBuf>,
    /// The folder `tierbook` in the user's data folder; `None` for a user without a home folder.
    pub data_folder: Option<PathBuf>,
    /// The folder `tierbook` in the user's configuration folder.
    pub config_folder: Option<PathBuf>,
}

/// What named a file or folder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NamedBy {
    /// An option of the command.
    Option,
    /// A variable of the environment.
    Environment,
    /// Nothing: it is the one of the user's folders.
    Default,
}

impl NamedBy {
    /// The name in machine answers.
    pub fn name(self) -> &'static str {
        match self {
            NamedBy::Option => "option",
            NamedBy::Environment => "environment",
            NamedBy::Default => "default",
        }
    }
}

/// The first that names a path.
fn first_named(
    option: Option<&PathBuf>,
    environment: Option<&PathBuf>,
    default: Option<PathBuf>,
) -> Option<(PathBuf, NamedBy)> {
    let option = option.map(|path| (path.clone(), NamedBy::Option));
    let environment = || environment.map(|path| (path.clone(), NamedBy::Environment));
    option.or_else(environment).or_else(|| default.map(|path| (path, NamedBy::Default)))
}

impl Environment {
    /// The environment of this process.
    pub fn of_process() -> Environment {
        let named = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let strategy = etcetera::choose_base_strategy().ok();
        Environment {
            database: named("TIERBOOK_DB"),
            config: named("TIERBOOK_CONFIG"),
            data_folder: strategy.as_ref().map(|strategy| strategy.data_dir().join("tierbook")),
            config_folder: strategy.as_ref().map(|strategy| strategy.config_dir().join("tierbook")),
        }
    }

    /// The folder of the database: that of `--db`, else the one that the environment names, else the user's.
    ///
    /// # Errors
    /// No folder is given, and the user has no home folder.
    pub fn database_folder(&self, given: Option<&PathBuf>) -> Result<(PathBuf, NamedBy), Error> {
        first_named(given, self.database.as_ref(), self.data_folder.clone()).ok_or_else(|| {
            Error::new(ErrorCode::NoHome, "there is no home folder for the database")
                .hint("name a folder with --db DIR or TIERBOOK_DB")
        })
    }

    /// The configuration: that of `--config`, else the one that the environment names, else `config.toml` in
    /// the user's folder. `None` for a user without a home folder.
    pub fn config_file(&self, given: Option<&PathBuf>) -> Option<(PathBuf, NamedBy)> {
        let default = self.config_folder.as_ref().map(|folder| folder.join("config.toml"));
        first_named(given, self.config.as_ref(), default)
    }
}
