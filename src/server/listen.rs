//! The socket: connections in, requests to [`Server::answer`], and an end that cuts nobody off. The one home of hyper and
//! tokio.

mod head;
mod room;
mod stall;

use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Body, Incoming};
use hyper::header::HeaderValue;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};

use super::log;
use super::problem::{Problem, Refusal};
use super::request::{Method, Request};
use super::response::Response;
use super::state::Server;
use crate::limits;
use room::{Room, with_room};
use stall::Stalling;

/// How often it is looked whether the server is to end.
const LOOK: Duration = Duration::from_millis(50);

/// What a connection needs.
struct Shared {
    server: Arc<Server>,
    log: Box<dyn Fn(&str) + Send + Sync>,
    /// For answers that take long: as many at the same time as there are cores, so that short ones are not kept waiting.
    long: Arc<Semaphore>,
    room: Room,
    /// Whether the server is to end: who waits for something new is answered then.
    is_ending: AtomicBool,
}

impl Server {
    /// Answers the requests of a socket until `is_ended`, then those that have begun. `log` gets a line about each.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use tierbook::server::{Options, Server};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// let server = Arc::new(Server::new(database, Options::default())?);
    /// let socket = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// server.serve(socket, &|| true, |line| eprintln!("{line}"))?; // ends at once
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The operating system refuses the socket or threads.
    pub fn serve(
        self: &Arc<Server>,
        socket: TcpListener,
        is_ended: &dyn Fn() -> bool,
        log: impl Fn(&str) + Send + Sync + 'static,
    ) -> io::Result<()> {
        let runtime = runtime()?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let shared = Arc::new(Shared {
            server: self.clone(),
            log: Box::new(log),
            long: Arc::new(Semaphore::new(cores)),
            room: Room::new(self.options.limits.bodies),
            is_ending: AtomicBool::new(false),
        });
        runtime.block_on(accept(socket, shared, is_ended))?;
        // Long answers that nobody waits for any more.
        runtime.shutdown_timeout(Duration::from_millis(100));
        Ok(())
    }
}

fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread().enable_io().enable_time().thread_name("serve").build()
}

async fn accept(socket: TcpListener, shared: Arc<Shared>, is_ended: &dyn Fn() -> bool) -> io::Result<()> {
    socket.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(socket)?;
    let limits = shared.server.options.limits;
    let (room, connections) = (Arc::new(Semaphore::new(limits.connections)), GracefulShutdown::new());
    while !is_ended() {
        shared.server.following.look();
        let next = async {
            let permit = room.clone().acquire_owned().await.map_err(io::Error::other)?;
            Ok::<_, io::Error>((permit, listener.accept().await?))
        };
        match timeout(LOOK, next).await {
            Ok(Ok((permit, (stream, peer)))) => connect(&shared, &connections, permit, stream, peer),
            // Most likely there are no more file descriptors: others have to be closed first.
            Ok(Err(_)) => sleep(LOOK).await,
            Err(_) => {}
        }
    }
    drop(listener);
    shared.is_ending.store(true, Ordering::Relaxed);
    // Those that are not ready by then are cut off.
    drop(timeout(limits.end, connections.shutdown()).await);
    Ok(())
}

