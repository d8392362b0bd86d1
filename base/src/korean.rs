//! Korean particles, which follow the final sound of the word before them.

/// How the last syllable of a word ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Vowel,
    /// ㄹ, which (으)로 treats like a vowel.
    Rieul,
    Consonant,
}

/// A particle with its two forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Particle {
    /// 은 / 는
    Topic,
    /// 이 / 가
    Subject,
    /// 을 / 를
    Object,
    /// 과 / 와
    With,
    /// 으로 / 로
    By,
}

impl Particle {
    const ALL: [Self; 5] = [
        Self::Topic,
        Self::Subject,
        Self::Object,
        Self::With,
        Self::By,
    ];

    /// After a consonant, after a vowel.
    fn forms(self) -> (&'static str, &'static str) {
        match self {
            Self::Topic => ("은", "는"),
            Self::Subject => ("이", "가"),
            Self::Object => ("을", "를"),
            Self::With => ("과", "와"),
            Self::By => ("으로", "로"),
        }
    }

    /// The ways in which texts leave the choice open.
    fn open_forms(self) -> &'static [&'static str] {
        match self {
            Self::Topic => &["은(는)", "는(은)"],
            Self::Subject => &["이(가)", "가(이)"],
            Self::Object => &["을(를)", "를(을)"],
            Self::With => &["과(와)", "와(과)"],
            Self::By => &["(으)로"],
        }
    }

    /// The form that follows `word`.
    pub fn after(self, word: &str) -> &'static str {
        let (consonant, vowel) = self.forms();
        match (ending(word), self) {
            (Ending::Vowel, _) | (Ending::Rieul, Self::By) => vowel,
            _ => consonant,
        }
    }
}

/// `word` with the particle that belongs to it.
pub fn with(word: &str, particle: Particle) -> String {
    [word, particle.after(word)].concat()
}

/// Settles `은(는)`, `이(가)`, `을(를)`, `과(와)` and `(으)로` by the words before them.
pub fn settle(text: &str) -> String {
    if !text.contains('(') {
        return text.to_owned();
    }
    let mut settled = String::with_capacity(text.len());
    let mut rest = text;
    'next: while let Some(first) = rest.chars().next() {
        for particle in Particle::ALL {
            for open in particle.open_forms() {
                if let Some(after) = rest.strip_prefix(open) {
                    settled.push_str(particle.after(&settled));
                    rest = after;
                    continue 'next;
                }
            }
        }
        settled.push(first);
        rest = &rest[first.len_utf8()..];
    }
    settled
}

fn ending(word: &str) -> Ending {
    let spoken = spoken_part(word);
    let Some(last) = spoken.chars().next_back() else {
        return Ending::Vowel;
    };
    match last {
        '가'..='힣' => match (last as u32 - '가' as u32) % 28 {
            0 => Ending::Vowel,
            8 => Ending::Rieul,
            _ => Ending::Consonant,
        },
        // 일, 칠, 팔 end in ㄹ; 영 (and 십, 백, 천, 만), 삼, 육 in other consonants.
        '1' | '7' | '8' | 'l' | 'L' | 'r' | 'R' => Ending::Rieul,
        '0' | '3' | '6' | 'm' | 'M' | 'n' | 'N' => Ending::Consonant,
        _ => Ending::Vowel,
    }
}

/// The word without closing quotation marks and without a remark in parentheses, which are not read before
/// the particle.
fn spoken_part(word: &str) -> &str {
    let word = word.trim_end_matches(['’', '”', '"', '\'', ' ']);
    match word.strip_suffix(')').and_then(|inner| inner.rfind('(')) {
        Some(open) if open > 0 => spoken_part(&word[..open]),
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn particles_follow_the_sound() {
        for (word, topic, subject, by) in [
            ("소득인정액", "은", "이", "으로"),
            ("나이", "는", "가", "로"),
            ("서울", "은", "이", "로"),
            ("3명", "은", "이", "으로"),
            ("2", "는", "가", "로"),
            ("1", "은", "이", "로"),
            ("10", "은", "이", "으로"),
            ("75%", "는", "가", "로"),
            ("기준(12,300원)", "은", "이", "으로"),
            ("재산(1)", "은", "이", "으로"),
            ("‘임신’", "은", "이", "으로"),
        ] {
            assert_eq!(Particle::Topic.after(word), topic, "{word}");
            assert_eq!(Particle::Subject.after(word), subject, "{word}");
            assert_eq!(Particle::By.after(word), by, "{word}");
        }
    }

    #[test]
    fn open_particles_are_settled() {
        assert_eq!(
            settle("소득은(는) 재산이(가) 3을(를) 5와(과)"),
            "소득은 재산이 3을 5와"
        );
        assert_eq!(
            settle("서울(으)로 부산(으)로 제주(으)로"),
            "서울로 부산으로 제주로"
        );
        assert_eq!(settle("은(는)"), "는");
    }
}
