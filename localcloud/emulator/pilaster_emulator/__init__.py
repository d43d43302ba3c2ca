"""What runs inside the AWS emulator's process: functions in processes of their own, a database
behind the Aurora resources, IAM where the emulator forgives, and a state that survives.

Everything here leans on internals of ministack 1.5.33, pinned in the lock beside this package; each
name that is patched is held by a test in tests/integration/services.
"""
