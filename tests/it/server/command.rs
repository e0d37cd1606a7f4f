//! `tierbook serve` as a process: what it refuses, prints, logs, and how it ends.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use crate::cli::tool::Tool;

/// A server that runs, with the address that it prints.
struct Running {
    child: Child,
    address: String,
}

impl Running {
    fn start(tool: &Tool, options: &[&str]) -> Running {
        let mut command = tool.command();
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(options);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").expect(&line).to_string();
        Running { child, address }
    }

    fn ask(&self, target: &str, headers: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head =
            format!("GET {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}\r\n", self.address);
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Ends it by a signal; gives its exit code and what it logged.
    fn end(mut self, signal: &str) -> (Option<i32>, String) {
        // The shell's own `kill`: the program is not everywhere.
        let kill = format!("kill {signal} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        let code = self.child.wait().unwrap().code();
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (code, log)
    }
}

#[test]
fn it_logs_a_line_a_request_without_secrets_and_ends_when_it_is_told_to() {
    let tool = Tool::seeded();
    for signal in ["-TERM", "-INT"] {
        let running = Running::start(&tool, &[]);
        let target =
            "/fapi/v1/leverageBracket?symbol=ACTUSDT&timestamp=1795939200500&signature=f00dfeed&apiKey=k3y";
        let answer = running
            .ask(target, "X-MBX-APIKEY: s3cretkey\r\nAuthorization: Bearer t0ken\r\nX-Request-Id: r-7\r\n");
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        let (code, log) = running.end(signal);
        assert_eq!(code, Some(0), "{signal}");
        let lines: Vec<&str> = log.lines().collect();
        assert_eq!(lines.len(), 1, "{log}");
        for part in [
            "peer=127.0.0.1",
            " method=GET path=/fapi/v1/leverageBracket symbol=ACTUSDT status=200 bytes=",
            " us=",
            " tx=1 id=r-7",
        ] {
            assert!(lines[0].contains(part), "{part}: {log}");
        }
        for secret in ["f00dfeed", "1795939200500", "k3y", "s3cretkey", "t0ken", "signature"] {
            assert!(!log.contains(secret), "{secret}: {log}");
        }
    }
}

#[test]
fn another_address_than_one_of_this_machine_needs_a_token() {
    let tool = Tool::seeded();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80"] {
        let ran = tool.run(["serve", "--listen", address]);
        assert_eq!(ran.code, 2, "{}", ran.text());
        for words in ["error[token_needed]", "--token-file", "Caddy or nginx"] {
            assert!(ran.err.contains(words), "{words}: {}", ran.err);
        }
    }
    let tokens = tool.dir().with_file_name("tokens");
    for text in ["", "# only a comment\n", "short\n", "long enough but with blanks\n"] {
        std::fs::write(&tokens, text).unwrap();
        let ran = tool.run(["serve", "--listen", "127.0.0.1:0", "--token-file", tokens.to_str().unwrap()]);
        assert_eq!(ran.code, 2, "{text:?}: {}", ran.text());
        assert!(ran.err.contains("error[token_needed]"), "{text:?}: {}", ran.err);
    }
}

#[test]
fn a_site_that_no_browser_names_is_refused() {
    let tool = Tool::seeded();
    for origin in
        ["*", "risk.example.com", "https://risk.example.com/", "https://", "https://Risk.example.com", "null"]
    {
        let ran = tool.run(["serve", "--listen", "127.0.0.1:0", "--allow-origin", origin]);
        assert_eq!(ran.code, 2, "{origin}: {}", ran.text());
        assert!(ran.err.contains("error[not_an_origin]"), "{}", ran.err);
    }
}

#[test]
fn tokens_are_read_from_a_file_and_asked_for() {
    let tool = Tool::seeded();
    let tokens = tool.dir().with_file_name("tokens");
    std::fs::write(&tokens, "# risk service\n0123456789abcdef0123\n").unwrap();
    let running = Running::start(&tool, &["--token-file", tokens.to_str().unwrap()]);
    assert!(running.ask("/v1/head", "").starts_with("HTTP/1.1 401 "));
    let answer = running.ask("/v1/head", "Authorization: Bearer 0123456789abcdef0123\r\n");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let (code, log) = running.end("-TERM");
    assert_eq!((code, log.contains("0123456789abcdef0123")), (Some(0), false), "{log}");
}

#[test]
fn a_port_that_is_taken_is_an_error_with_a_hint() {
    let tool = Tool::seeded();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let ran = tool.run(["serve", "--listen", &taken.local_addr().unwrap().to_string()]);
    assert_eq!(ran.code, 4, "{}", ran.text());
    assert!(
        ran.err.contains("error[cannot_listen]") && ran.err.contains("--listen 127.0.0.1:8788"),
        "{}",
        ran.err
    );
}
