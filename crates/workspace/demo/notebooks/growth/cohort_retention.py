# Databricks notebook source
# MAGIC %run ../common/setup

# COMMAND ----------

# step 1: who came when
spark.sql(f"""
    select customer_id, min(order_date) as first_order, year(min(order_date)) as cohort
    from {core}.fct_orders
    where order_status in ({booked}) and order_date >= '{first_trading_day}'
    group by customer_id
""").createOrReplaceTempView("cohorts")

# COMMAND ----------

# MAGIC %sql
# MAGIC -- step 2: years between the first order and the others
# MAGIC create or replace temporary view returns as
# MAGIC select c.cohort, o.customer_id, year(o.order_date) - c.cohort as years_later
# MAGIC from cohorts c
# MAGIC join harbor.core.fct_orders o on o.customer_id = c.customer_id
# MAGIC where o.order_date > c.first_order

# COMMAND ----------

# MAGIC %sql
# MAGIC create or replace table lake.growth_lab.cohort_retention as
# MAGIC with sizes as (
# MAGIC   select cohort, count(*) as members from cohorts group by cohort
# MAGIC )
# MAGIC select s.cohort, r.years_later, s.members, count(distinct r.customer_id) as came_back
# MAGIC from sizes s
# MAGIC left join returns r on r.cohort = s.cohort
# MAGIC group by s.cohort, r.years_later, s.members

# COMMAND ----------

from lifelines import KaplanMeierFitter

frame = spark.table("lake.growth_lab.cohort_retention").toPandas()
fit = KaplanMeierFitter().fit(frame["years_later"])
fit.plot()
