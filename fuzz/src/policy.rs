//! Policy files: one that is taken answers every case, one that is not says why.

use makegood::policy::{Case, Credit, Ground, Policy, Suspension, decide};

/// Reads it as a table.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match Policy::parse(&text) {
        Ok(policy) => assert_complete(&policy),
        Err(error) => {
            assert!(!error.findings().is_empty());
            assert!(error.findings().iter().all(|finding| !finding.message.is_empty()));
            assert!(!error.to_string().is_empty());
        }
    }
}

fn assert_complete(policy: &Policy) {
    assert!(!policy.versions().is_empty());
    for version in policy.versions() {
        assert_eq!(policy.at(version.valid_from()), Some(version));
        for case in Case::all() {
            let choice = decide(version, &case).unwrap_or_else(|| panic!("no rule for {case}"));
            assert_eq!(choice.ground.is_none(), choice.credit == Credit::Net, "{case}");
            let held = choice.credit == Credit::Hold;
            assert_eq!(held, choice.ground == Some(Ground::SuspensionNotFinal), "{case}");
            let early = case.trigger.suspension == Some(Suspension::Temporary);
            assert!(!(early && choice.notice), "told before it is decided: {case}");
        }
    }
}
