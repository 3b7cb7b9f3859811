"""What is done with policies: checked, run, shown."""
