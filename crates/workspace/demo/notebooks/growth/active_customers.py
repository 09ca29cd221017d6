# Databricks notebook source
# MAGIC %md
# MAGIC ## Active customers
# MAGIC As the metric layer has it: an order that was not cancelled.

# COMMAND ----------

# MAGIC %sql
# MAGIC select count(distinct customer_id) as active_customers
# MAGIC from harbor.core.fct_orders
# MAGIC where order_status <> 'cancelled'

# COMMAND ----------

# MAGIC %sql
# MAGIC -- by year: the sum is more than the total, people come back
# MAGIC select year(order_date) as order_year, count(distinct customer_id) as active_customers
# MAGIC from harbor.core.fct_orders
# MAGIC where not order_status = 'cancelled'
# MAGIC group by year(order_date)

# COMMAND ----------

# MAGIC %sql
# MAGIC CREATE OR REPLACE TEMPORARY VIEW quiet AS
# MAGIC SELECT c.customer_id, c.email, c.last_order_date
# MAGIC FROM harbor.core.dim_customers c
# MAGIC WHERE c.lifetime_orders > 1 AND c.last_order_date < DATE'2024-01-01'

# COMMAND ----------

# MAGIC %sql
# MAGIC SELECT s.segment, COUNT(*) AS quiet_customers
# MAGIC FROM quiet q
# MAGIC JOIN harbor.growth.customer_segments s ON s.customer_id = q.customer_id
# MAGIC GROUP BY s.segment

# COMMAND ----------

dormant = spark.table("harbor.core.dim_customers").filter("lifetime_orders = 0")
display(dormant.groupBy("COUNTRY_CODE").count())
