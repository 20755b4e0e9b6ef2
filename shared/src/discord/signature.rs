//! Whether a request comes from Discord: Ed25519 over the timestamp and the raw body.

use std::{str::FromStr, time::Duration};

use ed25519_dalek::{Signature, VerifyingKey};
use jiff::{SignedDuration, Timestamp};

/// A request's answer is of no use to Discord after that; who sends it later is somebody else.
const OLDEST: Duration = Duration::from_secs(15 * 60);
/// How far Discord's clock may be ahead of ours.
const AHEAD: Duration = Duration::from_secs(5 * 60);

/// The application's public key, which checks what Discord signed.
#[derive(Debug, Clone)]
pub struct PublicKey(VerifyingKey);

/// The text is no public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the application's public key: 64 hexadecimal digits, from its page in Discord's developer portal")]
pub struct InvalidPublicKey;

/// The request is not known to come from Discord: something is missing, malformed or wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("invalid request signature")]
pub struct BadSignature;

impl FromStr for PublicKey {
    type Err = InvalidPublicKey;

    fn from_str(text: &str) -> Result<Self, InvalidPublicKey> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| InvalidPublicKey)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| InvalidPublicKey)?;
        // A weak key accepts signatures that nobody made.
        if key.is_weak() { Err(InvalidPublicKey) } else { Ok(Self(key)) }
    }
}

impl PublicKey {
    /// Checks the headers `X-Signature-Ed25519` and `X-Signature-Timestamp` of a request with that body.
    ///
    /// # Errors
    /// [`BadSignature`] whatever is wrong: who is not Discord learns nothing from it.
    pub fn verify(&self, signature: &[u8], timestamp: &[u8], body: &[u8]) -> Result<(), BadSignature> {
        let mut bytes = [0; 64];
        hex::decode_to_slice(signature, &mut bytes).map_err(|_| BadSignature)?;
        let message = [timestamp, body].concat();
        self.0.verify_strict(&message, &Signature::from_bytes(&bytes)).map_err(|_| BadSignature)
    }
}

/// Whether a request with that `X-Signature-Timestamp` (epoch seconds) is still Discord's to send. What is older could be a
/// copy that outlived the memory of what was done already (`INTERACTION#<id>`, one hour).
pub fn is_timely(timestamp: &[u8], now: Timestamp) -> bool {
    let seconds = std::str::from_utf8(timestamp).ok().and_then(|text| text.parse().ok());
    let Some(sent) = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()) else { return false };
    let age = now.duration_since(sent);
    let limit = |limit: Duration| SignedDuration::try_from(limit).unwrap_or(SignedDuration::ZERO);
    age <= limit(OLDEST) && -age <= limit(AHEAD)
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};
    use proptest::prelude::*;

    use super::*;

    /// TEST 1, TEST 2, TEST 3 and TEST SHA(abc) of RFC 8032, section 7.1: secret key, public key, message, signature.
    const RFC_8032: [[&str; 4]; 4] = [
        [
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ],
        [
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ],
        [
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ],
        [
            "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
            "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
        ],
    ];

    fn signing_key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    fn public_key() -> PublicKey {
        hex::encode(signing_key().verifying_key().as_bytes()).parse().unwrap()
    }

    #[test]
    fn the_vectors_of_rfc_8032_are_accepted_and_signed_alike() {
        for [secret, public, message, signature] in RFC_8032 {
            let key: PublicKey = public.parse().unwrap();
            let message = hex::decode(message).unwrap();
            assert_eq!(key.verify(signature.as_bytes(), b"", &message), Ok(()));
            let (timestamp, body) = message.split_at(message.len() / 2);
            assert_eq!(key.verify(signature.as_bytes(), timestamp, body), Ok(()));
            let secret: [u8; 32] = hex::decode(secret).unwrap().try_into().unwrap();
            assert_eq!(hex::encode(SigningKey::from_bytes(&secret).sign(&message).to_bytes()), signature);
        }
    }

    #[test]
    fn every_change_of_a_single_byte_is_refused() {
        let (timestamp, body) = (b"1795532400", br#"{"id":"1","type":1}"#);
        let signed = signing_key().sign(&[timestamp.as_slice(), body.as_slice()].concat());
        let signature = hex::encode(signed.to_bytes()).into_bytes();
        let key = public_key();
        assert_eq!(key.verify(&signature, timestamp, body), Ok(()));
        let parts = [signature, timestamp.to_vec(), body.to_vec()];
        for (part, original) in parts.iter().enumerate() {
            for at in 0..original.len() {
                for byte in 0..=255 {
                    // The digits of a signature mean the same in both cases.
                    if original[at].eq_ignore_ascii_case(&byte) && (part == 0 || original[at] == byte) {
                        continue;
                    }
                    let mut changed = parts.clone();
                    changed[part][at] = byte;
                    let [signature, timestamp, body] = &changed;
                    assert_eq!(key.verify(signature, timestamp, body), Err(BadSignature), "part {part}, byte {at}");
                }
            }
        }
    }

    #[test]
    fn what_is_malformed_is_refused() {
        let key = public_key();
        let zeros = "0".repeat(128);
        for signature in ["", "00", "zz", zeros.as_str(), &"f".repeat(128), &"0".repeat(130), "é"] {
            assert_eq!(key.verify(signature.as_bytes(), b"1", b"{}"), Err(BadSignature), "{signature}");
        }
        let weak = "0100000000000000000000000000000000000000000000000000000000000000";
        for text in ["", "00", weak, &"zz".repeat(32), &"00".repeat(33)] {
            assert_eq!(text.parse::<PublicKey>().err(), Some(InvalidPublicKey), "{text}");
        }
    }

    #[test]
    fn only_what_was_sent_just_now_is_timely() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let timely = |seconds: i64| is_timely((now.as_second() + seconds).to_string().as_bytes(), now);
        assert_eq!([-901, -900, 0, 300, 301].map(timely), [false, true, true, true, false]);
        for text in ["", "now", "99999999999999999999", "1.5", "-1"] {
            assert!(!is_timely(text.as_bytes(), now), "{text}");
        }
        assert!(!is_timely(&[0xff], now));
    }

    proptest! {
        #[test]
        fn no_input_panics_and_none_is_accepted(signature: Vec<u8>, timestamp: Vec<u8>, body: Vec<u8>, key: String) {
            prop_assert_eq!(public_key().verify(&signature, &timestamp, &body), Err(BadSignature));
            let digits = hex::encode(&signature);
            prop_assert_eq!(public_key().verify(digits.as_bytes(), &timestamp, &body), Err(BadSignature));
            let _ = is_timely(&timestamp, Timestamp::UNIX_EPOCH);
            let _ = key.parse::<PublicKey>();
        }
    }
}
