//! Everything that is wrong with a set of files, said at once.

use graticule_array::Error;

/// How many lines a message lists.
const LISTED: usize = 20;

/// Problems found so far.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<Error>);

impl Problems {
    pub(crate) fn push(&mut self, problem: Error) {
        self.0.push(problem);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn extend(&mut self, more: impl IntoIterator<Item = Error>) {
        self.0.extend(more);
    }

    /// As [`into_result`](Self::into_result), where a single problem needs no more words.
    pub(crate) fn into_alone(self, what: &str) -> graticule_array::Result<()> {
        match (self.0.len(), self.0.first()) {
            (1, Some(only)) => Err(only.clone()),
            _ => self.into_result(what),
        }
    }

    /// One error that lists all, or nothing.
    pub(crate) fn into_result(self, what: &str) -> graticule_array::Result<()> {
        let n = self.0.len();
        let Some(first) = self.0.first() else { return Ok(()) };
        if n == 1 {
            return Err(first.clone().context(what));
        }
        let text = format!("{what}: {n} problems");
        let mut all = if self.0.iter().all(Error::is_not_found) {
            Error::not_found(text)
        } else if self.0.iter().all(Error::is_mismatch) {
            Error::mismatch(text)
        } else if self.0.iter().all(Error::is_corrupt) {
            Error::corrupt(text)
        } else {
            Error::invalid(text)
        };
        for problem in self.0.iter().take(LISTED) {
            all = all.context(problem.to_string().replace('\n', "\n  "));
        }
        if n > LISTED {
            all = all.context(format!("and {} more", n - LISTED));
        }
        Err(all)
    }
}

/// A few names for a message.
pub(crate) fn few<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let all: Vec<&str> = names.into_iter().collect();
    let shown = all.iter().take(5).copied().collect::<Vec<_>>().join(", ");
    match all.len() {
        0..=5 => shown,
        n => format!("{shown} and {} more", n - 5),
    }
}
