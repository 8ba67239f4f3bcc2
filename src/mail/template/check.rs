//! Every letter over generated notices: each reason, ground and cause; submitter and manager; one line and several.

use super::{Finding, Letters, described};
use crate::mail::context::{LINES_SHOWN_MAX, LetterContext};
use crate::mail::letter::Letter;
use crate::policy::{Ground, NoticeLine, Reason, Role};

/// Renders all variants of all samples; one finding a letter and message.
pub(super) fn variants(letters: &Letters) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (letter, sample) in &letters.samples {
        findings.extend(silent_when_late(letters, *letter, sample));
        for context in contexts(*letter, sample) {
            if let Err(error) = letters.render(&context) {
                findings.push(Finding::new(&format!("letters/{letter}"), described(&error)));
            }
        }
    }
    findings
}

/// The parts of a letter that read the same when it comes late.
fn silent_when_late(letters: &Letters, letter: Letter, sample: &LetterContext) -> Vec<Finding> {
    let rendered = |late| {
        let mut context = sample.clone();
        context.about.late = late;
        letters.render(&context).ok()
    };
    let (Some(fresh), Some(late)) = (rendered(false), rendered(true)) else { return Vec::new() };
    let parts = [("text", fresh.text == late.text), ("html", fresh.html == late.html)];
    let silent = parts.into_iter().filter(|(_, same)| *same).map(|(part, _)| part);
    let finding =
        |part| Finding::new(&format!("letters/{letter}/{part}.hbs"), "does not say when it comes late: {{> late}}");
    silent.map(finding).collect()
}

fn contexts(letter: Letter, sample: &LetterContext) -> Vec<LetterContext> {
    let mut contexts = Vec::new();
    for cause in sample.about.event_type.causes().into_iter().chain(["of-tomorrow"]) {
        let mut context = sample.clone();
        cause.clone_into(&mut context.about.cause);
        contexts.push(context);
    }
    let grounds = Ground::ALL.iter().copied().map(Some).chain([None]);
    for reason in Reason::ALL {
        contexts.push(with_lines(sample, |line| line.reason = *reason));
    }
    for ground in grounds.filter(|_| sample.lines.iter().all(|line| line.returned() == 0)) {
        contexts.push(with_lines(sample, |line| line.ground = ground));
        contexts.push(with_lines(sample, |line| (line.ground, line.invited) = (ground, !line.invited)));
    }
    let shapes: Vec<LetterContext> = contexts.iter().flat_map(shapes).collect();
    contexts.extend(shapes);
    contexts.retain(|context| context.letter() == letter);
    contexts
}

/// The same notice, told barely and late, and told to a manager about more proposals than are shown.
fn shapes(context: &LetterContext) -> [LetterContext; 2] {
    let mut bare = context.clone();
    (bare.name, bare.help_url, bare.about.rule) = (None, None, None);
    (bare.replies, bare.about.late) = (true, true);
    bare.lines.truncate(1);
    let mut many = with_lines(context, |line| {
        (line.role, line.agency) = (Role::Manager, true);
        line.boost_spent += 1;
    });
    let first: Vec<NoticeLine> = many.lines.iter().take(1).cloned().collect();
    many.lines.extend(first.iter().cycle().take(3).cloned());
    if context.about.cause == "of-tomorrow" {
        many.lines.extend(first.iter().cycle().take(LINES_SHOWN_MAX).cloned());
    }
    many.about.rule = Some("fees charged to applicants".to_owned());
    [bare, many]
}

fn with_lines(sample: &LetterContext, change: impl Fn(&mut NoticeLine)) -> LetterContext {
    let mut context = sample.clone();
    context.lines.iter_mut().for_each(change);
    context
}
