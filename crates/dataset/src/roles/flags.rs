//! Flags (CF 3.5): conditions by their meaning.

use std::panic::Location;

use graticule_array::{Array, DType, Error, MapOp, Result, Scalar, Text, ZipOp, did_you_mean};

use crate::attrs::{AttrValue, Attrs};
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::dims::{Dims, Over};
use crate::variable::Variable;

/// The flags of an array, by meaning.
///
/// With `flag_values` a condition holds where the array equals its value, with `flag_masks` where
/// any bit of its mask is set, with both where the masked bits equal the value. Where the array is
/// missing no condition holds.
///
/// ```
/// use graticule_dataset::DataArray;
/// let qc = DataArray::new("qc", "x", vec![1i8, 6, 12, 0])
///     .with_attr("flag_masks", vec![1i8, 2, 12, 12, 12])
///     .with_attr("flag_values", vec![1i8, 2, 4, 8, 12])
///     .with_attr("flag_meanings", "low_battery hardware_fault offline calibration maintenance");
/// let flags = qc.flags();
/// assert_eq!(flags.eq("offline").values::<bool>()?, [false, true, false, false]);
/// let any = flags.is_in(["hardware_fault", "maintenance"]);
/// assert_eq!(any.values::<bool>()?, [false, true, true, false]);
/// assert_eq!(flags.count(..).values::<i64>()?, [1, 1, 1, 0, 1]);
/// let e = flags.eq("ofline").check().unwrap_err();
/// assert!(e.to_string().contains("did you mean \"offline\"?"));
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Flags {
    array: DataArray,
    all: Vec<Flag>,
}

/// One meaning and how it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Flag {
    /// The word or phrase.
    pub meaning: String,
    /// The bits that count, if not all do.
    pub mask: Option<i64>,
    /// The value of these bits; without one, any bit counts.
    pub value: Option<FlagValue>,
}

/// The value that stands for a meaning.
#[derive(Clone, Debug, PartialEq)]
pub enum FlagValue {
    /// An integer.
    Number(i64),
    /// A character or text.
    Text(String),
}

/// The dimension of [`Flags::count`].
const DIM: &str = "flag_meaning";

impl DataArray {
    /// The flags that `flag_meanings` lists; faulted if there are none or the lists differ in
    /// length.
    #[track_caller]
    pub fn flags(&self) -> Flags {
        let place = Location::caller();
        let found = self.set.sound().and_then(|()| read(self.main()?));
        match found {
            Ok(all) => Flags { array: self.clone(), all },
            Err(_) if self.fault().is_some() => Flags { array: self.clone(), all: Vec::new() },
            Err(error) => {
                let set = self.set.faulted(self.named(error), "flags()".into(), place);
                Flags { array: Self { set, name: self.name.clone() }, all: Vec::new() }
            }
        }
    }
}

