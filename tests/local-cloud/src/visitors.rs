//! Who may ask: programs of this machine, and pages that came from here.
//!
//! A page of somebody else's, open in a browser on this machine, can send requests to loopback, too. It must not read what
//! people wrote, and must not invoke anything:
//!
//! ```text
//! evil.example is 127.0.0.1 by now  ──▶ GET /page.json, Host: evil.example:8000        refused: not our name
//! a page of evil.example            ──▶ POST /…/invocations, Origin: http://evil.example   refused: not from here
//! ```

use axum::{
    extract::Request,
    http::{
        HeaderMap, StatusCode,
        header::{HOST, ORIGIN},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};

/// What this machine calls itself.
const NAMES: [&str; 2] = ["127.0.0.1", "localhost"];

/// Passes on what a program of this machine asks, or a page of the local cloud's own.
pub(crate) async fn check(request: Request, next: Next) -> Response {
    match refusal(request.headers()) {
        Some(why) => (StatusCode::FORBIDDEN, why).into_response(),
        None => next.run(request).await,
    }
}

fn refusal(headers: &HeaderMap) -> Option<&'static str> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let host = text(HOST).unwrap_or_default();
    if !NAMES.contains(&host.rsplit_once(':').map_or(host, |(name, _)| name)) {
        return Some("The local cloud answers to 127.0.0.1 and localhost only.\n");
    }
    let is_from_here = |origin: &str| origin.strip_prefix("http://") == Some(host);
    let is_from_elsewhere = text(ORIGIN).is_some_and(|origin| !is_from_here(origin));
    is_from_elsewhere.then_some("The local cloud answers no page of anybody else's.\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LocalCloud, Options, http::loopback_client};

    fn is_refused(host: &str, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().unwrap());
        }
        refusal(&headers).is_some()
    }

    #[test]
    fn other_names_and_pages_of_others_are_refused() {
        for host in ["127.0.0.1:8000", "127.0.0.1", "localhost:8000"] {
            assert!(!is_refused(host, None) && !is_refused(host, Some(&format!("http://{host}"))), "{host}");
            for origin in ["null", "http://evil.example", "https://127.0.0.1:8000", "http://127.0.0.1:9", ""] {
                assert!(is_refused(host, Some(origin)), "{host} {origin}");
            }
        }
        for host in ["", "evil.example", "evil.example:8000", "127.0.0.1.evil.example", "[::1]:8000", "localhost."] {
            assert!(is_refused(host, None), "{host}");
        }
        assert!(refusal(&HeaderMap::new()).is_some());
    }

    #[tokio::test]
    async fn nothing_answers_to_another_name() {
        let cloud = LocalCloud::start(Options::default()).unwrap();
        let client = loopback_client().unwrap();
        for path in ["/", "/page.json", "/otlp/traces", "/_local/counters"] {
            let request = client.get(format!("{}{path}", cloud.url())).header("host", "evil.example");
            assert_eq!(request.send().await.unwrap().status(), 403, "{path}");
        }
        let request = client.post(cloud.url()).header("x-amz-target", "AmazonSSM.GetParameter");
        assert_eq!(request.header("origin", "http://evil.example").send().await.unwrap().status(), 403);
    }
}
