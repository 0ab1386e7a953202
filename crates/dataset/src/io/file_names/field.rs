//! A field of a pattern of file names.

use graticule_array::{Error, Result, Scalar, TimeType};
use graticule_cftime::{Calendar, DateTime, TimeUnit};

use crate::name::Name;

/// Characters of the longest number.
const LONGEST_NUMBER: usize = 40;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Field {
    /// `None` for what is not of interest.
    pub(super) name: Option<Name>,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// Anything, or nothing.
    Any,
    Text,
    /// So many characters.
    Width(usize),
    Int,
    Float,
    Date(Vec<Step>),
}

/// A part of a date: a letter of a format with its digits, or a character between.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Step {
    Digits(char, usize),
    Between(char),
}

impl Field {
    /// Reads what stands between braces.
    pub(super) fn parse(inner: &str) -> Result<Self> {
        let (name, kind) = inner.split_once(':').unwrap_or((inner, ""));
        let word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        if !name.chars().all(word) {
            return Err(Error::invalid(format!("\"{name}\" is no name of a field")));
        }
        let kind = match kind {
            "" if name.is_empty() => Kind::Any,
            "" => Kind::Text,
            "int" => Kind::Int,
            "float" => Kind::Float,
            date if date.contains('%') => Kind::Date(steps(date)?),
            other => match other.parse() {
                Ok(n @ 1..=255) => Kind::Width(n),
                _ => {
                    return Err(Error::invalid(format!("\"{other}\" is no kind of a field"))
                        .hint("there are {a}, {a:4}, {a:int}, {a:float} and {a:%Y%m%d}"));
                }
            },
        };
        Ok(Self { name: (!name.is_empty()).then(|| name.into()), kind })
    }

    /// Whether its length is anything.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.kind, Kind::Any | Kind::Text)
    }

    /// How many characters it has, if that is always the same.
    pub(super) fn width(&self) -> Option<usize> {
        match &self.kind {
            Kind::Width(n) => Some(*n),
            Kind::Date(steps) => Some(steps.iter().map(Step::width).sum()),
            _ => None,
        }
    }

    /// The beginnings of a text that this may stand for, the likeliest first: their length in
    /// bytes, and what they say if that is not text.
    pub(super) fn candidates<'a>(
        &'a self,
        text: &'a str,
    ) -> Box<dyn Iterator<Item = (usize, Option<Scalar>)> + 'a> {
        let here = text.split('/').next().unwrap_or_default();
        let ends = here.char_indices().map(|(at, c)| at + c.len_utf8());
        let part = |n: usize| here.get(..n).unwrap_or_default();
        let as_text = |n: usize| (n, None);
        match &self.kind {
            Kind::Any => Box::new(std::iter::once(0).chain(ends).map(as_text)),
            Kind::Text => Box::new(ends.map(as_text)),
            Kind::Width(width) => Box::new(ends.skip(width - 1).take(1).map(move |n| {
                let digits = part(n).bytes().all(|b| b.is_ascii_digit());
                let number = part(n).parse().ok().filter(|_| digits);
                (n, number.map(Scalar::I64))
            })),
            Kind::Int => Box::new(
                (1..=here.len().min(LONGEST_NUMBER))
                    .rev()
                    .filter_map(move |n| Some((n, Some(Scalar::I64(part(n).parse().ok()?))))),
            ),
            Kind::Float => {
                // Words such as "nan" and "inf" are text.
                let number = move |n: usize| {
                    let plain = part(n).bytes().all(|b| !b.is_ascii_alphabetic() || b | 32 == b'e');
                    part(n).parse().ok().filter(|_| plain && n > 0)
                };
                Box::new(
                    (1..=here.len().min(LONGEST_NUMBER))
                        .rev()
                        .filter_map(move |n| Some((n, Some(Scalar::F64(number(n)?))))),
                )
            }
            Kind::Date(steps) => Box::new(date(steps, here).into_iter()),
        }
    }
}

impl Step {
    fn width(&self) -> usize {
        match self {
            Self::Digits(_, n) => *n,
            Self::Between(_) => 1,
        }
    }
}

fn steps(format: &str) -> Result<Vec<Step>> {
    let mut out = Vec::new();
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        out.push(match letter {
            '%' => match letters.next() {
                Some('Y') => Step::Digits('Y', 4),
                Some('j') => Step::Digits('j', 3),
                Some(letter @ ('m' | 'd' | 'H' | 'M' | 'S')) => Step::Digits(letter, 2),
                other => {
                    let other = other.map(String::from).unwrap_or_default();
                    return Err(Error::invalid(format!("\"%{other}\" is no part of a date"))
                        .hint("there are %Y, %m, %d, %j, %H, %M and %S"));
                }
            },
            letter => Step::Between(letter),
        });
    }
    let has = |wanted: char| out.iter().any(|s| matches!(s, Step::Digits(l, _) if *l == wanted));
    if !has('Y') {
        return Err(Error::invalid(format!("the date \"{format}\" has no year (%Y)")));
    }
    Ok(out)
}

/// The time that a text begins with, in seconds of the standard calendar.
fn date(steps: &[Step], text: &str) -> Option<(usize, Option<Scalar>)> {
    let mut at = 0;
    let (mut time, mut days) = (DateTime::day(0, 1, 1), 0);
    for step in steps {
        match *step {
            Step::Between(letter) => {
                at += text.get(at..)?.strip_prefix(letter).map(|_| letter.len_utf8())?;
            }
            Step::Digits(letter, n) => {
                let digits = text.get(at..at + n)?;
                at += n;
                if !digits.bytes().all(|b| b.is_ascii_digit()) {
                    return None;
                }
                let number: u16 = digits.parse().ok()?;
                let small = || u8::try_from(number).ok();
                match letter {
                    'Y' => time.year = number.into(),
                    'm' => time.month = small()?,
                    'd' => time.day = small()?,
                    'H' => time.hour = small()?,
                    'M' => time.minute = small()?,
                    'S' => time.second = small()?,
                    _ => {
                        days = i64::from(number).checked_sub(1).filter(|n| (0..366).contains(n))?;
                    }
                }
            }
        }
    }
    let kind = TimeType { unit: TimeUnit::Second, calendar: Calendar::Standard };
    let ticks = time.to_ticks(kind.unit, kind.calendar).ok()?;
    Some((at, Some(Scalar::Time(ticks + days * 86_400, kind))))
}
