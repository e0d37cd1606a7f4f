//! The names that completion offers: subjects, newest change first, sources, and the times at which a subject
//! changes.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use tierbook::language::parse;
use tierbook::render::over_time;
use tierbook::{Database, Program, Row, Subject, Timestamp};

/// Most times of one subject that are offered; for older ones there is `history`.
const TIMES: usize = 30;

/// Most names that are offered at once; more fit no terminal, and another letter makes them fewer.
const SUBJECTS: usize = 60;

/// A name and the note beside it.
pub type Named = (String, String);

/// What is stored, as completion needs it.
#[derive(Debug)]
pub struct Names {
    database: Database,
    subjects: RefCell<Vec<Subject>>,
    /// What is read of the whole database; it is read with the first key.
    read: RefCell<Read>,
    is_read: Cell<bool>,
}

/// What is read of the whole database.
#[derive(Debug, Default)]
struct Read {
    /// In the order of their newest change.
    subjects: Vec<Subject>,
    /// For each name the times at which it changes, newest first, each with what happens then.
    timestamps: HashMap<String, Vec<Named>>,
    /// The sources, each with its title.
    sources: Vec<Named>,
}

impl Names {
    /// The names of a database as it is now.
    pub fn of(database: &Database) -> Names {
        let subjects = RefCell::new(database.subjects().unwrap_or_default());
        Names { database: database.clone(), subjects, read: RefCell::default(), is_read: Cell::new(false) }
    }

    /// How many subjects are stored.
    pub fn count(&self) -> usize {
        self.subjects.borrow().len()
    }

    /// A subject of a program that fits, for examples: the one with the newest change whose name any keyboard
    /// can write, else the one with the newest change.
    pub fn example(&self, fits: &dyn Fn(Program) -> bool) -> Option<Subject> {
        self.refresh();
        let subjects = self.subjects.borrow();
        let fitting = || subjects.iter().filter(|subject| fits(subject.program()));
        fitting().find(|subject| subject.name().is_ascii()).or_else(|| fitting().next()).cloned()
    }

    /// Reads what is stored, the first time.
    fn refresh(&self) {
        if self.is_read.replace(true) {
            return;
        }
        let mut read = read(&self.database);
        if !read.subjects.is_empty() {
            self.subjects.replace(std::mem::take(&mut read.subjects));
        }
        self.read.replace(read);
    }

    /// The names that begin with `begun`, then those that contain it, in any case; each once, with its
    /// programs.
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
        found.into_iter().flatten().take(SUBJECTS).collect()
    }

    /// Whether a subject of this name is stored.
    pub fn contains(&self, name: &str) -> bool {
        self.refresh();
        self.subjects.borrow().iter().any(|subject| subject.name().eq_ignore_ascii_case(name))
    }

    /// The times at which a subject changes, newest first, each with what happens then.
    pub fn timestamps(&self, name: &str) -> Vec<Named> {
        let mut read = self.read.borrow_mut();
        read.timestamps
            .entry(name.to_string())
            .or_insert_with(|| changes(&self.database, Some(name)).remove(name).unwrap_or_default())
            .clone()
    }

    /// The sources, each with its title.
    pub fn sources(&self) -> Vec<Named> {
        let mut read = self.read.borrow_mut();
        if read.sources.is_empty() {
            read.sources = sources(&self.database);
        }
        read.sources.clone()
    }

    /// The programs.
    pub fn programs() -> Vec<Named> {
        Program::ALL.iter().map(|program| (program.name().to_string(), String::new())).collect()
    }
}

fn read(database: &Database) -> Read {
    let mut subjects: Vec<_> = rows(database, "subjects")
        .into_iter()
        .filter_map(|row| if let Row::Subject(row) = row { Some((row.last_at, row.subject)) } else { None })
        .collect();
    subjects.sort_by(|a, b| b.cmp(a));
    let subjects = subjects.into_iter().map(|(_, subject)| subject).collect();
    Read { subjects, timestamps: changes(database, None), sources: sources(database) }
}

/// The changes of one subject or of all, by name.
fn changes(database: &Database, name: Option<&str>) -> HashMap<String, Vec<Named>> {
    let text = name.map_or("changes".to_string(), |name| format!("changes of \"{name}\""));
    let mut found: HashMap<String, Vec<Named>> = HashMap::new();
    for row in rows(database, &text) {
        if let Row::Change(row) = row {
            let named = (row.effective_at.to_string(), over_time::change_in_words(&row));
            found.entry(row.subject.name().to_string()).or_default().push(named);
        }
    }
    for timestamps in found.values_mut() {
        timestamps.sort_by(|a, b| b.cmp(a));
        timestamps.dedup_by(|a, b| a.0 == b.0);
        timestamps.truncate(TIMES);
    }
    found
}

fn sources(database: &Database) -> Vec<Named> {
    let named = |row: Row| match row {
        Row::Source(row) => Some((row.recorded.source.id.to_string(), row.recorded.source.title)),
        _ => None,
    };
    rows(database, "sources").into_iter().filter_map(named).collect()
}

/// The rows that answer a statement; none where it has no answer.
fn rows(database: &Database, text: &str) -> Vec<Row> {
    let statement = parse(text).ok().and_then(|mut all| all.pop());
    let answer = statement.and_then(|statement| database.answer(&statement, Timestamp::now()).ok());
    answer.map_or(Vec::new(), |(rows, _)| rows)
}
