# Databricks notebook source
# MAGIC %md
# MAGIC # Why does the board say 3 % less?
# MAGIC Tomas, March. Their figure is net of refunds, the bank's is not. **Ours is what the bank confirmed.**

# COMMAND ----------

# MAGIC %run ../common/setup

# COMMAND ----------

dbutils.widgets.text("from_day", "2024-01-01")
dbutils.widgets.dropdown("channel", "web", ["web", "app", "store", "marketplace"])
from_day = dbutils.widgets.get("from_day")

# COMMAND ----------

# MAGIC %sql
# MAGIC -- only payments that the bank confirmed
# MAGIC CREATE OR REPLACE TEMPORARY VIEW confirmed AS
# MAGIC SELECT payment_id, order_id, amount, CAST(paid_at AS DATE) AS paid_on
# MAGIC FROM harbor.core.fct_payments
# MAGIC WHERE payment_status = 'completed'

# COMMAND ----------

# DBTITLE 1,Revenue by channel
# MAGIC %sql
# MAGIC SELECT o.channel, SUM(c.amount) AS revenue
# MAGIC FROM confirmed c
# MAGIC JOIN harbor.core.fct_orders o ON o.order_id = c.order_id
# MAGIC GROUP BY o.channel
# MAGIC ORDER BY revenue DESC

# COMMAND ----------

weekly = spark.sql(f"""
    select paid_on, count(*) as payments, sum(amount) as amount
    from confirmed
    where paid_on >= '{from_day}'
    group by paid_on
""")
display(weekly)

# COMMAND ----------

# what is the gap, order by order?  (slow! 4 min on the small cluster)
gap = spark.sql(f"""
    select o.order_id, o.paid_amount, o.refunded_amount, sum(c.amount) as confirmed
    from {core}.fct_orders o
    left join confirmed c on c.order_id = o.order_id
    where o.channel = '{dbutils.widgets.get("channel")}'
    group by o.order_id, o.paid_amount, o.refunded_amount
    having sum(c.amount) <> o.paid_amount
""")
gap.createOrReplaceTempView("gap")

# COMMAND ----------

# MAGIC %sql
# MAGIC select count(*) as orders, sum(paid_amount - confirmed) as missing from gap

# COMMAND ----------

import plotly.express as px

px.histogram(gap.toPandas(), x="CONFIRMED", nbins=60)
