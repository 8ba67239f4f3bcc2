//! Mail into a folder.

use makegood::mail::{FolderOptions, Receipt, TransportOptions};

use super::mail_to;

#[tokio::test]
async fn a_mail_lies_in_the_folder_once() {
    let dir = tempfile::tempdir().expect("a directory");
    let options = TransportOptions::Folder(FolderOptions { dir: dir.path().join("mail") });
    let mail = mail_to("ana@example.com", 1);
    for _ in 0..2 {
        let mut transport = options.transport();
        assert!(matches!(transport.send(&mail).await, Receipt::Accepted { code: 250, .. }));
        transport.close().await;
    }
    let names = |sub: &str| -> Vec<String> {
        let entries = std::fs::read_dir(dir.path().join("mail").join(sub)).expect("a folder");
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name")).collect()
    };
    assert_eq!(names("new"), [format!("{}.eml", mail.name())]);
    assert_eq!(names("tmp"), [""; 0]);
    let written = std::fs::read(dir.path().join("mail/new").join(format!("{}.eml", mail.name()))).expect("a mail");
    assert_eq!(written, mail.bytes());
}

#[tokio::test]
async fn a_folder_that_cannot_be_is_away() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let mut transport = TransportOptions::Folder(FolderOptions { dir: file.path().to_owned() }).transport();
    assert_eq!(
        transport.send(&mail_to("ana@example.com", 1)).await,
        Receipt::Away { why: "folder", permanent_setup: false }
    );
}
