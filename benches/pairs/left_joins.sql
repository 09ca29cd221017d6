-- Outer joins: conditions in ON and in WHERE, matches that are not needed, sides changed over.

--- condition-on-the-right snowflake
select o.order_id, p.method
from orders as o
left join payments as p on p.order_id = o.order_id
where p.refunded

--= inner
select o.order_id, p.method
from orders as o
join payments as p on p.order_id = o.order_id
where p.refunded = true

--= from-the-other-side
select o.order_id, p.method
from payments as p, orders as o
where o.order_id = p.order_id and p.refunded

--= right
select o.order_id, p.method
from payments as p
right join orders as o on p.order_id = o.order_id
where p.refunded

--! in-on
select o.order_id, p.method
from orders as o
left join payments as p on p.order_id = o.order_id and p.refunded

--! or-nothing
select o.order_id, p.method
from orders as o
left join payments as p on p.order_id = o.order_id
where p.refunded or p.payment_id is null

--! not-refunded
select o.order_id, p.method
from orders as o
left join payments as p on p.order_id = o.order_id
where not p.refunded

--- condition-on-the-left postgres
select o.order_id, l.quantity
from orders as o
left join order_lines as l on l.order_id = o.order_id
where o.channel = 'web'

--= filtered-first
select o.order_id, l.quantity
from (select order_id from orders where channel = 'web') as o
left join order_lines as l on o.order_id = l.order_id

--= both: what holds of the left row may stand in ON, too
select o.order_id, l.quantity
from orders as o
left join order_lines as l on l.order_id = o.order_id and o.channel = 'web'
where o.channel = 'web'

--! in-on
select o.order_id, l.quantity
from orders as o
left join order_lines as l on l.order_id = o.order_id and o.channel = 'web'

--! inner
select o.order_id, l.quantity
from orders as o
join order_lines as l on l.order_id = o.order_id
where o.channel = 'web'

--- no-match bigquery
select o.order_id
from orders as o
left join payments as p on p.order_id = o.order_id
where p.payment_id is null

--= not-exists
select o.order_id from orders as o
where not exists (select 1 from payments as p where p.order_id = o.order_id)

--= on-column: what was compared is not NULL
select o.order_id
from orders as o
left join payments as p on p.order_id = o.order_id
where p.order_id is null

--= none-counted
select o.order_id
from orders as o
left join payments as p on p.order_id = o.order_id
group by o.order_id
having count(p.payment_id) = 0

--! unknown-method
select o.order_id
from orders as o
left join payments as p on p.order_id = o.order_id
where p.method is null

--! none-paid
select o.order_id
from orders as o
left join payments as p on p.order_id = o.order_id and p.refunded
where p.payment_id is null

--- not-needed databricks
select o.order_id, o.tax
from orders as o
left join customers as c on c.customer_id = o.customer_id

--= alone
select order_id, tax from orders

--= inner: each order has its customer
select o.order_id, o.tax
from orders as o
join customers as c on c.customer_id = o.customer_id

--= grouped-side
select o.order_id, o.tax
from orders as o
left join (select order_id, sum(quantity) as quantity from order_lines group by order_id) as l on l.order_id = o.order_id

--! lines: once a line
select o.order_id, o.tax
from orders as o
left join order_lines as l on l.order_id = o.order_id

--! referred: customers whom nobody referred
select o.order_id, o.tax
from orders as o
join customers as c on c.customer_id = o.customer_id
join customers as r on r.customer_id = c.referrer_id

--- not-needed-but-distinct snowflake
select distinct o.customer_id
from orders as o
left join order_lines as l on l.order_id = o.order_id

--= alone
select distinct customer_id from orders

--= many
select distinct o.customer_id
from orders as o
left join payments as p on p.order_id = o.order_id
left join order_lines as l on l.order_id = o.order_id

--! inner
select distinct o.customer_id
from orders as o
join order_lines as l on l.order_id = o.order_id

--! not-distinct
select o.customer_id
from orders as o
left join order_lines as l on l.order_id = o.order_id

--- sides duckdb
select c.customer_id, o.order_id
from customers as c
left join orders as o on o.customer_id = c.customer_id

--= right
select c.customer_id, o.order_id
from orders as o
right join customers as c on o.customer_id = c.customer_id

--= full: there is no order without a customer
select c.customer_id, o.order_id
from customers as c
full join orders as o on o.customer_id = c.customer_id

--= union: matches, and what has none
select c.customer_id, o.order_id
from customers as c
join orders as o on o.customer_id = c.customer_id
union all
select customer_id, null
from customers
where customer_id not in (select customer_id from orders)

--! other-side
select c.customer_id, o.order_id
from orders as o
left join customers as c on o.customer_id = c.customer_id

