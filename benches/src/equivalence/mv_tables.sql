-- What the tables of `calcite_mv_rewrite` have. Keys hold only for the pairs that say so.
create table emps (
    empid int not null,
    deptno int not null references depts(deptno),
    name varchar,
    salary real not null,
    commission int,
    primary key (empid)
);
create table depts (
    deptno int not null,
    name varchar,
    employees unknown,
    location unknown,
    primary key (deptno)
);
create table dependents (
    empid int not null,
    name varchar,
    primary key (empid)
);
create table locations (
    empid int not null,
    name varchar,
    primary key (empid)
);
create table events (
    eventid int not null,
    ts timestamp,
    primary key (eventid)
);
create table emp (
    empno int not null,
    ename varchar,
    job varchar,
    mgr int,
    hiredate date,
    sal decimal(7,2),
    comm decimal(7,2),
    deptno int,
    primary key (empno)
);
create table sales_fact_1997 (
    product_id int not null,
    time_id int not null,
    customer_id int not null,
    promotion_id int not null,
    store_id int not null,
    store_sales decimal(10,4) not null,
    store_cost decimal(10,4) not null,
    unit_sales decimal(10,4) not null
);
create table time_by_day (
    time_id int not null,
    the_date timestamp,
    the_day varchar,
    the_month varchar,
    the_year int,
    day_of_month int,
    week_of_year int,
    month_of_year int,
    quarter varchar,
    fiscal_period varchar
);
