"""Back ends: from the plan to something that runs."""
