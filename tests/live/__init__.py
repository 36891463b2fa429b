"""A real cluster at a real cloud, only when asked for."""
