//! Connections that die, over a real client and a server that follows a script.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_lambda::config::{Credentials, SharedCredentialsProvider};

use super::Functions;
use crate::{
    contract::{DayReport, DayRequest, DayStatus, MemoriesRequest},
    domain::{Day, GuildId},
    ports::{AskMemories as _, CloseDays as _, InvokeError, SummarizeDay as _, WarmMemories as _},
};

/// What becomes of a request that has arrived whole.
#[derive(Clone, Copy)]
enum Fate {
    /// The connection is closed without a word.
    Dropped,
    /// It is answered, and the connection stays.
    Answered(&'static str),
    /// It is answered, and the connection dies after that.
    AnsweredLast(&'static str),
}

const REPORT: &str = r#"200 OK {"guild_id":"1","date":"2026-11-20","status":"cached","summaries":{},"expires_at":null,"blocked_messages":0}"#;
const ACCEPTED: &str = "202 Accepted ";

/// A Lambda endpoint that does with each request what comes next in its script.
struct Endpoint {
    config: SdkConfig,
    requests: Arc<AtomicUsize>,
}

impl Endpoint {
    fn new(script: impl IntoIterator<Item = Fate> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&requests);
        let mut script: Vec<Fate> = script.into_iter().collect();
        thread::spawn(move || {
            while !script.is_empty() {
                let (connection, _) = listener.accept().unwrap();
                serve(connection, &mut script, &seen);
            }
        });
        let credentials = Credentials::new("key", "secret", None, None, "tests");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .endpoint_url(url)
            .build();
        Self { config, requests }
    }

    fn functions(&self) -> Functions {
        Functions::new(&self.config, "daily_summary".to_owned(), "get_memories".to_owned())
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

/// Until it is closed, by the other side or by the script.
fn serve(connection: TcpStream, script: &mut Vec<Fate>, seen: &AtomicUsize) {
    let mut reader = BufReader::new(&connection);
    while read_request(&mut reader).is_some() {
        seen.fetch_add(1, Ordering::SeqCst);
        let fate = if script.is_empty() { Fate::Dropped } else { script.remove(0) };
        let (Fate::Answered(answer) | Fate::AnsweredLast(answer)) = fate else { return };
        let (code, rest) = answer.split_once(' ').unwrap();
        let (reason, body) = rest.split_once(' ').unwrap();
        let length = body.len();
        write!(&connection, "HTTP/1.1 {code} {reason}\r\ncontent-length: {length}\r\n\r\n{body}").unwrap();
        if matches!(fate, Fate::AnsweredLast(_)) || script.is_empty() {
            return;
        }
    }
}

fn read_request(reader: &mut BufReader<&TcpStream>) -> Option<()> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line == "\r\n" {
            let mut body = vec![0; length];
            return reader.read_exact(&mut body).ok();
        }
    }
}

fn guild() -> GuildId {
    "1".parse().unwrap()
}

fn day() -> Day {
    "2026-11-20".parse().unwrap()
}

fn is_no_connection<T>(answer: Result<T, InvokeError>) -> bool {
    matches!(answer, Err(InvokeError::Unavailable { reason }) if reason == "no connection")
}

#[tokio::test]
async fn a_call_survives_a_connection_that_dies_under_it() {
    let endpoint = Endpoint::new([Fate::Dropped, Fate::Answered(REPORT)]);
    let report = endpoint.functions().summarize_day(DayRequest::new(guild(), day())).await;
    assert_eq!(report.map(|report| report.status), Ok(DayStatus::Cached));
    assert_eq!(endpoint.requests(), 2);
}

/// As it is after a process was frozen.
#[tokio::test]
async fn calls_survive_a_connection_that_died_while_nobody_used_it() {
    let endpoint = Endpoint::new([Fate::AnsweredLast(REPORT), Fate::Dropped, Fate::AnsweredLast(REPORT)]);
    let functions = endpoint.functions();
    for _ in 0..2 {
        let report = functions.summarize_day(DayRequest::new(guild(), day())).await;
        assert!(report.is_ok_and(|report: DayReport| report.status == DayStatus::Cached));
    }
}

#[tokio::test]
async fn events_survive_it_too() {
    let endpoint = Endpoint::new([Fate::Dropped, Fate::Answered(ACCEPTED), Fate::Dropped, Fate::Answered(ACCEPTED)]);
    assert_eq!(endpoint.functions().warm_memories(MemoriesRequest::warm(guild(), vec![])).await, Ok(()));
    assert_eq!(endpoint.functions().close_day(guild(), day()).await, Ok(()));
    assert_eq!(endpoint.requests(), 4);
}

#[tokio::test]
async fn what_would_be_paid_twice_is_not_sent_twice() {
    let endpoint = Endpoint::new([Fate::Dropped, Fate::Answered(REPORT)]);
    let rebuild = DayRequest { rebuild: true, ..DayRequest::new(guild(), day()) };
    assert!(is_no_connection(endpoint.functions().summarize_day(rebuild).await));
    assert_eq!(endpoint.requests(), 1);
}

#[tokio::test]
async fn an_endpoint_that_drops_everything_is_given_up() {
    let endpoint = Endpoint::new([Fate::Dropped; 9]);
    assert!(is_no_connection(endpoint.functions().memories(&MemoriesRequest::new(guild(), vec![])).await));
    assert_eq!(endpoint.requests(), 3);
}

#[tokio::test]
async fn what_was_answered_is_not_asked_again() {
    for answer in ["500 Broken {}", "429 Busy {}", "200 OK not-json"] {
        let endpoint = Endpoint::new([Fate::Answered(answer), Fate::Answered(REPORT)]);
        let report = endpoint.functions().summarize_day(DayRequest::new(guild(), day())).await;
        assert!(report.is_err(), "{answer}");
        assert_eq!(endpoint.requests(), 1, "{answer}");
    }
}
