//! The law asked of a whole population, row group by row group.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Int64Builder};
use arrow_array::cast::AsArray;
use arrow_array::{
    Array, ArrayRef, DictionaryArray, Int32Array, RecordBatch, StringArray, UInt32Array,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use jiff::civil::Date;
use rules::columns::{Bits, Findings, Granted, Plan, integer, text};
use rules::{BenefitUnit, Question, RuleBook};

use crate::error::Error;
use crate::places::{Place, Places};
use crate::reader::Population;
use crate::totals::{Count, Totals};
use crate::writer::dictionary;
use crate::{ID, RECEIVES};

/// All law of a day, ready to be asked of populations.
pub struct Sweep<'a> {
    plan: Plan<'a>,
    /// The ids of the benefits, as every entitlement names them.
    names: Arc<StringArray>,
    index: HashMap<&'a str, usize>,
}

/// A batch and what was found in it.
pub struct Found<'a> {
    pub places: &'a Places,
    pub findings: &'a Findings,
    /// Who is entitled, in the columns of [`entitlements_schema`].
    pub entitlements: RecordBatch,
}

/// The columns of entitlements: the household as its file names it, the member's place in it (null where it is the
/// household's), the benefit, won where they are known, and whether it is received already. Within a batch they are
/// ordered by benefit.
pub fn entitlements_schema(id: &DataType) -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("household", id.clone(), true),
        Field::new("member", DataType::Int32, true),
        Field::new("benefit", dictionary(), false),
        Field::new("amount", DataType::Int64, true),
        Field::new("received", DataType::Boolean, false),
    ]))
}

impl<'a> Sweep<'a> {
    /// Compiles the law of a day.
    pub fn new(book: &'a RuleBook, on: Date) -> Self {
        Self::with_questions(book, on, &[])
    }

