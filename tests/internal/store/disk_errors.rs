//! Each call that changes the disk fails once, or it and all after it: what was acknowledged stays, the error says
//! what to do, and the database takes the rest afterwards.

use std::fs;
use std::path::Path;

use tierbook::error::Error;
use tierbook::snapshot::records::curves;
use tierbook::store::faults::{Call, EIO, ENOSPC, Failure, What, during};
use tierbook::store::{self, Reader};

use crate::tests::store::look::{Contents, contents, read, wait_until_free};
use crate::tests::store::script::{Script, Step, is_long, memory, steps, versions};

/// The last version that was begun.
fn begun(calls: &[Call]) -> u64 {
    let begun = calls.iter().filter_map(|call| match call.what {
        What::Begun(version) => Some(version),
        _ => None,
    });
    begun.max().unwrap_or(0)
}

/// Checks the error of a step, and what a reader sees after it.
fn check(script: &Script, error: &Error, begun: u64, versions: &[Contents]) {
    assert_eq!(error.code().as_str(), "disk", "{error:?}");
    assert!(!error.hints().is_empty(), "{error:?}");
    match Reader::open(&script.dir) {
        Ok(reader) => {
            let stored = contents(&reader).unwrap();
            let version = versions.iter().position(|version| *version == stored).expect("a version") as u64;
            assert!((script.version()..=begun).contains(&version), "{version} after {error:?}");
        }
        Err(error) => {
            assert_eq!(script.acknowledged, 0, "{error:?}");
            assert!(!error.hints().is_empty(), "{error:?}");
        }
    }
}

/// Runs the script with a failure; gives whether a step failed.
fn disturbed(dir: &Path, failure: Failure, versions: &[Contents]) -> bool {
    let (steps, mut script) = (steps(), Script::new(dir));
    let (failed, calls, _) = during(Some(failure), || {
        let failed = steps.iter().enumerate().find_map(|(at, step)| Some((at, script.step(step).err()?)));
        // The writer that failed may be asked again. A lasting failure also meets its end.
        if failure.count > 1 {
            script.close();
        }
        failed
    });
    let Some((at, error)) = failed else { return finished(&mut script, &[], versions) };
    check(&script, &error, begun(&calls), versions);
    if let Err(again) = script.step(&steps[at]) {
        check(&script, &again, begun(&calls), versions);
        script.close();
        // What was said not to be recorded does not come back.
        if error.hints().iter().any(|hint| hint == "nothing was recorded") {
            let writer = store::Writer::open(dir, curves).unwrap();
            assert_eq!(writer.head(), versions[script.version() as usize].head, "{error:?}");
            drop(writer);
            wait_until_free(dir);
        }
        script.step(&steps[at]).unwrap();
    }
    finished(&mut script, &steps[at + 1..], versions);
    true
}

/// Does the rest, and compares what is there then.
fn finished(script: &mut Script, rest: &[Step], versions: &[Contents]) -> bool {
    rest.iter().for_each(|step| script.step(step).unwrap());
    script.close();
    assert_eq!(read(&script.dir), *versions.last().unwrap());
    wait_until_free(&script.dir);
    assert_eq!(store::verify(&script.dir, None, curves).unwrap().problems, [] as [String; 0]);
    false
}

#[test]
fn a_failure_of_any_call_loses_nothing_and_the_rest_is_taken_afterwards() {
    let root = memory();
    let versions = versions(&root.path().join("model"));
    let mut script = Script::new(&root.path().join("counted"));
    let ((), _, calls) = during(None, || steps().iter().for_each(|step| script.step(step).unwrap()));
    let (mut failed, mut runs) = (0, 0);
    for at in 0..calls {
        let ways = [(ENOSPC, 1), (EIO, usize::MAX), (ENOSPC, usize::MAX), (EIO, 1)];
        // The short form tries both errors with each call, one of them lasting.
        let ways = if is_long() { &ways[..] } else { &ways[at % 2 * 2..][..2] };
        for &(errno, count) in ways {
            let dir = root.path().join("db");
            failed += usize::from(disturbed(&dir, Failure { at, count, errno }, &versions));
            runs += 1;
            wait_until_free(&dir);
            fs::remove_dir_all(&dir).unwrap();
        }
    }
    eprintln!("{calls} calls, {runs} failures: {failed} times refused, else done; lost: 0");
}
