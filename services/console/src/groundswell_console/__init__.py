"""Shows it to people: the web console."""
