//! A publication at an address: the one home of the HTTP client.

use std::io::Read;
use std::net::IpAddr;
use std::sync::OnceLock;
use std::time::Duration;

use ureq::config::ConfigBuilder;
use ureq::http::header::{AUTHORIZATION, LOCATION};
use ureq::http::uri::Authority;
use ureq::http::{Response, Uri};
#[cfg(feature = "tls")]
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::typestate::AgentScope;
use ureq::{Agent, Body, Proxy};

use super::wanted::{Wanted, bad};
use crate::error::{Error, ErrorCode, Result};
use crate::json::quoted;
use crate::limits;

/// Where `tierbook serve` publishes.
const SERVED: &str = "/v1/journal";

/// An address.
pub struct Http {
    agent: Agent,
    /// Without a `/` at its end.
    address: String,
    /// Whether it is of this machine.
    #[cfg(feature = "tls")]
    is_here: bool,
    /// The address with [`SERVED`] where the publication is there, once it is known.
    base: OnceLock<String>,
    token: Option<String>,
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        // Not the token.
        f.debug_tuple("Http").field(&self.address).finish()
    }
}

impl Http {
    /// The publication at an address.
    ///
    /// # Errors
    /// It is no plain address, or a token would be sent in the clear (`bad_origin`).
    pub fn of(text: &str, token: Option<String>) -> Result<Http> {
        let uri: Uri = text.parse().map_err(|error| bad(&format!("`{text}` is no address: {error}")))?;
        let authority = uri.authority().map(Authority::as_str).unwrap_or_default();
        if authority.is_empty() || authority.contains('@') || uri.query().is_some() || text.contains('#') {
            let what = "an origin is a scheme, a host and a path: no name, password or parameters";
            return Err(bad(what).hint("a token comes from a file: --token-file FILE"));
        }
        let is_here = uri.host().is_some_and(is_this_machine);
        let is_secret = uri.scheme_str() == Some("https") || is_here;
        if token.is_some() && !is_secret {
            return Err(
                bad("a token is not sent in the clear to another machine").hint("use an https address")
            );
        }
        let config = config(is_here).build();
        let address = text.trim_end_matches('/').to_string();
        Ok(Http {
            agent: config.into(),
            address,
            #[cfg(feature = "tls")]
            is_here,
            base: OnceLock::new(),
            token,
        })
    }

    /// The same, which trusts these authorities alone.
    ///
    /// # Errors
    /// There is no certificate in the text (`cannot_read`).
    #[cfg(feature = "tls")]
    pub fn trusting(self, pem: &[u8]) -> Result<Http> {
        let certificate = |item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        };
        let authorities: Vec<Certificate<'static>> = parse_pem(pem).filter_map(certificate).collect();
        if authorities.is_empty() {
            return Err(Error::new(ErrorCode::CannotRead, "there is no certificate of an authority in it")
                .hint("name a file in PEM: it has a line `-----BEGIN CERTIFICATE-----`"));
        }
        let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&authorities)).build();
        Ok(Http { agent: config(self.is_here).tls_config(tls).build().into(), ..self })
    }

    /// What is at a path, cut off at its limit; `None` where there is nothing.
    ///
    /// # Errors
    /// The origin does not answer in time, or with something else (`origin_unreachable`).
    pub fn get(&self, wanted: &Wanted) -> Result<Option<Vec<u8>>> {
        if let Some(base) = self.base.get() {
            return self.get_at(base, wanted);
        }
        let found = self.get_at(&self.address, wanted)?;
        if found.is_some() {
            self.base.get_or_init(|| self.address.clone());
            return Ok(found);
        }
        let served = format!("{}{SERVED}", self.address);
        let found = self.get_at(&served, wanted)?;
        if found.is_some() {
            self.base.get_or_init(|| served);
        }
        Ok(found)
    }

    fn get_at(&self, base: &str, wanted: &Wanted) -> Result<Option<Vec<u8>>> {
        let query = if wanted.query.is_empty() { String::new() } else { format!("?{}", wanted.query) };
        let url = format!("{base}/{}", wanted.path);
        let mut request = self.agent.get(format!("{url}{query}"));
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.config().timeout_global(Some(wanted.within)).build();
        let mut response = request.call().map_err(|error| unreachable(&url, &error.to_string()))?;
        match response.status().as_u16() {
            200 => body(&url, &mut response, wanted.most).map(Some),
            404 | 410 => Ok(None),
            _ => Err(refused(&url, &response)),
        }
    }
}

/// What every request has.
fn config(is_here: bool) -> ConfigBuilder<AgentScope> {
    Agent::config_builder()
        .timeout_connect(Some(Duration::from_secs(limits::ORIGIN_CONNECT_SECONDS)))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        // What is asked of this machine goes to no other one, which would see the token.
        .proxy(if is_here { None } else { Proxy::try_from_env() })
        .user_agent(concat!("tierbook/", env!("CARGO_PKG_VERSION")))
}

fn body(url: &str, response: &mut Response<Body>, most: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = response.body_mut().as_reader().take(most).read_to_end(&mut bytes);
    read.map_err(|error| unreachable(url, &error.to_string()))?;
    Ok(bytes)
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn unreachable(url: &str, why: &str) -> Error {
    let error = Error::new(ErrorCode::OriginUnreachable, format!("cannot fetch {url}: {why}"));
    let error = match why.contains("certificate") {
        true => error.hint("an authority of your own: --ca-file FILE, with its certificate"),
        false => error,
    };
    error.hint("check the address and the network, and try again: what was fetched is not fetched again")
}

/// The error for an answer with another status.
fn refused(url: &str, response: &Response<Body>) -> Error {
    let status = response.status();
    let error = Error::new(ErrorCode::OriginUnreachable, format!("{url} answers with {status}"));
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    match (status.as_u16(), location) {
        (401 | 403, _) => error.hint("it wants a token that it knows: --token-file FILE"),
        (300..=399, Some(location)) => {
            let shown = quoted(location);
            error.hint(format!(
                "redirects are not followed: name the address itself, if you trust it: {shown}"
            ))
        }
        _ => error.hint("try again later, or ask who runs it"),
    }
}
