"""Downloads: what can be fetched, how it is put in place, and how it is checked."""
