//! Numbers and texts as Python's `json` prints them, so that hashes and files of its programs come out the same.

use crate::decimal::Decimal;

/// The first power of ten that Python prints with an exponent.
const LARGE: i32 = 16;

/// The last power of ten below one that it prints without.
const SMALL: i32 = -4;

/// The float nearest to a number, as Python prints it: `5000.0`, `0.01`, `1e-05`, `9.223372036854776e+18`.
pub fn float(value: Decimal) -> String {
    // The one place where a number becomes a float: what is printed is defined by one.
    let nearest: f64 = value.to_string().parse().unwrap_or_default();
    let shortest = format!("{nearest:e}");
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if !(SMALL..LARGE).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.abs());
    }
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits = mantissa.replace('.', "");
    if exponent < 0 {
        let zeros = "0".repeat(exponent.unsigned_abs() as usize - 1);
        return format!("{sign}0.{zeros}{digits}");
    }
    let whole = exponent as usize + 1;
    let (before, after) = digits.split_at(whole.min(digits.len()));
    let zeros = "0".repeat(whole - before.len());
    let after = if after.is_empty() { "0" } else { after };
    format!("{sign}{before}{zeros}.{after}")
}

/// A text in JSON, in ASCII.
pub fn text(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            ' '..='~' => quoted.push(c),
            _ => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| quoted += &format!("\\u{unit:04x}")),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The right side is what `repr` of Python 3 prints.
    #[test]
    fn floats_are_printed_as_python_prints_them() {
        for (number, printed) in [
            ("0", "0.0"),
            ("1", "1.0"),
            ("50000", "50000.0"),
            ("0.004", "0.004"),
            ("0.0001", "0.0001"),
            ("0.00001", "1e-05"),
            ("0.0000125", "1.25e-05"),
            ("0.00000000001", "1e-11"),
            ("-0.5", "-0.5"),
            ("-12.50", "-12.5"),
            ("1234567.891", "1234567.891"),
            ("1000000000000000", "1000000000000000.0"),
            ("9999999999999998", "9999999999999998.0"),
            ("9999999999999999", "1e+16"),
            ("10000000000000000", "1e+16"),
            ("9223372036854775807", "9.223372036854776e+18"),
            ("123456789012345678", "1.2345678901234568e+17"),
            ("0.1234567890123456789", "0.12345678901234568"),
            ("79228162514264337593543950335", "7.922816251426434e+28"),
        ] {
            assert_eq!(float(number.parse().unwrap()), printed);
        }
    }

    /// Against the Python of this machine, where it has one: numbers of every size.
    #[test]
    fn random_numbers_are_printed_as_python_prints_them() {
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 11
        };
        let number = |_| {
            let (digits, cut, scale) = (next(), next() % 53, next() % 25);
            Decimal::from_i128_with_scale(i128::from(digits >> cut), scale as u32)
        };
        let numbers: Vec<Decimal> = (0..20_000).map(number).collect();
        let text: String = numbers.iter().map(|number| format!("{number}\n")).collect();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("numbers");
        std::fs::write(&file, text).unwrap();
        let script = "import json, sys\nfor line in open(sys.argv[1]): print(json.dumps(float(line)))";
        let Ok(ran) = std::process::Command::new("python3").args(["-c", script]).arg(&file).output() else {
            eprintln!("python3 is not on this machine: its numbers were not compared");
            return;
        };
        let printed = String::from_utf8(ran.stdout).unwrap();
        assert_eq!(printed.lines().count(), numbers.len());
        for (number, printed) in numbers.iter().zip(printed.lines()) {
            assert_eq!(float(*number), printed, "{number}");
        }
    }

    #[test]
    fn texts_are_in_ascii() {
        assert_eq!(text("BTC/USDT:USDT"), "\"BTC/USDT:USDT\"");
        assert_eq!(text("a\"\\\n\u{7f}"), r#""a\"\\\u000a\u007f""#);
        assert_eq!(text("币/😀"), r#""\u5e01/\ud83d\ude00""#);
    }
}
