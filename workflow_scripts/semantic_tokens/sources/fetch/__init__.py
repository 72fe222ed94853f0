"""Downloads: what can be fetched, how it lands, and how it is checked."""
