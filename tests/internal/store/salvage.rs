//! Salvage: of a journal that is damaged anywhere, everything that can be read is kept with its number and hash, and
//! what is lost has a tombstone, with which the chain goes on.

use std::fs;

use tierbook::ErrorCode;
use tierbook::snapshot::records::curves;
use tierbook::statement::{Sha256, TxId};
use tierbook::store::{self, SalvageOptions, Salvaged, Writer};

use crate::tests::store::build::{now, place, small};
use crate::tests::store::look::{read, read_by_journal, wait_until_free};
use crate::tests::store::salvage_model::{Beside, Counts, copy, model, models};
use crate::tests::store::script::is_long;

#[test]
fn a_flipped_byte_costs_at_most_the_transaction_that_it_is_in() {
    let mut counts = Counts::default();
    for (format, model) in (1..).zip(&models()) {
        for beside in Beside::ALL {
            let step = model.journal.len() / if is_long() { 250 } else { 6 } + 1;
            for at in (0..model.journal.len()).step_by(step).chain([model.journal.len() - 1]) {
                let result = model.salvage(&model.flipped(at), beside, &SalvageOptions::default());
                counts.add(model, &result);
                let tx = model.starts.iter().filter(|start| **start <= at).count() - 1;
                match result {
                    Ok(Some(salvaged)) => {
                        let has_all = format == 2 && beside.names().contains(&"image");
                        if has_all && tx > 0 {
                            assert!(salvaged.lost.is_empty(), "index and image have all but the text");
                        } else if format == 1 || has_all {
                            assert!(salvaged.lost.iter().all(|it| it.tx.0 == tx as u64), "{salvaged:?}");
                        } else {
                            // Those that refer to it too.
                            assert!(salvaged.lost.iter().all(|it| it.tx.0 >= tx as u64), "{salvaged:?}");
                        }
                    }
                    // One bit of the header of a frame is unused.
                    Ok(None) => assert!(
                        read_by_journal(&model.folder.path().join("damaged")) == model.contents,
                        "byte {at} of transaction {tx} is not noticed"
                    ),
                    Err(error) => {
                        assert!(
                            ![Beside::Everything, Beside::Image].contains(&beside),
                            "{beside:?} {tx} {error}"
                        );
                    }
                }
            }
        }
    }
    counts.line("salvage of a flipped byte", "flips in both formats");
}

/// How many of these transactions are lost, and that nothing else is.
fn lost(salvaged: &Salvaged) -> Vec<u64> {
    salvaged.lost.iter().map(|it| it.tx.0).collect()
}

#[test]
fn transactions_that_are_overwritten_are_lost_alone_and_a_backup_has_them() {
    let mut counts = Counts::default();
    for (format, model) in (1..).zip(&models()) {
        let backup = model.folder.path().join("backup");
        store::backup(&model.dir, &backup).unwrap();
        let last = model.hashes.len() - 1;
        // One of each kind, the first, the last, several in a row, all that others refer to, and the header.
        let all = [&[1][..], &[last], &[3], &[1, 2, 3], &[4], &[2, 5], &[last - 1, last], &[0]];
        for (turn, gone) in all.into_iter().enumerate() {
            // The short form takes two of the four in turn.
            let chosen = (0..4).filter(|place| is_long() || (place + turn / 2) % 2 == 0);
            for beside in chosen.map(|place| Beside::ALL[place]) {
                let journal = model.without(gone);
                let result = model.salvage(&journal, beside, &SalvageOptions::default());
                counts.add(model, &result);
                match result {
                    Ok(Some(salvaged)) => {
                        let is_lost = lost(&salvaged);
                        let texts: Vec<u64> = salvaged.without_text.iter().map(|tx| tx.0).collect();
                        let has_all = format == 2 && beside.names().contains(&"image");
                        for tx in gone.iter().map(|tx| *tx as u64) {
                            let of = if has_all && tx > 0 { &texts } else { &is_lost };
                            let is_end = beside == Beside::Nothing && salvaged.head.tx.0 < tx;
                            assert!(of.contains(&tx) || is_end, "{gone:?} {beside:?} {salvaged:?}");
                        }
                        assert!(format == 2 || is_lost.len() <= gone.len(), "{gone:?} {beside:?}");
                    }
                    Ok(None) => panic!("{gone:?} {beside:?}"),
                    Err(error) => {
                        assert!(
                            [Beside::Head, Beside::Nothing].contains(&beside),
                            "{gone:?} {beside:?} {error}"
                        );
                        let named = format!("transaction {} is lost", gone[0]);
                        assert!(error.message().starts_with(&named), "{error}");
                    }
                }
                // With a copy of the journal nothing is lost, and with one in the other format.
                let options = SalvageOptions { with: vec![backup.clone()], ..SalvageOptions::default() };
                let result = model.salvage(&journal, beside, &options);
                counts.add(model, &result);
                let salvaged = result.unwrap().unwrap();
                assert_eq!((lost(&salvaged), salvaged.without_text), (vec![], vec![]), "{gone:?} {beside:?}");
                assert_eq!(salvaged.head.hash, model.hashes[last]);
                let healed = fs::read(&salvaged.journal).unwrap();
                assert!(format == 2 || healed.starts_with(&model.journal), "format 1 has only one form");
            }
        }
    }
    counts.line("salvage of overwritten transactions", "one or several of both formats");
}

