//! The marketplace's facts, as an answer reads them: as they are now.

use time::OffsetDateTime;

use super::record::{read, record};

record! {
    /// A proposal as it is now, with what is known of its job, its client and the account that paid.
    SeenProposal {
        /// The proposal.
        proposal_id: String,
        /// On which job.
        job_id: String,
        /// Whose balance paid.
        account_id: String,
        /// Who submitted it.
        person_id: String,
        /// Its state, as in the facts.
        state: String,
        /// Since when.
        state_since: OffsetDateTime,
        /// `client` or `system`, where it is declined and that is known.
        declined_by: Option<String>,
        /// When it was submitted.
        submitted_at: OffsetDateTime,
        /// Answer to an invitation.
        invited: bool,
        /// Who posted the job; `None`, as all that follows: the job is not known.
        client_id: Option<String>,
        /// Its title: hostile until escaped.
        title: Option<String>,
        /// Its state, as in the facts.
        job_state: Option<String>,
        /// Since when.
        job_since: Option<OffsetDateTime>,
        /// When the first contract on it was made.
        hired_at: Option<OffsetDateTime>,
        /// The client is suspended; `None`: not known.
        client_suspended: Option<bool>,
        /// `freelancer` or `agency`; `None`: the account is not known.
        account_kind: Option<String>,
        /// Who owns the account.
        owner_id: Option<String>,
        /// Who manages it.
        manager_id: Option<String>,
        /// Its balance.
        balance: Option<i64>,
    }
}

record! {
    /// An account as it is now.
    SeenAccount {
        /// The account.
        account_id: String,
        /// `freelancer` or `agency`.
        kind: String,
        /// Who owns it.
        owner_id: String,
        /// Who manages it.
        manager_id: Option<String>,
        /// Its manager wants to be told.
        tell_manager: bool,
        /// Its balance.
        balance: i64,
    }
}

record! {
    /// Whether a person can be written to.
    SeenPerson {
        /// The person.
        person_id: String,
        /// The marketplace has an address of theirs.
        has_address: bool,
        /// Why no mail goes there, if none does.
        cause: Option<String>,
        /// Since when.
        created_at: Option<OffsetDateTime>,
        /// Until when; `None`: for good.
        expires_at: Option<OffsetDateTime>,
    }
}

record! {
    /// A job as it is now.
    SeenJob {
        /// The job.
        job_id: String,
        /// Who posted it.
        client_id: String,
        /// Its title: hostile until escaped.
        title: String,
        /// Its state, as in the facts.
        state: String,
        /// Since when.
        state_since: OffsetDateTime,
        /// When the first contract on it was made.
        hired_at: Option<OffsetDateTime>,
        /// Its client is suspended; `None`: not known.
        client_suspended: Option<bool>,
    }
}
