use aws_config::BehaviorVersion;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use super::*;

#[test]
fn rule_50_how_many_a_collector_rejected_is_read_as_protobuf_writes_it_and_as_others_do() {
    for (body, rejected) in [
        (r#"{"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}}"#, 3),
        (r#"{"partialSuccess":{"rejectedSpans":3}}"#, 3),
        (r#"{"partialSuccess":{"errorMessage":"but look at this"}}"#, 0),
        (r#"{"partialSuccess":{}}"#, 0),
        ("{}", 0),
        ("", 0),
        ("taken", 0),
    ] {
        assert_eq!(Answer::read(body.as_bytes()).partial_success.rejected(), rejected, "{body}");
    }
}

fn exporter_to(listener: &TcpListener) -> Exporter {
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let aws = SdkConfig::builder().behavior_version(BehaviorVersion::latest()).build();
    Exporter::new(Some(ExportConfig { endpoint, headers: None }), &aws, "people").unwrap()
}

#[tokio::test]
async fn rule_50_spans_go_where_the_operator_said_and_nowhere_else() {
    let collector = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let exporter = exporter_to(&collector);
    let answering = async {
        let (mut connection, _) = collector.accept().await.unwrap();
        assert!(connection.read(&mut [0; 4096]).await.unwrap() > 0);
        let elsewhere = format!("http://{}/elsewhere", collector.local_addr().unwrap());
        let answer = format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: {elsewhere}\r\ncontent-length: 0\r\n\r\n");
        connection.write_all(answer.as_bytes()).await.unwrap();
        connection
    };
    let (sent, _connection) = tokio::join!(exporter.send(&[]), answering);
    assert!(matches!(sent, Err(NotSent::Refused(StatusCode::TEMPORARY_REDIRECT))), "{sent:?}");
}

#[tokio::test]
async fn rule_50_what_was_taken_is_not_lost_because_the_answer_broke_off() {
    let collector = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let exporter = exporter_to(&collector);
    let answering = async {
        for _ in 0..2 {
            let (mut connection, _) = collector.accept().await.unwrap();
            assert!(connection.read(&mut [0; 4096]).await.unwrap() > 0);
            connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{").await.unwrap();
        }
    };
    let sending = async {
        for _ in 0..2 {
            assert_eq!(exporter.send_within(PATIENCE, &[]).await.unwrap(), 0, "and the next is sent, too");
        }
    };
    tokio::join!(sending, answering);
}

#[tokio::test(start_paused = true)]
async fn rule_50_where_nobody_answers_it_is_not_tried_again_for_a_while() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let exporter = exporter_to(&silent);
    assert!(matches!(exporter.send_within(PATIENCE, &[]).await, Err(NotSent::TookTooLong)));
    let begun = Instant::now();
    assert!(matches!(exporter.send_within(PATIENCE, &[]).await, Err(NotSent::Resting)));
    assert_eq!(begun.elapsed(), Duration::ZERO, "nobody waits");
    tokio::time::advance(REST).await;
    assert!(matches!(exporter.send_within(PATIENCE, &[]).await, Err(NotSent::TookTooLong)), "it is tried again");
}
