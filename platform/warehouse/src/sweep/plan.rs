//! The sweep as a step of a plan: numbers of row groups in, totals of each out.
//!
//! The work list is data below the step, a partition for each task, because Ballista gives a task its part of a
//! plan by cutting the leaves it knows. A leaf of our own would be left whole, and each task would sweep
//! everything.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::{AsArray, RecordBatch, UInt32Array};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, UInt32Type};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::TableType;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::Expr;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties,
};
use futures::{StreamExt, TryStreamExt};

use super::evaluate::totals_schema;
use super::order::Order;
use crate::law::Law;

/// Sweeps the row groups that its input names.
#[derive(Clone, Debug)]
pub(crate) struct SweepExec {
    order: Arc<Order>,
    /// The law of this machine; none on a scheduler, which only passes the step on.
    law: Option<Arc<Law>>,
    work: Arc<dyn ExecutionPlan>,
    properties: Arc<PlanProperties>,
}

impl SweepExec {
    pub fn new(order: Arc<Order>, law: Option<Arc<Law>>, work: Arc<dyn ExecutionPlan>) -> Self {
        let partitions = work.properties().output_partitioning().partition_count();
        let properties = PlanProperties::new(
            EquivalenceProperties::new(totals_schema()),
            Partitioning::UnknownPartitioning(partitions),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        Self {
            order,
            law,
            work,
            properties: Arc::new(properties),
        }
    }

    pub fn order(&self) -> &Order {
        &self.order
    }
}

impl DisplayAs for SweepExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "SweepExec: population={}, on={}, rules={}",
            self.order.population.display(),
            self.order.on,
            crate::law::short(&self.order.rules)
        )
    }
}

impl ExecutionPlan for SweepExec {
    fn name(&self) -> &'static str {
        "SweepExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    /// The tasks are cut already.
    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.work]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(
        self: Arc<Self>,
        mut children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        match (children.pop(), children.is_empty()) {
            (Some(work), true) => Ok(Arc::new(Self::new(
                self.order.clone(),
                self.law.clone(),
                work,
            ))),
            _ => Err(DataFusionError::Internal(
                "a sweep has one list of work".into(),
            )),
        }
    }

    fn execute(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        let law = self.law.clone().ok_or_else(|| {
            DataFusionError::Internal("a scheduler was asked to sweep".to_owned())
        })?;
        let order = self.order.clone();
        let numbers = self.work.execute(partition, context)?;
        let totals = numbers
            .map_ok(move |batch| {
                let numbers: Vec<u32> = batch
                    .column(0)
                    .as_primitive_opt::<UInt32Type>()
                    .map(|it| it.values().to_vec())
                    .unwrap_or_default();
                let (order, law) = (order.clone(), law.clone());
                // One after another: a task holds one row group in memory.
                futures::stream::iter(numbers).map(move |number| sweep(&order, &law, number))
            })
            .try_flatten();
        Ok(Box::pin(RecordBatchStreamAdapter::new(
            self.schema(),
            totals,
        )))
    }
}

/// One row group: its entitlements to their file, its totals on.
fn sweep(order: &Order, law: &Law, number: u32) -> Result<RecordBatch> {
    let totals = law.prepared(order)?.row_group(order, number as usize)?;
    tracing::info!(row_group = number, "swept");
    Ok(totals)
}

/// The sweep as a table of totals, so that what is added up above it is plain SQL.
#[derive(Debug)]
pub(crate) struct SweepTable {
    exec: Arc<SweepExec>,
}

impl SweepTable {
    /// All row groups of the population, `each` to a task.
    pub fn new(order: Order, law: Arc<Law>, row_groups: usize, each: usize) -> Result<Self> {
        let schema = work_schema();
        let count = u32::try_from(row_groups)
            .map_err(|_| DataFusionError::Plan("too many row groups".into()))?;
        let numbers: Vec<u32> = (0..count).collect();
        let mut tasks = Vec::new();
        for task in numbers.chunks(each.max(1)) {
            let column = Arc::new(UInt32Array::from(task.to_vec()));
            tasks.push(vec![RecordBatch::try_new(schema.clone(), vec![column])?]);
        }
        let work = MemorySourceConfig::try_new_exec(&tasks, schema, None)?;
        let exec = SweepExec::new(Arc::new(order), Some(law), work);
        Ok(Self {
            exec: Arc::new(exec),
        })
    }
}

fn work_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![Field::new(
        "row_group",
        DataType::UInt32,
        false,
    )]))
}

#[async_trait::async_trait]
impl TableProvider for SweepTable {
    fn schema(&self) -> SchemaRef {
        totals_schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _: &dyn Session,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        _: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let exec: Arc<dyn ExecutionPlan> = self.exec.clone();
        let Some(columns) = projection else {
            return Ok(exec);
        };
        let schema = totals_schema();
        let columns = columns.iter().map(|at| {
            let name = schema.field(*at).name().clone();
            let column: Arc<dyn PhysicalExpr> = Arc::new(Column::new(&name, *at));
            (column, name)
        });
        Ok(Arc::new(ProjectionExec::try_new(
            columns.collect::<Vec<_>>(),
            exec,
        )?))
    }
}
