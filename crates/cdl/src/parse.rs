//! From the text to groups, dimensions, variables.

use std::collections::HashMap;
use std::sync::Arc;

use graticule_array::{Array, ChunkGrid, DType, Error, Result, Scalar};
use graticule_storage::{
    ChunkSource, FillSource, FilterSpec, MemorySource, RawAttr, RawDim, RawGroup, RawVar, Storage,
};

use crate::token::{Token, tokens};
use crate::types::{Type, default_fill};
use crate::value::{self, Value};

/// Groups within groups.
const DEEPEST: usize = 64;
/// Data that is shorter than its variable is filled up, to this many elements.
const FILLED: usize = 1 << 24;

/// Reads a text.
///
/// # Errors
/// If it is not CDL, or uses compound types; the message names the line.
pub fn parse(text: &str) -> Result<RawGroup> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, scopes: Vec::new() };
    let made = parser.file();
    made.map_err(|e| e.context(format!("at line {}", parser.line())))
}

/// What a group is divided into.
const SECTIONS: [&str; 5] = ["types", "dimensions", "variables", "data", "group"];

struct Parser {
    tokens: Vec<(Token, usize)>,
    at: usize,
    /// What the groups around the present one declare.
    scopes: Vec<Scope>,
}

#[derive(Default)]
struct Scope {
    types: HashMap<String, Type>,
    dims: Vec<RawDim>,
    attrs: Vec<RawAttr>,
    vars: Vec<Declared>,
    groups: Vec<RawGroup>,
}

struct Declared {
    name: String,
    of: Type,
    dims: Vec<String>,
    attrs: Vec<RawAttr>,
    storage: Storage,
    data: Option<Vec<Value>>,
}

impl Parser {
    fn line(&self) -> usize {
        let at = self.at.min(self.tokens.len().saturating_sub(1));
        self.tokens.get(at).map_or(0, |(_, line)| *line)
    }

    fn peek(&self) -> &Token {
        self.ahead(0)
    }

