//! The Parameter Store: `GetParameter` of SecureStrings, nothing else.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    body::Bytes,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::http::{AMZ_JSON_1_1, amz_error, object};

/// What the parameters hold that the template names.
pub(crate) const LOCAL_SECRET: &str = "local-cloud-key";

/// Parameters by name.
#[derive(Debug, Default)]
pub(crate) struct Parameters {
    values: Mutex<BTreeMap<String, String>>,
    reads: AtomicU64,
}

impl Parameters {
    pub(crate) fn new(parameters: BTreeMap<String, String>) -> Self {
        Self { values: Mutex::new(parameters), reads: AtomicU64::new(0) }
    }

    /// How often a parameter was asked for.
    pub(crate) fn reads(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }

    /// Gives a parameter another value.
    pub(crate) fn put(&self, name: &str, value: &str) {
        self.values.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), value.to_owned());
    }

    /// Answers one request; `operation` is what follows `AmazonSSM.` in its target.
    pub(crate) fn answer(&self, operation: &str, body: &Bytes) -> Response {
        if operation != "GetParameter" {
            return refuse("UnknownOperationException", &format!("this stand-in has no {operation}"));
        }
        let Some(request) = object(body) else {
            return refuse("SerializationException", "the request is no JSON object");
        };
        let name = request["Name"].as_str().unwrap_or_default();
        self.reads.fetch_add(1, Ordering::Relaxed);
        match self.values.lock().unwrap_or_else(PoisonError::into_inner).get(name) {
            None => refuse("ParameterNotFound", &format!("there is no parameter {name:?}")),
            // The real service would answer with ciphertext, which a caller notices much later.
            Some(_) if request["WithDecryption"] != Value::Bool(true) => {
                refuse("ValidationException", &format!("{name} is a SecureString: ask WithDecryption"))
            }
            Some(value) => found(name, value),
        }
    }
}

fn found(name: &str, value: &str) -> Response {
    let parameter = json!({
        "ARN": format!("arn:aws:ssm:us-east-1:000000000000:parameter{name}"),
        "DataType": "text",
        "Name": name,
        "Type": "SecureString",
        "Value": value,
        "Version": 1,
    });
    ([(CONTENT_TYPE, AMZ_JSON_1_1)], json!({"Parameter": parameter}).to_string()).into_response()
}

fn refuse(kind: &str, message: &str) -> Response {
    amz_error(StatusCode::BAD_REQUEST, AMZ_JSON_1_1, kind, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ask(request: Value) -> (StatusCode, Value) {
        let parameters = Parameters::new([("/app/key".to_owned(), "secret".to_owned())].into());
        let response = parameters.answer("GetParameter", &Bytes::from(request.to_string()));
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }

    #[tokio::test]
    async fn a_known_parameter_is_decrypted() {
        let (status, answer) = ask(json!({"Name": "/app/key", "WithDecryption": true})).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(answer["Parameter"]["Value"], "secret");
        assert_eq!(answer["Parameter"]["Type"], "SecureString");
    }

    #[tokio::test]
    async fn without_decryption_it_is_refused() {
        let (status, answer) = ask(json!({"Name": "/app/key"})).await;
        assert_eq!((status, &answer["__type"]), (StatusCode::BAD_REQUEST, &json!("ValidationException")));
    }

    #[tokio::test]
    async fn an_unknown_name_is_not_found() {
        let (status, answer) = ask(json!({"Name": "/other", "WithDecryption": true})).await;
        assert_eq!((status, &answer["__type"]), (StatusCode::BAD_REQUEST, &json!("ParameterNotFound")));
    }
}
