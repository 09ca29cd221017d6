-- customer_id is empty until somebody signs in
select
    utm_source,
    utm_campaign,
    count(customer_id) as sessions
from {{ ref('stg_web__sessions') }}
where utm_campaign is not null
group by utm_source, utm_campaign
