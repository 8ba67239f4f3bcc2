//! Without a mouse: the first key offers to skip the frame, every stop is seen, and an act can be done.

use serde_json::Value;

use super::Scene;

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
/// Stops on a page at most before the act's button.
const STOPS_MAX: usize = 80;

/// What has the focus, and whether one sees it.
const FOCUS: &str = "const at = document.activeElement, style = getComputedStyle(at);
    return { tag: at.tagName, name: at.getAttribute('name') ?? '', text: at.textContent.trim(), id: at.id,
        seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2, left: at.getBoundingClientRect().left }";

#[tokio::test]
async fn a_letter_is_put_away_by_keyboard_alone() {
    let scene = Scene::of("operator").await;
    let renamed = scene.letter("unknown_type").await;
    scene.browser.look(1280, false).await;
    scene.visit(&format!("/letters/{renamed}")).await;
    scene.browser.press(TAB).await;
    let first = scene.browser.ask(FOCUS).await;
    assert_eq!((&first["text"], &first["seen"]), (&"Skip to the content".into(), &true.into()), "{first}");
    assert!(first["left"].as_f64().is_some_and(|left| left >= 0.0), "it comes into sight: {first}");
    scene.browser.press(ENTER).await;
    assert_eq!(scene.browser.ask(FOCUS).await["id"], "main");

    let mut stops = Vec::new();
    let mut at = Value::Null;
    while at["name"] != "reason" && stops.len() < STOPS_MAX {
        scene.browser.press(TAB).await;
        at = scene.browser.ask(FOCUS).await;
        assert_eq!(at["seen"], true, "the focus cannot be seen: {at}");
        stops.push(at["text"].as_str().unwrap_or_default().to_owned());
    }
    assert_eq!(at["name"], "reason", "the act cannot be reached: {stops:?}");
    scene.browser.press("nobody needs it").await;
    scene.browser.press(ENTER).await;
    scene.until_said("It is in the archive").await;
    assert_eq!(scene.stage.count("operator_log where reason = 'nobody needs it' and operator = 'console'").await, 1);
    scene.end().await;
}
