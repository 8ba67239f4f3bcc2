//! A mail as a mail program reads it.

use std::path::Path;

use mail_parser::MessageParser;

#[derive(Debug)]
pub struct Letter {
    pub to: String,
    pub message_id: String,
    pub subject: String,
    pub text: String,
}

impl Letter {
    pub fn read(bytes: &[u8]) -> Self {
        let mail = MessageParser::default().parse(bytes).expect("a mail");
        let to = mail.to().and_then(|to| to.first()).and_then(|to| to.address()).expect("a recipient");
        Letter {
            to: to.to_owned(),
            message_id: mail.message_id().expect("a Message-ID").to_owned(),
            subject: mail.subject().expect("a subject").to_owned(),
            text: mail.body_text(0).expect("a text").into_owned(),
        }
    }
}

/// The mails in a folder; none where there is no folder yet.
pub fn eml_files(folder: &Path) -> Vec<Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries.map(|entry| std::fs::read(entry.expect("an entry").path()).expect("a mail")).collect()
}
