"""The notes service on Azure."""
