# Databricks notebook source
# scratch, do not use  (T. 14/2)
df = spark.sql("select * from harbor.growth.daily_sales limit 100")
display(df)

# COMMAND ----------

# MAGIC %sql
# MAGIC select chan, max(sales) as best_day from harbor.growth.daily_sales group by chan

# COMMAND ----------

q = "select device, count(*) as n from harbor.staging.stg_web__sessions where started_at > '2024-03-01' group by device"
display(spark.sql(q))

# COMMAND ----------

# MAGIC %sql
# MAGIC -- create or replace table lake.scratch.tomas as
# MAGIC select 1
