//! Pictures of figures as SVG: what differs is told by pattern, place and label, never by colour alone. Each has a title
//! and a description, and stands over the table of its figures ([`Chart`], `ui::chart` of `components.html`).
//!
//! They are 360 units wide, so that their letters can be read on a phone, and grow with their place.

mod compare;

use std::fmt::Write;

pub use compare::{Course, Span, courses, spans};

const WIDTH: f64 = 360.0;
/// Of letters.
const LINE: f64 = 18.0;
/// Labels longer than this are cut; the table has them whole.
const LONGEST: usize = 44;

/// A table: titles of columns with `num` or nothing, and rows whose first cell names them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    pub title: String,
    pub heads: Vec<(String, &'static str)>,
    pub rows: Vec<Vec<String>>,
}

/// A picture over its figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chart {
    /// From one of the functions of this module.
    pub svg: String,
    pub sheet: Sheet,
}

/// What a picture is called and shows, for who cannot see it; `id` is its own on the page.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    pub id: &'a str,
    pub title: &'a str,
    pub description: &'a str,
}

/// A figure with its words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figure {
    pub value: f64,
    pub text: String,
}

/// A figure before and after.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pair {
    pub label: String,
    pub before: Figure,
    pub after: Figure,
}

/// Bars in pairs: before hatched, after full. What is below nothing has no bar, only its words.
pub fn pairs(about: About<'_>, (before, after): (&str, &str), rows: &[Pair]) -> String {
    const BAR: f64 = 12.0;
    const ROW: f64 = LINE + 2.0 * (BAR + 4.0) + 14.0;
    const LONG: f64 = 215.0;
    let top = LINE + 10.0;
    let mut svg = Svg::begin(about, top + ROW * rows.len() as f64);
    svg.legend(&[("hatch", before), ("solid", after)]);
    let values = rows.iter().flat_map(|it| [it.before.value, it.after.value]);
    let most = greatest(values);
    for (index, row) in rows.iter().enumerate() {
        let y = top + ROW * index as f64;
        svg.text(0.0, y + 13.0, "name", &cut(&row.label));
        let bars = [("hatch", &row.before), ("solid", &row.after)];
        for (place, (class, figure)) in bars.into_iter().enumerate() {
            let y = y + LINE + 2.0 + place as f64 * (BAR + 4.0);
            let width = figure.value.max(0.0) / most * LONG;
            svg.bar(class, (0.0, y), (width, BAR));
            svg.text(width + 6.0, y + 10.5, "value", &figure.text);
        }
    }
    svg.end()
}

/// How many lose and how many win.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Side {
    pub label: String,
    /// Words at the end of the label's line.
    pub note: String,
    pub less: Figure,
    pub more: Figure,
}

/// Bars to both sides of a line: what is less hatched to the left, what is more full to the right.
pub fn sides(about: About<'_>, (less, more): (&str, &str), rows: &[Side]) -> String {
    const BAR: f64 = 14.0;
    const ROW: f64 = LINE + BAR + 16.0;
    const LONG: f64 = 105.0;
    let (top, middle) = (LINE + 10.0, WIDTH / 2.0);
    let mut svg = Svg::begin(about, top + ROW * rows.len() as f64);
    svg.legend(&[("hatch", less), ("solid", more)]);
    let most = greatest(rows.iter().flat_map(|it| [it.less.value, it.more.value]));
    for (index, row) in rows.iter().enumerate() {
        let y = top + ROW * index as f64;
        svg.text(0.0, y + 13.0, "name", &cut(&row.label));
        svg.text(WIDTH, y + 13.0, "note", &row.note);
        let y = y + LINE + 3.0;
        let left = row.less.value.max(0.0) / most * LONG;
        let right = row.more.value.max(0.0) / most * LONG;
        svg.bar("hatch", (middle - left, y), (left, BAR));
        svg.bar("solid", (middle, y), (right, BAR));
        svg.text(middle - left - 6.0, y + 11.5, "value left", &row.less.text);
        svg.text(middle + right + 6.0, y + 11.5, "value", &row.more.text);
    }
    let bottom = top + ROW * rows.len() as f64 - 8.0;
    svg.line("axis", (middle, top + 4.0), (middle, bottom));
    svg.end()
}

/// A figure at a place along the line, with what it surely lies between.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    pub label: String,
    pub low: f64,
    pub middle: f64,
    pub high: f64,
}

