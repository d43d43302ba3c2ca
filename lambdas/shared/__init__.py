"""What edges need and no domain owns: settings, log lines, problem documents, certificates."""
