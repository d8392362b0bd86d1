//! Puts the people of the pyramid into households: who lives with whom, at what age, in what role.
//!
//! People are taken out of a pool that holds exactly the pyramid's numbers, so ages and sexes are
//! right by construction; household sizes follow their table; families are put together so that
//! ages of parents, children and couples are plausible.

use jiff::civil::Date;
use rand::RngExt;

use super::chance::{self, Chance, percent};
use super::data::{City, FamilyKind, SampleData};
use super::model::{HouseholdPlan, Role, Sex, age_on};

/// Ages 0 to 100, where 100 stands for 100 and older.
const AGES: usize = 101;
const ADULT: usize = 19;

/// A member before names and dates are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Draft {
    pub age: usize,
    pub sex: Sex,
    pub role: Role,
    /// Carries the family's surname (the father's line), not one of their own.
    pub family_name: bool,
    pub foreign: bool,
    /// Born together with the child before in the list.
    pub twin: bool,
}

impl Draft {
    pub(super) fn new(age: usize, sex: Sex, role: Role) -> Self {
        Self {
            age,
            sex,
            role,
            family_name: false,
            foreign: false,
            twin: false,
        }
    }

    fn of_family(mut self) -> Self {
        self.family_name = true;
        self
    }
}

/// People not yet living anywhere, by sex and age.
#[derive(Clone, Debug)]
pub(super) struct Pool {
    left: [[u32; AGES]; 2],
}

impl Pool {
    /// `residents` people in the proportions of the pyramid, by largest remainder.
    pub(super) fn of(data: &SampleData, residents: usize) -> Self {
        let total: u64 = data
            .pyramid
            .iter()
            .map(|r| u64::from(r.male) + u64::from(r.female))
            .sum();
        let mut cells = Vec::new();
        for row in &data.pyramid {
            let age = usize::from(row.age).min(AGES - 1);
            for (sex, count) in [(0, row.male), (1, row.female)] {
                let exact = u64::from(count) * residents as u64;
                cells.push((exact % total, sex, age, (exact / total) as u32));
            }
        }
        let placed: u32 = cells.iter().map(|c| c.3).sum();
        cells.sort_by_key(|c| std::cmp::Reverse(c.0));
        let missing = residents - placed as usize;
        let mut left = [[0; AGES]; 2];
        for (i, (_, sex, age, count)) in cells.into_iter().enumerate() {
            left[sex][age] += count + u32::from(i < missing);
        }
        Self { left }
    }

    /// Takes one person of this age, or of the nearest age at hand within the bounds.
    pub(super) fn take_near(
        &mut self,
        sex: Sex,
        target: i32,
        least: i32,
        most: i32,
    ) -> Option<usize> {
        let ages = &mut self.left[sex.index()];
        let (least, most) = (least.max(0), most.min(AGES as i32 - 1));
        let target = target.clamp(least, most.max(least));
        for step in 0..=(most - least).max(0) {
            for age in [target - step, target + step] {
                if (least..=most).contains(&age) && ages[age as usize] > 0 {
                    ages[age as usize] -= 1;
                    return Some(age as usize);
                }
            }
        }
        None
    }

    /// Takes one person of either sex, in proportion to who is left and to the weight of the age.
    fn take_weighted(
        &mut self,
        chance: &mut Chance,
        weight: impl Fn(Sex, usize) -> f64,
    ) -> Option<(Sex, usize)> {
        let cells: Vec<(Sex, usize, f64)> = [Sex::Male, Sex::Female]
            .into_iter()
            .flat_map(|sex| (0..AGES).map(move |age| (sex, age)))
            .map(|(sex, age)| {
                let count = f64::from(self.left[sex.index()][age]);
                (sex, age, count * weight(sex, age))
            })
            .collect();
        let (sex, age, _) = cells[chance::weighted(chance, &cells, |c| c.2)?];
        self.put_back(sex, age, -1);
        Some((sex, age))
    }

