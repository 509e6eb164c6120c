"""SQL databases: engine, sessions, tables, migrations."""
