//! The law over a whole population, in this process or on a cluster: one plan, the same results.

mod codec;
mod evaluate;
mod order;
mod output;
mod plan;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ballista_core::config::{BALLISTA_CLIENT_PULL, BALLISTA_SCHEDULER_MAX_PARTITIONS_PER_TASK};
use ballista_core::execution_plans::execute_physical_plan;
use ballista_core::extension::SessionConfigExt;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::concat_batches;
use datafusion::error::DataFusionError;
use datafusion::execution::SessionStateBuilder;
use datafusion::physical_plan::{ExecutionPlan, collect};
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_proto::protobuf::PhysicalPlanNode;
use futures::TryStreamExt;
use jiff::civil::Date;

use crate::cluster::Address;
use crate::failure::{Failure, plain};
use crate::law::Law;
use crate::parquet_file::Footer;
pub(crate) use codec::SweepCodec;
pub(crate) use evaluate::Prepared;
pub(crate) use order::{Folders, Order};
pub(crate) use plan::SweepExec;

/// What is added up over all row groups. Sorted, so that one sweep has one result.
const TOTALS: &str = "SELECT benefit, municipality, district, sum(eligible) AS eligible, sum(open) AS open, \
     sum(received) AS received, sum(received_only) AS received_only, sum(paid) AS paid, sum(amount) AS amount \
     FROM sweep GROUP BY benefit, municipality, district ORDER BY benefit, municipality, district";
/// More tasks than this gain nothing, and the scheduler would only keep their books.
const MOST_TASKS: usize = 2_000;
/// How often a cluster may lose a finished result before it is fetched.
const ATTEMPTS: usize = 3;

/// Where a sweep runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cluster {
    /// In this process.
    Local,
    /// On the executors of the Ballista scheduler at this address.
    At(Address),
}

/// A sweep to be done.
#[derive(Clone, Debug)]
pub struct Sweep {
    pub cluster: Cluster,
    /// The population's Parquet file; on a cluster, on every machine at this path.
    pub population: PathBuf,
    /// The country folder: `vocabulary.yaml`, `parameters/`, `benefits/`.
    pub country: PathBuf,
    pub on: Date,
    /// The folder for the results; on a cluster, shared by all machines unless only totals are wanted.
    pub out: PathBuf,
    pub totals_only: bool,
}

/// What a sweep came to.
#[derive(Clone, Debug)]
pub struct Done {
    pub row_groups: usize,
    pub households: i64,
    /// Lines of `totals.parquet`.
    pub totals: usize,
    pub rules: String,
}

impl Sweep {
    /// Sweeps, and writes the results.
    ///
    /// # Errors
    /// Says what went wrong and what to do. Totals are written last: where they are, all is there.
    pub async fn run(&self) -> Result<Done, Failure> {
        let law = Arc::new(Law::read(&self.country)?);
        let population = absolute(&self.population)?;
        let footer = Footer::read(&population)?;
        let out =
            std::path::absolute(&self.out).map_err(|error| Failure::file(&self.out, error))?;
        output::prepare(&out, self.totals_only)?;
        let order = Order {
            population,
            identity: footer.identity.clone(),
            rules: law.digest().to_owned(),
            on: self.on,
            out: (!self.totals_only).then(|| out.clone()),
        };
        // A population that does not fit the law, or results of another sweep, are known before any work.
        let prepared = law.prepared(&order)?;
        let run = order.out.as_deref().map(|out| prepared.run(&order, out));
        let run = run.transpose()?;
        let each = footer.row_groups.div_ceil(MOST_TASKS);
        let table = plan::SweepTable::new(order.clone(), law.clone(), footer.row_groups, each);
        let config = config();
        let plan = plan(&config, table.map_err(|error| failed(&error))?).await?;
        let batches = match &self.cluster {
            _ if footer.row_groups == 0 => Vec::new(),
            Cluster::Local => here(&config, plan).await?,
            Cluster::At(address) => there(&config, plan, address).await?,
        };
        let is_whole = |run: &population::Run<'_>| {
            (0..footer.row_groups).all(|number| run.is_done(number, true))
        };
        if !run.as_ref().is_none_or(is_whole) {
            return Err(Failure::Sweep(format!(
                "{}: entitlements are lacking, though all row groups were swept: the executors wrote to a folder of \
                 their own; name a folder with --out that all machines share, or --totals-only",
                out.display()
            )));
        }
        if let Some(run) = &run {
            run.tidy()?;
        }
        let totals = whole(&batches)?;
        output::write(&out, &order, &totals)?;
        Ok(Done {
            row_groups: footer.row_groups,
            households: footer.rows,
            totals: totals.num_rows(),
            rules: order.rules,
        })
    }
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    path.canonicalize()
        .map_err(|error| Failure::file(path, error))
}

