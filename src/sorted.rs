//! Where a number is among sorted ones, by their high halves: several are compared at once, and no branch depends on
//! random numbers, which a processor would guess wrongly.

/// How many high halves are together.
const AT_ONCE: usize = 16;

/// How many of them a processor compares by one instruction.
const LANES: usize = 4;

/// The high halves of some sorted numbers that follow each other; the last are filled up with the largest. They are one
/// line of a processor's memory.
#[repr(align(64))]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Highs([i32; AT_ONCE]);

/// The high halves of sorted numbers.
pub fn highs(numbers: &[i64]) -> impl Iterator<Item = Highs> {
    numbers.chunks(AT_ONCE).map(|some| {
        let mut highs = [i32::MAX; AT_ONCE];
        highs.iter_mut().zip(some).for_each(|(filled, number)| *filled = high(*number));
        Highs(highs)
    })
}

/// How many high halves some numbers have.
pub fn count_of_highs(numbers: usize) -> usize {
    numbers.div_ceil(AT_ONCE)
}

/// How many of sorted numbers are below one.
#[inline]
pub fn below(highs: &[Highs], numbers: &[i64], number: i64) -> usize {
    let looked_for = high(number);
    let mut counts = [0; LANES];
    for Highs(some) in highs {
        for lanes in some.as_chunks::<LANES>().0 {
            (0..LANES).for_each(|lane| counts[lane] += i32::from(lanes[lane] < looked_for));
        }
    }
    let mut found = counts.iter().sum::<i32>() as usize;
    // The low halves decide among those that are alike.
    let is_alike =
        |place: usize| highs.get(place / AT_ONCE).is_some_and(|it| it.0[place % AT_ONCE] == looked_for);
    while is_alike(found) && numbers.get(found).is_some_and(|it| *it < number) {
        found += 1;
    }
    found
}

fn high(number: i64) -> i32 {
    (number >> 32) as i32
}
