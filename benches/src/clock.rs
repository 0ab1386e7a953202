//! CPU time, which other work on a machine disturbs least.

/// CPU seconds of this thread so far.
#[must_use]
pub fn thread_cpu() -> f64 {
    clock(libc::CLOCK_THREAD_CPUTIME_ID)
}

/// CPU seconds of this process so far.
#[must_use]
pub fn process_cpu() -> f64 {
    clock(libc::CLOCK_PROCESS_CPUTIME_ID)
}

fn clock(which: libc::clockid_t) -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a timespec of our own. What the kernel tells in /proc is only
    // brought up to date every few milliseconds.
    #[allow(unsafe_code)]
    let failed = unsafe { libc::clock_gettime(which, &raw mut time) };
    if failed != 0 { f64::NAN } else { time.tv_sec as f64 + time.tv_nsec as f64 / 1e9 }
}
