"""Sockets: the ticket, the gateway's three routes and their authorizer, and telling a user."""
