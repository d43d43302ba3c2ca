"""The edge on Cloud Functions (2nd generation) behind an API Gateway."""
