{{ country_orders('BE') }}
