//! The cases of the domain as data: every file of `tests/scenarios` is played on both databases.

mod bell;
mod explained;
mod facts;
mod file;
mod planted;
mod play;
mod seen;
mod stage;

use makegood::event::{EventType, schema};
use stage::Setting;

/// Makes three tests of each file: `f01c_client_suspended` is `F01c-client-suspended.toml`.
macro_rules! scenarios {
    ($($name:ident),+ $(,)?) => {
        scenarios!(@on sqlite, Setting::Sqlite, $($name)+);
        scenarios!(@on postgres, Setting::Postgres, $($name)+);
        scenarios!(@on in_chunks, Setting::InChunks, $($name)+);
        const NAMES: &[&str] = &[$(stringify!($name)),+];
    };
    (@on $database:ident, $setting:expr, $($name:ident)+) => {
        mod $database {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    if let Err(findings) = play::play(&file_of(stringify!($name)), $setting).await {
                        panic!("\n{findings}");
                    }
                }
            )+
        }
    };
}

scenarios! {
    f01a_declined_and_why,
    f01b_canceled_not_declined,
    f01c_client_suspended_connects_back,
    f01d_second_client_suspended_half_an_hour_later,
    f01e_suspended_with_open_posts,
    f06_closed_and_nobody_selected,
    f07_a_month_without_a_word,
    f08_canceled_and_expired_told_apart,
    f09_withdrew_from_a_bad_post,
    f10_three_declines,
    f11_credit_findable_from_the_notice,
    f12_every_line_has_its_cause,
    f13_the_same_award_twice,
    f16_was_i_not_qualified,
    f17_canceled_but_the_chat_still_works,
    f20_own_account_suspended,
    f23a_one_of_five_hired,
    f23b_taken_down_after_two_weeks,
    f23c_contract_canceled_a_day_before,
    f25_who_declined,
    f26_closed_after_four_weeks,
    f29_reason_in_the_first_message,
    boosts_bid_returned_and_final_price_charged,
    boosts_outbid_before,
    boosts_partly_returned,
    events_before_the_first_policy,
    events_before_the_job_is_known,
    events_before_the_person_is_known,
    events_cause_unknown,
    events_expired_then_fraud,
    events_invited_told_once,
    events_same_id_other_content,
    letters_application_declined_by_a_program,
    letters_application_declined_skills,
    letters_application_declined_under_age,
    letters_application_received,
    letters_declined_after_withdrawing,
    letters_declined_by_invitation,
    letters_declined_then_canceled,
    letters_declined_then_removed,
    letters_invitation_withdrawn_client_issue,
    letters_invitation_withdrawn_client_withdrew,
    letters_invitation_withdrawn_job_issue,
    people_agency_manager_not_told,
    people_agency_owner_without_a_manager,
    people_manager_submitted_it,
    people_own_and_agency_proposal,
    people_several_proposals_one_mail,
    people_without_an_address,
    row_01_client_cancels,
    row_02_client_cancels_boosted,
    row_03_invited_without_a_charge,
    row_04_withdrawn_before,
    row_05_declined_before,
    row_06_declined_while_closing,
    row_07_offer_not_accepted,
    row_08_another_cause_after_a_hire,
    row_08_filled_by_another,
    row_09_hired,
    row_10_filled_elsewhere,
    row_11_canceled_because_accident,
    row_11_canceled_because_dropped,
    row_11_canceled_because_no_skills,
    row_12_expired,
    row_12_expired_event,
    row_13_made_private,
    row_14_contract_canceled_before_work,
    row_15_removed_for_terms,
    row_16_removed_withdrawn_before,
    row_17_removed_declined_before,
    row_18_removed_as_fraud,
    row_19_fraud_withdrawn_before,
    row_20_removed_after_a_hire,
    row_21_removed_hired,
    row_22_duplicate_post,
    row_23_inactive_declined_before,
    row_23_inactive_post,
    row_24_suspended_for_good,
    row_24_suspended_job_with_a_hire,
    row_25_suspended_then_removed_or_canceled,
    row_26_held_then_after_14_days,
    row_26_held_then_final,
    row_26_held_then_lifted,
    row_26_held_then_removed,
    row_26_nothing_spent_or_a_hire,
    row_27_suspended_withdrawn_hired_declined,
    row_28_reinstated_after_the_credit,
    row_29_own_account_suspended,
    row_30_agency,
    row_31_two_events_one_return,
    row_32_withdrawn_after_it_happened,
    setting_after_hire_on_removal_none,
    setting_after_hire_on_removal_return,
    setting_declined_by_client_on_cancel_none,
    setting_declined_by_client_on_cancel_return,
    setting_declined_by_client_on_removal_none,
    setting_declined_by_client_on_removal_return,
    setting_expired_notice_false,
    setting_expired_notice_true,
    setting_fresh_days_0,
    setting_fresh_days_14,
    setting_fresh_days_30,
    setting_hold_days_0,
    setting_hold_days_14,
    setting_hold_days_3,
    setting_returned_valid_days_default_365,
    setting_returned_valid_days_min_30,
    setting_stale_notice_late,
    setting_stale_notice_none,
    setting_withdrawn_before_fraud_none,
    setting_withdrawn_before_fraud_return,
}

