//! Where spans are sent.

use super::{ConfigError, KeySource, variables::Variables};

/// Where spans are sent, over OTLP.
#[derive(Debug, Clone)]
pub struct ExportConfig {
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`: what comes before `/v1/traces`.
    pub endpoint: String,
    /// `OTEL_EXPORTER_OTLP_HEADERS`: what is sent with them, as `name=value,name=value`; without it,
    /// `OTEL_EXPORTER_OTLP_HEADERS_PARAMETER` says where that is, and without both nothing is sent with them.
    pub headers: Option<KeySource>,
}

impl ExportConfig {
    /// `None` without an endpoint.
    pub(super) fn read(variables: &Variables<'_>) -> Result<Option<Self>, ConfigError> {
        let headers = KeySource::read(variables, "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS_PARAMETER");
        let endpoint = variables.url("OTEL_EXPORTER_OTLP_ENDPOINT")?;
        Ok(endpoint.map(|endpoint| Self { endpoint, headers }))
    }
}
