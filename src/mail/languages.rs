//! Which language a letter is written in: the reader's, if there is a catalogue for it, or the nearest to it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use fluent_langneg::{NegotiationStrategy, negotiate_languages};
use unic_langid::LanguageIdentifier;

use super::catalogue::Catalogue;

/// Longest language tag that is looked at, in bytes: RFC 5646, 4.4.1, asks for 35 at least. A longer one is cut.
const TAG_BYTES_MAX: usize = 35;

/// Languages with a region that are kept once they are made, with some ten KiB each: eight languages are read in some
/// thirty regions each. Beyond that they are made anew for each letter, which costs some ten microseconds.
const REGIONAL_MAX: usize = 256;

/// The catalogues by language, and the language of those whose own is not there.
pub(super) struct Languages {
    catalogues: BTreeMap<LanguageIdentifier, Arc<Catalogue>>,
    available: Vec<LanguageIdentifier>,
    fallback: Arc<Catalogue>,
    regional: RwLock<HashMap<LanguageIdentifier, Arc<Catalogue>>>,
}

impl Languages {
    /// Of these catalogues; `fallback` is one of them, or `None` is the answer.
    pub(super) fn new(catalogues: Vec<Catalogue>, fallback: &str) -> Option<Self> {
        let catalogues: BTreeMap<_, _> =
            catalogues.into_iter().map(|one| (one.language().clone(), Arc::new(one))).collect();
        let available: Vec<_> = catalogues.keys().cloned().collect();
        let english = Arc::clone(catalogues.values().next()?);
        let mut languages = Self { fallback: english, catalogues, available, regional: RwLock::default() };
        languages.fallback = languages.find(fallback)?;
        Some(languages)
    }

    /// Every catalogue, by tag.
    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Catalogue>> {
        self.catalogues.values()
    }

    /// The catalogue for a reader of this language (BCP 47, as it comes): of the language itself, of the language
    /// without region, of the same language in another region, and else the fallback. Dates and numbers are those of
    /// the reader's region.
    pub(super) fn choose(&self, locale: Option<&str>) -> Arc<Catalogue> {
        locale.and_then(|locale| self.find(locale)).unwrap_or_else(|| Arc::clone(&self.fallback))
    }

    fn find(&self, locale: &str) -> Option<Arc<Catalogue>> {
        let wanted = tag(locale)?;
        let catalogue = self.catalogues.get(nearest(&wanted, &self.available)?)?;
        let mut regional = catalogue.language().clone();
        regional.region = wanted.region.or(regional.region);
        if regional == *catalogue.language() {
            return Some(Arc::clone(catalogue));
        }
        let kept = self.regional.read().unwrap_or_else(PoisonError::into_inner).get(&regional).map(Arc::clone);
        kept.or_else(|| self.make(catalogue, regional))
    }

    fn make(&self, catalogue: &Catalogue, regional: LanguageIdentifier) -> Option<Arc<Catalogue>> {
        let made = Arc::new(catalogue.spoken_in(&regional)?);
        let mut kept = self.regional.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < REGIONAL_MAX {
            kept.insert(regional, Arc::clone(&made));
        }
        Some(made)
    }
}

fn nearest<'a>(wanted: &LanguageIdentifier, available: &'a [LanguageIdentifier]) -> Option<&'a LanguageIdentifier> {
    negotiate_languages(std::slice::from_ref(wanted), available, None, NegotiationStrategy::Lookup).first().copied()
}

/// Language, script, region and variants of a tag, as far as it is one: extensions (`de-DE-u-co-phonebk`) and what
/// POSIX appends (`de_DE.UTF-8`) say nothing about which words to choose.
pub(super) fn tag(text: &str) -> Option<LanguageIdentifier> {
    let bytes = text.as_bytes().get(..TAG_BYTES_MAX).unwrap_or(text.as_bytes());
    let end = bytes.iter().position(|byte| matches!(byte, b'.' | b'@')).unwrap_or(bytes.len());
    let subtags = bytes.get(..end)?.split(|byte| matches!(byte, b'-' | b'_'));
    let told: Vec<&[u8]> = subtags.take_while(|subtag| subtag.len() > 1).collect();
    let language = LanguageIdentifier::from_bytes(&told.join(&b'-')).ok()?;
    (!language.language.is_empty()).then_some(language)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn languages() -> Languages {
        let catalogue = |tag: &&str| Catalogue::parse(tag, "hello = Hello").unwrap_or_else(|e| panic!("{e:?}"));
        let all = ["en", "es", "de", "pt-BR", "ar"].iter().map(catalogue).collect();
        Languages::new(all, "en").unwrap_or_else(|| panic!("the fallback is there"))
    }

    #[test]
    fn the_nearest_language_is_chosen() {
        let languages = languages();
        for (locale, chosen) in [
            ("de", "de"),
            ("DE", "de"),
            ("de-AT", "de"),
            ("de_DE.UTF-8", "de"),
            ("de-DE-u-co-phonebk", "de"),
            ("es-419", "es"),
            ("ar-EG", "ar"),
            ("pt", "pt-BR"),
            ("pt-PT", "pt-BR"),
            ("en-GB", "en"),
            ("de-x-private", "de"),
        ] {
            assert_eq!(languages.choose(Some(locale)).tag(), chosen, "{locale}");
        }
    }

    #[test]
    fn whatever_else_comes_is_the_fallback() {
        let languages = languages();
        let long = "x".repeat(100_000);
        for locale in ["", "-", "sw", "zh-Hant-TW", "no language at all", "\u{202E}de", "und", "*", "🦀", &long] {
            assert_eq!(languages.choose(Some(locale)).tag(), "en", "{locale:?}");
        }
        assert_eq!(languages.choose(None).tag(), "en");
        assert_eq!(languages.choose(Some(&format!("de-{long}"))).tag(), "en", "cut in the middle it is no tag");
        assert!(Languages::new(Vec::new(), "en").is_none());
    }
}
