//! What happens in the city: life events, and what residents and officials do about them.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::model::{AddressPlan, FactPlan, HouseholdKey, HouseholdPlan, PersonKey, Role, Sex};

/// An event and its instant (UTC).
pub type Timed = (Timestamp, Event);

/// A child that is born, before it has a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Birth {
    pub baby: PersonKey,
    pub mother: PersonKey,
    /// Household of the mother, to which the child will belong.
    pub household: HouseholdKey,
    pub sex: Sex,
    pub born: Date,
    /// Relation to the head of the household.
    pub role: Role,
    /// Position among the children of the house.
    pub birth_order: u8,
    /// Children born together.
    pub multiple: u8,
}

/// What a resident does with the offers on the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// Accepts, with one press, all that needs nothing more.
    AcceptReady,
    /// Tells the household facts still missing, then accepts everything.
    AcceptAll { told: Vec<FactPlan> },
    /// Declines this many offers, the smallest first, and accepts the rest that is ready.
    DeclineSome { decline: u8 },
    /// Postpones everything to a day; the answer comes then.
    Postpone { until: Date },
}

/// How an official decides a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    Grant,
    /// Asks the applicant for a paper or an explanation.
    Ask,
    Refuse,
}

/// One thing that happens. Keys refer to the plan and to people whom earlier events brought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The health insurer learns of a pregnancy. `facts` are the mother's.
    PregnancyRegistered {
        mother: PersonKey,
        household: HouseholdKey,
        due: Date,
        facts: Vec<FactPlan>,
    },
    /// A hospital sends its birth notice (출생통보). `hospital` is a code of `agencies.csv`.
    BirthNoticed { hospital: String, birth: Birth },
    /// A parent tells of the birth before anybody else has.
    BirthTold { by: PersonKey, birth: Birth },
    /// An official registers the birth: from here on the child is a resident. `facts` are the
    /// child's, `mother_facts` end the pregnancy, `household_facts` say what the family is now.
    BirthRegistered {
        official: String,
        birth: Birth,
        name: String,
        facts: Vec<FactPlan>,
        mother_facts: Vec<FactPlan>,
        household_facts: Vec<FactPlan>,
    },
    /// A household comes to the city.
    MovedIn {
        official: String,
        household: Box<HouseholdPlan>,
    },
    /// A household leaves the city.
    MovedOut { household: HouseholdKey, on: Date },
    /// A household moves within the city. `facts` are the household's.
    MovedWithin {
        official: String,
        household: HouseholdKey,
        address: AddressPlan,
        facts: Vec<FactPlan>,
    },
    /// Somebody dies. `roles` are the new relations of those who stay, `facts` the household's.
    Died {
        person: PersonKey,
        household: HouseholdKey,
        on: Date,
        roles: Vec<(PersonKey, Role)>,
        facts: Vec<FactPlan>,
    },
    /// Somebody loses work. `facts` are the person's.
    JobLost {
        person: PersonKey,
        household: HouseholdKey,
        facts: Vec<FactPlan>,
    },
    /// Somebody finds work. `facts` are the person's.
    JobFound {
        person: PersonKey,
        household: HouseholdKey,
        facts: Vec<FactPlan>,
    },
    /// Leave from work begins or ends. `facts` are the person's.
    LeaveChanged {
        person: PersonKey,
        household: HouseholdKey,
        facts: Vec<FactPlan>,
    },
    /// A child enters the next school. `facts` are the child's.
    SchoolEntered {
        person: PersonKey,
        household: HouseholdKey,
        facts: Vec<FactPlan>,
    },
    /// A register reports new income figures. `facts` are the household's.
    IncomeReassessed {
        household: HouseholdKey,
        facts: Vec<FactPlan>,
    },
    /// Two people who lived alone marry; `spouse` moves into `household`, and `left` is empty then.
    Married {
        head: PersonKey,
        spouse: PersonKey,
        household: HouseholdKey,
        left: HouseholdKey,
        facts: Vec<FactPlan>,
    },
    /// A couple parts: `leaving` move to the new household `to`, with their new relations.
    Divorced {
        household: HouseholdKey,
        leaving: Vec<(PersonKey, Role)>,
        staying: Vec<(PersonKey, Role)>,
        to: HouseholdKey,
        address: AddressPlan,
        facts: Vec<FactPlan>,
        facts_leaving: Vec<FactPlan>,
    },
    /// A resident opens the page of offers.
    OffersOpened { by: PersonKey },
    /// A resident answers the offers open for the person and the household.
    OffersAnswered { by: PersonKey, answer: Answer },
    /// An official works through the applicant's open cases: the oldest gets `first`, the others `rest`.
    CasesWorked {
        official: String,
        applicant: PersonKey,
        first: Verdict,
        rest: Verdict,
    },
    /// The applicant hands in what an official asked for.
    PapersGiven { by: PersonKey },
}

impl Event {
    /// The person and the household that must be in the city for this to happen.
    pub fn concerns(&self) -> (Vec<PersonKey>, Option<HouseholdKey>) {
        use Event::*;
        match self {
            PregnancyRegistered {
                mother, household, ..
            } => (vec![*mother], Some(*household)),
            BirthNoticed { birth, .. }
            | BirthTold { birth, .. }
            | BirthRegistered { birth, .. } => (vec![birth.mother], Some(birth.household)),
            MovedIn { .. } => (Vec::new(), None),
            MovedOut { household, .. }
            | MovedWithin { household, .. }
            | IncomeReassessed { household, .. } => (Vec::new(), Some(*household)),
            Died {
                person, household, ..
            }
            | JobLost {
                person, household, ..
            }
            | JobFound {
                person, household, ..
            }
            | LeaveChanged {
                person, household, ..
            }
            | SchoolEntered {
                person, household, ..
            } => (vec![*person], Some(*household)),
            Married { head, spouse, .. } => (vec![*head, *spouse], None),
            Divorced {
                household, leaving, ..
            } => (
                leaving.iter().map(|(key, _)| *key).collect(),
                Some(*household),
            ),
            OffersOpened { by } | OffersAnswered { by, .. } | PapersGiven { by } => {
                (vec![*by], None)
            }
            CasesWorked { applicant, .. } => (vec![*applicant], None),
        }
    }

    /// Whether this changes who lives where: such events and others of the same household do not
    /// fall on one day.
    pub(super) fn is_life_event(&self) -> bool {
        !matches!(
            self,
            Event::OffersOpened { .. }
                | Event::OffersAnswered { .. }
                | Event::CasesWorked { .. }
                | Event::PapersGiven { .. }
        )
    }
}
