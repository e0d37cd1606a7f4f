//! A browser, and what it is told over DevTools. The protocol goes over a pipe: a shell makes of standard input and output
//! the descriptors 3 and 4 that the browser reads and writes, so that no port and no unsafe code is needed.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// Browsers that are looked for, the smallest first.
const BROWSERS: [&str; 3] = ["chromium-headless-shell", "chromium", "google-chrome"];

/// How long an answer may take: the machine may do other things.
const PATIENCE: Duration = Duration::from_mins(1);

const FLAGS: &str = "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --hide-scrollbars --force-color-profile=srgb --lang=en-GB";

/// A browser with one page.
pub struct Browser {
    child: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    next: u64,
    session: String,
    /// What the page reported: requests, console, exceptions.
    events: Vec<Value>,
    _profile: TempDir,
}

impl Browser {
    /// A browser; `None` with a visible line where there is none on this machine.
    pub fn start() -> Option<Browser> {
        let Some(program) = program() else {
            let hint = "no browser; apt-get install --no-install-recommends chromium-headless-shell";
            assert!(std::env::var_os("TIERBOOK_REQUIRE_BROWSER").is_none(), "{hint}");
            eprintln!("skipped: {hint}");
            return None;
        };
        let profile = TempDir::new().unwrap();
        let run = format!(
            "exec \"$1\" {FLAGS} --remote-debugging-pipe --user-data-dir=\"$0\" about:blank 3<&0 4>&1 </dev/null >/dev/null 2>&1"
        );
        let mut child = Command::new("sh")
            .args(["-c", &run])
            .arg(profile.path())
            .arg(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (to, from) = (child.stdin.take().unwrap(), messages(child.stdout.take().unwrap()));
        let (session, events) = (String::new(), Vec::new());
        let mut browser = Browser { child, to, from, next: 0, session, events, _profile: profile };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}));
        let attached =
            browser.call("Target.attachToTarget", json!({"targetId": target["targetId"], "flatten": true}));
        browser.session = attached["sessionId"].as_str().unwrap().to_string();
        for domain in ["Page", "Runtime", "Network", "Log"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    /// Calls a method and gives its result; events that come before it are kept.
    pub fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.next += 1;
        let mut message = json!({"id": self.next, "method": method, "params": &parameters});
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        self.to.write_all(format!("{message}\0").as_bytes()).unwrap();
        let until = Instant::now() + PATIENCE;
        loop {
            let message = self.receive(until).unwrap_or_else(|| panic!("no answer to {method}"));
            if message["id"] == json!(self.next) {
                // A page that goes to another address in between answers nothing: it is asked there.
                let words = message["error"]["message"].as_str().unwrap_or_default();
                if method == "Runtime.evaluate" && words.contains("navigated") && Instant::now() < until {
                    return self.call(method, parameters);
                }
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
            self.events.push(message);
        }
    }

    fn receive(&mut self, until: Instant) -> Option<Value> {
        self.from.recv_timeout(until.saturating_duration_since(Instant::now())).ok()
    }

    /// Goes to an address and waits until it is loaded.
    pub fn go(&mut self, address: &str) {
        let seen = self.events.len();
        let gone = self.call("Page.navigate", json!({"url": address}));
        if gone["loaderId"].is_null() {
            // It is the same page at another place.
            self.call("Page.reload", json!({}));
        }
        let until = Instant::now() + PATIENCE;
        let is_loaded = |event: &Value| event["method"] == "Page.loadEventFired";
        while !self.events[seen..].iter().any(is_loaded) {
            let event = self.receive(until).unwrap_or_else(|| panic!("{address} is not loaded"));
            self.events.push(event);
        }
    }

    /// What an expression of JavaScript gives; of a promise, what it is kept with.
    pub fn value(&mut self, expression: &str) -> Value {
        let asked = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let result = self.call("Runtime.evaluate", asked);
        assert!(result["exceptionDetails"].is_null(), "{expression}: {}", result["exceptionDetails"]);
        result["result"]["value"].clone()
    }

    /// The same as text.
    pub fn text(&mut self, expression: &str) -> String {
        let value = self.value(expression);
        value.as_str().map_or_else(|| panic!("{expression} is no text"), str::to_string)
    }

    /// Waits until an expression is true.
    pub fn wait_for(&mut self, expression: &str) {
        let until = Instant::now() + PATIENCE;
        while self.value(expression) != json!(true) {
            assert!(
                Instant::now() < until,
                "never true: {expression}; {}",
                self.text("document.body.innerText")
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Presses a key.
    pub fn press(&mut self, key: &str, code: u32) {
        for kind in ["keyDown", "keyUp"] {
            self.call(
                "Input.dispatchKeyEvent",
                json!({"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code}),
            );
        }
    }

    /// Types a text where the focus is.
    pub fn type_text(&mut self, text: &str) {
        self.call("Input.insertText", json!({"text": text}));
    }

    /// Shows pages as on a screen of that width, in a scheme.
    pub fn screen(&mut self, width: u32, scheme: &str) {
        let metrics = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600});
        self.call("Emulation.setDeviceMetricsOverride", metrics);
        self.media("", scheme);
    }

    /// Shows pages as for a kind of media (`print`, or none in particular), in a scheme.
    pub fn media(&mut self, media: &str, scheme: &str) {
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.call("Emulation.setEmulatedMedia", json!({"media": media, "features": features}));
    }

    /// The whole page as PNG.
    pub fn picture(&mut self) -> Vec<u8> {
        let taken =
            self.call("Page.captureScreenshot", json!({"format": "png", "captureBeyondViewport": true}));
        from_base64(taken["data"].as_str().unwrap())
    }

    /// The addresses that were asked for since the start.
    pub fn requests(&self) -> Vec<String> {
        let sent = self.events.iter().filter(|event| event["method"] == "Network.requestWillBeSent");
        sent.filter_map(|event| Some(event["params"]["request"]["url"].as_str()?.to_string())).collect()
    }

    /// What was wrong since the start: messages of the console, exceptions, refusals of the browser.
    pub fn complaints(&self) -> Vec<String> {
        let is_wrong = |event: &&Value| match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => true,
            Some("Runtime.consoleAPICalled") => {
                ["error", "warning", "assert"].contains(&event["params"]["type"].as_str().unwrap_or_default())
            }
            Some("Log.entryAdded") => event["params"]["entry"]["level"] == "error",
            _ => false,
        };
        self.events.iter().filter(is_wrong).map(|event| event["params"].to_string()).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn program() -> Option<PathBuf> {
    let named = std::env::var_os("TIERBOOK_BROWSER").map(PathBuf::from);
    let path = std::env::var_os("PATH")?;
    let found = || {
        let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
        BROWSERS.iter().find_map(|name| folders.iter().map(|it| it.join(name)).find(|it| it.is_file()))
    };
    named.or_else(found)
}

/// The messages of the browser, each ended by a zero byte.
fn messages(mut from: impl Read + Send + 'static) -> Receiver<Value> {
    let (send, receive) = channel();
    std::thread::spawn(move || {
        let (mut waiting, mut part) = (Vec::new(), vec![0; 64 * 1024]);
        while let Ok(count @ 1..) = from.read(&mut part) {
            waiting.extend_from_slice(&part[..count]);
            while let Some(end) = waiting.iter().position(|byte| *byte == 0) {
                let message: Vec<u8> = waiting.drain(..=end).collect();
                let Ok(message) = serde_json::from_slice(&message[..end]) else { continue };
                if send.send(message).is_err() {
                    return;
                }
            }
        }
    });
    receive
}

fn from_base64(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.bytes().filter_map(|byte| DIGITS.iter().position(|digit| *digit == byte));
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_usize, 0);
    for digit in digits {
        (bits, count) = ((bits << 6 | digit) & 0xff_ffff, count + 6);
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    bytes
}
