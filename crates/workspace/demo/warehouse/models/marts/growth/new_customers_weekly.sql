select
    {{ date_grain('week', 'created_at') }} as signup_period,
    count(*) as new_customers
from {{ ref('stg_shop__customers') }}
group by 1