    /// The same with questions beside the benefits; see [`Plan::with_questions`].
    pub fn with_questions(book: &'a RuleBook, on: Date, questions: &[&'a Question]) -> Self {
        let plan = Plan::with_questions(book, on, questions);
        let ids: Vec<&str> = plan.benefits().map(|benefit| benefit.id.as_str()).collect();
        Self {
            names: Arc::new(StringArray::from(ids.clone())),
            index: ids.into_iter().zip(0..).collect(),
            plan,
        }
    }

    /// The compiled law.
    pub fn plan(&self) -> &Plan<'a> {
        &self.plan
    }

    /// The type of the column that names households in a population; whole numbers by their order where none does.
    pub fn id_type(population: &Population) -> DataType {
        let id = population.schema().field_with_name(ID);
        id.map_or(DataType::Int64, |field| field.data_type().clone())
    }

    /// Asks a row group; `each` is given every batch with what was found, and may add to the totals.
    ///
    /// # Errors
    /// A value that a fact cannot have, a file that changed, or what `each` says.
    pub fn group(
        &self,
        population: &Population,
        group: usize,
        mut each: impl FnMut(&Found<'_>, &mut Totals) -> Result<(), Error>,
    ) -> Result<Totals, Error> {
        let mut totals = Totals::default();
        let mut first = population
            .groups()
            .take(group)
            .map(|it| it.households as i64)
            .sum();
        for batch in population.read(group, self.plan.facts(), true)? {
            let batch = batch?;
            let findings = self.plan.evaluate(&batch).map_err(|cause| Error::Batch {
                path: population.path().to_owned(),
                group,
                cause,
            })?;
            let places = Places::of(&batch, &findings.offsets);
            let received = self.received(&batch, &findings);
            totals.households += batch.num_rows() as u64;
            totals.persons += findings.offsets.last().map_or(0, |last| u64::from(*last));
            self.count(&findings, &places, &received, &mut totals);
            let entitlements = self.entitlements(&batch, &findings, &received, first);
            let found = Found {
                places: &places,
                findings: &findings,
                entitlements,
            };
            each(&found, &mut totals)?;
            first += batch.num_rows() as i64;
        }
        Ok(totals)
    }

    /// For each benefit that somebody of the batch receives: the rows of those who do.
    fn received(&self, batch: &RecordBatch, findings: &Findings) -> HashMap<usize, Bits> {
        let mut received = HashMap::new();
        let Some(list) = batch
            .column_by_name(RECEIVES)
            .and_then(|it| it.as_list_opt::<i32>())
        else {
            return received;
        };
        let Some(items) = list.values().as_struct_opt() else {
            return received;
        };
        let columns = (
            items.column_by_name("benefit"),
            items.column_by_name("member"),
        );
        let (Some(benefits), Some(members)) = columns else {
            return received;
        };
        // Each text of a dictionary is looked up once.
        let place = |name: Option<&str>| self.index.get(name?).copied();
        let dictionary = benefits.as_any_dictionary_opt().map(|it| {
            let names = it.values().as_ref();
            let places = (0..names.len()).map(|row| place(text(names, row)));
            (it.keys(), places.collect::<Vec<_>>())
        });
        let benefit = |item: usize| match &dictionary {
            Some((keys, places)) => *places.get(usize::try_from(integer(*keys, item)?).ok()?)?,
            None => place(text(benefits.as_ref(), item)),
        };
        let units: Vec<BenefitUnit> = self.plan.benefits().map(|benefit| benefit.unit).collect();
        let offsets = &findings.offsets;
        for (household, ends) in list.value_offsets().windows(2).enumerate() {
            for item in ends[0] as usize..ends[1] as usize {
                let Some(benefit) = benefit(item) else {
                    continue;
                };
                let (row, len) = match units[benefit] {
                    BenefitUnit::Household => (household, batch.num_rows()),
                    BenefitUnit::Person => {
                        let place = integer(members.as_ref(), item).unwrap_or(0);
                        let row = i64::from(offsets[household]) + place;
                        if place < 0 || row >= i64::from(offsets[household + 1]) {
                            continue;
                        }
                        (row as usize, offsets[offsets.len() - 1] as usize)
                    }
                };
                received
                    .entry(benefit)
                    .or_insert_with(|| Bits::none(len))
                    .set(row);
            }
        }
        received
    }

    fn count(
        &self,
        findings: &Findings,
        places: &Places,
        received: &HashMap<usize, Bits>,
        totals: &mut Totals,
    ) {
        let here: Vec<_> = places.all().collect();
        let place = |it: &Place<'_>| totals.place(it.municipality, it.district);
        let ids: Vec<_> = here.iter().map(place).collect();
        let granted: HashMap<usize, &Granted> =
            findings.granted.iter().map(|it| (it.benefit, it)).collect();
        for (index, benefit) in self.plan.benefits().enumerate() {
            let (granted, received) = (granted.get(&index), received.get(&index));
            if granted.is_none() && received.is_none() {
                continue;
            }
            let name = totals.name(&benefit.id);
            for (place, id) in here.iter().zip(&ids) {
                let rows = match benefit.unit {
                    BenefitUnit::Household => place.households.clone(),
                    BenefitUnit::Person => place.members.clone(),
                };
                let count = counted(granted.copied(), received, rows);
                if count != Count::default() {
                    totals.add(name, *id, &count);
                }
            }
        }
    }

    fn entitlements(
        &self,
        batch: &RecordBatch,
        findings: &Findings,
        received: &HashMap<usize, Bits>,
        first: i64,
    ) -> RecordBatch {
        let count = findings.granted.iter().map(|it| it.eligible.count()).sum();
        let mut households: Vec<u32> = Vec::with_capacity(count);
        let mut members: Vec<Option<i32>> = Vec::with_capacity(count);
        let mut benefits: Vec<i32> = Vec::with_capacity(count);
        let mut amounts = Int64Builder::with_capacity(count);
        let mut receives = BooleanBuilder::with_capacity(count);
        let owner = findings.owners();
        for granted in &findings.granted {
            let has = received.get(&granted.benefit);
            for (row, amount) in granted.entitled() {
                match granted.unit {
                    BenefitUnit::Household => {
                        households.push(row as u32);
                        members.push(None);
                    }
                    BenefitUnit::Person => {
                        let household = owner[row];
                        households.push(household);
                        members.push(Some(
                            row as i32 - findings.offsets[household as usize] as i32,
                        ));
                    }
                }
                benefits.push(granted.benefit as i32);
                amounts.append_option(amount);
                receives.append_value(has.is_some_and(|has| has.get(row)));
            }
        }
        let ids: ArrayRef = match batch.column_by_name(ID) {
            Some(ids) => {
                let rows = UInt32Array::from(households);
                arrow_select::take::take(ids, &rows, None).expect("rows of the same batch")
            }
            None => Arc::new(arrow_array::Int64Array::from_iter_values(
                households.iter().map(|row| first + i64::from(*row)),
            )),
        };
        let schema = entitlements_schema(ids.data_type());
        let names = DictionaryArray::new(Int32Array::from(benefits), self.names.clone());
        let columns: Vec<ArrayRef> = vec![
            ids,
            Arc::new(Int32Array::from(members)),
            Arc::new(names),
            Arc::new(amounts.finish()),
            Arc::new(receives.finish()),
        ];
        RecordBatch::try_new(schema, columns).expect("columns of one length and the schema's types")
    }
}

