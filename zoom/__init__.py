"""A Zoom library that knows nothing of the school: OAuth, the API, signed webhooks."""
