//! Where a number is among sorted ones, by their high halves: several are compared at once, and no branch depends on
//! random numbers, which a processor would guess wrongly.

/// How many are compared at once; a list of high halves is filled up to a multiple of it.
pub const AT_ONCE: usize = 16;

/// The high half of a number.
#[inline]
pub fn high(number: i64) -> i32 {
    (number >> 32) as i32
}

/// Adds the high halves of sorted numbers, filled up with the largest.
pub fn add_highs(highs: &mut Vec<i32>, numbers: impl IntoIterator<Item = i64>) {
    highs.extend(numbers.into_iter().map(high));
    highs.resize(highs.len().next_multiple_of(AT_ONCE), i32::MAX);
}

/// How many of sorted numbers are below one; `highs` are their high halves, filled up, and `exact` gives the numbers,
/// `None` after the last.
#[inline]
pub fn below(highs: &[i32], exact: impl Fn(usize) -> Option<i64>, number: i64) -> usize {
    let looked_for = high(number);
    let below = |several: &[i32]| several.iter().map(|it| i32::from(*it < looked_for)).sum::<i32>();
    let mut found = highs.chunks_exact(AT_ONCE).map(below).sum::<i32>() as usize;
    // The low halves decide among those that are alike.
    while highs.get(found) == Some(&looked_for) && exact(found).is_some_and(|it| it < number) {
        found += 1;
    }
    found
}
