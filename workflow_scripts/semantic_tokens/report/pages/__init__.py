"""HTML pages that hold everything they show."""
