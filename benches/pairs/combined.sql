-- Several changes at once, as models of a project differ.

--- customer-orders snowflake
with customers as (
    select customer_id, email, country from main.customers
),
orders as (
    select order_id, customer_id, order_date, status from main.orders
),
payments as (
    select order_id, sum(amount) as amount from main.payments where not refunded group by order_id
),
customer_orders as (
    select
        o.customer_id,
        min(o.order_date) as first_order,
        max(o.order_date) as last_order,
        count(o.order_id) as orders,
        sum(p.amount) as amount
    from orders as o
    left join payments as p on p.order_id = o.order_id
    group by o.customer_id
)
select c.customer_id, c.email, co.first_order, co.last_order, coalesce(co.orders, 0) as orders, co.amount
from customers as c
left join customer_orders as co on co.customer_id = c.customer_id

--= flat-orders: counted and summed apart
select c.customer_id, c.email, o.first_order, o.last_order, coalesce(o.orders, 0) as orders, p.amount
from customers as c
left join (
    select customer_id, min(order_date) as first_order, max(order_date) as last_order, count(*) as orders
    from orders
    group by customer_id
) as o on o.customer_id = c.customer_id
left join (
    select o.customer_id, sum(p.amount) as amount
    from payments as p
    join orders as o on o.order_id = p.order_id
    where p.refunded = false
    group by o.customer_id
) as p on p.customer_id = c.customer_id

--= grouped-last
select
    c.customer_id, c.email, min(o.order_date) as first_order, max(o.order_date) as last_order,
    count(o.order_id) as orders, sum(p.amount) as amount
from customers as c
left join orders as o on o.customer_id = c.customer_id
left join (
    select order_id, sum(case when not refunded then amount end) as amount from payments group by order_id
) as p on p.order_id = o.order_id
group by c.customer_id, c.email

--! fan-out: an order counts once a payment
select
    c.customer_id, c.email, min(o.order_date) as first_order, max(o.order_date) as last_order,
    count(o.order_id) as orders, sum(p.amount) as amount
from customers as c
left join orders as o on o.customer_id = c.customer_id
left join payments as p on p.order_id = o.order_id and not p.refunded
group by c.customer_id, c.email

--! buyers
select
    c.customer_id, c.email, min(o.order_date) as first_order, max(o.order_date) as last_order,
    count(o.order_id) as orders, sum(p.amount) as amount
from customers as c
join orders as o on o.customer_id = c.customer_id
left join (
    select order_id, sum(case when not refunded then amount end) as amount from payments group by order_id
) as p on p.order_id = o.order_id
group by c.customer_id, c.email

--! refunded-too
select
    c.customer_id, c.email, min(o.order_date) as first_order, max(o.order_date) as last_order,
    count(o.order_id) as orders, sum(p.amount) as amount
from customers as c
left join orders as o on o.customer_id = c.customer_id
left join (select order_id, sum(amount) as amount from payments group by order_id) as p on p.order_id = o.order_id
group by c.customer_id, c.email

--- deduplicated-then-counted bigquery
with latest as (
    select id, customer, state, amount_cents
    from raw_orders
    where id is not null
    qualify row_number() over (partition by id, customer, state, amount_cents order by loaded_at desc) = 1
),
paid as (
    select * from latest where state = 'paid'
)
select customer, count(*) as orders, sum(amount_cents) as cents from paid group by customer

--= distinct-last
select customer, count(*) as orders, sum(amount_cents) as cents
from (select distinct id, customer, amount_cents, state from raw_orders where state = 'paid' and not id is null) as r
group by customer

--= grouped-filter
select customer, count(id) as orders, sum(amount_cents) as cents
from (
    select id, customer, state, amount_cents from raw_orders group by id, customer, state, amount_cents having state in ('paid')
) as r
where id is not null
group by customer

--! distinct-amounts
select customer, count(distinct id) as orders, sum(distinct amount_cents) as cents
from raw_orders
where state = 'paid' and id is not null
group by customer

