-- Staging models in place of what reads them: renamed columns, cleaned values, rows left out.

--- renamed snowflake
with source as (
    select * from raw_orders
),
renamed as (
    select
        id as order_id,
        customer as customer_id,
        lower(state) as status,
        amount_cents * 0.01 as amount,
        placed_on
    from source
    where not deleted
)
select order_id, amount from renamed where status = 'paid'

--= direct
select id as order_id, amount_cents * 0.01 as amount
from raw_orders
where lower(state) = 'paid' and deleted = false

--= filter-last
with renamed as (
    select id as order_id, deleted, lower(state) as status, 0.01 * amount_cents as amount from raw_orders
)
select order_id, amount from renamed where status = 'paid' and not deleted

--! unknown-kept
select id as order_id, amount_cents * 0.01 as amount
from raw_orders
where lower(state) = 'paid' and not coalesce(deleted, false)

--! as-written
select id as order_id, amount_cents * 0.01 as amount
from raw_orders
where state = 'paid' and not deleted

--! upper
select id as order_id, amount_cents * 0.01 as amount
from raw_orders
where lower(state) = 'PAID' and not deleted

--- not-deleted postgres
select id from raw_orders where deleted is not true

--= coalesce
select id from raw_orders where coalesce(deleted, false) = false

--= or-null
select id from raw_orders where deleted is null or not deleted

--= distinct-from
select id from raw_orders where deleted is distinct from true

--! not
select id from raw_orders where not deleted

--! is-null
select id from raw_orders where deleted is null

--! coalesce-true
select id from raw_orders where not coalesce(deleted, true)

--- two-models bigquery
with stg_customers as (
    select customer_id, upper(country) as country from customers
),
stg_orders as (
    select order_id, customer_id, amount from orders where status in ('paid', 'shipped')
)
select c.country, sum(o.amount) as amount
from stg_orders as o
join stg_customers as c using (customer_id)
group by c.country

--= inlined
select upper(c.country) as country, sum(o.amount) as amount
from customers as c
join orders as o on o.customer_id = c.customer_id
where o.status = 'paid' or o.status = 'shipped'
group by upper(c.country)

--= from-joined
select country, sum(amount) as amount
from (
    select upper(c.country) as country, o.amount, o.status
    from orders as o, customers as c
    where o.customer_id = c.customer_id
) as joined
where status in ('shipped', 'paid')
group by country

--! case-matters
select max(upper(c.country)) as country, sum(o.amount) as amount
from customers as c
join orders as o on o.customer_id = c.customer_id
where o.status in ('paid', 'shipped')
group by c.country

--! one-state-less
select upper(c.country) as country, sum(o.amount) as amount
from customers as c
join orders as o on o.customer_id = c.customer_id
where o.status = 'paid'
group by upper(c.country)

--! also-without-orders
select upper(c.country) as country, sum(o.amount) as amount
from customers as c
left join orders as o on o.customer_id = c.customer_id and o.status in ('paid', 'shipped')
group by upper(c.country)

--- two-sources databricks
with web as (
    select order_id, 'web' as source, tax from orders where channel = 'web'
),
app as (
    select order_id, 'app' as source, tax from orders where channel = 'app'
),
unioned as (
    select * from web
    union all
    select * from app
)
select source, sum(tax) as tax from unioned group by source

--= one-scan
select channel as source, sum(tax) as tax from orders where channel in ('app', 'web') group by channel

--= union-of-sums
select 'app' as source, sum(tax) as tax from orders where channel = 'app' group by channel
union all
select 'web' as source, sum(tax) as tax from orders where channel = 'web' group by channel

--! always-two-rows
select 'app' as source, sum(tax) as tax from orders where channel = 'app'
union all
select 'web' as source, sum(tax) as tax from orders where channel = 'web'

--! all-channels
select channel as source, sum(tax) as tax from orders group by channel

--! distinct-rows
with unioned as (
    select 'web' as source, tax from orders where channel = 'web'
    union
    select 'app' as source, tax from orders where channel = 'app'
)
select source, sum(tax) as tax from unioned group by source

--- surrogate-key postgres
select cast(id as text) || '-' || cast(customer as text) as key from raw_orders