    fn ahead(&self, n: usize) -> &Token {
        self.tokens.get(self.at.saturating_add(n)).map_or(&Token::End, |(t, _)| t)
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    fn take(&mut self, sign: char) -> bool {
        let found = *self.peek() == Token::Sign(sign);
        self.at += usize::from(found);
        found
    }

    fn need(&mut self, sign: char) -> Result<()> {
        if self.take(sign) { Ok(()) } else { Err(self.unexpected(&format!("\"{sign}\""))) }
    }

    fn word(&mut self, what: &str) -> Result<String> {
        match self.peek().clone() {
            Token::Word(word) => {
                self.at += 1;
                Ok(word)
            }
            _ => Err(self.unexpected(what)),
        }
    }

    fn unexpected(&self, wanted: &str) -> Error {
        let found = match self.peek() {
            Token::Word(word) => format!("\"{word}\""),
            Token::Text(_) => "a text".to_owned(),
            Token::Sign(sign) => format!("\"{sign}\""),
            Token::Currently(_) => "a comment".to_owned(),
            Token::End => "the end".to_owned(),
        };
        Error::corrupt(format!("expected {wanted}, found {found}"))
    }

    fn scope(&mut self) -> Result<&mut Scope> {
        self.scopes.last_mut().ok_or_else(|| Error::bug("no group is open"))
    }

    fn file(&mut self) -> Result<RawGroup> {
        if self.word("\"netcdf\"")? != "netcdf" {
            return Err(Error::corrupt("the text does not begin with \"netcdf\""));
        }
        while !matches!(self.peek(), Token::Sign('{') | Token::End) {
            self.at += 1;
        }
        self.group(String::new())
    }

    /// From `{` to `}`.
    fn group(&mut self, name: String) -> Result<RawGroup> {
        if self.scopes.len() >= DEEPEST {
            return Err(Error::unsupported(format!(
                "more than {DEEPEST} groups within each other"
            )));
        }
        self.need('{')?;
        self.scopes.push(Scope::default());
        loop {
            let section = matches!(self.ahead(1), Token::Sign(':'));
            match self.peek().clone() {
                Token::Sign('}') => break,
                Token::Word(word) if section && word == "types" => self.section(Self::one_type)?,
                Token::Word(word) if section && word == "dimensions" => {
                    self.section(Self::dimension)?;
                }
                Token::Word(word) if section && word == "variables" => {
                    self.section(Self::declaration)?;
                }
                Token::Word(word) if section && word == "data" => self.section(Self::datum)?,
                Token::Word(word) if section && word == "group" => {
                    self.at += 2;
                    let name = self.word("the name of a group")?;
                    let made = self.group(name)?;
                    self.scope()?.groups.push(made);
                }
                Token::Sign(':') | Token::Word(_) => self.declaration()?,
                Token::Currently(_) => self.at += 1,
                _ => return Err(self.unexpected("a section or \"}\"")),
            }
        }
        self.need('}')?;
        self.close(name)
    }

    fn section(&mut self, item: impl Fn(&mut Self) -> Result<()>) -> Result<()> {
        self.at += 2;
        loop {
            let heading = match self.peek() {
                Token::Word(word) => {
                    SECTIONS.contains(&word.as_str())
                        && *self.ahead(1) == Token::Sign(':')
                        && !self.is_attribute_of(word)
                }
                Token::Currently(_) => {
                    self.at += 1;
                    continue;
                }
                _ => false,
            };
            if heading || matches!(self.peek(), Token::Sign('}') | Token::End) {
                return Ok(());
            }
            item(self)?;
        }
    }

    /// Whether `data:units` is about a variable called `data`: then nothing stands between.
    fn is_attribute_of(&self, word: &str) -> bool {
        let line = |n: usize| self.tokens.get(self.at.saturating_add(n)).map(|(_, line)| *line);
        let declared = self.scopes.last().is_some_and(|s| s.vars.iter().any(|v| v.name == word));
        declared && line(1) == line(2) && *self.ahead(3) == Token::Sign('=')
    }

    fn number(&mut self, what: &str) -> Result<usize> {
        let word = self.word(what)?;
        word.parse().map_err(|_| Error::corrupt(format!("{word} where {what} is expected")))
    }

    fn one_type(&mut self) -> Result<()> {
        let first = self.word("a type")?;
        let (name, made) = match first.as_str() {
            "opaque" => {
                self.need('(')?;
                let size = self.number("a number of bytes")?;
                self.need(')')?;
                (self.word("the name of a type")?, Type::Opaque(size))
            }
            "compound" => {
                let name = self.word("the name of a type")?;
                return Err(Error::unsupported(format!("the compound type {name} as text"))
                    .hint("make a netCDF file of it with ncgen"));
            }
            base => {
                let base = self.type_named(base)?.dtype();
                if self.take('(') {
                    self.need('*')?;
                    self.need(')')?;
                    (self.word("the name of a type")?, Type::List(base))
                } else {
                    if self.word("\"enum\"")? != "enum" {
                        return Err(Error::corrupt("a type that is no enum, opaque or list"));
                    }
                    let name = self.word("the name of a type")?;
                    (name, Type::Enum(base, self.members()?))
                }
            }
        };
        self.need(';')?;
        self.scope()?.types.insert(name, made);
        Ok(())
    }

    fn members(&mut self) -> Result<Vec<(String, i64)>> {
        self.need('{')?;
        let mut members = Vec::new();
        loop {
            let name = match self.next() {
                Token::Word(word) => word,
                Token::Text(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
                _ => return Err(self.unexpected("a name")),
            };
            self.need('=')?;
            let value = self.word("a number")?;
            let value = value.parse().map_err(|_| Error::corrupt(format!("{name} = {value}")))?;
            members.push((name, value));
            if !self.take(',') {
                break;
            }
        }
        self.need('}')?;
        Ok(members)
    }

    fn type_named(&self, name: &str) -> Result<Type> {
        let own = name.rsplit('/').next().unwrap_or(name);
        let found = self.scopes.iter().rev().find_map(|s| s.types.get(own).cloned());
        found
            .or_else(|| Type::named(name))
            .ok_or_else(|| Error::corrupt(format!("there is no type \"{name}\"")))
    }

    fn dimension(&mut self) -> Result<()> {
        loop {
            let name = self.word("the name of a dimension")?;
            self.need('=')?;
            let len = self.word("a length")?;
            let unlimited = len.eq_ignore_ascii_case("unlimited");
            let len = match len.parse() {
                Ok(len) => len,
                Err(_) if unlimited => 0,
                Err(_) => return Err(Error::corrupt(format!("{len} where a length is expected"))),
            };
            self.scope()?.dims.push(RawDim { name, len, unlimited });
            if !self.take(',') {
                break;
            }
        }
        self.need(';')?;
        if let Token::Currently(now) = *self.peek() {
            self.at += 1;
            if let Some(dim) = self.scope()?.dims.last_mut().filter(|d| d.unlimited) {
                dim.len = now;
            }
        }
        Ok(())
    }

    /// A variable, or an attribute of one or of the group.
    fn declaration(&mut self) -> Result<()> {
        if self.take(':') {
            return self.attribute(None, None);
        }
        let first = self.word("a type or a variable")?;
        if *self.peek() == Token::Sign(':') {
            let known = self.scope()?.vars.iter().any(|v| v.name == first);
            self.at += 1;
            return match (known, self.type_named(&first)) {
                (false, Ok(of)) => self.attribute(None, Some(&of)),
                _ => self.attribute(Some(&first), None),
            };
        }
        let of = self.type_named(&first)?;
        if matches!(self.ahead(1), Token::Sign(':')) {
            let var = self.word("a variable")?;
            self.need(':')?;
            return self.attribute(Some(&var), Some(&of));
        }
        loop {
            let name = self.word("the name of a variable")?;
            let mut dims = Vec::new();
            if self.take('(') {
                loop {
                    let dim = self.word("a dimension")?;
                    dims.push(dim.rsplit('/').next().unwrap_or(&dim).to_owned());
                    if !self.take(',') {
                        break;
                    }
                }
                self.need(')')?;
            }
            let storage = Storage {
                enumeration: match &of {
                    Type::Enum(_, names) => names.clone(),
                    _ => Vec::new(),
                },
                ..Storage::default()
            };
            let of = of.clone();
            let var = Declared { name, of, dims, attrs: Vec::new(), storage, data: None };
            self.scope()?.vars.push(var);
            if !self.take(',') {
                break;
            }
        }
        self.need(';')
    }

    fn attribute(&mut self, var: Option<&str>, of: Option<&Type>) -> Result<()> {
        let name = self.word("the name of an attribute")?;
        let values = if self.take('=') { self.values()? } else { Vec::new() };
        self.need(';')?;
        let scope = self.scope()?;
        let (attrs, declared) = match var {
            None => (&mut scope.attrs, None),
            Some(var) => {
                let found = scope.vars.iter_mut().find(|v| v.name == var);
                let found = found.ok_or_else(|| {
                    Error::corrupt(format!("\"{var}:{name}\" is of no variable declared before"))
                })?;
                (&mut found.attrs, Some((&mut found.storage, found.of.clone())))
            }
        };
        if name == "_FillValue" && of.is_none() {
            let own = declared.map(|(_, of)| of);
            let value = value::attribute(own.as_ref(), &values)?;
            attrs.push(RawAttr { name, value });
            return Ok(());
        }
        if values.is_empty() {
            attrs.push(RawAttr { name, value: Array::scalar(graticule_array::Text::from("")) });
            return Ok(());
        }
        let value = value::attribute(of, &values)?;
        let of_format = ["_Format", "_NCProperties", "_IsNetcdf4", "_SuperblockVersion"]
            .contains(&name.as_str());
        let taken = match declared {
            Some((storage, _)) => special(storage, &name, &value),
            None => of_format,
        };
        if !taken {
            attrs.push(RawAttr { name, value });
        }
        Ok(())
    }

    /// Values up to `;` or `}`.
    fn values(&mut self) -> Result<Vec<Value>> {
        // Without recursion: a stack of open braces.
        let mut stack: Vec<Vec<Value>> = vec![Vec::new()];
        loop {
            let value = match self.peek() {
                Token::Sign(';') if stack.len() == 1 => break,
                Token::Sign(',') => {
                    self.at += 1;
                    continue;
                }
                Token::Sign('{') => {
                    self.at += 1;
                    if stack.len() > DEEPEST {
                        return Err(Error::corrupt("braces are nested too deeply"));
                    }
                    stack.push(Vec::new());
                    continue;
                }
                Token::Sign('}') if stack.len() > 1 => {
                    self.at += 1;
                    Value::List(stack.pop().unwrap_or_default())
                }
                Token::Word(_) | Token::Text(_) => match self.next() {
                    Token::Text(bytes) => Value::Text(bytes),
                    Token::Word(word) => Value::Word(word),
                    _ => return Err(Error::bug("a token changed")),
                },
                Token::Currently(_) => {
                    self.at += 1;
                    continue;
                }
                _ => return Err(self.unexpected("a value or \";\"")),
            };
            if let Some(open) = stack.last_mut() {
                open.push(value);
            }
        }
        Ok(stack.pop().unwrap_or_default())
    }

    fn datum(&mut self) -> Result<()> {
        let name = self.word("the name of a variable")?;
        self.need('=')?;
        let values = self.values()?;
        self.need(';')?;
        let found = self.scope()?.vars.iter_mut().find(|v| v.name == name);
        let var = found
            .ok_or_else(|| Error::corrupt(format!("data of \"{name}\", which is not declared")))?;
        var.data = Some(values);
        Ok(())
    }

    /// What the group declared becomes a group.
    fn close(&mut self, name: String) -> Result<RawGroup> {
        self.grow()?;
        let scope = self.scopes.pop().ok_or_else(|| Error::bug("no group is open"))?;
        let mut group = RawGroup {
            name,
            dims: scope.dims,
            attrs: scope.attrs,
            groups: scope.groups,
            ..RawGroup::default()
        };
        for var in scope.vars {
            let mut shape = Vec::with_capacity(var.dims.len());
            for dim in &var.dims {
                let own = group.dims.iter().find(|d| d.name == *dim).cloned();
                let outer = || {
                    self.scopes.iter().rev().find_map(|s| s.dims.iter().find(|d| d.name == *dim))
                };
                let known = own.clone().or_else(|| outer().cloned()).ok_or_else(|| {
                    Error::corrupt(format!("there is no dimension \"{dim}\""))
                        .in_variable(&var.name)
                })?;
                shape.push(known.len);
                if own.is_none() {
                    group.dims.push(known);
                }
            }
            let name = var.name.clone();
            group.vars.push(finished(var, &shape).map_err(|e| e.in_variable(&name))?);
        }
        Ok(group)
    }

    /// Unlimited dimensions without a length get that of their longest data.
    fn grow(&mut self) -> Result<()> {
        let outer: Vec<RawDim> = self.scopes.iter().flat_map(|s| s.dims.iter().cloned()).collect();
        let scope = self.scope()?;
        for var in &scope.vars {
            let (Some(values), Some(first)) = (&var.data, var.dims.first()) else { continue };
            let inner = var
                .dims
                .iter()
                .skip(1)
                .map(|d| outer.iter().rev().find(|o| o.name == *d).map_or(1, |o| o.len));
            let inner = inner.fold(1usize, usize::saturating_mul).max(1);
            let count = if var.of == Type::Plain(DType::Char) && var.dims.len() > 1 {
                values.len()
            } else {
                flattened(&var.of, values).len().div_ceil(inner)
            };
            if let Some(dim) = scope.dims.iter_mut().find(|d| d.name == *first && d.unlimited) {
                dim.len = dim.len.max(count);
            }
        }
        Ok(())
    }
}

/// Storage that `ncdump -s` tells by attributes.
fn special(storage: &mut Storage, name: &str, value: &Array) -> bool {
    let numbers = || value.cast(&DType::I64).and_then(|a| a.reshape(&[a.len()])?.to_flat::<i64>());
    let text = || value.item().ok().and_then(|s| s.as_str().map(str::to_owned)).unwrap_or_default();
    match name {
        "_ChunkSizes" => {
            let sizes = numbers().unwrap_or_default();
            storage.chunks = sizes.into_iter().map(|n| usize::try_from(n).ok()).collect();
        }
        "_DeflateLevel" => {
            let level = numbers().ok().and_then(|n| u32::try_from(*n.first()?).ok());
            storage.filters.extend(level.map(FilterSpec::deflate));
        }
        "_Shuffle" => storage.filters.insert(0, FilterSpec::shuffle()),
        "_Endianness" => storage.big_endian = text() == "big",
        "_Storage" | "_NoFill" | "_Fletcher32" | "_Codecs" | "_Filter" => {}
        _ => return false,
    }
    true
}

/// Braces around the steps of an unlimited dimension mean nothing.
fn flattened(of: &Type, values: &[Value]) -> Vec<Value> {
    if matches!(of, Type::List(_)) {
        return values.to_vec();
    }
    let mut out = Vec::with_capacity(values.len());
    let mut waiting: Vec<&Value> = values.iter().rev().collect();
    while let Some(value) = waiting.pop() {
        match value {
            Value::List(inner) => waiting.extend(inner.iter().rev()),
            other => out.push(other.clone()),
        }
    }
    out
}

fn finished(var: Declared, shape: &[usize]) -> Result<RawVar> {
    let dtype = var.of.dtype();
    let stated = var.attrs.iter().find(|a| a.name == "_FillValue");
    let fill: Option<Scalar> = stated.and_then(|a| a.value.item().ok());
    let fill = fill.filter(|f| f.dtype() == dtype).or_else(|| default_fill(&dtype));
    let source: Arc<dyn ChunkSource> = match &var.data {
        None => {
            let chunk: Vec<usize> = shape.iter().map(|n| (*n).clamp(1, 1024)).collect();
            Arc::new(FillSource::new(dtype, ChunkGrid::even(shape, &chunk), fill))
        }
        Some(values) => {
            let values = flattened(&var.of, values);
            Arc::new(MemorySource::new(shaped(&var.of, &values, shape, fill.as_ref())?))
        }
    };
    let (name, dims, attrs, storage) = (var.name, var.dims, var.attrs, var.storage);
    Ok(RawVar { name, dims, attrs, storage, source })
}

fn shaped(of: &Type, values: &[Value], shape: &[usize], fill: Option<&Scalar>) -> Result<Array> {
    let count = shape.iter().try_fold(1usize, |n, l| n.checked_mul(*l));
    let count = count.filter(|n| *n <= FILLED.max(values.len()));
    let count = count.ok_or_else(|| {
        Error::corrupt(format!("{} values do not fill the shape {shape:?}", values.len()))
    })?;
    if *of == Type::Plain(DType::Char) {
        let row = shape.last().copied().unwrap_or(1);
        return value::characters(values, count, row)?.reshape(shape);
    }
    let given = value::array(of, values, fill)?;
    if given.len() > count {
        return Err(Error::corrupt(format!(
            "{} values are too many for the shape {shape:?}",
            given.len()
        )));
    }
    let missing = count - given.len();
    if missing == 0 {
        return given.reshape(shape);
    }
    let rest = match fill {
        Some(value) => value.fill(&[missing])?,
        None => Array::zeros(given.dtype(), &[missing])?,
    };
    Array::concat(&[given, rest], 0)?.reshape(shape)
}
