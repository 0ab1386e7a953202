//! The attribute `cell_methods` (CF 7.3): what values stand for, step by step.

use std::fmt;
use std::str::FromStr;

use graticule_array::{Error, Result};

use crate::attrs::Attrs;
use crate::dims::Dims;

/// Steps that made the values what they are, the first one first.
///
/// ```
/// use graticule_dataset::CellMethods;
/// let text = "time: maximum within days (interval: 1 hr) time: mean over days area: mean where land";
/// let methods: CellMethods = text.parse()?;
/// assert_eq!(methods.to_string(), text);
/// let last = methods.iter().last().unwrap();
/// assert_eq!((last.names[0].as_str(), last.portion.as_deref()), ("area", Some("land")));
/// assert!("time mean".parse::<CellMethods>().is_err());
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CellMethods(Vec<CellMethod>);

/// The method that names a variable.
const ANOMALY: &str = "anomaly_wrt";

/// One step of [`CellMethods`]: `lat: lon: mean where sea (interval: 1 degree)`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CellMethod {
    /// The dimensions, coordinates or standard names it runs over; `area` for both horizontal
    /// ones.
    pub names: Vec<String>,
    /// What was done: `mean`, `maximum`, `point`, `sum`, `standard_deviation` ...
    pub method: String,
    /// The variable whose values an anomaly is told against (`anomaly_wrt norm`, CF 7.5).
    pub norm: Option<String>,
    /// The area type that it is restricted to (`where land`).
    pub portion: Option<String>,
    /// The area type that it is relative to (`over all_area_types`).
    pub relative_to: Option<String>,
    /// Whether it runs within or over days or years.
    pub scope: Option<Scope>,
    /// The spacing of the original values, one for all names or one for each.
    pub intervals: Vec<Interval>,
    /// Further words in the parentheses.
    pub comment: Option<String>,
    /// Whether `comment:` stands before them.
    comment_named: bool,
}

/// Whether a method runs within each period or over all of them (CF 7.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// `within days`
    Within(String),
    /// `over years`
    Over(String),
}

/// The spacing of original values: `1 hr`.
#[derive(Clone, Debug, PartialEq)]
pub struct Interval {
    /// The number.
    pub value: f64,
    /// Its units.
    pub units: String,
    /// The number as it was written.
    written: String,
}

impl CellMethods {
    /// The steps in their order.
    pub fn iter(&self) -> std::slice::Iter<'_, CellMethod> {
        self.0.iter()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One more step.
    #[must_use]
    pub fn then<N: Into<String>>(
        mut self,
        names: impl IntoIterator<Item = N>,
        method: &str,
    ) -> Self {
        let names = names.into_iter().map(Into::into).collect();
        self.0.push(CellMethod { names, method: method.to_owned(), ..CellMethod::default() });
        self
    }
}

/// The words of the text; a parenthesis is one word.
fn words(text: &str) -> Result<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    let (mut depth, mut open) = (0usize, false);
    for c in text.chars() {
        match c {
            '(' => {
                if depth == 0 {
                    words.push(String::new());
                }
                depth += 1;
                open = true;
            }
            ')' if depth == 0 => return Err(wrong(text, "a parenthesis closes too many")),
            _ if depth == 0 && c.is_whitespace() => {
                open = false;
                continue;
            }
            _ if depth == 0 && !open => {
                words.push(String::new());
                open = true;
            }
            _ => {}
        }
        if let Some(word) = words.last_mut() {
            word.push(c);
        }
        if c == ')' {
            depth -= 1;
            open = depth > 0;
        }
        // `time:mean` is two words.
        if c == ':' && depth == 0 {
            open = false;
        }
    }
    if depth > 0 {
        return Err(wrong(text, "a parenthesis is not closed"));
    }
    // `time :` is one.
    let mut joined: Vec<String> = Vec::new();
    for word in words {
        match joined.last_mut() {
            Some(last) if word == ":" => last.push(':'),
            _ => joined.push(word),
        }
    }
    Ok(joined)
}

