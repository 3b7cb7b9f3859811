"""What compiled decision functions run on: views of a case, tables of the law, the driver.

Needs the standard library and the reference evaluator only.
"""
