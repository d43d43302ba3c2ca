"""AWS, as every domain's edge there meets it: clients, signatures, the database's login."""
