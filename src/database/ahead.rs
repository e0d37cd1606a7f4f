//! Work on the next items by every core, while the one before them is recorded; the order stays.

use std::collections::VecDeque;
use std::num::NonZero;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Items that wait to be taken, for each thread: what is worked on, and what is done.
const WAITING: usize = 2;

/// Items, and what work makes of them, in the order of the items.
///
/// Items are taken ahead only as far as the iterator states by its `size_hint` that more come: one that waits for
/// its next item is asked for it when everything before has been given.
pub struct Ahead<'w, Inputs, W, I, T, F> {
    inputs: Inputs,
    work: &'w W,
    jobs: Sender<Job<I, T>>,
    /// How many items are taken ahead; none without threads.
    most: usize,
    waiting: VecDeque<Waiting<I, T, F>>,
}

/// The next of the items.
pub enum Next<I, T, F> {
    /// An item, and what work made of it.
    Done(I, T),
    /// An item that could not be had.
    Failed(F),
    /// There is none yet, and it may take long.
    NotYet,
    /// There are no more.
    End,
}

/// An item, and where its result is expected.
type Job<I, T> = (I, Sender<(I, T)>);

enum Waiting<I, T, F> {
    Worked(Receiver<(I, T)>),
    Failed(F),
}

/// Lets `body` take the items of `inputs` one by one, with what `work` makes of each.
pub fn in_order<I: Send, T: Send, F, Inputs, W, R>(
    inputs: Inputs,
    work: &W,
    body: impl FnOnce(&mut Ahead<'_, Inputs, W, I, T, F>) -> R,
) -> R
where
    Inputs: Iterator<Item = Result<I, F>>,
    W: Fn(&I) -> T + Sync,
{
    // One item alone is worked on here.
    let threads = match inputs.size_hint().0 {
        0 | 1 => 0,
        items => items.min(thread::available_parallelism().map_or(1, NonZero::get)),
    };
    in_order_by(threads, inputs, work, body)
}

/// As [`in_order`], by so many threads.
fn in_order_by<I: Send, T: Send, F, Inputs, W, R>(
    threads: usize,
    inputs: Inputs,
    work: &W,
    body: impl FnOnce(&mut Ahead<'_, Inputs, W, I, T, F>) -> R,
) -> R
where
    Inputs: Iterator<Item = Result<I, F>>,
    W: Fn(&I) -> T + Sync,
{
    let (jobs, queue) = mpsc::channel::<Job<I, T>>();
    let queue = Mutex::new(queue);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| serve(&queue, work));
        }
        // The threads end when nobody has jobs for them.
        body(&mut Ahead { inputs, work, jobs, most: WAITING * threads, waiting: VecDeque::new() })
    })
}

fn serve<I, T>(queue: &Mutex<Receiver<Job<I, T>>>, work: &impl Fn(&I) -> T) {
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((item, done)) = job else { return };
        let result = work(&item);
        // Nobody waits for it where an item before it ended everything.
        let _ = done.send((item, result));
    }
}

