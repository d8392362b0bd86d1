//! What an executor does for others: sweeps, and the adding up of their totals. Whoever reaches the scheduler may
//! send it any plan; one that reads other files or writes any is not carried out.

use std::any::Any;
use std::sync::Arc;

use ballista_core::JobId;
use ballista_core::execution_plans::{ShuffleReaderExec, ShuffleWriterExec, SortShuffleWriterExec};
use ballista_executor::execution_engine::{
    DefaultExecutionEngine, ExecutionEngine, QueryStageExecutor,
};
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::{DataFusionError, Result};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::aggregates::AggregateExec;
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion::prelude::SessionConfig;

use crate::sweep::SweepExec;

/// Ballista's own engine, behind a look at the plan.
#[derive(Default)]
pub(crate) struct Gate(DefaultExecutionEngine);

impl ExecutionEngine for Gate {
    fn create_query_stage_exec(
        &self,
        job_id: JobId,
        stage_id: usize,
        task_id: usize,
        global_output_partition_ids: Vec<usize>,
        plan: Arc<dyn ExecutionPlan>,
        work_dir: &str,
        config: &SessionConfig,
    ) -> Result<Arc<dyn QueryStageExecutor>> {
        permit(&plan)?;
        self.0.create_query_stage_exec(
            job_id,
            stage_id,
            task_id,
            global_output_partition_ids,
            plan,
            work_dir,
            config,
        )
    }
}

fn permit(plan: &Arc<dyn ExecutionPlan>) -> Result<()> {
    let is_in_memory = || {
        plan.downcast_ref::<DataSourceExec>().is_some_and(|source| {
            let source: &dyn Any = source.data_source().as_ref();
            source.is::<MemorySourceConfig>()
        })
    };
    let is_known = plan.is::<SweepExec>()
        || plan.is::<ShuffleReaderExec>()
        || plan.is::<ShuffleWriterExec>()
        || plan.is::<SortShuffleWriterExec>()
        || plan.is::<AggregateExec>()
        || plan.is::<CoalescePartitionsExec>()
        || plan.is::<CooperativeExec>()
        || plan.is::<ProjectionExec>()
        || plan.is::<RepartitionExec>()
        || plan.is::<SortExec>()
        || plan.is::<SortPreservingMergeExec>()
        || is_in_memory();
    if !is_known {
        return Err(DataFusionError::Plan(format!(
            "executors carry out sweeps and nothing else, so not {}",
            plan.name()
        )));
    }
    plan.children().into_iter().try_for_each(permit)
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::datatypes::Schema;
    use datafusion::physical_plan::empty::EmptyExec;

    use super::*;

    #[test]
    fn a_plan_with_a_step_that_no_sweep_has_is_refused() {
        let schema = Arc::new(Schema::empty());
        let known: Arc<dyn ExecutionPlan> =
            MemorySourceConfig::try_new_exec(&[vec![]], schema.clone(), None).unwrap();
        let fine: Arc<dyn ExecutionPlan> = Arc::new(CoalescePartitionsExec::new(known));
        permit(&fine).unwrap();

        let other: Arc<dyn ExecutionPlan> = Arc::new(CoalescePartitionsExec::new(Arc::new(
            EmptyExec::new(schema),
        )));
        let error = permit(&other).unwrap_err().to_string();
        assert!(error.contains("EmptyExec"), "{error}");
    }
}
