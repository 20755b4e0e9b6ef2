//! What `make` looks for before it begins, with tools that only pretend.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

use local_cloud::{Folder, workspace_root};

/// A machine with nothing on it but what scripts are made of.
struct Machine(Folder);

impl Machine {
    fn new() -> Self {
        let machine = Folder::new().unwrap();
        let path = std::env::var_os("PATH").unwrap();
        for tool in ["bash", "cut", "dirname", "grep", "head", "sed", "sort"] {
            let found = std::env::split_paths(&path).map(|folder| folder.join(tool)).find(|tool| tool.is_file());
            symlink(found.unwrap(), machine.path().join(tool)).unwrap();
        }
        Self(machine)
    }

    fn with(self, tool: &str, script: &str) -> Self {
        let bash = self.0.path().join("bash");
        self.0.script(tool, &format!("#!{}\n{script}\n", bash.display())).unwrap();
        self
    }

    fn with_rust(self, version: &str) -> Self {
        let version = format!("echo 'rustc {version} (abc 2026-01-01)'");
        self.with("cargo", "").with("rustc", &version).with("cc", "")
    }

    /// `aws` with a region, and an answer each to the other two questions.
    fn with_aws(self, identity: &str, secret: &str) -> Self {
        let script = format!(
            "case \"$1 $2\" in 'configure get') echo eu-west-1 ;; 'sts get-caller-identity') {identity} ;; *) {secret} ;; esac"
        );
        self.with("aws", &script)
    }

    /// Whether it has what is needed, and what is said.
    fn needs(&self, what: &str, samconfig: &Path) -> (bool, String) {
        let mut command = Command::new(workspace_root().join("scripts/needs"));
        command.arg(what).env_clear().env("PATH", self.0.path()).env("SAM_CONFIG_FILE", samconfig);
        let output = command.output().unwrap();
        (output.status.success(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    }

    fn lacks(&self, what: &str) -> String {
        let (ok, said) = self.needs(what, Path::new("samconfig.toml"));
        assert!(!ok, "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        said
    }

    fn samconfig(&self, overrides: &str) -> PathBuf {
        let path = self.0.path().join("samconfig.toml");
        fs::write(&path, format!("[default.global.parameters]\nparameter_overrides = \"{overrides}\"\n")).unwrap();
        path
    }
}

const NOT_FOUND: &str = "echo 'An error occurred (ParameterNotFound)' >&2; exit 254";

#[test]
fn rust_is_there_and_new_enough() {
    assert!(Machine::new().lacks("rust").contains("https://rustup.rs"));
    let old = Machine::new().with_rust("1.75.0").lacks("rust");
    assert!(old.contains("Rust 1.75.0 is too old") && old.contains("rustup update stable"), "{old}");
    let no_compiler = Machine::new().with_rust("1.999.0");
    fs::remove_file(no_compiler.0.path().join("cc")).unwrap();
    assert!(no_compiler.lacks("rust").contains("C compiler"));
    for version in ["1.999.0", "1.999.0-nightly"] {
        let new = Machine::new().with_rust(version);
        assert_eq!(new.needs("rust", Path::new("samconfig.toml")), (true, String::new()));
    }
}

#[test]
fn python_is_there_and_new_enough() {
    assert!(Machine::new().lacks("python").contains("Python 3.10 or later"));
    let old = "if [ \"$1\" = --version ]; then echo Python 3.8.1; else exit 1; fi";
    assert!(Machine::new().with("python3", old).lacks("python").contains("Python 3.8.1 is too old"));
}

#[test]
fn what_runs_the_engine_of_aws_is_there() {
    assert!(Machine::new().lacks("java").contains("apt install default-jre-headless"));
    let stub = "echo 'Unable to locate a Java Runtime' >&2; exit 1";
    assert!(Machine::new().with("java", stub).lacks("java").contains("no java that runs"));
    assert!(Machine::new().lacks("npm").contains("apt install npm"));
    let machine = Machine::new().with("java", "echo 'openjdk version \"17.0.15\"' >&2").with("npm", "");
    for what in ["java", "npm"] {
        assert_eq!(machine.needs(what, Path::new("samconfig.toml")), (true, String::new()));
    }
}

#[test]
fn an_account_to_deploy_to_is_there() {
    assert!(Machine::new().lacks("aws").contains("AWS CLI"));
    assert!(Machine::new().with("aws", "").lacks("aws").contains("no AWS region is set"));
    let signed_out = Machine::new().with_aws("echo 'Token has expired' >&2; exit 255", "").lacks("aws");
    assert!(signed_out.contains("aws sso login") && signed_out.contains("Token has expired"), "{signed_out}");
}

#[test]
fn the_keys_that_the_parameters_name_are_there() {
    let machine = Machine::new().with_aws("echo 5", NOT_FOUND);
    let said = machine.lacks("aws");
    assert!(said.contains("put-parameter --overwrite") && said.contains("/guild-memory/gemini-api-key"), "{said}");

    let own_models = "SummaryModels=openai:a MergeModels=openai:a OpenAiBaseUrl=https://models.example/v1";
    let (ok, said) = machine.needs("aws", &machine.samconfig(own_models));
    assert!(ok && said.contains("account 5 in eu-west-1") && said.contains("AWS bills by use"), "{said}");

    let discord = format!("{own_models} DiscordGuilds=5 DiscordBotTokenParameter=/mine/token");
    let (ok, said) = machine.needs("aws", &machine.samconfig(&discord));
    assert!(!ok && said.contains("the token of the Discord bot") && said.contains("/mine/token"), "{said}");

    let (ok, said) = machine.needs("aws", &machine.samconfig("SummaryModels=openai:a MergeModels=openai:a"));
    assert!(!ok && said.contains("OpenAiBaseUrl"), "{said}");

    let bedrock = "SummaryModels=bedrock:a MergeModels=bedrock:a";
    let (ok, said) = machine.needs("aws", &machine.samconfig(bedrock));
    assert!(!ok && said.contains("BedrockModelArns"), "{said}");
    let arn = "arn:aws:bedrock:eu-west-1::foundation-model/a";
    let (ok, said) = machine.needs("aws", &machine.samconfig(&format!("{bedrock} BedrockModelArns={arn},{arn}")));
    assert!(ok, "there is no key to look for: {said}");
}

#[test]
fn who_may_not_read_keys_can_deploy() {
    let machine = Machine::new().with_aws("echo 5", "echo AccessDeniedException >&2; exit 254");
    let (ok, said) = machine.needs("aws", Path::new("samconfig.toml"));
    assert!(ok && said.contains("AccessDeniedException"), "{said}");
}