/// A line with the band around it; `words` says a value. The first, the last and the place in the middle are named.
pub fn line(about: About<'_>, words: impl Fn(f64) -> String, steps: &[Step]) -> String {
    const HIGH: f64 = 160.0;
    let top = LINE + 4.0;
    let mut svg = Svg::begin(about, top + HIGH + LINE + 8.0);
    let values = || steps.iter().flat_map(|it| [it.low, it.middle, it.high]);
    let (least, most) = bounds(values().chain([0.0]));
    let y = |value: f64| top + HIGH - (value - least) / (most - least) * HIGH;
    let last = steps.len().saturating_sub(1).max(1) as f64;
    let x = |index: usize| 4.0 + index as f64 / last * (WIDTH - 8.0);
    svg.text(0.0, 13.0, "value", &words(most));
    svg.line("axis", (0.0, y(0.0)), (WIDTH, y(0.0)));
    let places = || steps.iter().enumerate();
    let upper = places().map(|(at, it)| (x(at), y(it.high)));
    let lower = places().rev().map(|(at, it)| (x(at), y(it.low)));
    svg.shape("polygon", "band", &upper.chain(lower).collect::<Vec<_>>());
    let middle: Vec<_> = places().map(|(at, it)| (x(at), y(it.middle))).collect();
    svg.shape("polyline", "path", &middle);
    for point in &middle {
        svg.dot("point", *point, 2.5);
    }
    let bottom = top + HIGH + LINE;
    for (at, it) in places() {
        let class = match at {
            0 => "value",
            _ if at + 1 == steps.len() => "note",
            _ if at == steps.len() / 2 => "value middle",
            _ => continue,
        };
        svg.text(x(at), bottom, class, &it.label);
    }
    svg.end()
}

/// Something that can be had, and whether nothing is better in both respects.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spot {
    pub across: f64,
    pub up: f64,
    /// Its name in the picture; empty for none.
    pub label: String,
    pub is_front: bool,
}

/// What can be had for what: the front as full diamonds on a line, the rest as hollow rings. The axes are named, and
/// their ends said by `words` (across, up).
pub fn front(
    about: About<'_>,
    (across, up): (&str, &str),
    words: (impl Fn(f64) -> String, impl Fn(f64) -> String),
    spots: &[Spot],
) -> String {
    const HIGH: f64 = 220.0;
    // Above the highest spot there is room for its name.
    let top = 3.0 * LINE;
    let mut svg = Svg::begin(about, top + HIGH + 2.0 * LINE + 6.0);
    let (left, right) = bounds(spots.iter().map(|it| it.across));
    let (least, most) = bounds(spots.iter().map(|it| it.up));
    let at = |it: &Spot| {
        let x = 8.0 + (it.across - left) / (right - left) * (WIDTH - 16.0);
        let y = top + HIGH - 8.0 - (it.up - least) / (most - least) * (HIGH - 16.0);
        (x, y)
    };
    svg.text(0.0, 13.0, "name", up);
    svg.text(0.0, 13.0 + LINE, "value", &words.1(most));
    svg.line("axis", (0.0, top), (0.0, top + HIGH));
    svg.line("axis", (0.0, top + HIGH), (WIDTH, top + HIGH));
    let mut best: Vec<&Spot> = spots.iter().filter(|it| it.is_front).collect();
    best.sort_by(|a, b| a.across.total_cmp(&b.across));
    svg.shape(
        "polyline",
        "path",
        &best.iter().map(|it| at(it)).collect::<Vec<_>>(),
    );
    for spot in spots {
        let (x, y) = at(spot);
        if spot.is_front {
            let diamond = [(x, y - 6.0), (x + 6.0, y), (x, y + 6.0), (x - 6.0, y)];
            svg.shape("polygon", "solid", &diamond);
        } else {
            svg.dot("ring", (x, y), 4.0);
        }
        let class = if x > WIDTH / 2.0 { "note" } else { "value" };
        svg.text(x, y - 9.0, class, &cut(&spot.label));
    }
    let bottom = top + HIGH + LINE;
    svg.text(0.0, bottom, "value", &words.0(left));
    svg.text(WIDTH, bottom, "note", &words.0(right));
    svg.text(WIDTH, bottom + LINE, "note name", across);
    svg.end()
}

fn greatest(values: impl Iterator<Item = f64>) -> f64 {
    let most = values.filter(|it| it.is_finite()).fold(0.0, f64::max);
    if most > 0.0 { most } else { 1.0 }
}

/// Least and greatest, never the same.
fn bounds(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values.filter(|it| it.is_finite()) {
        (least, most) = (least.min(value), most.max(value));
    }
    match (least.is_finite(), least < most) {
        (true, true) => (least, most),
        (true, false) => (least - 0.5, least + 0.5),
        (false, _) => (0.0, 1.0),
    }
}

