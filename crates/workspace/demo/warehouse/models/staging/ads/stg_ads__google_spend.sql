select
    day as spend_date,
    campaign_id,
    campaign_name,
    impressions,
    clicks,
    cast(cost_micros / 1000000 as number(16, 2)) as spend
from {{ source('ads', 'google_spend') }}
