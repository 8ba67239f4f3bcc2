//! Named points at which a test kills the process or plants a bug. Without the feature `failpoints` they are nothing.
//!
//! `FAILPOINTS=k5=3*off->return` kills at the fourth pass of `k5`.

/// Ends the process as SIGKILL would, if the point is set to `return`.
pub fn kill_point(name: &'static str) {
    if planted(name) {
        std::process::abort();
    }
}

/// The point is set to `return`.
#[cfg(feature = "failpoints")]
pub fn planted(name: &'static str) -> bool {
    fail::fail_point!(name, |_| true);
    false
}

/// The point is set to `return`: never, without the feature.
#[cfg(not(feature = "failpoints"))]
#[inline(always)]
pub fn planted(_name: &'static str) -> bool {
    false
}

/// Ends the process if the point `killer` is set and the body is an event whose id begins with `killer`: what a message
/// does that no code survives.
pub fn killer(body: &[u8]) {
    const MARK: &[u8] = br#""id":"killer"#;
    if planted("killer") && body.windows(MARK.len()).any(|window| window == MARK) {
        std::process::abort();
    }
}

/// Reads `FAILPOINTS` for the rest of the process's life. Call once, in `main`.
pub fn arm() {
    #[cfg(feature = "failpoints")]
    std::mem::forget(fail::FailScenario::setup());
}
