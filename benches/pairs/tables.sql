-- Tables of a made-up shop and its web site. Keys and references hold; what is not `not null` has NULLs.

create table customers (
    customer_id int primary key,
    email text,
    country text,
    segment text,
    referrer_id int references customers(customer_id),
    created_at datetime not null
);

create table products (
    product_id int primary key,
    sku text not null unique,
    category text,
    price numeric(10,2) not null,
    stock int not null,
    discontinued boolean
);

create table orders (
    order_id int primary key,
    customer_id int not null references customers(customer_id),
    status text,
    channel text not null,
    amount numeric(12,2),
    tax numeric(12,2) not null,
    coupon text,
    order_date date not null,
    ordered_at datetime not null,
    updated_at datetime
);

create table order_lines (
    order_id int not null references orders(order_id),
    line_no int not null,
    product_id int not null references products(product_id),
    quantity int not null,
    price numeric(10,2) not null,
    note text,
    primary key (order_id, line_no)
);

create table payments (
    payment_id int primary key,
    order_id int references orders(order_id),
    method text,
    amount numeric(12,2) not null,
    fee numeric(12,2),
    paid_at datetime,
    refunded boolean not null
);

-- Raw rows as they were loaded: nothing is promised.
create table raw_orders (
    id int,
    customer int,
    state text,
    amount_cents int,
    placed_on date,
    loaded_at datetime,
    deleted boolean
);

create table events (
    event_id int,
    session_id int,
    user_id int,
    kind text,
    url text,
    value int,
    happened_on date,
    happened_at datetime,
    payload variant
);

create table sessions (
    session_id int primary key,
    user_id int,
    device text,
    pages int not null,
    started_at datetime not null,
    ended_at datetime
);

create table blocked (
    customer_id int,
    reason text
);

create table daily_sales (
    sales_date date not null,
    country text not null,
    channel text not null,
    orders int not null,
    amount numeric(12,2) not null,
    returned numeric(12,2),
    primary key (sales_date, country, channel)
);
