//! Rich output for notebooks: the text display, escaped, in the form that evcxr looks for.

use crate::coords::Coords;
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::verbs::{DataArrayGroupBy, DatasetGroupBy};

/// Text as HTML text.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// A block of preformatted text.
pub(crate) fn block(text: &str, faulted: bool) -> String {
    let style = if faulted { " style=\"color:#b00020\"" } else { "" };
    format!("<pre{style}>{}</pre>", escaped(text))
}

macro_rules! displays {
    ($($noun:ty, $faulted:expr;)*) => {$(
        impl $noun {
            /// The display as HTML. Reads no data.
            #[must_use]
            pub fn to_html(&self) -> String {
                let faulted: fn(&Self) -> bool = $faulted;
                block(&self.to_string(), faulted(self))
            }

            /// Shows the value in an evcxr notebook.
            pub fn evcxr_display(&self) {
                println!("EVCXR_BEGIN_CONTENT text/html\n{}\nEVCXR_END_CONTENT", self.to_html());
            }
        }
    )*};
}

displays! {
    Dataset, |ds| ds.fault().is_some();
    DataArray, |array| array.fault().is_some();
    Coords, |_| false;
    DatasetGroupBy, |groups| groups.fault().is_some();
    DataArrayGroupBy, |groups| groups.fault().is_some();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_names_and_attributes_is_escaped() {
        let ds = Dataset::new()
            .with_var("<b>", "x", vec![1])
            .with_attr("note", "</pre><script>alert('x')</script>&");
        let html = ds.to_html();
        assert!(!html.contains("<script>") && !html.contains("<b>"), "{html}");
        assert!(html.contains("&lt;/pre&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;"));
    }
}
