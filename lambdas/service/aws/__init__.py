"""The edge on AWS Lambda behind an HTTP API."""
