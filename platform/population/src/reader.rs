//! Reading a population, row group by row group.

use std::collections::HashSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};
use parquet::file::metadata::RowGroupMetaData;
use rules::columns::MEMBERS;
use rules::{Entity, Vocabulary, nearest};

use crate::error::Error;
use crate::{DISTRICT, ID, RECEIVES};

/// Households that are worked on at once: their columns fit the cache.
const BATCH: usize = 4_096;

/// A Parquet file with one row a household.
#[derive(Clone, Debug)]
pub struct Population {
    path: PathBuf,
    metadata: ArrowReaderMetadata,
}

/// What stands in a row group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowGroup {
    pub households: usize,
    /// Bytes in the file.
    pub bytes: u64,
}

impl Population {
    /// Opens a file and checks that its columns are facts of the vocabulary.
    ///
    /// # Errors
    /// A file that is missing, broken off, no Parquet, or has a column that no fact is called.
    pub fn open(path: &Path, vocabulary: &Vocabulary) -> Result<Self, Error> {
        let file = File::open(path).map_err(Error::io(path))?;
        let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new());
        let population = Self {
            path: path.to_owned(),
            metadata: metadata.map_err(Error::parquet(path))?,
        };
        population.check(vocabulary)?;
        Ok(population)
    }

    fn check(&self, vocabulary: &Vocabulary) -> Result<(), Error> {
        let schema = self.schema();
        for field in schema.fields() {
            let known = [ID, DISTRICT, RECEIVES, MEMBERS];
            if !known.contains(&field.name().as_str()) {
                self.check_fact(vocabulary, Entity::Household, field.name())?;
            }
        }
        let members = schema
            .field_with_name(MEMBERS)
            .map(|field| field.data_type().clone());
        let Ok(DataType::List(item)) = members else {
            return Err(self.column(
                MEMBERS,
                "a population has one row a household, its members in a list of structs",
            ));
        };
        let DataType::Struct(fields) = item.data_type() else {
            return Err(self.column(
                MEMBERS,
                "its items are structs, with a field for each fact of a person",
            ));
        };
        for field in fields {
            if field.name() != ID {
                self.check_fact(vocabulary, Entity::Person, field.name())?;
            }
        }
        Ok(())
    }

    fn check_fact(&self, vocabulary: &Vocabulary, entity: Entity, name: &str) -> Result<(), Error> {
        if vocabulary.fact(entity, name).is_some() {
            return Ok(());
        }
        let names = vocabulary
            .facts(entity)
            .iter()
            .map(|fact| fact.name.as_str());
        let meant =
            nearest(name, names).map_or_else(String::new, |name| format!(" Is `{name}` meant?"));
        let message = format!(
            "no fact of a {entity} is called so.{meant} Leave the column out, or name it as vocabulary.yaml does."
        );
        Err(self.column(name, &message))
    }

    fn column(&self, column: &str, message: &str) -> Error {
        Error::Column {
            path: self.path.clone(),
            column: column.to_owned(),
            message: message.to_owned(),
        }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its columns.
    pub fn schema(&self) -> &Schema {
        self.metadata.schema()
    }

    /// How many households there are in all.
    pub fn households(&self) -> usize {
        self.groups().map(|group| group.households).sum()
    }

    /// Its row groups, each of whole households.
    pub fn groups(&self) -> impl ExactSizeIterator<Item = RowGroup> + '_ {
        let groups = self.metadata.metadata().row_groups();
        groups.iter().map(|group| RowGroup {
            households: usize::try_from(group.num_rows()).unwrap_or(0),
            bytes: u64::try_from(group.compressed_size()).unwrap_or(0),
        })
    }

    /// The households of a row group in batches, with the facts named beside who and where they are. A fact that
    /// nobody of the group is known by is left out.
    ///
    /// # Errors
    /// A file that changed since it was opened.
    pub fn read<'a>(
        &self,
        group: usize,
        facts: impl Iterator<Item = (Entity, &'a str)>,
        receives: bool,
    ) -> Result<impl Iterator<Item = Result<RecordBatch, Error>>, Error> {
        let facts: HashSet<(Entity, &str)> = facts.collect();
        let file = File::open(&self.path).map_err(Error::io(&self.path))?;
        let builder =
            ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone());
        let leaves = self.leaves(group, &facts, receives);
        let mask = ProjectionMask::leaves(builder.parquet_schema(), leaves);
        let reader: ParquetRecordBatchReader = builder
            .with_row_groups(vec![group])
            .with_projection(mask)
            .with_batch_size(BATCH)
            .build()
            .map_err(Error::parquet(&self.path))?;
        let path = self.path.clone();
        Ok(reader.map(move |batch| batch.map_err(|error| Error::parquet(&path)(error.into()))))
    }

    /// The leaf columns that are wanted and hold something.
    fn leaves(&self, group: usize, facts: &HashSet<(Entity, &str)>, receives: bool) -> Vec<usize> {
        let metadata = self.metadata.metadata();
        let columns = metadata.file_metadata().schema_descr().columns();
        let mut wanted: Vec<usize> = Vec::new();
        let mut any_member = None;
        for (leaf, column) in columns.iter().enumerate() {
            let path = column.path().parts();
            let (first, last) = (path[0].as_str(), path[path.len() - 1].as_str());
            let is_wanted = match first {
                ID | DISTRICT => true,
                RECEIVES => receives,
                MEMBERS => {
                    any_member.get_or_insert(leaf);
                    facts.contains(&(Entity::Person, last))
                }
                name => facts.contains(&(Entity::Household, name)),
            };
            if is_wanted && !is_unknown(metadata.row_group(group), leaf) {
                wanted.push(leaf);
            }
        }
        // Who lives together is told by any column of the members.
        let members = |leaf: &usize| columns[*leaf].path().parts()[0] == MEMBERS;
        if !wanted.iter().any(members) {
            wanted.extend(any_member);
        }
        wanted
    }
}

/// Whether the statistics say that a column holds nothing but nulls.
fn is_unknown(group: &RowGroupMetaData, leaf: usize) -> bool {
    let column = group.column(leaf);
    let nulls = column.statistics().and_then(|it| it.null_count_opt());
    nulls.is_some_and(|nulls| Some(nulls) == u64::try_from(column.num_values()).ok())
}
