//! `makegood templates preview --gallery` and `--serve`.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use makegood::mail::Letters;

use super::{Desk, signal};
use crate::support::html::Page;

/// Longest wait for an answer of a program that answers at once.
const SOON: Duration = Duration::from_secs(60);

/// Files of a folder by their path in it.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let files = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.expect("read"));
    let files = files.filter(|entry| entry.file_type().is_file()).map(|entry| {
        let path = entry.path().strip_prefix(folder).expect("below").display().to_string();
        (path, std::fs::read_to_string(entry.path()).expect("text"))
    });
    files.collect()
}

/// Each page stands alone: it names what lies beside it and nothing else, and runs nothing.
#[test]
fn the_gallery_is_a_folder_of_pages_that_need_nothing() {
    let desk = Desk::new();
    let told = desk.run(&["templates", "preview", "--gallery", "look/here"]).done();
    let files = files(&desk.path("look/here"));
    assert_eq!(told, format!("{} files; open look/here/index.html\n", files.len()));
    for name in Letters::names() {
        assert!(files.keys().any(|path| path.starts_with(&format!("{name}.en."))), "{name} has no page");
        assert!(files.contains_key(&format!("letters/{name}.en.sample.html")), "{name} is not shown");
        assert!(files["index.html"].contains(&format!("href=\"{name}.en.html\"")), "{name} is not linked");
    }
    let (letters, pages): (Vec<_>, Vec<_>) = files.iter().partition(|(path, _)| path.starts_with("letters/"));
    for (path, text) in pages {
        let page = Page::read(text);
        let policy = page.named("meta").find(|meta| meta.attribute("http-equiv").is_some()).expect("a policy");
        assert!(policy.attribute("content").expect("a policy").starts_with("default-src 'none';"), "{path}");
        assert_eq!(page.named("script").count(), 0, "{path}");
        for element in &page.elements {
            for name in ["href", "src"] {
                if let Some(target) = element.attribute(name) {
                    assert!(files.contains_key(target), "{path} leads to {target}");
                }
            }
            assert!(element.name != "iframe" || element.attribute("sandbox") == Some(""), "{path}");
            assert!(element.attributes.iter().all(|(name, _)| !name.starts_with("on")), "{path}: {element:?}");
        }
    }
    for (path, text) in letters {
        let head = text.split("</head>").next().expect("a head");
        assert!(head.contains("default-src 'none'"), "{path} may load something");
        assert_eq!(Page::read(text).named("script").count(), 0, "{path}");
    }
    let json = desk.run(&["templates", "preview", "--gallery", "look/here", "--json"]).json(0);
    assert_eq!(json["files"], files.len());
}

#[test]
fn every_shape_of_a_letter_is_in_the_gallery() {
    let desk = Desk::new();
    desk.run(&["templates", "preview", "--gallery", "g"]).done();
    let files = files(&desk.path("g"));
    for (shape, words) in [
        ("sample", "Hello Ana Berg,"),
        ("late", "comes late"),
        ("no-name", "Hello,"),
        ("several", "Sign above the door"),
        ("manager", "Your agency"),
        ("long", "gesellschaftsverwaltungsprogrammierung"),
        ("mixed", "شعار"),
        ("hostile", "</td><script>alert(1)</script>"),
    ] {
        let page = Page::read(&files[&format!("letters/job-canceled.en.{shape}.html")]);
        assert!(page.text.contains(words), "{shape}: {}", page.text);
    }
}

#[test]
fn a_gallery_of_poor_templates_says_so() {
    let desk = Desk::new().env("MAKEGOOD_MAIL__TEMPLATES_DIR", "mine");
    std::fs::create_dir_all(desk.path("mine/partials/text")).expect("made");
    let ask = include_str!("../../../templates/partials/text/ask.hbs");
    // Only a notice whose answers are read shows it.
    desk.write("mine/partials/text/ask.hbs", ask.replace("{{t \"ask-reply\"}}", "{{t name}}"));
    desk.run(&["templates", "preview", "--gallery", "g"])
        .failed(1, &["text of letter job-canceled cannot be rendered"]);
    let layout = include_str!("../../../templates/partials/text/layout.hbs");
    std::fs::remove_file(desk.path("mine/partials/text/ask.hbs")).expect("removed");
    desk.write("mine/partials/text/layout.hbs", layout.replace("{{> late}}", ""));
    let told = desk.run(&["templates", "preview", "--gallery", "g"]).ended(3);
    assert!(told.contains("does not say when it comes late"), "{told}");
    assert!(files(&desk.path("g"))["index.html"].contains("does not say when it comes late"));
}

