//! Another thread, for half of the work.
//!
//! There is one for the whole run, which sleeps as long as there is nothing for it. To start one for each piece of work would
//! take longer, and the system often lets a new thread wait behind the one that started it, though a processor is idle.

use std::hint;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rayon_core::{ThreadPool, ThreadPoolBuilder};

/// As much stack as the first thread usually has: some things are read row by row, each below the one before.
const STACK: usize = 8 << 20;

/// So often the first thread looks whether the other one is done before it sleeps. Both have about the same to do, and to be
/// woken up takes longer than to look as often.
const SPINS: usize = 2000;

/// As much as glibc gives without asking the system for a piece of its own.
const ROOM: usize = 120 << 10;

/// Tells whether there are several processors, so that a second thread may pay. To find out takes many questions to the system.
#[must_use]
pub fn are_several() -> bool {
    static KNOWN: OnceLock<bool> = OnceLock::new();
    *KNOWN.get_or_init(|| thread::available_parallelism().is_ok_and(|processors| processors.get() > 1))
}

/// Does two things: the second in the other thread, or after the first if that one is not free.
pub fn both<A, B: Send>(first: impl FnOnce() -> A, second: impl FnOnce() -> B + Send) -> (A, B) {
    match Helper::free() {
        Some(helper) => helper.both(first, second),
        None => (first(), second()),
    }
}

/// Starts the other thread, if that may pay: there will soon be something for it, and it takes a while until it runs.
pub fn prepare() {
    if are_several() {
        pool();
    }
}

/// Returns the other thread, which is started if it has not been; nothing, if the system lets us start none.
fn pool() -> Option<&'static ThreadPool> {
    static POOL: OnceLock<Option<ThreadPool>> = OnceLock::new();
    let start = || {
        let here = processor();
        let pool = ThreadPoolBuilder::new().num_threads(1).stack_size(STACK);
        pool.start_handler(move |_| here.into_iter().for_each(keep_off)).build().ok()
    };
    POOL.get_or_init(start).as_ref()
}

/// The other thread, as long as somebody has it.
pub struct Helper(&'static ThreadPool);

/// Whether somebody has the other thread.
static TAKEN: AtomicBool = AtomicBool::new(false);

impl Helper {
    /// Returns the other thread, unless somebody has it, or the system lets us start none.
    #[must_use]
    pub fn free() -> Option<Helper> {
        if TAKEN.swap(true, Ordering::Acquire) {
            return None;
        }
        let helper = pool().map(Helper);
        if helper.is_none() {
            TAKEN.store(false, Ordering::Release);
        }
        helper
    }

    /// Does two things at the same time.
    pub fn both<A, B: Send>(self, first: impl FnOnce() -> A, second: impl FnOnce() -> B + Send) -> (A, B) {
        let (mut done, is_done) = (None, AtomicBool::new(false));
        let first = self.0.in_place_scope(|scope| {
            scope.spawn(|_| {
                done = Some(second());
                is_done.store(true, Ordering::Release);
            });
            let first = first();
            for _ in 0..SPINS {
                if is_done.load(Ordering::Acquire) {
                    break;
                }
                hint::spin_loop();
            }
            first
        });
        match done {
            Some(second) => (first, second),
            None => unreachable!("a scope ends once all that was started in it has"),
        }
    }
}

/// Makes room for many small pieces that this thread is about to allocate.
///
/// For any thread but the first glibc asks the system for one page more at a time, which takes longer than to fill it. What was
/// there once is there to stay, so that it is enough to allocate much and to give it back.
pub fn make_room() {
    hint::black_box(Vec::<u8>::with_capacity(ROOM));
}

/// Returns the processor that this thread runs on, where the system tells.
fn processor() -> Option<usize> {
    #[cfg(target_os = "linux")]
    return nix::sched::sched_getcpu().ok();
    #[cfg(not(target_os = "linux"))]
    None
}

/// Keeps this thread off a processor, if there are others. Left alone, Linux often lets it wait behind the thread that woke
/// it, for as long as that works, though another processor is idle.
fn keep_off(processor: usize) {
    #[cfg(target_os = "linux")]
    {
        use nix::sched::{sched_getaffinity, sched_setaffinity};
        let this = nix::unistd::Pid::from_raw(0);
        let others = sched_getaffinity(this).and_then(|mut all| all.unset(processor).map(|()| all));
        // Where there is no other, or nobody may choose, it stays as it is.
        _ = others.and_then(|others| sched_setaffinity(this, &others));
    }
    #[cfg(not(target_os = "linux"))]
    let _ = processor;
}

impl Drop for Helper {
    fn drop(&mut self) {
        TAKEN.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_find_the_other_thread_free_is_done_all_the_same() {
        let here = || thread::current().id();
        let (outer, (inner, other)) = both(here, || both(here, here));
        assert_eq!(outer, here());
        assert_eq!(inner, other);
        let helper = loop {
            match Helper::free() {
                Some(helper) => break helper,
                None => thread::yield_now(),
            }
        };
        assert!(Helper::free().is_none());
        let ((one, two), other) = helper.both(|| both(here, here), here);
        assert_eq!((one, two), (here(), here()));
        assert_ne!(other, here());
    }
}
