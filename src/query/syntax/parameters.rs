//! Parameters: `$name` is a placeholder for one whole value, which replaces it after the statement is read.
//! So a value can never change what is asked, only at what.

use std::collections::BTreeMap;

use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::query::syntax::ast::{Statement, Word};
use crate::text::nearest;

/// Values by the names of their parameters.
///
/// ```
/// use tierbook::Timestamp;
/// use tierbook::language::{Parameters, parse};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let mut statement = parse("mmr of $contract at 60000 as of 2026-02-07")?.remove(0);
/// Parameters::read(&["contract=ACTUSDT"])?.bind(&mut statement)?;
/// assert_eq!(rules.answer(&statement, Timestamp::now())?.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Parameters {
    values: BTreeMap<String, String>,
}

impl Parameters {
    /// Reads bindings of the form `NAME=VALUE`. Blanks around the value do not belong to it.
    ///
    /// ```
    /// use tierbook::{ErrorCode, language::Parameters};
    /// let parameters = Parameters::read(&["contract=ACTUSDT", "notional = 60000"]);
    /// assert_eq!(parameters.unwrap_err().code(), ErrorCode::NotAParameter); // a blank after the name
    /// assert!(Parameters::read(&["contract=ACTUSDT", "notional= 60000"]).is_ok());
    /// ```
    ///
    /// # Errors
    /// A binding has no `=` or no value, a name is invalid or bound twice, or a value is longer than
    /// [`limits::PARAMETER_BYTES`] or no plain text.
    pub fn read<T: AsRef<str>>(bindings: &[T]) -> Result<Parameters, Error> {
        let mut parameters = Parameters::default();
        for binding in bindings.iter().map(AsRef::as_ref) {
            let (name, value) = binding.split_once('=').ok_or_else(|| {
                Error::new(ErrorCode::NotABinding, format!("`{}` is not a binding", shown(binding))).hint(HOW)
            })?;
            if parameters.set(name, value)?.is_some() {
                return Err(Error::new(ErrorCode::BoundTwice, format!("`${name}` is bound twice"))
                    .hint("keep one of them"));
            }
        }
        Ok(parameters)
    }

    /// Binds a name to a value, and gives what it was bound to before.
    ///
    /// ```
    /// use tierbook::language::Parameters;
    /// let mut parameters = Parameters::default();
    /// assert_eq!(parameters.set("notional", "1k")?, None);
    /// assert_eq!(parameters.set("notional", "60k")?, Some("1k".to_string()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Parameters::read`].
    pub fn set(&mut self, name: &str, value: &str) -> Result<Option<String>, Error> {
        check_name(name)?;
        let value = value.trim();
        let refuse = |what: &str, hint: &str| {
            Err(Error::new(ErrorCode::NotAValue, format!("the value of `${name}` {what}")).hint(hint))
        };
        if value.is_empty() {
            return refuse("is empty", HOW);
        }
        if value.len() > limits::PARAMETER_BYTES {
            let bound = format!("at most {} are read", limits::PARAMETER_BYTES);
            return refuse(&format!("has {} bytes", value.len()), &bound);
        }
        if value.chars().any(char::is_control) {
            return refuse("has control characters", "a value is plain text on one line");
        }
        Ok(self.values.insert(name.to_string(), value.to_string()))
    }

    /// Puts the values in their places.
    ///
    /// ```
    /// use tierbook::ErrorCode;
    /// use tierbook::language::{Parameters, parse};
    /// let mut statement = parse("mmr of $contract at $notional")?.remove(0);
    /// let error = Parameters::read(&["contract=ACTUSDT"])?.bind(&mut statement).unwrap_err();
    /// assert_eq!(error.code(), ErrorCode::UnboundParameter); // `$notional` has no value
    /// Parameters::read(&["contract=ACTUSDT", "notional=60k"])?.bind(&mut statement)?;
    /// assert_eq!(statement.subjects[0].text, "ACTUSDT");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A parameter of the statement is not bound, or has no name; the error has its place.
    pub fn bind(&self, statement: &mut Statement) -> Result<(), Error> {
        for word in statement.words_mut() {
            let Some(name) = &word.parameter else { continue };
            check_name(name).map_err(|error| {
                let message = format!("`${}` cannot be the name of a parameter", shown(name));
                error.with_message(message).at(word.span, "not a name")
            })?;
            let Some(value) = self.values.get(name) else { return Err(self.unbound(name, word)) };
            word.text.clone_from(value);
        }
        Ok(())
    }

