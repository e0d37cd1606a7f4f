//! The memory for bodies of requests and of large answers: what does not fit waits, whoever sends or takes it slowly.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// What memory is counted in.
const KILOBYTE: usize = 1024;

/// Memory that is shared by all connections.
#[derive(Clone)]
pub struct Room(Arc<Semaphore>);

impl Room {
    /// Room for so many bytes.
    pub fn new(bytes: usize) -> Room {
        Room(Arc::new(Semaphore::new((bytes / KILOBYTE).min(Semaphore::MAX_PERMITS))))
    }

    /// Takes room for some bytes; `None` where there is none in time.
    pub async fn take(&self, bytes: usize, within: Duration) -> Option<OwnedSemaphorePermit> {
        let kilobytes = u32::try_from(bytes.div_ceil(KILOBYTE)).ok()?;
        timeout(within, self.0.clone().acquire_many_owned(kilobytes)).await.ok()?.ok()
    }
}

/// A body that gives its room back when it is sent.
pub fn with_room(body: Bytes, room: OwnedSemaphorePermit) -> Bytes {
    Bytes::from_owner(Sent { body, _room: room })
}

struct Sent {
    body: Bytes,
    _room: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Sent {
    fn as_ref(&self) -> &[u8] {
        &self.body
    }
}
