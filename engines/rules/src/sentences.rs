//! The sentences that explain a comparison, in plain Korean and English.

use base::Localized;
use jiff::civil::Date;

use crate::expression::Comparison;
use crate::vocabulary::Unit;
use crate::words::{self, capitalised, joined, text};
use base::korean::{Particle, with};

/// Several conditions that must all hold.
pub(crate) fn all(holds: Option<bool>) -> Localized {
    match holds {
        Some(true) => text("모두 충족합니다.", "All of these hold."),
        Some(false) => text("충족하지 않는 것이 있습니다.", "Not all of these hold."),
        None => text(
            "아직 모르는 것이 있습니다.",
            "Some of these are not known yet.",
        ),
    }
}

/// Several conditions of which one suffices.
pub(crate) fn any(holds: Option<bool>) -> Localized {
    match holds {
        Some(true) => text(
            "다음 가운데 하나에 해당합니다.",
            "At least one of these holds.",
        ),
        Some(false) => text(
            "다음 어느 것에도 해당하지 않습니다.",
            "None of these holds.",
        ),
        None => text(
            "다음 가운데 하나에 해당하는지 아직 모릅니다.",
            "Whether one of these holds is not known yet.",
        ),
    }
}

/// Whether some member qualifies.
pub(crate) fn exists(holds: Option<bool>) -> Localized {
    match holds {
        Some(true) => text(
            "해당하는 가구원이 있습니다.",
            "A member of the household qualifies.",
        ),
        Some(false) => text(
            "해당하는 가구원이 없습니다.",
            "No member of the household qualifies.",
        ),
        None => text(
            "해당하는 가구원이 있는지 아직 모릅니다.",
            "Whether a member of the household qualifies is not known yet.",
        ),
    }
}

/// Whether every member qualifies.
pub(crate) fn every(holds: Option<bool>) -> Localized {
    match holds {
        Some(true) => text(
            "모든 가구원이 해당합니다.",
            "Every member of the household qualifies.",
        ),
        Some(false) => text(
            "해당하지 않는 가구원이 있습니다.",
            "A member of the household does not qualify.",
        ),
        None => text(
            "모든 가구원이 해당하는지 아직 모릅니다.",
            "Whether every member of the household qualifies is not known yet.",
        ),
    }
}

/// A fact or a named condition that is true or false.
pub(crate) fn applies(label: &Localized, holds: Option<bool>) -> Localized {
    let en = capitalised(&label.en);
    match holds {
        Some(true) => Localized {
            ko: joined!["‘", label.ko, "’에 해당합니다."],
            en: joined![en, ": yes."],
        },
        Some(false) => Localized {
            ko: joined!["‘", label.ko, "’에 해당하지 않습니다."],
            en: joined![en, ": no."],
        },
        None => Localized {
            ko: joined!["‘", label.ko, "’에 해당하는지 아직 모릅니다."],
            en: joined![en, ": not known yet."],
        },
    }
}

/// Facts that nobody has told yet.
pub(crate) fn unknown(labels: &[&Localized]) -> Localized {
    let list = crate::phrase::listed(labels.iter().copied());
    let verb = if labels.len() == 1 { "is" } else { "are" };
    Localized {
        ko: joined![with(&list.ko, Particle::Object), " 아직 모릅니다."],
        en: joined![capitalised(&list.en), " ", verb, " not known yet."],
    }
}

/// Parameters without a value on a day.
pub(crate) fn absent(names: &[Localized], on: Date) -> Localized {
    let day = words::date(on);
    if names.is_empty() {
        return Localized {
            ko: joined![day.ko, "에 정해진 값이 없습니다."],
            en: joined!["The law has no value on ", day.en, "."],
        };
    }
    let list = crate::phrase::listed(names.iter());
    Localized {
        ko: joined![
            with(&list.ko, Particle::Subject),
            " ",
            day.ko,
            "에 정해져 있지 않습니다."
        ],
        en: joined!["The law has no value for ", list.en, " on ", day.en, "."],
    }
}

/// A calculation that left the range of whole numbers or of the calendar.
pub(crate) fn overflow() -> Localized {
    text(
        "값이 너무 커서 계산하지 못했습니다. 입력한 값을 확인해 주세요.",
        "A value is too large to calculate with; please check what was entered.",
    )
}

/// Two amounts of money: which is higher and by how much.
pub(crate) fn money(left: &Localized, right: &Localized, a: i64, b: i64, unit: Unit) -> Localized {
    let told = words::integer(b, unit);
    let (limit_ko, limit_en) = boundary(right, &told);
    let left_en = capitalised(&left.en);
    if a == b {
        return Localized {
            ko: joined![
                with(&left.ko, Particle::Subject),
                " ",
                with(&limit_ko, Particle::With),
                " 같습니다."
            ],
            en: joined![left_en, " equals ", limit_en, "."],
        };
    }
    let difference = i64::try_from(a.abs_diff(b)).unwrap_or(i64::MAX);
    let difference = words::integer(difference, unit);
    let (ko, en) = if a > b {
        ("높습니다", "above")
    } else {
        ("낮습니다", "below")
    };
    Localized {
        ko: joined![
            with(&left.ko, Particle::Subject),
            " ",
            limit_ko,
            "보다 ",
            difference.ko,
            " ",
            ko,
            "."
        ],
        en: joined![left_en, " is ", difference.en, " ", en, " ", limit_en, "."],
    }
}

