//! Whether a reworded sentence says the same figures: a language model may put it otherwise, never otherwise count.
//!
//! Stricter than needed, because what is refused costs nothing: the sentence of the rules stands.

use std::fmt;

/// Units by which figures differ, the longest first.
const UNITS: [&str; 30] = [
    "households",
    "million",
    "billion",
    "people",
    "조원",
    "억원",
    "만원",
    "퍼센트",
    "세대",
    "가구",
    "분위",
    "개월",
    "won",
    "억",
    "만",
    "조",
    "천",
    "백",
    "원",
    "명",
    "건",
    "세",
    "년",
    "월",
    "일",
    "주",
    "배",
    "%",
    "곳",
    "가지",
];

/// Words that count without digits.
const COUNTING: [&str; 44] = [
    "절반",
    "갑절",
    "곱절",
    "두배",
    "두 배",
    "세배",
    "세 배",
    "열 배",
    "반으로",
    "반토막",
    "수십",
    "수백",
    "수천",
    "수만",
    "수억",
    "half",
    "double",
    "twice",
    "triple",
    "thrice",
    "quarter",
    "third",
    "dozen",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "hundred",
    "hundreds",
    "thousand",
    "thousands",
    "millions",
    "billions",
];

/// Words that say which way.
const UPWARDS: [&str; 14] = [
    "늘", "증가", "오르", "올라", "많아", "나아", "더 ", "more", "increase", "rise", "rises",
    "better", "gain", "higher",
];
const DOWNWARDS: [&str; 14] = [
    "줄", "감소", "내리", "내려", "적어", "나빠", "덜 ", "less", "decrease", "fall", "fewer",
    "worse", "lose", "lower",
];

/// Why a reworded sentence is not shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// This figure, or its order, is not that of the rules' sentence.
    Figure(String),
    /// A word that counts, which the rules' sentence does not have.
    Counting(String),
    /// It says another direction.
    Direction,
    /// It is no sentence, or far longer than the one it is for.
    Shape,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Figure(it) | Self::Counting(it) => f.write_str(it),
            Self::Direction => f.write_str("↑↓"),
            Self::Shape => f.write_str("…"),
        }
    }
}

/// The figures of a text with their units, in order: `1234.5million`, `-6억`, `12.3%`.
pub fn figures(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().map(plain_digit).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        if !letters[at].is_ascii_digit() {
            // ½, ② and the like are figures, too.
            if letters[at].is_numeric() {
                found.push(letters[at].to_string());
            }
            at += 1;
            continue;
        }
        let mut figure = String::new();
        if at > 0 && matches!(letters[at - 1], '-' | '−') {
            figure.push('-');
        } else if at > 1 && letters[at - 1] == '₩' && matches!(letters[at - 2], '-' | '−') {
            figure.push('-');
        }
        while at < letters.len() {
            let is_inside = matches!(letters[at], ',' | '.')
                && letters.get(at + 1).is_some_and(char::is_ascii_digit);
            match letters[at] {
                ',' if is_inside => {}
                digit if digit.is_ascii_digit() || is_inside => figure.push(digit),
                _ => break,
            }
            at += 1;
        }
        figure.push_str(unit_at(&letters[at..]));
        found.push(figure);
    }
    found
}

/// A digit of another width as that of ASCII.
fn plain_digit(letter: char) -> char {
    match letter {
        '０'..='９' => char::from_digit(letter as u32 - '０' as u32, 10).unwrap_or(letter),
        other => other,
    }
}

fn unit_at(rest: &[char]) -> &'static str {
    let rest = match rest {
        [' ', rest @ ..] => rest,
        rest => rest,
    };
    let begins = |unit: &&&str| {
        let mut letters = rest.iter();
        unit.chars().all(|letter| letters.next() == Some(&letter))
    };
    match UNITS.iter().find(begins) {
        Some(&"퍼센트") => "%",
        Some(unit) => unit,
        None => "",
    }
}

/// Whether `reworded` may stand for `original`.
///
/// # Errors
/// What it says that the original does not.
pub fn check(original: &str, reworded: &str) -> Result<(), Refusal> {
    let (own, other) = (figures(original), figures(reworded));
    if own != other {
        let strange = other.iter().find(|it| !own.contains(it));
        let missing = own.iter().find(|it| !other.contains(it));
        let figure = strange.or(missing).or(other.first());
        return Err(Refusal::Figure(figure.cloned().unwrap_or_default()));
    }
    let longest = 3 * original.chars().count() + 80;
    let is_sentence = !reworded.trim().is_empty()
        && reworded.chars().count() <= longest
        && !reworded.contains(['\n', '<', '>'])
        && !reworded.contains("://");
    if !is_sentence {
        return Err(Refusal::Shape);
    }
    let (own, other) = (original.to_lowercase(), reworded.to_lowercase());
    if let Some(word) = counting(&other).find(|word| !has(&own, word)) {
        return Err(Refusal::Counting(word));
    }
    for direction in [&UPWARDS, &DOWNWARDS] {
        let says = |text: &str| direction.iter().any(|word| has(text, word));
        if says(&other) && !says(&own) {
            return Err(Refusal::Direction);
        }
    }
    Ok(())
}

