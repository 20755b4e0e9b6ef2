//! What people do wrong, over the real binary: the error says what was wrong and what to do, and nothing is sent.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener},
    thread,
};

use local_cloud::{LocalCloud, Nowhere, Options};

use crate::home::{Home, MESSAGE, assert_fails_with};

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
    let file = home.file("lines.jsonl", MESSAGE.replace("\"guild_id\":\"1\",", ""));
    for arguments in [&[local.as_str()][..], &["--dry-run"]] {
        let told = home.import(&[], &file, arguments);
        assert_fails_with(&told, &["1 rejected: it does not say its guild_id", "every message was rejected"], &[]);
    }
}

#[test]
fn what_is_no_file_is_named() {
    let home = Home::new();
    let folder = home.path().to_str().unwrap().to_owned();
    let told = home.import(&[], home.path(), &["--dry-run"]);
    assert_fails_with(&told, &[&format!("in the folder {folder} is no export"), ".json"], &["os error"]);
    let empty = home.file("empty.json", "");
    assert_fails_with(&home.import(&[], &empty, &["--dry-run"]), &["empty.json is empty"], &[]);
    let missing = home.path().join("missing.json");
    assert_fails_with(&home.import(&[], &missing, &["--dry-run"]), &["missing.json cannot be opened"], &[]);
}

#[test]
fn registering_without_a_token_says_where_it_is() {
    let home = Home::new();
    let variables = [("DISCORD_APPLICATION_ID", "5"), ("DISCORD_BOT_TOKEN", " ")];
    let told = home.run(&variables, &["commands", "register"]);
    assert_fails_with(&told, &["bot token is empty", "DISCORD_BOT_TOKEN", "developer portal"], &[]);
}
