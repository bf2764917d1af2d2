"""Says that something is wrong: annotates documents, gathers stories, grades them."""
