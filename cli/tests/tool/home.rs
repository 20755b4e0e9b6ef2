//! A home for the tool, and what it says there.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use local_cloud::Folder;

/// A message that can be stored.
pub(crate) const MESSAGE: &str =
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
pub(crate) struct Home(Folder);

impl Home {
    pub(crate) fn new() -> Self {
        let home = Self(Folder::new().unwrap());
        home.file("profiles", PROFILES);
        home
    }

    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs the tool with these variables, and gives whether it succeeded and what it wrote.
    pub(crate) fn run(&self, variables: &[(&str, &str)], arguments: &[&str]) -> (bool, String) {
        self.run_with_input(variables, arguments, "")
    }

    /// The same, with something on standard input.
    pub(crate) fn run_with_input(&self, variables: &[(&str, &str)], arguments: &[&str], input: &str) -> (bool, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guild-memory"));
        command.args(arguments).env_clear().env("HOME", self.0.path()).env("PATH", std::env::var_os("PATH").unwrap());
        command.env("AWS_CONFIG_FILE", self.0.path().join("profiles")).env("AWS_EC2_METADATA_DISABLED", "true");
        command.envs(variables.iter().copied()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.success(), said)
    }

    pub(crate) fn import(&self, variables: &[(&str, &str)], file: &Path, arguments: &[&str]) -> (bool, String) {
        self.run(variables, &[&["import", file.to_str().unwrap()], arguments].concat())
    }
}

pub(crate) fn assert_fails_with(told: &(bool, String), expected: &[&str], unexpected: &[&str]) {
    let (ok, said) = told;
    assert!(!ok, "{said}");
    assert!(expected.iter().all(|words| said.contains(words)), "{expected:?}: {said}");
    assert!(!unexpected.iter().any(|words| said.contains(words)), "{unexpected:?}: {said}");
}