/// The phrase with its value in parentheses, or the value alone where the phrase is the value.
fn boundary(phrase: &Localized, value: &Localized) -> (String, String) {
    if phrase == value {
        (value.ko.clone(), value.en.clone())
    } else {
        (
            joined![phrase.ko, "(", value.ko, ")"],
            joined![phrase.en, " (", value.en, ")"],
        )
    }
}

/// Two ordered or equal things, each given as phrase and value.
pub(crate) fn compared(
    comparison: Comparison,
    holds: bool,
    [left, a]: [&Localized; 2],
    [right, b]: [&Localized; 2],
    dates: bool,
) -> Localized {
    let left_en = capitalised(&left.en);
    let (limit_ko, limit_en) = boundary(right, b);
    let words = match (comparison, dates) {
        (Comparison::Equal | Comparison::NotEqual, _) => {
            let same = holds == (comparison == Comparison::Equal);
            return equal(left, a, &limit_ko, &limit_en, same);
        }
        (Comparison::Less, false) => ("미만", "below"),
        (Comparison::LessOrEqual, false) => ("이하", "at most"),
        (Comparison::Greater, false) => ("초과", "above"),
        (Comparison::GreaterOrEqual, false) => ("이상", "at least"),
        (Comparison::Less, true) => ("전", "before"),
        (Comparison::LessOrEqual, true) => ("이전", "on or before"),
        (Comparison::Greater, true) => ("후", "after"),
        (Comparison::GreaterOrEqual, true) => ("이후", "on or after"),
    };
    let (word_ko, word_en) = words;
    let start_ko = if left.ko == a.ko {
        with(&left.ko, Particle::Topic)
    } else {
        joined![
            with(&left.ko, Particle::Topic),
            " ",
            with(&a.ko, Particle::By),
            ","
        ]
    };
    let start_en = if left.en == a.en {
        joined![left_en, " is"]
    } else {
        joined![left_en, " is ", a.en, ", which is"]
    };
    if holds {
        Localized {
            ko: joined![start_ko, " ", limit_ko, " ", word_ko, "입니다."],
            en: joined![start_en, " ", word_en, " ", limit_en, "."],
        }
    } else {
        Localized {
            ko: joined![
                start_ko,
                " ",
                limit_ko,
                " ",
                with(word_ko, Particle::Subject),
                " 아닙니다."
            ],
            en: joined![start_en, " not ", word_en, " ", limit_en, "."],
        }
    }
}

fn equal(left: &Localized, a: &Localized, limit_ko: &str, limit_en: &str, same: bool) -> Localized {
    let left_en = capitalised(&left.en);
    if same {
        return Localized {
            ko: joined![with(&left.ko, Particle::Topic), " ", a.ko, "입니다."],
            en: joined![left_en, ": ", a.en, "."],
        };
    }
    Localized {
        ko: joined![
            with(&left.ko, Particle::Topic),
            " ",
            with(&a.ko, Particle::By),
            ", ",
            with(limit_ko, Particle::Subject),
            " 아닙니다."
        ],
        en: joined![left_en, ": ", a.en, ", not ", limit_en, "."],
    }
}

/// A value and the list it is looked up in.
pub(crate) fn listed(
    phrase: &Localized,
    value: &Localized,
    list: &Localized,
    holds: bool,
) -> Localized {
    let left_en = capitalised(&phrase.en);
    if holds {
        Localized {
            ko: joined![with(&phrase.ko, Particle::Topic), " ", value.ko, "입니다."],
            en: joined![left_en, ": ", value.en, "."],
        }
    } else {
        Localized {
            ko: joined![
                with(&phrase.ko, Particle::Topic),
                " ",
                with(&value.ko, Particle::By),
                ", ",
                list.ko,
                " 가운데 어느 것도 아닙니다."
            ],
            en: joined![left_en, ": ", value.en, ", none of ", list.en, "."],
        }
    }
}

/// Two conditions that are, or are not, both true or both false.
pub(crate) fn agreeing(left: &Localized, right: &Localized, same: bool) -> Localized {
    let (ko, en) = if same {
        ("같습니다", "agree")
    } else {
        ("다릅니다", "differ")
    };
    Localized {
        ko: joined!["두 가지가 ", ko, ": ", left.ko, " ", right.ko],
        en: joined!["These ", en, ": ", left.en, " ", right.en],
    }
}
