//! The names that completion offers: subjects, newest change first, sources, and the instants at which a subject changes.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use crate::database::Database;
use crate::query::ast::Statement;
use crate::query::parse;
use crate::query::rows::Row;
use crate::render::over_time;
use crate::statement::{Program, Subject};
use crate::time::Instant;

/// Most instants of one subject that are offered; older ones are asked for with `history`.
const INSTANTS: usize = 30;

/// A name and what is said beside it.
pub type Named = (String, String);

/// What is held, as completion needs it.
#[derive(Debug)]
pub struct Names {
    database: Database,
    subjects: RefCell<Vec<Subject>>,
    /// The subjects in the order of their newest change, once another thread has read them all.
    by_change: Receiver<Vec<Subject>>,
    instants: RefCell<HashMap<String, Vec<Named>>>,
}

impl Names {
    /// The names of a database as it is now. The order of their changes takes a while to find, so it comes later.
    pub fn of(database: &Database) -> Names {
        let (sender, by_change) = channel();
        let dir = database.dir().to_path_buf();
        thread::spawn(move || {
            if let Some(subjects) = newest_first(&Database::at(&dir)) {
                // Nobody waits for it where the session has ended.
                let _ = sender.send(subjects);
            }
        });
        let subjects = RefCell::new(database.subjects().unwrap_or_default());
        Names { database: database.clone(), subjects, by_change, instants: RefCell::default() }
    }

    /// The first subject of a program that fits, the one with the newest change.
    pub fn first(&self, fits: &dyn Fn(Program) -> bool) -> Option<Subject> {
        self.refresh();
        self.subjects.borrow().iter().find(|subject| fits(subject.program())).cloned()
    }

    /// Takes over the order of the newest changes, once it is known.
    fn refresh(&self) {
        if let Some(subjects) = self.by_change.try_iter().last() {
            self.subjects.replace(subjects);
        }
    }

    /// The names that begin with `begun`, then those that hold it, in any case; each once, with its programs.
    pub fn subjects(&self, begun: &str) -> Vec<Named> {
        self.refresh();
        let begun = begun.trim_matches('"').to_lowercase();
        let mut found: [Vec<Named>; 2] = Default::default();
        let mut places: HashMap<String, (usize, usize)> = HashMap::new();
        for subject in self.subjects.borrow().iter() {
            let name = subject.name().to_lowercase();
            let rank = usize::from(!name.starts_with(&begun));
            if !name.contains(&begun) {
                continue;
            }
            match places.get(subject.name()) {
                Some(&(rank, place)) => {
                    found[rank][place].1 += &format!(", {}", subject.program().name());
                }
                None => {
                    places.insert(subject.name().to_string(), (rank, found[rank].len()));
                    found[rank].push((subject.name().to_string(), subject.program().name().to_string()));
                }
            }
        }
        found.into_iter().flatten().collect()
    }

    /// Whether a subject of this name is held.
    pub fn holds(&self, name: &str) -> bool {
        self.subjects.borrow().iter().any(|subject| subject.name().eq_ignore_ascii_case(name))
    }

    /// The instants at which a subject changes, newest first, each with what happens then.
    pub fn instants(&self, name: &str) -> Vec<Named> {
        let mut known = self.instants.borrow_mut();
        known.entry(name.to_string()).or_insert_with(|| instants(&self.database, name)).clone()
    }

    /// The sources, each with its title.
    pub fn sources(&self) -> Vec<Named> {
        let rows =
            self.database.answer(&Statement::Sources, Instant::now()).map_or(Vec::new(), |(rows, _)| rows);
        let named = |row: Row| match row {
            Row::Source(row) => {
                let source = row.recorded.source;
                Some((source.id.to_string(), source.title))
            }
            _ => None,
        };
        rows.into_iter().filter_map(named).collect()
    }

    /// The programs, each with its meaning.
    pub fn programs() -> Vec<Named> {
        Program::ALL.iter().map(|program| (program.name().to_string(), String::new())).collect()
    }
}

fn newest_first(database: &Database) -> Option<Vec<Subject>> {
    let all = Statement::Subjects { matching: None };
    let (rows, _) = database.answer(&all, Instant::now()).ok()?;
    let mut subjects: Vec<_> = rows
        .into_iter()
        .filter_map(|row| if let Row::Subject(row) = row { Some((row.last_at, row.subject)) } else { None })
        .collect();
    subjects.sort_by(|a, b| b.cmp(a));
    Some(subjects.into_iter().map(|(_, subject)| subject).collect())
}

fn instants(database: &Database, name: &str) -> Vec<Named> {
    let Some(statement) = parse(&format!("changes of \"{name}\"")).ok().and_then(|mut all| all.pop()) else {
        return Vec::new();
    };
    let Ok((rows, _)) = database.answer(&statement, Instant::now()) else { return Vec::new() };
    let mut found: Vec<Named> = rows
        .iter()
        .filter_map(|row| if let Row::Change(row) = row { Some(row) } else { None })
        .map(|row| (row.effective_at.to_string(), over_time::change_in_words(row)))
        .collect();
    found.reverse();
    found.dedup_by(|a, b| a.0 == b.0);
    found.truncate(INSTANTS);
    found
}
