//! What an index is asked, and what it answers.

use std::sync::Arc;

use graticule_array::{Array, Error, Pick, Result};

use super::Index;
use crate::name::Name;
use crate::select::Selector;

/// Selectors for some of the coordinates of an index.
#[derive(Clone, Debug)]
pub struct Query {
    coords: Arc<[Name]>,
    asked: Vec<(usize, Selector)>,
    pointwise: bool,
}

impl Query {
    /// A query for an index over these coordinates: pairs of the number of a coordinate and what
    /// is asked of it.
    #[must_use]
    pub fn new(coords: Arc<[Name]>, asked: Vec<(usize, Selector)>) -> Self {
        Self { coords, asked, pointwise: false }
    }

    /// A query of the only coordinate of an index.
    #[must_use]
    pub fn of(coord: &str, selector: Selector) -> Self {
        Self::new(Arc::from([Name::from(coord)]), vec![(0, selector)])
    }

    /// The same query, its lists of labels taken together: the first label of each, the second
    /// of each, and so on.
    #[must_use]
    pub fn pointwise(mut self) -> Self {
        self.pointwise = true;
        self
    }

    /// Whether lists of labels are to be taken together, label by label. The answer is then
    /// [`Found::Points`], or a pick of as many positions.
    #[must_use]
    pub fn is_pointwise(&self) -> bool {
        self.pointwise
    }

    /// The names of all coordinates of the index, asked for or not.
    #[must_use]
    pub fn coords(&self) -> &[Name] {
        &self.coords
    }

    /// The name of a coordinate, for messages.
    #[must_use]
    pub fn name(&self, coord: usize) -> &str {
        self.coords.get(coord).map_or("", Name::as_str)
    }

    /// What is asked of a coordinate.
    #[must_use]
    pub fn get(&self, coord: usize) -> Option<&Selector> {
        self.asked.iter().find(|(at, _)| *at == coord).map(|(_, s)| s)
    }

    /// All that is asked: number and name of the coordinate, selector.
    pub fn asked(&self) -> impl Iterator<Item = (usize, &str, &Selector)> {
        self.asked.iter().map(|(at, s)| (*at, self.name(*at), s))
    }

    /// Name and selector of a query of one coordinate.
    ///
    /// # Errors
    /// If several are asked for.
    pub fn only(&self) -> Result<(&str, &Selector)> {
        match self.asked.as_slice() {
            [(at, selector)] => Ok((self.name(*at), selector)),
            more => Err(Error::invalid(format!(
                "labels of {} coordinates at once; expected labels of one",
                more.len()
            ))),
        }
    }

    /// The selectors of all coordinates in order.
    ///
    /// # Errors
    /// Naming the first coordinate that is not asked for.
    pub fn all(&self) -> Result<Vec<&Selector>> {
        let one = |(at, name): (usize, &Name)| {
            self.get(at).ok_or_else(|| {
                let all: Vec<&str> = self.coords.iter().map(Name::as_str).collect();
                Error::invalid(format!(
                    "\"{name}\" is indexed together with {}: labels of all of them are needed",
                    all.join(", ")
                ))
                .hint("sel_many([(name, labels.into()), ..])")
            })
        };
        self.coords.iter().enumerate().map(one).collect()
    }
}

/// The positions that an index found.
#[derive(Clone, Debug)]
pub enum Found {
    /// A pick along each of these axes, independent of each other; the other axes stay whole.
    Picks {
        /// Axis and pick.
        picks: Vec<(usize, Pick)>,
        /// The coordinates that have one value in all that was picked: they become scalars.
        fixed: Vec<usize>,
        /// Other values for coordinates of the picked positions, and the index over them: what
        /// goes round a circle is unrolled.
        labels: Option<(usize, Array, Arc<dyn Index>)>,
    },
    /// One position on every axis for each point that was asked for.
    Points {
        /// For each axis of the index, the position of each point; 0 where it is missing.
        axes: Vec<Vec<usize>>,
        /// Whether each point is missing, for nothing lies within the tolerance. Empty if none is.
        missing: Vec<bool>,
    },
}

impl Found {
    /// Picks along some axes.
    #[must_use]
    pub fn picks(picks: Vec<(usize, Pick)>) -> Self {
        Self::Picks { picks, fixed: Vec::new(), labels: None }
    }

    /// A pick along the only axis.
    #[must_use]
    pub fn pick(pick: Pick) -> Self {
        Self::picks(vec![(0, pick)])
    }

    /// The pick along the only axis of an index.
    ///
    /// # Errors
    /// If points were found.
    pub fn into_pick(self) -> Result<Pick> {
        match self {
            Self::Picks { mut picks, .. } if picks.len() == 1 => {
                picks.pop().map(|(_, p)| p).ok_or_else(|| Error::bug("a pick went missing"))
            }
            Self::Points { mut axes, missing } if axes.len() == 1 && missing.is_empty() => {
                let list = axes.pop().unwrap_or_default();
                Ok(Pick::List(list.into()))
            }
            _ => Err(Error::unsupported("an index over several dimensions in this place")),
        }
    }
}
