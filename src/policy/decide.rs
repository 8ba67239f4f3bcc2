//! One proposal, one rule, one decision.

/// Placeholder.
#[derive(Debug)]
pub struct Case;
/// Placeholder.
#[derive(Debug)]
pub struct Choice;
/// Placeholder.
#[derive(Debug)]
pub struct ContractState;
/// Placeholder.
#[derive(Debug)]
pub struct ProposalStanding;
/// Placeholder.
pub fn decide() {}