fn wrong(text: &str, why: &str) -> Error {
    let short: String = text.chars().take(200).collect();
    Error::invalid(format!("cell_methods = \"{short}\" cannot be read: {why}"))
}

impl FromStr for CellMethods {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut words = words(text)?.into_iter().peekable();
        let mut all = Vec::new();
        while words.peek().is_some() {
            let mut step = CellMethod::default();
            while let Some(name) = words.next_if(|w| w.ends_with(':')) {
                step.names.push(name.trim_end_matches(':').to_owned());
            }
            if step.names.iter().any(String::is_empty) || step.names.is_empty() {
                return Err(wrong(text, "each method follows a name and a colon"));
            }
            match words.next_if(|w| !w.starts_with('(')) {
                Some(method) => step.method = method,
                None => return Err(wrong(text, "a method is missing")),
            }
            if step.method == ANOMALY {
                let norm = words.next_if(|w| !w.ends_with(':') && !w.starts_with('('));
                step.norm = Some(norm.ok_or_else(|| wrong(text, "an anomaly without its norm"))?);
            }
            while let Some(word) = words.next_if(|w| !w.ends_with(':')) {
                if let Some(inner) = word.strip_prefix('(').and_then(|w| w.strip_suffix(')')) {
                    step.read_parenthesis(inner);
                    continue;
                }
                let Some(next) = words.next_if(|w| !w.ends_with(':') && !w.starts_with('(')) else {
                    return Err(wrong(text, &format!("\"{word}\" does not belong to a method")));
                };
                match word.as_str() {
                    "where" => step.portion = Some(next),
                    "over" if step.portion.is_some() => step.relative_to = Some(next),
                    "over" => step.scope = Some(Scope::Over(next)),
                    "within" => step.scope = Some(Scope::Within(next)),
                    _ => {
                        return Err(wrong(
                            text,
                            &format!("\"{word}\" does not belong to a method"),
                        ));
                    }
                }
            }
            all.push(step);
        }
        Ok(Self(all))
    }
}

impl CellMethod {
    fn read_parenthesis(&mut self, inner: &str) {
        let words: Vec<&str> = inner.split_whitespace().collect();
        let mut rest = &words[..];
        while let ["interval:", number, tail @ ..] = rest
            && let Ok(value) = number.parse::<f64>()
        {
            let end = tail.iter().position(|w| w.ends_with(':')).unwrap_or(tail.len());
            let (units, more) = tail.split_at(end);
            self.intervals.push(Interval {
                value,
                units: units.join(" "),
                written: (*number).to_owned(),
            });
            rest = more;
        }
        if let ["comment:", more @ ..] = rest {
            self.comment_named = true;
            rest = more;
        }
        if !rest.is_empty() {
            self.comment = Some(rest.join(" "));
        }
    }
}

impl fmt::Display for CellMethods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.0.iter().enumerate() {
            let space = if i == 0 { "" } else { " " };
            write!(f, "{space}{step}")?;
        }
        Ok(())
    }
}

impl fmt::Display for CellMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for name in &self.names {
            write!(f, "{name}: ")?;
        }
        f.write_str(&self.method)?;
        if let Some(norm) = &self.norm {
            write!(f, " {norm}")?;
        }
        if let Some(portion) = &self.portion {
            write!(f, " where {portion}")?;
        }
        if let Some(whole) = &self.relative_to {
            write!(f, " over {whole}")?;
        }
        match &self.scope {
            Some(Scope::Within(period)) => write!(f, " within {period}")?,
            Some(Scope::Over(period)) => write!(f, " over {period}")?,
            None => {}
        }
        let mut inner: Vec<String> = self
            .intervals
            .iter()
            .map(|i| format!("interval: {} {}", i.written, i.units).trim_end().to_owned())
            .collect();
        if let Some(comment) = &self.comment {
            let named = self.comment_named || !inner.is_empty();
            inner.push(if named { format!("comment: {comment}") } else { comment.clone() });
        }
        if !inner.is_empty() {
            write!(f, " ({})", inner.join(" "))?;
        }
        Ok(())
    }
}

