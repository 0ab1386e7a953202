//! Words, texts and signs.

use graticule_array::{Error, Result};

/// A piece of the text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token {
    /// A name, a keyword or a number.
    Word(String),
    /// A text in quotes, as bytes.
    Text(Vec<u8>),
    /// One of `{ } ( ) = ; , : *`.
    Sign(char),
    /// `// (3 currently)` behind an unlimited dimension.
    Currently(usize),
    /// The text is over.
    End,
}

const SIGNS: &[char] = &['{', '}', '(', ')', '=', ';', ',', ':', '*'];

/// The pieces with the line on which each begins.
pub(crate) fn tokens(text: &str) -> Result<Vec<(Token, usize)>> {
    let mut out = Vec::new();
    let mut rest = text;
    let mut line = 1;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or("");
        if c == '\n' {
            line += 1;
            rest = after;
        } else if c.is_whitespace() {
            rest = after;
        } else if rest.starts_with("//") {
            let end = rest.find('\n').unwrap_or(rest.len());
            let (comment, later) = rest.split_at(end);
            out.extend(currently(comment).map(|n| (Token::Currently(n), line)));
            rest = later;
        } else if SIGNS.contains(&c) {
            out.push((Token::Sign(c), line));
            rest = after;
        } else if c == '"' || c == '\'' {
            let (bytes, later) = quoted(after, c).ok_or_else(|| {
                Error::corrupt(format!("line {line}: a text in quotes does not end"))
            })?;
            out.push((Token::Text(bytes), line));
            let used = rest.get(..rest.len() - later.len()).unwrap_or("");
            line += used.matches('\n').count();
            rest = later;
        } else {
            let (word, later) = word(rest);
            out.push((Token::Word(word), line));
            rest = later;
        }
    }
    out.push((Token::End, line));
    Ok(out)
}

fn currently(comment: &str) -> Option<usize> {
    let inside = comment.split_once('(')?.1.split_once(" currently)")?.0;
    inside.trim().parse().ok()
}

/// A word; a backslash takes the next character as it is.
fn word(text: &str) -> (String, &str) {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or("");
        if c == '\\' {
            let Some(escaped) = after.chars().next() else { break };
            out.push(escaped);
            rest = after.get(escaped.len_utf8()..).unwrap_or("");
            continue;
        }
        if c.is_whitespace() || SIGNS.contains(&c) || c == '"' || rest.starts_with("//") {
            break;
        }
        out.push(c);
        rest = after;
    }
    if rest.len() == text.len() {
        // A lone backslash at the end: every word takes something.
        return (text.to_owned(), "");
    }
    (out, rest)
}

/// The bytes up to the closing quote, escapes resolved, and what is behind it.
fn quoted(text: &str, quote: char) -> Option<(Vec<u8>, &str)> {
    let mut out = Vec::new();
    let mut rest = text;
    loop {
        let c = rest.chars().next()?;
        rest = rest.get(c.len_utf8()..)?;
        if c == quote {
            return Some((out, rest));
        }
        if c != '\\' {
            out.extend(c.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        let c = rest.chars().next()?;
        if c.is_digit(8) {
            let digits = rest.chars().take(3).take_while(|c| c.is_digit(8)).count();
            let value = u16::from_str_radix(rest.get(..digits)?, 8).ok()?;
            out.push((value & 0xff) as u8);
            rest = rest.get(digits..)?;
            continue;
        }
        rest = rest.get(c.len_utf8()..)?;
        match c {
            'n' => out.push(b'\n'),
            't' => out.push(b'\t'),
            'r' => out.push(b'\r'),
            'b' => out.push(8),
            'f' => out.push(12),
            'v' => out.push(11),
            'a' => out.push(7),
            'x' | 'X' => {
                let digits = rest.chars().take(2).take_while(char::is_ascii_hexdigit).count();
                out.push(u8::from_str_radix(rest.get(..digits)?, 16).ok()?);
                rest = rest.get(digits..)?;
            }
            '\n' => {}
            other => out.extend(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_words_and_comments() {
        let text = "netcdf a\\ b { // note\n x:s = \"a\\\"\\n\\101\", -1.5e+3f ; // (7 currently)";
        let found: Vec<Token> = tokens(text).unwrap().into_iter().map(|(t, _)| t).collect();
        let word = |w: &str| Token::Word(w.into());
        assert_eq!(
            found,
            [
                word("netcdf"),
                word("a b"),
                Token::Sign('{'),
                word("x"),
                Token::Sign(':'),
                word("s"),
                Token::Sign('='),
                Token::Text(b"a\"\nA".to_vec()),
                Token::Sign(','),
                word("-1.5e+3f"),
                Token::Sign(';'),
                Token::Currently(7),
                Token::End,
            ]
        );
        assert!(tokens("\"open").is_err());
        assert!(tokens("\\").is_ok());
    }
}
