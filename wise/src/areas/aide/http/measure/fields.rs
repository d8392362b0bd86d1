//! The fields of the forms, and reading what was written into them.

use jiff::civil::Date;
use web::{FormErrors, Frame};

use super::super::finding::{say, three, whole};
use super::{FACILITIES, Ground, Typed};
use crate::areas::aide::measures::facility::{Facility, Site};
use crate::areas::aide::measures::staffing::Staffing;
use crate::areas::aide::measures::{About, Asked, Campaign, Kind, Milli, Stop, Visits};
use crate::areas::aide::pages::finding::FieldRow;
use crate::areas::aide::said::{Said, number};
use crate::blocks::places::{Place, PlaceKind};

const LAST: [&str; 3] = ["cost_once", "cost_a_year", "preparation"];

/// The names of a form's fields, in their order.
pub(super) fn of(kind: Kind) -> impl Iterator<Item = &'static str> {
    let own: &[&str] = match kind {
        Kind::Facility => &[
            "place_kind",
            "candidates",
            "add",
            "reach",
            "youngest",
            "oldest",
        ],
        Kind::Closure => &["site", "reach", "youngest", "oldest"],
        Kind::Visits => &["stops", "minutes", "per_visit", "source"],
        Kind::Campaign => &["not_receiving", "won_a_year", "gained", "source"],
        Kind::Staffing => &[
            "arrivals",
            "case_minutes",
            "hands_now",
            "hands_then",
            "source",
        ],
    };
    std::iter::once("name")
        .chain(own.iter().copied())
        .chain(LAST)
}

/// What stands in a form to begin with: nothing that is an opinion.
pub(super) fn blank(kind: Kind) -> Typed {
    let known = |name: &str| match name {
        "add" => "1",
        "reach" => "1,000",
        "youngest" | "cost_once" | "cost_a_year" | "preparation" => "0",
        "oldest" => "120",
        _ => "",
    };
    of(kind)
        .map(|name| (name.to_owned(), known(name).to_owned()))
        .collect()
}

/// A field with what was typed and what is wrong with it.
pub(super) fn row(
    frame: &Frame,
    name: &'static str,
    typed: &Typed,
    errors: &FormErrors,
) -> FieldRow {
    let key = format!("aide-measure-field-{}", name.replace('_', "-"));
    let unit = match name {
        "cost_once" | "cost_a_year" | "won_a_year" => "aide-unit-won",
        "preparation" => "aide-unit-months",
        "youngest" | "oldest" => "aide-unit-years",
        "not_receiving" | "arrivals" => "aide-unit-people",
        "reach" => "aide-unit-metres",
        "minutes" | "case_minutes" => "aide-unit-minutes",
        "gained" => "aide-unit-percent",
        _ => "",
    };
    FieldRow {
        name,
        label: frame.t(&key),
        hint: frame.t(&format!("{key}-hint")),
        value: typed.get(name).cloned().unwrap_or_default(),
        error: errors.at(name).to_owned(),
        unit: if unit.is_empty() {
            String::new()
        } else {
            frame.t(unit)
        },
        kind: match name {
            "candidates" | "stops" => "lines",
            _ => "text",
        },
        options: match name {
            "place_kind" => FACILITIES
                .iter()
                .map(|kind| (kind.to_string(), place_kind(frame, *kind)))
                .collect(),
            _ => Vec::new(),
        },
    }
}

/// What a kind of place is called.
pub(super) fn place_kind(frame: &Frame, kind: PlaceKind) -> String {
    frame.t(&format!("aide-place-{}", kind.word().replace('_', "-")))
}

/// Reads a form; what cannot be read is added to the errors.
pub(super) struct Reading<'a> {
    pub(super) frame: &'a Frame,
    pub(super) typed: &'a Typed,
    pub(super) errors: &'a mut FormErrors,
}

