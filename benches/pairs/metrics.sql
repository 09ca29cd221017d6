-- Metrics by their definitions: conditional counts and sums, distinct counts, shares, means.

--- paid-orders databricks
select channel, count_if(status = 'paid') as paid from orders group by channel

--= sum-case
select channel, sum(case when status = 'paid' then 1 else 0 end) as paid from orders group by channel

--= count-case
select channel, count(case when status = 'paid' then 1 end) as paid from orders group by channel

--= filter
select channel, count(*) filter (where status = 'paid') as paid from orders group by channel

--= sum-if
select channel, sum(if(status = 'paid', 1, 0)) as paid from orders group by channel

--! count-else: zero is counted, too
select channel, count(case when status = 'paid' then 1 else 0 end) as paid from orders group by channel

--! sum-without-else: NULL where there is none
select channel, sum(case when status = 'paid' then 1 end) as paid from orders group by channel

--! where: channels without paid orders are lost
select channel, count(*) as paid from orders where status = 'paid' group by channel

--! not-unpaid: an order without a status is not unpaid
select channel, count(*) - count_if(status <> 'paid') as paid from orders group by channel

--- paid-of-all postgres
select count(*) as paid from orders where status = 'paid'

--= filter
select count(*) filter (where status = 'paid') as paid from orders

--= coalesce-sum
select coalesce(sum(case when status = 'paid' then 1 else 0 end), 0) as paid from orders

--= count-nullif
select count(case status when 'paid' then order_id end) as paid from orders

--! sum: NULL when there is no order at all
select sum(case when status = 'paid' then 1 else 0 end) as paid from orders

--! grouped: no row when there is none
select count(*) as paid from orders where status = 'paid' group by status

--! paid-customers
select count(distinct customer_id) as paid from orders where status = 'paid'

--- revenue snowflake
select channel, sum(case when status = 'paid' then amount end) as revenue from orders group by channel

--= iff
select channel, sum(iff(status = 'paid', amount, null)) as revenue from orders group by channel

--= joined: channels first
select c.channel, p.revenue
from (select distinct channel from orders) as c
left join (select channel, sum(amount) as revenue from orders where status = 'paid' group by channel) as p
    on p.channel = c.channel

--= decode
select channel, sum(decode(status, 'paid', amount)) as revenue from orders group by channel

--! else-zero
select channel, sum(case when status = 'paid' then amount else 0 end) as revenue from orders group by channel

--! where
select channel, sum(amount) as revenue from orders where status = 'paid' group by channel

--! coalesce
select channel, coalesce(sum(case when status = 'paid' then amount end), 0) as revenue from orders group by channel

--- revenue-or-zero bigquery
select channel, sum(case when status = 'paid' then coalesce(amount, 0) else 0 end) as revenue
from orders
group by channel

--= coalesce-outside
select channel, coalesce(sum(case when status = 'paid' then amount end), 0) as revenue
from orders
group by channel

--= ifnull-if
select channel, ifnull(sum(if(status = 'paid', amount, 0)), 0) as revenue
from orders
group by channel

--! nothing-coalesced: NULL where all orders are paid and no amount is known
select channel, sum(if(status = 'paid', amount, 0)) as revenue
from orders
group by channel

--! one-instead
select channel, coalesce(sum(case when status = 'paid' then amount end), 1) as revenue
from orders
group by channel

--- paid-revenue-of-all duckdb
select sum(amount) as revenue from orders where status = 'paid'

--= filter
select sum(amount) filter (where status = 'paid') as revenue from orders

--= case
select sum(case when status = 'paid' then amount end) as revenue from orders

--= from-groups
select sum(revenue) as revenue
from (select customer_id, sum(amount) as revenue from orders where status = 'paid' group by customer_id) as c

--! else-zero
select sum(case when status = 'paid' then amount else 0 end) as revenue from orders

--! filter-not-null
select sum(amount) filter (where status is not null) as revenue from orders

--! paid-and-taxed
select sum(amount + tax) filter (where status = 'paid') as revenue from orders

--- paying-customers postgres
select channel, count(distinct case when status = 'paid' then customer_id end) as buyers
from orders
group by channel

--= filter
select channel, count(distinct customer_id) filter (where status = 'paid') as buyers
from orders
group by channel

--= two-levels
select channel, count(*) filter (where paid) as buyers
from (
    select channel, customer_id, bool_or(coalesce(status = 'paid', false)) as paid
    from orders
    group by channel, customer_id
) as c
group by channel

--! else-zero
select channel, count(distinct case when status = 'paid' then customer_id else 0 end) as buyers
from orders
group by channel