#[test]
fn bytes_that_are_missing_too_many_or_elsewhere_hide_nothing_else() {
    let mut counts = Counts::default();
    for model in &models() {
        let (whole, at) = (&model.journal, |tx: usize| model.starts[tx]);
        let swapped = [&whole[..at(2)], &whole[at(3)..at(4)], &whole[at(2)..at(3)], &whole[at(4)..]].concat();
        let twice = [&whole[..at(3)], &whole[at(1)..]].concat();
        let middle = usize::midpoint(at(2), at(3));
        for (journal, most) in [
            (swapped, 0),
            (twice, 0),
            ([&whole[..middle], &whole[middle + 40..]].concat(), 1),
            ([&whole[..middle], &[b'x'; 300], &whole[middle..]].concat(), 1),
            ([&whole[..at(2)], &[0; 4096], &whole[at(2)..]].concat(), 0),
            ([&whole[..at(2)], &whole[at(4)..]].concat(), 2),
            (whole[..middle].to_vec(), 7),
            (whole[..at(7)].to_vec(), 2),
            (b"nothing of a journal".to_vec(), 9),
        ] {
            let result = model.salvage(&journal, Beside::Everything, &SalvageOptions::default());
            counts.add(model, &result);
            let salvaged = result.unwrap().unwrap();
            assert!(salvaged.lost.len() <= most, "{salvaged:?}");
            assert_eq!(salvaged.head.hash, *model.hashes.last().unwrap());
        }
    }
    counts.line("salvage of moved bytes", "cut, inserted, removed, swapped in both formats");
}

#[test]
fn a_hash_that_the_user_gives_is_used_only_if_the_next_transaction_says_so() {
    for model in &models() {
        let journal = model.without(&[2]);
        let with = |tx: usize, hash: Sha256| SalvageOptions {
            hashes: vec![(TxId(tx as u64), hash)],
            ..SalvageOptions::default()
        };
        let wrong = model.salvage(&journal, Beside::Head, &with(2, model.hashes[1])).unwrap_err();
        assert!(wrong.message().contains("no hash that is stated for it"), "{wrong}");
        let salvaged = model.salvage(&journal, Beside::Head, &with(2, model.hashes[2])).unwrap().unwrap();
        let of = &salvaged.lost[0];
        assert_eq!((of.hash_from, of.is_confirmed, of.recorded_at), ("option", true, None));
        // Two in a row: the first is only stated.
        let journal = model.without(&[2, 3]);
        let both = SalvageOptions {
            hashes: [2, 3].map(|tx| (TxId(tx), model.hashes[tx as usize])).to_vec(),
            ..SalvageOptions::default()
        };
        let salvaged = model.salvage(&journal, Beside::Head, &both).unwrap().unwrap();
        let confirmed: Vec<bool> = salvaged.lost.iter().map(|it| it.is_confirmed).collect();
        assert_eq!(confirmed, [false, true]);
        // Or what comes before is kept alone.
        let before = SalvageOptions { up_to: Some(TxId(1)), ..SalvageOptions::default() };
        let salvaged = model.salvage(&journal, Beside::Head, &before).unwrap().unwrap();
        assert_eq!((salvaged.head.tx, salvaged.head.hash), (TxId(1), model.hashes[1]));
    }
}

