//! The case a rule is matched against: five words about one proposal at the time of one event.

use crate::event::{Body, EventType};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? })+) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }
        impl $name {
            /// Every value.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
            /// The word, as `config/policy.toml` has it.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }
        }
    )+ };
}

words! {
    /// A contract on the job, when the event happened.
    Contract {
        /// There was one.
        Made = "made",
        /// There was none: also where one was made later.
        None = "none",
    }
    /// The proposal, when the event happened.
    Standing {
        /// Alive: sent, seen, short-listed, in conversation, archived, offered a contract; or declined by the system.
        Open = "open",
        /// The freelancer had withdrawn it.
        Withdrawn = "withdrawn",
        /// The client had declined it.
        DeclinedByClient = "declined-by-client",
        /// A contract had been made on it.
        Hired = "hired",
    }
    /// How far a suspension has come.
    Suspension {
        /// For good.
        Final = "final",
        /// It may be lifted, and its hold has not ended.
        Temporary = "temporary",
        /// It was lifted by the time its hold ended.
        Lifted = "lifted",
    }
    /// What the ledger says the proposal cost, and what of it is left to come back.
    Charges {
        /// It never cost anything.
        Nothing = "nothing",
        /// All of it came back before.
        Returned = "returned",
        /// Something of the fee is left, nothing of a boost.
        Fee = "fee",
        /// Something of a boost is left.
        Boost = "boost",
    }
    /// What a rule does.
    Credit {
        /// Every Connect still charged comes back.
        Net = "net",
        /// Nothing comes back.
        None = "none",
        /// Decided later.
        Hold = "hold",
    }
}

/// What happened, as far as rules look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Trigger {
    /// The event.
    pub event: EventType,
    /// Its cause, as in `data.cause`.
    pub cause: &'static str,
    /// For a suspension: how far it has come. `None` for the other events.
    pub suspension: Option<Suspension>,
}

/// One proposal and one event, reduced to what rules look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Case {
    /// What happened.
    pub trigger: Trigger,
    /// A contract on the job, then.
    pub contract: Contract,
    /// The proposal, then.
    pub standing: Standing,
    /// What it cost, by the ledger as it is now.
    pub charges: Charges,
}

impl Trigger {
    /// What happened, by the event's body; `suspension` counts for a suspension alone.
    pub fn of(body: &Body, suspension: Suspension) -> Self {
        let event = body.event_type();
        let suspension = (event == EventType::ClientSuspended).then_some(suspension);
        Trigger { event, cause: body.cause(), suspension }
    }

    /// Every trigger there can be.
    pub fn all() -> Vec<Trigger> {
        let mut all = Vec::new();
        for event in EventType::ALL {
            for cause in event.causes() {
                if event == EventType::ClientSuspended {
                    let triggers = Suspension::ALL.iter().map(|s| Trigger { event, cause, suspension: Some(*s) });
                    all.extend(triggers);
                } else {
                    all.push(Trigger { event, cause, suspension: None });
                }
            }
        }
        all
    }
}

impl Case {
    /// The one case of an event that is about no proposal: nothing was spent, and nothing can come back.
    pub fn of_no_proposal(trigger: Trigger) -> Case {
        Case { trigger, contract: Contract::None, standing: Standing::Open, charges: Charges::Nothing }
    }

    /// Every case there can be: what a table must answer.
    pub fn all() -> Vec<Case> {
        let mut all = Vec::new();
        for trigger in Trigger::all() {
            if !trigger.event.concerns_proposals() {
                all.push(Case::of_no_proposal(trigger));
                continue;
            }
            for &contract in Contract::ALL {
                for &standing in Standing::ALL {
                    let cases = Charges::ALL.iter().map(|&charges| Case { trigger, contract, standing, charges });
                    all.extend(cases);
                }
            }
        }
        all
    }
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "event = {:?}, cause = {:?}", self.trigger.event.as_str(), self.trigger.cause)?;
        if let Some(suspension) = self.trigger.suspension {
            write!(f, ", suspension = {:?}", suspension.as_str())?;
        }
        let Case { contract, standing, charges, .. } = self;
        let (contract, standing, charges) = (contract.as_str(), standing.as_str(), charges.as_str());
        write!(f, ", contract = {contract:?}, standing = {standing:?}, charges = {charges:?}")
    }
}
