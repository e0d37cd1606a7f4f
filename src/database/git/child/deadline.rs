//! A child process that is ended when it works on one thing for too long.

use std::io;
use std::process::{Child, ExitStatus};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// A child process with a deadline for each thing that it does.
pub struct Watched {
    child: Arc<Mutex<Child>>,
    steps: Sender<Step>,
    seconds: u64,
}

/// What a child process does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Works,
    Waits,
}

/// For as long as it is there, the time of the child runs.
pub struct Running {
    steps: Sender<Step>,
}

impl Watched {
    /// Watches a child, of which nothing is wanted yet.
    pub fn of(child: Child, most: Duration) -> Watched {
        let child = Arc::new(Mutex::new(child));
        let (steps, taken) = mpsc::channel();
        let watched = child.clone();
        thread::spawn(move || {
            let mut step = taken.recv();
            while let Ok(now) = step {
                step = match now {
                    Step::Waits => taken.recv(),
                    Step::Works => match taken.recv_timeout(most) {
                        Ok(next) => Ok(next),
                        Err(RecvTimeoutError::Disconnected) => return,
                        Err(RecvTimeoutError::Timeout) => {
                            let _ = watched.lock().unwrap_or_else(PoisonError::into_inner).kill();
                            return;
                        }
                    },
                };
            }
        });
        Watched { child, steps, seconds: most.as_secs() }
    }

    /// Starts its time.
    pub fn running(&self) -> Running {
        let _ = self.steps.send(Step::Works);
        Running { steps: self.steps.clone() }
    }

    /// Waits for its end, after all that it printed was read.
    ///
    /// # Errors
    /// It was ended by the deadline.
    pub fn end(&self) -> io::Result<ExitStatus> {
        // The deadline needs the child too.
        let ended = || self.child.lock().unwrap_or_else(PoisonError::into_inner).try_wait();
        let status = loop {
            match ended()? {
                Some(status) => break status,
                None => thread::sleep(Duration::from_millis(2)),
            }
        };
        match status.code() {
            Some(_) => Ok(status),
            None => Err(io::Error::new(
                io::ErrorKind::TimedOut,
                format!("it was ended by a signal, or has not ended within {} seconds", self.seconds),
            )),
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // Nothing is asked any more; waiting for it leaves no process.
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.steps.send(Step::Waits);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::process::Command;
    use std::time::Instant;

    #[test]
    fn a_child_that_works_for_too_long_is_ended_and_one_that_waits_is_not() {
        let start = Instant::now();
        let sleeping = |seconds: &str| Command::new("sleep").arg(seconds).spawn().expect("sleep");
        let endless = Watched::of(sleeping("60"), Duration::from_millis(50));
        let _running = endless.running();
        thread::sleep(Duration::from_millis(150));
        assert!(endless.end().is_err_and(|error| error.kind() == io::ErrorKind::TimedOut));
        let short = Watched::of(sleeping("0.3"), Duration::from_millis(50));
        drop(short.running());
        thread::sleep(Duration::from_millis(150));
        assert!(short.end().is_ok_and(|status| status.success()));
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}