impl<I, T, F, Inputs, W> Ahead<'_, Inputs, W, I, T, F>
where
    Inputs: Iterator<Item = Result<I, F>>,
    W: Fn(&I) -> T,
{
    /// The next item. With a `patience` it is [`Next::NotYet`] after that time, and before the iterator is asked
    /// for an item that it does not state to have.
    pub fn next(&mut self, patience: Option<Duration>) -> Next<I, T, F> {
        while self.waiting.len() < self.most && self.inputs.size_hint().0 > 0 {
            match self.inputs.next() {
                Some(Ok(item)) => {
                    let (done, result) = mpsc::channel();
                    // The queue lives as long as the threads.
                    let _ = self.jobs.send((item, done));
                    self.waiting.push_back(Waiting::Worked(result));
                }
                Some(Err(failed)) => self.waiting.push_back(Waiting::Failed(failed)),
                None => break,
            }
        }
        match self.waiting.pop_front() {
            Some(Waiting::Failed(failed)) => Next::Failed(failed),
            Some(Waiting::Worked(result)) => {
                let next = match patience {
                    Some(patience) => result.recv_timeout(patience),
                    None => result.recv().map_err(|_| RecvTimeoutError::Disconnected),
                };
                match next {
                    Ok((item, result)) => Next::Done(item, result),
                    Err(RecvTimeoutError::Timeout) => {
                        self.waiting.push_front(Waiting::Worked(result));
                        Next::NotYet
                    }
                    // The work panicked; the scope passes that on.
                    Err(RecvTimeoutError::Disconnected) => Next::End,
                }
            }
            None if patience.is_some() && self.inputs.size_hint().0 == 0 => Next::NotYet,
            None => match self.inputs.next() {
                Some(Ok(item)) => {
                    let result = (self.work)(&item);
                    Next::Done(item, result)
                }
                Some(Err(failed)) => Next::Failed(failed),
                None => Next::End,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// What is taken of the items: each with its square, those that failed as they are.
    fn all(threads: usize, items: &[Result<u64, u64>], patience: Option<Duration>) -> (Vec<String>, usize) {
        let square = |item: &u64| {
            // The later ones are done first.
            thread::sleep(Duration::from_micros(400 - 4 * item.min(&100)));
            item * item
        };
        let (mut taken, mut waits) = (Vec::new(), 0);
        in_order_by(threads, items.iter().copied(), &square, |ahead| {
            loop {
                match ahead.next(patience) {
                    Next::Done(item, result) => taken.push(format!("{item}: {result}")),
                    Next::Failed(item) => taken.push(format!("{item}")),
                    Next::NotYet if ahead.waiting.is_empty() => match ahead.next(None) {
                        Next::End => break,
                        _ => panic!("an item of an iterator that stated to be at its end"),
                    },
                    Next::NotYet => waits += 1,
                    Next::End => break,
                }
            }
        });
        (taken, waits)
    }

    #[test]
    fn items_come_in_their_order_for_any_number_of_threads() {
        let items: Vec<Result<u64, u64>> = (0..60).map(|n| if n % 7 == 3 { Err(n) } else { Ok(n) }).collect();
        let expected: Vec<String> = items
            .iter()
            .map(|item| {
                item.map_or_else(|failed| failed.to_string(), |item| format!("{item}: {}", item * item))
            })
            .collect();
        for threads in 0..5 {
            for patience in [None, Some(Duration::from_micros(50)), Some(Duration::from_mins(1))] {
                assert_eq!(all(threads, &items, patience).0, expected, "{threads} threads");
            }
        }
        assert_eq!(all(3, &items, Some(Duration::from_mins(1))).1, 0);
        assert!(all(3, &items, Some(Duration::ZERO)).1 > 0);
    }

    #[test]
    fn no_more_items_are_taken_ahead_than_may_wait_and_none_after_the_end() {
        let (taken, worked) = (Cell::new(0usize), AtomicUsize::new(0));
        let inputs = (0..100).inspect(|_| taken.set(taken.get() + 1)).map(Ok::<usize, ()>);
        let inputs = inputs.collect::<Vec<_>>().into_iter().inspect(|_| taken.set(taken.get() + 1));
        taken.set(0);
        let work = |_: &usize| worked.fetch_add(1, Ordering::Relaxed);
        in_order_by(2, inputs, &work, |ahead| {
            for given in 1..=10 {
                assert!(matches!(ahead.next(None), Next::Done(..)));
                assert!((given..=given + 2 * WAITING).contains(&taken.get()), "{} of {given}", taken.get());
            }
        });
        assert!(worked.into_inner() <= 10 + 2 * WAITING);
    }

    #[test]
    fn an_iterator_that_may_wait_is_asked_for_one_item_after_the_other() {
        let taken = Cell::new(0);
        let waits = std::iter::from_fn(|| {
            taken.set(taken.get() + 1);
            (taken.get() <= 3).then_some(Ok::<u64, ()>(taken.get()))
        });
        in_order_by(2, waits, &|item| *item, |ahead| {
            for given in 1..=3 {
                assert!(matches!(ahead.next(Some(Duration::from_mins(1))), Next::NotYet));
                assert!(matches!(ahead.next(None), Next::Done(item, _) if item == given));
                assert_eq!(taken.get(), given);
            }
            assert!(matches!(ahead.next(None), Next::End));
        });
    }
}
