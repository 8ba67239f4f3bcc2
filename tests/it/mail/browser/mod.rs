//! What a reader sees: every letter in every language in a real browser, on a phone and on a desktop, light and dark.
//!
//! The pictures stay in `target/gallery-shots`.

use std::path::{Path, PathBuf};

use makegood::mail::{Form, Gallery, Letters};
use serde_json::Value;

use super::{languages, letters};
use crate::support::browser::Browser;

/// Run in the page: its findings.
const LOOK: &str = include_str!("page.js");

/// Of a page, this many findings are told: one that is too wide has many.
const TOLD_MAX: usize = 4;

/// Width of the window in px, dark or light, and whether a picture of every letter is kept.
const WINDOWS: [(&str, u32, bool); 3] = [("phone", 375, false), ("desktop", 1024, false), ("phone-dark", 375, true)];

fn shots() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/gallery-shots");
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// The letters as they are sent, without the policy of the gallery, under which nothing could be fetched.
fn sent(html: &str) -> String {
    let policy = html.lines().filter(|line| !line.starts_with("<meta http-equiv=\"Content-Security-Policy\""));
    policy.collect::<Vec<_>>().join("\n")
}

/// What is wrong with an open page in each of these windows.
async fn look(browser: &Browser, file: &Path, windows: &[(&str, u32, bool)], shots: Option<&Path>) -> Vec<String> {
    browser.open(file).await;
    let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
    let mut findings = Vec::new();
    for (window, width, dark) in windows {
        browser.look(*width, *dark).await;
        let seen = browser.ask(LOOK).await;
        let written = if name.contains(".ar.") { "rtl" } else { "ltr" };
        if seen["direction"] != written {
            findings.push(format!("{name}, {window}: is written {}, not {written}", seen["direction"]));
        }
        let told = seen["findings"].as_array().expect("a list").iter().filter_map(Value::as_str);
        findings.extend(told.take(TOLD_MAX).map(|finding| format!("{name}, {window}: {finding}")));
        if let Some(shots) = shots {
            browser.picture(&shots.join(format!("{name}.{window}.png"))).await;
        }
    }
    let (said, asked) = browser.heard().await;
    findings.extend(said.into_iter().map(|line| format!("{name}: the console says {line}")));
    let own = format!("file://{}", file.display());
    findings.extend(asked.iter().filter(|url| **url != own).map(|url| format!("{name}: asks for {url}")));
    findings
}

#[tokio::test]
async fn every_letter_fits_the_phone_and_the_desktop_light_and_dark() {
    let folder = tempfile::tempdir().expect("a folder");
    let gallery = Gallery::of(letters(), &[], Form::Files).expect("a gallery");
    let browser = Browser::start().await;
    let (shots, mut findings, mut seen) = (shots(), Vec::new(), 0);
    for (path, html) in gallery.files().filter(|(path, _)| path.starts_with("letters/")) {
        let name = path.trim_start_matches("letters/");
        let file = folder.path().join(name);
        std::fs::write(&file, sent(html)).expect("written");
        let sample = name.ends_with(".sample.html");
        let windows = if sample { &WINDOWS[..] } else { &WINDOWS[..1] };
        findings.extend(look(&browser, &file, windows, sample.then_some(shots.as_path())).await);
        seen += usize::from(sample);
    }
    browser.end().await;
    println!("pictures: {}", shots.display());
    assert_eq!(seen, Letters::names().count() * languages().len());
    assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
}

/// A test that finds nothing may be blind.
#[tokio::test]
async fn what_does_not_fit_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let browser = Browser::start().await;
    let letter = letters().render(letters().sample("job-canceled").expect("a sample")).expect("a letter").html;
    for (broken, found) in [
        ("<table width=500><tr><td>wide</td></tr></table>", "it is 5"),
        ("<div style=\"position:absolute;left:-9px\">out</div>", "reaches from -9"),
        ("<p style=\"color:#999;background:#fff\">pale</p>", "has a contrast of 2.85"),
        ("<img src=\"http://127.0.0.1:1/pixel.gif\">", "asks for http://127.0.0.1:1/pixel.gif"),
        ("<script>throw new Error(\"planted\")</script>", "planted"),
    ] {
        let file = folder.path().join("broken.html");
        std::fs::write(&file, letter.replace("</body>", &format!("{broken}</body>"))).expect("written");
        let findings = look(&browser, &file, &WINDOWS[..1], None).await;
        assert!(findings.iter().any(|finding| finding.contains(found)), "{broken}: {findings:?}");
    }
    browser.end().await;
}

/// The gallery's own pages: they fit, and the letters are in their frames.
#[tokio::test]
async fn the_gallery_itself_fits() {
    let folder = tempfile::tempdir().expect("a folder");
    let gallery = Gallery::of(letters(), &[], Form::Files).expect("a gallery");
    std::fs::create_dir(folder.path().join("letters")).expect("a folder");
    for (path, text) in gallery.files() {
        std::fs::write(folder.path().join(path), text).expect("written");
    }
    let browser = Browser::start().await;
    let shots = shots();
    for page in ["index.html", "client-suspended.en.html"] {
        browser.open(&folder.path().join(page)).await;
        for (window, width, dark) in [("phone", 375, false), ("wide", 1560, false), ("wide-dark", 1560, true)] {
            browser.look(width, dark).await;
            let beyond = browser.ask("return document.documentElement.scrollWidth - innerWidth").await;
            assert_eq!(beyond, 0, "{page}, {window}: it scrolls sideways");
            browser.picture(&shots.join(format!("gallery-{page}.{window}.png"))).await;
        }
        let (said, asked) = browser.heard().await;
        assert_eq!(said, [""; 0], "{page}");
        assert!(asked.iter().all(|url| url.starts_with("file://")), "{page}: {asked:?}");
    }
    browser.end().await;
}
