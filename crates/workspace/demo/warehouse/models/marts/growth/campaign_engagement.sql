with spend as (
    select campaign_name, sum(spend) as spend, sum(clicks) as clicks
    from {{ ref('int_ad_spend') }}
    group by campaign_name
)
, engagement as (
    select s.utm_campaign, count(*) as events, count(distinct s.visitor_id) as visitors
    from {{ ref('stg_web__events') }} e, {{ ref('stg_web__sessions') }} s
    where e.session_id = s.session_id
      and s.is_bot = false
    group by s.utm_campaign
)
select
    spend.campaign_name,
    spend.spend,
    spend.clicks,
    engagement.visitors,
    engagement.events / nullif(spend.spend, 0) as events_per_dollar
from spend
left join engagement on engagement.utm_campaign = spend.campaign_name
