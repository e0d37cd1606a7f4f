//! Work that cores share, with its results in order: parts are numbered, given to whoever is free, and taken in turn.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ScopedJoinHandle};

use crate::error::{Error, ErrorCode, Result};

/// How many parts a core may have under way, so that what waits for its turn stays small.
const PARTS_OF_A_CORE: usize = 3;

/// The way of parts `P` to results `R`, which cores make with states `S`.
pub struct Line<'scope, P, R, S> {
    given: Sender<(usize, P)>,
    made: Receiver<(usize, Result<R>)>,
    workers: Vec<ScopedJoinHandle<'scope, S>>,
    waiting: BTreeMap<usize, Result<R>>,
    number: usize,
    taken: usize,
}

impl<'scope, P: Send + 'scope, R: Send + 'scope, S: Send + 'scope> Line<'scope, P, R, S> {
    /// Starts a worker for each core, with a state of its own.
    pub fn start<'env>(
        scope: &'scope thread::Scope<'scope, 'env>,
        state: impl Fn() -> S,
        work: &'scope (dyn Fn(&mut S, P) -> Result<R> + Sync),
    ) -> Line<'scope, P, R, S> {
        let (given, parts) = channel::<(usize, P)>();
        let (sent, made) = channel();
        let parts = Arc::new(Mutex::new(parts));
        let worker = |mut state: S| {
            let (parts, sent) = (parts.clone(), sent.clone());
            scope.spawn(move || {
                loop {
                    let next = parts.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok((number, part)) = next else { return state };
                    if sent.send((number, work(&mut state, part))).is_err() {
                        return state;
                    }
                }
            })
        };
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let workers = (0..cores).map(|_| worker(state())).collect();
        Line { given, made, workers, waiting: BTreeMap::new(), number: 0, taken: 0 }
    }

    /// Gives a part away; where too many are under way, results are taken first.
    ///
    /// # Errors
    /// Those of the work and of `take`.
    pub fn give(&mut self, part: P, take: &mut dyn FnMut(R) -> Result<()>) -> Result<()> {
        while self.number - self.taken >= PARTS_OF_A_CORE * self.workers.len() {
            self.take(take)?;
        }
        self.given.send((self.number, part)).map_err(|_| ended_early())?;
        self.number += 1;
        Ok(())
    }

    /// Takes what is under way, and gives the states of the workers.
    ///
    /// # Errors
    /// Those of the work and of `take`.
    pub fn finish(mut self, take: &mut dyn FnMut(R) -> Result<()>) -> Result<Vec<S>> {
        while self.taken < self.number {
            self.take(take)?;
        }
        drop(self.given);
        self.workers.into_iter().map(|worker| worker.join().map_err(|_| ended_early())).collect()
    }

    /// Takes the result whose turn it is.
    fn take(&mut self, take: &mut dyn FnMut(R) -> Result<()>) -> Result<()> {
        loop {
            if let Some(result) = self.waiting.remove(&self.taken) {
                self.taken += 1;
                return take(result?);
            }
            let (number, result) = self.made.recv().map_err(|_| ended_early())?;
            self.waiting.insert(number, result);
        }
    }
}

fn ended_early() -> Error {
    Error::new(ErrorCode::CannotRead, "the positions could not be judged to their end").hint("try again")
}