--! every-load
select customer, count(id) as orders, sum(amount_cents) as cents
from raw_orders
where state = 'paid' and id is not null
group by customer

--! without-id
select customer, count(*) as orders, sum(amount_cents) as cents
from (select distinct id, customer, amount_cents, state from raw_orders where state = 'paid') as r
group by customer

--- daily-share databricks
with daily as (
    select order_date, channel, sum(tax) as tax from orders group by order_date, channel
)
select order_date, channel, tax / nullif(sum(tax) over (partition by order_date), 0) as share
from daily

--= joined-total
select d.order_date, d.channel, d.tax / nullif(t.tax, 0) as share
from (select order_date, channel, sum(tax) as tax from orders group by order_date, channel) as d
join (select order_date, sum(tax) as tax from orders group by order_date) as t on t.order_date = d.order_date

--= window-of-sums
select order_date, channel,
    case when sum(sum(tax)) over (partition by order_date) <> 0 then sum(tax) / sum(sum(tax)) over (partition by order_date) end as share
from orders
group by channel, order_date

--! of-all-days
select order_date, channel, sum(tax) / nullif(sum(sum(tax)) over (), 0) as share
from orders
group by order_date, channel

--! rows
select order_date, channel, tax / nullif(sum(tax) over (partition by order_date), 0) as share from orders

--- funnel snowflake
select
    count(distinct case when kind = 'visit' then user_id end) as visitors,
    count(distinct case when kind = 'buy' then user_id end) as buyers
from events

--= subqueries
select
    (select count(distinct user_id) from events where kind = 'visit') as visitors,
    (select count(*) from (select user_id from events where kind = 'buy' and user_id is not null group by user_id) as b) as buyers

--= users-first
select
    coalesce(sum(visits), 0) as visitors,
    coalesce(sum(buys), 0) as buyers
from (
    select user_id, max(iff(kind = 'visit', 1, 0)) as visits, max(iff(kind = 'buy', 1, 0)) as buys
    from events
    where user_id is not null
    group by user_id
) as u

--! of-visitors: buyers who visited
select
    count(distinct user_id) as visitors,
    count(distinct case when user_id in (select user_id from events where kind = 'buy') then user_id end) as buyers
from events
where kind = 'visit'

--! unknown-user
select
    coalesce(sum(visits), 0) as visitors,
    coalesce(sum(buys), 0) as buyers
from (
    select user_id, max(iff(kind = 'visit', 1, 0)) as visits, max(iff(kind = 'buy', 1, 0)) as buys
    from events
    group by user_id
) as u

--! events
select
    count(case when kind = 'visit' then user_id end) as visitors,
    count(case when kind = 'buy' then user_id end) as buyers
from events

--- first-orders postgres
with ranked as (
    select order_id, customer_id, channel, row_number() over (partition by customer_id order by order_id) as n from orders
)
select channel, count(*) as new_customers
from ranked
where n = 1
group by channel

--= first-by-min
select o.channel, count(*) as new_customers
from orders as o
where o.order_id = (select min(p.order_id) from orders as p where p.customer_id = o.customer_id)
group by o.channel

--= joined-min
select o.channel, count(o.order_id) as new_customers
from (select min(order_id) as order_id from orders group by customer_id) as f
join orders as o on o.order_id = f.order_id
group by o.channel

--! customers-of-channel
select channel, count(distinct customer_id) as new_customers from orders group by channel

--! first-of-channel
select channel, count(*) as new_customers
from (
    select order_id, channel, row_number() over (partition by customer_id, channel order by order_id) as n from orders
) as ranked
where n = 1
group by channel

--! min-channel
select channel, count(*) as new_customers
from (select customer_id, min(channel) as channel from orders group by customer_id) as c
group by channel

--- unpaid duckdb
with paid as (
    select order_id, sum(amount) as amount from payments where not refunded group by order_id
)
select o.order_id, o.amount - coalesce(p.amount, 0) as due
from orders as o
left join paid as p using (order_id)
where o.amount - coalesce(p.amount, 0) > 0

