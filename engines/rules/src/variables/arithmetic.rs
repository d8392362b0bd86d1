//! Arithmetic with plain numbers, as test files write expected values: `600 * 2 - 200 / 12`.

use super::exact::Exact;

/// The deepest nesting of brackets and signs.
const MAX_DEPTH: usize = 32;

/// The exact value of a text of numbers, `+ - * /` and parentheses; `None` where it is anything else.
///
/// ```
/// use rules::variables::{Exact, evaluate_arithmetic};
/// assert_eq!(evaluate_arithmetic("600 - 200 / 12"), Exact::new(1750, 3));
/// assert_eq!(evaluate_arithmetic("sqrt(4)"), None);
/// ```
pub fn evaluate(text: &str) -> Option<Exact> {
    let mut reader = Reader {
        rest: text,
        depth: 0,
    };
    let value = reader.sum()?;
    reader.rest.trim_start().is_empty().then_some(value)
}

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

impl Reader<'_> {
    /// Takes one of these signs.
    fn sign(&mut self, signs: &[char]) -> Option<char> {
        self.rest = self.rest.trim_start();
        let next = self.rest.chars().next().filter(|c| signs.contains(c))?;
        self.rest = &self.rest[next.len_utf8()..];
        Some(next)
    }

    fn sum(&mut self) -> Option<Exact> {
        let mut total = self.product()?;
        while let Some(sign) = self.sign(&['+', '-']) {
            let next = self.product()?;
            total = match sign {
                '+' => total.checked_add(next)?,
                _ => total.checked_sub(next)?,
            };
        }
        Some(total)
    }

    fn product(&mut self) -> Option<Exact> {
        let mut total = self.factor()?;
        while let Some(sign) = self.sign(&['*', '/']) {
            let next = self.factor()?;
            total = match sign {
                '*' => total.checked_mul(next)?,
                _ => total.checked_div(next)?,
            };
        }
        Some(total)
    }

    fn factor(&mut self) -> Option<Exact> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let value = match self.sign(&['(', '-', '+']) {
            Some('(') => {
                let inner = self.sum()?;
                self.sign(&[')']).map(|_| inner)
            }
            Some('-') => self.factor()?.checked_neg(),
            Some(_) => self.factor(),
            None => self.number(),
        };
        self.depth -= 1;
        value
    }

    fn number(&mut self) -> Option<Exact> {
        let mut end = 0;
        for (index, character) in self.rest.char_indices() {
            let exponent = end > 0 && self.rest[..index].ends_with(['e', 'E']);
            let belongs = character.is_ascii_digit()
                || matches!(character, '.' | '_' | 'e' | 'E')
                || (exponent && matches!(character, '+' | '-'));
            if !belongs {
                break;
            }
            end = index + character.len_utf8();
        }
        let (number, rest) = self.rest.split_at(end);
        self.rest = rest;
        Exact::parse(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_come_before_sums_and_brackets_before_both() {
        for (text, value) in [
            ("100*0.1", "10"),
            ("600 * 2 - 200 / 12", "3550/3"),
            ("2 * (3 + 4) - -1", "15"),
            ("1e3 + 1.5e-1", "1000.15"),
            (" 7 ", "7"),
        ] {
            assert_eq!(evaluate(text), Exact::parse(value), "{text}");
        }
    }

    #[test]
    fn all_else_is_not_arithmetic() {
        let deep = format!("{}1{}", "(".repeat(5_000), ")".repeat(5_000));
        for text in [
            "", "2 +", "(1", "1)", "1 2", "abs(1)", "2 ** 3", "x", "1 / 0", &deep,
        ] {
            assert_eq!(evaluate(text), None, "{text:.20}");
        }
    }
}