--! not-distinct
select channel, count(case when status = 'paid' then customer_id end) as buyers
from orders
group by channel

--! always-paid: customers of whom no known order is unpaid
select channel, count(*) filter (where paid) as buyers
from (
    select channel, customer_id, bool_and(status = 'paid') as paid
    from orders
    group by channel, customer_id
) as c
group by channel

--- buyers-of-all snowflake
select count(distinct customer_id) as buyers from orders

--= of-distinct
select count(*) as buyers from (select distinct customer_id from orders) as c

--= of-groups
select count(customer_id) as buyers from (select customer_id, max(tax) as tax from orders group by customer_id) as c

--= semi-join: every order has its customer
select count(*) as buyers from customers where customer_id in (select customer_id from orders)

--! rows
select count(customer_id) as buyers from orders

--! customers
select count(*) as buyers from customers

--! referrers
select count(distinct c.referrer_id) as buyers from orders as o join customers as c on c.customer_id = o.customer_id

--- distinct-with-nulls duckdb
select count(distinct coupon) as coupons from orders

--= of-known
select count(*) as coupons from (select distinct coupon from orders where coupon is not null) as c

--= counted
select count(coupon) as coupons from (select coupon from orders group by coupon) as c

--! of-all: no coupon counts as one
select count(*) as coupons from (select distinct coupon from orders) as c

--! with-channel
select count(*) as coupons from (select distinct coupon, channel from orders where coupon is not null) as c

--- mean-quantity snowflake
select product_id, avg(quantity) as mean from order_lines group by product_id

--= sum-by-count
select product_id, sum(quantity) / count(quantity) as mean from order_lines group by product_id

--= sum-by-rows: no quantity is missing
select product_id, sum(quantity) / count(*) as mean from order_lines group by product_id

--! mean-of-distinct
select product_id, avg(distinct quantity) as mean from order_lines group by product_id

--! whole
select product_id, floor(sum(quantity) / count(*)) as mean from order_lines group by product_id

--! mean-of-orders
select product_id, avg(quantity) as mean
from (select order_id, product_id, sum(quantity) as quantity from order_lines group by order_id, product_id) as o
group by product_id

--- mean-value databricks
select kind, avg(value) as mean from events group by kind

--= sum-by-known
select kind, sum(value) / count(value) as mean from events group by kind

--= filtered
select kind, sum(value) / count(*) filter (where value is not null) as mean from events group by kind

--! sum-by-rows
select kind, sum(value) / count(*) as mean from events group by kind

--! null-as-zero
select kind, avg(coalesce(value, 0)) as mean from events group by kind

--! known-only: kinds without any value are lost
select kind, avg(value) as mean from events where value is not null group by kind

--- share-paid databricks
select channel, count_if(status = 'paid') / count(*) as share from orders group by channel

--= avg-case
select channel, avg(case when status = 'paid' then 1 else 0 end) as share from orders group by channel

--= sums
select channel, sum(if(status = 'paid', 1, 0)) / sum(1) as share from orders group by channel

--! of-known
select channel, count_if(status = 'paid') / count(status) as share from orders group by channel

--! avg-without-else
select channel, avg(case when status = 'paid' then 1 end) as share from orders group by channel

--! as-percent
select channel, 100 * count_if(status = 'paid') / count(*) as share from orders group by channel

--- whole-numbers postgres
select channel, count(*) filter (where status = 'paid') / count(*) as share from orders group by channel

--= case-divided: whole numbers are divided, and only 0 and 1 come out
select channel, case when count(*) filter (where status = 'paid') = count(*) then 1 else 0 end as share
from orders
group by channel

--! not-whole
select channel, count(*) filter (where status = 'paid') * 1.0 / count(*) as share from orders group by channel

--! mean
select channel, avg(case when status = 'paid' then 1 else 0 end) as share from orders group by channel

--- price-by-quantity snowflake
select product_id, sum(price * quantity) / nullif(sum(quantity), 0) as price from order_lines group by product_id

--= case
select
    product_id,
    case when sum(quantity) <> 0 then sum(quantity * price) / sum(quantity) end as price
from order_lines
group by product_id

--= in-a-model
with sums as (
    select product_id, sum(price * quantity) as value, sum(quantity) as quantity from order_lines group by product_id
)
select product_id, iff(quantity = 0, null, value / quantity) as price from sums

--! mean-price
select product_id, avg(price) as price from order_lines group by product_id

--! by-lines
select product_id, sum(price * quantity) / nullif(count(*), 0) as price from order_lines group by product_id

--! by-orders: a mean of means
select product_id, avg(price) as price
from (
    select product_id, order_id, sum(price * quantity) / nullif(sum(quantity), 0) as price
    from order_lines
    group by product_id, order_id
) as o
group by product_id

