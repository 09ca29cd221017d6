select
    utm_source,
    utm_campaign,
    count(*) as sessions
from {{ ref('stg_web__sessions') }}
where utm_campaign is not null
group by utm_source, utm_campaign
