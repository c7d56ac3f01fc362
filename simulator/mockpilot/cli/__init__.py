"""The command line: each command a thin door to the package; heavy imports wait until they are needed."""
