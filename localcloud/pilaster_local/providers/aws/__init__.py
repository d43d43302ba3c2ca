"""The AWS provider for this machine: pulumi_aws inputs become calls to the local AWS emulator."""
