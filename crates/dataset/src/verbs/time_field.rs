//! Fields of times: month, year, season ...

use graticule_array::{Array, DType, Error, MapOp, Result, Scalar, Text, did_you_mean, ndarray};
use graticule_cftime::{Field, season_name};

use crate::data_array::DataArray;
use crate::variable::Variable;

/// The field of that name.
pub(crate) fn parse_field(name: &str) -> Result<Field> {
    Field::parse(name).ok_or_else(|| {
        let names = Field::ALL.iter().map(|f| f.name());
        let error = Error::not_found(format!("times have no field \"{name}\""));
        match did_you_mean(name, names.clone()) {
            Some(hint) => error.hint(hint),
            None => error.hint(format!("there are {}", names.collect::<Vec<_>>().join(", "))),
        }
    })
}

/// A field of each time; seasons as text. Attributes do not describe the field and go.
pub(crate) fn field_of(var: &Variable, field: Field) -> Result<Variable> {
    if !matches!(var.dtype(), DType::Time(_)) {
        return Err(Error::mismatch(format!(
            "\"{}\" is a field of times; the elements are {}",
            field.name(),
            var.dtype()
        ))
        .hint("open the file with its times decoded, or give \"units\" that say since when"));
    }
    let data = match (field, var.in_memory()) {
        (Field::Season, Some(times)) => seasons(times)?.into(),
        (Field::Season, None) => {
            let name = |n| season_name(n).map_or_else(Text::missing, Text::from);
            let names: Vec<Scalar> = (0..=4).map(|n| Scalar::Str(name(n))).collect();
            let numbers = var.data().map(MapOp::TimeField(field))?;
            numbers.map(MapOp::Lookup { values: names.into(), to: DType::Str })?.into()
        }
        // Whatever their number: groups are found by these at once.
        (_, Some(times)) => crate::Data::from(MapOp::TimeField(field).apply(times)?),
        (_, None) => crate::Data::from(var.data().map(MapOp::TimeField(field))?),
    };
    Variable::new(var.dims(), data)
}

fn seasons(times: &Array) -> Result<Array> {
    let numbers = MapOp::TimeField(Field::Season).apply(times)?;
    let names = numbers.to_flat::<i64>()?.into_iter().map(|n| match season_name(n) {
        Some(name) => Text::from(name),
        None => Text::missing(),
    });
    let flat = ndarray::Array1::from_iter(names).into_dyn();
    Array::new(flat).reshape(times.shape())
}

impl DataArray {
    /// A field of each time, by xarray's name: `year`, `month`, `day`, `hour`, `minute`,
    /// `second`, `dayofyear`, `dayofweek` (Monday is 0), `season`, `quarter`, `week` ...
    #[track_caller]
    pub fn dt(&self, field: &str) -> Self {
        self.array_verb(
            || format!("dt({field:?})"),
            |array| {
                let made = field_of(array.main()?, parse_field(field)?)?;
                Ok(array.with_main(made)?.with_name(field))
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use graticule_array::{Array, DType, TimeType};
    use graticule_cftime::{Calendar, TimeUnit};

    use crate::DataArray;

    #[test]
    fn seasons_of_times_that_are_not_in_memory() {
        let kind = TimeType { unit: TimeUnit::Second, calendar: Calendar::Day360 };
        let days: Vec<i64> = (0..360).map(|d| d * 86_400).collect();
        let times = Array::from_vec([360], days).unwrap().with_dtype(DType::Time(kind)).unwrap();
        let held = DataArray::new("t", "x", times.clone());
        let source = graticule_storage::MemorySource::new(times);
        let lazy = graticule_lazy::LazyArray::read(std::sync::Arc::new(source));
        let lazy = DataArray::new("t", "x", lazy).dt("season");
        assert_eq!(lazy.texts().unwrap(), held.dt("season").texts().unwrap());
    }

    #[test]
    fn long_series_are_grouped_too() {
        let days: Vec<i64> = (0..20_000).collect();
        let kind = TimeType { unit: TimeUnit::Second, calendar: Calendar::Day360 };
        let ticks = Array::from_vec([days.len()], days.iter().map(|d| d * 86_400).collect());
        let times = ticks.unwrap().with_dtype(DType::Time(kind)).unwrap();
        let x = DataArray::new("x", "time", days).with_coord("time", "time", times);
        let first = x.groupby("time.year").min("time");
        assert_eq!(first.values::<i64>().unwrap()[..3], [0, 360, 720]);
    }
}