    fn put_back(&mut self, sex: Sex, age: usize, by: i32) {
        let cell = &mut self.left[sex.index()][age];
        *cell = cell.saturating_add_signed(by);
    }

    /// Takes out people who live somewhere already.
    pub(super) fn remove(&mut self, household: &HouseholdPlan, on: Date) {
        for member in &household.members {
            let age = usize::try_from(age_on(member.born, on))
                .unwrap_or(0)
                .min(AGES - 1);
            self.put_back(member.sex, age, -1);
        }
    }

    fn count(&self, from: usize, to: usize) -> u32 {
        self.left.iter().flat_map(|ages| &ages[from..=to]).sum()
    }
}

/// How many households of each size are still to be made; index is the size.
pub(super) type Slots = Vec<usize>;

/// Household sizes for so many residents, adding up to them exactly.
pub(super) fn slots(data: &SampleData, residents: usize) -> Slots {
    let largest = data.sizes.iter().map(|r| r.size).max().unwrap_or(1);
    let mean: f64 = data
        .sizes
        .iter()
        .map(|r| r.size as f64 * r.share_percent / 100.0)
        .sum();
    let households = residents as f64 / mean;
    let mut slots = vec![0; largest + 1];
    for row in &data.sizes {
        slots[row.size] = (households * row.share_percent / 100.0).round() as usize;
    }
    // Rounding leaves a handful of people over or short: people who live alone make up for it.
    let placed: usize = slots.iter().enumerate().map(|(size, n)| size * n).sum();
    slots[1] = (slots[1] + residents).saturating_sub(placed);
    slots
}

/// Makes all households from the pool.
pub(super) struct Families<'a> {
    pub city: &'a City,
    pub chance: Chance,
    pub pool: Pool,
    pub slots: Slots,
    pub made: Vec<Vec<Draft>>,
}

