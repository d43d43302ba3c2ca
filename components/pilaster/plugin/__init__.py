"""The components as a plugin: for programs in any language, over Pulumi's provider protocol."""
