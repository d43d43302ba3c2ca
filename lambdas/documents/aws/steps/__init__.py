"""The tasks of the workflow, one function each."""
