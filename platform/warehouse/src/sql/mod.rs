//! SQL over populations and results, which only reads.

mod explain;
mod output;

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::{SQLOptions, SessionConfig, SessionContext};
use datafusion::sql::parser::Statement;
use url::Url;

use crate::failure::{Failure, plain};
use crate::parquet_file;
pub use output::Format;

/// A question in SQL, and the tables it may ask.
#[derive(Clone, Debug)]
pub struct Query {
    pub tables: Vec<Table>,
    pub sql: String,
    pub format: Format,
    /// A new file for the answer; none: standard output.
    pub out: Option<PathBuf>,
    /// What the answer may take of memory; more is put on disk where that is possible.
    pub memory: Bytes,
    /// How many rows are shown as a table.
    pub rows: usize,
}

/// A name in SQL for a Parquet file, or for all in a folder: `name=path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    pub path: PathBuf,
}

impl FromStr for Table {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((name, path)) = text.split_once('=').filter(|(_, path)| !path.is_empty()) else {
            return Err(format!("`{text}`: write NAME=FILE or NAME=FOLDER"));
        };
        let is_name = name.starts_with(|it: char| it.is_ascii_lowercase() || it == '_')
            && name
                .chars()
                .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_');
        if !is_name {
            return Err(format!(
                "`{name}`: a table's name is of small letters, digits and _, and begins with a letter"
            ));
        }
        Ok(Self {
            name: name.to_owned(),
            path: path.into(),
        })
    }
}

/// An amount of memory: `2GiB`, `512MiB`, `1000000`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bytes(pub usize);

impl FromStr for Bytes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let units = [("GiB", 30), ("MiB", 20), ("KiB", 10), ("", 0)];
        let amount = units.iter().find_map(|(unit, shift)| {
            let number: usize = text.strip_suffix(unit)?.trim().parse().ok()?;
            number.checked_mul(1 << shift)
        });
        amount
            .filter(|amount| *amount > 0)
            .map(Self)
            .ok_or_else(|| format!("`{text}`: write an amount such as 2GiB or 512MiB"))
    }
}

impl Query {
    /// Answers on standard output or into the file.
    ///
    /// # Errors
    /// Says what is wrong with the question or the files, and what to do.
    pub async fn run(&self) -> Result<(), Failure> {
        let context = self.context()?;
        for table in &self.tables {
            register(&context, table).await?;
        }
        let said = |error| explain::failure(&error, &self.tables, &self.sql);
        let state = context.state();
        let dialect = state.config().options().sql_parser.dialect;
        let statement = state.sql_to_statement(&self.sql, &dialect).map_err(said)?;
        is_question(&statement)?;
        let plan = state.statement_to_plan(statement).await.map_err(said)?;
        only_reads(&plan)?;
        let frame = context.execute_logical_plan(plan).await.map_err(said)?;
        let schema = Arc::new(frame.schema().as_arrow().clone());
        let rows = frame.execute_stream().await.map_err(said)?;
        output::write(self, schema, rows, &said).await
    }

    fn context(&self) -> Result<SessionContext, Failure> {
        let config = SessionConfig::new().with_information_schema(true);
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(self.memory.0)))
            .build_arc()
            .map_err(|error| Failure::Sql(plain(&error)))?;
        Ok(SessionContext::new_with_config_rt(config, runtime))
    }
}

/// Registers exactly the files that were looked at: names with `*` or `%` are names, not patterns.
async fn register(context: &SessionContext, table: &Table) -> Result<(), Failure> {
    let wrong = |reason: String| Failure::NotParquet {
        path: table.path.clone(),
        reason,
    };
    let mut urls = Vec::new();
    for file in parquet_file::files(&table.path)? {
        let path = std::path::absolute(&file).map_err(|error| Failure::file(&file, error))?;
        let url = Url::from_file_path(&path).map_err(|()| wrong("no path of a file".into()))?;
        let url = ListingTableUrl::try_new(url, None);
        urls.push(url.map_err(|error| wrong(plain(&error)))?);
    }
    let listed = async {
        let options =
            ListingOptions::new(Arc::new(ParquetFormat::default())).with_file_extension("");
        let config = ListingTableConfig::new_with_multi_paths(urls)
            .with_listing_options(options)
            .infer_schema(&context.state())
            .await?;
        context.register_table(
            table.name.as_str(),
            Arc::new(ListingTable::try_new(config)?),
        )
    };
    listed.await.map(drop).map_err(|error| wrong(plain(&error)))
}

/// What would write is refused before its file is looked for.
fn is_question(statement: &Statement) -> Result<(), Failure> {
    match statement {
        Statement::CopyTo(_) => Err(not_a_question("COPY")),
        Statement::CreateExternalTable(_) => Err(not_a_question("CREATE EXTERNAL TABLE")),
        Statement::Explain(inner) => is_question(&inner.statement),
        _ => Ok(()),
    }
}

fn not_a_question(what: &str) -> Failure {
    Failure::Sql(format!(
        "only questions are answered here (SELECT, EXPLAIN, SHOW TABLES, DESCRIBE), and {what} is none; a file becomes \
         a table with --table NAME=FILE, and an answer a file with --out FILE --format parquet"
    ))
}

fn only_reads(plan: &LogicalPlan) -> Result<(), Failure> {
    let options = SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false);
    options.verify_plan(plan).map_err(|error| {
        let said = plain(&error);
        not_a_question(said.rsplit(": ").next().unwrap_or(&said))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_and_amounts_are_written_so() {
        let table: Table = "people=/data/a=b.parquet".parse().unwrap();
        assert_eq!(table.name, "people");
        assert_eq!(table.path, PathBuf::from("/data/a=b.parquet"));
        for wrong in ["people", "people=", "People=x", "1=x", "a-b=x", "=x"] {
            wrong.parse::<Table>().unwrap_err();
        }
        for (text, bytes) in [("2GiB", 2 << 30), ("512MiB", 512 << 20), ("77", 77)] {
            assert_eq!(text.parse::<Bytes>().unwrap(), Bytes(bytes));
        }
        for wrong in ["", "0", "-1", "2GB", "99999999999999GiB"] {
            wrong.parse::<Bytes>().unwrap_err();
        }
    }
}