impl<'a> Reading<'a> {
    fn text(&self, name: &str) -> &'a str {
        self.typed.get(name).map_or("", String::as_str)
    }

    /// A whole number that fits.
    fn whole<T: TryFrom<i64>>(&mut self, name: &str) -> Option<T> {
        let value = whole(self.text(name)).and_then(|it| T::try_from(it).ok());
        let said = self.frame.t("aide-error-number");
        self.errors.check(value.is_some(), name, said);
        value
    }

    /// One number or three, in thousandths after multiplying.
    fn milli(&mut self, name: &str, times: f64) -> Option<Milli> {
        let thousandths = |text: &str| scaled(text, times);
        let value = three(self.text(name), thousandths);
        let said = self.frame.t("aide-measure-range");
        self.errors.check(value.is_some(), name, said);
        value.map(|[low, mid, high]| Milli { low, mid, high })
    }

    fn about(&mut self, today: Date) -> Option<About> {
        let name = self.text("name").to_owned();
        let once = self.whole("cost_once");
        let a_year = self.whole("cost_a_year");
        let months = self.whole("preparation");
        Some(About {
            name,
            cost_once_won: once?,
            cost_a_year_won: a_year?,
            today,
            preparation_months: months?,
        })
    }

    /// The youngest and the oldest who count, in full years.
    pub(super) fn ages(&mut self) -> Option<(i64, i64)> {
        let (youngest, oldest) = (self.whole("youngest"), self.whole("oldest"));
        let (youngest, oldest) = (youngest?, oldest?);
        let fits = 0 <= youngest && youngest <= oldest && oldest <= 150;
        self.errors
            .check(fits, "youngest", self.frame.t("aide-measure-ages"));
        fits.then_some((youngest, oldest))
    }

    pub(super) fn facility(&mut self, kind: Kind, today: Date, ground: &Ground) -> Option<Asked> {
        let about = self.about(today);
        let reach_m = self.whole("reach");
        let is_closure = kind == Kind::Closure;
        let add = if is_closure {
            Some(0)
        } else {
            self.whole("add")
        };
        let sites = match is_closure {
            true => self.site(&ground.places),
            false => self.candidates(&ground.places).map(|sites| (sites, 0)),
        };
        let (sites, site) = sites?;
        let facility = Facility {
            about: about?,
            cells: ground.cells.clone(),
            left_out: ground.left_out,
            sites,
            add: add?,
            reach_m: reach_m?,
        };
        Some(match is_closure {
            true => Asked::Closure { facility, site },
            false => Asked::Facility(facility),
        })
    }

    /// All places of the kind of the one that is named, and which it is among them.
    fn site(&mut self, places: &[Place]) -> Option<(Vec<Site>, usize)> {
        let name = self.text("site");
        let found = places.iter().find(|it| it.name == name);
        let said = self.frame.t("aide-measure-no-place");
        self.errors.check(found.is_some(), "site", said);
        let found = found?;
        let own: Vec<&Place> = places.iter().filter(|it| it.kind == found.kind).collect();
        let place = own.iter().position(|it| it.id == found.id)?;
        Some((own.into_iter().map(|it| site(it, true)).collect(), place))
    }

    /// The places of the kind that are open, and the candidates: `name, latitude, longitude`, or the name of any place.
    fn candidates(&mut self, places: &[Place]) -> Option<Vec<Site>> {
        let kind: Option<PlaceKind> = self.text("place_kind").parse().ok();
        let kind = kind.filter(|it| FACILITIES.contains(it));
        let said = self.frame.t("aide-measure-choose-kind");
        self.errors.check(kind.is_some(), "place_kind", said);
        let kind = kind?;
        let open = places.iter().filter(|it| it.kind == kind);
        let mut sites: Vec<Site> = open.map(|it| site(it, true)).collect();
        for line in lines(self.text("candidates")) {
            let known = places.iter().find(|it| it.name == line && it.kind != kind);
            let Some(new) = known.map(|it| site(it, false)).or_else(|| located(line)) else {
                let said = self
                    .frame
                    .t1("aide-measure-candidate", "line", line.to_owned());
                self.errors.add("candidates", said);
                return None;
            };
            sites.push(new);
        }
        Some(sites)
    }

    pub(super) fn visits(&mut self, today: Date) -> Option<Asked> {
        let about = self.about(today);
        let minutes = self.whole("minutes");
        let per_visit = self.milli("per_visit", 1.0);
        let mut stops = Vec::new();
        for line in lines(self.text("stops")) {
            let Some(stop) = stop(line) else {
                let said = Said::new("aide-measure-stop").with("line", line);
                self.errors.add("stops", say(self.frame, &said));
                return None;
            };
            stops.push(stop);
        }
        Some(Asked::Visits(Visits {
            about: about?,
            stops,
            minutes: minutes?,
            per_visit: per_visit?,
            source: self.text("source").to_owned(),
        }))
    }

    pub(super) fn campaign(&mut self, today: Date) -> Option<Asked> {
        let about = self.about(today);
        let (not_receiving, won_a_year) = (self.whole("not_receiving"), self.whole("won_a_year"));
        // Per cent are tens of a permille, and a hundredth of thousandths.
        let gained_permille = self.milli("gained", 0.01);
        Some(Asked::Campaign(Campaign {
            about: about?,
            not_receiving: not_receiving?,
            won_a_year: won_a_year?,
            gained_permille: gained_permille?,
            source: self.text("source").to_owned(),
        }))
    }

    pub(super) fn staffing(&mut self, today: Date) -> Option<Asked> {
        let about = self.about(today);
        let arrivals_an_hour = self.milli("arrivals", 1.0);
        let minutes = scaled(self.text("case_minutes"), 1.0);
        let said = self.frame.t("aide-error-number");
        self.errors.check(minutes.is_some(), "case_minutes", said);
        let (now, then) = (self.whole("hands_now"), self.whole("hands_then"));
        Some(Asked::Staffing(Staffing {
            about: about?,
            arrivals_an_hour: arrivals_an_hour?,
            minutes_a_case_milli: minutes?,
            hands_now: now?,
            hands_then: then?,
            source: self.text("source").to_owned(),
        }))
    }
}

