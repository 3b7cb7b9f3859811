"""How the US pack's tables agree with machine-readable copies of the regulations.

The copies stay outside the project: `python -m tests.agreement DIR` reads them from a
folder and compares the Country Chart, the Country Groups and the control-list entries.
"""
