"""The reference policy: generator of transactions, oracle, hand-written form, `.pol` form."""
