//! Merkle trees as RFC 6962 defines them: one hash over a list of leaves, in which one leaf is proved by a path
//! of hashes.
//!
//! A leaf is hashed after a zero byte, two hashes after a byte of one, so that neither passes for the other. A
//! tree of several leaves is split before the largest power of two that is smaller than their number.

use crate::statement::Sha256;

/// The hash of a leaf.
pub(super) fn leaf(parts: &[&[u8]]) -> Sha256 {
    let all: Vec<&[u8]> = std::iter::once(&[0u8][..]).chain(parts.iter().copied()).collect();
    Sha256::of(&all)
}

fn node(left: Sha256, right: Sha256) -> Sha256 {
    Sha256::of(&[&[1], &left.0, &right.0])
}

/// Where a tree of so many leaves is split.
fn left_of(leaves: usize) -> usize {
    leaves.next_power_of_two() / 2
}

/// The root over the hashes of leaves.
pub(super) fn root(leaves: &[Sha256]) -> Sha256 {
    match leaves {
        [] => Sha256::of(&[]),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(left_of(leaves.len()));
            node(root(left), root(right))
        }
    }
}

/// The hashes beside the way from a leaf to the root, from below; empty where there is no such leaf.
pub(super) fn path(leaves: &[Sha256], place: usize) -> Vec<Sha256> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(left_of(leaves.len()));
    let (mut path, beside) = match place.checked_sub(left.len()) {
        None => (self::path(left, place), root(right)),
        Some(place) => (self::path(right, place), root(left)),
    };
    path.push(beside);
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The root that follows from a leaf, its place among so many leaves, and its path; `None` where the path does
    /// not have the length that it must have.
    pub(super) fn root_of(leaf: Sha256, place: usize, leaves: usize, path: &[Sha256]) -> Option<Sha256> {
        if leaves < 2 {
            return (place == 0 && leaves == 1 && path.is_empty()).then_some(leaf);
        }
        let (beside, below) = path.split_last()?;
        let left = left_of(leaves);
        match place.checked_sub(left) {
            None => Some(node(root_of(leaf, place, left, below)?, *beside)),
            Some(place) => Some(node(*beside, root_of(leaf, place, leaves - left, below)?)),
        }
    }

    #[test]
    fn every_leaf_is_proved_by_its_path_and_by_no_other() {
        for count in 1..40usize {
            let leaves: Vec<Sha256> = (0..count).map(|number| leaf(&[&number.to_be_bytes()])).collect();
            let root = root(&leaves);
            for (place, leaf) in leaves.iter().enumerate() {
                let path = path(&leaves, place);
                assert_eq!(root_of(*leaf, place, count, &path), Some(root));
                for other in (0..count).filter(|other| *other != place) {
                    assert_ne!(root_of(*leaf, other, count, &path), Some(root));
                }
                for length in 0..path.len() {
                    assert_ne!(root_of(*leaf, place, count, &path[..length]), Some(root));
                }
            }
        }
    }

    #[test]
    fn the_root_is_that_of_rfc_6962() {
        // The test vectors of the certificate transparency project.
        let leaves: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let leaves: Vec<Sha256> = leaves.iter().map(|bytes| leaf(&[bytes])).collect();
        for (count, expected) in [
            (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
            (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
            (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
            (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
        ] {
            assert_eq!(root(&leaves[..count]).to_string(), expected);
        }
    }
}
