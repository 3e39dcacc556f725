"""HTTP API: reads and writes of programs, by the same queries and commands as the pages."""
