//! A real browser, headless, driven over WebDriver: one session, of a private chromedriver.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fantoccini::elements::Element;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use url::{ParseError, Url};

use super::service;

/// Nothing of its own on the network, no sandbox (it would need rights that root in a container lacks), no window.
const ARGUMENTS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--hide-scrollbars",
];

/// Starts of chromedriver: it takes a free port of IPv4, then the same of IPv6, and ends where another was quicker.
const STARTS_MAX: usize = 5;

/// The session; ends with the test.
pub struct Browser {
    driver: Child,
    client: Client,
}

impl Browser {
    pub async fn start() -> Self {
        let (driver, port) = (0..STARTS_MAX).find_map(|_| driver()).expect("chromedriver says where it listens");
        let capabilities = json!({
            "goog:chromeOptions": {"binary": service("MAKEGOOD_TEST_CHROMIUM"), "args": ARGUMENTS},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        });
        let Value::Object(capabilities) = capabilities else { unreachable!("it is an object") };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("a session");
        Self { driver, client }
    }

    /// Closes the browser, which takes its profile along.
    pub async fn end(self) {
        self.client.clone().close().await.expect("closed");
    }

    /// The page of this file, loaded.
    pub async fn open(&self, file: &Path) {
        let url = Url::from_file_path(file).expect("an absolute path");
        self.client.goto(url.as_str()).await.expect("opened");
    }

    /// The page at this address, loaded; it stays what it was where the answer is no page.
    pub async fn visit(&self, url: &str) {
        self.client.goto(url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// Where it is.
    pub async fn address(&self) -> String {
        self.client.current_url().await.expect("an address").to_string()
    }

    /// Types a text into the one field that this selector finds, in place of what stands there.
    pub async fn fill(&self, css: &str, text: &str) {
        // A page that renews itself leaves alone who is at a field of it.
        self.ask(&format!("document.querySelector('{css}')?.focus()")).await;
        let field = self.find(css).await;
        field.clear().await.unwrap_or_else(|error| panic!("{css}: {error}"));
        field.send_keys(text).await.unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    /// Presses what this selector finds; the next question waits for the page that comes.
    pub async fn click(&self, css: &str) {
        self.find(css).await.click().await.unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    async fn find(&self, css: &str) -> Element {
        self.client.find(Locator::Css(css)).await.unwrap_or_else(|error| panic!("{css}: {error}"))
    }

    /// What the page in a frame says.
    pub async fn frame_text(&self, css: &str) -> String {
        self.find(css).await.enter_frame().await.expect("entered");
        let said = self.ask("return document.body.innerText").await;
        self.client.clone().enter_parent_frame().await.expect("left");
        said.as_str().unwrap_or_default().to_owned()
    }

    /// Presses keys, as a person without a mouse: `TAB` is U+E004, `ENTER` U+E007.
    pub async fn press(&self, keys: &str) {
        let active = self.client.active_element().await.expect("something has the focus");
        active.send_keys(keys).await.expect("pressed");
    }

    /// Pages run no script from now on.
    pub async fn without_scripts(&self) {
        self.tell("Emulation.setScriptExecutionDisabled", json!({"value": true})).await;
    }

    /// A window this wide, of someone who likes it dark or light.
    pub async fn look(&self, width: u32, dark: bool) {
        self.window(width, 812, dark).await;
    }

    /// The same, this tall.
    pub async fn window(&self, width: u32, height: u32, dark: bool) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.tell("Emulation.setDeviceMetricsOverride", metrics).await;
        let scheme = json!({"name": "prefers-color-scheme", "value": if dark { "dark" } else { "light" }});
        self.tell("Emulation.setEmulatedMedia", json!({"features": [scheme]})).await;
    }

    /// What the script returns.
    pub async fn ask(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.expect("an answer")
    }

    /// The whole page, as a PNG.
    pub async fn picture(&self, file: &Path) {
        let shot = self.tell("Page.captureScreenshot", json!({"format": "png", "captureBeyondViewport": true})).await;
        let bytes = STANDARD.decode(shot["data"].as_str().expect("a picture")).expect("base64");
        std::fs::write(file, bytes).expect("written");
    }

    /// What the console said since the last look, and the addresses that were asked for.
    pub async fn heard(&self) -> (Vec<String>, Vec<String>) {
        let said = self.log("browser").await;
        let said = said.iter().map(|entry| entry["message"].to_string()).collect();
        let mut asked = Vec::new();
        for entry in self.log("performance").await {
            let event: Value = serde_json::from_str(entry["message"].as_str().expect("text")).expect("JSON");
            if event["message"]["method"] == "Network.requestWillBeSent" {
                asked.push(event["message"]["params"]["request"]["url"].as_str().expect("an address").to_owned());
            }
        }
        (said, asked)
    }

    async fn log(&self, kind: &str) -> Vec<Value> {
        let log = self.issue("se/log", json!({"type": kind})).await;
        log.as_array().expect("a list").clone()
    }

    /// A command of the DevTools protocol.
    async fn tell(&self, command: &str, parameters: Value) -> Value {
        self.issue("goog/cdp/execute", json!({"cmd": command, "params": parameters})).await
    }

    async fn issue(&self, path: &'static str, body: Value) -> Value {
        self.client.issue_cmd(Own { path, body }).await.unwrap_or_else(|error| panic!("{path}: {error}"))
    }
}

/// A chromedriver, and its port; `None`: it ended.
fn driver() -> Option<(Child, String)> {
    let mut command = Command::new(service("MAKEGOOD_TEST_CHROMEDRIVER"));
    let mut driver =
        command.arg("--port=0").stdout(Stdio::piped()).process_group(0).spawn().expect("chromedriver starts");
    let lines = BufReader::new(driver.stdout.take().expect("stdout")).lines();
    let port = lines.map(|line| line.expect("text")).find_map(|line| {
        let rest = line.strip_prefix("ChromeDriver was started successfully on port ")?;
        Some(rest.trim_end_matches('.').to_owned())
    });
    if port.is_none() {
        drop(driver.wait());
    }
    Some((driver, port?))
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The browser is of its group, and may have been left behind by a test that failed.
        let group = format!("-{}", self.driver.id());
        drop(Command::new("kill").args(["-KILL", "--", &group]).status());
        drop(self.driver.wait());
    }
}

/// A command of chromedriver that is not part of the standard.
#[derive(Debug)]
struct Own {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Own {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.expect("a session"), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
