SELECT
    session_id
  , visitor_id
  , customer_id
  , device
  , utm_source
  , utm_campaign
  , is_bot
  , started_at
  , ended_at
FROM {{ source('web', 'sessions') }}