/// One plan for here and there: what Ballista asks of a plan costs nothing in one process.
fn config() -> SessionConfig {
    SessionConfig::new_with_ballista()
        // Totals are few: adding them up needs no shuffle among many.
        .with_target_partitions(1)
        .with_ballista_job_name("sweep")
        // An executor that is lost loses single tasks.
        .set_usize(BALLISTA_SCHEDULER_MAX_PARTITIONS_PER_TASK, 1)
        // A question every moment, so that a scheduler that is gone is noticed.
        .set_bool(BALLISTA_CLIENT_PULL, true)
}

async fn plan(
    config: &SessionConfig,
    table: plan::SweepTable,
) -> Result<Arc<dyn ExecutionPlan>, Failure> {
    let planned = async {
        let context = SessionContext::new_with_config(config.clone());
        context.register_table("sweep", Arc::new(table))?;
        context.sql(TOTALS).await?.create_physical_plan().await
    };
    planned.await.map_err(|error| failed(&error))
}

async fn here(
    config: &SessionConfig,
    plan: Arc<dyn ExecutionPlan>,
) -> Result<Vec<RecordBatch>, Failure> {
    let state = SessionStateBuilder::new()
        .with_config(config.clone())
        .build();
    let context = SessionContext::new_with_state(state).task_ctx();
    collect(plan, context).await.map_err(|error| failed(&error))
}

async fn there(
    config: &SessionConfig,
    plan: Arc<dyn ExecutionPlan>,
    address: &Address,
) -> Result<Vec<RecordBatch>, Failure> {
    address.wait_until_ready().await?;
    let (ballista, codec) = (config.ballista_config(), SweepCodec::default());
    let mut attempt = 1;
    loop {
        let job = execute_physical_plan::<PhysicalPlanNode>(
            address.url(),
            &ballista,
            plan.clone(),
            &codec,
            // No two jobs of a scheduler share a session: the id is drawn at random.
            SessionContext::new().session_id(),
            config.clone(),
        );
        let stream = match job.await {
            Ok(stream) => stream,
            // A scheduler that is gone says so in better words.
            Err(error) => return address.wait_until_ready().await.and(Err(failed(&error))),
        };
        match stream.try_collect().await {
            Ok(batches) => return Ok(batches),
            // The job is done; the executor that keeps its result died before the result was fetched.
            Err(error) if attempt < ATTEMPTS => {
                tracing::warn!(
                    "the result was lost before it was fetched ({error}); sweeping again"
                );
                attempt += 1;
            }
            Err(error) => return Err(failed(&error)),
        }
    }
}

fn whole(batches: &[RecordBatch]) -> Result<RecordBatch, Failure> {
    let Some(first) = batches.first() else {
        return Ok(RecordBatch::new_empty(evaluate::totals_schema()));
    };
    concat_batches(&first.schema(), batches)
        .map_err(|error| Failure::Sweep(format!("the totals do not fit together: {error}")))
}

/// Takes our own words out of what several libraries have wrapped them in.
fn failed(error: &DataFusionError) -> Failure {
    let text = plain(error);
    Failure::Sweep(own_words(&text).unwrap_or(text))
}

/// `… failed: … DataFusionError(Execution("the law differs: …"))` comes from an executor as one text.
fn own_words(text: &str) -> Option<String> {
    let start = ["Execution(\"", "Plan(\""]
        .iter()
        .filter_map(|mark| Some(text.rfind(mark)? + mark.len()))
        .max()?;
    let (quoted, _) = text[start..].rsplit_once("\")")?;
    Some(
        quoted
            .replace("\\n", "\n")
            .replace("\\\"", "\"")
            .replace("\\\\", "\\"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_executor_said_is_found_in_its_wrapping() {
        let text =
            r#"Execution error: Job 7 failed: DataFusionError(Execution("the \"law\" differs"))"#;
        assert_eq!(own_words(text).unwrap(), "the \"law\" differs");
        assert_eq!(own_words("plain"), None);
    }
}
