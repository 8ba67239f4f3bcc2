//! The proxies in front: which they are, what they say of who is there, and where from.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

use super::Failure;
use crate::admin::console::Role;
use crate::worker::operator;

/// Where a proxy says for whom it asks.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// Headers that tell of a proxy, whether it is trusted or not.
const TELLING: [HeaderName; 3] = [FORWARDED_FOR, axum::http::header::FORWARDED, axum::http::header::VIA];

/// What the proxies tell.
#[derive(Debug, Clone, Default)]
pub struct ProxyOptions {
    /// Which they are.
    pub from: Vec<IpNet>,
    /// The header with the name of who is there.
    pub user: Option<HeaderName>,
    /// The header with their groups, parted by commas.
    pub groups: Option<HeaderName>,
    /// What a group may.
    pub roles: Vec<(String, Role)>,
    /// What somebody without such a group may; `None`: nothing.
    pub role: Option<Role>,
}

/// Over those options.
#[derive(Debug)]
pub(super) struct Proxies {
    options: ProxyOptions,
    warned: AtomicBool,
}

impl Proxies {
    pub(super) fn new(options: ProxyOptions) -> Self {
        Self { options, warned: AtomicBool::new(false) }
    }

    /// They say who is there.
    pub(super) fn tell(&self) -> bool {
        self.options.user.is_some()
    }

    /// It is one of them.
    pub(super) fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.options.from.iter().any(|network| network.contains(&address))
    }

    /// The request came through a proxy, whichever.
    pub(super) fn passed(headers: &HeaderMap) -> bool {
        TELLING.iter().any(|name| headers.contains_key(name))
    }

    /// Who is there and what they may, as the proxy at `peer` says. Said by anybody else it is not heard.
    pub(super) fn user(&self, peer: IpAddr, headers: &HeaderMap) -> Result<Option<(String, Role)>, Failure> {
        let Some(header) = &self.options.user else { return Ok(None) };
        if !headers.contains_key(header) {
            return Ok(None);
        }
        if !self.trusts(peer) {
            if !self.warned.swap(true, Ordering::Relaxed) {
                tracing::warn!(%peer, "a header of the proxy came from elsewhere and was not heard (console.proxy_from)");
            }
            return Ok(None);
        }
        let name = only(headers, header)?;
        let name = operator::line(name).map_err(|why| Failure::BadRequest(format!("The proxy's header: {why}.")))?;
        let groups = match &self.options.groups {
            Some(groups) if headers.contains_key(groups) => only(headers, groups)?,
            _ => "",
        };
        let groups: Vec<&str> = groups.split(',').map(str::trim).collect();
        let of_groups = self.options.roles.iter().filter(|(group, _)| groups.contains(&group.as_str()));
        let Some(role) = of_groups.map(|(_, role)| *role).chain(self.options.role).max() else {
            let why = "You are logged in at the proxy, and none of your groups has a role here (console.proxy_roles).";
            return Err(Failure::Forbidden(why.to_owned()));
        };
        Ok(Some((name, role)))
    }

    /// Where the request began: the last address that a trusted proxy names and that is none of them.
    pub(super) fn origin(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.trusts(peer) {
            return peer;
        }
        let named = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
        let named: Vec<IpAddr> =
            named.flat_map(|value| value.split(',')).map_while(|one| one.trim().parse().ok()).collect();
        named.into_iter().rev().find(|address| !self.trusts(*address)).unwrap_or(peer)
    }
}

/// The value of a header that may come once: of two, one was smuggled past the proxy.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<&'a str, Failure> {
    let mut values = headers.get_all(name).iter();
    match (values.next().map(axum::http::HeaderValue::to_str), values.next()) {
        (Some(Ok(value)), None) => Ok(value),
        _ => Err(Failure::BadRequest("The proxy's header is there twice, or is no text.".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn proxies() -> Proxies {
        Proxies::new(ProxyOptions {
            from: vec!["10.0.0.0/8".parse().expect("a network"), "127.0.0.1/32".parse().expect("a network")],
            user: Some(HeaderName::from_static("x-forwarded-user")),
            groups: Some(HeaderName::from_static("x-forwarded-groups")),
            roles: vec![("ops".to_owned(), Role::Operator), ("help".to_owned(), Role::Support)],
            role: None,
        })
    }

    fn headers(all: &[(&'static str, &str)]) -> HeaderMap {
        let one = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value"))
        };
        all.iter().map(one).collect()
    }

    #[test]
    fn the_highest_role_of_the_groups_counts_and_without_one_nobody_comes_in() {
        let user = |groups| {
            proxies()
                .user([10, 1, 2, 3].into(), &headers(&[("x-forwarded-user", "ana"), ("x-forwarded-groups", groups)]))
        };
        assert_eq!(user("help, ops,x").expect("in"), Some(("ana".to_owned(), Role::Operator)));
        assert_eq!(user("help").expect("in"), Some(("ana".to_owned(), Role::Support)));
        assert!(user("operators").is_err() && user("").is_err());
    }

    #[test]
    fn where_it_began_is_what_a_trusted_proxy_says_last() {
        let origin = |peer: [u8; 4], all: &str| proxies().origin(peer.into(), &headers(&[("x-forwarded-for", all)]));
        assert_eq!(origin([9, 9, 9, 9], "1.1.1.1"), IpAddr::from([9, 9, 9, 9]), "whoever may say anything");
        assert_eq!(origin([10, 0, 0, 1], "6.6.6.6, 1.1.1.1, 10.0.0.2"), IpAddr::from([1, 1, 1, 1]));
        assert_eq!(origin([10, 0, 0, 1], "nonsense"), IpAddr::from([10, 0, 0, 1]));
    }
}