fn cut(label: &str) -> String {
    if label.chars().count() <= LONGEST {
        return label.to_owned();
    }
    label.chars().take(LONGEST - 1).chain(['…']).collect()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

/// A picture under construction.
struct Svg {
    id: String,
    text: String,
}

impl Svg {
    fn begin(about: About<'_>, height: f64) -> Self {
        let id = escaped(about.id);
        let (title, description) = (escaped(about.title), escaped(about.description));
        let text = format!(
            "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" \
             aria-labelledby=\"{id}-title {id}-desc\"><title id=\"{id}-title\">{title}</title>\
             <desc id=\"{id}-desc\">{description}</desc><defs>\
             <pattern id=\"{id}-hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" \
             patternTransform=\"rotate(45)\"><rect class=\"ground\" width=\"6\" height=\"6\"/>\
             <path class=\"stripe\" d=\"M1.5 0V6\"/></pattern></defs>"
        );
        Self { id, text }
    }

    fn add(&mut self, piece: std::fmt::Arguments<'_>) {
        // Writing to a text does not fail.
        let _ = self.text.write_fmt(piece);
    }

    /// The attribute by which a surface is hatched; full ones have their colour from the sheet of styles.
    fn fill(&self, class: &str) -> String {
        match class {
            "hatch" | "band" => format!(" fill=\"url(#{}-hatch)\"", self.id),
            _ => String::new(),
        }
    }

    fn bar(&mut self, class: &str, (x, y): (f64, f64), (width, height): (f64, f64)) {
        let fill = self.fill(class);
        self.add(format_args!(
            "<rect class=\"{class}\"{fill} x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height}\"/>"
        ));
    }

    fn legend(&mut self, items: &[(&str, &str)]) {
        for (index, (class, name)) in items.iter().enumerate() {
            let x = index as f64 * WIDTH / 2.0;
            self.bar(class, (x, 1.0), (18.0, 12.0));
            self.text(x + 24.0, 12.0, "value", name);
        }
    }

    /// Nothing for an empty text.
    fn text(&mut self, x: f64, y: f64, class: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let text = escaped(text);
        self.add(format_args!(
            "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{text}</text>"
        ));
    }

    fn line(&mut self, class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
        self.add(format_args!(
            "<path class=\"{class}\" d=\"M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}\"/>"
        ));
    }

    fn shape(&mut self, element: &str, class: &str, points: &[(f64, f64)]) {
        let points: Vec<String> = points
            .iter()
            .map(|(x, y)| format!("{x:.1},{y:.1}"))
            .collect();
        let (points, fill) = (points.join(" "), self.fill(class));
        self.add(format_args!(
            "<{element} class=\"{class}\"{fill} points=\"{points}\"/>"
        ));
    }

    fn dot(&mut self, class: &str, (x, y): (f64, f64), radius: f64) {
        self.add(format_args!(
            "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\"/>"
        ));
    }

    fn end(mut self) -> String {
        self.text.push_str("</svg>");
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABOUT: About<'_> = About {
        id: "cost",
        title: "Cost & \"more\"",
        description: "of <all>",
    };

    fn figure(value: f64) -> Figure {
        Figure {
            value,
            text: format!("{value}"),
        }
    }

    #[test]
    fn what_differs_differs_by_pattern_and_is_said() {
        let rows = [Pair {
            label: "one".into(),
            before: figure(5.0),
            after: figure(10.0),
        }];
        let svg = pairs(ABOUT, ("before", "after"), &rows);
        for part in [
            "role=\"img\" aria-labelledby=\"cost-title cost-desc\"",
            "<title id=\"cost-title\">Cost &amp; &quot;more&quot;</title>",
            "of &lt;all&gt;",
            "class=\"hatch\" fill=\"url(#cost-hatch)\" x=\"0.0\" y=\"48.0\" width=\"107.5\"",
            "class=\"solid\" x=\"0.0\" y=\"64.0\" width=\"215.0\"",
            ">before</text>",
            ">10</text>",
        ] {
            assert!(svg.contains(part), "{part} is not in {svg}");
        }
        assert!(!svg.contains("style="));
    }

    #[test]
    fn figures_that_are_none_make_no_broken_picture() {
        let step = |value| Step {
            low: value,
            middle: value,
            high: value,
            ..Step::default()
        };
        let spot = Spot {
            is_front: true,
            ..Spot::default()
        };
        let words = |value: f64| format!("{value:.1}");
        for svg in [
            pairs(ABOUT, ("", ""), &[]),
            pairs(ABOUT, ("", ""), &[Pair::default()]),
            sides(ABOUT, ("", ""), &[Side::default()]),
            line(ABOUT, words, &[]),
            line(ABOUT, words, &[step(f64::NAN)]),
            line(ABOUT, words, &[step(3.0), step(-2.0)]),
            front(ABOUT, ("", ""), (words, words), &[]),
            front(ABOUT, ("", ""), (words, words), &[spot]),
        ] {
            assert!(!svg.contains("inf"), "{svg}");
            assert!(svg.ends_with("</svg>"), "{svg}");
        }
    }

    #[test]
    fn losers_stand_left_of_the_line_and_winners_right() {
        let row = Side {
            label: "a".into(),
            note: String::new(),
            less: figure(2.0),
            more: figure(4.0),
        };
        let svg = sides(ABOUT, ("lose", "win"), &[row]);
        assert!(
            svg.contains("x=\"127.5\" y=\"49.0\" width=\"52.5\""),
            "{svg}"
        );
        assert!(
            svg.contains("x=\"180.0\" y=\"49.0\" width=\"105.0\""),
            "{svg}"
        );
    }
}
