"""The OpenAPI document of the service, good enough to generate a client from."""
