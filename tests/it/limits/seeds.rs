//! How large a seed may be: bytes, rows, subjects; and how many of its errors are shown.

use tierbook::{Document, Error, ErrorCode, limits};

use super::documents::read_as;

fn seed(entries: &str) -> String {
    format!("[source]\ntitle = \"T\"\npublished_at = \"2026-02-03T06:00:46Z\"\n{entries}")
}

fn read(entries: &str) -> Result<Document, Error> {
    read_as("seed.toml", &seed(entries))
}

/// An entry of so many subjects, with a table of so many tiers.
fn entry(number: usize, subjects: usize, tiers: usize) -> String {
    let names: Vec<String> = (0..subjects).map(|it| format!("\"A{number}B{it}USDT\"")).collect();
    let rows: Vec<String> =
        (1..=tiers).map(|cap| format!("{{ leverage = \"1x\", cap = {cap}, mmr = \"1%\" }}")).collect();
    format!(
        "[[observation]]\nprogram = \"usdm\"\nsubjects = [{}]\ntiers = [{}]\n",
        names.join(","),
        rows.join(",\n")
    )
}

#[test]
fn a_seed_of_the_most_bytes_is_read_and_one_more_is_refused() {
    let most = limits::SEED_BYTES;
    let end = "[[end]]\nsubject = \"usdm:AUSDT\"\neffective_at = 2026-02-06\n#";
    let text = |bytes: usize| format!("{}{}", seed(end), " ".repeat(bytes - seed(end).len()));
    assert_eq!(read_as("seed.toml", &text(most)).unwrap().statements().len(), 1);
    let error = read_as("seed.toml", &text(most + 1)).unwrap_err();
    let message = format!("the seed has {} bytes; at most {most} are read", most + 1);
    assert_eq!((error.code(), error.message()), (ErrorCode::DocumentTooLarge, message.as_str()));
    assert_eq!(error.hints(), ["split it into several files"]);
}

#[test]
fn a_seed_of_the_most_rows_is_read_and_one_more_is_refused() {
    let (subjects, tiers) = (limits::TABLE_SUBJECTS, limits::TABLE_TIERS);
    let whole = limits::SEED_ROWS / (subjects * tiers);
    let rest = limits::SEED_ROWS - whole * subjects * tiers;
    let (last, none) = (rest / tiers, rest % tiers);
    assert_eq!((whole, last, none), (2, 250, 0), "entries of the most subjects, and one that fills the rest");
    let most: String =
        (0..whole).map(|it| entry(it, subjects, tiers)).collect::<String>() + &entry(whole, last, tiers);
    assert_eq!(read(&most).unwrap().statements().len(), whole * subjects + last);
    let error = read(&(most + &entry(whole + 1, 1, 1))).unwrap_err();
    let message = format!("more than {} rows, counted for each subject", limits::SEED_ROWS);
    assert_eq!(error.code(), ErrorCode::SeedValue);
    assert!(error.message().ends_with(&message), "{}", error.message());
    assert_eq!(error.hints(), ["split the seed into several files"]);
}

#[test]
fn an_entry_of_the_most_subjects_is_read_and_one_of_more_is_refused() {
    let most = limits::TABLE_SUBJECTS;
    assert_eq!(read(&entry(0, most, 1)).unwrap().statements().len(), most);
    let error = read(&entry(0, most + 1, 1)).unwrap_err();
    assert!(
        error.message().ends_with(&format!("{} subjects; at most {most}", most + 1)),
        "{}",
        error.message()
    );
    assert_eq!(error.hints(), ["write several entries"]);
}

#[test]
fn a_table_of_the_most_tiers_is_read_and_one_of_more_is_refused() {
    let most = limits::TABLE_TIERS;
    assert_eq!(read(&entry(0, 1, most)).unwrap().statements().len(), 1);
    let error = read(&entry(0, 1, most + 1)).unwrap_err();
    assert!(
        error.message().ends_with(&format!("the table has more than {most} tiers")),
        "{}",
        error.message()
    );
}

#[test]
fn the_most_errors_are_reported_and_how_many_there_are_more() {
    let most = limits::SEED_ERRORS;
    let errors = |count: usize| read(&"[[end]]\nsubject = \"usdm:AUSDT\"\n".repeat(count)).unwrap_err();
    let also = |error: &Error| error.hints().iter().filter(|hint| hint.starts_with("also ")).count();
    let error = errors(most);
    // The first is the message.
    assert_eq!(1 + also(&error), most);
    assert!(!error.hints().iter().any(|hint| hint.contains("more errors")), "{:?}", error.hints());
    let error = errors(most + 1);
    assert_eq!((1 + also(&error), error.hints().last().unwrap().as_str()), (most, "and 1 more errors"));
}

#[test]
fn a_unit_and_a_name_of_the_most_bytes_are_read_and_longer_ones_are_refused_with_the_limit() {
    let most = limits::SUBJECT_BYTES;
    let with_unit = |bytes: usize| read(&(entry(0, 1, 1) + &format!("unit = \"{}\"\n", "U".repeat(bytes))));
    assert!(with_unit(most).is_ok());
    let error = with_unit(most + 1).unwrap_err();
    assert!(error.message().contains(&format!("has 1 to {most} bytes")), "{}", error.message());
    let named = |bytes: usize| {
        let name = "A".repeat(bytes);
        read(&format!("[[end]]\nsubject = \"pm:{name}\"\neffective_at = 2026-02-06\n"))
    };
    assert_eq!(named(most).unwrap().statements().len(), 1);
    let error = named(most + 1).unwrap_err();
    assert!(error.message().contains(&format!("is longer than {most} bytes")), "{}", error.message());
}
