//! JSON texts (RFC 8259), objects in their order; `NaN` and `Infinity` as Python writes them are
//! read too.

use std::fmt;

use graticule_array::{Error, Result};

/// Values within values.
const DEEPEST: usize = 256;

/// A value. Numbers keep their digits.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let mut reader = Reader { rest: text, whole: text.len(), depth: 0 };
        let value = reader.value();
        let value = value.and_then(|value| match reader.space() {
            None => Ok(value),
            Some(_) => Err(Error::corrupt("something follows the value")),
        });
        value.map_err(|e| {
            e.context(format!("at byte {} of the JSON", reader.whole - reader.rest.len()))
        })
    }

    /// The member of an object.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(key, _)| key == name).map(|(_, v)| v),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(crate) fn members(&self) -> &[(String, Self)] {
        if let Self::Object(members) = self { members } else { &[] }
    }
}

struct Reader<'a> {
    rest: &'a str,
    whole: usize,
    depth: usize,
}

impl Reader<'_> {
    /// The next character behind white space.
    fn space(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
        self.rest.chars().next()
    }

    fn take(&mut self, c: char) -> bool {
        let found = self.space() == Some(c);
        if found {
            self.rest = self.rest.get(c.len_utf8()..).unwrap_or("");
        }
        found
    }

    fn need(&mut self, c: char) -> Result<()> {
        if self.take(c) { Ok(()) } else { Err(Error::corrupt(format!("expected \"{c}\""))) }
    }

    fn value(&mut self) -> Result<Json> {
        if self.depth >= DEEPEST {
            return Err(Error::corrupt(format!("more than {DEEPEST} values within each other")));
        }
        self.depth += 1;
        let made = self.any();
        self.depth -= 1;
        made
    }

    fn any(&mut self) -> Result<Json> {
        match self.space() {
            None => Err(Error::corrupt("the text ends where a value is expected")),
            Some('"') => self.string().map(Json::Text),
            Some('[') => {
                self.need('[')?;
                let mut items = Vec::new();
                if self.take(']') {
                    return Ok(Json::List(items));
                }
                loop {
                    items.push(self.value()?);
                    if !self.take(',') {
                        break;
                    }
                }
                self.need(']')?;
                Ok(Json::List(items))
            }
            Some('{') => {
                self.need('{')?;
                let mut members = Vec::new();
                if self.take('}') {
                    return Ok(Json::Object(members));
                }
                loop {
                    if self.space() != Some('"') {
                        return Err(Error::corrupt("expected a name in quotes"));
                    }
                    let name = self.string()?;
                    self.need(':')?;
                    members.push((name, self.value()?));
                    if !self.take(',') {
                        break;
                    }
                }
                self.need('}')?;
                Ok(Json::Object(members))
            }
            Some(_) => self.word(),
        }
    }

    fn word(&mut self) -> Result<Json> {
        let end = self.rest.find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)));
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        let made = match word {
            "null" => Json::Null,
            "true" => Json::Bool(true),
            "false" => Json::Bool(false),
            "NaN" | "Infinity" | "-Infinity" => Json::Text(word.to_owned()),
            // Rust reads more as a number than JSON allows: words.
            number
                if number.chars().any(|c| c.is_ascii_digit()) && number.parse::<f64>().is_ok() =>
            {
                Json::Number(number.to_owned())
            }
            other => return Err(Error::corrupt(format!("\"{other}\" is no value"))),
        };
        self.rest = rest;
        Ok(made)
    }

    fn string(&mut self) -> Result<String> {
        self.need('"')?;
        let open = || Error::corrupt("a text in quotes does not end");
        let mut out = String::new();
        loop {
            let c = self.rest.chars().next().ok_or_else(open)?;
            self.rest = self.rest.get(c.len_utf8()..).unwrap_or("");
            match c {
                '"' => return Ok(out),
                '\\' => {
                    let c = self.rest.chars().next().ok_or_else(open)?;
                    self.rest = self.rest.get(c.len_utf8()..).unwrap_or("");
                    out.push(match c {
                        'n' => '\n',
                        't' => '\t',
                        'r' => '\r',
                        'b' => '\u{8}',
                        'f' => '\u{c}',
                        'u' => self.unicode()?,
                        '"' | '\\' | '/' => c,
                        other => return Err(Error::corrupt(format!("no escape \"\\{other}\""))),
                    });
                }
                c => out.push(c),
            }
        }
    }

    /// The four digits behind `\u`, and those of a second half where there is one.
    fn unicode(&mut self) -> Result<char> {
        let mut four = || -> Result<u32> {
            let digits = self.rest.get(..4).and_then(|d| u32::from_str_radix(d, 16).ok());
            let digits = digits.ok_or_else(|| Error::corrupt("no four digits behind \"\\u\""))?;
            self.rest = self.rest.get(4..).unwrap_or("");
            Ok(digits)
        };
        let first = four()?;
        if !(0xd800..0xdc00).contains(&first) {
            return Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let Some(rest) = self.rest.strip_prefix("\\u") else {
            return Ok(char::REPLACEMENT_CHARACTER);
        };
        self.rest = rest;
        let mut four = || -> Result<u32> {
            let digits = self.rest.get(..4).and_then(|d| u32::from_str_radix(d, 16).ok());
            let digits = digits.ok_or_else(|| Error::corrupt("no four digits behind \"\\u\""))?;
            self.rest = self.rest.get(4..).unwrap_or("");
            Ok(digits)
        };
        let second = four()?;
        let low = second.wrapping_sub(0xdc00) & 0x3ff;
        let code = 0x1_0000 + ((first - 0xd800) << 10) + low;
        Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
    }
}

fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\t' => f.write_str("\\t")?,
            '\r' => f.write_str("\\r")?,
            c if (c as u32) < 32 => write!(f, "\\u{:04x}", c as u32)?,
            c => write!(f, "{c}")?,
        }
    }
    f.write_str("\"")
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(v) => write!(f, "{v}"),
            Self::Number(v) => f.write_str(v),
            Self::Text(v) => quoted(f, v),
            Self::List(items) => {
                f.write_str("[")?;
                for (i, item) in items.iter().enumerate() {
                    let comma = if i == 0 { "" } else { "," };
                    write!(f, "{comma}{item}")?;
                }
                f.write_str("]")
            }
            Self::Object(members) => {
                f.write_str("{")?;
                for (i, (name, value)) in members.iter().enumerate() {
                    f.write_str(if i == 0 { "" } else { "," })?;
                    quoted(f, name)?;
                    write!(f, ":{value}")?;
                }
                f.write_str("}")
            }
        }
    }
}
