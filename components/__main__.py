"""The plugin: `pulumi package add <repository>/components` serves every component from here."""

from pilaster.plugin.serving import main

main()