--! twice: those with a match come as without, too
select c.customer_id, o.order_id
from customers as c
join orders as o on o.customer_id = c.customer_id
union all
select customer_id, null
from customers

--- full-join postgres
select coalesce(o.order_id, p.order_id) as order_id, o.tax, p.amount
from orders as o
full join payments as p on p.order_id = o.order_id

--= left-and-rest
select o.order_id, o.tax, p.amount
from orders as o
left join payments as p on p.order_id = o.order_id
union all
select null, null, p.amount
from payments as p
where p.order_id is null

--= inner-and-rests
select o.order_id, o.tax, p.amount
from orders as o
join payments as p on p.order_id = o.order_id
union all
select o.order_id, o.tax, null
from orders as o
where not exists (select 1 from payments as p where p.order_id = o.order_id)
union all
select p.order_id, null, p.amount
from payments as p
where not exists (select 1 from orders as o where o.order_id = p.order_id)

--! left
select o.order_id, o.tax, p.amount
from orders as o
left join payments as p on p.order_id = o.order_id

--! right
select p.order_id, o.tax, p.amount
from orders as o
right join payments as p on p.order_id = o.order_id

--- full-with-conditions snowflake
select o.order_id, p.payment_id
from orders as o
full outer join payments as p on p.order_id = o.order_id
where o.tax > 0 and p.fee > 0

--= inner
select o.order_id, p.payment_id
from orders as o
join payments as p on p.order_id = o.order_id
where o.tax > 0 and p.fee > 0

--= left
select o.order_id, p.payment_id
from payments as p
left join orders as o on p.order_id = o.order_id
where o.tax > 0 and p.fee > 0

--! one-condition
select o.order_id, p.payment_id
from orders as o
full outer join payments as p on p.order_id = o.order_id
where o.tax > 0

--! coalesced
select o.order_id, p.payment_id
from orders as o
full outer join payments as p on p.order_id = o.order_id
where coalesce(o.tax, 1) > 0 and p.fee > 0

--- chain bigquery
select o.order_id, r.email
from orders as o
left join customers as c on c.customer_id = o.customer_id
left join customers as r on r.customer_id = c.referrer_id
where r.country = 'PT'

--= inner-chain
select o.order_id, r.email
from orders as o
join customers as c on c.customer_id = o.customer_id
join customers as r on r.customer_id = c.referrer_id and r.country = 'PT'

--= mixed
select o.order_id, r.email
from customers as r
join customers as c on c.referrer_id = r.customer_id
left join orders as o on o.customer_id = c.customer_id
where r.country = 'PT' and o.order_id is not null

--! outer
select o.order_id, r.email
from orders as o
left join customers as c on c.customer_id = o.customer_id
left join customers as r on r.customer_id = c.referrer_id and r.country = 'PT'

--! country-of-customer
select o.order_id, r.email
from orders as o
left join customers as c on c.customer_id = o.customer_id
left join customers as r on r.customer_id = c.referrer_id
where c.country = 'PT'

--- counted databricks
select c.customer_id, count(o.order_id) as orders
from customers as c
left join orders as o on o.customer_id = c.customer_id
group by c.customer_id

--= joined-counts
select c.customer_id, coalesce(o.orders, 0) as orders
from customers as c
left join (select customer_id, count(*) as orders from orders group by customer_id) as o on o.customer_id = c.customer_id

--= correlated
select c.customer_id, (select count(*) from orders as o where o.customer_id = c.customer_id) as orders
from customers as c

--= sum-case
select c.customer_id, sum(case when o.order_id is not null then 1 else 0 end) as orders
from customers as c
left join orders as o on o.customer_id = c.customer_id
group by c.customer_id

--! rows
select c.customer_id, count(*) as orders
from customers as c
left join orders as o on o.customer_id = c.customer_id
group by c.customer_id

--! buyers
select customer_id, count(*) as orders from orders group by customer_id

--! null-for-none
select c.customer_id, o.orders
from customers as c
left join (select customer_id, count(*) as orders from orders group by customer_id) as o on o.customer_id = c.customer_id

--- on-true snowflake
select c.customer_id, b.reason
from customers as c
left join blocked as b on true

--= cross-or-nothing
select c.customer_id, b.reason
from customers as c
cross join blocked as b
union all
select customer_id, null
from customers
where not exists (select 1 from blocked)

--= on-constants
select c.customer_id, b.reason
from blocked as b
right join customers as c on 1 = 1

--! cross: nothing where nobody is blocked
select c.customer_id, b.reason
from customers as c
cross join blocked as b

--! on-false
select c.customer_id, b.reason
from customers as c
left join blocked as b on false
