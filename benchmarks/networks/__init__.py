"""Made-up networks of facilitators, and how evenly a run shares their load."""
