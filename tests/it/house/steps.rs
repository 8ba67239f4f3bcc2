//! The steps an event takes through the program, each by itself: what `benches/micro.rs` times and
//! `house/counts.rs` counts.

use makegood::event::{CancelCause, DecodeLimits, Event, Message, decode};
use makegood::mail::{Addressing, LetterContext, Letters, LettersOptions, Mail, Notice, Rendered, compose};
use makegood::policy::{Facts, Ruling, Stage, judge};

use crate::pipeline::market;
use crate::policy::world::{self, World};

/// How the daemon reads by default.
pub const LIMITS: DecodeLimits = DecodeLimits { body_bytes_max: 256 * 1024 };

/// One event and what it takes to make it good.
pub struct Steps {
    message: Message,
    event: Event,
    world: World,
    letters: Letters,
    addressing: Addressing,
}

impl Steps {
    /// A canceled job with so many proposals, each paid by an account of its own.
    pub fn new(proposals: usize) -> Self {
        let mut world = World::new();
        world.fee("p", 12);
        for n in 1..proposals {
            let id = format!("p-{n}");
            world.proposal("job", &id).fee(&id, 12);
        }
        let body = serde_json::to_vec(&market::canceled("event-1", "job")).expect("JSON");
        Self {
            message: Message::structured(body),
            event: world::event("event-1", world::T, world::canceled("job", CancelCause::ClientCanceled)),
            world,
            letters: Letters::load(&LettersOptions::default()).expect("the built-in letters"),
            addressing: Addressing {
                from_name: "Marketplace".to_owned(),
                from: "returns@market.example".to_owned(),
                reply_to: None,
                envelope_sender: "bounces@market.example".to_owned(),
                message_id_domain: "market.example".to_owned(),
                help_url: Some("https://market.example/help".to_owned()),
            },
        }
    }

    /// From bytes to an event.
    pub fn decode(&self) -> Event {
        decode(&self.message, LIMITS).expect("an event")
    }

    /// What the event is about, as read from the database.
    pub fn facts(&self) -> Facts {
        self.world.facts.clone()
    }

    /// Who gets what, and who is told.
    pub fn decide(&self, mut facts: Facts) -> Ruling {
        judge(&self.world.policy, &self.event, Stage::First, &mut facts, world::NOW)
    }

    /// The facts of the letter about a canceled job, for a reader of a language.
    pub fn letter(&self, language: &str) -> LetterContext {
        let sample = self.letters.sample("job-canceled").expect("a sample");
        LetterContext { locale: Some(language.to_owned()), ..sample.clone() }
    }

    /// The letter's words.
    pub fn render(&self, letter: &LetterContext) -> Rendered {
        self.letters.render(letter).expect("a letter")
    }

    /// The message that leaves.
    pub fn compose(&self, rendered: &Rendered) -> Mail {
        let sample = self.letters.sample("job-canceled").expect("a sample");
        let notice = Notice {
            id: sample.notice,
            name: sample.name.as_deref(),
            locale: None,
            time_zone: None,
            resends: 0,
            address: "ana@people.example",
            created_at: world::NOW,
            about: &sample.about,
            lines: &sample.lines,
        };
        compose(&self.addressing, &notice, rendered).expect("a mail")
    }
}
