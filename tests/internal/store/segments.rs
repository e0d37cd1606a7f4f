//! Where a segment of a publication ends.

use tierbook::limits;
use tierbook::snapshot::records::curves;
use tierbook::statement::TxId;
use tierbook::store::{self, GrowingSegment, Reader, Writer};

use crate::tests::store::build::{now, small};
use crate::tests::store::script::memory;

/// The first and the last transaction of each segment of a database with six transactions.
fn segments(bytes: usize, transactions: u64) -> Vec<(u64, u64)> {
    let folder = memory();
    let dir = folder.path().join("db");
    store::create(&dir, now()).unwrap();
    let mut writer = Writer::open(&dir, curves).unwrap();
    for number in 1..=6 {
        writer.commit(now(), |_| small(number)).unwrap();
    }
    let reader = Reader::open(&dir).unwrap();
    let (mut all, mut next) = (Vec::new(), 0);
    while next <= 6 {
        let mut segment = GrowingSegment::new(&reader, TxId(next)).unwrap().full_with(bytes, transactions);
        // Transaction by transaction, or at once: it is the same.
        segment.extend(&reader, TxId(next)).unwrap();
        assert_eq!(segment.segment().unwrap().last, next);
        segment.extend(&reader, TxId(6)).unwrap();
        let made = segment.segment().unwrap();
        assert_eq!(made.bytes, segment.bytes().len() as u64);
        all.push((made.first, made.last));
        next = made.last + 1;
    }
    all
}

#[test]
fn a_segment_ends_with_the_last_transaction_that_it_may_have() {
    assert_eq!(segments(usize::MAX, 7), [(0, 6)]);
    assert_eq!(segments(usize::MAX, 6), [(0, 5), (6, 6)]);
    assert_eq!(segments(usize::MAX, 3), [(0, 2), (3, 5), (6, 6)]);
    assert_eq!(segments(usize::MAX, 1).len(), 7);
}

#[test]
fn a_segment_ends_with_the_transaction_that_fills_it() {
    assert_eq!(segments(1, u64::MAX).len(), 7);
    let all = segments(usize::MAX, u64::MAX);
    assert_eq!(all, [(0, 6)]);
    let some = segments(2_000, u64::MAX);
    assert!(some.len() > 1 && some.len() < 7, "{some:?}");
}

#[test]
fn a_segment_is_full_with_the_bytes_and_the_transactions_that_are_listed() {
    let folder = memory();
    let dir = folder.path().join("db");
    store::create(&dir, now()).unwrap();
    let segment = GrowingSegment::new(&Reader::open(&dir).unwrap(), TxId(0)).unwrap();
    assert_eq!(segment.full(), (limits::SEGMENT_BYTES, limits::SEGMENT_TRANSACTIONS));
}
