"""Starts the pack. Rules live in modules: `PolicyPack()` starts a server and never returns."""

from pilaster_policies.pack import start

start()
