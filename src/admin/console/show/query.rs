//! The query of a list: read as a form writes it, where a field that was left empty says nothing.

use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;

use crate::admin::console::Failure;

/// What stands behind the `?`.
#[derive(Debug)]
pub(in crate::admin::console) struct Query<T>(pub(in crate::admin::console) T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let query = parts.uri.query().unwrap_or_default();
        let read = serde_html_form::from_str(query);
        read.map(Query).map_err(|error| Failure::BadRequest(format!("A part of the address: {error}.")))
    }
}

/// A field of a form, unless it was left empty.
pub(in crate::admin::console) fn given(field: Option<&String>) -> Option<String> {
    field.map(|text| text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The moment that an age such as `2h` goes back to.
pub(in crate::admin::console) fn age(
    field: Option<&String>, now: OffsetDateTime,
) -> Result<Option<OffsetDateTime>, Failure> {
    let Some(text) = given(field) else { return Ok(None) };
    let age: Option<Duration> = humantime::parse_duration(&text).ok();
    let at = age.and_then(|age| now.checked_sub(time::Duration::try_from(age).ok()?));
    let wrong = || Failure::BadRequest("An age such as 30m, 2h or 5d is expected.".to_owned());
    at.map(Some).ok_or_else(wrong)
}

/// Fields as the query of a link, those that say nothing left out.
pub(in crate::admin::console) fn parameters<'a>(fields: impl IntoIterator<Item = (&'a str, Option<String>)>) -> String {
    let set: Vec<(&str, String)> =
        fields.into_iter().filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?))).collect();
    serde_html_form::to_string(set).unwrap_or_default()
}
