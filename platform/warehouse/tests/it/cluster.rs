//! A scheduler and two executors as separate processes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ballista_core::execution_plans::execute_physical_plan;
use ballista_core::extension::SessionConfigExt;
use ballista_core::serde::BallistaPhysicalExtensionCodec;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use datafusion_proto::protobuf::PhysicalPlanNode;

use crate::population::{self, country};
use crate::process::{Process, command, done, free_port};

const ON: &str = "2026-11-25";

struct Cluster {
    folder: tempfile::TempDir,
    url: String,
    _scheduler: Process,
}

impl Cluster {
    fn start() -> Self {
        let scheduler = Process::start([
            "scheduler",
            "--bind",
            "127.0.0.1:0",
            "--executor-timeout",
            "6",
        ]);
        let line = scheduler.line_with("scheduler at http://");
        let url = line.split_once(" at ").unwrap().1.to_owned();
        Self {
            folder: tempfile::tempdir().unwrap(),
            url,
            _scheduler: scheduler,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn executor(&self, name: &str, country: &Path, more: &[&str]) -> Process {
        let port = free_port();
        let executor = Process::start(
            [
                "executor",
                "--scheduler",
                &self.url,
                "--bind",
                &format!("127.0.0.1:{port}"),
                "--work-dir",
                &self.path(name).display().to_string(),
                "--country",
                &country.display().to_string(),
                "--tasks",
                "1",
            ]
            .iter()
            .chain(more),
        );
        executor.line_with("executor");
        executor
    }

    fn sweep(&self, cluster: &str, out: &str) -> Vec<String> {
        [
            "sweep",
            "--cluster",
            cluster,
            "--population",
            &self.path("people.parquet").display().to_string(),
            "--country",
            &country().display().to_string(),
            "--on",
            ON,
            "--out",
            &self.path(out).display().to_string(),
        ]
        .map(ToOwned::to_owned)
        .to_vec()
    }

    /// Sweeps and fails; what was said.
    fn refused(&self, out: &str) -> String {
        crate::process::refused(self.sweep(&self.url, out))
    }
}

/// The row groups that an executor has said it swept.
fn swept(said: &[String]) -> Vec<u32> {
    let numbers = said.iter().filter_map(|line| {
        let (_, rest) = line.split_once("row_group=")?;
        rest.split_whitespace().next()?.parse().ok()
    });
    numbers.collect()
}

/// Every file of results, by its path from the folder.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for part in ["", "entitlements", "totals"] {
        for entry in fs::read_dir(folder.join(part)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            if path.is_file() {
                found.push((name, fs::read(path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn an_executor_that_is_killed_changes_nothing_but_time() {
    // Given a population in many small tasks, and what one process makes of it
    let cluster = Cluster::start();
    let tasks = 60;
    population::write(&cluster.path("people.parquet"), tasks, 400);
    done(cluster.sweep("local", "here"));

    // When two executors share the work, and one is killed in the middle of it
    let mut killed = cluster.executor("a", &country(), &[]);
    let other = cluster.executor("b", &country(), &[]);
    let mut sweep = Process::start(cluster.sweep(&cluster.url, "there"));
    killed.once(|said| swept(said).len() >= 4);
    other.once(|said| swept(said).len() >= 2);
    assert!(sweep.is_running());
    killed.kill();
    let (lost, had) = (swept(&killed.said()), swept(&other.said()));
    assert!(
        ((lost.len() + had.len()) as i64) < tasks,
        "it was over before the kill: {lost:?} {had:?}"
    );

    // Then the other answers for its tasks too, and nothing differs, to the byte
    assert!(sweep.wait(), "{:#?}", sweep.said());
    let all: BTreeSet<u32> = swept(&other.said()).into_iter().collect();
    assert_eq!(all.len() as i64, tasks, "what was lost is swept again");
    assert!(lost.iter().all(|number| all.contains(number)));
    let (here, there) = (
        contents(&cluster.path("here")),
        contents(&cluster.path("there")),
    );
    // Entitlements and totals of each row group; totals in two formats, and what they were made from.
    assert_eq!(here.len() as i64, 2 * tasks + 3);
    let names = |files: &[(String, Vec<u8>)]| -> Vec<String> {
        files.iter().map(|it| it.0.clone()).collect()
    };
    assert_eq!(names(&here), names(&there));
    for (one, two) in here.iter().zip(&there) {
        assert!(one == two, "{} differs", one.0);
    }
}

#[test]
fn law_that_differs_is_refused() {
    let cluster = Cluster::start();
    population::write(&cluster.path("people.parquet"), 2, 5);
    let other = cluster.path("country");
    copy(&country(), &other);
    let file = other.join("benefits/child-allowance.yaml");
    fs::write(&file, fs::read_to_string(&file).unwrap() + "\n# another\n").unwrap();
    let _executor = cluster.executor("a", &other, &[]);

    let said = cluster.refused("there");

    assert!(said.contains("the law differs"), "{said}");
    assert!(said.contains("same country folder"), "{said}");
    assert!(!cluster.path("there/totals.parquet").exists());
}

#[test]
fn executors_stay_in_their_folders_and_do_nothing_but_sweep() {
    let cluster = Cluster::start();
    let people = cluster.path("people.parquet");
    population::write(&people, 2, 5);
    let data = cluster.path("data");
    fs::create_dir(&data).unwrap();
    let _executor = cluster.executor("a", &country(), &["--data", data.to_str().unwrap()]);

    let said = cluster.refused("there");
    assert!(said.contains("outside of the folders"), "{said}");

    let error = tokio::runtime::Runtime::new()
        .unwrap()
        .block_on(read_through(&cluster.url, &people));
    assert!(error.contains("sweeps and nothing else"), "{error}");
}

/// What a stranger could try: to read a file through the executors.
async fn read_through(url: &str, file: &Path) -> String {
    let config = SessionConfig::new_with_ballista();
    let context = SessionContext::new_with_config(config.clone());
    let frame = context
        .read_parquet(file.display().to_string(), ParquetReadOptions::default())
        .await
        .unwrap();
    let plan = frame.create_physical_plan().await.unwrap();
    let (codec, ballista) = (
        BallistaPhysicalExtensionCodec::default(),
        config.ballista_config(),
    );
    let job = execute_physical_plan::<PhysicalPlanNode>(
        url.to_owned(),
        &ballista,
        Arc::clone(&plan),
        &codec,
        context.session_id(),
        config.clone(),
    );
    match job.await {
        Ok(_) => "it was read".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_cluster_that_is_not_there_is_told_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let people = folder.path().join("people.parquet");
    population::write(&people, 1, 2);
    let port = free_port();
    let output = command([
        "sweep",
        "--cluster",
        &format!("http://127.0.0.1:{port}"),
        "--on",
        ON,
    ])
    .arg("--population")
    .arg(&people)
    .arg("--country")
    .arg(country())
    .arg("--out")
    .arg(folder.path().join("out"))
    .output()
    .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(said.contains("no scheduler answers"), "{said}");
    assert!(said.contains("wise-warehouse scheduler"), "{said}");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(path, target).unwrap();
        }
    }
}
