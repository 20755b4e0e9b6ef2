//! What is sent with spans, as OpenTelemetry's SDKs read it: `name=value,name=value`, values percent-encoded where they
//! have to be.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::config::ApiKey;

/// `None` if they cannot be read.
pub(super) fn headers(secret: &ApiKey) -> Option<HeaderMap> {
    let pairs = secret.expose().split(',').map(str::trim).filter(|pair| !pair.is_empty());
    pairs.map(header).collect()
}

fn header(pair: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = pair.split_once('=')?;
    let mut value = HeaderValue::from_bytes(&decoded(value.trim())?).ok()?;
    value.set_sensitive(true);
    Some((name.trim().parse().ok()?, value))
}

fn decoded(value: &str) -> Option<Vec<u8>> {
    let mut parts = value.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend(rest.as_bytes());
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Vec<(String, String)>> {
        let headers = headers(&ApiKey::new(text).unwrap())?;
        let text = |value: &HeaderValue| value.to_str().unwrap().to_owned();
        Some(headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect())
    }

    #[test]
    fn rule_50_headers_are_pairs() {
        let pairs = |pairs: &[(&str, &str)]| {
            Some(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>())
        };
        assert_eq!(read("Authorization=Basic%20YTpi=="), pairs(&[("authorization", "Basic YTpi==")]));
        assert_eq!(read("api-key=k,x-team = blue"), pairs(&[("api-key", "k"), ("x-team", "blue")]));
    }

    #[test]
    fn rule_50_what_is_no_header_is_none() {
        for text in ["hush", "a b=c", "a=%", "a=%4", "a=%zz", "a=%0A", "=x"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
