with source as (

    select * from {{ source('shop', 'customers') }}

),

renamed as (

    select
        id as customer_id,
        lower(email) as email,
        first_name,
        last_name,
        first_name || ' ' || last_name as full_name,
        created_at,
        updated_at
    from source
    where not is_deleted
      and email not like '%@{{ var("test_customer_domain") }}'

)

select * from renamed
