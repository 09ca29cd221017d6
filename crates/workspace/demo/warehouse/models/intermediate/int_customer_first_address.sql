{{ config(group='finance') }}

-- tax wants the address a customer signed up with, not the one of today
select
    customer_id,
    city,
    postcode,
    country_code
from {{ ref('stg_shop__addresses') }}
qualify row_number() over (partition by customer_id order by updated_at asc, address_id asc) = 1
