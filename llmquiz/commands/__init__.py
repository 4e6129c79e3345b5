"""The commands, a file each: read arguments, call the domain, show the result, choose the exit code."""
