//! A RabbitMQ vhost per test, deleted with it, and the few management calls the tests need.

use serde_json::{Value, json};
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

    /// Sets a policy ("policies") or an operator policy ("operator-policies") that matches everything of its kind.
    pub fn set_policy(&self, list: &str, apply_to: &str, pattern: &str, definition: &Value) {
        let policy = json!({"pattern": pattern, "apply-to": apply_to, "definition": definition, "priority": 1});
        put(&format!("/api/{list}/{}/planted", self.name), &policy);
    }

    /// Deletes a binding of a queue.
    pub fn unbind(&self, exchange: &str, queue: &str, key: &str) {
        call("DELETE", &format!("/api/bindings/{}/e/{exchange}/q/{queue}/{key}", self.name));
    }

    /// Deletes an exchange.
    pub fn delete_exchange(&self, exchange: &str) {
        call("DELETE", &format!("/api/exchanges/{}/{}", self.name, percent(exchange)));
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

/// The management API without a login: `http://host:port`.
pub fn api() -> String {
    let base = super::service("MAKEGOOD_TEST_RABBIT_API");
    let (scheme, rest) = base.split_once("://").expect("a URL");
    let (_, host) = rest.split_once('@').expect("user and password in the URL");
    format!("{scheme}://{host}")
}

fn login() -> String {
    let base = super::service("MAKEGOOD_TEST_RABBIT_API");
    let (_, rest) = base.split_once("://").expect("a URL");
    let (user, _) = rest.split_once('@').expect("user and password in the URL");
    format!("Basic {}", base64(user.as_bytes()))
}

/// Creates something with this description by the management API.
pub fn put(path: &str, body: &Value) {
    let answer = ureq::put(format!("{}{path}", api())).header("authorization", login()).send_json(body);
    answer.unwrap_or_else(|error| panic!("PUT {path}: {error}"));
}

/// As [`put`], for what has no name of its own: bindings.
pub fn post(path: &str, body: &Value) {
    let answer = ureq::post(format!("{}{path}", api())).header("authorization", login()).send_json(body);
    answer.unwrap_or_else(|error| panic!("POST {path}: {error}"));
}

/// A user that goes away when the value does. The password is `hunter2`.
pub struct User {
    name: String,
}

impl User {
    /// With these tags, and these patterns of what it may configure, write and read in the vhost.
    pub fn create(vhost: &Vhost, tags: &str, [configure, write, read]: [&str; 3]) -> Self {
        let name = super::unique("makegood-user");
        put(&format!("/api/users/{name}"), &json!({"password": "hunter2", "tags": tags}));
        let permissions = json!({"configure": configure, "write": write, "read": read});
        put(&format!("/api/permissions/{}/{name}", vhost.name()), &permissions);
        Self { name }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The vhost's AMQP URL for it.
    pub fn url(&self, vhost: &Vhost) -> String {
        let url = vhost.url();
        let (_, place) = url.rsplit_once('@').expect("user and password in the URL");
        format!("amqp://{}:hunter2@{place}", self.name)
    }
}

impl Drop for User {
    fn drop(&mut self) {
        call("DELETE", &format!("/api/users/{}", self.name));
    }
}

/// One call of the management API; `GET` answers JSON.
pub fn call(method: &str, path: &str) -> Option<Value> {
    let (url, login) = (format!("{}{path}", api()), login());
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
