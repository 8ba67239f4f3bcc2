//! What a real browser makes of cookie and headers, on the loopback without TLS.

use std::time::Duration;

use super::{PASSWORD, Stand};
use crate::support::browser::Browser;
use crate::support::wait;

const DEADLINE: Duration = Duration::from_secs(60);

/// `__Host-` and `Secure` on `http://127.0.0.1`: browsers take the loopback for a secure place.
#[tokio::test]
async fn a_browser_keeps_the_cookie_and_shows_it_to_no_script() {
    let stand = Stand::with_users(|settings, _| settings).await;
    let browser = Browser::start().await;
    let shows = async |what: &str| {
        wait::until(what, DEADLINE, async || {
            browser.ask("return document.body.innerText").await.as_str().is_some_and(|text| text.contains(what))
        })
        .await;
    };
    browser.ask(&format!("location.href = 'http://{}/nothing-yet'", stand.address)).await;
    shows("There is no such page").await;
    browser.ask("location.href = '/'").await;
    shows("Password").await;
    let fill = format!(
        "document.querySelector('[name=name]').value = 'operator'; \
         document.querySelector('[name=password]').value = '{PASSWORD}'; \
         document.querySelector('form.login button').click()"
    );
    browser.ask(&fill).await;
    shows("Log out").await;
    assert_eq!(browser.ask("return document.cookie").await, "", "no script sees it");
    // An inline script is none under the policy of the page.
    let inline = "const one = document.createElement('script'); one.textContent = 'window.ran = true'; \
                  document.head.append(one); return window.ran === true";
    assert_eq!(browser.ask(inline).await, false);
    browser.ask("document.querySelector('form[action=\"/logout\"] button').click()").await;
    shows("Password").await;
    browser.end().await;
}
