"""What stands in for Azure on this machine: the Functions host, App Service's authentication, the
identities' endpoint, and a PostgreSQL behind TLS. Each says by its name what it is in for."""