fn read(var: &Variable) -> Result<Vec<Flag>> {
    let attrs = var.attrs();
    let meanings = attrs
        .get("flag_meanings")
        .ok_or_else(|| Error::not_found("there is no attribute \"flag_meanings\""))?;
    let meanings: Vec<String> = meanings
        .texts()
        .iter()
        .flat_map(|text| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let masks = attrs.get("flag_masks").map(|a| numbers(a, var)).transpose()?;
    let values = attrs.get("flag_values").map(|a| values(a, var, meanings.len())).transpose()?;
    if masks.is_none() && values.is_none() {
        return Err(Error::invalid("\"flag_meanings\" without \"flag_values\" or \"flag_masks\""));
    }
    let lengths = [
        ("flag_masks", masks.as_ref().map(Vec::len)),
        ("flag_values", values.as_ref().map(Vec::len)),
    ];
    for (name, len) in lengths {
        if let Some(len) = len
            && len != meanings.len()
        {
            return Err(Error::mismatch(format!(
                "{len} \"{name}\" for {} \"flag_meanings\" ({})",
                meanings.len(),
                meanings.join(" ")
            )));
        }
    }
    let mut masks = masks.into_iter().flatten();
    let mut values = values.into_iter().flatten();
    Ok(meanings
        .into_iter()
        .map(|meaning| Flag { meaning, mask: masks.next(), value: values.next() })
        .collect())
}

/// Integers of an attribute, in the signedness of the values they are compared with.
fn numbers(attr: &AttrValue, var: &Variable) -> Result<Vec<i64>> {
    let unsigned = var.encoding().unsigned == Some(true)
        || matches!(var.dtype(), DType::U8 | DType::U16 | DType::U32 | DType::U64);
    let bits = attr.dtype().size().unwrap_or(8).saturating_mul(8);
    let wide = attr.array().cast(&DType::I64)?.to_flat::<i64>()?;
    let keep = if bits < 64 { (1i64 << bits) - 1 } else { -1 };
    Ok(wide.into_iter().map(|n| if unsigned && n < 0 { n & keep } else { n }).collect())
}

fn values(attr: &AttrValue, var: &Variable, wanted: usize) -> Result<Vec<FlagValue>> {
    let is_text = matches!(var.dtype(), DType::Str | DType::Bytes(_) | DType::Char);
    if !is_text && (attr.dtype().is_real() || *attr.dtype() == DType::Bool) {
        return Ok(numbers(attr, var)?.into_iter().map(FlagValue::Number).collect());
    }
    let texts = match attr.as_str() {
        // One text for many meanings: a word or a character for each.
        Some(text) if wanted != 1 => {
            let words: Vec<String> =
                text.split([' ', ',']).filter(|w| !w.is_empty()).map(str::to_owned).collect();
            if words.len() == wanted { words } else { text.chars().map(String::from).collect() }
        }
        _ => attr.texts(),
    };
    if is_text {
        return Ok(texts.into_iter().map(FlagValue::Text).collect());
    }
    let number = |text: &String| {
        let parsed = text.trim().trim_end_matches(['b', 's', 'L']).parse();
        parsed.map(FlagValue::Number).map_err(|_| {
            Error::invalid(format!("\"flag_values\" has \"{text}\", which is no integer"))
        })
    };
    texts.iter().map(number).collect()
}

impl Flags {
    /// The flags in the order of the attributes.
    #[must_use]
    pub fn all(&self) -> &[Flag] {
        &self.all
    }

    /// The meanings in the order of the attributes.
    pub fn meanings(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|f| f.meaning.as_str())
    }

    /// Where a condition holds; faulted if there is none of this meaning.
    #[track_caller]
    pub fn eq(&self, meaning: &str) -> DataArray {
        self.array.array_verb(
            || format!("flags().eq({meaning:?})"),
            |array| bare(array, self.test(self.find(meaning)?)?),
        )
    }

    /// Where a condition does not hold.
    #[track_caller]
    pub fn ne(&self, meaning: &str) -> DataArray {
        self.eq(meaning).not()
    }

    /// Where at least one of some conditions holds.
    #[track_caller]
    pub fn is_in<'a>(&self, meanings: impl IntoIterator<Item = &'a str>) -> DataArray {
        let meanings: Vec<&str> = meanings.into_iter().collect();
        self.array.array_verb(
            || format!("flags().is_in({meanings:?})"),
            |array| {
                let (first, rest) = meanings
                    .split_first()
                    .ok_or_else(|| Error::invalid("no meanings to look for"))?;
                let mut made = self.test(self.find(first)?)?;
                for meaning in rest {
                    made = made.zipped(ZipOp::Or, &self.test(self.find(meaning)?)?)?;
                }
                bare(array, made)
            },
        )
    }

    /// How often each condition holds, over some dimensions: an array with the dimension
    /// `flag_meaning` before those that remain.
    #[track_caller]
    pub fn count(&self, over: impl Into<Over>) -> DataArray {
        let over = over.into();
        let place = Location::caller();
        if self.array.fault().is_some() {
            return self.array.clone();
        }
        let each: Vec<DataArray> =
            self.all.iter().map(|f| self.eq(&f.meaning).sum(over.clone())).collect();
        let counted = each.iter().try_fold(Vec::new(), |mut parts, made| {
            made.set.sound()?;
            let var = made.main()?;
            let dims: Dims = [DIM.into()].into_iter().chain(var.dims().iter().cloned()).collect();
            let shape: Vec<usize> = [1].into_iter().chain(var.shape().iter().copied()).collect();
            parts.push(var.spread(&dims, &shape)?);
            Ok(parts)
        });
        let made = counted.and_then(|parts| {
            let first = each.first().ok_or_else(|| Error::invalid("there are no flags"))?;
            let rest = first.main()?.dims().clone();
            let dims: Dims = [DIM.into()].into_iter().chain(rest.iter().cloned()).collect();
            let data = graticule_lazy::LazyArray::concat(&parts, 0)?;
            let var = Variable::new(dims, data)?.with_attrs(Attrs::new().with("units", "1"));
            let texts: Vec<Text> = self.meanings().map(Text::from).collect();
            let labels = Variable::new(DIM, Array::from_vec([texts.len()], texts)?)?;
            let made = first.with_main(var)?.with_coord_variable(DIM, labels);
            made.check()
        });
        match made {
            Ok(made) => made,
            Err(error) => {
                let set = self.array.set.faulted(error, format!("flags().count({over})"), place);
                DataArray { set, name: self.array.name.clone() }
            }
        }
    }

    /// The meaning of each element as text, to group by; missing where no condition holds.
    /// Faulted if several conditions can hold at once.
    #[track_caller]
    pub fn labels(&self) -> DataArray {
        self.array.array_verb(
            || "flags().labels()".into(),
            |array| {
                if let Some(flag) = self.overlap() {
                    return Err(Error::invalid(format!(
                        "\"{}\" can hold together with other flags",
                        flag.meaning
                    ))
                    .hint("look at one flag at a time: flags().eq(\"...\")"));
                }
                let var = array.main()?;
                let text =
                    |t: Text| -> Result<Variable> { Variable::new(Dims::none(), Array::scalar(t)) };
                let mut made = text(Text::missing())?;
                for flag in self.all.iter().rev() {
                    made = text(Text::from(flag.meaning.as_str()))?
                        .chosen(&self.test(flag)?, &made)?;
                }
                let data = made.spread(var.dims(), var.shape())?;
                bare(array, Variable::new(var.dims().clone(), data)?)
            },
        )
    }

    /// One boolean variable for each condition.
    #[track_caller]
    pub fn to_dataset(&self) -> Dataset {
        let mut set = self.array.set.coords().to_dataset();
        for flag in &self.all {
            let made = self.eq(&flag.meaning);
            if let Some(fault) = made.fault() {
                return set.carrying(fault);
            }
            set = set.with_variable(flag.meaning.as_str(), made.variable());
        }
        match self.array.fault() {
            Some(fault) => set.carrying(fault),
            None => set,
        }
    }

    fn find(&self, meaning: &str) -> Result<&Flag> {
        self.all.iter().find(|f| f.meaning == meaning).ok_or_else(|| {
            let known: Vec<&str> = self.meanings().collect();
            let error = Error::not_found(format!(
                "no flag means \"{meaning}\" (there are {})",
                known.join(", ")
            ));
            match did_you_mean(meaning, known.iter().copied()) {
                Some(hint) => error.hint(hint),
                None => error,
            }
        })
    }

    /// A flag that can hold together with another one.
    fn overlap(&self) -> Option<&Flag> {
        let mut masks = self.all.iter().map(|f| f.mask);
        let first = masks.next()?;
        let same =
            first.is_none_or(|_| self.all.iter().all(|f| f.mask == first && f.value.is_some()));
        if same { None } else { self.all.first() }
    }

    /// Where a condition holds, over the array's dimensions.
    fn test(&self, flag: &Flag) -> Result<Variable> {
        let var = self.array.main()?;
        if let (Some(FlagValue::Text(text)), None) = (&flag.value, flag.mask) {
            return same_text(var, text);
        }
        // Decoding turns integers with a fill value into floats.
        let whole = if var.dtype().is_float() {
            let filled = var.mapped(MapOp::FillMissing(Scalar::F64(0.0)))?;
            filled.mapped(MapOp::Cast(DType::I64))?
        } else {
            var.clone()
        };
        let dtype = whole.dtype().clone();
        let with =
            |op: ZipOp, n: i64| MapOp::With { op, scalar: integer(n, &dtype), scalar_first: false };
        let masked = match flag.mask {
            Some(mask) => whole.mapped(with(ZipOp::And, mask))?,
            None => whole,
        };
        let made = match &flag.value {
            Some(FlagValue::Number(n)) => masked.mapped(with(ZipOp::Eq, *n))?,
            Some(FlagValue::Text(t)) => {
                return Err(Error::mismatch(format!(
                    "the flag value \"{t}\" for elements of type {}",
                    var.dtype()
                )));
            }
            None => masked.mapped(with(ZipOp::Ne, 0))?,
        };
        if var.dtype().is_float() {
            return made.zipped(ZipOp::And, &var.mapped(MapOp::NotMissing)?);
        }
        Ok(made)
    }
}

