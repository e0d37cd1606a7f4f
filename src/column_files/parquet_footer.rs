//! The directory of a Parquet file, as its format has it: which field has which type.
//!
//! Source: parquet.thrift of apache/parquet-format 2.12.

use std::io;

use super::thrift::{Fields, Known, Thrift};

const NONE: Fields = &[];
const UNITS: Fields = &[(1, Known::Struct(NONE)), (2, Known::Struct(NONE)), (3, Known::Struct(NONE))];
const CLOCK: Fields = &[(1, Known::Flag), (2, Known::Struct(UNITS))];

/// The variants of a logical type.
const LOGICAL_TYPE: Fields = &[
    (1, Known::Struct(NONE)),
    (2, Known::Struct(NONE)),
    (3, Known::Struct(NONE)),
    (4, Known::Struct(NONE)),
    (5, Known::Struct(&[(1, Known::Number), (2, Known::Number)])),
    (6, Known::Struct(NONE)),
    (7, Known::Struct(CLOCK)),
    (8, Known::Struct(CLOCK)),
    (10, Known::Struct(&[(1, Known::Byte), (2, Known::Flag)])),
    (11, Known::Struct(NONE)),
    (12, Known::Struct(NONE)),
    (13, Known::Struct(NONE)),
    (14, Known::Struct(NONE)),
    (15, Known::Struct(NONE)),
    (16, Known::Struct(&[(1, Known::Byte)])),
    (17, Known::Struct(&[(1, Known::Binary)])),
    (18, Known::Struct(&[(1, Known::Binary), (2, Known::Number)])),
];

/// An element of the schema.
pub const ELEMENT: Fields = &[
    (1, Known::Number),
    (2, Known::Number),
    (3, Known::Number),
    (4, Known::Binary),
    (CHILDREN, Known::Number),
    (6, Known::Number),
    (7, Known::Number),
    (8, Known::Number),
    (9, Known::Number),
    (10, Known::Struct(LOGICAL_TYPE)),
];

/// The field of an element that has the number of those in it.
pub const CHILDREN: i16 = 5;

/// The statistics of a column: least and greatest value, counts.
const STATISTICS: Fields = &[
    (1, Known::Binary),
    (2, Known::Binary),
    (3, Known::Long),
    (4, Known::Long),
    (5, Known::Binary),
    (6, Known::Binary),
    (7, Known::Flag),
    (8, Known::Flag),
    (9, Known::Long),
];

const ENCODING_STATISTICS: Fields = &[(1, Known::Number), (2, Known::Number), (3, Known::Number)];

const SIZES: Fields = &[(1, Known::Long), (2, Known::List(&Known::Long)), (3, Known::List(&Known::Long))];

const BOX: Fields = &[
    (1, Known::Double),
    (2, Known::Double),
    (3, Known::Double),
    (4, Known::Double),
    (5, Known::Double),
    (6, Known::Double),
    (7, Known::Double),
    (8, Known::Double),
];

const PLACES: Fields = &[(1, Known::Struct(BOX)), (2, Known::List(&Known::Number))];

const PAIR: Fields = &[(1, Known::Binary), (2, Known::Binary)];

/// What is known of the pages of a column in a row group.
const COLUMN: Fields = &[
    (1, Known::Number),
    (2, Known::List(&Known::Number)),
    (3, Known::List(&Known::Binary)),
    (4, Known::Number),
    (5, Known::Long),
    (6, Known::Long),
    (7, Known::Long),
    (8, Known::List(&Known::Struct(PAIR))),
    (9, Known::Long),
    (10, Known::Long),
    (11, Known::Long),
    (12, Known::Struct(STATISTICS)),
    (13, Known::List(&Known::Struct(ENCODING_STATISTICS))),
    (14, Known::Long),
    (15, Known::Number),
    (16, Known::Struct(SIZES)),
    (17, Known::Struct(PLACES)),
];

const CHUNK: Fields = &[
    (1, Known::Binary),
    (2, Known::Long),
    (3, Known::Struct(COLUMN)),
    (4, Known::Long),
    (5, Known::Number),
    (6, Known::Long),
    (7, Known::Number),
];

const SORTING: Fields = &[(1, Known::Number), (2, Known::Flag), (3, Known::Flag)];

const ROW_GROUP: Fields = &[
    (1, Known::List(&Known::Struct(CHUNK))),
    (2, Known::Long),
    (3, Known::Long),
    (4, Known::List(&Known::Struct(SORTING))),
    (5, Known::Long),
    (6, Known::Long),
    (7, Known::Short),
];

/// The variants of the order of a column.
const ORDER: Fields = &[(1, Known::Struct(NONE)), (2, Known::Struct(NONE)), (3, Known::Struct(NONE))];

const FOOTER: Fields = &[
    (1, Known::Number),
    (2, Known::List(&Known::Struct(ELEMENT))),
    (3, Known::Long),
    (4, Known::List(&Known::Struct(ROW_GROUP))),
    (5, Known::List(&Known::Struct(PAIR))),
    (6, Known::Binary),
    (7, Known::List(&Known::Struct(ORDER))),
];

/// Walks a directory from end to end: afterwards each value in it takes at least a byte of it.
///
/// # Errors
/// A field has another type than its number says, a list is one of flags, or the directory ends within a value.
pub fn check_footer(footer: &[u8]) -> io::Result<()> {
    Thrift::new(footer).structure(FOOTER, 0, &mut |_, _, _| {})
}

#[cfg(test)]
mod tests {
    use super::check_footer;

    /// The version, and a field of the number 9, which is not known, of a type.
    fn with(kind: u8, value: &[u8]) -> std::io::Result<()> {
        check_footer(&[&[0x15, 2, 0x80 | kind], value, &[0]].concat())
    }

    #[test]
    fn lists_that_are_not_known_are_skipped_but_not_flags_which_take_no_byte_of_the_file() {
        const MANY: [u8; 5] = [0xff, 0xff, 0xff, 0xff, 7];
        assert!(with(9, &[0x25, 1, 1]).is_ok(), "two numbers");
        assert!(with(9, &[0x19, 0x25, 1, 1]).is_ok(), "a list of them");
        assert!(with(9, &[0x2c, 0, 0]).is_ok(), "two structures");
        assert!(with(9, &[0x01]).is_ok(), "no flag");
        for flags in [1, 2] {
            assert!(with(9, &[0x10 | flags, 1]).is_err(), "a flag");
            let many = [&[0xf0 | flags], &MANY[..]].concat();
            assert!(with(9, &many).is_err());
            assert!(with(9, &[&[0x19], &many[..]].concat()).is_err(), "in a list");
            assert!(with(12, &[&[0x19], &many[..], &[0]].concat()).is_err(), "in a structure");
        }
        assert!(with(11, &[&MANY[..], &[0x11]].concat()).is_err(), "a map");
        assert!(with(9, &[&[0xf5], &MANY[..], &[1, 1]].concat()).is_err(), "more numbers than there are");
    }

    #[test]
    fn a_known_field_has_its_type() {
        assert!(check_footer(&[0x15, 2, 0]).is_ok());
        assert!(check_footer(&[0x16, 2, 0]).is_err(), "the version as 64 bits");
        // A row group with the number of its rows.
        assert!(check_footer(&[0x49, 0x1c, 0x36, 2, 0, 0]).is_ok());
        assert!(check_footer(&[0x49, 0x1c, 0x35, 2, 0, 0]).is_err());
        assert!(check_footer(&[0x49, 0x15, 2, 0]).is_err(), "a number in the place of a row group");
    }
}
