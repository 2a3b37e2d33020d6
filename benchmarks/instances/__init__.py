"""Public instances with known answers, read as markets. The data is not ours and is fetched, not kept here."""
