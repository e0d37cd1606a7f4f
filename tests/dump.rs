mod common;
#[test]
fn dump() {
    let Some(shared) = common::shared() else { return };
    for (file, bytes) in common::announcements(&shared) {
        match tierbook::ingest::read(&tierbook::ingest::Input {
            file: &file,
            bytes: &bytes,
            published_at: None,
        }) {
            Err(m) => println!("== {file} MISTAKE {m:?}"),
            Ok(d) => {
                println!("== {file} {:?} statements {}", d.publication, d.statements.len());
                for f in &d.findings {
                    println!(
                        "   {} [{}] {:?} {}",
                        f.code.name(),
                        f.span,
                        f.subjects.iter().take(3).collect::<Vec<_>>(),
                        f.message
                    );
                }
                if std::env::var("FULL").is_ok() {
                    for s in &d.statements {
                        println!("  {} {}", s.subject, common::show(&s.claim));
                    }
                }
            }
        }
    }
}
