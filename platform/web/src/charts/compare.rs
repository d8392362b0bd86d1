//! Pictures that compare: several courses over time, and figures with what they surely lie between.

use super::{About, LINE, Svg, WIDTH, bounds, cut};

/// One course over time. The first is drawn full, the others dashed, each in its own way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    pub name: String,
    pub values: Vec<f64>,
}

/// Kinds of strokes, in the order of the courses.
const STROKES: [&str; 4] = ["path", "path dashed", "path dotted", "path mixed"];

/// Courses over the same times, at most four; `labels` name the times, and a line stands before the time `mark` with its
/// words. `words` says a value.
pub fn courses(
    about: About<'_>,
    words: impl Fn(f64) -> String,
    labels: &[String],
    (mark, mark_words): (usize, &str),
    all: &[Course],
) -> String {
    const HIGH: f64 = 170.0;
    let all = &all[..all.len().min(STROKES.len())];
    let top = LINE * (all.len() as f64 + 2.0);
    let mut svg = Svg::begin(about, top + HIGH + 2.0 * LINE + 8.0);
    for (place, (course, class)) in all.iter().zip(STROKES).enumerate() {
        let y = LINE * place as f64 + 9.0;
        svg.line(class, (0.0, y), (34.0, y));
        svg.text(40.0, y + 4.0, "value", &cut(&course.name));
    }
    let values = all.iter().flat_map(|it| it.values.iter().copied());
    let (least, most) = bounds(values);
    let last = labels.len().saturating_sub(1).max(1) as f64;
    let x = |at: f64| 4.0 + at / last * (WIDTH - 8.0);
    let y = |value: f64| top + HIGH - (value - least) / (most - least) * HIGH;
    svg.text(0.0, top - 7.0, "value", &words(most));
    svg.line("axis", (0.0, top + HIGH), (WIDTH, top + HIGH));
    if mark > 0 && mark < labels.len() {
        let at = x(mark as f64 - 0.5);
        svg.line("axis", (at, top), (at, top + HIGH));
        let class = if at > WIDTH / 2.0 { "note" } else { "value" };
        let beside = if at > WIDTH / 2.0 { at - 4.0 } else { at + 4.0 };
        svg.text(beside, top + HIGH - 6.0, class, mark_words);
    }
    for (course, class) in all.iter().zip(STROKES).rev() {
        let points = course.values.iter().enumerate();
        let points = points.filter(|(_, value)| value.is_finite());
        let points: Vec<_> = points
            .map(|(at, value)| (x(at as f64), y(*value)))
            .collect();
        svg.shape("polyline", class, &points);
    }
    let bottom = top + HIGH + LINE;
    svg.text(
        0.0,
        bottom,
        "value",
        labels.first().map_or("", String::as_str),
    );
    svg.text(
        WIDTH,
        bottom,
        "note",
        labels.last().map_or("", String::as_str),
    );
    svg.text(0.0, bottom + LINE, "value", &words(least));
    svg.end()
}

/// A figure and what it surely lies between.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Span {
    pub label: String,
    /// Words at the end of the label's line.
    pub note: String,
    pub low: f64,
    pub middle: f64,
    pub high: f64,
}

/// Figures with their intervals, beside the line of nothing.
pub fn spans(about: About<'_>, words: impl Fn(f64) -> String, rows: &[Span]) -> String {
    const ROW: f64 = LINE + 26.0;
    let top = 6.0;
    let mut svg = Svg::begin(about, top + ROW * rows.len() as f64 + LINE + 6.0);
    let values = rows.iter().flat_map(|it| [it.low, it.middle, it.high]);
    let (least, most) = bounds(values.chain([0.0]));
    let x = |value: f64| 6.0 + (value - least) / (most - least) * (WIDTH - 12.0);
    let bottom = top + ROW * rows.len() as f64;
    svg.line("axis", (x(0.0), top), (x(0.0), bottom));
    for (index, row) in rows.iter().enumerate() {
        let y = top + ROW * index as f64;
        svg.text(0.0, y + 13.0, "name", &cut(&row.label));
        svg.text(WIDTH, y + 13.0, "note", &row.note);
        if ![row.low, row.middle, row.high]
            .iter()
            .all(|it| it.is_finite())
        {
            continue;
        }
        let y = y + LINE + 9.0;
        svg.line("path", (x(row.low), y), (x(row.high), y));
        for end in [row.low, row.high] {
            svg.line("path", (x(end), y - 5.0), (x(end), y + 5.0));
        }
        svg.dot("point", (x(row.middle), y), 4.5);
    }
    svg.text(0.0, bottom + LINE, "value", &words(least));
    svg.text(WIDTH, bottom + LINE, "note", &words(most));
    svg.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABOUT: About<'_> = About {
        id: "course",
        title: "Course",
        description: "over time",
    };

    fn words(value: f64) -> String {
        format!("{value:.1}")
    }

    #[test]
    fn courses_differ_by_their_stroke_and_are_named() {
        let course = |name: &str, values: [f64; 3]| Course {
            name: name.into(),
            values: values.into(),
        };
        let all = [
            course("was", [3.0, 2.0, 1.0]),
            course("would", [3.0, 3.0, 3.0]),
        ];
        let labels = ["2019", "2020", "2021"].map(str::to_owned);
        let svg = courses(ABOUT, words, &labels, (2, "begins"), &all);
        for part in [
            "class=\"path\"",
            "class=\"path dashed\"",
            ">was<",
            ">would<",
            ">begins<",
            ">2021<",
        ] {
            assert!(svg.contains(part), "{part} is not in {svg}");
        }
        assert!(!svg.contains("style="));
    }

    #[test]
    fn figures_that_are_none_make_no_broken_picture() {
        let none = Course {
            values: vec![f64::NAN, f64::INFINITY],
            ..Course::default()
        };
        let labels = ["a".to_owned(), "b".to_owned()];
        let span = Span {
            low: f64::NAN,
            ..Span::default()
        };
        for svg in [
            courses(ABOUT, words, &[], (0, ""), &[]),
            courses(ABOUT, words, &labels, (1, ""), &[none]),
            spans(ABOUT, words, &[]),
            spans(ABOUT, words, &[Span::default()]),
            spans(ABOUT, words, &[span]),
        ] {
            assert!(!svg.contains("inf") && !svg.contains("NaN"), "{svg}");
            assert!(svg.ends_with("</svg>"), "{svg}");
        }
    }

    #[test]
    fn an_interval_stands_beside_the_line_of_nothing() {
        let row = Span {
            label: "DiD".into(),
            note: "-3".into(),
            low: -4.0,
            middle: -3.0,
            high: -2.0,
        };
        let svg = spans(ABOUT, words, &[row]);
        // Nothing is at the right end, as everything is below it.
        assert!(svg.contains("M354.0 6.0L354.0 50.0"), "{svg}");
        assert!(svg.contains("cx=\"93.0\""), "{svg}");
    }
}
