"""How steps run: paths, settings, the JSON store, state, the step table, child processes, lock and stop signal."""
