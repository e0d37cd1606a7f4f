//! Structs of Arrow's C interfaces, made of bytes: whatever a producer may say, but for what no reader can notice. There is
//! as much memory behind each pointer as the plausible numbers say; a number that is larger than it is no possible one.
#![expect(unsafe_code, reason = "structs are released through pointers")]

use std::any::Any;
use std::cell::Cell;
use std::ffi::c_char;
use std::ptr::null;

/// Most rows of an array, and most that it leaves out.
const MOST_ROWS: i64 = 512;
/// The bytes behind every pointer: so many rows of the widest format, and an offset more.
const MEMORY: usize = 128 << 10;
/// The entries of every list of pointers.
const ENTRIES: usize = 8;
/// Most arrays in an input, and how deep they are in each other.
const MOST_NODES: u32 = 48;
const DEEPEST: u32 = 6;

/// Formats of every kind, possible or not.
const FORMATS: &str = "+s u l g vu U n b c C s S i I L e f vz z Z tdD tdm tts ttu tDn tiM tiD tin +l +L +vl +vL +m +r w:5 w:99 w:0 \
                       w:-1 +w:3 +w:0 +w:-1 +w:2147483647 d:12,3 d:76,2,256 d:9,2,32 d:18,-3,64 d:38,127 d:0,0 +ud:0,1 +us:0,1 \
                       +us:5,-5 tsm: tsn:Europe/Zurich tsu:+09:30 tss:é";

const NAMES: [&[u8]; 6] = [b"symbol", b"notional", b"leverage", b"side", b"", b"a\nb"];

/// The numbers that no struct can mean: below zero, or more than a reader believes.
const IMPOSSIBLE: [i64; 7] = [-1, i64::MIN, i64::MIN + 1, (1 << 40) + 1, 1 << 62, i64::MAX, -MOST_ROWS];

/// `ArrowSchema`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Schema {
    format: *const c_char,
    name: *const c_char,
    metadata: *const c_char,
    flags: i64,
    n_children: i64,
    children: *const *const Schema,
    dictionary: *const Schema,
    pub release: Option<unsafe extern "C" fn(*mut Schema)>,
    private_data: *const Cell<i64>,
}

/// `ArrowArray`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Array {
    length: i64,
    null_count: i64,
    offset: i64,
    n_buffers: i64,
    n_children: i64,
    buffers: *const *const u8,
    children: *const *const Array,
    dictionary: *const Array,
    pub release: Option<unsafe extern "C" fn(*mut Array)>,
    private_data: *const Cell<i64>,
}

unsafe extern "C" fn release_schema(it: *mut Schema) {
    // SAFETY: a consumer gives a struct that it was given.
    let it = unsafe { &mut *it };
    it.release = None;
    // SAFETY: the counter is as old as the structs.
    unsafe { &*it.private_data }.update(|open| open - 1);
}

unsafe extern "C" fn release_array(it: *mut Array) {
    // SAFETY: as above.
    let it = unsafe { &mut *it };
    it.release = None;
    // SAFETY: as above.
    unsafe { &*it.private_data }.update(|open| open - 1);
}

/// A type: what the schema says, by which every array of it is made.
pub struct Kind {
    format: Option<Vec<u8>>,
    children: Vec<Kind>,
    dictionary: Option<Box<Kind>>,
}

/// Makes structs, and keeps what they point to.
pub struct Maker<'a> {
    bytes: &'a [u8],
    pub memory: Vec<Box<dyn Any>>,
    open: *const Cell<i64>,
    nodes: u32,
}

impl<'a> Maker<'a> {
    /// A maker of what the bytes say; `open` counts the structs that are given and not released.
    pub fn of(bytes: &'a [u8], open: *const Cell<i64>) -> Maker<'a> {
        Maker { bytes, memory: Vec::new(), open, nodes: MOST_NODES }
    }

    pub fn byte(&mut self) -> u8 {
        let (first, rest) = self.bytes.split_first().unwrap_or((&0, &[]));
        self.bytes = rest;
        *first
    }

    fn take(&mut self, count: usize) -> &[u8] {
        let (taken, rest) = self.bytes.split_at(count.min(self.bytes.len()));
        self.bytes = rest;
        taken
    }

    /// Keeps memory as long as the producer, and gives its address.
    fn keep<T: 'static>(&mut self, mut values: Vec<T>) -> *const T {
        let place = values.as_mut_ptr().cast_const();
        self.memory.push(Box::new(values));
        place
    }

