//! The auditor's script, `docs/check_certificate.py`: what the database certifies it accepts, by rules of its
//! own; what was forged it rejects, as `verify --certificate` does.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use super::tool::{Tool, root};

/// Runs the script; `None`, with a visible line, where the machine has no Python.
pub fn script(arguments: &[&Path]) -> Option<Output> {
    let path = root().join("docs/check_certificate.py");
    match Command::new("python3").arg(path).args(arguments).output() {
        Ok(output) => Some(output),
        Err(_) => {
            eprintln!("python3 is not on this machine: check_certificate.py was not tried");
            None
        }
    }
}

/// A database with a statement about statements of each kind, and with an end.
fn database() -> Tool {
    let tool = Tool::seeded();
    let folder = tool.dir().with_file_name("files");
    std::fs::create_dir(&folder).unwrap();
    let write = |name: &str, text: &str| {
        std::fs::write(folder.join(name), text).unwrap();
        folder.join(name).to_str().unwrap().to_string()
    };
    let run = |words: &[&str]| {
        let ran = tool.run(words.iter().copied());
        assert_eq!(ran.code, 0, "{words:?}: {}", ran.text());
    };
    let source =
        |title: &str, at: &str| format!("[source]\ntitle = \"{title}\"\npublished_at = \"{at}\"\n\n");
    let tiers = |cap: &str| {
        format!("tiers = [{{ leverage = \"1 - 5x\", floor = \"0\", cap = \"{cap}\", mmr = \"9%\" }}]\n")
    };
    let change = |subject: &str, at: &str, cap: &str| {
        let head = format!("[[change]]\nsubject = \"binance:usdm:{subject}\"\neffective_at = {at}\n");
        format!("{head}rollout = \"1 hour\"\n{}\n", tiers(cap))
    };
    let seen = |subject: &str, cap: &str| {
        format!("[[observation]]\nsubject = \"binance:usdm:{subject}\"\n{}\n", tiers(cap))
    };
    for (name, content) in [
        ("mistake.toml", change("ACTUSDT", "2026-02-06T12:00:00Z", "7,000")),
        ("taken-back.toml", change("IPUSDT", "2026-02-10T00:00:00Z", "8,000")),
        ("older.toml", change("PNUTUSDT", "2026-02-10T00:00:00Z", "9,000")),
        ("twice-a.toml", change("NEWUSDT", "2026-02-10T00:00:00Z", "10,000")),
        ("twice-b.toml", change("NEWUSDT", "2026-02-10T00:00:00Z", "20,000")),
        (
            "end.toml",
            "[[end]]\nsubject = \"binance:usdm:IPUSDT\"\neffective_at = 2026-03-01T00:00:00Z\n".into(),
        ),
    ] {
        run(&["load", &write(name, &(source(name, "2026-02-05 00:00 (UTC)") + &content))]);
    }
    let later = source("seen.toml", "2026-02-20 00:00 (UTC)")
        + &seen("PNUTUSDT", "30,000")
        + &seen("ACTUSDT", "31,000");
    run(&["load", &write("seen.toml", &later)]);
    run(&["unload", "mistake.toml", "--reason", "nobody published it"]);
    let published_at = ["--published-at", "2026-02-08T00:00Z"];
    run(&[&["retract", "taken-back.toml", "--reason", "put off"], &published_at[..]].concat());
    let newer =
        source("newer.toml", "2026-02-07 00:00 (UTC)") + &change("PNUTUSDT", "2026-02-10T00:00:00Z", "9,500");
    run(&["supersede", "older.toml", "--by", &write("newer.toml", &newer)]);
    run(&["correct", "seen.toml", "--published-at", "2026-02-21T00:00Z"]);
    tool
}