/// A program that serves, and is killed with the test.
struct Served {
    child: Child,
    address: String,
}

impl Served {
    fn start(desk: &Desk) -> Self {
        let mut command = desk.command();
        command.args(["templates", "preview", "--serve=127.0.0.1:0"]).stdout(Stdio::piped());
        let mut child = command.spawn().expect("started");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("stdout")).read_line(&mut line).expect("a line");
        let address = line.trim().strip_prefix("http://").and_then(|rest| rest.strip_suffix('/')).expect("an address");
        Self { address: address.to_owned(), child }
    }

    fn get(&self, path: &str) -> BufReader<TcpStream> {
        let mut stream = TcpStream::connect(&self.address).expect("connected");
        stream.set_read_timeout(Some(SOON)).expect("set");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address).expect("sent");
        BufReader::new(stream)
    }

    fn page(&self, path: &str) -> String {
        std::io::read_to_string(self.get(path)).expect("a page")
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The version of the next event.
fn next(changes: &mut impl BufRead) -> String {
    let mut lines = changes.lines().map(|line| line.expect("in time"));
    lines.find_map(|line| line.strip_prefix("data: ").map(str::to_owned)).expect("an event")
}

#[test]
fn a_served_gallery_shows_each_change_of_a_template() {
    let desk = Desk::new().env("MAKEGOOD_MAIL__TEMPLATES_DIR", "mine");
    std::fs::create_dir_all(desk.path("mine/letters/job-canceled")).expect("made");
    let mut served = Served::start(&desk);
    let mut changes = served.get("/changes");
    let first = next(&mut changes);
    let index = served.page("/");
    assert!(index.starts_with("HTTP/1.1 200") && index.contains("no-store"), "{index}");
    assert!(index.contains(&format!("/reload.js?version={first}\"")) && index.contains("Logo for a bakery"));
    assert!(served.page("/reload.js").contains("location.reload()"));
    assert!(served.page("/letters/job-canceled.en.sample.html").contains("content-security-policy: sandbox"));
    assert!(served.page("/../../etc/passwd").starts_with("HTTP/1.1 404"));

    desk.write("mine/letters/job-canceled/subject.hbs", "Gone: {{subject_job}}");
    let second = next(&mut changes);
    assert!(second != first && served.page("/job-canceled.en.html").contains("Gone: Logo for a bakery"));

    desk.write("mine/letters/job-canceled/subject.hbs", "{{nobody_knows_this}}");
    next(&mut changes);
    let broken = served.page("/");
    assert!(broken.contains("The templates cannot be used") && broken.contains("nobody_knows_this"), "{broken}");

    std::fs::remove_file(desk.path("mine/letters/job-canceled/subject.hbs")).expect("removed");
    next(&mut changes);
    assert!(served.page("/").contains("Canceled by the client: Logo for a bakery"));
    signal("-INT", served.child.id());
    assert_eq!(served.child.wait().expect("ended").code(), Some(0));
}

#[test]
fn it_is_served_on_this_machine_alone() {
    let desk = Desk::new();
    for address in ["0.0.0.0:0", "192.0.2.1:80", "[::]:0", "nonsense"] {
        desk.run(&["templates", "preview", &format!("--serve={address}")]).failed(2, &["--serve"]);
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("bound");
    let address = taken.local_addr().expect("an address").to_string();
    desk.run(&["templates", "preview", &format!("--serve={address}")]).failed(1, &["cannot listen on", &address]);
    desk.run(&["templates", "preview"]).failed(2, &["LETTER"]);
    desk.run(&["templates", "preview", "job-canceled", "--gallery", "g"]).failed(2, &["cannot be used with"]);
}
