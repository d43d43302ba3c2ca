"""Whether one set of permissions is no broader than another: proved, or refuted by a request."""
