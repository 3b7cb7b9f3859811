"""The plan: conditions in the form that back ends write out, one for each version of a rule."""
