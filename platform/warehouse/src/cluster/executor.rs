//! An executor's process: asks the scheduler for tasks, sweeps, keeps totals until they are fetched.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use ballista_core::config::TaskSchedulingPolicy;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};

use super::gate::Gate;
use super::{Address, host_of, warn_when_open};
use crate::failure::Failure;
use crate::law::Law;
use crate::sweep::{Folders, SweepCodec};

/// An executor to be started.
#[derive(Clone, Debug)]
pub struct Executor {
    pub scheduler: Address,
    pub bind: SocketAddr,
    /// Where totals wait to be fetched. They name no one.
    pub work_dir: PathBuf,
    /// This machine's copy of the law.
    pub country: PathBuf,
    /// The folders that it may read and write for sweeps; none: all that its user may.
    pub data: Vec<PathBuf>,
    /// Tasks at a time; 0: as many as the machine has cores.
    pub tasks: usize,
}

/// How long a starting executor waits for its scheduler.
const PATIENCE_SECONDS: u16 = 30;
/// Totals that nobody fetched are dropped after a day.
const KEPT_SECONDS: u64 = 86_400;

impl Executor {
    /// Works until the process is told to end.
    pub async fn run(&self) -> Result<(), Failure> {
        if self.bind.port() == 0 {
            return Err(Failure::Cluster(
                "--bind: others must know the executor's port, so name one".into(),
            ));
        }
        if !self.bind.ip().is_loopback() && self.data.is_empty() {
            return Err(Failure::Cluster(format!(
                "an executor that hears beyond this machine ({}) must be told which folders it may read and write: \
                 --data FOLDER",
                self.bind
            )));
        }
        warn_when_open("executor", self.bind);
        let law = Arc::new(Law::read(&self.country)?);
        let folders = Folders::open(&self.data)?;
        std::fs::create_dir_all(&self.work_dir)
            .map_err(|error| Failure::file(&self.work_dir, error))?;
        tracing::info!(
            bind = %self.bind,
            scheduler = %self.scheduler,
            law = crate::law::short(law.digest()),
            "executor"
        );
        let config = ExecutorProcessConfig {
            bind_host: self.bind.ip().to_string(),
            external_host: host_of(self.bind.ip()),
            port: self.bind.port(),
            scheduler_host: self.scheduler.host.clone(),
            scheduler_port: self.scheduler.port,
            scheduler_connect_timeout_seconds: PATIENCE_SECONDS,
            vcores: self.tasks,
            task_scheduling_policy: TaskSchedulingPolicy::PullStaged,
            work_dir: Some(self.work_dir.display().to_string()),
            job_data_ttl_seconds: KEPT_SECONDS,
            job_data_clean_up_interval_seconds: KEPT_SECONDS / 24,
            override_physical_codec: Some(Arc::new(SweepCodec::for_executor(law, folders))),
            override_execution_engine: Some(Arc::new(Gate::default())),
            ..ExecutorProcessConfig::default()
        };
        start_executor_process(Arc::new(config))
            .await
            .map_err(|error| {
                Failure::Cluster(format!(
                    "the executor at {} for the scheduler at {}: {error}",
                    self.bind, self.scheduler
                ))
            })
    }
}