#[test]
fn files_of_another_database_are_not_believed() {
    for model in &models() {
        let (folder, other) = place();
        store::create(&other, now()).unwrap();
        let mut writer = Writer::open(&other, curves).unwrap();
        (31..=39).for_each(|number| assert!(writer.commit(now(), |_| small(number)).is_ok()));
        drop(writer);
        wait_until_free(&other);
        let dir = model.damaged(&model.without(&[2]), Beside::Nothing);
        ["index", "image"].iter().for_each(|name| copy(&other.join(name), &dir.join(name)));
        let to = folder.path().join("salvaged");
        let error = store::salvage(&dir, &to, &SalvageOptions::default(), now()).unwrap_err();
        assert!(error.message().starts_with("transaction 2 is lost"), "{error}");
        let options = SalvageOptions { with: vec![other], ..SalvageOptions::default() };
        let error = store::salvage(&dir, &to, &options, now()).unwrap_err();
        assert!(error.message().starts_with("transaction 2 is lost"), "{error}");
        assert!(!store::exists(&to));
    }
}

#[test]
fn a_salvaged_database_can_be_salvaged_again_and_healed_by_a_backup() {
    for model in &models() {
        let backup = model.folder.path().join("backup");
        store::backup(&model.dir, &backup).unwrap();
        let salvaged = model.salvage(&model.without(&[2]), Beside::Image, &SalvageOptions::default());
        drop(salvaged.unwrap().unwrap());
        let first = model.folder.path().join("salvaged");
        let again = model.folder.path().join("again");
        // It has one transaction more now, which the backup has not.
        let options = SalvageOptions { with: vec![backup], ..SalvageOptions::default() };
        let healed = store::salvage(&first, &again, &options, now()).unwrap().unwrap();
        assert_eq!((lost(&healed), healed.without_text, healed.from_backups), (vec![], vec![], 1));
        let of_first = store::verify(&first, None, curves).unwrap();
        assert_eq!(healed.head, of_first.head);
        // Damaged again, its tombstones stay.
        let mut journal = fs::read(store::journal_file(&first)).unwrap();
        let places = store::places(&first).unwrap();
        journal[places[5].1 as usize + 20..places[5].2 as usize - 20].fill(7);
        fs::write(store::journal_file(&first), &journal).unwrap();
        fs::remove_dir_all(&again).unwrap();
        let twice = store::salvage(&first, &again, &SalvageOptions::default(), now()).unwrap().unwrap();
        assert!(of_first.lost.iter().all(|it| twice.lost.contains(it)), "{twice:?}");
        assert_eq!(twice.head, of_first.head);
    }
}

#[test]
fn nothing_is_made_of_a_whole_database_or_over_another_one() {
    for model in &models() {
        let result = model.salvage(&model.journal, Beside::Everything, &SalvageOptions::default());
        assert_eq!(result.unwrap(), None);
        let dir = model.damaged(&model.without(&[2]), Beside::Everything);
        let before = read(&model.dir);
        let error = store::salvage(&dir, &model.dir, &SalvageOptions::default(), now()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::DatabaseExists);
        let error = store::salvage(&dir, &dir, &SalvageOptions::default(), now()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::DatabaseExists);
        assert_eq!(read(&model.dir), before);
        let none = model.folder.path().join("none");
        let error = store::salvage(&none, &none, &SalvageOptions::default(), now()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::NoDatabase);
    }
}