impl Families<'_> {
    /// Empties the pool into households.
    pub(super) fn make_all(mut self) -> Vec<Vec<Draft>> {
        // Most people who live alone are set aside first, so that their ages come out as published.
        let alone = self.slots[1] * 4 / 5;
        for _ in 0..alone {
            self.make_one_person();
        }
        self.make_families_with_minors();
        self.make_families_of_adults();
        self.make_pairs();
        self.make_the_rest();
        self.made
    }

    fn add(&mut self, mut members: Vec<Draft>) {
        let size = members.len();
        if self.slots.get(size).is_none_or(|n| *n == 0) {
            // A size the table has no more of: made of people who would have lived alone.
            self.slots[1] = self.slots[1].saturating_sub(size);
        } else {
            self.slots[size] -= 1;
        }
        members.sort_by_key(|m| m.role != Role::Head);
        self.made.push(members);
    }

    fn make_one_person(&mut self) {
        let rows = &self.city.one_person;
        let Some(row) = chance::weighted(&mut self.chance, rows, |r| r.percent).map(|i| &rows[i])
        else {
            return;
        };
        let band = usize::from(row.from_age)..=usize::from(row.to_age);
        let sex = if percent(&mut self.chance, row.women_percent) {
            Sex::Female
        } else {
            Sex::Male
        };
        let taken = self.pool.take_weighted(&mut self.chance, |s, age| {
            f64::from(u8::from(s == sex && band.contains(&age)))
        });
        if let Some((sex, age)) = taken {
            self.add(vec![Draft::new(age, sex, Role::Head)]);
        }
    }

    fn make_families_with_minors(&mut self) {
        while self.pool.count(0, ADULT - 1) > 0 {
            let Some(youngest) = self
                .pool
                .take_weighted(&mut self.chance, |_, age| f64::from(u8::from(age < ADULT)))
            else {
                return;
            };
            let kinds = &self.city.families_with_minors;
            let slots = &self.slots;
            // Large households are few: filled first they are all families with children.
            let weight = |k: &FamilyKind| match slots.get(k.size()) {
                Some(n) if *n > 0 && k.size() >= 6 => k.percent * 40.0,
                Some(n) if *n > 0 => k.percent,
                _ => 0.0,
            };
            let kind = chance::weighted(&mut self.chance, kinds, weight).map_or(
                FamilyKind {
                    parents: 2,
                    children: 1,
                    elders: 0,
                    percent: 0.0,
                },
                |i| kinds[i],
            );
            self.make_family(kind, youngest);
        }
    }

    fn make_families_of_adults(&mut self) {
        let kinds: Vec<FamilyKind> = self.city.families_of_adults.clone();
        let pairs_of_two_generations = self.slots[2] * 15 / 100;
        for size in (2..self.slots.len()).rev() {
            let wanted = if size == 2 {
                pairs_of_two_generations
            } else {
                self.slots[size]
            };
            let fitting: Vec<FamilyKind> =
                kinds.iter().filter(|k| k.size() == size).copied().collect();
            for _ in 0..wanted {
                let Some(i) = chance::weighted(&mut self.chance, &fitting, |k| k.percent) else {
                    break;
                };
                self.make_family_of_adults(fitting[i]);
            }
        }
    }

    fn make_family_of_adults(&mut self, kind: FamilyKind) {
        if kind.children == 0 {
            self.make_couple_with_elders(kind);
            return;
        }
        let shares = &self.city.lives_with_parents;
        let taken = self.pool.take_weighted(&mut self.chance, |_, age| {
            shares
                .iter()
                .find(|s| (usize::from(s.from_age)..=usize::from(s.to_age)).contains(&age))
                .map_or(0.0, |s| s.percent)
        });
        if let Some(youngest) = taken {
            self.make_family(kind, youngest);
        }
    }

    /// A family around its youngest child, already taken from the pool. If a parent or sibling of a
    /// fitting age is not left, the family is made without.
    fn make_family(&mut self, kind: FamilyKind, youngest: (Sex, usize)) {
        let children = self.siblings(kind.children, youngest);
        if kind.parents == 0 {
            return self.make_grandparent_family(children);
        }
        let oldest = children.iter().map(|c| c.age as i32).max().unwrap_or(0);
        let youngest = youngest.1 as i32;
        let mothers = self.city.mother_at_birth.clone();
        let years = (mothers.mean + mothers.sd * chance::normal(&mut self.chance)) as i32;
        // The usual age at birth is that of a child in the middle of the sequence.
        let target = (oldest + youngest) / 2 + years;
        let (least, most) = (oldest + mothers.least, youngest + mothers.most);
        let alone = kind.parents == 1;
        let mother_alone = percent(&mut self.chance, self.city.single_mother_percent);
        let mut members: Vec<Draft> = Vec::new();
        let mut mother = None;
        if !alone || mother_alone {
            mother = self.pool.take_near(Sex::Female, target, least, most);
        }
        let about = mother.map_or(target, |age| age as i32);
        let mut father = None;
        if !alone || mother.is_none() {
            let target = about + (2.2 + 3.0 * chance::normal(&mut self.chance)) as i32;
            let least = (about - 5).max(oldest + 22);
            father = self.pool.take_near(Sex::Male, target, least, about + 12);
        }
        if mother.is_none() && father.is_none() {
            return self.make_grandparent_family(children);
        }
        let elders = father.map_or(Vec::new(), |age| self.elders(kind.elders, age as i32));
        self.join(&mut members, mother, father, children, elders);
        self.add(members);
    }

    /// The youngest child and older siblings from the pool.
    fn siblings(&mut self, wanted: usize, youngest: (Sex, usize)) -> Vec<Draft> {
        let mut children = vec![Draft::new(youngest.1, youngest.0, Role::Child).of_family()];
        let mut age = youngest.1 as i32;
        while children.len() < wanted {
            let sex = if self.chance.random::<bool>() {
                Sex::Male
            } else {
                Sex::Female
            };
            let twins = percent(&mut self.chance, self.city.twins_percent);
            let gap = if twins {
                0
            } else {
                1 + (chance::wait(&mut self.chance, 1.8) as i32).min(6)
            };
            // Children of one mother span at most what leaves her old enough and not too old.
            let mothers = &self.city.mother_at_birth;
            let most = (age + 7).min(youngest.1 as i32 + mothers.most - mothers.least - 4);
            let least = if twins { age } else { age + 1 };
            let other = match sex {
                Sex::Male => Sex::Female,
                Sex::Female => Sex::Male,
            };
            let found = self
                .pool
                .take_near(sex, age + gap, least, most)
                .map(|a| (sex, a))
                .or_else(|| {
                    let a = self.pool.take_near(other, age + gap, least, most)?;
                    Some((other, a))
                });
            let Some((sex, found)) = found else { break };
            let mut child = Draft::new(found, sex, Role::Child).of_family();
            child.twin = found as i32 == age;
            children.push(child);
            age = found as i32;
        }
        children
    }

    /// Parents of a father: his mother first, both if two are wanted.
    fn elders(&mut self, wanted: usize, father: i32) -> Vec<Draft> {
        let mut elders = Vec::new();
        if wanted >= 1
            && let Some(age) =
                self.pool
                    .take_near(Sex::Female, father + 27, father + 22, father + 40)
        {
            elders.push(Draft::new(age, Sex::Female, Role::Parent));
            if wanted >= 2
                && let Some(age) = self.pool.take_near(
                    Sex::Male,
                    age as i32 + 3,
                    (age as i32 - 3).max(father + 22),
                    age as i32 + 12,
                )
            {
                elders.push(Draft::new(age, Sex::Male, Role::Parent).of_family());
            }
        }
        elders
    }

    /// Gives the roles: usually the father is the head; with elders in the house sometimes one of them.
    fn join(
        &mut self,
        members: &mut Vec<Draft>,
        mother: Option<usize>,
        father: Option<usize>,
        mut children: Vec<Draft>,
        mut elders: Vec<Draft>,
    ) {
        let elder_heads = !elders.is_empty() && mother.is_some() && percent(&mut self.chance, 40.0);
        let wife_heads = percent(&mut self.chance, 22.0);
        let (husband_role, wife_role) = match (elder_heads, father, mother) {
            (true, _, _) => (Role::Child, Role::Other),
            (_, Some(_), Some(_)) if wife_heads && elders.is_empty() => (Role::Spouse, Role::Head),
            (_, Some(_), Some(_)) => (Role::Head, Role::Spouse),
            _ => (Role::Head, Role::Head),
        };
        let mut couple = Vec::new();
        if let Some(age) = father {
            couple.push(Draft::new(age, Sex::Male, husband_role).of_family());
        }
        if let Some(age) = mother {
            couple.push(Draft::new(age, Sex::Female, wife_role));
        }
        self.mix_nationality(&mut couple);
        if elder_heads {
            let count = elders.len();
            for elder in &mut elders {
                elder.role = match elder.sex {
                    Sex::Female if count == 2 => Role::Spouse,
                    _ => Role::Head,
                };
            }
            for child in &mut children {
                child.role = Role::Grandchild;
            }
        }
        members.append(&mut couple);
        members.append(&mut elders);
        members.append(&mut children);
    }

    fn mix_nationality(&mut self, couple: &mut [Draft]) {
        if couple.len() == 2
            && couple.iter().all(|m| m.age < 55)
            && percent(&mut self.chance, self.city.foreign_spouse_percent)
        {
            let wife = percent(&mut self.chance, self.city.foreign_wife_percent);
            let sex = if wife { Sex::Female } else { Sex::Male };
            for member in couple.iter_mut().filter(|m| m.sex == sex) {
                member.foreign = true;
            }
        }
    }

    /// Children who live with a grandmother (조손가족): so drawn, or because no parent is left in the pool.
    fn make_grandparent_family(&mut self, mut children: Vec<Draft>) {
        let oldest = children.iter().map(|c| c.age as i32).max().unwrap_or(0);
        let found = self
            .pool
            .take_near(Sex::Female, oldest + 56, oldest + 46, 95)
            .or_else(|| {
                self.pool
                    .take_near(Sex::Female, oldest + 60, ADULT as i32, 100)
            });
        if let Some(age) = found {
            for child in &mut children {
                child.role = Role::Grandchild;
            }
            children.push(Draft::new(age, Sex::Female, Role::Head));
        } else if let Some(first) = children.first_mut() {
            first.role = Role::Head;
        }
        self.add(children);
    }

    fn make_couple_with_elders(&mut self, kind: FamilyKind) {
        let Some((husband, wife)) = self.couple(|age| f64::from(u8::from((28..70).contains(&age))))
        else {
            return;
        };
        let elders = self.elders(kind.elders, husband as i32);
        let mut members = Vec::new();
        self.join(&mut members, Some(wife), Some(husband), Vec::new(), elders);
        self.add(members);
    }

    /// A husband by the weight of his age, and a wife of about his age.
    fn couple(&mut self, weight: impl Fn(usize) -> f64) -> Option<(usize, usize)> {
        for _ in 0..4 {
            let (_, husband) = self.pool.take_weighted(&mut self.chance, |sex, age| {
                if sex == Sex::Male { weight(age) } else { 0.0 }
            })?;
            let age = husband as i32;
            let target = age - (2.4 + 3.0 * chance::normal(&mut self.chance)) as i32;
            let wife =
                self.pool
                    .take_near(Sex::Female, target, (age - 12).max(ADULT as i32), age + 6);
            if let Some(wife) = wife {
                return Some((husband, wife));
            }
            self.pool.put_back(Sex::Male, husband, 1);
        }
        None
    }

    /// Two people: mostly couples, the elderly more often than the young.
    fn make_pairs(&mut self) {
        let relatives = self.slots[2] * 5 / 100;
        while self.slots[2] > relatives {
            let couple = self.couple(|age| match age {
                0..26 => 0.0,
                26..36 => 0.5,
                36..55 => 0.4,
                _ => 1.0,
            });
            let Some((husband, wife)) = couple else { break };
            let mut members = Vec::new();
            self.join(
                &mut members,
                Some(wife),
                Some(husband),
                Vec::new(),
                Vec::new(),
            );
            self.add(members);
        }
    }

    /// Fills what is left: brothers and sisters or other relatives together, then people alone.
    fn make_the_rest(&mut self) {
        for size in (1..self.slots.len()).rev() {
            while self.slots[size] > 0 {
                let Some((sex, age)) = self.pool.take_weighted(&mut self.chance, |_, _| 1.0) else {
                    return;
                };
                let mut members = vec![Draft::new(age, sex, Role::Head).of_family()];
                while members.len() < size {
                    let near = members[0].age as i32 + self.chance.random_range(-5..=5);
                    let sex = if self.chance.random::<bool>() {
                        Sex::Male
                    } else {
                        Sex::Female
                    };
                    let found = self
                        .pool
                        .take_near(sex, near, ADULT as i32, 100)
                        .map(|a| (sex, a));
                    let found =
                        found.or_else(|| self.pool.take_weighted(&mut self.chance, |_, _| 1.0));
                    let Some((sex, age)) = found else { break };
                    members.push(Draft::new(age, sex, Role::Other).of_family());
                }
                let made = members.len();
                self.add(members);
                if made < size {
                    return;
                }
            }
        }
        // Sizes that could not be kept exactly leave a few people: they live alone.
        while let Some((sex, age)) = self.pool.take_weighted(&mut self.chance, |_, _| 1.0) {
            self.made.push(vec![Draft::new(age, sex, Role::Head)]);
        }
    }
}
