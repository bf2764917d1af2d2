"""The console's pages, one file a noun; each says its routes."""
