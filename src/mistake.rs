//! A mistake as data: what is wrong, where, and how to mend it. `render::diagnostic` alone draws it.

use crate::text::Span;

/// Whose mistake it is; decides the exit code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The command or the query is wrong: exit code 2.
    Question,
    /// An input file cannot be read, or the database is missing, locked or damaged: exit code 4.
    Input,
}

/// One mistake, complete enough to be drawn without further knowledge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mistake {
    /// Whose mistake it is.
    pub fault: Fault,
    /// A stable name for scripts and documentation, in snake case.
    pub code: &'static str,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// The bytes of the query text that are wrong, where there is a query text.
    pub span: Option<Span>,
    /// What stands at the span, said in a few words behind the caret.
    pub label: String,
    /// How to mend it; the most likely mend first.
    pub hints: Vec<String>,
}

impl Mistake {
    /// A mistake in a query or command, not yet placed.
    pub fn question(code: &'static str, message: impl Into<String>) -> Mistake {
        Mistake {
            fault: Fault::Question,
            code,
            message: message.into(),
            span: None,
            label: String::new(),
            hints: Vec::new(),
        }
    }

    /// A mistake in an input file or in the database.
    pub fn input(code: &'static str, message: impl Into<String>) -> Mistake {
        Mistake { fault: Fault::Input, ..Mistake::question(code, message) }
    }

    /// The same mistake, placed at `span` of the query text with a few words for the caret.
    pub fn at(mut self, span: Span, label: impl Into<String>) -> Mistake {
        self.span = Some(span);
        self.label = label.into();
        self
    }

    /// The same mistake with one more hint.
    pub fn hint(mut self, hint: impl Into<String>) -> Mistake {
        self.hints.push(hint.into());
        self
    }

    /// The exit code of DESIGN section 6 that this mistake leads to.
    pub fn exit_code(&self) -> u8 {
        match self.fault {
            Fault::Question => 2,
            Fault::Input => 4,
        }
    }
}
