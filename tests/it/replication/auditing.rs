//! An auditor who has nothing from the operator but the line of the head of day 1, and two folders.

use tierbook::{ErrorCode, SalvageOptions, TxId};

use super::{Published, content, origin, table};
use crate::cli::tool::{Tool, copy_folder};

#[test]
fn day_1_and_day_10_of_an_honest_operator_and_of_one_who_rewrote_the_history() {
    // Day 1: the operator prints the head, and the auditor notes the line. The folder is published.
    let operator = Published::with(3);
    let tool = Tool::empty();
    copy_folder(operator.database.dir(), &tool.dir());
    let line = tool.run(["head"]).out;
    let auditor = Tool::empty();
    let day_1 = auditor.dir().with_file_name("day-1");
    copy_folder(&operator.public(), &day_1);

    // Day 10: more is published. The line is in its chain, and the folder of day 1 is its beginning.
    for number in 10..14 {
        table(&operator.database, number);
    }
    operator.publish();
    let public = operator.public().display().to_string();
    let ran = auditor.run(["verify", "--against", &public, "--head", line.trim()]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert!(
        ran.out.contains("the head is in the chain: tx 4; 4 transactions published since"),
        "{}",
        ran.out
    );
    assert!(!auditor.dir().exists(), "nothing is made of it");

    // With the folder of day 1 as a replica: all that was there is still there, to the last byte of each document.
    let ran = auditor.run(["pull", &day_1.display().to_string()]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    let ran = auditor.run(["verify", "--against", &public]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert!(
        ran.out.contains("the database here is the beginning of it: it ends at tx 4, 4 before"),
        "{}",
        ran.out
    );

    // The operator took the last ones back: a copy of day 10 shows it.
    let ran = auditor.run(["pull", &public]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    for words in [vec!["verify", "--against"], vec!["pull"]] {
        let ran = auditor.run([&words[..], &[day_1.to_str().unwrap()]].concat());
        assert_eq!(ran.code, 4, "{words:?}: {}", ran.text());
        assert!(ran.err.contains("error[history_shortened]"), "{}", ran.err);
        assert!(ran.err.contains("transaction 5 is missing"), "{}", ran.err);
    }

    // Another operator replaced the third transaction on day 5, and recorded the rest again.
    let forger = operator.replica("forger");
    let options = SalvageOptions { up_to: Some(TxId(2)), ..SalvageOptions::default() };
    operator.database.salvage(forger.dir(), &options).unwrap().unwrap();
    for number in [50, 2, 10, 11, 12, 13] {
        table(&forger, number);
    }
    forger.publish(operator.beside("forged")).unwrap();
    let forged = operator.beside("forged").display().to_string();
    let ran = auditor.run(["verify", "--against", &forged, "--head", line.trim()]);
    assert_eq!(ran.code, 4, "{}", ran.text());
    let before = content(&auditor.dir());
    for words in [vec!["verify", "--against", &forged], vec!["pull", &forged]] {
        let ran = auditor.run(&words);
        assert_eq!(ran.code, 4, "{words:?}: {}", ran.text());
        assert!(ran.err.contains("the histories part at transaction 3"), "{}", ran.err);
        assert_eq!(content(&auditor.dir()), before);
    }
    let hash = line.split(' ').find(|word| word.len() == 64).unwrap();
    let noted = tierbook::Sha256::parse(hash);
    let nobody = operator.replica("nobody");
    let error = nobody.verify_against(&origin(&operator.beside("forged")), noted).unwrap_err();
    assert_eq!(error.code(), ErrorCode::HistoryForked);
}