/// CF's word (Appendix E) for a reduction, if it has one.
fn word(reduction: &str) -> Option<&'static str> {
    Some(match reduction {
        "mean" => "mean",
        "sum" => "sum",
        "min" => "minimum",
        "max" => "maximum",
        "var" => "variance",
        "std" => "standard_deviation",
        "median" => "median",
        _ => return None,
    })
}

/// The attributes of a reduction of values with these attributes, over some dimensions: one more
/// cell method, if CF has a word for it. Arrays that say nothing of what they are stay so.
pub(crate) fn described(attrs: &Attrs, reduction: &str, over: &Dims, scope: &str) -> Attrs {
    let cf = ["cell_methods", "standard_name", "units"].iter().any(|a| attrs.has(a));
    if !cf || over.is_empty() {
        return attrs.clone();
    }
    let Some(method) = word(reduction) else {
        // The values are no longer what the methods describe.
        return attrs.clone().without("cell_methods");
    };
    let names: String = over.iter().map(|d| format!("{d}: ")).collect();
    let step = match scope {
        "" => format!("{names}{method}"),
        // Others cannot be taken apart into two steps.
        _ if !matches!(reduction, "mean" | "sum" | "min" | "max") => format!("{names}{method}"),
        periods => format!("{names}{method} within {periods} {names}{method} over {periods}"),
    };
    let text = match attrs.text("cell_methods").map(str::trim).filter(|t| !t.is_empty()) {
        Some(before) => format!("{before} {step}"),
        None => step,
    };
    attrs.clone().with("cell_methods", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of sections 7.3 and 7.4 of the CF document.
    const EXAMPLES: [&str; 19] = [
        "time: maximum time: anomaly_wrt climatological_tas",
        "time: mean",
        "lat: lon: standard_deviation",
        "time: point",
        "time: maximum",
        "time: sum",
        "lon: mean",
        "time: maximum (interval: 1 hr)",
        "time: mean (interval: 15 minutes) time: maximum (interval: 1 day)",
        "lat: lon: standard_deviation (interval: 10 km)",
        "time: mean lat: lon: mean (interval: 0.1 degree_N interval: 0.2 degree_E)",
        "time: variance (interval: 1 hr comment: sampled instantaneously)",
        "area: mean where land",
        "area: mean where sea_ice over sea",
        "area: time: mean where land over all_area_types",
        "time: minimum within years time: mean over years",
        "time: sum within years time: maximum over years",
        "time: mean within days time: mean over days",
        "time: minimum within days time: maximum over days time: mean over years (comment only)",
    ];

    #[test]
    fn examples_print_as_they_were() {
        for text in EXAMPLES {
            assert_eq!(text.parse::<CellMethods>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn parts_are_told_apart() {
        let m: CellMethods = "lat: lon: mean where sea over all_area_types (interval: 2 km \
                              interval: 1.50 km comment: a (nested) one)"
            .parse()
            .unwrap();
        let step = m.iter().next().unwrap();
        assert_eq!(step.names, ["lat", "lon"]);
        assert_eq!(step.relative_to.as_deref(), Some("all_area_types"));
        assert_eq!((step.intervals.len(), step.intervals[1].value), (2, 1.5));
        assert_eq!(step.comment.as_deref(), Some("a (nested) one"));
        let tight: CellMethods = "time:mean lat :lon: max".parse().unwrap();
        assert_eq!(tight.to_string(), "time: mean lat: lon: max");
    }

    #[test]
    fn what_does_not_follow_the_grammar_is_refused() {
        for text in [
            "mean",
            "time: (x)",
            "time: anomaly_wrt",
            "time: anomaly_wrt lat: mean",
            "time: mean where",
            "time: mean extra",
            "a: b (",
            "a: b)",
            ":",
        ] {
            assert!(text.parse::<CellMethods>().is_err(), "{text}");
        }
        assert!(CellMethods::from_str("").unwrap().is_empty());
        let deep = format!("time: mean {}", "(".repeat(100_000));
        assert!(deep.parse::<CellMethods>().is_err());
    }
}
