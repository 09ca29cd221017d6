with customers as (

    select * from {{ ref('stg_shop__customers') }}

),

addresses as (

    select * from {{ ref('int_customer_latest_address') }}

)

select
    customers.customer_id,
    customers.full_name,
    customers.email,
    addresses.city,
    addresses.postcode,
    addresses.country_code,
    customers.created_at
from customers
left join addresses on customers.customer_id = addresses.customer_id
where customers.email is not null