#[test]
fn a_migrated_database_is_healed_by_the_journal_of_before() {
    let [model, _] = models();
    store::migrate(&model.dir).unwrap().unwrap();
    let model = self::model(model.folder, model.dir);
    for gone in [&[0][..], &[4], &[1, 2], &[0, 1, 2, 3, 4, 5, 6, 7]] {
        let dir = model.damaged(&model.without(gone), Beside::Nothing);
        let kept = "journal.jsonl.before-migration";
        copy(&model.dir.join(kept), &dir.join(kept));
        let to = model.folder.path().join("salvaged");
        fs::remove_dir_all(&to).ok();
        let salvaged = store::salvage(&dir, &to, &SalvageOptions::default(), now()).unwrap().unwrap();
        assert_eq!((lost(&salvaged), salvaged.from_backups > 0 || gone == [0]), (vec![], true));
        model.check(&to, &salvaged);
    }
}

#[test]
fn a_migration_keeps_tombstones_and_their_hashes() {
    let [model, _] = models();
    model.salvage(&model.without(&[0, 2, 3]), Beside::Image, &SalvageOptions::default()).unwrap().unwrap();
    let dir = model.folder.path().join("salvaged");
    let before = read(&dir);
    store::migrate(&dir).unwrap().unwrap();
    wait_until_free(&dir);
    let verified = store::verify(&dir, Some(model.hashes[3]), curves).unwrap();
    assert_eq!((verified.problems, verified.found.map(|found| found.tx)), (Vec::new(), Some(TxId(3))));
    assert_eq!(verified.lost.iter().map(|it| it.tx.0).collect::<Vec<u64>>(), [2, 3]);
    let after = read(&dir);
    assert_eq!((after.statements, after.retractions), (before.statements, before.retractions));
}

#[test]
fn a_hash_that_is_damaged_is_never_taken_for_the_right_one() {
    let mut counts = Counts::default();
    for (format, model) in (1..).zip(&models()) {
        for (tx, start) in model.starts[..model.starts.len() - 1].iter().enumerate() {
            let beside = Beside::ALL[tx % 4];
            // In format 1 a digit of the hash becomes another digit; in format 2 it is compressed.
            let mut journal = model.journal.clone();
            let at = start + 30;
            journal[at] = if format == 1 && journal[at] == b'1' { b'2' } else { b'1' };
            for beside in [beside, Beside::Everything, Beside::Head] {
                let result = model.salvage(&journal, beside, &SalvageOptions::default());
                counts.add(model, &result);
                // Of format 1 the content is whole: what follows, or what is beside, shows it.
                if format == 1 && beside != Beside::Nothing {
                    assert_eq!(lost(&result.unwrap().unwrap()), [] as [u64; 0], "{tx} {beside:?}");
                }
            }
        }
    }
    counts.line("salvage of a damaged hash", "of each transaction of both formats");
}

#[test]
fn a_journal_that_was_made_to_mislead_is_salvaged_or_refused_at_once() {
    let place = tempfile::tempdir().unwrap();
    let line = |tx: u64| {
        let json = format!("{{\"tx\":{tx},\"kind\":\"document\"}}");
        format!("{{\"hash\":\"{}\",\"transaction\":{json}}}\n", "7".repeat(64))
    };
    let misleading = [line(u64::MAX), line(u64::MAX - 1), "{\"tx\":".repeat(20_000), line(1).repeat(1_000)];
    let frames = [b"\x28\xb5\x2f\xfd".repeat(20_000), b"\x50\x2a\x4d\x18\x04\0\0\0".repeat(20_000)];
    let lines = misleading.into_iter().map(|text| ("journal.jsonl", text.into_bytes()));
    for (number, (name, bytes)) in lines.chain(frames.map(|bytes| ("journal.zst", bytes))).enumerate() {
        let (dir, to) = (place.path().join(format!("{number}")), place.path().join(format!("{number}-to")));
        fs::create_dir(&dir).unwrap();
        fs::write(dir.join(name), bytes).unwrap();
        let began = std::time::Instant::now();
        let error = store::salvage(&dir, &to, &SalvageOptions::default(), now()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::DamagedJournal, "{number}: {error}");
        assert!(began.elapsed().as_secs() < 20, "{number}: {:?}", began.elapsed());
    }
}
