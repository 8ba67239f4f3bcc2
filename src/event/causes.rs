//! Why things happen: the words that `data.cause` and its like may hold.

use serde::{Deserialize, Serialize};

macro_rules! causes {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }
        impl $name {
            /// Every cause.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
            /// The cause as it stands in `data.cause`.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }
            /// The cause of this name.
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|c| c.as_str() == name)
            }
        }
    };
}

causes!(
    /// Why a job was canceled.
    CancelCause {
        /// The client canceled, no further reason.
        ClientCanceled = "client-canceled",
        /// Posted by accident (the marketplace's code 67).
        Accident = "accident",
        /// The project was dropped (41).
        Dropped = "dropped",
        /// Nobody with the skills (34).
        NoSkills = "no-skills",
        /// Filled by another source (49).
        FilledElsewhere = "filled-elsewhere",
        /// All positions filled (51).
        Filled = "filled",
        /// Thirty days without activity.
        Expired = "expired",
    }
);
causes!(
    /// Why a post was removed.
    RemovalCause {
        /// Against the Terms of Service.
        TermsOfService = "terms-of-service",
        /// Fraud or scam.
        Fraud = "fraud",
        /// Posted more than once.
        Duplicate = "duplicate",
        /// Clean-up of an inactive post: counts as expired.
        Inactive = "inactive",
    }
);
causes!(
    /// Why a client was suspended.
    SuspensionCause {
        /// Against the Terms of Service.
        TermsOfService = "terms-of-service",
        /// Fraud.
        Fraud = "fraud",
        /// Billing method; usually lifted again.
        Billing = "billing",
    }
);
causes!(
    /// Why a proposal was declined: what the client chose, or what the system did.
    DeclineCause {
        /// Somebody else was hired.
        HiredOther = "hired-other",
        /// Not the skills that are needed.
        Skills = "skills",
        /// The rate or the bid is too high.
        Price = "price",
        /// Profile or experience do not fit.
        Experience = "experience",
        /// The project changed or was dropped.
        ProjectChanged = "project-changed",
        /// None of these.
        Other = "other",
        /// Not the client's act: the freelancer's own account was suspended, and the system closed their proposals.
        FreelancerSuspended = "freelancer-suspended",
    }
);
causes!(
    /// Why an invitation was withdrawn.
    WithdrawalCause {
        /// The marketplace withdrew it: something is wrong with the client.
        ClientIssue = "client-issue",
        /// The marketplace withdrew it: something is wrong with the job.
        JobIssue = "job-issue",
        /// The client took it back.
        ClientWithdrew = "client-withdrew",
    }
);
causes!(
    /// Why a profile application was declined: what decided.
    ApplicationCause {
        /// The applicant is under 18.
        UnderAge = "under-age",
        /// Parts of the profile are missing.
        Incomplete = "incomplete",
        /// Errors in its text.
        TextErrors = "text-errors",
        /// Photo or video are poor or did not upload.
        Media = "media",
        /// No opportunities for that mix of skills and experience at present.
        SkillsMix = "skills-mix",
        /// More applications than places.
        Competition = "competition",
        /// None of these.
        Other = "other",
    }
);
causes!(
    /// What an applicant can improve before they apply again.
    Improvement {
        /// Fill in what is missing.
        CompleteProfile = "complete-profile",
        /// Correct the text.
        Text = "text",
        /// Another photo.
        Photo = "photo",
        /// Another video.
        Video = "video",
        /// Add skills.
        Skills = "skills",
        /// Add experience: work, education, a portfolio.
        Experience = "experience",
    }
);
