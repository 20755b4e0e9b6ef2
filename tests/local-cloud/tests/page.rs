//! The page of the local cloud, in a real browser. Where there is none, nothing is tested, and that is said.

use std::{io::Write as _, path::PathBuf, process::Stdio, time::Duration};

use anyhow::{Context, Result};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_lambda::config::{Credentials, SharedCredentialsProvider};
use guild_memory::{
    adapters::dynamodb::MemoryTable,
    domain::{Fact, FactId, KnownNames, MessageId, Person},
    ports::{RecordNames as _, TeachPeople as _},
};
use jiff::Timestamp;
use local_cloud::{Folder, LocalCloud, Options};

const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
/// Most of it is the browser's own start.
const LIMIT: Duration = Duration::from_secs(120);
/// A name that somebody chose to see what happens.
const HOSTILE: &str = "<img src=x onerror=document.body.remove()>";

fn browser() -> Option<PathBuf> {
    let paths = std::env::var_os("PATH")?;
    let mut files = std::env::split_paths(&paths).flat_map(|folder| BROWSERS.map(|name| folder.join(name)));
    files.find(|file| file.is_file())
}

/// The page as it is some virtual seconds after it was opened.
async fn opened(browser: &PathBuf, url: &str) -> Result<String> {
    let home = Folder::new()?;
    let child = tokio::process::Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"])
        .args(["--disable-component-update", "--disable-dev-shm-usage", "--virtual-time-budget=5000", "--dump-dom"])
        .args(["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--no-proxy-server"])
        .arg(format!("--user-data-dir={}", home.path().display()))
        .arg(url)
        .env("HOME", home.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let output = tokio::time::timeout(LIMIT, child.wait_with_output()).await.context("the browser does not end")??;
    let (page, said) = (String::from_utf8(output.stdout)?, String::from_utf8_lossy(&output.stderr).into_owned());
    (!page.trim().is_empty()).then_some(page).with_context(|| format!("the browser shows nothing. It said:\n{said}"))
}

#[tokio::test]
async fn people_are_shown_and_no_name_of_theirs_is_markup() -> Result<()> {
    let Some(browser) = browser() else {
        // Not by a macro, whose words a test that passes keeps to itself.
        writeln!(std::io::stderr(), "skipped: there is no {} on the PATH", BROWSERS.join(" or "))?;
        return Ok(());
    };
    let cloud = LocalCloud::start(Options::default())?;
    let credentials = Credentials::new("local", "local", None, None, "tests");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(cloud.url());
    let memory = MemoryTable::new(&config.build(), "MemoryTable".to_owned());
    let (guild, now) = ("100".parse()?, Timestamp::now());
    for (user, name) in [("10", HOSTILE), ("11", "Ben")] {
        let said = KnownNames::of_account(name, MessageId::last_before(now));
        memory.record_names(guild, user.parse()?, &said).await?;
        let mut person = Person::default();
        person
            .remember(FactId::new(now, 1), Fact { text: format!("{name} sails"), taught_by: None, taught_at: now })?;
        memory.replace_taught(guild, user.parse()?, &person).await?;
    }

    let page = opened(&browser, cloud.url()).await?;

    assert!(page.contains(r#"<p id="connection" role="status" class="live">"#), "{page}");
    assert!(page.contains("Ben sails") && page.contains("Sources: 1 fact"), "{page}");
    assert!(page.contains("&lt;img src=x onerror=document.body.remove()&gt; sails"), "{page}");
    assert!(!page.contains("<img"), "{page}");
    assert_eq!(page.matches(r#"<article class="day "#).count(), 7, "{page}");
    Ok(())
}