fn counted(
    granted: Option<&Granted>,
    received: Option<&Bits>,
    rows: std::ops::Range<usize>,
) -> Count {
    let within = |bits: &Bits| bits.count_in(rows.start, rows.end) as u64;
    let received_all = received.map_or(0, within);
    let Some(granted) = granted else {
        return Count {
            received_only: received_all,
            ..Count::default()
        };
    };
    let both = received.map_or(0, |received| within(&received.and(&granted.eligible)));
    let mut count = Count {
        eligible: within(&granted.eligible),
        open: within(&granted.open),
        received: both,
        received_only: received_all - both,
        ..Count::default()
    };
    match &granted.amounts {
        rules::columns::Amounts::None => {}
        rules::columns::Amounts::Same(amount) => {
            count.paid = count.eligible;
            count.amount = i128::from(*amount) * i128::from(count.eligible);
        }
        rules::columns::Amounts::Rows(amounts) => {
            let from = amounts.partition_point(|(row, _)| (*row as usize) < rows.start);
            let until = amounts.partition_point(|(row, _)| (*row as usize) < rows.end);
            for (row, amount) in &amounts[from..until] {
                if let (Some(amount), true) = (amount, granted.eligible.get(*row as usize)) {
                    count.paid += 1;
                    count.amount += i128::from(*amount);
                }
            }
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use arrow_array::{Int64Array, ListArray, StructArray};
    use arrow_buffer::OffsetBuffer;
    use rules::columns::BatchBuilder;

    use super::*;

    const VOCABULARY: &str =
        "entities: {person: {child: {type: bool, ko: 아이, en: a child}}, household: {}}";
    const BENEFIT: &str = "
id: child-money
name: {ko: 아이수당, en: Child money}
summary: {ko: 아이에게 드립니다., en: For each child.}
authority: welfare
law: [{act: 아이법, article: 제4조}]
unit: person
recipient: guardian
in_force: {from: 2024-01-01}
condition: [{id: child, when: person.child}]
amount: [{pay: 100000}]
cases:
  - {name: 아이, on: 2026-11-23, members: {a: {child: true}}, expect: {a: {result: eligible, amount: 100000}}}
  - {name: 어른, on: 2026-11-23, members: {a: {child: false}}, expect: {a: {result: not}}}
";

    /// As other tools write lists: plain text, wide numbers.
    #[test]
    fn what_is_received_is_read_however_it_is_written() {
        let files = [
            ("vocabulary.yaml", VOCABULARY),
            ("benefits/child-money.yaml", BENEFIT),
        ];
        let book = RuleBook::load(files.map(|(path, text)| (path.to_owned(), text.to_owned())));
        let book = book.unwrap();
        let mut home = book.situation();
        for (key, is_child) in [("a", false), ("b", true)] {
            home.set_member(key, "child", rules::Value::Bool(is_child))
                .unwrap();
        }
        let mut batch = BatchBuilder::new(&book);
        batch.push(&home);
        let batch = batch.finish();
        let names: ArrayRef = Arc::new(StringArray::from(vec![
            "child-money",
            "unknown",
            "child-money",
        ]));
        let members: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None, Some(9)]));
        let items = StructArray::try_from(vec![("benefit", names), ("member", members)]).unwrap();
        let field = Field::new("item", items.data_type().clone(), true);
        let list = ListArray::new(
            field.into(),
            OffsetBuffer::from_lengths([3]),
            Arc::new(items),
            None,
        );
        let mut columns: Vec<(&str, ArrayRef)> = vec![(RECEIVES, Arc::new(list))];
        let schema = batch.schema();
        for (field, column) in schema.fields().iter().zip(batch.columns()) {
            columns.push((field.name(), column.clone()));
        }
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let sweep = Sweep::new(&book, "2026-11-23".parse().unwrap());
        let findings = sweep.plan().evaluate(&batch).unwrap();
        let received = sweep.received(&batch, &findings);
        assert_eq!(received.len(), 1);
        assert_eq!(received[&0].rows().collect::<Vec<_>>(), [1]);
    }
}
