select
    customer_id,
    case when uniform(0, 1, random()) = 0 then 'control' else 'variant' end as arm
from {{ ref('stg_shop__customers') }}