/// Whether a text has a word: an English one by itself, a Korean one also inside another, as particles follow it.
fn has(text: &str, word: &str) -> bool {
    if word.is_ascii() {
        let mut words = text.split(|it: char| !it.is_ascii_alphanumeric());
        return words.any(|it| it == word.trim());
    }
    text.contains(word)
}

/// Words of a text that count without digits: those of the list, and Hangul numerals such as `삼백만`.
fn counting(text: &str) -> impl Iterator<Item = String> {
    let listed = COUNTING.iter().filter(|word| has(text, word));
    let listed: Vec<String> = listed.map(|it| (*it).to_owned()).collect();
    listed.into_iter().chain(numerals(text))
}

/// Runs of at least two Hangul numerals with a power of ten among them, which follow no digit.
fn numerals(text: &str) -> Vec<String> {
    const ONES: &str = "영일이삼사오육칠팔구";
    const POWERS: &str = "십백천만억조";
    let (mut found, mut run, mut follows_digit) = (Vec::new(), String::new(), false);
    let mut before = ' ';
    for letter in text.chars().chain([' ']) {
        if ONES.contains(letter) || POWERS.contains(letter) {
            if run.is_empty() {
                follows_digit = plain_digit(before).is_ascii_digit();
            }
            run.push(letter);
        } else {
            let counts = run.chars().count() > 1 && run.contains(|it| POWERS.contains(it));
            if counts && !follows_digit {
                found.push(run.clone());
            }
            run.clear();
        }
        before = letter;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_found_with_their_units() {
        let text = "한 해 비용이 6억 1,234만원 늘어나 12.3%에서 12.1퍼센트로, -3명, ½";
        assert_eq!(
            figures(text),
            ["6억", "1234만원", "12.3%", "12.1%", "-3명", "½"]
        );
        assert_eq!(
            figures("₩1,234.57 million for 20 people, -₩5"),
            ["1234.57million", "20people", "-5"]
        );
        assert_eq!(figures("１２명."), ["12명"]);
    }

    #[test]
    fn another_figure_another_unit_another_order_is_refused() {
        let own = "나아지는 사람은 1,200명, 줄어드는 사람은 30명입니다.";
        assert_eq!(check(own, "1200명이 나아지고 30명은 줄어듭니다."), Ok(()));
        for (reworded, strange) in [
            ("1,300명이 나아지고 30명은 줄어듭니다.", "1300명"),
            ("1,200원이 나아지고 30명은 줄어듭니다.", "1200원"),
            ("30명이 줄어들고 1,200명이 나아집니다.", "30명"),
            ("1,200명이 나아집니다.", "30명"),
            ("1,200명이 나아지고 30명은 줄어듭니다. 2.5%입니다.", "2.5%"),
        ] {
            let refused = check(own, reworded);
            assert_eq!(refused, Err(Refusal::Figure(strange.into())), "{reworded}");
        }
    }

    #[test]
    fn words_that_count_and_the_other_direction_are_refused() {
        let own = "한 해 비용이 6억원 늘어납니다.";
        for reworded in [
            "비용이 6억원, 곧 두 배로 늘어납니다.",
            "비용이 6억원 늘어납니다. 삼백만 명이 받습니다.",
        ] {
            let refused = check(own, reworded);
            assert!(matches!(refused, Err(Refusal::Counting(_))), "{reworded}");
        }
        assert_eq!(
            check(own, "비용이 6억원 줄어듭니다."),
            Err(Refusal::Direction)
        );
        assert_eq!(check(own, "비용 6억원 <b>"), Err(Refusal::Shape));
        let own = "It costs ₩5 a year more.";
        assert_eq!(check(own, "Each year it costs ₩5 more."), Ok(()));
        let refused = check(own, "It costs ₩5 more, twice as much.");
        assert_eq!(refused, Err(Refusal::Counting("twice".into())));
        assert_eq!(
            check(own, "It costs ₩5 a year less."),
            Err(Refusal::Direction)
        );
    }
}
