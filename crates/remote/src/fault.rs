//! Why a store gave nothing, and what to do about it, in words of our own: in its own it may repeat what was signed.

use std::error::Error as _;

use object_store::Error;
use object_store::client::{HttpError, HttpErrorKind};

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Which objects there are.
    List,
    /// An object.
    Object,
}

/// Why it was not given, and what to do.
pub(crate) fn why(error: &Error, asked: Asked) -> String {
    let code = code(error);
    if let Some(words) = code.as_deref().and_then(coded) {
        return words.to_owned();
    }
    let words = match (error, asked) {
        (Error::NotFound { .. }, Asked::List) => NO_BUCKET,
        (Error::NotFound { .. }, Asked::Object) => "it is gone: run it again",
        (Error::PermissionDenied { .. }, Asked::List) => {
            "access is denied: these credentials need s3:ListBucket of this bucket"
        }
        (Error::PermissionDenied { .. }, Asked::Object) => {
            "access is denied: these credentials need s3:GetObject of it, and kms:Decrypt where a key of one's own \
             encrypts it"
        }
        (Error::Unauthenticated { .. }, _) => UNKNOWN_KEY,
        (Error::Precondition { .. }, _) => "it changed while it was read: run it again",
        (Error::InvalidPath { .. }, _) => {
            "a key there has a part that is empty, stands for another, or cannot be written, and nothing is listed past \
             it: name prefixes beside it"
        }
        _ => match kind(error) {
            Some(HttpErrorKind::Connect | HttpErrorKind::Timeout) => NO_CONNECTION,
            Some(HttpErrorKind::Request | HttpErrorKind::Interrupted) => {
                "the connection broke: run it again"
            }
            _ if is_redirect(error) => ELSEWHERE,
            _ => {
                let code = code.map_or_else(String::new, |code| format!(": `{code}`"));
                return format!("the store gave no answer that can be used{code}");
            }
        },
    };
    words.to_owned()
}

const NO_BUCKET: &str =
    "there is no such bucket: look at its name, and at AWS_ENDPOINT_URL if that is set";

const NO_CONNECTION: &str =
    "no connection: look at the network, at AWS_REGION, and at AWS_ENDPOINT_URL if that is set";

const UNKNOWN_KEY: &str =
    "the access key is not known there: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY anew";

const EXPIRED: &str = "the session has ended: sign in again, and set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and \
     AWS_SESSION_TOKEN anew";

const ELSEWHERE: &str = "the bucket is in another region: set AWS_REGION";

/// What codes mean that tell more than the status of their answer.
fn coded(code: &str) -> Option<&'static str> {
    Some(match code {
        "NoSuchBucket" => NO_BUCKET,
        "InvalidAccessKeyId" => UNKNOWN_KEY,
        "SignatureDoesNotMatch" => {
            "the secret does not fit the access key: set AWS_SECRET_ACCESS_KEY anew"
        }
        "ExpiredToken" | "InvalidToken" | "TokenRefreshRequired" => EXPIRED,
        "PermanentRedirect" | "AuthorizationHeaderMalformed" => ELSEWHERE,
        "InvalidObjectState" => "it is archived: restore it to read it",
        "RequestTimeTooSkewed" => "the clock of this machine is wrong: set it",
        "SlowDown" | "InternalError" | "ServiceUnavailable" => {
            "the store is busy: run it again later"
        }
        _ => return None,
    })
}

/// The code that a store of S3's kind gives its answer.
fn code(error: &Error) -> Option<String> {
    let said = error.to_string();
    let (_, rest) = said.split_once("<Code>")?;
    let (code, _) = rest.split_once("</Code>")?;
    let plain = code.len() <= 48 && code.chars().all(|it| it.is_ascii_alphanumeric());
    plain.then(|| code.to_owned())
}

fn kind(error: &Error) -> Option<HttpErrorKind> {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<HttpError>() {
            return Some(error.kind());
        }
        source = error.source();
    }
    None
}

/// Whether a store sent on to another machine, which nobody follows.
fn is_redirect(error: &Error) -> bool {
    let said = error.to_string();
    said.contains("redirect") || said.contains("status code: 30")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(body: &str) -> Error {
        Error::Generic { store: "S3", source: body.to_owned().into() }
    }

    #[test]
    fn nothing_that_a_store_said_is_repeated() {
        let body = "status code: 403: <Error><Code>SignatureDoesNotMatch</Code><AWSAccessKeyId>AKIAX</AWSAccessKeyId>\
                    <StringToSign>secret</StringToSign></Error>";
        for asked in [Asked::List, Asked::Object] {
            let words = why(&said(body), asked);
            assert!(words.starts_with("the secret does not fit"), "{words}");
        }
        let words = why(&said("<Code>Odd</Code> AKIAX"), Asked::List);
        assert_eq!(words, "the store gave no answer that can be used: `Odd`");
        let words = why(&said("<Code>\u{1b}[2J</Code> AKIAX"), Asked::List);
        assert_eq!(words, "the store gave no answer that can be used");
    }

    #[test]
    fn what_to_do_depends_on_what_was_asked() {
        let denied = || Error::PermissionDenied { path: String::new(), source: "403".into() };
        assert!(why(&denied(), Asked::List).contains("s3:ListBucket"));
        assert!(why(&denied(), Asked::Object).contains("s3:GetObject"));
        let missing = || Error::NotFound { path: String::new(), source: "404".into() };
        assert_eq!(why(&missing(), Asked::List), NO_BUCKET);
        assert_eq!(why(&said("Received redirect without LOCATION"), Asked::List), ELSEWHERE);
    }
}
