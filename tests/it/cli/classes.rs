//! Classes of cross margin from a text to an answer, and through an export.

use std::fs;
use std::path::Path;

use super::tool::{Tool, shared};

/// An announcement of a class of two assets, and the tiers of two classes.
const TEXT: &str = "# A venue updates the collateral ratio of some cross margin assets\n\nFellow readers,\n\nThe collateral \
ratio of assets under Cross Margin changes. It is completed within approximately 30 minutes.\n\nThe following assets \
will be adjusted on 2026-05-05 06:00 (UTC):\n\nAssetOld RankNew RankAAA67 BBB910 \n\nAsset No.Tiers (USD)Collateral \
Ratio60 - 400,000100.00%400,000 - 100,000,000,0000.00%70 - 200,000100.00%200,000 - 400,00080.00%400,000 - \
100,000,000,0000.00%\n\n2026-05-02\n";

#[test]
fn the_ratio_of_an_asset_is_that_of_its_class_and_survives_an_export() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("binance-20260502T040000Z.txt");
    fs::write(&path, TEXT).unwrap();
    let (first, second) = (Tool::empty(), Tool::empty());
    let ran = first.run([Path::new("load"), &path]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert!(ran.err.contains("6 statements, 0 unread, 0 warnings"), "{}", ran.err);
    let files = folder.path().join("export");
    assert_eq!(first.run([Path::new("export"), &files]).code, 0);
    assert_eq!(second.run([Path::new("load"), &files]).code, 0);
    for tool in [&first, &second] {
        let before = tool.row("ratio of AAA at 300000 on cross as of 2026-05-05T05:00Z");
        assert_eq!((&before["status"], &before["value"]), (&"value".into(), &"1".into()), "{before}");
        let after = tool.row("ratio of AAA at 300000 on cross as of 2026-05-05T07:00Z");
        assert_eq!((&after["status"], &after["value"]), (&"value".into(), &"0.8".into()), "{after}");
        let unknown = tool.row("ratio of BBB at 300000 on cross as of 2026-05-05T07:00Z");
        assert_eq!(unknown["status"], "unknown", "no tiers of class 10 are stated: {unknown}");
    }
}

#[test]
fn the_shared_texts_load_without_a_finding_and_come_back_from_their_exports() {
    for (stamp, count) in [
        ("20250808T060003Z", 59),
        ("20251031T050003Z", 171),
        ("20260108T050003Z", 17),
        ("20251111T030008Z", 2),
    ] {
        let Some(path) = shared(&format!("announcements-more/binance-{stamp}.txt")) else { return };
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (Tool::holding(&path), Tool::empty());
        let ran = first.run([Path::new("check"), Path::new(&path)]);
        assert!(
            ran.text().contains(&format!("{count} statements, 0 unread, 0 warnings, 0 notes")),
            "{}",
            ran.text()
        );
        let files = folder.path().join("export");
        assert_eq!(first.run([Path::new("export"), &files]).code, 0);
        let ran = second.run([Path::new("load"), &files]);
        assert!(ran.code == 0 && ran.err.contains(&format!("{count} statements")), "{}", ran.text());
        let again = folder.path().join("again");
        assert_eq!(second.run([Path::new("export"), &again]).code, 0);
        for file in fs::read_dir(&files).unwrap().map(Result::unwrap) {
            let copy = again.join(file.file_name());
            assert_eq!(fs::read_to_string(file.path()).unwrap(), fs::read_to_string(copy).unwrap());
        }
    }
}
