{{ config(group='growth') }}

select 'google' as ad_platform, spend_date, campaign_name, impressions, clicks, spend
from {{ ref('stg_ads__google_spend') }}

union all

select 'meta' as ad_platform, spend_date, campaign_name, impressions, clicks, spend
from {{ ref('stg_ads__meta_spend') }}
