"""Tables that come from elsewhere: signed releases, dictionaries of other programs, GeoNames."""
