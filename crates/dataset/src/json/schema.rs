//! Schemas as JSON and back.

use graticule_array::{Error, Result};

use super::{Json, read, write};
use crate::compare::{Schema, VariableSchema};
use crate::dims::Dims;
use crate::name::Name;

impl Schema {
    /// The schema as JSON, to be kept beside data or sent elsewhere: `dims` with their lengths,
    /// `attrs`, and `variables` in order, each with `coord`, `dims`, `dtype`, `chunks` and `attrs`.
    ///
    /// ```
    /// use graticule_dataset::{Dataset, Schema};
    /// let schema = Dataset::new().with_var("v", ["t", "x"], (vec![0.0f32; 6], [2, 3])).schema();
    /// let text = schema.to_json()?;
    /// assert!(text.contains(r#""dtype":"float32""#));
    /// assert_eq!(Schema::from_json(&text)?, schema);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// If an attribute has no text.
    pub fn to_json(&self) -> Result<String> {
        let number = |n: &usize| Json::Number(n.to_string());
        let sizes = self.sizes.iter().map(|(dim, n)| (dim.to_string(), number(n)));
        let variables = self.variables.iter().map(|var| {
            let dims = var.dims.iter().map(|d| Json::Text(d.to_string()));
            let chunks = match &var.chunks {
                Some(chunks) => Json::List(chunks.iter().map(number).collect()),
                None => Json::Null,
            };
            let made = write::object([
                ("coord", Json::Bool(var.coord)),
                ("dims", Json::List(dims.collect())),
                ("dtype", Json::Text(write::type_name(&var.dtype))),
                ("chunks", chunks),
                ("attrs", write::attrs(&var.attrs).map_err(|e| e.in_variable(&*var.name))?),
            ]);
            Ok((var.name.to_string(), made))
        });
        let made = write::object([
            ("dims", Json::Object(sizes.collect())),
            ("attrs", write::attrs(&self.attrs)?),
            ("variables", Json::Object(variables.collect::<Result<_>>()?)),
        ]);
        Ok(made.to_string())
    }

    /// The schema that [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    /// If the text is not JSON, or not in that layout; the message names the variable.
    pub fn from_json(text: &str) -> Result<Self> {
        let json = Json::parse(text)?;
        let member = |name: &str| {
            json.get(name).ok_or_else(|| Error::corrupt(format!("no member \"{name}\"")))
        };
        let sizes = member("dims")?.members().iter();
        let sizes = sizes.map(|(dim, len)| Ok((Name::from(dim), whole(len)?)));
        let variables = member("variables")?.members().iter().map(|(name, var)| {
            let made = variable(Name::from(name), var);
            made.map_err(|e| e.in_variable(name.as_str()))
        });
        Ok(Self {
            sizes: sizes.collect::<Result<_>>()?,
            variables: variables.collect::<Result<_>>()?,
            attrs: read::attrs(json.get("attrs"))?,
        })
    }
}

fn whole(json: &Json) -> Result<usize> {
    let number = if let Json::Number(text) = json { text.parse().ok() } else { None };
    number.ok_or_else(|| Error::corrupt("a length is no whole number"))
}

fn variable(name: Name, json: &Json) -> Result<VariableSchema> {
    let dtype = json.get("dtype").and_then(Json::text);
    let dtype = dtype.ok_or_else(|| Error::corrupt("no member \"dtype\""))?;
    let chunks = match json.get("chunks") {
        Some(Json::List(chunks)) => Some(chunks.iter().map(whole).collect::<Result<_>>()?),
        _ => None,
    };
    let dims: Dims = read::dims(json)?;
    Ok(VariableSchema {
        name,
        coord: json.get("coord") == Some(&Json::Bool(true)),
        dims,
        dtype: read::type_named(dtype)?,
        chunks,
        attrs: read::attrs(json.get("attrs"))?,
    })
}