/// Dozens of questions, for answers of every status and certainty.
fn questions() -> Vec<String> {
    let mut questions: Vec<String> = [
        "mmr of ACTUSDT, IPUSDT at 1k, 60k, 1000000000",
        "margin of ACTUSDT at 60000, 300000",
        "amount of ACTUSDT at 300000",
        "max leverage of ACTUSDT at 60000",
        "max position of ACTUSDT at 10x, 125x",
        "tier of ACTUSDT at 300000",
        "tiers of ACTUSDT",
        "limit of ACTUSDT, PNUTUSDT",
        "margin of PNUTUSDT at 5000",
        "initial margin of ACTUSDT at 60k, 70001 with 3x",
        "initial margin of ACTUSDT at 60k",
        "room of ACTUSDT at 55k, 300000",
        "liquidation of ACTUSDT, PNUTUSDT long 5k entry 0.02 with 7x",
        "liquidation of ACTUSDT short 60k entry 0.02 margin 12345.6",
        "liquidation of ACTUSDT short 200k entry 3 with 1x",
        "mmr of NEWUSDT at 15000",
        "limit of IPUSDT",
        "tiers of IPUSDT, PNUTUSDT",
    ]
    .iter()
    .flat_map(|question| {
        [
            "as of 2026-01-01",
            "as of 2026-02-06T07:00Z",
            "as of 2026-02-10T00:30Z",
            "as of 2026-02-20",
            "as of 2026-04-01",
            "as of 2026-02-10T12:00Z known at 2026-02-06",
            "as of 2026-02-07 known at 2026-02-02",
            "as of 2026-02-07 recorded by tx=2",
            "as of 2026-02-07 as published",
        ]
        .map(|basis| format!("{question} {basis}"))
    })
    .collect();
    for question in [
        "ratio of LTC on pm",
        "ratio of STRK at 500000 on pm-pro",
        "ratio of STRK at 500000",
        "collateral of STRK at 500000",
        "tiers of STRK on pm-pro",
        "limit of STRK on pm-pro",
        "collateral of LTC at 0.123456789",
    ] {
        questions.push(format!("{question} as of 2026-02-07"));
        questions.push(format!("{question} as of 2026-02-03T12:00Z"));
    }
    questions
}

pub fn certificate(tool: &Tool, question: &str) -> Value {
    let ran = tool.run(["certificate", question]);
    assert_eq!(ran.code, 0, "{question}: {}", ran.text());
    serde_json::from_str(&ran.out).unwrap()
}

/// Writes certificates into one file, one a line.
pub fn write(path: &Path, certificates: &[Value]) {
    let lines = certificates.iter().map(|certificate| format!("{certificate}\n"));
    std::fs::write(path, lines.collect::<String>()).unwrap();
}

