//! Runs a loop compiled for the widest vectors this machine has.
//!
//! Results do not depend on the width: floats are never contracted or reordered.

/// Runs `body`; on machines with AVX2 a copy of it compiled for AVX2.
///
/// The closure and all it calls have to be inlined to gain from it: `#[inline(always)]` helpers and
/// iterator adapters, and the closure itself small. Loops that are more than that are functions of
/// [`widest`].
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

/// Whether the machine has the parts of AVX-512 that loops are compiled for.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(crate) fn has_avx512() -> bool {
    std::arch::is_x86_feature_detected!("avx512f")
        && std::arch::is_x86_feature_detected!("avx512vl")
        && std::arch::is_x86_feature_detected!("avx512bw")
        && std::arch::is_x86_feature_detected!("avx512dq")
}

/// Defines a function that is compiled three times, for any machine, for AVX2 and for AVX-512, whose
/// masks make tests for missing elements free; each call runs the widest that the machine has. For
/// the few loops that much is computed with. The body must be safe code, and what it calls be
/// inlined.
macro_rules! widest {
    (
        $(#[$meta:meta])*
        $vis:vis fn $name:ident<[$($generic:tt)*]>($($arg:ident: $type:ty),* $(,)?)
        $(-> $result:ty)? $body:block
    ) => {
        $(#[$meta])*
        $vis fn $name<$($generic)*>($($arg: $type),*) $(-> $result)? {
            #[inline(always)]
            fn plain<$($generic)*>($($arg: $type),*) $(-> $result)? $body
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq")]
                fn avx512<$($generic)*>($($arg: $type),*) $(-> $result)? {
                    plain($($arg),*)
                }
                #[target_feature(enable = "avx2")]
                fn avx2<$($generic)*>($($arg: $type),*) $(-> $result)? {
                    plain($($arg),*)
                }
                #[allow(unsafe_code)] // measured: see examples/kernel_rates.rs
                if $crate::wide::has_avx512() {
                    // SAFETY: the machine has all parts of AVX-512 that the function is compiled
                    // for, as just checked; its body is safe code.
                    return unsafe { avx512($($arg),*) };
                }
                #[allow(unsafe_code)] // as above
                if std::arch::is_x86_feature_detected!("avx2") {
                    // SAFETY: the machine has AVX2, as just checked; the body is safe code.
                    return unsafe { avx2($($arg),*) };
                }
            }
            plain($($arg),*)
        }
    };
}

pub(crate) use widest;
