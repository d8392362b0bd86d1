//! Texts and trees as YAML that [`crate::yaml`] reads back as they were.

use crate::yaml::{Entry, Kind, Node, Scalar};

/// A text between quotation marks, escaped as in JSON, which is YAML too.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Controls, and what YAML takes for a break or forbids in a document.
            control
                if control.is_control()
                    || matches!(control, '\u{2028}' | '\u{2029}' | '\u{feff}') =>
            {
                out.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// A key: plain where it cannot be misread, else quoted.
pub(crate) fn key(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
    if text.starts_with(char::is_alphanumeric) && text.chars().all(plain) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// A tree on one line.
pub(crate) fn flow(node: &Node) -> String {
    match &node.kind {
        Kind::Scalar(value) => scalar(value),
        Kind::List(items) => {
            let items: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Kind::Map(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|entry| format!("{}: {}", quoted(&entry.key), flow(&entry.value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// The entries of a map, one a line, indented; lists and single values stay on one line.
pub(crate) fn block(entries: &[Entry], indent: usize, out: &mut String) {
    for entry in entries {
        out.push_str(&format!("{}{}:", " ".repeat(indent), key(&entry.key)));
        match &entry.value.kind {
            Kind::Map(inner) if !inner.is_empty() => {
                out.push('\n');
                block(inner, indent + 2, out);
            }
            _ => out.push_str(&format!(" {}\n", flow(&entry.value))),
        }
    }
}

/// A scalar in its own spelling where that is plain, else quoted.
pub(crate) fn scalar(value: &Scalar) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '+');
    let harmless = value
        .text
        .starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+'))
        || value
            .text
            .strip_prefix('-')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit() || c == '.'));
    if value.is_null() {
        return "null".to_owned();
    }
    if value.quoted || !harmless || !value.text.chars().all(plain) {
        quoted(&value.text)
    } else {
        value.text.clone()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::yaml;

    proptest! {
        #[test]
        fn any_text_comes_back_as_it_was(text in "\\PC*|[\\x00-\\x7f]*|[\u{80}-\u{a0}\u{2028}\u{feff}]*") {
            let node = yaml::parse("a.yaml", &format!("a: {}\n", quoted(&text))).expect("valid");
            let Kind::Map(entries) = node.kind else { panic!("a map") };
            let Kind::Scalar(scalar) = &entries[0].value.kind else { panic!("a scalar") };
            prop_assert_eq!(&scalar.text, &text);
            prop_assert!(scalar.quoted);
        }

        #[test]
        fn any_key_comes_back_as_it_was(text in "\\PC{1,12}") {
            let node = yaml::parse("a.yaml", &format!("{}: 1\n", key(&text))).expect("valid");
            let Kind::Map(entries) = node.kind else { panic!("a map") };
            prop_assert_eq!(&entries[0].key, &text);
        }
    }
}
