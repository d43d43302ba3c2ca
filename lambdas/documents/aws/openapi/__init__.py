"""What the API says of itself: an OpenAPI document, written from the handlers' own constants."""
