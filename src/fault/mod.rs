//! Transient or permanent: the one question every error answers where it is born, in its type.

pub mod failpoint;

/// What a loop may do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Trying the same again later may succeed: a dependency is away, a lock was lost.
    Transient,
    /// Trying the same again will fail the same way: the input or the data is wrong.
    Permanent,
}

/// An error that knows its [`Fault`].
pub trait Classify {
    /// Whether trying the same again may succeed.
    fn fault(&self) -> Fault;

    /// `fault()` is [`Fault::Transient`].
    fn is_transient(&self) -> bool {
        self.fault() == Fault::Transient
    }
}
