-- for the mailing tool: who can be written to
select c.customer_id, c.email, c.first_name, a.country_code
from {{ ref('stg_shop__customers') }} c
left join {{ ref('int_customer_latest_address') }} a on a.customer_id = c.customer_id
where not c.email is null
