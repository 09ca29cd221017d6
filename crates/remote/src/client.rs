//! How requests go out: to the machine they are meant for and no other, and none that would change anything.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use object_store::ClientOptions;
use object_store::client::{
    ClientConfigKey, HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest,
    HttpResponse, HttpService,
};
use reqwest::redirect::Policy;

/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(10);

/// The same where what is asked is next door, or not there at all.
const NEAR: Duration = Duration::from_secs(1);

/// Longest silence in the middle of an answer.
const SILENCE: Duration = Duration::from_secs(30);

/// What a store calls the region of a bucket that is asked for elsewhere.
const REGION: &str = "x-amz-bucket-region";

/// The region that a store has told of.
pub(crate) type Told = Arc<OnceLock<String>>;

/// What is asked of whom.
#[derive(Debug, Clone)]
pub(crate) enum Purpose {
    /// Objects of a store.
    Objects(Told),
    /// Credentials, of a service that gives them.
    Credentials,
}

impl HttpConnector for Purpose {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let allows = options.get_config_value(&ClientConfigKey::AllowHttp);
        let plain = allows.is_some_and(|value| value == "true");
        let near = plain && matches!(self, Self::Credentials);
        let mut client = reqwest::Client::builder()
            .user_agent(concat!("plumb/", env!("CARGO_PKG_VERSION")))
            // A store that sends on to another machine would have that one be given what is meant for it.
            .redirect(Policy::none())
            .https_only(!plain)
            .connect_timeout(if near { NEAR } else { CONNECT })
            .read_timeout(SILENCE);
        if near {
            client = client.no_proxy();
        }
        let client = client.build().map_err(|source| object_store::Error::Generic {
            store: "S3",
            source: Box::new(source.without_url()),
        })?;
        Ok(HttpClient::new(Client { client, purpose: self.clone() }))
    }
}

#[derive(Debug)]
struct Client {
    client: reqwest::Client,
    purpose: Purpose,
}

#[async_trait]
impl HttpService for Client {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let Purpose::Objects(told) = &self.purpose else { return self.client.call(request).await };
        if !matches!(request.method().as_str(), "GET" | "HEAD") {
            let why = std::io::Error::other("only reads");
            return Err(HttpError::new(HttpErrorKind::Unknown, why));
        }
        let response = self.client.call(request).await?;
        let region = response.headers().get(REGION).and_then(|region| region.to_str().ok());
        if let Some(region) = region.filter(|region| is_region(region)) {
            told.get_or_init(|| region.to_owned());
        }
        Ok(response)
    }
}

/// Whether a text can be a region: it becomes a part of the name of a machine.
fn is_region(text: &str) -> bool {
    let plain = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
    (1..=32).contains(&text.len()) && text.chars().all(plain)
}
