//! Each call that changes the disk fails once, or it and all after it: what was acknowledged stays, the error says
//! what to do, and the database takes the rest afterwards.

use std::fs;
use std::path::Path;

use tierbook::error::Error;
use tierbook::snapshot::records::curves;
use tierbook::store::faults::{Call, EIO, ENOSPC, Failure, What, during};
use tierbook::store::{self, Reader};

use crate::tests::common::fault::Tally;
use crate::tests::store::look::{Contents, contents, read, wait_until_free};
use crate::tests::store::script::{PLACE, Script, Step, is_long, memory, steps, versions};

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
    let Some((at, error)) = failed else {
        finished(&mut script, &[], versions);
        return false;
    };
    check(&script, &error, begun(&calls), versions);
    let is_refused_again = |script: &mut Script| {
        let again = script.step(&steps[at]);
        again.inspect_err(|again| check(script, again, begun(&calls), versions)).is_err()
    };
    // The writer that failed is asked again; after a lasting failure, another one.
    if failure.count > 1 || is_refused_again(&mut script) {
        script.close();
        let says_nothing = error.hints().iter().any(|hint| hint == "nothing was recorded");
        if says_nothing && store::exists(dir) {
            let head = store::Writer::open(dir, curves).unwrap().head();
            assert_eq!(head, versions[script.version() as usize].head, "{error:?}");
            wait_until_free(dir);
        }
        script.step(&steps[at]).unwrap();
    }
    finished(&mut script, &steps[at + 1..], versions);
    true
}

/// Does the rest, and compares what is there then.
fn finished(script: &mut Script, rest: &[Step], versions: &[Contents]) {
    rest.iter().for_each(|step| script.step(step).unwrap());
    script.close();
    assert_eq!(read(&script.dir), *versions.last().unwrap());
    wait_until_free(&script.dir);
    assert_eq!(store::verify(&script.dir, None, curves).unwrap().problems, [] as [String; 0]);
}

#[test]
fn a_failure_of_any_call_loses_nothing_and_the_rest_is_taken_afterwards() {
    let root = memory();
    let versions = versions(&root.path().join("model"));
    let mut script = Script::new(&root.path().join("counted/db"));
    let ((), _, calls) = during(None, || steps().iter().for_each(|step| script.step(step).unwrap()));
    let (mut failed, mut runs) = (0, 0);
    for at in 0..calls {
        let ways = [(ENOSPC, 1), (EIO, usize::MAX), (ENOSPC, usize::MAX), (EIO, 1)];
        // The short form tries both errors with each call, one of them lasting.
        let ways = if is_long() { &ways[..] } else { &ways[at % 2 * 2..][..2] };
        for &(errno, count) in ways {
            let dir = root.path().join(PLACE);
            failed += usize::from(disturbed(&dir, Failure { at, count, errno }, &versions));
            runs += 1;
            wait_until_free(&dir);
            fs::remove_dir_all(dir.parent().unwrap()).unwrap();
        }
    }
    let tally = Tally { kept: runs - failed, refused: failed, ..Tally::default() };
    tally.end("disk errors (ENOSPC, EIO)", &format!("each of {calls} calls, {runs} failures"));
}
