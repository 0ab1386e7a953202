//! Work that can be stopped: long loops ask now and then whether they should go on.

use std::cell::RefCell;
use std::fmt::Debug;
use std::sync::Arc;

use crate::error::Result;

/// Elements between two questions in loops over elements: a few milliseconds of the slowest.
const PACE: usize = 1 << 16;

/// Says whether work should go on.
pub trait Watch: Send + Sync + Debug {
    /// Returns at once.
    ///
    /// # Errors
    /// If the work should end here.
    fn go_on(&self) -> Result<()>;

    /// The number under which somebody keeps account of what is read for this work; 0 if nobody
    /// does.
    fn account(&self) -> u64 {
        0
    }
}

thread_local! {
    /// Who watches what this thread does, the innermost last.
    static WATCHES: RefCell<Vec<Arc<dyn Watch>>> = const { RefCell::new(Vec::new()) };
}

/// Runs `work` under a watch, which [`go_on`] asks on this thread until it ends.
///
/// ```
/// use std::sync::Arc;
/// use graticule_array::{Error, Result, Watch, go_on, watched};
/// #[derive(Debug)]
/// struct Late;
/// impl Watch for Late {
///     fn go_on(&self) -> Result<()> {
///         Err(Error::cancelled("it is too late"))
///     }
/// }
/// assert!(watched(Arc::new(Late), go_on).unwrap_err().is_cancelled());
/// assert!(go_on().is_ok());
/// ```
pub fn watched<R>(watch: Arc<dyn Watch>, work: impl FnOnce() -> R) -> R {
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            let _ = WATCHES.try_with(|w| w.borrow_mut().pop());
        }
    }
    WATCHES.with(|w| w.borrow_mut().push(watch));
    let _leave = Leave;
    work()
}

/// The watch that this thread works under, to be handed on to others that work for it.
#[must_use]
pub fn watch() -> Option<Arc<dyn Watch>> {
    WATCHES.try_with(|w| w.borrow().last().cloned()).ok().flatten()
}

/// Asks the watch of this thread whether to go on; without one, always. Sources ask for each
/// chunk, kernels for each tile.
///
/// # Errors
/// If the work was stopped, took too long, or is not wanted any more.
pub fn go_on() -> Result<()> {
    WATCHES.try_with(|w| w.borrow().last().map_or(Ok(()), |watch| watch.go_on())).unwrap_or(Ok(()))
}

/// Asks once for every so many elements.
#[derive(Debug, Default)]
pub(crate) struct Pace(usize);

impl Pace {
    /// Some elements more were gone through.
    pub(crate) fn step(&mut self, elements: usize) -> Result<()> {
        self.0 = self.0.saturating_add(elements);
        if self.0 < PACE {
            return Ok(());
        }
        self.0 = 0;
        go_on()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::array::Array;
    use crate::error::Error;
    use crate::line::{LineOp, Window, WindowStat};

    /// Lets so many questions pass.
    #[derive(Debug)]
    struct Count(AtomicUsize);

    impl Watch for Count {
        fn go_on(&self) -> Result<()> {
            match self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)) {
                Ok(_) => Ok(()),
                Err(_) => Err(Error::cancelled("enough")),
            }
        }
    }

    #[test]
    fn the_innermost_is_asked() {
        assert!(watch().is_none() && go_on().is_ok());
        let (outer, inner) = (Count(AtomicUsize::new(1)), Count(AtomicUsize::new(0)));
        watched(Arc::new(outer), || {
            assert!(watched(Arc::new(inner), go_on).is_err());
            assert!(go_on().is_ok() && go_on().is_err());
        });
        assert!(go_on().is_ok());
    }

    #[test]
    fn kernels_along_lines_can_be_stopped() {
        let window = |stat| LineOp::Window(Window { len: 5, before: 2, least: 1, stat });
        let ops = [
            LineOp::CumSum { skip_missing: true },
            LineOp::Rank { share: false },
            window(WindowStat::Mean),
            window(WindowStat::Max),
        ];
        for (shape, axis) in [([400, 1000], 0), ([1000, 400], 1)] {
            let x = Array::from_vec(shape, vec![1.0f32; 400_000]).unwrap();
            for op in &ops {
                let asked = Arc::new(Count(AtomicUsize::new(2)));
                let made = watched(asked, || op.apply(&x, axis));
                assert!(made.is_err_and(|e| e.is_cancelled()), "{op} along {axis}");
            }
        }
    }
}