#[test]
fn the_script_recomputes_every_answer_and_accepts_it() {
    let tool = database();
    let certificates: Vec<Value> = questions().iter().map(|question| certificate(&tool, question)).collect();
    let mut found: BTreeSet<String> = BTreeSet::new();
    for row in certificates.iter().flat_map(|certificate| certificate["answer"].as_array().unwrap()) {
        found.insert(row["status"].as_str().unwrap().to_string());
        found.extend(row["certainty"]["kind"].as_str().map(str::to_string));
        found.extend(row["reading"].as_str().map(str::to_string));
    }
    for piece in certificates.iter().flat_map(|certificate| certificate["evidence"].as_array().unwrap()) {
        found.extend(piece["fate"].as_str().map(str::to_string));
    }
    let wanted = [
        ["value", "above_limit", "ended", "unknown", "not_known_then"].as_slice(),
        &["contradicted", "rolling_out", "unseen_change", "repaired", "as_published"],
        &["withdrawn", "unloaded", "publication_corrected", "not_recorded", "not_published", "answers"],
    ];
    for word in wanted.concat() {
        assert!(found.contains(word), "no certificate has `{word}`: {found:?}");
    }
    let file = tool.dir().with_file_name("sound.jsonl");
    write(&file, &certificates);
    let journal = tool.journal_file();
    let with_journal: [&Path; 3] = [Path::new("--journal"), &journal, &file];
    for arguments in [&with_journal[..], &[&file]] {
        let Some(output) = script(arguments) else { return };
        let text = String::from_utf8_lossy(&output.stdout);
        let accepted = text.lines().filter(|line| line.ends_with(": accepted")).count();
        assert!(output.status.success() && accepted == certificates.len(), "{text}{output:?}");
    }
    let ran = tool.run(["verify", "--certificate", file.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.text());
}

#[test]
fn forgeries_are_rejected_by_the_script_and_by_verify() {
    let tool = database();
    let sound: Vec<Value> =
        questions().iter().step_by(5).map(|question| certificate(&tool, question)).collect();
    let cases = std::env::var("TIERBOOK_CASES").map_or(1_000, |count| count.parse().unwrap());
    let mut dice = Dice(14);
    let mut forged = Vec::new();
    while forged.len() < cases {
        let forgery = forge(&sound, &mut dice);
        if !sound.contains(&forgery) {
            forged.push(forgery);
        }
    }
    let mut arguments: Vec<std::path::PathBuf> = vec!["--journal".into(), tool.journal_file()];
    for (place, forged) in forged.chunks(1_000).enumerate() {
        let file = tool.dir().with_file_name(format!("forged-{place}.jsonl"));
        write(&file, forged);
        let ran = tool.run(["verify", "--certificate", file.to_str().unwrap()]);
        let number =
            |line: &str| line.strip_prefix("problem: certificate: number ")?.split(':').next()?.parse().ok();
        let rejected: BTreeSet<usize> = ran.out.lines().filter_map(number).collect();
        let missed = (1..=forged.len()).find(|number| !rejected.contains(number));
        assert_eq!(missed.map(|number| forged[number - 1].to_string()), None, "{}", ran.err);
        arguments.push(file);
    }
    let arguments: Vec<&Path> = arguments.iter().map(AsRef::as_ref).collect();
    let Some(output) = script(&arguments) else { return };
    let text = String::from_utf8_lossy(&output.stdout);
    let accepted: Vec<&str> = text.lines().filter(|line| !line.contains(": REJECTED: ")).collect();
    assert_eq!(accepted, [""; 0], "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!((text.lines().count(), output.status.code()), (forged.len(), Some(1)));
}

/// Numbers that look random, and are the same in every run.
pub struct Dice(pub u64);

impl Dice {
    /// A number below `sides`.
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

/// A certificate with one thing changed: a field, a piece of evidence, or a part of another certificate.
pub fn forge(sound: &[Value], dice: &mut Dice) -> Value {
    let mut forged = sound[dice.below(sound.len())].clone();
    let other = &sound[dice.below(sound.len())];
    let list = ["evidence", "transactions", "answer"][dice.below(3)];
    let length = forged[list].as_array().unwrap().len();
    let from = &other[list][dice.below(other[list].as_array().unwrap().len())];
    match dice.below(10) {
        0 => _ = forged[list].as_array_mut().unwrap().remove(dice.below(length)),
        1 => forged[list].as_array_mut().unwrap().insert(dice.below(length + 1), from.clone()),
        2 => forged[list][dice.below(length)] = from.clone(),
        3 => forged[list].as_array_mut().unwrap().swap(dice.below(length), length - 1),
        4 => {
            let part = ["query", "head", "answer", "evidence", "transactions"][dice.below(5)];
            forged[part] = other[part].clone();
        }
        5 => {
            let fields = inner(&mut forged, dice).as_object_mut().unwrap();
            let name = fields.keys().nth(dice.below(fields.len())).unwrap().clone();
            fields.remove(&name);
        }
        6 => inner(&mut forged, dice)["holds"] = json!("0.99"),
        _ => change(inner(&mut forged, dice), dice),
    }
    forged
}

/// An object somewhere in a certificate.
fn inner<'a>(value: &'a mut Value, dice: &mut Dice) -> &'a mut Value {
    let mut paths = Vec::new();
    objects(value, String::new(), &mut paths);
    value.pointer_mut(&paths[dice.below(paths.len())]).unwrap()
}

fn objects(value: &Value, path: String, into: &mut Vec<String>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            fields.iter().for_each(|(name, value)| objects(value, format!("{path}/{name}"), into));
            into.push(path);
        }
        Value::Array(values) => {
            values
                .iter()
                .enumerate()
                .for_each(|(place, value)| objects(value, format!("{path}/{place}"), into));
        }
        _ => {}
    }
}

