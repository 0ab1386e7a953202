//! The syntax of well-known text: keywords with lists in brackets.

use graticule_array::{Error, Result};

/// Brackets within brackets that are followed; real texts have about ten.
const DEEPEST: usize = 64;

/// A keyword and what stands in its brackets.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) keyword: String,
    pub(super) items: Vec<Item>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Item {
    Text(String),
    Number(f64),
    Node(Node),
}

impl Node {
    /// The first node of one of these keywords.
    pub(super) fn child(&self, keywords: &[&str]) -> Option<&Self> {
        self.items.iter().find_map(|item| match item {
            Item::Node(node) if keywords.contains(&node.keyword.as_str()) => Some(node),
            _ => None,
        })
    }

    /// The nodes of a keyword.
    pub(super) fn children<'a>(&'a self, keyword: &'a str) -> impl Iterator<Item = &'a Self> {
        self.items.iter().filter_map(move |item| match item {
            Item::Node(node) if node.keyword == keyword => Some(node),
            _ => None,
        })
    }

    /// The first text.
    pub(super) fn text(&self) -> Option<&str> {
        self.items.iter().find_map(|item| match item {
            Item::Text(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// The numbers.
    pub(super) fn numbers(&self) -> impl Iterator<Item = f64> {
        self.items.iter().filter_map(|item| match item {
            Item::Number(n) => Some(*n),
            _ => None,
        })
    }
}

pub(super) fn parse(text: &str) -> Result<Node> {
    let mut parser = Parser { rest: text };
    let node = parser.node(0)?;
    if parser.rest.trim().is_empty() { Ok(node) } else { Err(parser.wrong("an end")) }
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn wrong(&self, wanted: &str) -> Error {
        let here: String = self.rest.chars().take(40).collect();
        Error::invalid(format!("well-known text: expected {wanted} at \"{here}\""))
    }

    fn take(&mut self, any: &[char]) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(any) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn word(&mut self) -> String {
        self.rest = self.rest.trim_start();
        let end = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
        let (word, rest) = self.rest.split_at(self.rest.find(end).unwrap_or(self.rest.len()));
        self.rest = rest;
        word.to_ascii_uppercase()
    }

    fn node(&mut self, depth: usize) -> Result<Node> {
        let keyword = self.word();
        if keyword.is_empty() || depth > DEEPEST || !self.take(&['[', '(']) {
            return Err(self.wrong("a keyword and a bracket"));
        }
        let items = self.items(depth)?;
        Ok(Node { keyword, items })
    }

    /// What follows up to the closing bracket.
    fn items(&mut self, depth: usize) -> Result<Vec<Item>> {
        let mut items = Vec::new();
        loop {
            items.push(self.item(depth)?);
            if self.take(&[']', ')']) {
                return Ok(items);
            }
            if !self.take(&[',']) {
                return Err(self.wrong("a comma or a closing bracket"));
            }
        }
    }

    fn item(&mut self, depth: usize) -> Result<Item> {
        if self.take(&['"']) {
            return self.quoted().map(Item::Text);
        }
        let first = self.rest.chars().next();
        if first.is_some_and(|c| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) {
            let part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
            let end = self.rest.find(|c| !part(c)).unwrap_or(self.rest.len());
            let (number, rest) = self.rest.split_at(end);
            let number = number.parse().ok().filter(|n: &f64| n.is_finite());
            let number = number.ok_or_else(|| self.wrong("a number"))?;
            self.rest = rest;
            return Ok(Item::Number(number));
        }
        let before = self.rest;
        let word = self.word();
        if word.is_empty() {
            return Err(self.wrong("a text, a number or a keyword"));
        }
        if self.rest.trim_start().starts_with(['[', '(']) {
            self.rest = before;
            return self.node(depth + 1).map(Item::Node);
        }
        // A direction, such as `north`.
        Ok(Item::Text(word))
    }

    /// A text up to its closing quote; two quotes stand for one.
    fn quoted(&mut self) -> Result<String> {
        let mut text = String::new();
        loop {
            let (part, rest) =
                self.rest.split_once('"').ok_or_else(|| self.wrong("a closing quote"))?;
            text.push_str(part);
            self.rest = rest;
            match rest.strip_prefix('"') {
                Some(rest) => {
                    text.push('"');
                    self.rest = rest;
                }
                None => return Ok(text),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_numbers_and_brackets() {
        let node =
            parse(" GeogCS ( \"a \"\"b\"\"\", UNIT[\"m\", 1e0], AXIS[\"x\",north] ) ").unwrap();
        assert_eq!((node.keyword.as_str(), node.text()), ("GEOGCS", Some("a \"b\"")));
        assert_eq!(node.child(&["UNIT"]).unwrap().numbers().next(), Some(1.0));
        for wrong in ["", "A", "A[", "A[]", "A[1", "A[1,]", "A[\"x]", "A[1]b", "A[1e999]", "A[--1]"]
        {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        let deep = format!("{}1{}", "A[".repeat(100_000), "]".repeat(100_000));
        assert!(parse(&deep).unwrap_err().to_string().contains("keyword"));
    }
}
