//! What people do wrong with `make watch` and `make demo`, over the real binary: it is said before anything is built.

use std::{net::TcpListener, process::Command};

/// A port that somebody has, for as long as the listener lives.
fn taken() -> (TcpListener, String) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    (listener, port)
}

/// What it says when it fails, and that it says nothing else.
fn refusal(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_local-cloud"));
    command.args(arguments).env_clear().envs(variables.iter().copied());
    let output = command.output().unwrap();
    assert!(!output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_port_in_use_is_named_with_the_option_that_chooses_another() {
    let (_somebody, port) = taken();
    for (command, option) in [
        ("serve", "--port"),
        ("serve", "--webhook-port"),
        ("watch", "--port"),
        ("watch", "--webhook-port"),
        ("watch", "--emulator-port"),
    ] {
        let mut arguments = vec![command];
        let emulator = ["--emulator-port"].into_iter().filter(|_| command == "watch");
        for other in ["--port", "--webhook-port"].into_iter().chain(emulator) {
            arguments.extend([other, if other == option { &port } else { "0" }]);
        }
        let said = refusal(&arguments, &[]);
        assert!(said.contains(&format!("port {port} of 127.0.0.1 is in use")), "{said}");
        assert!(said.contains(&format!("with {option},")) && !said.contains("panicked"), "{said}");
    }
}

#[test]
fn a_misspelled_setting_and_half_an_application_are_refused() {
    let any_port = ["--port", "0", "--webhook-port", "0", "--emulator-port", "0"];
    let watch = |variables: &[(&str, &str)]| refusal(&[&["watch"], &any_port[..]].concat(), variables);
    assert!(watch(&[("HISTORY_DAY", "3")]).contains("is HISTORY_DAYS meant?"));
    assert!(watch(&[("DISCORD_BOT_TOKEN", "t"), ("DISCORD_PUBLIC_KEY", "k")]).contains("DISCORD_APPLICATION_ID"));
    assert!(refusal(&["demo"], &[("SETTLE_SECOND", "3")]).contains("is SETTLE_SECONDS meant?"));
}
