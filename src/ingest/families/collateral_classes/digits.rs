//! Digits of names and classes that are glued together: which classes they can be, and how usual they are in names.

/// The highest number of a class.
const HIGHEST_CLASS: u32 = 10;

/// What names with digits in unusual places cost.
pub const USUAL_START: u32 = 1; // `1000CHEEMS`
pub const OTHER_START: u32 = 3; // `910JUV`
pub const DIGITS_AT_END: u32 = 2; // `C98910`
pub const DIGITS_INSIDE: u32 = 4; // `A2Z`

/// The ways in which digits are `columns` classes.
pub fn all_classes(digits: &str, columns: usize) -> Vec<Vec<u32>> {
    if columns == 0 {
        return if digits.is_empty() { vec![Vec::new()] } else { Vec::new() };
    }
    let cuts = (1..=2).filter(|cut| *cut <= digits.len());
    let mut found = Vec::new();
    for cut in cuts {
        let Some(class) = class_of(&digits[..cut]) else { continue };
        for rest in all_classes(&digits[cut..], columns - 1) {
            found.push([vec![class], rest].concat());
        }
    }
    found.retain(|classes| fits(classes));
    found
}

/// The class that one or two digits are.
pub fn class_of(digits: &str) -> Option<u32> {
    let class: u32 = digits.parse().ok().filter(|_| !digits.starts_with('0'))?;
    (class <= HIGHEST_CLASS).then_some(class)
}

/// Whether classes can be those of one asset before and after a change: one or two apart.
pub fn fits(classes: &[u32]) -> bool {
    match classes {
        [one, other] => (1..=2).contains(&one.abs_diff(*other)),
        _ => true,
    }
}

/// Whether letters are on both sides of digits.
pub fn has_digits_inside(name: &str) -> bool {
    let inner = name.trim_matches(|c: char| c.is_ascii_digit());
    inner.contains(|c: char| c.is_ascii_digit())
}

/// What digits at the start of a name cost where other digits are glued to them.
pub fn start_cost(digits: &str) -> Option<u32> {
    match digits {
        "1000" | "10000" | "1000000" => Some(USUAL_START),
        "0" => Some(OTHER_START),
        _ => (!digits.starts_with('0')).then_some(OTHER_START),
    }
}

/// What the inside of a name costs: only a single digit beside a single letter is believed.
pub fn inside_cost(inner: &str) -> Option<u32> {
    let letters: Vec<&str> = inner.split(|c: char| c.is_ascii_digit()).collect();
    match letters[..] {
        [_] => Some(0),
        [before, after] if before.chars().count() == 1 || after.chars().count() == 1 => Some(DIGITS_INSIDE),
        _ => None,
    }
}