--= correlated
select order_id, due
from (
    select o.order_id,
        o.amount - coalesce((select sum(p.amount) from payments as p where p.order_id = o.order_id and not p.refunded), 0) as due
    from orders as o
) as d
where due > 0

--= grouped
select o.order_id, max(o.amount) - coalesce(sum(p.amount), 0) as due
from orders as o
left join payments as p on p.order_id = o.order_id and p.refunded = false
group by o.order_id
having max(o.amount) > coalesce(sum(p.amount), 0)

--! never-paid-lost
select o.order_id, o.amount - sum(p.amount) as due
from orders as o
join payments as p on p.order_id = o.order_id
where not p.refunded
group by o.order_id, o.amount
having o.amount > sum(p.amount)

--! once-a-payment
select o.order_id, sum(o.amount) - coalesce(sum(p.amount), 0) as due
from orders as o
left join payments as p on p.order_id = o.order_id and not p.refunded
group by o.order_id
having sum(o.amount) > coalesce(sum(p.amount), 0)

--! settled-too
select o.order_id, max(o.amount) - coalesce(sum(p.amount), 0) as due
from orders as o
left join payments as p on p.order_id = o.order_id and p.refunded = false
group by o.order_id
having max(o.amount) >= coalesce(sum(p.amount), 0)

--- monthly-by-country snowflake
with monthly as (
    select date_trunc('month', sales_date) as month, country, channel, sum(amount) as amount
    from daily_sales
    group by all
),
filtered as (
    select * from monthly where channel in ('web', 'app')
)
select month, country, sum(amount) as amount from filtered group by 1, 2

--= filter-first
select date_trunc('month', sales_date) as month, country, sum(amount) as amount
from daily_sales
where channel = 'web' or channel = 'app'
group by 1, 2

--= days-first
select date_trunc('month', sales_date) as month, country, sum(iff(amount is null, 0, amount)) as amount
from (select sales_date, country, sum(amount) as amount from daily_sales where channel in ('app', 'web') group by 1, 2) as d
group by country, date_trunc('month', sales_date)

--! quarters
select date_trunc('quarter', sales_date) as month, country, sum(amount) as amount
from daily_sales
where channel in ('web', 'app')
group by 1, 2

--! with-all-countries
select date_trunc('month', sales_date) as month, country, sum(case when channel in ('web', 'app') then amount end) as amount
from daily_sales
group by 1, 2

--- referred-revenue bigquery
select r.customer_id, count(distinct c.customer_id) as referred, coalesce(sum(o.amount), 0) as amount
from customers as r
join customers as c on c.referrer_id = r.customer_id
left join orders as o on o.customer_id = c.customer_id
group by r.customer_id

--= referrer-alone
select c.referrer_id as customer_id, count(distinct c.customer_id) as referred, ifnull(sum(o.amount), 0) as amount
from customers as c
left join orders as o on o.customer_id = c.customer_id
where c.referrer_id is not null
group by c.referrer_id

--= grouped-first
select c.referrer_id as customer_id, count(*) as referred, coalesce(sum(o.amount), 0) as amount
from customers as c
left join (select customer_id, sum(amount) as amount from orders group by customer_id) as o on o.customer_id = c.customer_id
where c.referrer_id is not null
group by c.referrer_id

--! unknown-referrer
select c.referrer_id as customer_id, count(distinct c.customer_id) as referred, ifnull(sum(o.amount), 0) as amount
from customers as c
left join orders as o on o.customer_id = c.customer_id
group by c.referrer_id

--! orders-counted
select c.referrer_id as customer_id, count(c.customer_id) as referred, ifnull(sum(o.amount), 0) as amount
from customers as c
left join orders as o on o.customer_id = c.customer_id
where c.referrer_id is not null
group by c.referrer_id

--! own-orders
select r.customer_id, count(distinct c.customer_id) as referred, coalesce(sum(o.amount), 0) as amount
from customers as r
join customers as c on c.referrer_id = r.customer_id
left join orders as o on o.customer_id = r.customer_id
group by r.customer_id