    /// A list of pointers, with as many entries as any count can say.
    fn list<T: 'static>(&mut self, mut pointers: Vec<*const T>) -> *const *const T {
        pointers.resize(ENTRIES, null());
        self.keep(pointers)
    }

    /// One of the texts, one of the bytes, or none.
    pub fn text(&mut self, known: &[&[u8]]) -> *const c_char {
        let mut text = match usize::from(self.byte()) {
            255 => return null(),
            254 => {
                let length = usize::from(self.byte() % 32);
                self.take(length).to_vec()
            }
            chosen => known[chosen % known.len()].to_vec(),
        };
        text.push(0);
        self.keep(text).cast()
    }

    /// A number: mostly `honest`, or a small one, or one that cannot be meant.
    fn number(&mut self, honest: i64, most: i64) -> i64 {
        match self.byte() {
            0 => honest,
            byte @ 1..240 => i64::from(byte - 1) % (most + 1),
            byte @ 240..248 => (most - i64::from(byte - 240)).max(0),
            byte => IMPOSSIBLE[usize::from(byte) % IMPOSSIBLE.len()],
        }
    }

    pub fn kind(&mut self, depth: u32) -> Kind {
        self.nodes = self.nodes.saturating_sub(1);
        let format = match self.byte() {
            255 => None,
            254 => {
                let length = usize::from(self.byte() % 24);
                let text = self.take(length).to_vec();
                // How many bytes each row has is a number that nobody can check.
                Some(if text.starts_with(b"w:") { b"w:7".to_vec() } else { text })
            }
            chosen => FORMATS.split(' ').cycle().nth(chosen.into()).map(|text| text.as_bytes().to_vec()),
        };
        let is_leaf = self.nodes == 0 || depth == DEEPEST;
        let count = if is_leaf { 0 } else { self.byte() % 6 };
        let children = (0..count).map(|_| self.kind(depth + 1)).collect();
        let dictionary = (!is_leaf && self.byte() % 16 == 1).then(|| Box::new(self.kind(depth + 1)));
        Kind { format, children, dictionary }
    }

    pub fn schema(&mut self, kind: &Kind) -> Schema {
        let lies = self.byte();
        let mut children: Vec<*const Schema> = Vec::new();
        for child in &kind.children {
            let child = self.schema(child);
            children.push(self.keep(vec![child]));
        }
        if lies & 0xc1 == 0xc1 {
            children.push(null());
        }
        let count = children.len() as i64;
        let format = kind.format.clone().map_or(null(), |mut format| {
            format.push(0);
            self.keep(format).cast()
        });
        let made = Schema {
            format,
            name: self.text(&NAMES),
            metadata: self.metadata(),
            flags: i64::from(lies >> 1 & 6),
            n_children: self.number(count, ENTRIES as i64),
            children: self.list(children),
            dictionary: null(),
            release: (lies != 254).then_some(release_schema),
            private_data: self.open,
        };
        let place = self.keep(vec![made]).cast_mut();
        let dictionary = match (&kind.dictionary, lies) {
            (_, 253) => place.cast_const(),
            (Some(kind), _) => {
                let dictionary = self.schema(kind);
                self.keep(vec![dictionary])
            }
            (None, _) => null(),
        };
        // SAFETY: it was kept just now; that a type is in itself needs its address.
        unsafe {
            (*place).dictionary = dictionary;
            if lies == 252 && count > 0 {
                (*made.children.cast_mut()) = place;
            }
            *place
        }
    }

    /// Pairs of a key and a value, of which a length or their count may be below zero.
    fn metadata(&mut self) -> *const c_char {
        let count = match self.byte() {
            0..200 => return null(),
            byte => byte % 4,
        };
        let mut packed = Vec::new();
        let said = if self.byte() == 255 { -1 } else { i32::from(count) };
        packed.extend(said.to_ne_bytes());
        for _ in 0..2 * count {
            let length = usize::from(self.byte() % 40);
            let said = if self.byte() == 255 { i32::MIN } else { length as i32 };
            packed.extend(said.to_ne_bytes());
            let mut text = self.take(length).to_vec();
            text.resize(length, b'x');
            packed.extend(text);
        }
        self.keep(packed).cast()
    }

    pub fn array(&mut self, kind: &Kind) -> Array {
        let lies = self.byte();
        let mut children: Vec<*const Array> = Vec::new();
        for child in &kind.children {
            let child = self.array(child);
            children.push(if self.byte() == 255 { null() } else { self.keep(vec![child]) });
        }
        let dictionary = match &kind.dictionary {
            Some(kind) if lies != 253 => {
                let dictionary = self.array(kind);
                self.keep(vec![dictionary])
            }
            _ => null(),
        };
        let count = self.byte() % ENTRIES as u8;
        let mut buffers = Vec::new();
        for index in 0..count {
            buffers.push(self.buffer(kind.format.as_deref().unwrap_or_default(), index, index + 1 == count));
        }
        let child_count = children.len() as i64;
        Array {
            length: self.number(3, MOST_ROWS),
            null_count: self.number(0, MOST_ROWS),
            offset: self.number(0, MOST_ROWS),
            n_buffers: self.number(i64::from(count), ENTRIES as i64),
            n_children: self.number(child_count, ENTRIES as i64),
            buffers: if lies == 252 { null() } else { self.list(buffers) },
            children: if lies == 251 { null() } else { self.list(children) },
            dictionary,
            release: (lies != 254).then_some(release_array),
            private_data: self.open,
        }
    }

    /// A buffer with some content and zeros after it.
    fn buffer(&mut self, format: &[u8], index: u8, is_last: bool) -> *const u8 {
        let (skip, length) = match self.byte() {
            0 => return null(),
            255 => (1, usize::from(self.byte())),
            _ => (0, usize::from(self.byte()) * 2),
        };
        let mut content = self.take(length).to_vec();
        content.resize(content.len().next_multiple_of(8), 0);
        // The last offset, and each length of a buffer of views, is how much memory there is.
        match format {
            b"u" | b"z" if index == 1 => content.as_chunks_mut::<4>().0.iter_mut().for_each(|offset| {
                let number = i32::from_ne_bytes(*offset);
                *offset = number.min(number % MEMORY as i32).to_ne_bytes();
            }),
            b"U" | b"Z" if index == 1 => bound(&mut content),
            b"vu" | b"vz" if index > 1 && is_last => bound(&mut content),
            _ => {}
        }
        let mut words: Vec<u64> =
            content.as_chunks().0.iter().map(|word| u64::from_ne_bytes(*word)).collect();
        words.resize((MEMORY + 64) / 8, 0);
        self.keep(words).cast::<u8>().wrapping_add(skip)
    }
}

/// Brings numbers down to the memory that there is, but for those that nobody can mean.
fn bound(content: &mut [u8]) {
    for number in content.as_chunks_mut().0 {
        let (value, most) = (i64::from_ne_bytes(*number), MEMORY as i64);
        *number = if value > 1 << 47 { value } else { value.min(value % most) }.to_ne_bytes();
    }
}
