//! Buckets of S3, opened with what the environment says; who reads is asked once.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey as Key, AwsCredentialProvider};
use object_store::client::ClientConfigKey;
use object_store::{BackoffConfig, ObjectStore, RetryConfig};

use crate::client::{Purpose, Told};
use crate::line::Line;
use crate::remote::{Bucket, Open};

/// Longest wait for credentials of the machine, which is no machine of Amazon's more often than not.
const MACHINE: Duration = Duration::from_secs(3);

/// Longest wait for credentials of a service that the environment names.
const SERVICE: Duration = Duration::from_secs(20);

const NO_CREDENTIALS: &str = "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_SESSION_TOKEN of a \
     session, or run where a role gives them";

const NOT_GIVEN: &str =
    "no credentials: the service that the environment names for them gives none";

const NOT_HTTPS: &str =
    "AWS_ENDPOINT_URL is no https address: set AWS_ALLOW_HTTP=true if that is meant";

const NO_SETTINGS: &str = "a variable that begins with AWS_ holds what cannot be used";

/// Opens buckets of S3.
#[derive(Default)]
pub(crate) struct Aws {
    account: OnceLock<Result<Account, &'static str>>,
}

/// Who reads; nobody where requests are not signed.
type Account = Option<AwsCredentialProvider>;

impl Open for Aws {
    fn open(&self, line: &Line, bucket: &str, region: Option<&str>) -> Result<Bucket, String> {
        let account = self.account.get_or_init(|| account(line)).clone()?;
        let told = Told::default();
        let mut builder = AmazonS3Builder::from_env()
            .with_bucket_name(bucket)
            .with_retry(RetryConfig {
                backoff: BackoffConfig::default(),
                max_retries: 3,
                retry_timeout: Duration::from_secs(90),
            })
            .with_http_connector(Purpose::Objects(told.clone()));
        if let Some(region) = region {
            builder = builder.with_region(region);
        }
        if let Some(account) = account {
            builder = builder.with_credentials(account);
        }
        let moves = region.is_none() && endpoint(&builder).is_none();
        let store = builder.build().map_err(|_| NO_SETTINGS.to_owned())?;
        let store: Arc<dyn ObjectStore> = Arc::new(store);
        Ok(Bucket { store, region: if moves { told } else { Told::default() } })
    }
}

/// Finds out who reads, and that somebody does.
fn account(line: &Line) -> Result<Account, &'static str> {
    let builder = AmazonS3Builder::from_env();
    if let Some(endpoint) = endpoint(&builder)
        && !endpoint.to_ascii_lowercase().starts_with("https://")
        && !is_set(&builder, Key::Client(ClientConfigKey::AllowHttp))
    {
        return Err(NOT_HTTPS);
    }
    if is_set(&builder, Key::SkipSignature) {
        return Ok(None);
    }
    let has = |key| builder.get_config_value(&key).is_some();
    let given = has(Key::AccessKeyId) || has(Key::SecretAccessKey);
    let (web, task) = (has(Key::WebIdentityTokenFile), has(Key::ContainerCredentialsRelativeUri));
    let service = (web && has(Key::RoleArn)) || task || has(Key::ContainerCredentialsFullUri);
    if !given && !service && is_true(std::env::var("AWS_EC2_METADATA_DISABLED").ok()) {
        return Err(NO_CREDENTIALS);
    }
    // Asking again would not help where there is nobody.
    let patience = RetryConfig { max_retries: usize::from(service), ..RetryConfig::default() };
    let asked = builder
        .with_bucket_name("unused")
        .with_retry(patience)
        .with_http_connector(Purpose::Credentials)
        .build()
        .map_err(|_| if given { NO_CREDENTIALS } else { NO_SETTINGS })?;
    let account = Arc::clone(asked.credentials());
    let most = if service { SERVICE } else { MACHINE };
    let asking = Arc::clone(&account);
    let answer =
        line.wait(async move { tokio::time::timeout(most, asking.get_credential()).await });
    match answer {
        Some(Ok(Ok(_))) => Ok(Some(account)),
        _ if service => Err(NOT_GIVEN),
        _ => Err(NO_CREDENTIALS),
    }
}

fn endpoint(builder: &AmazonS3Builder) -> Option<String> {
    let set = |key| builder.get_config_value(&key);
    set(Key::S3Endpoint).or_else(|| set(Key::Endpoint))
}

fn is_set(builder: &AmazonS3Builder, key: Key) -> bool {
    is_true(builder.get_config_value(&key))
}

fn is_true(value: Option<String>) -> bool {
    value.is_some_and(|value| matches!(value.to_ascii_lowercase().as_str(), "true" | "1" | "yes"))
}
