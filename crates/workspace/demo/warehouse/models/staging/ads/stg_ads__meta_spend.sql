select
    date_start as spend_date,
    campaign_id,
    campaign_name,
    impressions,
    clicks,
    spend
from {{ source('ads', 'meta_spend') }}
