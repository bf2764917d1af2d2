"""RSS, Atom and JSON Feed as a Groundswell source."""
