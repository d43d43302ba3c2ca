"""What the scripted functions and the tests that script them agree on."""

from __future__ import annotations

REAL = ("save", "request-review", "close-review")
"""Functions that do their own work where the script lets them."""
TOLD = ("classify", "preprocess", "read", "interpret")
"""Functions that find what the script says."""
COUNTS = "scripted-attempts"
"""A table: how often a function was called for a document."""
COUNTING = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "dynamodb:UpdateItem",
            "Resource": f"arn:aws:dynamodb:*:*:table/{COUNTS}",
        }
    ],
}
"""What a scripted function may besides."""
