{{ country_orders('FR') }}
