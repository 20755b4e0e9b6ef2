//! DynamoDB: a front that counts, guards and can be scripted to fail, before the engine that keeps the items.

mod batch;
mod capacity;
mod consistency;
mod engine;
mod script;
mod tables;
#[cfg(test)]
mod tests;

use std::time::Instant;

use anyhow::Result;
use axum::{
    body::{Body, Bytes, HttpBody as _, to_bytes},
    http::{HeaderMap, StatusCode},
    response::Response,
};

use crate::http::{AMZ_JSON_1_0, amz_error, pass_on};
pub(crate) use engine::Engine;
pub use script::{Capacity, HeldWrite, StoreCall, StoreScript, Throttle};

/// What a function reads when one of its processes starts. When that is nobody knows, so it is neither counted nor refused.
fn is_warm_up(body: &[u8]) -> bool {
    const KEY: &[u8] = b"\"WARM_UP\"";
    body.windows(KEY.len()).any(|bytes| bytes == KEY)
}

fn failed(error: &anyhow::Error) -> Response {
    amz_error(StatusCode::INTERNAL_SERVER_ERROR, AMZ_JSON_1_0, "InternalServerError", &format!("{error:#}"))
}

/// What clients speak to.
#[derive(Clone, Debug)]
pub(crate) struct Front {
    pub(crate) script: StoreScript,
    pub(crate) engine: Engine,
    pub(crate) client: reqwest::Client,
    pub(crate) allow_inconsistent_reads: bool,
}

impl Front {
    /// Answers one request; `operation` is what follows the version in its target.
    pub(crate) async fn answer(&self, operation: &str, headers: HeaderMap, body: Bytes) -> Response {
        if is_warm_up(&body) {
            return self.forward(headers, body).await.unwrap_or_else(|error| failed(&error));
        }
        let started = Instant::now();
        self.script.pass(operation).await;
        let answer = self.refuse_or_forward(operation, headers, body).await;
        self.script.answered(operation, started);
        self.script.sent(answer.body().size_hint().exact().unwrap_or_default());
        answer
    }

    async fn refuse_or_forward(&self, operation: &str, headers: HeaderMap, body: Bytes) -> Response {
        if let Some(fault) = self.script.fault_for(operation) {
            return fault.into_response();
        }
        if !self.allow_inconsistent_reads
            && let Err(reason) = consistency::check(operation, &body)
        {
            return amz_error(
                StatusCode::BAD_REQUEST,
                AMZ_JSON_1_0,
                "com.amazon.coral.validate#ValidationException",
                &reason,
            );
        }
        let answered = match self.script.batch_limit().filter(|_| operation == "BatchGetItem") {
            Some(limit) => self.answer_a_part(limit, headers, body).await,
            None => self.forward_and_count(operation, headers, body).await,
        };
        answered.unwrap_or_else(|error| failed(&error))
    }

    /// Has the database say what the request costs, where that is to be counted.
    async fn forward_and_count(&self, operation: &str, headers: HeaderMap, body: Bytes) -> Result<Response> {
        let asked = self.script.counts_capacity().then(|| capacity::asked_for(&body)).flatten();
        let Some(asked) = asked else { return self.forward(headers, body).await };
        let (parts, body) = self.forward(headers, asked).await?.into_parts();
        let body = to_bytes(body, usize::MAX).await?;
        self.script.consumed(operation, capacity::units(&body));
        Ok(Response::from_parts(parts, Body::from(body)))
    }

    async fn forward(&self, mut headers: HeaderMap, body: Bytes) -> Result<Response> {
        for hop in ["host", "connection", "content-length", "transfer-encoding"] {
            headers.remove(hop);
        }
        self.engine.sign(&mut headers)?;
        let answer = self.client.post(self.engine.url()).headers(headers).body(body).send().await?;
        Ok(pass_on(answer).await?)
    }

    async fn answer_a_part(&self, limit: usize, headers: HeaderMap, body: Bytes) -> Result<Response> {
        let Some((asked, left)) = batch::split(&body, limit) else {
            return self.forward(headers, body).await;
        };
        batch::with_unprocessed(self.forward(headers, asked).await?, left).await
    }
}
