//! Answers in the dialects of AWS, and sockets that answer at once.

use std::{
    fmt,
    net::{Ipv4Addr, SocketAddr},
};

use axum::{
    Json,
    body::{Body, Bytes},
    http::{HeaderName, StatusCode, Uri, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpSocket};

/// What DynamoDB and its SDKs call their JSON.
pub(crate) const AMZ_JSON_1_0: &str = "application/x-amz-json-1.0";
/// The same of SSM.
pub(crate) const AMZ_JSON_1_1: &str = "application/x-amz-json-1.1";

/// A loopback listener; port 0 lets the system pick.
///
/// Accepted sockets inherit `TCP_NODELAY`: without it small answers wait for the other side's delayed ACK.
pub(crate) fn listen(port: u16) -> std::io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.set_nodelay(true)?;
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    socket.listen(1024)
}

/// Somebody else listens on that port of 127.0.0.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortTaken(pub u16);

impl PortTaken {
    /// This, or whatever else keeps from listening there.
    pub(crate) fn or(port: u16, error: std::io::Error) -> anyhow::Error {
        if error.kind() == std::io::ErrorKind::AddrInUse {
            return Self(port).into();
        }
        anyhow::Error::new(error).context(format!("port {port} of 127.0.0.1 cannot be used"))
    }
}

impl fmt::Display for PortTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "port {} of 127.0.0.1 is in use", self.0)
    }
}

impl std::error::Error for PortTaken {}

/// A client that stays on this machine, whatever proxy the environment names.
pub(crate) fn loopback_client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().no_proxy().build()
}

/// An error of the JSON protocols: the type is in the body.
pub(crate) fn amz_error(status: StatusCode, content_type: &'static str, kind: &str, message: &str) -> Response {
    let body = json!({"__type": kind, "message": message}).to_string();
    (status, [(CONTENT_TYPE, content_type)], body).into_response()
}

/// An error of the REST protocol, as Lambda's: the type is in a header.
pub(crate) fn rest_error(status: StatusCode, kind: &str, message: &str) -> Response {
    let header = (HeaderName::from_static("x-amzn-errortype"), kind.to_owned());
    let body = json!({"Type": "User", "Message": message, "message": message});
    (status, [header], Json(body)).into_response()
}

/// An answer of another server, passed on. Headers of the connection, and those that axum computes, stay behind.
pub(crate) async fn pass_on(answer: reqwest::Response) -> reqwest::Result<Response> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    for hop in ["connection", "transfer-encoding", "content-length", "date"] {
        response.headers_mut().remove(hop);
    }
    *response.body_mut() = Body::from(answer.bytes().await?);
    Ok(response)
}

/// The value of a name in the query of an address, as it stands there.
pub(crate) fn from_query<'a>(uri: &'a Uri, name: &str) -> Option<&'a str> {
    uri.query()?
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// The bytes as a JSON object, or `None`.
pub(crate) fn object(body: &Bytes) -> Option<Value> {
    serde_json::from_slice::<Value>(body).ok().filter(Value::is_object)
}
