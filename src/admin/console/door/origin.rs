//! Whether a request was meant for us, and sent by a page of ours.

use axum::http::{HeaderMap, HeaderName, header};

use super::Failure;

/// What browsers say of where a request comes from; a page cannot change it.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Host names that mean this machine, whatever a resolver says.
const LOOPBACKS: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// The `Host` names the loopback. A page of another site that has its name resolved to 127.0.0.1 (DNS rebinding) has
/// another one.
pub(super) fn loopback(headers: &HeaderMap) -> Result<(), Failure> {
    let host = text(headers, &header::HOST).unwrap_or_default();
    if LOOPBACKS.contains(&name_of(host)) {
        return Ok(());
    }
    let why = "Without a login the console answers under the names 127.0.0.1, [::1] and localhost alone.";
    Err(Failure::Forbidden(why.to_owned()))
}

/// A page of ours sent it: the browser says so, in `Sec-Fetch-Site`, in `Origin`, or in both. What says neither is no
/// browser of today, and has a token of the API to use. `schemes`: those in which people may have come here.
pub(super) fn same(headers: &HeaderMap, schemes: &[&str], public: Option<&str>) -> Result<(), Failure> {
    let host = text(headers, &header::HOST).unwrap_or_default();
    let of_host = |origin: &str| {
        let parts = origin.split_once("://");
        parts.is_some_and(|(scheme, of)| !host.is_empty() && of == host && schemes.contains(&scheme))
    };
    let own = |origin: &str| of_host(origin) || public.is_some_and(|public| origin == public);
    let fits =
        [text(headers, &SEC_FETCH_SITE).map(|site| site == "same-origin"), text(headers, &header::ORIGIN).map(own)];
    let mut said = fits.iter().flatten().peekable();
    if said.peek().is_some() && said.all(|fits| *fits) {
        return Ok(());
    }
    let why = "This was sent by a page of another site, and is refused. Behind a proxy that changes Host, set \
               console.public_url.";
    Err(Failure::Forbidden(why.to_owned()))
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or_default())
}

/// A host without its port.
fn name_of(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !port.is_empty() => name,
        _ => host,
    }
}
