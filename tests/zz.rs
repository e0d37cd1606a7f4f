mod common;
#[test]
fn zz() {
    let html = std::fs::read_to_string("/tmp/page/zz.html").unwrap();
    let draft = common::text_draft(&html);
    for f in &draft.findings {
        println!("{} {}", f.code.name(), f.message);
    }
    for s in common::said(&draft) {
        println!("{s}");
    }
}