/// A number of the form in thousandths, times something.
fn scaled(text: &str, times: f64) -> Option<i64> {
    let value = number(text, false)? * times * 1_000.0;
    let fits = value.abs() < 1e15;
    fits.then_some(value.round() as i64)
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|it| !it.is_empty())
}

fn micro(degrees: f64) -> i64 {
    (degrees * 1e6).round() as i64
}

fn site(place: &Place, is_open: bool) -> Site {
    Site {
        name: place.name.clone(),
        latitude: micro(place.at.latitude),
        longitude: micro(place.at.longitude),
        is_open,
    }
}

/// `name, latitude, longitude` in degrees (WGS 84).
fn located(line: &str) -> Option<Site> {
    let mut parts = line.rsplitn(3, ',').map(str::trim);
    let (longitude, latitude) = (parts.next()?, parts.next()?);
    let name = parts.next().filter(|it| !it.is_empty())?;
    let (latitude, longitude) = (number(latitude, false)?, number(longitude, false)?);
    let is_place = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
    is_place.then(|| Site {
        name: name.to_owned(),
        latitude: micro(latitude),
        longitude: micro(longitude),
        is_open: false,
    })
}

/// `name, harm a year, minutes a visit`, and where it matters the least and the most visits.
fn stop(line: &str) -> Option<Stop> {
    let parts: Vec<&str> = line.split(',').map(str::trim).collect();
    let (name, risk, minutes, bounds) = match parts.as_slice() {
        [name, risk, minutes] => (name, risk, minutes, ("0", "12")),
        [name, risk, minutes, least, most] => (name, risk, minutes, (*least, *most)),
        _ => return None,
    };
    Some(Stop {
        name: Some(*name).filter(|it| !it.is_empty())?.to_owned(),
        risk_milli: scaled(risk, 1.0)?,
        minutes: minutes.parse().ok()?,
        least: bounds.0.parse().ok()?,
        most: bounds.1.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_place_or_nothing() {
        let found = located("새빛동 옛 학교, 별관, 36.61, 126.95").unwrap();
        assert_eq!(found.name, "새빛동 옛 학교, 별관");
        assert_eq!((found.latitude, found.longitude), (36_610_000, 126_950_000));
        for line in [
            "",
            "학교",
            "학교, 36.61",
            ", 36.61, 126.95",
            "학교, 96, 126",
            "학교, 가, 나",
        ] {
            assert_eq!(located(line), None, "{line}");
        }
    }

    #[test]
    fn a_line_is_a_stop_or_nothing() {
        let found = stop("새빛경로당, 2.5, 40").unwrap();
        assert_eq!((found.risk_milli, found.minutes), (2_500, 40));
        assert_eq!((found.least, found.most), (0, 12));
        assert_eq!(stop("가, 1, 30, 1, 4").unwrap().least, 1);
        for line in [
            "가",
            "가, 1",
            "가, 많이, 30",
            "가, 1, -30",
            "가, 1, 30, 1",
            ", 1, 30",
            "가, 1e99, 30",
        ] {
            assert_eq!(stop(line), None, "{line}");
        }
    }
}