fn same_text(var: &Variable, text: &str) -> Result<Variable> {
    let texts = match var.dtype() {
        DType::Str => var.clone(),
        DType::Char | DType::Bytes(_) => {
            var.mapped(MapOp::TextFrom(graticule_array::TextEncoding::Utf8))?
        }
        other => {
            return Err(Error::mismatch(format!(
                "the flag value \"{text}\" for elements of type {other}"
            )));
        }
    };
    let equal =
        MapOp::With { op: ZipOp::Eq, scalar: Scalar::Str(Text::from(text)), scalar_first: false };
    texts.mapped(equal)
}

/// A number in an integer type, by its bits where the signedness differs.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // bits are what counts
fn integer(n: i64, dtype: &DType) -> Scalar {
    match dtype {
        DType::I8 => Scalar::I8(n as i8),
        DType::I16 => Scalar::I16(n as i16),
        DType::I32 => Scalar::I32(n as i32),
        DType::U8 => Scalar::U8(n as u8),
        DType::U16 => Scalar::U16(n as u16),
        DType::U32 => Scalar::U32(n as u32),
        DType::U64 => Scalar::U64(n as u64),
        _ => Scalar::I64(n),
    }
}

/// A condition on an array, without the attributes that describe its values.
fn bare(array: &DataArray, made: Variable) -> Result<DataArray> {
    array.with_main(made.with_attrs(Attrs::new()))
}