--= case
select
    case
        when id is null or customer is null then null
        else concat(cast(id as text), '-', cast(customer as text))
    end as key
from raw_orders

--= grouped-otherwise
select cast(id as text) || ('-' || cast(customer as text)) as key from raw_orders

--! concat: it skips what is NULL
select concat(cast(id as text), '-', cast(customer as text)) as key from raw_orders

--! changed-over
select cast(customer as text) || '-' || cast(id as text) as key from raw_orders

--! without-separator
select cast(id as text) || cast(customer as text) as key from raw_orders

--- blank-is-null snowflake
select customer_id, nullif(trim(email), '') as email from customers

--= case
select customer_id, case when trim(email) = '' then null else trim(email) end as email from customers

--= case-not
select customer_id, case when trim(email) <> '' then trim(email) end as email from customers

--! trimmed-afterwards: a blank stays as an empty text
select customer_id, trim(nullif(email, '')) as email from customers

--! untrimmed
select customer_id, nullif(email, '') as email from customers

--! to-empty
select customer_id, coalesce(trim(email), '') as email from customers

--- cents databricks
select customer, sum(amount_cents * 0.01) as amount from raw_orders group by customer

--= after-the-sum
select customer, sum(amount_cents) * 0.01 as amount from raw_orders group by customer

--= in-a-model
with stg as (select customer as customer_id, amount_cents * 0.01 as amount from raw_orders)
select customer_id, sum(amount) as amount from stg group by customer_id

--! tenths
select customer, sum(amount_cents) * 0.1 as amount from raw_orders group by customer

--! without-unknown-customers
select customer, sum(amount_cents * 0.01) as amount from raw_orders where customer is not null group by customer

--! null-is-zero
select customer, coalesce(sum(amount_cents), 0) * 0.01 as amount from raw_orders group by customer

--- one-row-per-id bigquery
with source as (
    select id, customer, loaded_at from raw_orders where id is not null and customer is not null
),
deduplicated as (
    select id, customer from source
    qualify row_number() over (partition by id, customer order by loaded_at desc) = 1
)
select customer, count(*) as orders from deduplicated group by customer

--= count-distinct
select customer, count(distinct id) as orders
from raw_orders
where customer is not null and id is not null
group by customer

--= distinct-first
select customer, count(id) as orders
from (select distinct id, customer from raw_orders where customer is not null) as d
where id is not null
group by customer

--! all-customers: those of whom no order has an id come with 0
select customer, count(distinct id) as orders
from raw_orders
where customer is not null
group by customer

--! every-load
select customer, count(id) as orders
from raw_orders
where customer is not null and id is not null
group by customer

--- model-of-a-model snowflake
with stg_payments as (
    select payment_id, order_id, amount - coalesce(fee, 0) as net from payments where not refunded
),
order_payments as (
    select order_id, sum(net) as net from stg_payments group by order_id
)
select o.order_id, coalesce(p.net, 0) as net
from orders as o
left join order_payments as p on p.order_id = o.order_id

--= grouped-after-the-join
select o.order_id, coalesce(sum(p.amount - coalesce(p.fee, 0)), 0) as net
from orders as o
left join payments as p on p.order_id = o.order_id and p.refunded = false
group by o.order_id

--= correlated
select
    o.order_id,
    coalesce((select sum(p.amount - ifnull(p.fee, 0)) from payments as p where p.order_id = o.order_id and not p.refunded), 0) as net
from orders as o

--! condition-above: orders with nothing but refunds are lost
select o.order_id, coalesce(sum(p.amount - coalesce(p.fee, 0)), 0) as net
from orders as o
left join payments as p on p.order_id = o.order_id
where p.refunded = false or p.payment_id is null
group by o.order_id

--! fee-unknown
select o.order_id, coalesce(sum(p.amount - p.fee), 0) as net
from orders as o
left join payments as p on p.order_id = o.order_id and not p.refunded
group by o.order_id

--! paid-orders
select o.order_id, sum(p.amount - coalesce(p.fee, 0)) as net
from orders as o
join payments as p on p.order_id = o.order_id and not p.refunded
group by o.order_id
