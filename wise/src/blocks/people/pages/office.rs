//! What officials see of residents.

use askama::Template;
use web::Frame;

use super::own::FactSection;
use super::{Errors, Line, Moment, at};

/// Births that wait for their registration.
#[derive(Template)]
#[template(path = "blocks/people/pages/births.html")]
pub struct BirthsPage {
    pub frame: Frame,
    pub lead: String,
    pub heads: Vec<(String, &'static str)>,
    pub rows: Vec<BirthLine>,
    /// The list is longer than what is shown.
    pub more: bool,
}

/// A birth in the list.
#[derive(Clone, Debug, Default)]
pub struct BirthLine {
    pub href: String,
    pub mother: String,
    pub place: String,
    pub born: String,
    pub sex: String,
    pub source: String,
    pub tone: &'static str,
    pub left: String,
    pub left_tone: &'static str,
}

/// One birth and the form that registers it.
#[derive(Template)]
#[template(path = "blocks/people/pages/birth.html")]
pub struct BirthPage {
    pub frame: Frame,
    pub title: String,
    pub lead: String,
    pub state: String,
    pub tone: &'static str,
    pub open: bool,
    pub action: String,
    /// That several are registered in one go; empty for one child.
    pub together: String,
    pub children: Vec<ChildEntry>,
    pub confirmed: bool,
    pub errors: Errors,
    pub about: Vec<Line>,
    pub parents: Vec<Line>,
}

/// What is entered of one child; a sex that is known is not asked.
#[derive(Clone, Debug, Default)]
pub struct ChildEntry {
    pub name_field: String,
    pub name_label: String,
    pub name: String,
    pub sex_field: String,
    pub sex_label: String,
    pub sex: String,
}

impl BirthPage {
    pub(super) fn error(&self, field: &str) -> &str {
        at(&self.errors, field)
    }
}

/// A registration without a notice: find the mother, then enter the child.
#[derive(Template)]
#[template(path = "blocks/people/pages/birth_new.html")]
pub struct NewBirthPage {
    pub frame: Frame,
    pub mother_name: String,
    pub mother_born: String,
    pub searched: bool,
    pub found: Vec<FoundLine>,
    /// The chosen mother; empty while she is looked for.
    pub mother: String,
    pub mother_title: String,
    pub parents: Vec<Line>,
    pub born: String,
    pub children: Vec<ChildEntry>,
    pub multiple: String,
    pub sexes: Vec<(String, String, String)>,
    pub counts: Vec<(String, String)>,
    pub confirmed: bool,
    pub errors: Errors,
}

impl NewBirthPage {
    pub(super) fn error(&self, field: &str) -> &str {
        at(&self.errors, field)
    }
}

/// Looking for residents, with a purpose.
#[derive(Template)]
#[template(path = "blocks/people/pages/find.html")]
pub struct FindPage {
    pub frame: Frame,
    pub name: String,
    pub born: String,
    pub purpose: String,
    pub detail: String,
    /// As it is carried to a household's page.
    pub why: String,
    pub purposes: Vec<(String, String)>,
    pub searched: bool,
    pub found_title: String,
    pub heads: Vec<(String, &'static str)>,
    pub found: Vec<FoundLine>,
    pub errors: Errors,
}

impl FindPage {
    pub(super) fn error(&self, field: &str) -> &str {
        at(&self.errors, field)
    }
}

/// A resident who was found.
#[derive(Clone, Debug, Default)]
pub struct FoundLine {
    /// Of the household to open, or of the mother to choose.
    pub id: String,
    pub name: String,
    pub born: String,
    pub address: String,
}

/// A household, shown to an official who said why.
#[derive(Template)]
#[template(path = "blocks/people/pages/household.html")]
pub struct HouseholdPage {
    pub frame: Frame,
    pub title: String,
    pub lead: String,
    pub purpose: String,
    pub logged: String,
    pub logged_note: String,
    pub heads: Vec<(String, &'static str)>,
    pub members: Vec<MemberLine>,
    pub sections: Vec<FactSection>,
    pub looks: Vec<Moment>,
}

/// A member of a household.
#[derive(Clone, Debug, Default)]
pub struct MemberLine {
    pub name: String,
    pub age: String,
    pub born: String,
    pub role: String,
    pub sex: String,
    pub since: String,
}
