//! Expressions, plans and tasks as bytes, for other processes.
//!
//! A message is a mark, a version, a kind and plain data: numbers as their bits, operations and
//! reductions by what they are, functions of the user by registered names, files by where they
//! lie. Code never travels. Whatever arrives is checked as if a user had built it, by the same
//! builders; what they would spend without limit is limited here.

mod effort;
mod expression;
mod far;
mod names;
mod node;
mod plan;
mod source;
mod task;

use graticule_array::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::expr::LazyArray;
use crate::session::Session;

pub use names::Names;
pub use task::SentTask;

/// The first bytes of every message.
const MARK: [u8; 4] = *b"GRTW";

/// Raised whenever a form changes, which a test of committed bytes tells.
const VERSION: u16 = 2;

/// Arrays in memory travel up to so many bytes in one message.
pub(crate) const MAX_INLINE: usize = 256 << 20;

/// What a message holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Expression = 1,
    Plan = 2,
    Task = 3,
    Partial = 4,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Expression => "an expression",
            Self::Plan => "a plan",
            Self::Task => "a task",
            Self::Partial => "the result of a task",
        }
    }
}

/// A message of plain data.
pub(crate) fn pack(kind: Kind, data: &impl Serialize) -> Result<Vec<u8>> {
    let mut head = MARK.to_vec();
    head.extend(VERSION.to_le_bytes());
    head.push(kind as u8);
    postcard::to_extend(data, head)
        .map_err(|e| Error::unsupported(format!("{} cannot be sent: {e}", kind.name())))
}

/// The plain data of a message.
pub(crate) fn unpack<T: DeserializeOwned>(kind: Kind, bytes: &[u8]) -> Result<T> {
    let wrong = |why: String| Error::corrupt(format!("this is not {}: {why}", kind.name()));
    let (head, data) = bytes.split_at_checked(7).ok_or_else(|| wrong("too short".into()))?;
    let (mark, rest) = head.split_at_checked(4).unwrap_or((head, &[]));
    if mark != MARK {
        return Err(wrong(format!("it does not begin with {:?}", MARK.escape_ascii().to_string())));
    }
    match rest {
        [low, high, found] => {
            let version = u16::from_le_bytes([*low, *high]);
            if version != VERSION {
                let text = format!("a message of version {version}; this is version {VERSION}");
                return Err(Error::unsupported(text).hint("use one version on both sides"));
            }
            if *found != kind as u8 {
                return Err(wrong(format!("it is a message of kind {found}")));
            }
        }
        _ => return Err(wrong("too short".into())),
    }
    let (value, rest) = postcard::take_from_bytes(data).map_err(|e| wrong(e.to_string()))?;
    if !rest.is_empty() {
        return Err(wrong(format!("{} bytes are left over", rest.len())));
    }
    Ok(value)
}

impl Session {
    /// Expressions as bytes, to be computed in another process. What they share is sent once.
    ///
    /// Files travel as where they lie, arrays in memory as their elements, functions of the user
    /// as the name that this session knows them under.
    ///
    /// ```
    /// use graticule_array::{Array, ReduceParams, reduction};
    /// use graticule_lazy::{LazyArray, Session};
    /// let x = LazyArray::constant(Array::from_vec([3], vec![1.0f64, 2.0, 6.0])?);
    /// let mean = x.reduce(reduction("mean", &ReduceParams::default())?, &[0])?;
    /// let here = Session::default();
    /// let bytes = here.encode(&[mean])?;
    /// let there = Session::builder().threads(1).build();
    /// let out = there.compute(&there.decode(&bytes)?)?;
    /// assert_eq!(out[0].to_flat::<f64>()?, [3.0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// If something cannot leave this process: a closure or a source that is not registered (see
    /// [`Names`]), bytes in memory under a name, too much data.
    pub fn encode(&self, outputs: &[LazyArray]) -> Result<Vec<u8>> {
        pack(Kind::Expression, &expression::Form::of(outputs, self.names())?)
    }

    /// The expressions that [`encode`](Self::encode) made bytes of. Opens no file and reads
    /// nothing; files are opened where they are read first.
    ///
    /// # Errors
    /// If the bytes are no such message, of another version, or name what this session does not
    /// know.
    pub fn decode(&self, bytes: &[u8]) -> Result<Vec<LazyArray>> {
        unpack::<expression::Form>(Kind::Expression, bytes)?.build(self)
    }
}
