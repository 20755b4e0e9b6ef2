//! cargo-lambda's emulator with real processes behind it. Needs `make tools`.

use std::{os::unix::fs::symlink, path::PathBuf};

use anyhow::{Context, Result};
use local_cloud::{Emulator, EmulatorOptions, Folder, LocalCloud, Options, Template};
use serde_json::{Value, json};

/// One function, called as one of this workspace, because cargo-lambda serves no others.
const TEMPLATE: &str = r#"
Resources:
  PeopleFunction:
    Type: AWS::Serverless::Function
    Metadata: { BuildProperties: { Binary: people } }
    Properties: { Timeout: 20, Environment: { Variables: { FLAVOUR: plain } } }
"#;

struct Sandbox {
    cloud: LocalCloud,
    folder: Folder,
}

impl Sandbox {
    fn new() -> Result<Self> {
        let template = Some(Template::parse(TEMPLATE)?);
        let cloud = LocalCloud::start(Options { template, ..Options::default() })?;
        Ok(Self { cloud, folder: Folder::new()? })
    }

    /// The example that echoes.
    fn with_echo() -> Result<Self> {
        let sandbox = Self::new()?;
        let here = std::env::current_exe()?;
        let built = here.ancestors().nth(2).context("no target folder")?.join("examples/echo_function");
        symlink(&built, sandbox.folder.path().join("people")).with_context(|| built.display().to_string())?;
        Ok(sandbox)
    }

    fn with_script(script: &str) -> Result<Self> {
        let sandbox = Self::new()?;
        sandbox.folder.script("people", script)?;
        Ok(sandbox)
    }

    fn options(&self) -> EmulatorOptions {
        EmulatorOptions { binaries: Some(self.folder.path().to_path_buf()), ..EmulatorOptions::default() }
    }

    async fn invoke(&self, event: Value) -> Result<(Option<String>, Value)> {
        let url = format!("{}/2015-03-31/functions/people/invocations", self.cloud.url());
        let client = reqwest::Client::builder().no_proxy().build()?;
        let answer = client.post(url).body(event.to_string()).send().await?;
        let error = answer
            .headers()
            .get("x-amz-function-error")
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        Ok((error, serde_json::from_slice(&answer.bytes().await?)?))
    }
}

#[tokio::test]
async fn a_function_answers_with_its_own_environment_and_its_output_is_kept() -> Result<()> {
    let sandbox = Sandbox::with_echo()?;
    let emulator = Emulator::start(&sandbox.cloud, &sandbox.options().env("people", "FLAVOUR", "sweet"))?;

    let (error, answer) = sandbox.invoke(json!({"n": 1})).await?;

    assert_eq!((error, &answer["event"], &answer["flavour"]), (None, &json!({"n": 1}), &json!("sweet")));
    assert!(emulator.logs().contains(r#"event {"n":1}"#), "{}", emulator.logs());
    let (error, answer) = sandbox.invoke(json!({"fail": true})).await?;
    assert_eq!((error.as_deref(), &answer["errorType"]), (Some("Unhandled"), &json!("Asked")));
    Ok(())
}

#[tokio::test]
async fn two_emulators_do_not_know_each_other() -> Result<()> {
    let (one, two) = (Sandbox::with_echo()?, Sandbox::with_echo()?);
    let _first = Emulator::start(&one.cloud, &one.options().env("people", "FLAVOUR", "one"))?;
    let _second = Emulator::start(&two.cloud, &two.options().env("people", "FLAVOUR", "two"))?;

    assert_eq!(one.invoke(json!({})).await?.1["flavour"], "one");
    assert_eq!(two.invoke(json!({})).await?.1["flavour"], "two");
    Ok(())
}

#[tokio::test]
async fn a_function_that_ends_at_init_is_reported_with_its_output() -> Result<()> {
    let sandbox = Sandbox::with_script("#!/bin/sh\necho MEMORY_TABLE is missing >&2\nexit 1\n")?;
    let _emulator = Emulator::start(&sandbox.cloud, &sandbox.options())?;

    let (error, answer) = sandbox.invoke(json!({})).await?;

    assert_eq!((error.as_deref(), &answer["errorType"]), (Some("Unhandled"), &json!("Runtime.ExitError")));
    assert!(answer["errorMessage"].as_str().is_some_and(|text| text.contains("MEMORY_TABLE is missing")), "{answer}");
    Ok(())
}

#[tokio::test]
async fn processes_are_started_when_they_are_needed() -> Result<()> {
    let sandbox = Sandbox::with_echo()?;
    let emulator = Emulator::start(&sandbox.cloud, &sandbox.options())?;
    assert_eq!(emulator.alive("people"), 0);

    let (_, first) = sandbox.invoke(json!({})).await?;
    let (_, second) = sandbox.invoke(json!({})).await?;
    assert_eq!(
        (&first["process"], emulator.alive("people")),
        (&second["process"], 1),
        "one is enough for one at a time"
    );

    assert!(emulator.kill_one("people"));
    let (error, third) = sandbox.invoke(json!({})).await?;
    assert_eq!((error, emulator.alive("people")), (None, 1), "another one takes its place");
    assert_ne!(first["process"], third["process"]);
    Ok(())
}

#[tokio::test]
async fn as_many_are_asked_at_once_as_many_processes_there_are() -> Result<()> {
    let sandbox = Sandbox::with_script("#!/bin/sh\nexec sleep 600\n")?;
    let emulator = Emulator::start(&sandbox.cloud, &sandbox.options())?;
    let waiting = (0..3).map(|_| sandbox.invoke(json!({})));
    let all_there = async {
        while emulator.alive("people") < 3 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = futures::future::join_all(waiting) => anyhow::bail!("nobody answers"),
        () = all_there => Ok(()),
    }
}

#[tokio::test]
async fn nothing_is_left_when_it_stops() -> Result<()> {
    let sandbox = Sandbox::with_echo()?;
    let emulator = Emulator::start(&sandbox.cloud, &sandbox.options().processes("people", 3))?;
    let (_, answer) = sandbox.invoke(json!({})).await?;
    let process = PathBuf::from(format!("/proc/{}", answer["process"]));
    let url = emulator.url().trim_start_matches("http://").to_owned();
    assert_eq!(emulator.alive("people"), 3);
    assert!(emulator.kill_one("people"));
    assert_eq!(emulator.alive("people"), 2);

    emulator.stop();

    assert!(!process.exists());
    assert!(std::net::TcpStream::connect(url).is_err());
    Ok(())
}

#[test]
fn a_missing_binary_says_what_to_do() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let error = Emulator::start(&sandbox.cloud, &sandbox.options()).err().context("it started")?;
    assert!(format!("{error:#}").contains("cargo build --bins"), "{error:#}");
    Ok(())
}
