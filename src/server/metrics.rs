//! What the server did, in the text form of Prometheus.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use super::path::Path;
use crate::store::Head;
use crate::time::Timestamp;

/// The upper bounds of the times of answers, in microseconds.
const BOUNDS: [u64; 12] =
    [50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 50_000, 250_000, 1_000_000, 10_000_000];

/// The first digits of a status.
const CLASSES: usize = 6;

/// Counters since the start.
#[derive(Default)]
pub struct Metrics {
    /// By path, the last for those that there are none of; then by the first digit of the status.
    answers: [[AtomicU64; CLASSES]; Path::ALL.len() + 1],
    /// By the bounds, the last for all that took longer.
    times: [AtomicU64; BOUNDS.len() + 1],
    micros: AtomicU64,
    bytes: AtomicU64,
    /// Connections that are open.
    pub connections: AtomicU64,
}

impl Metrics {
    /// Counts an answer.
    pub fn count(&self, path: Option<Path>, status: u16, bytes: usize, took: Duration) {
        let row = path.map_or(Path::ALL.len(), |path| path as usize);
        let class = usize::from(status / 100).min(CLASSES - 1);
        self.answers[row][class].fetch_add(1, Relaxed);
        let micros = took.as_micros() as u64;
        self.times[BOUNDS.partition_point(|bound| *bound < micros)].fetch_add(1, Relaxed);
        self.micros.fetch_add(micros, Relaxed);
        self.bytes.fetch_add(bytes as u64, Relaxed);
    }

    /// All of them, how many snapshots were taken, and how new the database is.
    pub fn text(&self, head: Head, snapshots: u64, now: Timestamp) -> String {
        let mut text = String::new();
        let mut metric = |name: &str, kind: &str, help: &str, values: &[(String, String)]| {
            text += &format!("# HELP tierbook_{name} {help}\n# TYPE tierbook_{name} {kind}\n");
            values.iter().for_each(|(labels, value)| text += &format!("tierbook_{name}{labels} {value}\n"));
        };
        let one = |value: u64| vec![(String::new(), value.to_string())];
        metric("http_requests_total", "counter", "Answers by path and status.", &self.by_path());
        metric("http_request_duration_seconds", "histogram", "Time to make an answer.", &self.by_time());
        metric(
            "http_response_bytes_total",
            "counter",
            "Bytes of the bodies of answers.",
            &one(self.bytes.load(Relaxed)),
        );
        metric("http_connections", "gauge", "Open connections.", &one(self.connections.load(Relaxed)));
        metric("snapshots_total", "counter", "Snapshots taken since the start.", &one(snapshots));
        metric("head_tx", "gauge", "The newest transaction that answers are from.", &one(head.tx.0));
        if let Some(recorded_at) = head.recorded_at {
            let age = now.since(recorded_at.0).micros().max(0) as u64;
            metric(
                "head_age_seconds",
                "gauge",
                "Time since it was recorded.",
                &[(String::new(), seconds(age))],
            );
        }
        let version = format!("{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"));
        metric("build_info", "gauge", "The version of the server.", &[(version, "1".to_string())]);
        text
    }

    fn by_path(&self) -> Vec<(String, String)> {
        let names = Path::ALL.iter().map(|path| path.template()).chain(["other"]);
        let counted = names.zip(&self.answers).flat_map(|(name, classes)| {
            classes.iter().enumerate().map(move |(class, count)| (name, class, count.load(Relaxed)))
        });
        let counted = counted.filter(|(.., count)| *count > 0);
        let labelled = |(name, class, count): (&str, usize, u64)| {
            (format!("{{path=\"{name}\",status=\"{class}xx\"}}"), count.to_string())
        };
        counted.map(labelled).collect()
    }

    /// Each bound counts what is below it too.
    fn by_time(&self) -> Vec<(String, String)> {
        let mut sum = 0;
        let mut values = Vec::new();
        let bounds = BOUNDS.iter().map(|bound| seconds(*bound)).chain(["+Inf".to_string()]);
        for (bound, count) in bounds.zip(&self.times) {
            sum += count.load(Relaxed);
            values.push((format!("_bucket{{le=\"{bound}\"}}"), sum.to_string()));
        }
        values.push(("_sum".to_string(), seconds(self.micros.load(Relaxed))));
        values.push(("_count".to_string(), sum.to_string()));
        values
    }
}

/// Microseconds as seconds.
fn seconds(micros: u64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}