/// The file of a test.
fn file_of(name: &str) -> String {
    let case = name.strip_prefix('f').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let name = case.map_or(name.to_owned(), |rest| format!("F{rest}"));
    format!("{}.toml", name.replace('_', "-"))
}

/// The fields that `data` of an event may have: what is misspelt would be left alone by makegood.
fn fields(event_type: &str) -> Vec<String> {
    let Some(event_type) = EventType::parse(event_type) else { return Vec::new() };
    let schema = schema(event_type);
    schema["properties"]["data"]["properties"].as_object().expect("fields").keys().cloned().collect()
}

#[test]
fn every_file_is_played() {
    let files = std::fs::read_dir(file::folder()).expect("the scenarios");
    let names = files.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"));
    let mut there: Vec<String> = names.filter(|name| name != "README.md").collect();
    let mut played: Vec<String> = NAMES.iter().map(|name| file_of(name)).collect();
    there.sort();
    played.sort();
    assert_eq!(there, played, "files, and those that are played");
}

/// Real cases: questions that people asked in public.
const CASES: [&str; 20] = [
    "F01a", "F01b", "F01c", "F01d", "F01e", "F06", "F07", "F08", "F09", "F10", "F11", "F12", "F13", "F16", "F17",
    "F20", "F23", "F25", "F26", "F29",
];

/// Rows of the decision table.
const ROWS: std::ops::RangeInclusive<u32> = 1..=32;

/// Settings of the policy, with values that each have a file.
const SETTINGS: [(&str, &[&str]); 10] = [
    ("declined-by-client-on-cancel", &["none", "return"]),
    ("declined-by-client-on-removal", &["none", "return"]),
    ("withdrawn-before-fraud", &["none", "return"]),
    ("after-hire-on-removal", &["none", "return"]),
    ("expired-notice", &["true", "false"]),
    ("hold-days", &["0", "3", "14"]),
    ("fresh-days", &["0", "14", "30"]),
    ("stale-notice", &["late", "none"]),
    ("returned-valid-days-min", &["30"]),
    ("returned-valid-days-default", &["365"]),
];

#[test]
fn every_case_row_and_setting_has_a_file() {
    let mut needed: Vec<String> = CASES.map(str::to_owned).into();
    needed.extend(ROWS.map(|row| format!("row-{row:02}-")));
    let values = |(name, values): (&str, &[&str])| values.iter().map(|v| format!("setting-{name}-{v}.")).collect();
    needed.extend(SETTINGS.into_iter().flat_map(|setting| -> Vec<String> { values(setting) }));
    let files: Vec<String> = NAMES.iter().map(|name| file_of(name)).collect();
    needed.retain(|start| !files.iter().any(|file| file.starts_with(start.as_str())));
    assert!(needed.is_empty(), "no file begins with {needed:?}");
    let table: toml::Table = include_str!("../../../config/policy.toml").parse().expect("TOML");
    let known = table["version"][0]["settings"].as_table().expect("settings").keys();
    let mut known: Vec<String> = known.map(|name| name.replace('_', "-")).collect();
    let mut tried: Vec<String> = SETTINGS.map(|(name, _)| name.to_owned()).into();
    known.sort();
    tried.sort();
    assert_eq!(known, tried, "settings there are, and settings that are tried");
}
