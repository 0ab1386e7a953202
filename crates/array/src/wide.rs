//! Runs a loop compiled for the widest vectors this machine has.

/// Runs `body`; on machines with AVX2 a copy of it compiled for AVX2.
///
/// The closure and all it calls have to be inlined to gain from it: `#[inline(always)]` helpers and
/// iterator adapters. Results do not depend on the width: floats are never contracted or reordered.
#[inline(always)]
pub(crate) fn wide<R>(body: impl FnOnce() -> R) -> R {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        #[target_feature(enable = "avx2")]
        fn in_avx2<R>(body: impl FnOnce() -> R) -> R {
            body()
        }
        // SAFETY: the machine has AVX2, as just checked; the body is safe code.
        #[allow(unsafe_code)] // measured: see examples/kernel_rates.rs
        return unsafe { in_avx2(body) };
    }
    body()
}
