//! The scheduler's process: cuts plans into tasks and keeps the books of who does which.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ballista_core::config::TaskSchedulingPolicy;
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::{create_scheduler, start_grpc_service_with_listener};
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use tokio::net::TcpListener;

use super::{host_of, warn_when_open};
use crate::failure::Failure;
use crate::sweep::SweepCodec;

/// A scheduler to be started.
#[derive(Clone, Debug)]
pub struct Scheduler {
    pub bind: SocketAddr,
    /// An executor that has been silent for so long is lost, and its tasks go to others.
    pub executor_timeout: Duration,
}

/// A busy executor speaks every five seconds.
const SHORTEST_TIMEOUT: Duration = Duration::from_secs(6);

impl Scheduler {
    /// Serves until the process is told to end; says on `ready` where it listens.
    pub async fn run(&self, ready: impl FnOnce(SocketAddr)) -> Result<(), Failure> {
        if self.executor_timeout < SHORTEST_TIMEOUT {
            return Err(Failure::Cluster(format!(
                "--executor-timeout: a busy executor speaks every five seconds, so name {} seconds or more",
                SHORTEST_TIMEOUT.as_secs()
            )));
        }
        warn_when_open("scheduler", self.bind);
        let failed = |error: &dyn std::fmt::Display| {
            Failure::Cluster(format!("the scheduler at {}: {error}", self.bind))
        };
        let listener = TcpListener::bind(self.bind)
            .await
            .map_err(|error| failed(&format!("{error}; choose another --bind HOST:PORT")))?;
        let bound = listener.local_addr().map_err(|error| failed(&error))?;
        let config = self.config(bound);
        let cluster = BallistaCluster::new_from_config(&config)
            .await
            .map_err(|error| failed(&error))?;
        let scheduler = create_scheduler::<LogicalPlanNode, PhysicalPlanNode>(cluster, config)
            .await
            .map_err(|error| failed(&error))?;
        ready(bound);
        tokio::select! {
            ended = start_grpc_service_with_listener(listener, scheduler) => ended.map_err(|error| failed(&error)),
            () = told_to_end() => Ok(()),
        }
    }

    fn config(&self, bound: SocketAddr) -> Arc<SchedulerConfig> {
        let timeout = self.executor_timeout.as_secs();
        Arc::new(SchedulerConfig {
            bind_host: bound.ip().to_string(),
            bind_port: bound.port(),
            external_host: host_of(bound.ip()).unwrap_or_else(|| "localhost".to_owned()),
            scheduling_policy: TaskSchedulingPolicy::PullStaged,
            executor_timeout_seconds: timeout,
            no_executors_grace_period_seconds: timeout,
            expire_dead_executor_interval_seconds: (timeout / 6).max(1),
            override_physical_codec: Some(Arc::new(SweepCodec::default())),
            ..SchedulerConfig::default()
        })
    }
}

/// Ctrl-C, or what a service manager sends.
async fn told_to_end() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
