//! What all HTTP APIs have in common.

/// What kind of failure it was, and no more: the error itself can quote the request (DESIGN rule 21).
pub(super) fn transport_failure(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "it did not answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    }
}