/// Changes one field of an object into another value, such as a reader would not notice.
fn change(object: &mut Value, dice: &mut Dice) {
    let fields = object.as_object_mut().unwrap();
    let place = dice.below(fields.len());
    let field = fields.values_mut().nth(place).unwrap();
    *field = match &*field {
        Value::Null => json!("2026-02-06T06:30:00Z"),
        Value::Bool(truth) => json!(!truth),
        Value::Number(number) => match dice.below(3) {
            0 => json!(number.as_u64().unwrap() + 1),
            1 => json!(number.to_string()),
            _ => Value::Null,
        },
        Value::String(text) => {
            let place = dice.below(text.chars().count().max(1));
            let turned = |(at, c): (usize, char)| match c {
                _ if at != place => c,
                '0'..='8' => (c as u8 + 1) as char,
                '9' => '0',
                'a'..='y' => (c as u8 + 1) as char,
                _ => '~',
            };
            json!(if text.is_empty() {
                "~".into()
            } else {
                text.chars().enumerate().map(turned).collect::<String>()
            })
        }
        Value::Array(_) | Value::Object(_) => Value::Null,
    };
}

/// The commands of the procedure of docs/auditing.md, block by block.
fn procedure() -> Vec<String> {
    let page = std::fs::read_to_string(root().join("docs/auditing.md")).unwrap();
    let section = page.split_once("## Day 1, the operator").unwrap().1;
    let blocks = section.split("```sh\n").skip(1);
    blocks.map(|rest| rest.split_once("```").unwrap().0.to_string()).collect()
}

#[test]
fn the_procedure_of_the_documentation_runs_from_day_1_to_day_10() {
    let has = |program: &str| Command::new(program).arg("--help").output().is_ok();
    if !has("python3") || !has("ssh-keygen") || !has("zstdcat") {
        eprintln!(
            "python3, zstdcat or ssh-keygen is not on this machine: the procedure of auditing.md was not run"
        );
        return;
    }
    let tool = Tool::empty();
    let folder = tool.dir().with_file_name("work");
    std::fs::create_dir(&folder).unwrap();
    for shared in ["seed", "docs"] {
        std::os::unix::fs::symlink(root().join(shared), folder.join(shared)).unwrap();
    }
    let program = Path::new(env!("CARGO_BIN_EXE_tierbook")).parent().unwrap();
    let path = std::env::join_paths(
        std::iter::once(program.to_path_buf()).chain(std::env::split_paths(&std::env::var("PATH").unwrap())),
    );
    let path = path.unwrap();
    let run = |commands: &str| {
        let mut command = tool.command_of("bash");
        let output = command.args(["-e", "-c", commands]).env("PATH", &path).current_dir(&folder).output();
        let output = output.unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{commands}: {text}{}", String::from_utf8_lossy(&output.stderr));
        (text, String::from_utf8_lossy(&output.stderr).into_owned())
    };
    run("ssh-keygen -q -t ed25519 -N '' -C operator -f key");
    let ran: Vec<(String, String)> = procedure().iter().map(|commands| run(commands)).collect();
    let [_, certified, signed, alone, checked, verified] = ran.as_slice() else {
        panic!("{} blocks", ran.len())
    };
    let head = std::fs::read_to_string(folder.join("head.txt")).unwrap();
    assert!(head.starts_with("db tx 1 hash ") && head.contains(" recorded 20"), "{head}");
    for handed_over in ["act.json", "journal.zst (the journal, up to tx 2 hash ", "check_certificate.py"] {
        assert!(certified.1.contains(handed_over), "{handed_over}: {}", certified.1);
    }
    assert!(signed.0.starts_with("Good \"tierbook-head\" signature for operator"), "{}", signed.0);
    assert!(
        alone.0.starts_with("act.json: accepted\n1. The statements are in the chain that ends with the head"),
        "{}",
        alone.0
    );
    assert!(
        alone.0.contains("the published head is in it") && alone.0.contains("3. NOT shown"),
        "{}",
        alone.0
    );
    assert!(
        checked.0.starts_with("1\nact.json: accepted\n1. The statements are in the chain"),
        "{}",
        checked.0
    );
    assert!(checked.0.contains("\n2. From the statements the answer follows"), "{}", checked.0);
    assert!(checked.0.contains("\n3. Nothing else in the journal concerns these subjects"), "{}", checked.0);
    assert!(verified.0.contains("the head is in the chain: tx 1, recorded 20"), "{}", verified.0);
    assert!(verified.0.contains("; 1 transaction was recorded since\n"), "{}", verified.0);
    run("! ssh-keygen -Y verify -f signers -I operator -n tierbook-head -s head.txt.sig < act.json");
}

