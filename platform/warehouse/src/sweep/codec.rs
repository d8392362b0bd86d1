//! The sweep on its way between processes: ours beside the steps that Ballista brings itself.

use std::sync::Arc;

use ballista_core::serde::BallistaPhysicalExtensionCodec;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};

use super::order::{Folders, Order};
use super::plan::SweepExec;
use crate::law::Law;

/// Begins what is ours. Ballista's own messages are Protocol Buffers, and none begins with a `w` (field 14, a wire
/// type that does not exist). The digit is the version of what follows.
const MARK: &[u8] = b"wise-sweep/1 ";

/// Reads and writes the steps of a sweep's plan.
#[derive(Debug, Default)]
pub(crate) struct SweepCodec {
    ballista: BallistaPhysicalExtensionCodec,
    /// The law of this machine; none where nothing is swept.
    law: Option<Arc<Law>>,
    folders: Folders,
}

impl SweepCodec {
    /// For an executor: orders under other law, or over files outside of its folders, are refused.
    pub fn for_executor(law: Arc<Law>, folders: Folders) -> Self {
        Self {
            ballista: BallistaPhysicalExtensionCodec::default(),
            law: Some(law),
            folders,
        }
    }
}

impl PhysicalExtensionCodec for SweepCodec {
    fn try_decode(
        &self,
        buf: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        ctx: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let Some(text) = buf.strip_prefix(MARK) else {
            return self.ballista.try_decode(buf, inputs, ctx, converter);
        };
        let order: Order = serde_json::from_slice(text).map_err(|error| {
            DataFusionError::Plan(format!(
                "a sweep's order cannot be read ({error}); use one version of wise-warehouse on all machines"
            ))
        })?;
        let [work] = inputs else {
            return Err(DataFusionError::Internal(
                "a sweep has one list of work".into(),
            ));
        };
        if let Some(law) = &self.law {
            law.check(&order)?;
            self.folders.permit(&order)?;
        }
        Ok(Arc::new(SweepExec::new(
            Arc::new(order),
            self.law.clone(),
            work.clone(),
        )))
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        buf: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        let Some(sweep) = node.downcast_ref::<SweepExec>() else {
            return self.ballista.try_encode(node, buf, converter);
        };
        buf.extend_from_slice(MARK);
        serde_json::to_writer(buf, sweep.order())
            .map_err(|error| DataFusionError::External(Box::new(error)))
    }
}
