//! How many processors there are.

use std::sync::OnceLock;
use std::thread;

/// Tells whether there are several processors, so that a second thread may pay. To find out takes many questions to the system.
#[must_use]
pub fn are_several() -> bool {
    static KNOWN: OnceLock<bool> = OnceLock::new();
    *KNOWN.get_or_init(|| thread::available_parallelism().is_ok_and(|processors| processors.get() > 1))
}
