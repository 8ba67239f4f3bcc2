//! The shapes of a notice in which letters go wrong, if they do.

use super::super::context::LetterContext;
use crate::policy::{Details, NoticeLine, Role};

/// One notice worth looking at.
pub(super) struct Shape {
    /// Part of its file's name.
    pub(super) name: &'static str,
    /// What is special about it, for the reader of the gallery.
    pub(super) told: &'static str,
    pub(super) context: LetterContext,
}

/// A title as long as marketplaces allow, and with a word no line can hold.
const LONG_TITLE: &str = "Senior full-stack engineer for a long-running rewrite of our logistics platform, including \
    Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsverwaltungsprogrammierung \
    and support";

/// Markup, a second header, a template, a link, an address and a change of direction.
const HOSTILE_TITLE: &str = "</td><script>alert(1)</script>\r\nBcc: you@evil.example {{job}} { $n } \
    <a href=\"https://evil.example/pay\">www.evil.example</a> \u{202E}gnp.exe";

/// Right-to-left words with a number and left-to-right words inside.
const MIXED_TITLE: &str = "تصميم شعار Bakery 24 لمخبز";

/// The sample itself first; then each of the others that still becomes the same letter.
pub(super) fn shapes(sample: &LetterContext) -> Vec<Shape> {
    let mut shapes =
        vec![Shape { name: "sample", told: "The sample, as most readers get it", context: sample.clone() }];
    let mut add = |name, told, change: &dyn Fn(&mut LetterContext)| {
        let mut context = sample.clone();
        change(&mut context);
        if context != *sample && context.letter() == sample.letter() {
            shapes.push(Shape { name, told, context });
        }
    };
    add("late", "It comes late", &|context| context.about.late = true);
    add("no-name", "The reader's name is not known, and answers are read", &|context| {
        (context.name, context.replies) = (None, true);
    });
    add("several", "Several proposals of one person", &several);
    add("manager", "To the manager of an agency", &|context| {
        each_line(context, |line| (line.role, line.agency) = (Role::Manager, true));
    });
    add("long", "A long title with a word that no line can hold", &|context| titled(context, LONG_TITLE));
    add("mixed", "A title in two directions", &|context| titled(context, MIXED_TITLE));
    add("hostile", "A hostile title, name, cause and rule", &|context| {
        titled(context, HOSTILE_TITLE);
        context.name = Some(HOSTILE_TITLE.to_owned());
        HOSTILE_TITLE.clone_into(&mut context.about.cause);
        context.about.rule = Some(HOSTILE_TITLE.to_owned());
    });
    shapes
}

/// Three proposals: the sample's first, a cheaper one, and one that cost nothing.
fn several(context: &mut LetterContext) {
    let Some(first) = context.lines.first().cloned() else { return };
    let cheap = NoticeLine {
        job_title: "Menu cards".to_owned(),
        fee_spent: first.fee_spent.min(2),
        boost_spent: 0,
        fee_returned: first.fee_returned.min(2),
        boost_returned: 0,
        ..first.clone()
    };
    let free = NoticeLine {
        job_title: "Sign above the door".to_owned(),
        invited: true,
        fee_spent: 0,
        fee_returned: 0,
        entries: Vec::new(),
        expires_at: None,
        ..cheap.clone()
    };
    context.lines = vec![first, cheap, free];
}

/// Other people's words: the titles, and what a client wrote.
fn titled(context: &mut LetterContext, title: &str) {
    match &mut context.about.details {
        Some(Details::ProposalDeclined { message }) => *message = Some(title.to_owned()),
        Some(Details::InvitationWithdrawn { job_title, .. }) => title.clone_into(job_title),
        _ => {}
    }
    each_line(context, |line| title.clone_into(&mut line.job_title));
}

fn each_line(context: &mut LetterContext, change: impl Fn(&mut NoticeLine)) {
    context.lines.iter_mut().for_each(change);
}
