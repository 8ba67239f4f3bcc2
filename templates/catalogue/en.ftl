# The sentences of the letters, in English.
# `makegood templates check` names every key that is missing or cannot be filled.
# Terms: proposal, job, post, client, contract, boost, invitation, application, ledger entry, balance, notice. "Connects" is a
# product name: 1 Connect, 2 Connects. Every other language holds the same sentences with the same placeholders.
# Write what is known and nothing else: no promise of further mail, no advertising, nothing about the client beyond
# what the event says.

## Dates

# Day, time and zone come as the reader's region writes them.
moment = { $day }, { $time } { $zone }

## Subjects: the verdict first. "Declined" stands only where the client declined.

verdict-client_canceled = Canceled by the client
verdict-filled_by_other = Job filled
verdict-client_declined = Declined by the client
verdict-expired = Job expired
verdict-post_removed_policy = Removed for policy reasons
verdict-post_removed_fraud = Removed as fraud
verdict-client_suspended = Client suspended
verdict-freelancer_suspended = Closed by the system
verdict-invitation_withdrawn = Invitation withdrawn
verdict-application_declined = Your application was not accepted
verdict-application_received = We have your application
verdict-job-canceled = Job closed
verdict-post-removed = Post removed
verdict-client-suspended = Client suspended
verdict-job-expired = Job expired
verdict-proposal-declined = Proposal declined

subject-returned = { $verdict }: { $job } - { $n ->
    [one] 1 Connect
   *[other] { $n } Connects
} returned
subject-none-spent = { $verdict }: { $job } - no Connects were spent
subject-none-returned = { $verdict }: { $job } - no Connects returned
subject-alone = { $verdict }: { $job }
job-and-more = { $job } and { $k } more

## Opening

hello = Hello { $name },
hello-nobody = Hello,

lead-client_canceled = The client canceled the job “{ $job }”.
lead-filled_by_other = The job “{ $job }” was filled with another hire.
lead-client_declined = The client declined the proposal for “{ $job }”.
lead-expired = The post “{ $job }” ran out of time without a hire on your proposal.
lead-post_removed_policy = We removed the post “{ $job }” because it broke our rules.
lead-post_removed_fraud = We removed the post “{ $job }” as fraud.
lead-client_suspended = We suspended the client who had posted “{ $job }”.
lead-freelancer_suspended = The account the proposal for “{ $job }” was sent from was suspended, and the system closed the proposal.
lead-invitation_withdrawn = The invitation to apply for “{ $job }” was withdrawn.
lead-application_declined = We cannot accept your application as it is.
lead-application_received = Your application has arrived.
lead-several-job-canceled = A job was closed, and { $k } of your proposals with it.
lead-several-post-removed = We removed a post, and { $k } of your proposals with it.
lead-several-client-suspended = We suspended a client. { $k } of your proposals were for that client's jobs.
lead-several-job-expired = A job ran out of time, and { $k } of your proposals with it.
lead-several-proposal-declined = { $k } of your proposals were declined.
lead-several-agency-job-canceled = A job was closed, and { $k } of your agency's proposals with it.
lead-several-agency-post-removed = We removed a post, and { $k } of your agency's proposals with it.
lead-several-agency-client-suspended = We suspended a client. { $k } of your agency's proposals were for that client's jobs.
lead-several-agency-job-expired = A job ran out of time, and { $k } of your agency's proposals with it.
lead-several-agency-proposal-declined = { $k } of your agency's proposals were declined.

result-returned = { $n ->
    [one] 1 Connect
   *[other] { $n } Connects
} came back.
result-none-spent = No Connects were spent, so none come back.
result-none-returned = No Connects come back; the reason is below.

# Only in a letter about something that happened too long ago to be news.
late = This happened on { $date }. This notice comes late, and we are sorry for that.

## One proposal

your-proposal = Your proposal
agency-proposal = Your agency's proposal
label-job = Job
label-proposal = Proposal
label-acted = Who acted
label-happened = What happened
label-rule = Rule broken
label-message = The client wrote
label-invitation = Invitation
label-application = Application
label-decided = Decided by
label-spent = Connects spent
label-earlier = Given back before
label-returned = Connects returned
label-balance = Balance
label-entries = Ledger entries
label-recorded = Recorded
label-expires = Returned Connects expire

proposal-sent = { $proposal }, sent on { $date }
proposal-sent-invited = { $proposal }, sent on { $date } in answer to an invitation
code = code: { $reason }, cause: { $cause }
amount = { $n }
amount-parts = { $n } (proposal { $fee }, boost { $boost })
amount-proposal-only = { $n } (proposal { $fee }, no boost)
returned-none-because = none, because { $why } (code: { $ground })
returned-none = none
balance-own = your own, now { $n ->
    [one] 1 Connect
   *[other] { $n } Connects
} (account { $account })
balance-agency = the agency's, now { $n ->
    [one] 1 Connect
   *[other] { $n } Connects
} (account { $account })
balance-own-unchanged = your own, unchanged at { $n ->
    [one] 1 Connect
   *[other] { $n } Connects
} (account { $account })
balance-agency-unchanged = the agency's, unchanged at { $n ->
    [one] 1 Connect
   *[other] { $n } Connects
} (account { $account })
entries-none = none
hidden = { $n ->
    [one] One more proposal is
   *[other] { $n } more proposals are
} part of this notice and counted above. Every one stands in the Connects history.

## Who acted

acted-client_canceled = the client
acted-filled_by_other = the client, by another hire
acted-client_declined = the client
acted-expired = nobody; the system closed the post when its time ran out
acted-post_removed_policy = the marketplace
acted-post_removed_fraud = the marketplace
acted-client_suspended = the marketplace
acted-freelancer_suspended = the system; the client declined nothing
acted-invitation_withdrawn = the marketplace
acted-invitation_withdrawn-client-withdrew = the client
acted-application_declined = the marketplace
acted-application_received = you

