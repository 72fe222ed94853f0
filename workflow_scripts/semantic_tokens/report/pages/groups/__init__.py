"""The browser of semantic tokens: `groups.html`, and its data as compressed scripts that it loads on demand."""
