//! The grammar of UDUNITS-2.

use crate::factor::Factor;
use crate::unit::{LogBase, Unit};
use crate::{Base, Error, Result, names};

/// Longer texts are refused.
const MAX_LENGTH: usize = 512;

/// Parentheses deeper than this are refused.
const MAX_DEPTH: usize = 24;

/// Reads a whole text.
pub(crate) fn unit(text: &str) -> Result<Unit> {
    Parser::new(text)?.whole()
}

struct Parser<'a> {
    text: &'a str,
    chars: Vec<char>,
    at: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Result<Self> {
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
        let chars: Vec<char> = text.chars().take(MAX_LENGTH + 1).collect();
        let parser = Self { text, chars, at: 0, depth: 0 };
        if parser.chars.len() > MAX_LENGTH {
            return Err(Error::Syntax {
                text: parser.chars.iter().take(40).chain(&['…']).collect(),
                reason: format!("longer than {MAX_LENGTH} characters"),
                at: MAX_LENGTH + 1,
            });
        }
        Ok(parser)
    }

    fn whole(mut self) -> Result<Unit> {
        if self.chars.is_empty() {
            return Ok(Unit::one());
        }
        let unit = self.shifted()?;
        match self.peek() {
            None => Ok(unit),
            Some(')') => Err(self.error("a parenthesis closes that was not opened")),
            Some(c) => Err(self.error(&format!("'{c}' does not fit here"))),
        }
    }

    /// A product and perhaps its zero.
    fn shifted(&mut self) -> Result<Unit> {
        self.spaces();
        let unit = self.product()?;
        let start = self.at;
        self.spaces();
        if !self.shift_word() {
            self.at = start;
            return Ok(unit);
        }
        self.spaces();
        let seconds = Unit::base(Base::Second).dimension();
        if unit.dimension() == seconds && !unit.has_offset() && self.depth == 0 {
            let reference: String = self.chars.iter().skip(self.at).collect();
            if reference.is_empty() {
                return Err(self.error("an instant has to follow"));
            }
            self.at = self.chars.len();
            let mut unit = unit;
            unit.reference = Some(reference);
            return Ok(unit);
        }
        match self.number()? {
            Some(zero) if !matches!(self.peek(), Some('-' | ':')) => Ok(unit.shifted(zero)),
            _ => Err(self.error("the number at which the unit has its zero has to follow")),
        }
    }

    fn shift_word(&mut self) -> bool {
        if self.peek() == Some('@') {
            self.at += 1;
            return true;
        }
        let word = self.word();
        let known = ["since", "after", "from", "ref"];
        if self.at > 0 && known.iter().any(|k| word.eq_ignore_ascii_case(k)) {
            self.at += word.chars().count();
            return true;
        }
        false
    }

    fn product(&mut self) -> Result<Unit> {
        let mut made = self.power()?;
        loop {
            let start = self.at;
            let spaces = self.spaces();
            let divide = match self.peek() {
                None | Some(')' | '@') => {
                    self.at = start;
                    return Ok(made);
                }
                Some('/') => {
                    self.at += 1;
                    self.spaces();
                    true
                }
                Some('*' | '·' | '⋅' | '×') => {
                    self.at += 1;
                    self.spaces();
                    false
                }
                Some('.') if !self.digit_at(self.at + 1) => {
                    self.at += 1;
                    self.spaces();
                    false
                }
                Some('-' | '−') if !spaces && !self.digit_at(self.at + 1) => {
                    self.at += 1;
                    false
                }
                Some(_) => {
                    let word = self.word();
                    if spaces && word.eq_ignore_ascii_case("per") {
                        self.at += 3;
                        self.spaces();
                        true
                    } else if spaces && is_shift(&word) {
                        self.at = start;
                        return Ok(made);
                    } else {
                        false
                    }
                }
            };
            let next = self.power()?;
            made = if divide { made.per(&next) } else { made.times(&next) }
                .map_err(|e| self.meaningless(e))?;
        }
    }

    fn power(&mut self) -> Result<Unit> {
        let number = matches!(self.peek(), Some('0'..='9' | '+' | '-' | '.'));
        let unit = self.basic()?;
        let power = match self.peek() {
            Some('^') => {
                self.at += 1;
                Some(self.integer()?)
            }
            Some('*') if self.chars.get(self.at + 1) == Some(&'*') => {
                self.at += 2;
                Some(self.integer()?)
            }
            Some('+' | '-' | '−') if self.digit_at(self.at + 1) => Some(self.integer()?),
            Some('0'..='9') if !number => Some(self.integer()?),
            Some(c) if superscript(c).is_some() => Some(self.superscripts()?),
            _ => None,
        };
        match power {
            None => Ok(unit),
            Some(power) => unit.power(power).map_err(|e| self.meaningless(e)),
        }
    }

    fn basic(&mut self) -> Result<Unit> {
        match self.peek() {
            None => Err(self.error("a unit or a number has to follow")),
            Some('(') => self.enclosed(),
            Some('0'..='9' | '+' | '-' | '.') => match self.number()? {
                Some(value) => Ok(Unit::number(value)),
                None => Err(self.error("a number has to follow")),
            },
            Some(c) if is_sign(c) => {
                self.at += 1;
                // The sign of a degree may begin a symbol: °C.
                let mut name = String::from(c);
                if c == '°' && self.peek().is_some_and(|c| matches!(c, 'C' | 'F' | 'K' | 'R')) {
                    name.extend(self.peek());
                    self.at += 1;
                }
                self.named(&name)
            }
            Some(c) if is_letter(c) => {
                let name = self.word();
                let start = self.at;
                self.at += name.chars().count();
                if let Some(base) = log_base(&name)
                    && let Some(unit) = self.logarithm(base)?
                {
                    return Ok(unit);
                }
                if is_shift(&name) || name.eq_ignore_ascii_case("per") {
                    self.at = start;
                    return Err(self.error(&format!("a unit has to come before \"{name}\"")));
                }
                self.named(&name)
            }
            Some(c) => Err(self.error(&format!("'{c}' does not fit here"))),
        }
    }

    fn named(&self, name: &str) -> Result<Unit> {
        names::find(name).ok_or_else(|| Error::Unknown {
            text: self.text.to_owned(),
            name: name.to_owned(),
            hint: names::nearest(name),
        })
    }

    fn enclosed(&mut self) -> Result<Unit> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(&format!("more than {MAX_DEPTH} parentheses in one another")));
        }
        self.at += 1;
        let unit = self.shifted()?;
        self.close()?;
        Ok(unit)
    }

    fn close(&mut self) -> Result<()> {
        self.spaces();
        if self.peek() != Some(')') {
            return Err(self.error("a parenthesis has to close here"));
        }
        self.at += 1;
        self.depth -= 1;
        Ok(())
    }

    /// `(re 1 mW)` after the word of a logarithm; `None`, and nothing taken, if it is none.
    fn logarithm(&mut self, base: LogBase) -> Result<Option<Unit>> {
        let start = self.at;
        self.spaces();
        if self.peek() == Some('(') {
            self.at += 1;
            self.spaces();
            let word = self.word();
            if word.eq_ignore_ascii_case("re") {
                self.at += 2;
                if self.peek() == Some(':') {
                    self.at += 1;
                }
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(self.error("too many parentheses in one another"));
                }
                self.spaces();
                let reference = self.product()?;
                self.close()?;
                return reference.logarithm(base).map(Some).map_err(|e| self.meaningless(e));
            }
        }
        self.at = start;
        Ok(None)
    }

    /// A decimal number; `None`, and nothing taken, if there is none.
    fn number(&mut self) -> Result<Option<Factor>> {
        let mut end = self.at + usize::from(matches!(self.peek(), Some('+' | '-')));
        let digits = |from: usize| (from..).take_while(|i| self.digit_at(*i)).count();
        let whole = digits(end);
        end += whole;
        let mut part = 0;
        if self.chars.get(end) == Some(&'.') {
            part = digits(end + 1);
            if whole + part > 0 {
                end += 1 + part;
            }
        }
        if whole + part == 0 {
            return Ok(None);
        }
        if matches!(self.chars.get(end), Some('e' | 'E')) {
            let sign = usize::from(matches!(self.chars.get(end + 1), Some('+' | '-')));
            let exponent = digits(end + 1 + sign);
            if exponent > 0 {
                end += 1 + sign + exponent;
            }
        }
        let text: String = self.chars.iter().take(end).skip(self.at).collect();
        let value = Factor::decimal(&text);
        let value = value.ok_or_else(|| self.error("the number is too large"))?;
        self.at = end;
        Ok(Some(value))
    }

    fn integer(&mut self) -> Result<i16> {
        let mut text = String::new();
        match self.peek() {
            Some('-' | '−') => text.push('-'),
            Some('+') => {}
            _ => self.at = self.at.wrapping_sub(1),
        }
        self.at = self.at.wrapping_add(1);
        let start = self.at;
        while let Some(c) = self.peek().filter(char::is_ascii_digit) {
            text.push(c);
            self.at += 1;
        }
        if self.at == start || (self.peek() == Some('.') && self.digit_at(self.at + 1)) {
            return Err(self.error("a power has to be a whole number"));
        }
        text.parse().map_err(|_| self.error("the power is too large"))
    }

    fn superscripts(&mut self) -> Result<i16> {
        let mut text = String::new();
        while let Some(c) = self.peek().and_then(superscript) {
            text.push(c);
            self.at += 1;
        }
        text.strip_prefix('+')
            .unwrap_or(&text)
            .parse()
            .map_err(|_| self.error("the power is no whole number"))
    }

    /// The name that begins here, without the digits at its end, which are its power.
    fn word(&self) -> String {
        let rest = self.chars.iter().skip(self.at);
        let word: String = rest.take_while(|c| is_letter(**c) || c.is_ascii_digit()).collect();
        word.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned()
    }

    fn spaces(&mut self) -> bool {
        let start = self.at;
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
        self.at > start
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn digit_at(&self, at: usize) -> bool {
        self.chars.get(at).is_some_and(char::is_ascii_digit)
    }

    fn error(&self, reason: &str) -> Error {
        Error::Syntax {
            text: self.text.to_owned(),
            reason: reason.to_owned(),
            at: self.at.saturating_add(1),
        }
    }

    fn meaningless(&self, error: Error) -> Error {
        match error {
            Error::Meaningless(reason) => self.error(&reason),
            other => other,
        }
    }
}

fn is_letter(c: char) -> bool {
    (c.is_alphabetic() && c != 'ª' && c != 'º') || c == '_'
}

/// Symbols of one character that are no letters.
fn is_sign(c: char) -> bool {
    matches!(c, '%' | '\'' | '"' | '°' | '′' | '″' | '℃' | '℉')
}

fn is_shift(word: &str) -> bool {
    ["since", "after", "from", "ref"].iter().any(|k| word.eq_ignore_ascii_case(k))
}

fn log_base(word: &str) -> Option<LogBase> {
    match word.to_ascii_lowercase().as_str() {
        "log" | "lg" => Some(LogBase::Ten),
        "ln" => Some(LogBase::E),
        "lb" => Some(LogBase::Two),
        _ => None,
    }
}

fn superscript(c: char) -> Option<char> {
    Some(match c {
        '⁺' => '+',
        '⁻' => '-',
        '⁰' => '0',
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        '⁴'..='⁹' => char::from_digit(u32::from(c) - u32::from('⁰'), 10)?,
        _ => return None,
    })
}
