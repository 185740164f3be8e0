"""The command line: one file a command, and one place that turns errors into exit codes."""
