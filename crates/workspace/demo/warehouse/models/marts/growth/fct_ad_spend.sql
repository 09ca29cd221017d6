select * from {{ ref('int_ad_spend') }}
