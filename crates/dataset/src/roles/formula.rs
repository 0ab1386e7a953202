//! Parametric vertical coordinates (CF 4.3.3): the terms of a formula.

use graticule_array::{Error, Result};

use super::find::Cf;
use super::{formulas, keyed, related};
use crate::attrs::Attrs;
use crate::data_array::DataArray;
use crate::dims::Dims;
use crate::name::Name;

/// The variables that an attribute `formula_terms` names, by term.
pub(super) struct Terms<'a> {
    cf: &'a Cf,
    /// The standard name of the coordinate, which is that of the formula.
    formula: &'a str,
    /// The dimension of the levels, if the coordinate has one.
    level: Option<Name>,
    pairs: Vec<(String, String)>,
}

impl Terms<'_> {
    /// The array of a term that the formula cannot do without.
    pub(super) fn need(&self, term: &str) -> Result<DataArray> {
        match self.name_of(term) {
            Some(name) => self.cf.set.var(name).check(),
            None => {
                let known: Vec<&str> = self.pairs.iter().map(|(t, _)| t.as_str()).collect();
                Err(Error::not_found(format!(
                    "\"{}\" needs the term \"{term}\"; formula_terms has {}",
                    self.formula,
                    known.join(", ")
                )))
            }
        }
    }

    /// The array of a term; 0 if it is omitted, as Appendix D has it.
    pub(super) fn get(&self, term: &str) -> Result<DataArray> {
        if self.has(term) {
            return self.need(term);
        }
        Ok(DataArray::new("", Dims::none(), 0.0))
    }

    /// [`get`](Self::get) in the units of another term, where both have some.
    pub(super) fn like(&self, term: &str, other: &DataArray) -> Result<DataArray> {
        in_units(&self.get(term)?, other)
    }

    /// [`need`](Self::need) in the units of another term, where both have some.
    pub(super) fn need_like(&self, term: &str, other: &DataArray) -> Result<DataArray> {
        in_units(&self.need(term)?, other)
    }

    pub(super) fn has(&self, term: &str) -> bool {
        self.name_of(term).is_some()
    }

    /// The number of each level, from 0.
    pub(super) fn numbers(&self) -> Result<DataArray> {
        let level = self.level.clone().ok_or_else(|| {
            Error::mismatch(format!("\"{}\" needs a coordinate with a dimension", self.formula))
        })?;
        let n = self.cf.set.size_of(&level).unwrap_or(0);
        let numbers: Vec<i64> = (0..n).filter_map(|i| i64::try_from(i).ok()).collect();
        DataArray::new("", &level, numbers).check()
    }

    fn name_of(&self, term: &str) -> Option<&str> {
        let found = self.pairs.iter().find(|(t, _)| t.eq_ignore_ascii_case(term));
        found.map(|(_, name)| name.as_str())
    }
}

fn in_units(term: &DataArray, other: &DataArray) -> Result<DataArray> {
    let (mine, theirs) = (term.attrs(), other.attrs());
    let (Some(_), Some(units)) = (mine.text("units"), theirs.text("units")) else {
        return Ok(term.clone());
    };
    let same = |a: &DataArray, b: &DataArray| -> Option<bool> {
        let (a, b) = (a.units().ok()?, b.units().ok()?);
        Some(a.is_same_as(&b) || !a.is_convertible_to(&b))
    };
    // What cannot be read or converted is taken as it is.
    if same(term, other).unwrap_or(true) {
        Ok(term.clone())
    } else {
        term.convert_units(units).check()
    }
}

impl Cf {
    /// The coordinates that formulas turn into heights or pressures.
    #[must_use]
    pub fn parametric(&self) -> Vec<Name> {
        self.candidates()
            .filter(|(_, v)| related(v, "formula_terms").is_some())
            .map(|(n, _)| n.clone())
            .collect()
    }

