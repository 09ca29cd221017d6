-- Subqueries as values: correlated ones against joins, what they give for no row, what they may look at.

--- count snowflake
select c.customer_id, (select count(*) from orders as o where o.customer_id = c.customer_id) as orders from customers as c

--= left-join
select c.customer_id, count(o.order_id) as orders
from customers as c
left join orders as o on o.customer_id = c.customer_id
group by c.customer_id

--= joined-groups
select c.customer_id, ifnull(o.orders, 0) as orders
from customers as c
left join (select customer_id, count(*) as orders from orders group by customer_id) as o on o.customer_id = c.customer_id

--! joined-groups-null: the old mistake of unnesting a count
select c.customer_id, o.orders
from customers as c
left join (select customer_id, count(*) as orders from orders group by customer_id) as o on o.customer_id = c.customer_id

--! count-rows
select c.customer_id, count(*) as orders
from customers as c
left join orders as o on o.customer_id = c.customer_id
group by c.customer_id

--! inner
select c.customer_id, count(*) as orders
from customers as c
join orders as o on o.customer_id = c.customer_id
group by c.customer_id

--- sum postgres
select c.customer_id, (select sum(o.tax) from orders as o where o.customer_id = c.customer_id) as tax from customers as c

--= left-join
select c.customer_id, sum(o.tax) as tax
from customers as c
left join orders as o on o.customer_id = c.customer_id
group by c.customer_id

--= joined-groups
select c.customer_id, o.tax
from customers as c
left join (select customer_id, sum(tax) as tax from orders group by customer_id) as o using (customer_id)

--= lateral
select c.customer_id, o.tax
from customers as c
cross join lateral (select sum(p.tax) as tax from orders as p where p.customer_id = c.customer_id) as o

--! zero
select c.customer_id, coalesce(sum(o.tax), 0) as tax
from customers as c
left join orders as o on o.customer_id = c.customer_id
group by c.customer_id

--! lateral-group: no row for no order
select c.customer_id, o.tax
from customers as c
cross join lateral (
    select sum(p.tax) as tax from orders as p where p.customer_id = c.customer_id group by p.customer_id
) as o

--- zero-orders bigquery
select c.customer_id from customers as c where (select count(*) from orders as o where o.customer_id = c.customer_id) = 0

--= not-exists
select c.customer_id from customers as c where not exists (select 1 from orders as o where o.customer_id = c.customer_id)

--= left-join
select c.customer_id
from customers as c
left join orders as o on o.customer_id = c.customer_id
where o.order_id is null

--! unnested: no group has no row
select c.customer_id
from customers as c
join (select customer_id, count(*) as orders from orders group by customer_id) as o on o.customer_id = c.customer_id
where o.orders = 0

--! paid
select c.customer_id from customers as c where (select count(o.status) from orders as o where o.customer_id = c.customer_id) = 0

--- value-of-key databricks
select o.order_id, (select c.email from customers as c where c.customer_id = o.customer_id) as email from orders as o

--= left-join
select o.order_id, c.email from orders as o left join customers as c on c.customer_id = o.customer_id

--= join: each order has its customer
select o.order_id, c.email from customers as c join orders as o on c.customer_id = o.customer_id

--= max
select o.order_id, (select max(c.email) from customers as c where c.customer_id = o.customer_id) as email from orders as o

--! of-referrer
select o.order_id, (select c.email from customers as c where c.customer_id = o.order_id) as email from orders as o

--! any
select o.order_id, (select max(c.email) from customers as c) as email from orders as o

--- above-average snowflake
select order_id from orders where tax > (select avg(tax) from orders)

--= window
select order_id from orders qualify tax > avg(tax) over ()

--= cross-join
select o.order_id
from orders as o
cross join (select avg(tax) as mean from orders) as t
where o.tax > t.mean

--! of-channel
select o.order_id from orders as o where o.tax > (select avg(p.tax) from orders as p where p.channel = o.channel)

--! of-distinct
select order_id from orders where tax > (select avg(distinct tax) from orders)

--- above-average-of-channel postgres
select o.order_id from orders as o where o.tax > (select avg(p.tax) from orders as p where p.channel = o.channel)

--= joined
select o.order_id
from orders as o
join (select channel, avg(tax) as mean from orders group by channel) as c on c.channel = o.channel
where o.tax > c.mean

--= window
select order_id from (select order_id, tax, avg(tax) over (partition by channel) as mean from orders) as o where tax > mean

--! own-name: both names are the inner table's
select o.order_id from orders as o where o.tax > (select avg(p.tax) from orders as p where p.channel = channel)

--! status: orders without one
select o.order_id
from orders as o
join (select status, avg(tax) as mean from orders group by status) as s on s.status = o.status
where o.tax > s.mean

--- exists-as-a-value bigquery
select c.customer_id, exists (select 1 from orders as o where o.customer_id = c.customer_id) as buys from customers as c

--= in
select customer_id, customer_id in (select customer_id from orders) as buys from customers

--= left-join
select c.customer_id, o.customer_id is not null as buys
from customers as c
left join (select distinct customer_id from orders) as o on o.customer_id = c.customer_id

--= counted
select c.customer_id, count(o.order_id) > 0 as buys
from customers as c
left join orders as o on o.customer_id = c.customer_id
group by c.customer_id

--! with-orders
select c.customer_id, true as buys
from customers as c
where exists (select 1 from orders as o where o.customer_id = c.customer_id)

--! rows
select c.customer_id, o.customer_id is not null as buys
from customers as c
left join orders as o on o.customer_id = c.customer_id

--- in-as-a-value duckdb
select customer_id, customer_id in (select customer_id from blocked) as blocked from customers

--= three-values: unknown where one of the list is
select c.customer_id,
    case
        when exists (select 1 from blocked as b where b.customer_id = c.customer_id) then true
        when exists (select 1 from blocked as b where b.customer_id is null) then null
        else false
    end as blocked
from customers as c

--= any
select customer_id, customer_id = any (select customer_id from blocked) as blocked from customers

--! exists
select c.customer_id, exists (select 1 from blocked as b where b.customer_id = c.customer_id) as blocked from customers as c

--! coalesced
select customer_id, coalesce(customer_id in (select customer_id from blocked), false) as blocked from customers

--- two-levels snowflake
select c.customer_id
from customers as c
where exists (
    select 1 from orders as o
    where o.customer_id = c.customer_id
      and exists (select 1 from order_lines as l where l.order_id = o.order_id and l.quantity > 10)
)

--= joined
select distinct c.customer_id
from customers as c
join orders as o on o.customer_id = c.customer_id
join order_lines as l on l.order_id = o.order_id
where l.quantity > 10

--= in-in
select customer_id from customers
where customer_id in (
    select customer_id from orders where order_id in (select order_id from order_lines where quantity > 10)
)

--= orders-alone
select distinct customer_id from orders where order_id in (select order_id from order_lines where quantity > 10)

--! apart
select c.customer_id
from customers as c
where exists (select 1 from orders as o where o.customer_id = c.customer_id)
  and exists (select 1 from order_lines as l where l.quantity > 10)

--! once-an-order
select o.customer_id
from orders as o
where exists (select 1 from order_lines as l where l.order_id = o.order_id and l.quantity > 10)
