//! Every byte of a small journal, of its head file and of its image changed, one at a time; each of them cut at every
//! length; a byte put in or taken out at every place. What was acknowledged is there, or nothing is answered.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tierbook::Error;
use tierbook::snapshot::records::curves;
use tierbook::statement::Batch;
use tierbook::store::{self, Reader, Writer};
use tierbook::time::Timestamp;

use crate::tests::common::fault::Tally;
use crate::tests::store::build::{change, everything, flat, now, small, source, timestamp};
use crate::tests::store::look::{Contents, contents, read_by_journal, wait_until_free};
use crate::tests::store::script::{is_long, memory};

const HEAD: &str = "head";
const IMAGE: &str = "image";

/// A database, and what it has after each transaction.
struct Sample {
    _folder: TempDir,
    dir: PathBuf,
    journal: String,
    files: BTreeMap<String, Vec<u8>>,
    versions: Vec<Contents>,
    /// Where each version ends in the journal.
    ends: Vec<u64>,
}

impl Sample {
    /// Of some transactions, in one of the formats: of two tiny ones, or, in the long form, of every kind of content.
    fn new(create: fn(&Path, Timestamp) -> Result<(), Error>) -> Sample {
        let every = || everything("every \"kind\"\n龙虾");
        Sample::of(create, if is_long() { vec![small(1), every(), small(3)] } else { vec![tiny(1), tiny(2)] })
    }

    fn of(create: fn(&Path, Timestamp) -> Result<(), Error>, batches: Vec<Batch>) -> Sample {
        let folder = memory();
        let dir = folder.path().join("db");
        create(&dir, now()).unwrap();
        let end = || fs::metadata(store::journal_file(&dir)).unwrap().len();
        let (mut versions, mut ends) = (vec![read_by_journal(&dir)], vec![end()]);
        for batch in batches {
            Writer::open(&dir, curves).unwrap().commit(now(), |_| batch).unwrap();
            versions.push(read_by_journal(&dir));
            ends.push(end());
            wait_until_free(&dir);
        }
        let journal = store::journal_file(&dir).file_name().unwrap().to_str().unwrap().to_string();
        let read = |name: &str| (name.to_string(), fs::read(dir.join(name)).unwrap());
        let files = [&journal, HEAD, IMAGE].into_iter().map(read).collect();
        Sample { _folder: folder, dir, journal, files, versions, ends }
    }

    fn both() -> [Sample; 2] {
        [Sample::new(store::create_in_format_1), Sample::new(store::create)]
    }

    fn whole(&self) -> &Contents {
        self.versions.last().unwrap()
    }

    /// A folder with some of the files.
    fn copy_of(&self, names: &[&str]) -> (TempDir, PathBuf) {
        let folder = memory();
        let dir = folder.path().join("copy");
        fs::create_dir(&dir).unwrap();
        names.iter().for_each(|name| fs::write(dir.join(name), &self.files[*name]).unwrap());
        (folder, dir)
    }

    fn copy_index(&self, to: &Path) {
        fs::create_dir(to.join("index")).unwrap();
        for entry in fs::read_dir(self.dir.join("index")).unwrap().map(Result::unwrap) {
            if entry.path().is_file() {
                fs::copy(entry.path(), to.join("index").join(entry.file_name())).unwrap();
            }
        }
    }
}

/// A batch of few bytes.
fn tiny(number: u64) -> Batch {
    let text = format!("{number}");
    let statements = vec![change("binance:pm:LTC", "2026-02-06T06:30:00Z", flat("0.95"))];
    Batch { source: source(&text, timestamp("2026-02-03T06:00:46Z")), statements, text, ..small(number) }
}

/// What happens to a byte.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Damage {
    Flip(u8),
    /// It and all after it are gone.
    Cut,
    Insert,
    Remove,
}

impl Damage {
    fn done_to(self, bytes: &[u8], at: usize) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        match self {
            Damage::Flip(bits) => bytes[at] ^= bits,
            Damage::Cut => bytes.truncate(at),
            Damage::Insert => bytes.insert(at, b'0'),
            Damage::Remove => drop(bytes.remove(at)),
        }
        bytes
    }

    /// What is done to the byte at a place: one flip and the cut, or, in the long form, everything.
    fn all(at: usize) -> Vec<Damage> {
        if is_long() {
            let flips = [0x01, 0x80, 0xff].map(Damage::Flip);
            return [&flips[..], &[Damage::Cut, Damage::Insert, Damage::Remove]].concat();
        }
        vec![Damage::Flip(1 << (at % 8)), Damage::Cut]
    }
}

/// Every case: what happens, where, and the bytes then.
fn cases(bytes: &[u8]) -> impl Iterator<Item = (Damage, usize, Vec<u8>)> {
    let places = (0..bytes.len()).flat_map(|at| Damage::all(at).into_iter().map(move |damage| (at, damage)));
    places.map(|(at, damage)| (damage, at, damage.done_to(bytes, at)))
}

/// In words, what the cases of a file are.
fn described(file: &str, count: usize, opened_by_writers: usize) -> String {
    let how = if is_long() {
        "each byte in 3 patterns, cut, inserted, removed"
    } else {
        "each byte in 1 pattern, each cut"
    };
    format!("{file}: {how}: {count} by readers, {opened_by_writers} also by writers and verify")
}

/// Checks an error of a damaged database.
fn check_error(error: &Error, case: &str, tally: &mut Tally) {
    let is_known = [
        "damaged_journal",
        "short_journal",
        "foreign_journal",
        "journal_missing",
        "unknown_format",
        "no_database",
    ];
    if is_known.contains(&error.code().as_str()) && !error.hints().is_empty() {
        tally.refused += 1;
    } else {
        tally.wrong.push(format!("{case}: {error:?}"));
    }
}