    /// The heights or pressures that a parametric vertical coordinate stands for, computed lazily
    /// by its formula in Appendix D; faulted if it has none or terms are missing.
    ///
    /// ```
    /// use graticule_dataset::{Attrs, Dataset, Variable};
    /// let lev = Variable::new("lev", vec![0.5, 1.0])?.with_attrs(
    ///     Attrs::new()
    ///         .with("standard_name", "atmosphere_sigma_coordinate")
    ///         .with("formula_terms", "sigma: lev ps: ps ptop: ptop"),
    /// );
    /// let ps = Variable::new("x", vec![1000.0, 900.0])?.with_attrs(Attrs::new().with("units", "hPa"));
    /// let ds = Dataset::new()
    ///     .with_coord_variable("lev", lev)
    ///     .with_variable("ps", ps)
    ///     .with_var("ptop", graticule_dataset::Dims::none(), 100.0);
    /// let p = ds.cf().vertical("lev");
    /// assert_eq!(p.values::<f64>()?, [550.0, 500.0, 1000.0, 900.0]);
    /// assert_eq!(p.attrs().text("standard_name"), Some("air_pressure"));
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn vertical(&self, key: &str) -> DataArray {
        self.computed(key, false)
    }

    /// [`vertical`](Self::vertical) for the bounds of the coordinate, which have formula terms of
    /// their own (CF 7.1.4).
    #[track_caller]
    pub fn vertical_bounds(&self, key: &str) -> DataArray {
        self.computed(key, true)
    }

    #[track_caller]
    fn computed(&self, key: &str, bounds: bool) -> DataArray {
        let place = std::panic::Location::caller();
        let step = || format!("cf().vertical({key:?})");
        self.evaluate(key, bounds)
            .unwrap_or_else(|e| DataArray::faulted_at(&self.set, key, e, step(), place))
    }

    fn evaluate(&self, key: &str, bounds: bool) -> Result<DataArray> {
        let parametric = self.parametric();
        let name = match (self.name(key), &*parametric) {
            (Ok(name), _) if parametric.contains(&name) => name,
            (_, [only]) if key == "vertical" || key == "Z" => only.clone(),
            (Err(error), _) => return Err(error),
            (Ok(name), _) => {
                let list: Vec<&str> = parametric.iter().map(Name::as_str).collect();
                let list = if list.is_empty() { "none".into() } else { list.join(", ") };
                return Err(Error::invalid(format!(
                    "\"{name}\" has no formula_terms (coordinates that have: {list})"
                )));
            }
        };
        let coord = self.set.find(&name)?;
        let formula = coord.attrs().text("standard_name").unwrap_or_default().trim();
        let holder = if bounds { self.bounds(&name)?.variable() } else { coord.clone() };
        let text = related(&holder, "formula_terms").ok_or_else(|| {
            Error::not_found(format!("the bounds of \"{name}\" have no formula_terms"))
        })?;
        let pairs = keyed(text);
        let pairs = pairs.into_iter().filter_map(|(t, names)| Some((t, names.into_iter().next()?)));
        let level = coord.dims().first().cloned();
        let terms = Terms { cf: self, formula, level, pairs: pairs.collect() };
        let made = formulas::evaluate(formula, &terms)?;
        let computed = coord.attrs().text("computed_standard_name").or(made.standard_name);
        let mut attrs = Attrs::new();
        if let Some(computed) = computed {
            attrs.set("standard_name", computed);
        }
        if let Some(units) = made.units {
            attrs.set("units", units);
        }
        attrs.set("positive", if made.is_pressure { "down" } else { "up" });
        let values = made.values.check()?;
        let values = self.ordered(values)?;
        Ok(values.with_attrs(attrs).with_name(computed.unwrap_or("z")))
    }

    /// In the order of dimensions of the first data variable that has them all.
    fn ordered(&self, values: DataArray) -> Result<DataArray> {
        let own = values.dims();
        let model = self.set.data_vars().find(|(_, v)| own.iter().all(|d| v.dims().has(d)));
        let Some((_, model)) = model else { return Ok(values) };
        let order: Dims = model.dims().iter().filter(|d| own.has(d)).collect();
        values.transpose(order).check()
    }
}
