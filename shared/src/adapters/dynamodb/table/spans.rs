//! Spans of requests, by OpenTelemetry's conventions for DynamoDB: which operation, and of which table. Keys and items are
//! not in them (DESIGN rule 21).

use tracing::{Instrument as _, Span, field::Empty};

use crate::ports::StoreError;

/// A request that is about to be sent.
pub(super) struct Requested(Span);

impl Requested {
    /// One to that table.
    pub(super) fn of(operation: &'static str, table: &str) -> Self {
        Self(tracing::info_span!(
            target: "span",
            "DynamoDB",
            otel.name = format_args!("DynamoDB.{operation}"),
            otel.kind = "client",
            db.system.name = "aws.dynamodb",
            db.operation.name = operation,
            aws.dynamodb.table_names = table,
            items = Empty,
            page = Empty,
            "error.type" = Empty,
        ))
    }

    /// The same about so many items.
    pub(super) fn items(self, items: usize) -> Self {
        self.0.record("items", items);
        self
    }

    /// The same for a page of them, counted from 0: it begins where the one before it ended.
    pub(super) fn page(self, page: usize) -> Self {
        self.0.record("page", page);
        self
    }

    /// Sends it. A condition that does not hold is an answer, not an error.
    pub(super) async fn send<T>(self, request: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        // Boxed: the SDK's futures are large, and whatever waits for them would be as large, several times over.
        let answer = Box::pin(request).instrument(self.0.clone()).await;
        if let Err(error) = &answer {
            let kind = match error {
                StoreError::Conflict => return answer,
                StoreError::Unavailable { .. } => "Unavailable",
                StoreError::Throttled => "Throttled",
                StoreError::Refused { .. } => "Refused",
                StoreError::Corrupt { .. } => "Corrupt",
            };
            self.0.record("error.type", kind);
        }
        answer
    }
}
