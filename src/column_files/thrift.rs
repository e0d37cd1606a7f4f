//! Thrift's compact encoding, as far as it is looked at before the Parquet reader follows it.
//!
//! That reader takes the type of a field from its number, whatever type the file states. Here both must agree: else the
//! two would see different values in the same bytes.

use std::io::{self, Read};

/// Deepest nesting of values that are skipped, as the Parquet reader has it.
const SKIPPED_LEVELS: usize = 64;

const STRUCT: u8 = 12;

/// What a field of a known number is.
pub enum Known {
    Flag,
    Byte,
    Short,
    /// 32 bits.
    Number,
    /// 64 bits.
    Long,
    Double,
    Binary,
    Struct(Fields),
    List(&'static Known),
}

impl Known {
    /// Whether a type that a file states is this one.
    fn is(&self, kind: u8) -> bool {
        match self {
            Known::Flag => matches!(kind, 1 | 2),
            Known::Byte => kind == 3,
            Known::Short => kind == 4,
            Known::Number => kind == 5,
            Known::Long => kind == 6,
            Known::Double => kind == 7,
            Known::Binary => kind == 8,
            Known::List(_) => kind == 9,
            Known::Struct(_) => kind == STRUCT,
        }
    }
}

/// The known fields of a structure.
pub type Fields = &'static [(i16, Known)];

/// Is given each number of a structure: the number of the field that it is in, 0 at the top, its own, and its value.
pub type Found<'a> = &'a mut dyn FnMut(i16, i16, i32);

/// A reader of values.
pub struct Thrift<R> {
    from: R,
    /// How many bytes are read.
    pub taken: u64,
}

pub fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

impl<R: Read> Thrift<R> {
    /// Reads from the start.
    pub fn new(from: R) -> Thrift<R> {
        Thrift { from, taken: 0 }
    }

    fn byte(&mut self) -> io::Result<u8> {
        let mut byte = [0];
        self.from.read_exact(&mut byte)?;
        self.taken += 1;
        Ok(byte[0])
    }

    /// A whole number without a sign; what does not fit 64 bits is lost, as in the Parquet reader.
    fn unsigned(&mut self) -> io::Result<u64> {
        let (mut number, mut shift) = (0, 0_u32);
        loop {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f).wrapping_shl(shift);
            if byte & 0x80 == 0 {
                return Ok(number);
            }
            shift = shift.wrapping_add(7);
        }
    }

    fn signed(&mut self) -> io::Result<i64> {
        let number = self.unsigned()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    fn skip_bytes(&mut self, count: u64) -> io::Result<()> {
        let skipped = io::copy(&mut self.from.by_ref().take(count), &mut io::sink())?;
        self.taken += skipped;
        if skipped == count { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// The number and type of the field after the one of the number `last`; `None` at the end of the structure.
    ///
    /// # Errors
    /// It ends before that.
    pub fn field(&mut self, last: i16) -> io::Result<Option<(i16, u8)>> {
        let head = self.byte()?;
        match (head >> 4, head & 0xf) {
            (_, 0) => Ok(None),
            (0, kind) => Ok(Some((self.signed()? as i16, kind))),
            (more, kind) => {
                let id = last.checked_add(more.into()).ok_or_else(|| damaged("a field has no number"))?;
                Ok(Some((id, kind)))
            }
        }
    }

    /// A number of 32 bits.
    ///
    /// # Errors
    /// The text ends before that.
    pub fn number(&mut self) -> io::Result<i32> {
        self.signed().map(|number| number as i32)
    }

    /// How many structures a list has, which follow.
    ///
    /// # Errors
    /// It is one of something else, or the text ends before.
    pub fn structures(&mut self) -> io::Result<u64> {
        match self.list()? {
            (count, STRUCT) => Ok(count),
            _ => Err(damaged("a list has values of another type")),
        }
    }

    /// How many values of which type a list has, which follow.
    fn list(&mut self) -> io::Result<(u64, u8)> {
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => self.unsigned()?,
            count => count.into(),
        };
        Ok((count, head & 0xf))
    }

    /// Reads a structure.
    ///
    /// # Errors
    /// A field of it has another type than is known, or the text ends before.
    pub fn structure(&mut self, fields: Fields, within: i16, found: Found) -> io::Result<()> {
        let mut last = 0;
        while let Some((id, kind)) = self.field(last)? {
            last = id;
            match fields.iter().find(|(known, _)| *known == id).map(|(_, known)| known) {
                None => self.skip(kind, SKIPPED_LEVELS)?,
                Some(known) => self.value(known, kind, (within, id), found)?,
            }
        }
        Ok(())
    }

    /// Reads a value that must have a type.
    fn value(&mut self, known: &Known, kind: u8, (within, id): (i16, i16), found: Found) -> io::Result<()> {
        if !known.is(kind) {
            return Err(damaged("a field has another type than it must have"));
        }
        match known {
            Known::Number => {
                let number = self.number()?;
                found(within, id, number);
                Ok(())
            }
            Known::Struct(fields) => self.structure(fields, id, found),
            Known::List(known) => {
                let (count, kind) = self.list()?;
                (0..count).try_for_each(|_| self.value(known, kind, (within, id), found))
            }
            _ => self.skip(kind, SKIPPED_LEVELS),
        }
    }

    /// Skips a value of a type. Flags in a list are refused, and so are maps: Parquet has none, and its reader counts up to any
    /// number for them without a byte of the file.
    fn skip(&mut self, kind: u8, levels: usize) -> io::Result<()> {
        match kind {
            1 | 2 => Ok(()),
            3 => self.skip_bytes(1),
            4..=6 => self.unsigned().map(drop),
            7 => self.skip_bytes(8),
            8 => {
                let length = self.unsigned()?;
                self.skip_bytes(length)
            }
            13 => self.skip_bytes(16),
            STRUCT if levels > 0 => {
                while let Some((_, kind)) = self.field(0)? {
                    self.skip(kind, levels - 1)?;
                }
                Ok(())
            }
            9 | 10 if levels > 0 => match self.list()? {
                (1.., 1 | 2) => Err(damaged("a field that is not known is a list of flags")),
                (count, kind) => (0..count).try_for_each(|_| self.skip(kind, levels - 1)),
            },
            _ => Err(damaged("a field that is not known is a map, or nested too deeply")),
        }
    }
}