fn connect(
    shared: &Arc<Shared>,
    connections: &GracefulShutdown,
    permit: OwnedSemaphorePermit,
    stream: TcpStream,
    peer: SocketAddr,
) {
    // Answers are written whole; waiting for more would only delay them.
    drop(stream.set_nodelay(true));
    let limits = shared.server.options.limits;
    let (shared, counted) = (shared.clone(), shared.clone());
    let service = service_fn(move |request| handle(shared.clone(), peer, request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        // Twice the head that is taken, so that one a little too long is refused with words.
        .max_buf_size(2 * limits::REQUEST_HEAD_BYTES)
        .serve_connection(TokioIo::new(Stalling::new(stream, limits.stall)), service);
    let connection = connections.watch(connection);
    tokio::spawn(async move {
        counted.server.metrics.connections.fetch_add(1, Ordering::Relaxed);
        // A client that goes away is no error of the server.
        drop(connection.await);
        counted.server.metrics.connections.fetch_sub(1, Ordering::Relaxed);
        drop(permit);
    });
}

type Answer = hyper::Response<Full<Bytes>>;

async fn handle(
    shared: Arc<Shared>,
    peer: SocketAddr,
    request: hyper::Request<Incoming>,
) -> Result<Answer, Infallible> {
    let began = Instant::now();
    let (head, body) = request.into_parts();
    let (request, response) = match head::read(&head) {
        Ok(request) => match with_body(&shared, request, body).await {
            Ok((request, room)) => {
                let response = answer(&shared, &request).await;
                drop(room);
                (request, response)
            }
            Err((request, problem)) => {
                let response = shared.server.refused(&request, &problem);
                (Arc::new(request), response)
            }
        },
        Err(problem) => {
            let request = Request::unread();
            let response = shared.server.refused(&request, &problem);
            (Arc::new(request), response)
        }
    };
    let response = with_room_for(&shared, &request, response).await;
    (shared.log)(&log::line(peer.ip(), &request, &response, began.elapsed()));
    Ok(written(response))
}

/// A large answer, once there is memory to keep it until it is sent.
async fn with_room_for(shared: &Shared, request: &Request, mut response: Response) -> Response {
    if !is_large(response.body.len()) {
        return response;
    }
    match shared.room.take(response.body.len(), shared.server.options.limits.answer).await {
        Some(room) => {
            response.body = with_room(response.body, room);
            response
        }
        None => {
            let problem = Problem::of(Refusal::TooBusy, "other large answers have to be sent first");
            shared.server.refused(request, &problem)
        }
    }
}

/// Whether the memory of an answer of so many bytes is counted.
fn is_large(bytes: usize) -> bool {
    bytes >= limits::LARGE_RESPONSE_BYTES
}

/// The answer, within the time that there is for one.
async fn answer(shared: &Arc<Shared>, request: &Arc<Request>) -> Response {
    wait_for_news(shared, request).await;
    if !Server::takes_long(request) {
        return answered(&shared.server, request);
    }
    let (server, asked) = (shared.server.clone(), request.clone());
    let within = shared.server.options.limits.answer;
    let refused = |refusal, detail: &str| {
        let problem = Problem::of(refusal, detail).hint("ask for fewer contracts, or a shorter time");
        shared.server.refused(request, &problem)
    };
    let Ok(Ok(permit)) = timeout(within, shared.long.clone().acquire_owned()).await else {
        return refused(Refusal::TooBusy, "other long answers have to be made first");
    };
    let made = spawn_blocking(move || {
        let response = answered(&server, &asked);
        drop(permit);
        response
    });
    match timeout(within, made).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => refused(Refusal::Internal, "the answer could not be made"),
        Err(_) => refused(Refusal::TooSlow, "the answer takes too long"),
    }
}

/// Keeps a request that waits for something new until there is, or its time is over.
async fn wait_for_news(shared: &Arc<Shared>, request: &Arc<Request>) {
    let Some((after, wait)) = shared.server.waits(request) else { return };
    let until = Instant::now() + wait;
    let has_news = || shared.server.following.database().newest_head().is_none_or(|(tx, _)| tx != after);
    while !has_news() && Instant::now() < until && !shared.is_ending.load(Ordering::Relaxed) {
        sleep(LOOK).await;
    }
}

fn answered(server: &Server, request: &Request) -> Response {
    // A defect in one answer is no reason to end all others.
    catch_unwind(AssertUnwindSafe(|| server.answer(request))).unwrap_or_else(|_| {
        server.refused(request, &Problem::of(Refusal::Internal, "the answer could not be made"))
    })
}

/// A request with its body, and the room for it; or without, and why it has none.
async fn with_body(
    shared: &Shared,
    mut request: Request,
    body: Incoming,
) -> Result<(Arc<Request>, Option<OwnedSemaphorePermit>), (Request, Problem)> {
    if request.method != Method::Post {
        return Ok((Arc::new(request), None));
    }
    // Who may not ask need not send anything.
    match shared.server.admits(&request) {
        Ok(()) => {}
        Err(problem) => return Err((request, problem)),
    }
    match whole(shared, body).await {
        Ok((bytes, room)) => {
            request.body = bytes;
            Ok((Arc::new(request), Some(room)))
        }
        Err(problem) => Err((request, problem)),
    }
}

async fn whole(shared: &Shared, body: Incoming) -> Result<(Bytes, OwnedSemaphorePermit), Problem> {
    let size = body.size_hint();
    let most = limits::REQUEST_BODY_BYTES;
    if size.lower() > most as u64 {
        return Err(too_long());
    }
    let bytes = size.exact().map_or(most, |bytes| bytes as usize);
    let within = shared.server.options.limits.body;
    let too_busy = || Problem::of(Refusal::TooBusy, "other bodies have to be read first");
    let room = shared.room.take(bytes, within).await.ok_or_else(too_busy)?;
    let too_slow = |_| Problem::of(Refusal::BodyTooSlow, "the body does not arrive");
    let read = timeout(within, Limited::new(body, most).collect()).await.map_err(too_slow)?;
    Ok((read.map_err(|error| unread(&*error))?.to_bytes(), room))
}

fn unread(error: &(dyn std::error::Error + Send + Sync + 'static)) -> Problem {
    match error.is::<http_body_util::LengthLimitError>() {
        true => too_long(),
        false => Problem::of(Refusal::BadRequest, "the body cannot be read"),
    }
}

fn too_long() -> Problem {
    let most = limits::REQUEST_BODY_BYTES;
    Problem::of(Refusal::BodyTooLong, format!("the body has more than {most} bytes"))
        .hint("send it in several parts")
}

fn written(response: Response) -> Answer {
    let mut answer = hyper::Response::new(Full::new(response.body.clone()));
    *answer.status_mut() = response.status.try_into().unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in response.headers() {
        // A value that is no header can only be a name of ours: it is left out.
        if let Ok(value) = HeaderValue::from_str(value) {
            answer.headers_mut().append(name, value);
        }
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_of_an_answer_is_counted_from_a_size_on_and_not_below() {
        assert!(is_large(limits::LARGE_RESPONSE_BYTES));
        assert!(!is_large(limits::LARGE_RESPONSE_BYTES - 1));
    }
}
