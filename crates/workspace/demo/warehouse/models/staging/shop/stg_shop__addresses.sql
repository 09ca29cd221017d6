select
    id as address_id,
    customer_id,
    line1 as street,
    city,
    postcode,
    country_code,
    updated_at
from {{ source('shop', 'addresses') }}
