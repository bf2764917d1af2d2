"""The suite as real processes, a ledger of what was served, and the verdict: lost, doubled."""
