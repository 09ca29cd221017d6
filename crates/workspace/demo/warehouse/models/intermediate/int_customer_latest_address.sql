{{ config(group='core_data') }}

select
    customer_id,
    city,
    postcode,
    country_code
from {{ ref('stg_shop__addresses') }}
qualify row_number() over (partition by customer_id order by updated_at desc, address_id desc) = 1
