//! Attributes that name other variables.

use crate::variable::Variable;

/// The text of an attribute that names other variables: decoding may have moved it to the
/// encoding.
pub(crate) fn related<'a>(var: &'a Variable, attr: &str) -> Option<&'a str> {
    var.attrs().text(attr).or_else(|| var.encoding().extra.text(attr))
}

/// The pairs of a text such as "area: areacella volume: v": each key with the words after it.
/// Words before the first key belong to an empty one.
pub(crate) fn keyed(text: &str) -> Vec<(String, Vec<String>)> {
    // Example 5.11 of the document has a comma between names.
    let text = text.replace(" :", ":").replace(", ", " ");
    let mut pairs: Vec<(String, Vec<String>)> = Vec::new();
    for word in text.split_whitespace() {
        match word.strip_suffix(':') {
            Some(key) => pairs.push((key.to_owned(), Vec::new())),
            None => match pairs.last_mut() {
                Some((_, words)) => words.push(word.to_owned()),
                None => pairs.push((String::new(), vec![word.to_owned()])),
            },
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::keyed;

    #[test]
    fn keys_own_the_words_after_them() {
        let pairs = keyed("crs: x y wgs84 : lat lon");
        assert_eq!(pairs.len(), 2);
        assert_eq!(pairs[0], ("crs".into(), vec!["x".into(), "y".into()]));
        assert_eq!(pairs[1], ("wgs84".into(), vec!["lat".into(), "lon".into()]));
        assert_eq!(keyed("crs"), [(String::new(), vec!["crs".to_owned()])]);
    }
}