## Why, by reason and by the event's own cause

reason-client_canceled = The client canceled the job.
reason-filled_by_other = Another freelancer was hired for the job.
reason-client_declined = The client declined this proposal.
reason-expired = The post ran out of time.
reason-post_removed_policy = The marketplace removed the post because it broke the rules for posts.
reason-post_removed_fraud = The marketplace removed the post as fraud.
reason-client_suspended = The marketplace suspended the client's account.
reason-freelancer_suspended = The account the proposal was sent from was suspended.
reason-invitation_withdrawn = The invitation was withdrawn.
reason-application_declined = The application was not accepted.
reason-application_received = The application has arrived.

cause-job-canceled-client-canceled = The client gave no further reason.
cause-job-canceled-accident = The client says it had been posted by accident.
cause-job-canceled-dropped = The client says the project was dropped.
cause-job-canceled-no-skills = The client says nobody with the skills was found.
cause-job-canceled-filled-elsewhere = The client says the work was given to someone found elsewhere.
cause-job-canceled-filled = All positions are filled.
cause-job-canceled-expired = Thirty days went by without activity on it.
cause-post-removed-terms-of-service = It was against the Terms of Service.
cause-post-removed-fraud = It showed signs of a scam.
cause-post-removed-duplicate = The same job had been posted more than once.
cause-post-removed-inactive = It had been inactive for too long; this counts as expired.
cause-client-suspended-terms-of-service = It was for a breach of the Terms of Service.
cause-client-suspended-fraud = It was under the rules against fraud.
cause-client-suspended-billing = It has to do with the client's account, not with any proposal.
cause-job-expired-expired = Its time went by without a hire on this proposal.
cause-proposal-declined-hired-other = The client hired somebody else.
cause-proposal-declined-skills = The client looks for other skills.
cause-proposal-declined-price = The rate or the bid is too high for the client.
cause-proposal-declined-experience = The client looks for another profile or other experience.
cause-proposal-declined-project-changed = The client's project changed or was dropped.
cause-proposal-declined-other = The client chose no reason from the list.
cause-proposal-declined-freelancer-suspended = No client judged the proposal.
cause-invitation-withdrawn-client-issue = There is an issue with the client.
cause-invitation-withdrawn-job-issue = There is an issue with the job.
cause-invitation-withdrawn-client-withdrew = The client took it back.
cause-application-declined-under-age = Members must be at least 18 years old.
cause-application-declined-incomplete = Parts of the profile are missing.
cause-application-declined-text-errors = There are errors in the text of the profile.
cause-application-declined-media = The photo or the video is poor or did not upload.
cause-application-declined-skills-mix = There are no opportunities for this mix of skills and experience at present.
cause-application-declined-competition = There were more applications than places.
cause-application-declined-other = The reason is none of those we can name here.
cause-application-received-received = It will be read.

## Why nothing came back

ground-nothing_spent = no Connects were spent on this proposal
ground-nothing_spent-invited = answering an invitation costs no Connects
ground-already_returned = everything spent on this proposal had come back before
ground-withdrawn = the proposal had been withdrawn before this happened
ground-hired = a contract was made on this proposal
ground-filled_by_other = the job ended with a hire, and Connects come back only from a job that ends without one
ground-declined_by_client = the client declined the proposal, and a declined proposal does not return Connects
ground-expired = a post that runs out of time does not return Connects; a post the client cancels does
ground-suspension_not_final = the suspension may still be lifted
ground-reinstated = the suspension was lifted
ground-account_suspended = the account it was sent from was suspended

## What to know

know = Good to know
no-judgement = This says nothing about your qualification: nobody judged your proposal here.
no-judgement-agency = This says nothing about the qualification of whoever sent the proposal: nobody judged it here.
no-judgement-declined = The client's choice is not a judgement by the marketplace about your qualification.
no-contract = No contract exists on this proposal. Please do not start work, even if the client still writes to you.
no-contract-several = No contract exists on any of these proposals. Please do not start work, even if the client still writes to you.
safety-pay = Do not pay anything to get this job, and send no documents, passwords or codes.
safety-offsite = Do not go on with this client off-site, by messenger, phone or e-mail, and accept no payment there.
safety-report = If you already paid or handed something over, tell support now.
connects-are-credit = Returned Connects are credit for proposals, not money.

## Invitations and applications

invitation-nothing-spent = Answering an invitation costs no Connects, so none come back. There is nothing you need to do.
improve = What you can improve
improve-complete-profile = Complete your profile: fill in every part that is empty.
improve-text = Read the text of your profile again and correct its errors.
improve-photo = Use a clear photo that shows your face.
improve-video = Use a video that plays and can be heard well.
improve-skills = Add relevant skills you left off.
improve-experience = Add experience: earlier work, education, a portfolio.
reapply = Applying again
reapply-never = You cannot apply again.
reapply-now = You can apply again at any time.
reapply-after = You can apply again from { $date }.
decided-automated = a program; nobody has read it yet
decided-person = a person
decide-by = It is decided by { $date } at the latest.

## How to ask

ask = Questions
ask-quote = Quote proposal { $proposal } and notice { $notice }; support finds everything above by these two.
ask-quote-notice = Quote notice { $notice }; support finds everything above by it.
ask-where = Where to ask: { $url }
ask-where-label = Ask for help
ask-reply = You can answer this mail.
event-line = Event { $event }, { $date }
sent-by = Sent by { $sender } because of your proposal. This mail was made by a program.
sent-by-agency = Sent by { $sender } because of your agency's proposal. This mail was made by a program.
sent-by-alone = Sent by { $sender }. This mail was made by a program.
