-- What declared keys and references settle: joins that are not needed, groups of one row, rows that are distinct.

--- reference-not-null snowflake
select o.order_id, o.tax
from orders as o
join customers as c on c.customer_id = o.customer_id

--= alone
select order_id, tax from orders

--= two-references
select o.order_id, o.tax
from orders as o
join customers as c on c.customer_id = o.customer_id
join customers as d on d.customer_id = o.customer_id

--= of-the-customer
select o.order_id, o.tax
from orders as o, (select customer_id from customers) as c
where c.customer_id = o.customer_id

--! with-condition
select o.order_id, o.tax
from orders as o
join customers as c on c.customer_id = o.customer_id and c.country = 'PT'

--! by-other-column
select o.order_id, o.tax
from orders as o
join customers as c on c.customer_id = o.order_id

--- reference-nullable postgres
select p.payment_id
from payments as p
join orders as o on o.order_id = p.order_id

--= known
select payment_id from payments where order_id is not null

--= semi
select payment_id from payments where order_id in (select order_id from orders)

--! alone
select payment_id from payments

--! left
select p.payment_id
from payments as p
left join orders as o on o.order_id = p.order_id

--- chain bigquery
select l.order_id, l.quantity
from order_lines as l
join orders as o on o.order_id = l.order_id
join customers as c on c.customer_id = o.customer_id

--= alone
select order_id, quantity from order_lines

--= with-product
select o.order_id, l.quantity
from order_lines as l
join orders as o on o.order_id = l.order_id
join products as p on p.product_id = l.product_id

--! country
select l.order_id, l.quantity
from order_lines as l
join orders as o on o.order_id = l.order_id
join customers as c on c.customer_id = o.customer_id
where c.country is not null

--! referrer
select l.order_id, l.quantity
from order_lines as l
join orders as o on o.order_id = l.order_id
join customers as c on c.customer_id = o.customer_id
join customers as r on r.customer_id = c.referrer_id

--- itself databricks
select a.order_id, a.tax, b.channel
from orders as a
join orders as b on b.order_id = a.order_id

--= once
select order_id, tax, channel from orders

--= left
select a.order_id, a.tax, b.channel
from orders as a
left join orders as b on b.order_id = a.order_id

--= three-times
select a.order_id, c.tax, b.channel
from orders as a
join orders as b using (order_id)
join orders as c using (order_id)

--! by-customer
select a.order_id, a.tax, b.channel
from orders as a
join orders as b on b.customer_id = a.customer_id

--! conditions-apart
select a.order_id, a.tax, b.channel
from orders as a
join orders as b on b.order_id = a.order_id and b.channel <> a.channel

--- itself-filtered snowflake
select a.order_id, a.tax
from orders as a
join (select order_id from orders where channel = 'web') as b on b.order_id = a.order_id

--= filtered
select order_id, tax from orders where channel = 'web'

--= in
select order_id, tax from orders where order_id in (select order_id from orders where channel = 'web')

--! by-customer
select order_id, tax from orders where customer_id in (select customer_id from orders where channel = 'web')

--! left
select a.order_id, a.tax
from orders as a
left join (select order_id from orders where channel = 'web') as b on b.order_id = a.order_id

--- groups-of-one postgres
select order_id, sum(tax) as tax, count(*) as rows from orders group by order_id

--= rows
select order_id, tax, 1 as rows from orders

--= extremes
select order_id, max(tax) as tax, count(distinct channel) as rows from orders group by order_id

--! amounts
select order_id, sum(tax) as tax, count(amount) as rows from orders group by order_id

--! customers
select customer_id, sum(tax) as tax, count(*) as rows from orders group by customer_id

--- more-keys bigquery
select order_id, channel, sum(amount) as amount from orders group by order_id, channel

--= key-alone
select order_id, max(channel) as channel, sum(amount) as amount from orders group by order_id

--= rows
select order_id, channel, amount from orders

--= distinct-rows
select distinct order_id, channel, amount from orders

--! channel-alone
select min(order_id) as order_id, channel, sum(amount) as amount from orders group by channel

--! zero
select order_id, channel, coalesce(sum(amount), 0) as amount from orders group by order_id, channel

--- determined-by-join snowflake
select o.customer_id, c.email, count(*) as orders
from orders as o
join customers as c on c.customer_id = o.customer_id
group by o.customer_id, c.email

