//! Attributes and encodings as verbs.

use crate::attrs::{AttrValue, Attrs};
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::encoding::Encoding;
use crate::name::Name;

fn with_all<N: Into<Name>, V: Into<AttrValue>>(
    attrs: &Attrs,
    new: impl IntoIterator<Item = (N, V)>,
) -> Attrs {
    new.into_iter().fold(attrs.clone(), |attrs, (name, value)| attrs.with(name, value))
}

impl Dataset {
    /// The same dataset with attributes added or replaced.
    ///
    /// ```
    /// use graticule_dataset::Dataset;
    /// let ds = Dataset::new().assign_attrs([("title", "a test"), ("source", "none")]);
    /// assert_eq!(ds.attrs().text("source"), Some("none"));
    /// assert!(ds.drop_attrs().attrs().is_empty());
    /// ```
    pub fn assign_attrs<N: Into<Name>, V: Into<AttrValue>>(
        &self,
        attrs: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        self.clone().with_attrs(with_all(self.attrs(), attrs))
    }

    /// The same dataset without attributes, its own and those of all variables.
    #[track_caller]
    pub fn drop_attrs(&self) -> Self {
        let bare = self.verb(
            || "drop_attrs()".into(),
            |ds| ds.map_vars(|_, var| Ok(Some(var.clone().with_attrs(Attrs::default())))),
        );
        if bare.fault().is_some() { bare } else { bare.with_attrs(Attrs::default()) }
    }

    /// The same dataset with nothing known of how it was stored (xarray's `drop_encoding`).
    #[track_caller]
    pub fn drop_encoding(&self) -> Self {
        let bare = self.verb(
            || "drop_encoding()".into(),
            |ds| ds.map_vars(|_, var| Ok(Some(var.clone().with_encoding(Encoding::default())))),
        );
        if bare.fault().is_some() { bare } else { bare.with_encoding(Encoding::default()) }
    }
}

impl DataArray {
    /// The same array with attributes added or replaced.
    pub fn assign_attrs<N: Into<Name>, V: Into<AttrValue>>(
        &self,
        attrs: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        self.clone().with_attrs(with_all(&self.attrs(), attrs))
    }

    /// The same array without attributes, its own and those of its coordinates.
    #[track_caller]
    pub fn drop_attrs(&self) -> Self {
        self.verb(|| "drop_attrs()".into(), |set| set.drop_attrs().check())
    }

    /// The same array with nothing known of how it was stored.
    #[track_caller]
    pub fn drop_encoding(&self) -> Self {
        self.verb(|| "drop_encoding()".into(), |set| set.drop_encoding().check())
    }

    /// A dataset in which coordinates have become data variables beside this array, which needs a
    /// name.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let x = DataArray::new("x", "t", vec![1.0]).with_coord("area", "t", vec![2.0]);
    /// let ds = x.reset_coords("area");
    /// assert_eq!(ds.data_vars().count(), 2);
    /// ```
    #[track_caller]
    pub fn reset_coords(&self, names: impl Into<crate::Dims>) -> Dataset {
        self.to_dataset().reset_coords(names)
    }
}
