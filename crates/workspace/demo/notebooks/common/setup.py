# Databricks notebook source
# MAGIC %md
# MAGIC # Set-up
# MAGIC `%run` this first. HARBOR is the warehouse in Snowflake, mounted here as a foreign catalog; what we write goes to `lake`.

# COMMAND ----------

# MAGIC %pip install plotly==5.24.1 lifelines

# COMMAND ----------

warehouse = "harbor"
staging = f"{warehouse}.staging"
core = f"{warehouse}.core"
lab = "lake.growth_lab"
finance_lab = "lake.finance_lab"

first_trading_day = "2021-03-01"
booked = "'paid', 'shipped', 'delivered', 'completed'"