--- ever-paid postgres
select customer_id, count(*) filter (where status = 'paid') > 0 as ever_paid from orders group by customer_id

--= bool-or
select customer_id, coalesce(bool_or(status = 'paid'), false) as ever_paid from orders group by customer_id

--= max-case
select customer_id, max(case when status = 'paid' then 1 else 0 end) = 1 as ever_paid from orders group by customer_id

--= exists
select customer_id, exists (
    select 1 from orders as p where p.customer_id = c.customer_id and p.status = 'paid'
) as ever_paid
from (select distinct customer_id from orders) as c

--! bool-or-of-nulls: NULL where no status is known
select customer_id, bool_or(status = 'paid') as ever_paid from orders group by customer_id

--! bool-and
select customer_id, coalesce(bool_and(status = 'paid'), false) as ever_paid from orders group by customer_id

--! more-than-once
select customer_id, count(*) filter (where status = 'paid') > 1 as ever_paid from orders group by customer_id

--- counts bigquery
select channel, count(*) as orders from orders group by channel

--= one
select channel, count(1) as orders from orders group by channel

--= key
select channel, count(order_id) as orders from orders group by channel

--= sum-of-ones
select channel, sum(1) as orders from orders group by channel

--= distinct-key
select channel, count(distinct order_id) as orders from orders group by channel

--! amounts
select channel, count(amount) as orders from orders group by channel

--! customers
select channel, count(distinct customer_id) as orders from orders group by channel

--! null
select channel, count(null) as orders from orders group by channel

--- sum-of-two snowflake
select channel, sum(tax) + sum(tax * 2) as total from orders group by channel

--= one-sum
select channel, sum(tax + tax * 2) as total from orders group by channel

--= three-times
select channel, 3 * sum(tax) as total from orders group by channel

--! with-amounts
select channel, sum(amount) + sum(tax * 2) as total from orders group by channel

--! twice
select channel, sum(tax) + sum(tax) as total from orders group by channel

--- sum-with-unknown snowflake
select channel, sum(amount + tax) as total from orders group by channel

--= known-only
select channel, sum(amount) + sum(case when amount is not null then tax end) as total from orders group by channel

--= filtered-case
select channel, sum(case when amount is null then null else tax + amount end) as total from orders group by channel

--! apart: the tax of orders without an amount
select channel, sum(amount) + sum(tax) as total from orders group by channel

--! zero
select channel, sum(coalesce(amount, 0) + tax) as total from orders group by channel

--- net-payments bigquery
select order_id, sum(amount) - sum(case when refunded then amount else 0 end) as net from payments group by order_id

--= not-refunded
select order_id, sum(case when refunded then 0 else amount end) as net from payments group by order_id

--= if-not
select order_id, sum(if(not refunded, amount, 0)) as net from payments group by order_id

--= signs
select order_id, sum(amount * if(refunded, 0, 1)) as net from payments group by order_id

--! twice-off
select order_id, sum(case when refunded then -amount else amount end) as net from payments group by order_id

--! without-else
select order_id, sum(case when not refunded then amount end) as net from payments group by order_id

--! where
select order_id, sum(amount) as net from payments where not refunded group by order_id

--- two-metrics databricks
select
    order_date,
    sum(case when channel = 'web' then tax else 0 end) as web,
    sum(case when channel = 'app' then tax else 0 end) as app
from orders
group by order_date

--= filters
select
    order_date,
    coalesce(sum(tax) filter (where channel = 'web'), 0) as web,
    coalesce(sum(tax) filter (where 'app' = channel), 0) as app
from orders
group by order_date

--= grouped-first
select
    order_date,
    sum(if(channel = 'web', tax, 0)) as web,
    sum(if(channel = 'app', tax, 0)) as app
from (select order_date, channel, sum(tax) as tax from orders group by order_date, channel) as d
group by order_date

--! changed-over
select
    order_date,
    sum(case when channel = 'app' then tax else 0 end) as web,
    sum(case when channel = 'web' then tax else 0 end) as app
from orders
group by order_date

--! days-of-both
select w.order_date, w.tax as web, a.tax as app
from (select order_date, sum(tax) as tax from orders where channel = 'web' group by order_date) as w
join (select order_date, sum(tax) as tax from orders where channel = 'app' group by order_date) as a
    on a.order_date = w.order_date

--! app-is-the-rest
select
    order_date,
    sum(case when channel = 'web' then tax else 0 end) as web,
    sum(case when channel = 'web' then 0 else tax end) as app
from orders
group by order_date
