//! What people do wrong, over the real binary: the error says what was wrong and what to do, and nothing is sent.

use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use local_cloud::{Folder, LocalCloud, Nowhere, Options};

/// A message that can be stored.
const MESSAGE: &str =
    r#"{"guild_id":"1","id":"1388414112890880001","channel_id":"2","author":{"id":"10","name":"Ann"},"content":"hi"}"#;
const PROFILES: &str = r#"
[profile signed-in]
region = eu-west-1
credential_process = echo '{"Version":1,"AccessKeyId":"local","SecretAccessKey":"local"}'
[profile nowhere]
credential_process = echo '{"Version":1,"AccessKeyId":"local","SecretAccessKey":"local"}'
[profile signed-out]
region = eu-west-1
sso_session = company
sso_account_id = 000000000000
sso_role_name = operator
[sso-session company]
sso_region = eu-west-1
sso_start_url = https://company.awsapps.com/start
sso_registration_scopes = sso:account:access
"#;

/// A home of one's own, with AWS profiles in it.
struct Home(Folder);

impl Home {
    fn new() -> Self {
        let home = Self(Folder::new().unwrap());
        home.file("profiles", PROFILES);
        home
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// Runs the tool with these variables, and gives whether it succeeded and what it wrote.
    fn run(&self, variables: &[(&str, &str)], arguments: &[&str]) -> (bool, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guild-memory"));
        command.args(arguments).env_clear().env("HOME", self.0.path()).env("PATH", std::env::var_os("PATH").unwrap());
        command.env("AWS_CONFIG_FILE", self.0.path().join("profiles")).env("AWS_EC2_METADATA_DISABLED", "true");
        let output = command.envs(variables.iter().copied()).output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.success(), said)
    }

    fn import(&self, variables: &[(&str, &str)], file: &Path, arguments: &[&str]) -> (bool, String) {
        self.run(variables, &[&["import", file.to_str().unwrap()], arguments].concat())
    }
}

fn assert_fails_with(told: &(bool, String), expected: &[&str], unexpected: &[&str]) {
    let (ok, said) = told;
    assert!(!ok, "{said}");
    assert!(expected.iter().all(|words| said.contains(words)), "{expected:?}: {said}");
    assert!(!unexpected.iter().any(|words| said.contains(words)), "{unexpected:?}: {said}");
}

#[test]
fn import_without_make_watch_says_to_start_it() {
    let home = Home::new();
    let file = home.file("lines.jsonl", MESSAGE);
    let nobody = Nowhere::new().unwrap();
    let url = nobody.url();
    let told = home.import(&[], &file, &[&format!("--local={url}")]);
    assert_fails_with(&told, &["nothing answers at", url, "start `make watch` first"], &["--end yesterday"]);
    assert_fails_with(&home.import(&[], &file, &["--local=8000"]), &["such as http://127.0.0.1:8000"], &[]);
    let (ok, said) = home.import(&[], &file, &[&format!("--local={url}"), "--dry-run"]);
    assert!(ok && said.contains("nothing was sent"), "a dry run needs nobody: {said}");
}

#[test]
fn somebody_else_on_the_port_is_not_taken_for_make_watch() {
    let home = Home::new();
    let file = home.file("lines.jsonl", MESSAGE);
    let stranger = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", stranger.local_addr().unwrap());
    let answering = thread::spawn(move || {
        let (mut stream, _) = stranger.accept().unwrap();
        stream.read_exact(&mut [0; 16]).unwrap();
        stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 6\r\n\r\n<html>").unwrap();
    });
    let told = home.import(&[], &file, &[&format!("--local={url}")]);
    answering.join().unwrap();
    assert_fails_with(&told, &["is no Lambda", &url, "`make watch`"], &["unexpected token"]);
}

#[test]
fn a_misspelled_profile_is_named() {
    let home = Home::new();
    let file = home.file("lines.jsonl", MESSAGE);
    let told = home.import(&[("AWS_PROFILE", "singed-in")], &file, &[]);
    assert_fails_with(
        &told,
        &["profile singed-in: there is no such profile", "signed-in", "signed-out"],
        &["already taken"],
    );
}

#[test]
fn credentials_that_are_missing_or_old_say_how_to_sign_in() {
    let home = Home::new();
    let file = home.file("lines.jsonl", MESSAGE);
    let told = home.import(&[("AWS_REGION", "eu-west-1")], &file, &[]);
    assert_fails_with(&told, &["there are no AWS credentials", "AWS_PROFILE"], &["Ec2InstanceMetadata"]);
    let told = home.import(&[("AWS_PROFILE", "signed-out")], &file, &[]);
    assert_fails_with(&told, &["SSO token", "aws sso login --profile signed-out"], &["already taken"]);
    let told = home.import(&[("AWS_PROFILE", "nowhere")], &file, &[]);
    assert_fails_with(&told, &["no AWS region is set, profile nowhere", "AWS_REGION"], &[]);
}

#[test]
fn a_function_that_is_not_there_is_named_before_anything_is_read() {
    let home = Home::new();
    let cloud = LocalCloud::start(Options::default()).unwrap();
    let file = home.file("lines.jsonl", MESSAGE);
    let signed_in = [("AWS_PROFILE", "signed-in"), ("AWS_ENDPOINT_URL_LAMBDA", cloud.url())];
    let told = home.import(&signed_in, &file, &["--function", "ingest"]);
    assert_fails_with(&told, &["no function ingest at", cloud.url(), "--function"], &["messages in"]);
}

#[test]
fn a_file_with_nothing_but_rejected_messages_is_a_failure() {
    let home = Home::new();
    let cloud = LocalCloud::start(Options::default()).unwrap();
    let local = format!("--local={}", cloud.url());
    let file = home.file("lines.jsonl", &MESSAGE.replace("\"guild_id\":\"1\",", ""));
    for arguments in [&[local.as_str()][..], &["--dry-run"]] {
        let told = home.import(&[], &file, arguments);
        assert_fails_with(&told, &["1 rejected: it does not say its guild_id", "every message was rejected"], &[]);
    }
}

#[test]
fn what_is_no_file_is_named() {
    let home = Home::new();
    let folder = home.0.path().to_str().unwrap().to_owned();
    let told = home.import(&[], home.0.path(), &["--dry-run"]);
    assert_fails_with(&told, &[&format!("{folder} is a folder"), &format!("such as {folder}/*.json")], &["os error"]);
    let empty = home.file("empty.json", "");
    assert_fails_with(&home.import(&[], &empty, &["--dry-run"]), &["empty.json is empty"], &[]);
    let missing = home.0.path().join("missing.json");
    assert_fails_with(&home.import(&[], &missing, &["--dry-run"]), &["missing.json cannot be opened"], &[]);
}

#[test]
fn registering_without_a_token_says_where_it_is() {
    let home = Home::new();
    let variables = [("DISCORD_APPLICATION_ID", "5"), ("DISCORD_BOT_TOKEN", " ")];
    let told = home.run(&variables, &["commands", "register"]);
    assert_fails_with(&told, &["bot token is empty", "DISCORD_BOT_TOKEN", "developer portal"], &[]);
}
