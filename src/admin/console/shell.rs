//! What every page has around its content: title, navigation, who is there.

use super::{Role, Visitor};

/// What the navigation leads to, for whom: path, words, least role.
pub(super) const NAVIGATION: &[(&str, &str, Role)] = &[
    ("/", "Overview", Role::Viewer),
    ("/explain", "Explain", Role::Viewer),
    ("/letters/groups", "Dead letters", Role::Viewer),
    ("/replays", "Replays", Role::Viewer),
    ("/notices", "Notices", Role::Viewer),
    ("/audit", "Audit", Role::Viewer),
    ("/log", "Log", Role::Viewer),
];

/// One entry of the navigation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// Where it leads.
    pub(super) path: &'static str,
    /// What it says.
    pub(super) words: &'static str,
    /// The page is below it.
    pub(super) here: bool,
}

/// What `layout.html` shows around a page.
#[derive(Debug, Clone)]
pub struct Shell {
    /// Title of the page, and its only `h1`.
    pub title: String,
    /// Who is there; `None` on the page that asks, and on errors before anybody is known.
    pub visitor: Option<Visitor>,
    /// Seconds after which the page shows what is new by itself.
    pub refresh: Option<u32>,
    /// What stands in the search box.
    pub asked: String,
    here: &'static str,
}

impl Shell {
    /// Of a page below `here`, a path of the navigation.
    pub fn new(visitor: &Visitor, here: &'static str, title: impl Into<String>) -> Self {
        Self { title: title.into(), visitor: Some(visitor.clone()), refresh: None, asked: String::new(), here }
    }

    /// Of a page that may be shown to nobody in particular.
    pub(super) fn bare(visitor: Option<Visitor>, title: impl Into<String>) -> Self {
        Self { title: title.into(), visitor, refresh: None, asked: String::new(), here: "" }
    }

    /// Shows what is new after so many seconds, and again.
    pub fn refreshing(self, seconds: u32) -> Self {
        Self { refresh: Some(seconds), ..self }
    }

    /// With this in the search box.
    pub fn asked(self, text: &str) -> Self {
        Self { asked: text.to_owned(), ..self }
    }

    /// What a form gives back.
    pub fn csrf(&self) -> &str {
        self.visitor.as_ref().map_or("", |visitor| &visitor.csrf)
    }

    /// What the visitor may go to.
    pub(super) fn navigation(&self) -> Vec<Entry> {
        let Some(visitor) = &self.visitor else { return Vec::new() };
        let entries = NAVIGATION.iter().filter(|(.., least)| visitor.may(*least));
        entries.map(|(path, words, _)| Entry { path, words, here: *path == self.here }).collect()
    }
}