/// Checks what was read, if anything.
fn check_read(found: Result<Contents, Error>, case: &str, sample: &Sample, tally: &mut Tally) {
    match found {
        Ok(found) if found == *sample.whole() => tally.kept += 1,
        Ok(found) if sample.versions.contains(&found) => tally.lost.push(format!("{case}: {:?}", found.head)),
        Ok(found) => tally.wrong.push(format!("{case}: {:?}", found.head)),
        Err(error) => check_error(&error, case, tally),
    }
}

fn read(dir: &Path) -> Result<Contents, Error> {
    contents(&Reader::open(dir)?)
}

/// A writer and `verify` on files of which one is damaged. Gives the journal afterwards.
fn written(sample: &Sample, file: &str, bytes: &[u8], case: &str, tally: &mut Tally) {
    let (_folder, dir) = sample.copy_of(&[&sample.journal, HEAD, IMAGE]);
    sample.copy_index(&dir);
    fs::write(dir.join(file), bytes).unwrap();
    let journal = fs::read(dir.join(&sample.journal)).unwrap();
    match store::verify(&dir, None, curves) {
        Ok(verified) if verified.problems.is_empty() => {
            tally.wrong.push(format!("verify, {case}: no problem"));
        }
        Ok(_) => {}
        Err(error) => assert!(!error.hints().is_empty(), "{case}: {error:?}"),
    }
    wait_until_free(&dir);
    let found = Writer::open(&dir, curves).and_then(|writer| contents(writer.reader()));
    let is_open = found.is_ok();
    check_read(found, &format!("writer, {case}"), sample, tally);
    wait_until_free(&dir);
    if is_open {
        // What is damaged where nothing was read is made anew by `rebuild`.
        store::rebuild(&dir, curves).unwrap();
        wait_until_free(&dir);
        assert_eq!(store::verify(&dir, None, curves).unwrap().problems, [] as [String; 0], "{case}");
        wait_until_free(&dir);
    }
    if file != sample.journal || !is_open {
        assert!(fs::read(dir.join(&sample.journal)).unwrap() == journal, "{case}: the journal was changed");
    }
}

/// Damages a file in every way, beside others, and reads; every so often a writer and `verify` come too.
fn damage(sample: &Sample, file: &str, beside: &[&str], fault: &str) -> Tally {
    let mut tally = Tally::default();
    let (_folder, dir) = sample.copy_of(&[beside, &[file]].concat());
    let (mut count, mut opened) = (0, 0);
    let every = if is_long() { 7 } else { 199 };
    for (number, (damage, at, bytes)) in cases(&sample.files[file]).enumerate() {
        let case = format!("{damage:?} at {at}");
        fs::write(dir.join(file), &bytes).unwrap();
        check_read(read(&dir), &case, sample, &mut tally);
        count += 1;
        if number % every == 0 && (file == IMAGE || beside.contains(&IMAGE)) {
            written(sample, file, &bytes, &case, &mut tally);
            opened += 1;
        }
    }
    tally.end(fault, &described(file, count, opened));
    tally
}

#[test]
fn a_journal_with_any_damage_is_refused_beside_its_head_file() {
    for sample in Sample::both() {
        damage(&sample, &sample.journal, &[HEAD, IMAGE], "bit rot in the journal");
        if is_long() {
            damage(&sample, &sample.journal, &[HEAD], "bit rot in the journal, without image and index");
        }
    }
}

#[test]
fn a_head_file_with_any_damage_is_refused() {
    for sample in Sample::both() {
        let journal = sample.journal.as_str();
        damage(&sample, HEAD, &[journal, IMAGE], "bit rot in the head file");
        damage(&sample, HEAD, &[journal], "bit rot in the head file, without image and index");
    }
}

#[test]
fn an_image_with_any_damage_gives_the_same_answers() {
    let [_, sample] = Sample::both();
    let journal = sample.journal.as_str();
    let tally = damage(&sample, IMAGE, &[journal, HEAD], "bit rot in the image");
    assert_eq!(tally.refused, 0, "no question is refused for it");
}

#[test]
fn a_journal_alone_with_any_damage_is_refused_or_lacks_what_has_no_end() {
    for sample in Sample::both() {
        let mut tally = Tally::default();
        let (mut count, mut cut, mut without_end) = (0, 0, 0);
        let (_folder, dir) = sample.copy_of(&[&sample.journal]);
        let before_last = &sample.versions[sample.versions.len() - 2];
        for (damage, at, bytes) in cases(&sample.files[&sample.journal]) {
            let case = format!("{damage:?} at {at}");
            fs::write(dir.join(&sample.journal), &bytes).unwrap();
            let is_whole = |end: &&u64| **end <= at as u64;
            match (damage, read(&dir)) {
                // Nobody can know that there was more.
                (Damage::Cut, Ok(found)) => {
                    let whole = sample.ends.iter().filter(is_whole).count();
                    assert_eq!(found, sample.versions[whole - 1], "{case}");
                    cut += 1;
                }
                (_, Ok(found)) if found == *before_last => without_end += 1,
                (_, found) => check_read(found, &case, &sample, &mut tally),
            }
            count += 1;
        }
        let what = format!(
            "{}; {cut} cuts leave what is whole, {without_end} take the last transaction for one without an end",
            described(&sample.journal, count, 0)
        );
        tally.end("bit rot in a journal alone, without a head file", &what);
    }
}
