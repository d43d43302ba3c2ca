"""What stands in for Google Cloud on this machine.

Functions run in Google's own functions-framework, built from their own archives and locks; the
database is a PostgreSQL behind TLS. Stood in for, and said so: the API Gateway (its tokens are
issued here), the metadata server (its tokens are database passwords) and Secret Manager (a private
file for each value, mounted where a binding allows it). The network's rules and the other bindings
are recorded, and nothing here enforces them.
"""
