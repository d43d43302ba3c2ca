"""The table's rows, a file per service."""
