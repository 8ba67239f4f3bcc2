//! A RabbitMQ vhost per test, deleted with it, and the few management calls the tests need.

use serde_json::Value;
use std::time::{Duration, Instant};

/// A vhost that goes away when the value does.
pub struct Vhost {
    name: String,
}

impl Vhost {
    /// Creates an empty one.
    pub fn create() -> Self {
        let name = super::unique("makegood-test");
        call("PUT", &format!("/api/vhosts/{name}"));
        Self { name }
    }

    /// Its AMQP URL.
    pub fn url(&self) -> String {
        format!("{}/{}", super::service("MAKEGOOD_TEST_AMQP"), self.name)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The names of its open connections. The management database learns of a new one with a delay: poll.
    pub fn connections(&self) -> Vec<String> {
        names(&format!("/api/vhosts/{}/connections", self.name))
    }

    /// The names of its queues.
    pub fn queues(&self) -> Vec<String> {
        names(&format!("/api/queues/{}", self.name))
    }

    /// The names of its exchanges, without those every vhost has.
    pub fn exchanges(&self) -> Vec<String> {
        let all = names(&format!("/api/exchanges/{}", self.name));
        all.into_iter().filter(|name| !name.is_empty() && !name.starts_with("amq.")).collect()
    }

    /// Closes at least one and all known connections from the broker's side. Waits until the management database
    /// knows one.
    #[expect(clippy::disallowed_methods, reason = "a bounded poll; the management API is asked synchronously as it is")]
    pub fn close_connections(&self) {
        let deadline = Instant::now() + DEADLINE;
        let mut known = self.connections();
        while known.is_empty() {
            assert!(Instant::now() < deadline, "no connection of {} was listed", self.name);
            std::thread::sleep(PAUSE);
            known = self.connections();
        }
        for name in known {
            call("DELETE", &format!("/api/connections/{}", percent(&name)));
        }
    }

    /// Deletes a queue.
    pub fn delete_queue(&self, queue: &str) {
        call("DELETE", &format!("/api/queues/{}/{}", self.name, percent(queue)));
    }
}

/// How long the harness waits for what must happen.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// Between two looks at what cannot be waited for.
const PAUSE: Duration = Duration::from_millis(50);

/// Looks again and again until `condition` holds; fails the test after [`DEADLINE`].
pub async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !condition() {
        assert!(Instant::now() < deadline, "{what} did not come true");
        tokio::time::sleep(PAUSE).await;
    }
}

fn names(path: &str) -> Vec<String> {
    let listed = call("GET", path).expect("an answer");
    let names = listed.as_array().expect("a list").iter();
    names.map(|item| item["name"].as_str().expect("a name").to_owned()).collect()
}

fn percent(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(encode).collect()
}

impl Drop for Vhost {
    fn drop(&mut self) {
        call("DELETE", &format!("/api/vhosts/{}", self.name));
    }
}

/// One call of the management API; `GET` answers JSON.
pub fn call(method: &str, path: &str) -> Option<Value> {
    let (url, login) = address(path);
    let answer = match method {
        "GET" => ureq::get(&url).header("authorization", &login).call(),
        "PUT" => {
            ureq::put(&url).header("authorization", &login).header("content-type", "application/json").send_empty()
        }
        "DELETE" => ureq::delete(&url).header("authorization", &login).call(),
        other => panic!("{other} is not needed"),
    };
    if method == "DELETE" && matches!(answer, Err(ureq::Error::StatusCode(404))) {
        return None; // gone already, as it was to be
    }
    let mut answer = answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
    (method == "GET").then(|| answer.body_mut().read_json().expect("JSON"))
}

/// A management call with a body.
pub fn send(method: &str, path: &str, body: &Value) {
    let (url, login) = address(path);
    let request = if method == "POST" { ureq::post(&url) } else { ureq::put(&url) };
    let answer = request.header("authorization", &login).send_json(body);
    answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
}

/// The URL of a management path, and the header that logs in.
fn address(path: &str) -> (String, String) {
    let base = super::service("MAKEGOOD_TEST_RABBIT_API");
    let (scheme, rest) = base.split_once("://").expect("a URL");
    let (user, host) = rest.split_once('@').expect("user and password in the URL");
    (format!("{scheme}://{host}{path}"), format!("Basic {}", base64(user.as_bytes())))
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().enumerate().fold(0_u32, |word, (i, b)| word | u32::from(*b) << (16 - 8 * i));
        for i in 0..4 {
            let letter = ALPHABET[(word >> (18 - 6 * i)) as usize & 63] as char;
            text.push(if i <= chunk.len() { letter } else { '=' });
        }
    }
    text
}
