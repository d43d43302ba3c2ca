"""The local edge: what CloudFront does between a viewer and the origins, in a process of its own.

`plan` and `watch` run in the emulator's process and tell what the distributions there are; all else
runs in the edge's, which the emulator starts and which ends with it.
"""
