# Databricks notebook source
# MAGIC %md
# MAGIC What do late parcels cost us in refunds? For the talk with the carriers.

# COMMAND ----------

# MAGIC %sql
# MAGIC CREATE OR REPLACE TEMPORARY VIEW late_parcel_tickets AS
# MAGIC SELECT ord.channel AS sales_channel,
# MAGIC        COUNT(1) AS complaints,
# MAGIC        COUNT(DISTINCT tick.order_id) AS complained_orders
# MAGIC FROM harbor.staging.stg_shop__orders ord
# MAGIC INNER JOIN (
# MAGIC   SELECT order_id FROM harbor.staging.stg_support__tickets WHERE topic = 'delivery'
# MAGIC ) tick ON tick.order_id = ord.order_id
# MAGIC WHERE NOT ord.order_status = 'cancelled'
# MAGIC GROUP BY 1

# COMMAND ----------

# MAGIC %sql
# MAGIC select l.sales_channel, l.complaints, sum(r.refunded) as refunded, sum(r.refunded) / l.complained_orders as refunded_by_order
# MAGIC from late_parcel_tickets l
# MAGIC left join lake.finance_lab.close_refunds r on r.channel = l.sales_channel and r.refund_reason = 'late'
# MAGIC group by l.sales_channel, l.complaints, l.complained_orders

# COMMAND ----------

carrier = dbutils.widgets.get("carrier")
spark.sql(f"""
    create or replace table lake.finance_lab.late_parcels as
    select s.shipment_id, s.order_id, s.shipping_cost
    from harbor.staging.stg_shop__shipments s
    where s.carrier = '{carrier}' and s.delivered_at > s.shipped_at + interval 5 days
""")
