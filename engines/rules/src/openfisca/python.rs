//! Python where values are expected: OpenFisca's formulas are programs, and no program is run or guessed at here.

use crate::diagnostic::{Diagnostic, Position, Problems};
use crate::yaml::{Kind, Node};

const REMEDY: &str = "Nothing of this file was taken over. Formulas, reforms and entities are re-expressed as data (docs/openfisca.md); keep dated values and cases here.";

/// Python in a text that should be YAML: an object of Python, or lines of a program.
pub(super) fn refuse_program(file: &str, text: &str) -> Result<(), Diagnostic> {
    for (index, line) in text.lines().enumerate() {
        let tag = ["!!python", "!python", "tag:yaml.org,2002:python"]
            .into_iter()
            .find_map(|tag| line.find(tag));
        let found = match tag {
            Some(at) if !line.trim_start().starts_with('#') => Some((at, "a Python object")),
            _ => is_statement(line).then_some((0, "a Python program")),
        };
        if let Some((at, what)) = found {
            return Err(Diagnostic {
                file: file.to_owned(),
                line: index + 1,
                column: line[..at].chars().count() + 1,
                message: format!("{what} stands here: `{}`", line.trim()),
                remedy: REMEDY.to_owned(),
            });
        }
    }
    Ok(())
}

/// A statement at the margin, where YAML has keys and dashes only; texts of a document are indented.
fn is_statement(line: &str) -> bool {
    let imports =
        line.starts_with("import ") || (line.starts_with("from ") && line.contains(" import "));
    let begins = ["class ", "def ", "async def ", "@"]
        .iter()
        .any(|word| line.starts_with(word));
    let opens = line.trim_end().ends_with(':') && line.contains('(');
    imports || (begins && (opens || line.starts_with('@')))
}

/// Reports every value beneath `node` that is a call or a lambda.
pub(super) fn refuse_calls(node: &Node, problems: &mut Problems) {
    match &node.kind {
        Kind::Scalar(scalar) if is_call(&scalar.text) => {
            report_call(&scalar.text, node.at, problems)
        }
        Kind::Scalar(_) => {}
        Kind::List(list) => list.iter().for_each(|item| refuse_calls(item, problems)),
        Kind::Map(entries) => entries
            .iter()
            .for_each(|entry| refuse_calls(&entry.value, problems)),
    }
}

pub(super) fn report_call(text: &str, at: Position, problems: &mut Problems) {
    problems.at(
        at,
        format!("a formula stands where a value is expected: `{text}`"),
        "Write the value itself, or arithmetic with numbers (`600 - 200 / 12`); formulas belong into variables (docs/openfisca.md).",
    );
}

/// `name(…)`, `a.b(…)` or `lambda …`: an expression of Python or numexpr.
pub(super) fn is_call(text: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let calls = text
        .match_indices('(')
        .any(|(at, _)| text[..at].ends_with(is_name) && text[at..].contains(')'));
    text.starts_with("lambda ") || (calls && !text.contains(['\n', '"']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_from_documents() {
        for (text, line) in [
            ("a: 1\nb: !!python/object/apply:os.system ['ls']\n", 2),
            ("from openfisca_core.periods import MONTH\n", 1),
            ("# rules\nimport numpy\n", 2),
            ("\nclass age(Variable):\n    value_type = int\n", 2),
            ("def formula(person, period):\n", 1),
            ("@staticmethod\n", 1),
        ] {
            let error = refuse_program("a.yaml", text).expect_err(text);
            assert_eq!(error.line, line, "{text}");
            assert!(error.message.contains("Python"), "{error}");
        }
        let document = "# !!python is not used\ndescription: class of (a) taxes\ndocumentation: |\n  import taxes\n  from abroad import\nfrom import: 2\nclass: 1\n";
        assert_eq!(refuse_program("a.yaml", document), Ok(()));
    }

    #[test]
    fn calls_are_told_from_texts() {
        for text in [
            "where(a, 1, 0)",
            "np.round(1.5)",
            "lambda x: x",
            "max(1, 2) * 3",
        ] {
            assert!(is_call(text), "{text}");
        }
        for text in [
            "600 - 200 / 12",
            "Paris (75)",
            "2 * (3 + 4)",
            "owner",
            "(a)",
        ] {
            assert!(!is_call(text), "{text}");
        }
    }
}
