"""What API Gateway does with a request to an HTTP API and ministack does not: preflights by route,
throttling, time limits, one id for each request, and a line in the access log.

Everything is read from what the API and its stage hold; nothing is configured twice.
"""
