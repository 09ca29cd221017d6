{{ country_orders('PL') }}
