//! The command `serve`: the database over HTTP.

use std::io::Write;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use clap::Args;

use super::replication::small_file;
use super::session::Session;
use super::signals;
use super::status::ExitStatus;
use tierbook::server::{Options, Server};
use tierbook::text::terminal::one_line;
use tierbook::{Error, ErrorCode};

/// Shortest token that is worth its name.
const TOKEN_BYTES: usize = 16;

/// The arguments of `serve`.
#[derive(Args, Debug)]
pub struct ServeArguments {
    /// The address and the port to listen on; another address than one of this machine needs --token-file
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8787")]
    pub listen: SocketAddr,

    /// A file with the tokens of which every request needs one, a line each: `Authorization: Bearer TOKEN`
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,

    /// A name under which the server answers, besides localhost and the address: that of the proxy before it
    #[arg(long, value_name = "NAME")]
    pub host: Vec<String>,

    /// A site whose pages may read answers: https://risk.example.com
    #[arg(long, value_name = "ORIGIN")]
    pub allow_origin: Vec<String>,
}

/// `serve`, until Ctrl-C or SIGTERM.
pub fn run(session: &Session, arguments: &ServeArguments) -> ExitStatus {
    match served(session, arguments) {
        Ok(()) => ExitStatus::OK,
        Err(error) => session.report(&error),
    }
}

fn served(session: &Session, arguments: &ServeArguments) -> Result<(), Error> {
    let options = options(arguments)?;
    let server = Arc::new(Server::new(session.database.clone(), options)?);
    let failed = |error: std::io::Error| {
        Error::new(ErrorCode::CannotListen, format!("cannot listen on {}: {error}", arguments.listen))
            .hint("choose another port: --listen 127.0.0.1:8788")
    };
    let socket = TcpListener::bind(arguments.listen).map_err(failed)?;
    let address = socket.local_addr().map_err(failed)?;
    session.console.print(&format!("listening on http://{address}\n"));
    let ended = signals::told_to_end();
    let log = |line: &str| drop(writeln!(std::io::stderr().lock(), "{}", one_line(line)));
    server.serve(socket, &|| ended.load(Ordering::Relaxed), log).map_err(failed)
}

fn options(arguments: &ServeArguments) -> Result<Options, Error> {
    let mut options = Options::default();
    if let Some(file) = &arguments.token_file {
        options.tokens = tokens(file)?;
    }
    let address = arguments.listen.ip();
    if !address.is_loopback() && options.tokens.is_empty() {
        let message = format!("{address} can be reached from other machines, and no token is asked for");
        return Err(Error::new(ErrorCode::TokenNeeded, message)
            .hint("listen on this machine only (127.0.0.1), with a proxy before it that encrypts: Caddy or nginx, docs/server.md")
            .hint("or name a file of tokens: --token-file FILE"));
    }
    options.hosts.clone_from(&arguments.host);
    if !address.is_unspecified() {
        options.hosts.push(host_of(address));
    }
    options.origins = arguments.allow_origin.iter().map(|text| origin(text)).collect::<Result<_, _>>()?;
    Ok(options)
}

/// A site as browsers name it.
fn origin(text: &str) -> Result<String, Error> {
    let host = text.strip_prefix("https://").or(text.strip_prefix("http://")).unwrap_or_default();
    let is_host = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-:[]".contains(c);
    if !host.is_empty() && host.chars().all(is_host) {
        return Ok(text.to_string());
    }
    Err(Error::new(ErrorCode::NotAnOrigin, format!("`{text}` is no site as browsers name it"))
        .hint("write the scheme and the host in small letters, and the port if there is one: https://risk.example.com"))
}

/// An address as it is in `Host`.
fn host_of(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

fn tokens(file: &Path) -> Result<Vec<String>, Error> {
    let name = file.display();
    let text = small_file(file).map_err(|error| {
        Error::new(ErrorCode::CannotRead, format!("cannot read {name}: {error}"))
            .hint("name a file of tokens, a line each")
    })?;
    let tokens: Vec<String> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(String::from)
        .collect();
    let is_short =
        |token: &String| token.len() < TOKEN_BYTES || !token.bytes().all(|byte| byte.is_ascii_graphic());
    if tokens.is_empty() || tokens.iter().any(is_short) {
        let message = format!("{name} needs a line with a token of {TOKEN_BYTES} letters and digits or more");
        return Err(Error::new(ErrorCode::TokenNeeded, message).hint("make one: openssl rand -hex 32"));
    }
    Ok(tokens)
}