#[test]
fn the_script_says_of_a_history_that_its_answer_is_not_recomputed() {
    let tool = database();
    let file = tool.dir().with_file_name("history.jsonl");
    let journal = tool.journal_file();
    let questions = ["history of ACTUSDT", "diff IPUSDT as of 2026-02-05 vs 2026-04-01"];
    let sound = questions.map(|question| certificate(&tool, question));
    write(&file, &sound);
    let Some(output) = script(&[Path::new("--journal"), &journal, &file]) else { return };
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(3), "{text}");
    assert_eq!(text.matches("its answer was NOT recomputed").count(), 2, "{text}");
    assert!(text.contains("2. NOT shown for 2: that the answer follows"), "{text}");
    let only = script(&[Path::new("--statements-only"), Path::new("--journal"), &journal, &file]).unwrap();
    assert_eq!(only.status.code(), Some(0));
    let mut forged = sound[0].clone();
    forged["evidence"][0]["says"]["subject"] = json!("binance:usdm:IPUSDT");
    write(&file, &[forged]);
    let output = script(&[Path::new("--journal"), &journal, &file]).unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
}

#[test]
fn the_script_knows_the_codes_of_the_findings_that_are_warnings() {
    let text = std::fs::read_to_string(root().join("docs/check_certificate.py")).unwrap();
    let listed = text.split_once("WARNINGS = set(").unwrap().1.split_once(".split()").unwrap().0;
    let listed: BTreeSet<&str> = listed.split(['"', ' ', '\n']).filter(|word| !word.is_empty()).collect();
    // What a repaired floor tells already is no warning of its own.
    let told = ["gap", "overlap", "floor_not_below_cap"];
    let warnings =
        tierbook::FindingCode::ALL.iter().filter(|code| code.severity() == tierbook::Severity::Warning);
    let warnings: BTreeSet<&str> =
        warnings.map(|code| code.as_str()).filter(|code| !told.contains(code)).collect();
    assert_eq!(listed, warnings);
}

#[test]
fn forgeries_of_proven_certificates_are_rejected_without_the_journal() {
    let tool = database();
    // Of answers with evidence: what nothing states needs no proof.
    let sound: Vec<Value> =
        questions().iter().step_by(7).map(|question| certificate(&tool, question)).collect();
    let file = tool.dir().with_file_name("sound.jsonl");
    write(&file, &sound);
    let Some(output) = script(&[&file]) else { return };
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(
        text.contains("1. The statements are in the chain that ends with the head of the certificate"),
        "{text}"
    );
    assert!(
        text.contains("3. NOT shown: that nothing else in the journal concerns these subjects"),
        "{text}"
    );
    let mut forged = Vec::new();
    for certificate in &sound {
        for part in ["evidence", "transactions", "proof"] {
            let mut paths = Vec::new();
            leaves(&certificate[part], format!("/{part}"), &mut paths);
            for path in paths.into_iter().step_by(5) {
                let mut other = certificate.clone();
                let value = other.pointer_mut(&path).unwrap();
                *value = match &*value {
                    Value::String(text) if text.ends_with('1') => {
                        json!(format!("{}2", &text[..text.len() - 1]))
                    }
                    Value::String(text) if !text.is_empty() && text.is_ascii() => {
                        json!(format!("{}1", &text[..text.len() - 1]))
                    }
                    Value::Number(number) => json!(number.as_u64().unwrap() + 1),
                    Value::Bool(truth) => json!(!truth),
                    _ => json!("x"),
                };
                forged.push(other);
            }
        }
    }
    assert!(forged.len() > 1_000, "{}", forged.len());
    write(&file, &forged);
    let output = script(&[&file]).unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let accepted: Vec<&str> = text.lines().filter(|line| !line.contains(": REJECTED: ")).collect();
    assert_eq!(accepted, [""; 0]);
    // A head that is not in its chain.
    write(&file, &sound[..1]);
    let other = "0".repeat(64);
    assert_eq!(script(&[Path::new("--head"), Path::new(&other), &file]).unwrap().status.code(), Some(1));
}

/// The paths of all leaves of a value.
fn leaves(value: &Value, path: String, into: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| leaves(value, format!("{path}/{name}"), into));
        }
        Value::Array(values) => {
            values
                .iter()
                .enumerate()
                .for_each(|(place, value)| leaves(value, format!("{path}/{place}"), into));
        }
        _ => into.push(path),
    }
}