    fn unbound(&self, name: &str, word: &Word) -> Error {
        let error = Error::new(ErrorCode::UnboundParameter, format!("`${name}` is not bound"))
            .at(word.span, "no value is given")
            .hint(format!("bind it: tierbook query --set {name}=VALUE …"));
        match nearest(name, self.values.keys().map(String::as_str)) {
            Some(near) => error.hint(format!("`${near}` is bound; did you mean that?")),
            None => error.hint(format!("a name with a dollar is written in quotes: \"${name}\"")),
        }
    }

    /// Refuses a value that none of the statements uses: most likely a typo in its name.
    ///
    /// ```
    /// use tierbook::ErrorCode;
    /// use tierbook::language::{Parameters, parse};
    /// let statements = parse("mmr of $contract at 60000")?;
    /// Parameters::read(&["contract=ACTUSDT"])?.refuse_unused(&statements)?;
    /// let misspelt = Parameters::read(&["contrat=ACTUSDT"])?;
    /// assert_eq!(misspelt.refuse_unused(&statements).unwrap_err().code(), ErrorCode::UnusedParameter);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// No statement uses a bound name.
    pub fn refuse_unused(&self, statements: &[Statement]) -> Result<(), Error> {
        let used: Vec<String> = statements.iter().flat_map(names).collect();
        let Some(name) = self.values.keys().find(|name| !used.contains(name)) else { return Ok(()) };
        let error =
            Error::new(ErrorCode::UnusedParameter, format!("`${name}` is bound, but no statement uses it"));
        Err(match used.as_slice() {
            [] => error.hint(format!("write `${name}` in place of the value")),
            used => error.hint(format!("the parameters here are: ${}", used.join(", $"))),
        })
    }
}

const HOW: &str = "write --set NAME=VALUE, as in --set notional=60000";

/// The names of the parameters of a statement, each as often as it is used.
pub fn names(statement: &Statement) -> Vec<String> {
    statement.clone().words_mut().filter_map(|word| word.parameter.clone()).collect()
}

/// The error with the name of the parameter whose value it is about, where there is one.
///
/// ```
/// use tierbook::Timestamp;
/// use tierbook::language::{Parameters, parse, with_parameters};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let mut statement = parse("mmr of $contract at 60000 as of 2026-02-07")?.remove(0);
/// Parameters::read(&["contract=NOSUCH"])?.bind(&mut statement)?;
/// let error = rules.answer(&statement, Timestamp::now()).unwrap_err();
/// let error = with_parameters(error, &statement);
/// assert!(error.label().starts_with("`$contract` is bound to `NOSUCH`"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn named(mut error: Error, statement: &Statement) -> Error {
    let mut statement = statement.clone();
    let mut words: Vec<&mut Word> = statement.words_mut().collect();
    words.retain(|word| word.parameter.is_some() && Some(word.span) == error.span);
    // Words of an alias all have the place of its name: then the message shows which of them is meant.
    if words.iter().any(|word| error.message.contains(&word.text)) {
        words.retain(|word| error.message.contains(&word.text));
    }
    for word in words {
        let name = word.parameter.as_deref().unwrap_or_default();
        let bound = format!("`${name}` is bound to `{}`", word.text);
        if !error.label.contains(&bound) && word.text != format!("${name}") {
            error.label = format!("{bound}: {}", error.label);
        }
    }
    error
}

fn check_name(name: &str) -> Result<(), Error> {
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if plain && name.starts_with(|c: char| !c.is_ascii_digit()) {
        return Ok(());
    }
    let error =
        Error::new(ErrorCode::NotAParameter, format!("`{}` cannot be the name of a parameter", shown(name)));
    let is_amount = name.starts_with(|c: char| c.is_ascii_digit());
    Err(match name.strip_prefix('$') {
        None if is_amount => error.hint("a notional has no `$` and no currency: write 60000, 60,000 or 60k"),
        Some(rest) => error.hint(format!("write it without the dollar here: --set {}=…", shown(rest))),
        None => error.hint("a name has letters, digits and `_`, and starts with a letter: $notional"),
    })
}

/// As much of a text as a message takes, without what a terminal would act on.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}
