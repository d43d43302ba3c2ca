"""What every edge needs and no domain owns: settings, log lines, problem documents, certificates."""
