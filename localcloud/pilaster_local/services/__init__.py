"""What stands in for the cloud's services on this machine, and starting and stopping it."""
