# Databricks notebook source
# MAGIC %md
# MAGIC Which channel makes people write to us, and does advertising have to do with it?

# COMMAND ----------

# MAGIC %run ../common/setup

# COMMAND ----------

complaints = f"""
    with by_channel as (
        select o.channel,
               count(*) as tickets,
               count(distinct t.order_id) as orders
        from {staging}.stg_support__tickets t
        join {staging}.stg_shop__orders o on o.order_id = t.order_id
        where t.topic = 'delivery' and o.order_status <> 'cancelled'
        group by o.channel
    ),
    sold as (
        select channel, count(*) as all_orders
        from {core}.fct_orders
        group by channel
    )
    select b.channel, b.tickets, b.orders / s.all_orders as share_of_orders
    from by_channel b
    join sold s on s.channel = b.channel
"""
spark.sql(complaints).write.mode("overwrite").saveAsTable(f"{lab}.complaints_by_channel")

# COMMAND ----------

# MAGIC %sql
# MAGIC select channel, tickets from lake.growth_lab.complaints_by_channel where share_of_orders > 0.05

# COMMAND ----------

# MAGIC %scala
# MAGIC // left from the workshop, the maps need it
# MAGIC val complaints = spark.table("lake.growth_lab.complaints_by_channel")
# MAGIC complaints.createOrReplaceTempView("complaints_scala")
