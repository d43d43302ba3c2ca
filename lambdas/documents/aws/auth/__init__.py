"""Accounts, one function per route."""
