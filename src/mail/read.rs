//! Reads a letter back as a mail program would.

use mail_parser::MessageParser;

/// Subject and plain text of a message; `None` where it has none.
pub fn read_back(bytes: &[u8]) -> Option<String> {
    let message = MessageParser::default().parse(bytes)?;
    let text = message.body_text(0)?;
    Some(format!("Subject: {}\n\n{}", message.subject()?, text.replace("\r\n", "\n")))
}
