//! The scalars of the disk format: decimals, timestamps, hashes and spans, each with a form for people and
//! one in bytes.
//!
//! In the journal (JSON) they are texts, so that a person or another program can read them; in the index
//! (bincode) they are the smallest integers that fit them. Every value is checked when it is read.

use rust_decimal::Decimal;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::statement::Sha256;
use crate::text::Span;
use crate::time::Timestamp;

/// A decimal with the scale it was written in: `"3.330"` in JSON, `(scale, mantissa)` in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::store) struct DecimalV1(pub Decimal);

/// A timestamp: RFC 3339 text in JSON, microseconds since 1970-01-01T00:00Z in bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(in crate::store) struct TimestampV1(pub Timestamp);

/// A SHA-256: 64 hexadecimal digits in JSON, 32 bytes in bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(in crate::store) struct HashV1(pub Sha256);

/// A span of bytes: `[start, end]` in both.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, Hash)]
pub(in crate::store) struct SpanV1(pub u64, pub u64);

impl SpanV1 {
    /// The disk form of a span.
    pub fn of(span: Span) -> SpanV1 {
        SpanV1(span.start as u64, span.end as u64)
    }

    /// The span, unless it ends before it starts or is larger than memory.
    pub fn read(self) -> Result<Span, String> {
        match (usize::try_from(self.0), usize::try_from(self.1)) {
            (Ok(start), Ok(end)) if start <= end => Ok(Span::new(start, end)),
            _ => Err(format!("[{}, {}] is not a span", self.0, self.1)),
        }
    }
}

impl Serialize for DecimalV1 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(&self.0)
        } else {
            // 28 is the largest scale of a decimal, so that it always fits.
            (self.0.scale() as u8, self.0.mantissa()).serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for DecimalV1 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<DecimalV1, D::Error> {
        let decimal = if deserializer.is_human_readable() {
            Decimal::from_str_exact(&String::deserialize(deserializer)?)
        } else {
            let (scale, mantissa) = <(u8, i128)>::deserialize(deserializer)?;
            Decimal::try_from_i128_with_scale(mantissa, u32::from(scale))
        };
        decimal.map(DecimalV1).map_err(D::Error::custom)
    }
}

impl Serialize for TimestampV1 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(&self.0)
        } else {
            self.0.micros().serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for TimestampV1 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<TimestampV1, D::Error> {
        let timestamp = if deserializer.is_human_readable() {
            Timestamp::parse_rfc3339(&String::deserialize(deserializer)?)
        } else {
            Timestamp::from_micros(i64::deserialize(deserializer)?)
        };
        timestamp.map(TimestampV1).ok_or_else(|| D::Error::custom("not a time in the years 1000 to 9999"))
    }
}

impl Serialize for HashV1 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(&self.0)
        } else {
            self.0.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for HashV1 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<HashV1, D::Error> {
        if deserializer.is_human_readable() {
            let text = String::deserialize(deserializer)?;
            Sha256::parse(&text).map(HashV1).ok_or_else(|| D::Error::custom("not a SHA-256"))
        } else {
            <[u8; 32]>::deserialize(deserializer).map(|bytes| HashV1(Sha256(bytes)))
        }
    }
}
