//! What the tool can do that a Lambda has no use for stays out of the functions.

use std::{fs, process::Command};

/// Cargo turns features on for everything that is built together: the functions are built without this crate.
#[test]
fn no_function_links_the_credentials_of_people() {
    let root = local_cloud::workspace_root();
    let functions = fs::read_dir(root.join("functions")).unwrap().map(|entry| entry.unwrap().file_name());
    let mut tree = Command::new(std::env::var_os("CARGO").unwrap());
    tree.args(["tree", "--offline", "--edges", "normal", "--prefix", "none"]).current_dir(root);
    for function in functions {
        tree.arg("--package").arg(function);
    }
    let output = tree.output().unwrap();
    let tree = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(tree.contains("aws-config v") && !tree.contains("aws-sdk-sso"), "{tree}");
}