--= key-alone
select c.customer_id, max(c.email) as email, count(*) as orders
from orders as o
join customers as c on c.customer_id = o.customer_id
group by c.customer_id

--= grouped-first
select o.customer_id, c.email, o.orders
from (select customer_id, count(*) as orders from orders group by customer_id) as o
join customers as c on c.customer_id = o.customer_id

--! by-email
select max(o.customer_id) as customer_id, c.email, count(*) as orders
from orders as o
join customers as c on c.customer_id = o.customer_id
group by c.email

--! by-channel-too
select o.customer_id, c.email, count(*) as orders
from orders as o
join customers as c on c.customer_id = o.customer_id
group by o.customer_id, c.email, o.channel

--- distinct-rows databricks
select distinct order_id, status, coupon from orders

--= rows
select order_id, status, coupon from orders

--= grouped
select order_id, status, coupon from orders group by order_id, status, coupon

--= union-with-itself
select order_id, status, coupon from orders
union
select order_id, status, coupon from orders

--! without-key
select distinct customer_id, status, coupon from orders

--! joined: once a payment
select o.order_id, o.status, o.coupon
from orders as o
join payments as p on p.order_id = o.order_id

--- unique-sku duckdb
select p.sku, q.price
from products as p
join products as q on q.sku = p.sku

--= once
select sku, price from products

--= grouped
select sku, max(price) as price from products group by sku

--! by-category
select p.sku, q.price
from products as p
join products as q on q.category = p.category

--! distinct-prices
select distinct max(sku) as sku, price from products group by price

--- composite snowflake
select a.order_id, a.line_no, b.quantity
from order_lines as a
join order_lines as b on b.order_id = a.order_id and b.line_no = a.line_no

--= once
select order_id, line_no, quantity from order_lines

--= distinct
select distinct order_id, line_no, quantity from order_lines

--! half-the-key
select a.order_id, a.line_no, b.quantity
from order_lines as a
join order_lines as b on b.order_id = a.order_id

--! product-instead
select a.order_id, a.line_no, b.quantity
from order_lines as a
join order_lines as b on b.order_id = a.order_id and b.product_id = a.product_id

--- half-of-a-key bigquery
select sales_date, country, amount from daily_sales where channel = 'web'

--= distinct: the rest of the key is fixed
select distinct sales_date, country, amount from daily_sales where channel = 'web'

--= summed
select sales_date, country, sum(amount) as amount from daily_sales where channel = 'web' group by sales_date, country

--! two-channels
select distinct sales_date, country, amount from daily_sales where channel in ('web', 'app')

--! country-fixed
select distinct sales_date, country, amount from daily_sales where country = 'web'

--- count-of-keys postgres
select count(distinct order_id) as orders, count(order_id) as rows from orders

--= rows
select count(*) as orders, count(*) as rows from orders

--= of-subquery
select count(*) as orders, count(order_id) as rows from (select distinct order_id from orders) as o

--! customers
select count(distinct customer_id) as orders, count(customer_id) as rows from orders

--! lines
select count(distinct o.order_id) as orders, count(o.order_id) as rows
from orders as o
left join order_lines as l on l.order_id = o.order_id

--- key-after-join snowflake
select distinct l.order_id, l.line_no, p.sku
from order_lines as l
join products as p on p.product_id = l.product_id

--= rows
select l.order_id, l.line_no, p.sku
from order_lines as l
join products as p on p.product_id = l.product_id

--= left
select l.order_id, l.line_no, p.sku
from order_lines as l
left join products as p on p.product_id = l.product_id

--! without-line
select distinct l.order_id, p.sku
from order_lines as l
join products as p on p.product_id = l.product_id

--! category
select l.order_id, l.line_no, p.category
from order_lines as l
join products as p on p.product_id = l.product_id

--- latest-is-itself databricks
select o.order_id, o.updated_at
from orders as o
where o.tax = (select max(p.tax) from orders as p where p.order_id = o.order_id)

--= rows
select order_id, updated_at from orders

--= window
select order_id, updated_at from (select order_id, updated_at, tax, max(tax) over (partition by order_id) as most from orders) as o
where tax = most

--! amounts: what is not known is not equal to itself
select o.order_id, o.updated_at
from orders as o
where o.amount = (select max(p.amount) from orders as p where p.order_id = o.order_id)

--! customers
select o.order_id, o.updated_at
from orders as o
where o.tax = (select max(p.tax) from orders as p where p.customer_id = o.customer_id)
